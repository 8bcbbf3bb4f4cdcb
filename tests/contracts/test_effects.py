"""What each accepted message writes and tells: exactly these records and events, no more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts import CONTRACTS
from tests.contracts.test_procurement import key
from tests.core.examples import AUDITOR, DOCUMENT, OFFICER, PUBLISHER, PUBLISHERS_OFFICER, release
from tests.core.ledger import ACCEPTED, START, Ledger, Signer
from tests.core.rehearsal import REHEARSAL

HASH = DOCUMENT["sha256"]
NAME_IT = ("rehearsal.name", {"document": DOCUMENT}, ((PUBLISHERS_OFFICER[0], "identity.holder"),))
NOW = START + 60
Step = tuple[str, dict[str, Any], tuple[Signer, ...]]


RELEASE = release(1, buyer="b", suppliers=["b", "s"])
PROCESS = {"ocid": "ocds-abc123-1", "publisher": "publisher-1"}
VERSION = {"date": START - 86_400, "document": f"{1:064x}", "kind": "new", "redaction_version": 1, "tag": ["contract"], "time": NOW}
RECORD = {**PROCESS, "number": 0, "release_id": "r1", "versions": [VERSION]}

# Steps, the last of which counts; the records it writes; its events.
EFFECTS: dict[str, tuple[list[Step], dict[str, Any], list[dict[str, Any]]]] = {
    "withhold": (
        [NAME_IT, ("governance.withhold_document", {"legal_basis": "a court \U0001e4ee", "sha256": HASH}, (PUBLISHERS_OFFICER, AUDITOR))],
        {f"governance/withheld/{HASH}": {"legal_basis": "a court \U0001e4ee", "since": NOW}},
        [{"event": "governance.document_withheld", "sha256": HASH}],
    ),
    "advance the clock": (
        [("governance.advance_clock", {"seconds": 60}, (OFFICER,))],
        {"governance/clock/offset_seconds": {"offset_seconds": 60}},
        [{"event": "governance.clock_advanced", "offset_seconds": 60}],
    ),
    "advance it further": (
        [("governance.advance_clock", {"seconds": 60}, (OFFICER,)), ("governance.advance_clock", {"seconds": 1}, (OFFICER,))],
        {"governance/clock/offset_seconds": {"offset_seconds": 61}},
        [{"event": "governance.clock_advanced", "offset_seconds": 61}],
    ),
    "attest a release": (
        [("procurement.attest_release", RELEASE, (PUBLISHER,))],
        {
            f"procurement/release/{key('publisher-1', 'ocds-abc123-1', 'r1')}": RECORD,
            "procurement/publisher/publisher-1/count": 1,
            "procurement/publisher/publisher-1:0/0": {"ocid": "ocds-abc123-1", "release_id": "r1"},
            "procurement/buyer/b/count": 1,
            "procurement/buyer/b:0/0": PROCESS,
            f"procurement/listed/{key('buyer', 'b', 'publisher-1', 'ocds-abc123-1')}": {"number": 0},
            "procurement/supplier/b/count": 1,
            "procurement/supplier/b:0/0": PROCESS,
            f"procurement/listed/{key('supplier', 'b', 'publisher-1', 'ocds-abc123-1')}": {"number": 0},
            "procurement/supplier/s/count": 1,
            "procurement/supplier/s:0/0": PROCESS,
            f"procurement/listed/{key('supplier', 's', 'publisher-1', 'ocds-abc123-1')}": {"number": 0},
            f"governance/document/{1:064x}/publisher-1": {"since": NOW},
        },
        [{"event": "procurement.release_attested", "number": 0, "ocid": "ocds-abc123-1", "release_id": "r1"}],
    ),
    "attest it again": ([("procurement.attest_release", RELEASE, (PUBLISHER,))] * 2, {}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", EFFECTS)
def test_the_effects_of_each_message(tmp_path: Path, name: str) -> None:
    steps, expected, events = EFFECTS[name]
    ledger = Ledger(tmp_path, (*CONTRACTS, REHEARSAL))
    before: dict[str, bytes] = {}
    for action, arguments, signers in steps:
        before = ledger.records()
        assert ledger.do(action, arguments, *signers) == ACCEPTED
    after = ledger.records()
    assert {key: json.loads(value) for key, value in after.items() if before.get(key) != value} == expected
    assert set(before) <= set(after), "nothing is removed"
    assert json.loads(bytes(ledger.results[-1].receipts[0].events)) == events


def test_a_document_is_noted_once_for_each_organisation(tmp_path: Path) -> None:
    """The time is that of the first entry which named it; what is refused names nothing."""
    ledger = Ledger(tmp_path)

    def attest(number: int, **changes: Any) -> str:
        arguments = release(document=DOCUMENT, publisher=f"publisher-{number}", **changes)
        return ledger.do("procurement.attest_release", arguments, (f"publisher-{number}/publisher", "procurement.publisher"))

    def noted() -> dict[str, Any]:
        return {name: json.loads(value) for name, value in ledger.records().items() if name.startswith("governance/document/")}

    assert attest(1, tag=["gift"]) == "procurement.45.2"
    assert noted() == {}
    assert attest(1) == ACCEPTED
    first = {f"governance/document/{HASH}/publisher-1": {"since": ledger.time}}
    ledger.time += 5
    assert attest(1) == ACCEPTED
    assert attest(1, release_id="r2") == ACCEPTED
    assert noted() == first
    assert attest(2) == ACCEPTED
    assert noted() == first | {f"governance/document/{HASH}/publisher-2": {"since": ledger.time}}


def test_two_messages_of_a_block_see_each_other(tmp_path: Path) -> None:
    """The second reads what the first wrote: the clock adds up, a list's numbers go on."""
    ledger = Ledger(tmp_path)
    steps = [ledger.sign("governance.advance_clock", {"seconds": seconds}, OFFICER) for seconds in (1, 2, 3)]
    steps += [ledger.sign("procurement.attest_release", release(number), PUBLISHER) for number in (1, 2, 3)]
    assert ledger.seal(*steps) == [ACCEPTED] * 6
    assert ledger.application.query("governance/clock/offset_seconds") == b'{"offset_seconds":6}'
    numbers = [json.loads(bytes(receipt.events))[0].get("number") for receipt in ledger.results[-1].receipts]
    assert numbers == [None, None, None, 0, 1, 2]
