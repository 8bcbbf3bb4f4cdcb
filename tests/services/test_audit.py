"""The audit: honest logs pass it to the last count, and each way of breaking a rule is found at its place.

Lies about a published log stand in ``tests/lies``; here is what a table of them does not reach.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts import CONTRACTS, index_by_table
from prasasti.contracts.versions import choose_registry
from prasasti.core.admission import Inadmissible, decode_transaction
from prasasti.core.genesis import decode_genesis
from prasasti.core.state import Tip
from prasasti.integrations.ocds.attestation import recompute_parties
from prasasti.services.audit import AuditReport, audit
from prasasti.services.audited_log import LedgerLog, PublishedLog, open_source
from prasasti.storage.documents import DocumentStore
from prasasti_verify.hashing import sha256
from tests.core.ledger import ACCEPTED, START, Ledger, key_of
from tests.core.rehearsal import REHEARSAL
from tests.core.worked_example import build_contracts
from tests.judges import shared
from tests.lies import forging
from tests.lies.world import AGENCY_REGISTRAR, ATTEST, PUBLISHER, Release
from tests.services.example import build_example

APP_HASH = "8c38842bde9adaead528862129f448bd548465ee1d8461104a6cc579d799c1af"
HOLDER = ("agency-1/officer", "identity.holder")


class MemoryLog:
    """A log of given entries; what lies beside it is one document under every name, or none."""

    def __init__(self, ledger: Ledger, entries: Sequence[bytes] | None = None, document: bytes | None = None) -> None:
        self._document = document
        self.genesis = ledger.genesis_bytes
        self._entries = list(entries) if entries is not None else read_entries(ledger)
        self.size = len(self._entries)

    def entries(self) -> Any:
        return iter(self._entries)

    def read_document(self, digest: str) -> bytes | None:
        return self._document

    def check_block(self, tip: Tip) -> None:
        pass

    def check_keys(self, keys: Sequence[str]) -> None:
        pass


def read_entries(ledger: Ledger) -> list[bytes]:
    return [entry for _, entry in ledger.database.entries(0, ledger.database.size())]


def replay(ledger: Ledger, entries: Sequence[bytes] | None = None, **options: Any) -> AuditReport:
    return audit(MemoryLog(ledger, entries), ledger.application.registry, recompute_parties, **options)


def find(ledger: Ledger, entries: Sequence[bytes], **options: Any) -> str:
    """What the audit finds first."""
    difference = replay(ledger, entries, **options).difference
    assert difference is not None
    return str(difference)


def relink(ledger: Ledger, entries: list[forging.Entry]) -> list[bytes]:
    return forging.encode(forging.link(ledger.genesis_bytes, entries))


def attest(ledger: Ledger, release: Release, **changes: Any) -> bytes:
    return ledger.sign(ATTEST, release.arguments(**changes), PUBLISHER)


def refuse(ledger: Ledger, count: int) -> None:
    """A block of refusals of publisher-1."""
    envelopes = [attest(ledger, Release(number, prefix="ocds-zzz999-")) for number in range(count)]
    assert set(ledger.seal(*envelopes)) == {"procurement.45.1"}


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


STEPS = st.one_of(
    st.tuples(st.just("attest"), st.integers(0, 5), st.booleans()),
    st.tuples(st.just("register"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("end"), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("schedule"), st.integers(0, 300), st.booleans()),
)


def sign_step(ledger: Ledger, name: str, number: int, flag: bool) -> bytes:
    key = f"agency-1/officer-{number}"
    match name:
        case "attest":
            return attest(ledger, Release(number, prefix="ocds-abc123-" if flag else "ocds-zzz999-"))
        case "register":
            roles = ["procurement.officer"] if flag else ["governance.auditor"]
            arguments = {"handle": "officer", "key": key_of(key), "organisation": "agency-1", "roles": roles}
            return ledger.sign("identity.register_key", arguments, AGENCY_REGISTRAR, (key, "identity.new_key"))
        case "end":
            return ledger.sign("identity.end_key", {"key": key_of(key)}, (key, "identity.holder") if flag else AGENCY_REGISTRAR)
        case _:
            return ledger.sign("rehearsal.schedule", {"deadlines": [(START + number, f"a{number}")]}, HOLDER)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 120), st.lists(STEPS, max_size=6)), max_size=8))
def test_replay_equals_live(blocks: list[tuple[int, list[tuple[str, int, bool]]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder), (*CONTRACTS, REHEARSAL))
        for seconds, steps in blocks:
            ledger.time += seconds
            ledger.seal(*(sign_step(ledger, *step) for step in steps))
        report = replay(ledger)
        live = ledger.application.info()
        ledger.close()
    assert report.difference is None
    # A block without entries takes a height in memory only.
    assert (report.tip.app_hash, report.tip.state_root, report.tip.edge) == (live.app_hash, live.state_root, live.edge)
    assert report.transactions + report.refusals + report.blocks == report.entries == live.size


def test_a_deadline_left_out_is_found(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, (*CONTRACTS, REHEARSAL))
    assert ledger.do("rehearsal.schedule", {"deadlines": [(START + 100, "a")]}, HOLDER) == ACCEPTED
    ledger.time = START + 100
    assert ledger.do(ATTEST, Release(1).arguments(), PUBLISHER) == ACCEPTED
    entries = forging.decode(read_entries(ledger))
    assert entries[2]["deadline_count"] == 1
    entries[2] |= {"deadline_count": 0, "events": []}
    assert find(ledger, relink(ledger, entries)).startswith("entry 2, block 2, deadline_count: expected 1, found 0")


def test_a_block_that_did_nothing_has_no_entry(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.do(ATTEST, Release(1).arguments(), PUBLISHER) == ACCEPTED
    entries = forging.decode(read_entries(ledger))
    found = find(ledger, relink(ledger, [*entries, entries[0]]))
    assert found.startswith("entry 2, block 2: expected no entry")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"id": "00" * 32}, None),
        ({"number": "procurement.00.5"}, None),
        ({"number": "procurement.00.1"}, None),
        ({"number": "procurement.45.9"}, "entry 3, refusal: expected a refusal of procurement.attest_release"),
        ({"number": "identity.01.2"}, "entry 3, refusal: expected a refusal of procurement.attest_release"),
        ({"action": "procurement.award"}, "entry 3, refusal: expected an action of this ledger"),
        ({"actor": "publisher-9"}, "entry 3, refusal: expected an actor that is active"),
        ({"id": "the first"}, "entry 3, id: expected an unused id"),
        ({"id": "00" * 31 + "0G"}, "entry 3, id: expected 64 hex digits"),
        ({"id": "0" * 60_000}, "entry 3, id: expected 64 hex digits"),
    ],
)
def test_form_of_a_refusal(tmp_path: Path, changes: dict[str, str], found: str | None) -> None:
    """What a refusal says without its envelope is all that the audit has; what it cannot know, it lets pass."""
    ledger = Ledger(tmp_path)
    assert ledger.do(ATTEST, Release(1).arguments(), PUBLISHER) == ACCEPTED
    refuse(ledger, 1)
    entries = forging.decode(read_entries(ledger))
    for name, value in changes.items():
        if name == "id":
            entries[3]["id"] = entries[1]["id"] if value == "the first" else value
        else:
            entries[3]["refusal"][name] = value
    if found is None:
        assert replay(ledger, relink(ledger, entries)).difference is None
    else:
        assert find(ledger, relink(ledger, entries)).startswith(found)


def test_a_refusal_beyond_the_quota_is_found(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    refuse(ledger, 60)
    ledger.time += 3_600
    refuse(ledger, 1)
    assert replay(ledger).refusals == 61
    entries = forging.decode(read_entries(ledger))
    entries[61]["time"] = ledger.time - 1
    found = find(ledger, relink(ledger, entries))
    assert found.startswith("entry 62, refusal: expected nothing of publisher-1, whose quota of refusals was used up")


def test_an_id_twice_in_a_block_is_found(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    refuse(ledger, 2)
    entries = forging.decode(read_entries(ledger))
    entries[2]["id"] = entries[1]["id"]
    assert find(ledger, relink(ledger, entries)).startswith("entry 2, id: expected each id once")


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (b"", "entry 1: expected a log entry"),
        (b"[]", "entry 1: expected a log entry"),
        (b'{"kind":7}', "entry 1: expected a log entry"),
        (b"[" * 60_000, "entry 1: expected a log entry"),
        (b'{"kind":"transaction"}', "entry 1, position: expected 1"),
        (b'{"kind":"block"}', "entry 1, kind: expected transaction, found block"),
        (b'{"kind":"transaction","position":1}', "entry 1: expected an envelope that may be admitted, found admission.2"),
        (b'{"kind":"transaction","position":1,"envelope":' + b"[" * 60_000 + b"}", "entry 1: expected a log entry"),
        (b'{"kind":"transaction","position":1,"envelope":"\xff"}', "entry 1"),
    ],
)
def test_no_entry_halts_the_audit(tmp_path: Path, entry: bytes, found: str) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.do(ATTEST, Release(1).arguments(), PUBLISHER) == ACCEPTED
    assert find(ledger, [read_entries(ledger)[0], entry]).startswith(found)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"height": 2}, "entry 0, block 2, height: expected 1, found 2"),
        ({"time": START - 1}, f"entry 0, block 1, time: expected {START} or later"),
        ({"time": 2**53}, "entry 0, block 1, time"),
        ({"previous_app_hash": "00" * 32}, "entry 0, block 1, previous_app_hash"),
        ({"kind": "bloc"}, "entry 0, kind: expected block"),
        ({"transaction_count": 2}, "entry 2: expected 2 transactions in block 1, found the log's end"),
        ({"transaction_count": 0}, "entry 0, block 1: expected no entry"),
        ({"more": 1}, "entry 0, block 1: expected"),
    ],
)
def test_head_of_a_block(tmp_path: Path, changes: dict[str, Any], found: str) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.do(ATTEST, Release(1).arguments(), PUBLISHER) == ACCEPTED
    head, transaction = forging.decode(read_entries(ledger))
    assert find(ledger, forging.encode([head | changes, transaction])).startswith(found)


def test_the_same_in_another_encoding_is_found(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.do(ATTEST, Release(1).arguments(), PUBLISHER) == ACCEPTED
    head, transaction = read_entries(ledger)
    assert "another encoding" in find(ledger, [head, transaction + b" "])
    assert "another encoding" in find(ledger, [json.dumps(json.loads(head)).encode(), transaction])


def test_a_disputed_refusal_that_the_rules_call_for(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    refused = attest(ledger, Release(1, prefix="ocds-zzz999-"))
    accepted = attest(ledger, Release(2))
    elsewhere = attest(ledger, Release(3))
    assert ledger.seal(refused, accepted) == ["procurement.45.1", ACCEPTED]
    report = replay(ledger, disputed=[refused, accepted, elsewhere])
    assert report.difference is None
    assert sorted(report.disputed.values(), key=str) == [1, None, None]
    assert report.signatures == 2


def test_a_refusal_for_another_reason_than_its_envelope_gives(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    refused = attest(ledger, Release(1, prefix="ocds-zzz999-"))
    assert ledger.seal(refused) == ["procurement.45.1"]
    entries = forging.decode(read_entries(ledger))
    entries[1]["refusal"]["number"] = "procurement.45.2"
    data = relink(ledger, entries)
    assert replay(ledger, data).difference is None
    assert find(ledger, data, disputed=[refused]).startswith("entry 1, refusal: expected ")


def test_a_refusal_that_never_could_be_recorded(tmp_path: Path) -> None:
    """Somebody's expired envelope, recorded as refused to spoil its sender's name."""
    ledger = Ledger(tmp_path)
    expired = ledger.sign(ATTEST, Release(1).arguments(), PUBLISHER, expires=START)
    refuse(ledger, 1)
    entries = forging.decode(read_entries(ledger))
    entries[1]["id"] = find_id(ledger, expired)
    assert find(ledger, relink(ledger, entries), disputed=[expired]).startswith("entry 1: expected an envelope that may be admitted")


def find_id(ledger: Ledger, envelope: bytes) -> str:
    transaction = decode_transaction(envelope, ledger.application.registry)
    assert not isinstance(transaction, Inadmissible)
    return transaction.id


def test_a_disputed_envelope_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"envelope 1 cannot have been admitted anywhere: admission\.2"):
        replay(Ledger(tmp_path), disputed=[b"{}"])


def test_rows_beside_the_log_are_compared(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for number in range(3):
        assert ledger.do(ATTEST, Release(number).arguments(), PUBLISHER) == ACCEPTED
    with sqlite3.connect(ledger.path) as connection:
        connection.execute("UPDATE block SET app_hash = zeroblob(32) WHERE height = 2")
    log = LedgerLog(ledger.database, DocumentStore.create(tmp_path / "documents.sqlite"))
    difference = audit(log, ledger.application.registry, recompute_parties).difference
    assert difference is not None
    assert difference.place == "row of block 2"


def test_a_damaged_document_is_told_apart(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    store = DocumentStore.create(tmp_path / "documents.sqlite")
    store.put((Release(number).body, "application/json") for number in range(2))
    for number in range(3):
        assert ledger.do(ATTEST, Release(number).arguments(), PUBLISHER) == ACCEPTED
    with sqlite3.connect(tmp_path / "documents.sqlite") as connection:
        connection.execute("UPDATE document SET body = x'7b7d' WHERE sha256 = ?", (bytes.fromhex(Release(0).digest),))
    report = audit(LedgerLog(ledger.database, store), ledger.application.registry, recompute_parties)
    assert report.difference is None
    assert not report.is_sound
    assert [wrong.place for wrong in report.documents_wrong] == [f"document {Release(0).digest} in the store"]
    assert report.documents_missing == ((5, Release(2).digest),)
    assert report.documents == 1


def test_progress_is_told_block_by_block(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    refuse(ledger, 3)
    refuse(ledger, 1)
    told: list[tuple[int, int]] = []
    replay(ledger, progress=lambda done, total: told.append((done, total)))
    assert told == [(4, 6), (6, 6)]


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"buyer":', b'{"a":1,"a":2}'])
def test_a_document_that_is_no_release(tmp_path: Path, body: bytes) -> None:
    """Consensus cannot read documents: whatever a publisher attests is recorded, and shown here."""
    ledger = Ledger(tmp_path)
    document = {"media_type": "application/json", "sha256": sha256(body).hex(), "size": max(len(body), 1)}
    assert ledger.do(ATTEST, Release(1).arguments(document=document), PUBLISHER) == ACCEPTED
    report = audit(MemoryLog(ledger, document=body), ledger.application.registry, recompute_parties)
    assert report.difference is None
    assert not report.is_sound
    assert len(report.documents_wrong) == 1
