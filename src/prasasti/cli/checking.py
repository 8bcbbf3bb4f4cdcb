"""Commands that check: ``audit``, ``check-state``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from prasasti import bootstrap
from prasasti.cli.shell import REFUSED, command, ledger_option, shell
from prasasti.integrations.ocds.attestation import recompute_parties
from prasasti.services import audit as auditing
from prasasti.services import check_state as checking
from prasasti.services.audit import AuditReport
from prasasti.services.audited_log import LedgerLog, PublishedLog, open_source
from prasasti.services.difference import Difference


@click.command()
@click.argument("published", metavar="[FOLDER|URL]", required=False)
@click.option(
    "--envelope",
    "envelopes",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="An envelope whose recorded refusal you doubt.",
)
@ledger_option
@command
def audit(published: str | None, envelopes: tuple[Path, ...], ledger_folder: Path) -> None:
    """Replay every rule from genesis and compare every app hash.

    Of a published log where one is named, else of the ledger's own database.

    \b
    prasasti audit public
    prasasti audit --ledger ledger
    """
    out = shell()
    disputed = [path.read_bytes() for path in envelopes]
    with out.progress("audit.progress") as progress:
        if published is not None:
            log = PublishedLog(open_source(published))
            report = auditing.audit(log, bootstrap.registry_for(log.genesis), recompute_parties, disputed=disputed, progress=progress)
        else:
            with bootstrap.open_for_reading(ledger_folder) as ledger:
                own = LedgerLog(ledger.database, ledger.documents)
                report = auditing.audit(own, ledger.registry, recompute_parties, disputed=disputed, progress=progress)
    _say_audit(report)
    out.finish(_audit_as_json(report), 0 if report.is_sound else REFUSED)


@click.command(name="check-state")
@ledger_option
@command
def check_state(ledger_folder: Path) -> None:
    """Recompute the ledger's database from its rows: every value, bucket, root, log leaf and index.

    \b
    prasasti check-state --ledger ledger
    """
    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger, out.progress("check_state.progress") as progress:
        report = checking.check_state(ledger.database, progress)
    wrong = report.difference
    if wrong is None:
        out.say("check_state.done")
    else:
        out.say("audit.wrong", place=wrong.place, expected=wrong.expected, found=wrong.found)
    counts = {name: getattr(report, name) for name in ("records", "buckets", "entries", "blocks", "deadlines")}
    out.say("check_state.counts", **counts)
    out.finish({**counts, "wrong": _as_json(wrong) if wrong is not None else None}, 0 if wrong is None else REFUSED)


def _say_audit(report: AuditReport) -> None:
    out = shell()
    if report.is_sound:
        out.say("audit.done")
    for difference in _list_differences(report):
        out.say("audit.wrong", place=difference.place, expected=difference.expected, found=difference.found)
    out.say(
        "audit.counts", blocks=report.blocks, transactions=report.transactions, refusals=report.refusals,
        signatures=report.signatures, documents=report.documents,
    )  # fmt: skip
    if report.documents_withheld:
        out.say("audit.withheld", count=report.documents_withheld)
    for position, digest in report.documents_missing[:10]:
        out.say("audit.missing", position=position, digest=digest)
    for transaction_id, found in report.disputed.items():
        out.say("audit.disputed" if found is not None else "audit.not_disputed", id=transaction_id, position=found)


def _list_differences(report: AuditReport) -> list[Difference]:
    return ([report.difference] if report.difference is not None else []) + list(report.documents_wrong)


def _as_json(difference: Difference) -> dict[str, str]:
    return {"place": difference.place, "expected": difference.expected, "found": difference.found}


def _audit_as_json(report: AuditReport) -> dict[str, Any]:
    return {
        "sound": report.is_sound, "chain": report.chain, "entries": report.entries, "blocks": report.blocks,
        "transactions": report.transactions, "refusals": report.refusals, "signatures": report.signatures,
        "app_hash": report.tip.app_hash.hex(), "documents": report.documents, "documents_withheld": report.documents_withheld,
        "documents_missing": [{"entry": position, "sha256": digest} for position, digest in report.documents_missing],
        "wrong": [_as_json(each) for each in _list_differences(report)],
        "disputed": dict(report.disputed),
    }  # fmt: skip
