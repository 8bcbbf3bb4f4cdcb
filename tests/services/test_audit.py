"""The audit: honest logs pass it to the last count, and each way of breaking a rule is found at its place."""

from __future__ import annotations

from pathlib import Path

from prasasti.contracts import index_by_table
from prasasti.core.genesis import decode_genesis
from prasasti.engines.application import choose_registry
from prasasti.integrations.ocds.attestation import recompute_parties
from prasasti.services.audit import AuditReport, audit
from prasasti.services.audited_log import LedgerLog, PublishedLog, open_source
from prasasti.storage.documents import DocumentStore
from tests.core.worked_example import build_contracts
from tests.judges import shared
from tests.services.example import build_example

APP_HASH = "8c38842bde9adaead528862129f448bd548465ee1d8461104a6cc579d799c1af"


def audit_example(log: LedgerLog | PublishedLog) -> AuditReport:
    registry = choose_registry(decode_genesis(log.genesis), index_by_table(build_contracts()))
    return audit(log, registry, recompute_parties)


def test_the_example_is_sound(tmp_path: Path) -> None:
    database = build_example(tmp_path)
    report = audit_example(LedgerLog(database, DocumentStore.create(tmp_path / "documents.sqlite")))
    assert report.is_sound, report.difference
    assert (report.entries, report.blocks, report.transactions, report.refusals, report.signatures) == (4, 2, 1, 1, 2)
    assert report.tip.app_hash.hex() == APP_HASH


def test_the_published_example_is_sound() -> None:
    report = audit_example(PublishedLog(open_source(str(shared("worked-example", "log")))))
    assert report.is_sound, report.difference
    assert report.tip.app_hash.hex() == APP_HASH
