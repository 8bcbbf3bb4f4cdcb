"""Sealed proposals, their opening and their files: every refusal beside the nearest message that stands; scenarios by name."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts.procurement.process import (
    DUE,
    MALFORMED,
    NEVER_DUE,
    OPENED,
    REPLACED,
    SEALED,
    UNOPENED,
    WITHDRAWN,
)
from prasasti.contracts.procurement.proposal.checks import find_fate
from prasasti.contracts.procurement.proposal.records import (
    EnvelopeRecord,
    MissingFileRecord,
    ProposalRecord,
    envelope_key,
    missing_file_key,
    name_missing_file,
    proposal_key,
)
from prasasti.contracts.procurement.rounds import find_trustee_key, is_key_destroyed
from prasasti.contracts.procurement.sealing.framing import compute_context, compute_envelope_id, compute_round
from tests.contracts.procurement_proposal_rows import FILE, FIVE, OTHER_FILE, ROWS, STORES, Bench
from tests.contracts.selection import (
    BIDDERS,
    COMMITTEE,
    DAY,
    LOT,
    MAJORITY,
    MILLION,
    MINUTES,
    OFFICER,
    PROCESS,
    TERMS,
    TRUSTEES,
    Selection,
    found,
    lot,
    proposal,
    round_of,
    tender,
)
from tests.core.ledger import ACCEPTED, Ledger, key_of

TWO_FILES: dict[str, Any] = {
    "files": "two",
    "requirements": [
        {"id": "licence", "stage": "technical", "title": "Licence to trade"}, {"id": "tax", "stage": "financial", "title": "Taxes paid"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    number, play = ROWS[name]
    ledger = found(tmp_path)
    assert play(ledger) == number
    if number not in (ACCEPTED, "admission.10") and len(ledger.results[-1].receipts) == 1:
        assert bytes(ledger.results[-1].receipts[0].events) == b"[]"
        # Unless a deadline ran in the same block.
        is_alone = not ledger.results[-1].schedule_removed
        assert not is_alone or ledger.roots[-1] == ledger.roots[-2], "a refusal leaves the state root unchanged"


def asked(folder: Path, trustees: tuple[str, ...] = TRUSTEES, **changes: Any) -> Bench:
    bench = Bench(found(folder), trustees)
    assert bench.ask(**changes) == ACCEPTED
    return bench


def read_events(ledger: Ledger) -> list[dict[str, Any]]:
    """Events of the last block: its own, then those of its transactions."""
    return [event for _, data in ledger.results[-1].entries for event in json.loads(data)["events"]]


def read_fate(bench: Bench, envelope: str) -> str:
    view = bench.ledger.application.state.view
    record = view.get(envelope_key(envelope), EnvelopeRecord)
    assert record is not None
    return find_fate(view, bench.lot(record.lot), record)


def read_proposal(bench: Bench, bidder: str) -> ProposalRecord:
    record = bench.ledger.application.state.view.get(proposal_key(PROCESS, LOT, bidder), ProposalRecord)
    assert record is not None
    return record


def test_scenario_2_two_of_five_trustees_are_silent(tmp_path: Path) -> None:
    """n 5, t 3: the third share opens; what a fourth trustee adds is too late to matter and leaves no leaf."""
    bench = asked(tmp_path, FIVE)
    for bidder in BIDDERS:
        assert bench.submit(bidder) == ACCEPTED
    bench.begin()
    for name in FIVE[:2]:
        assert bench.give(name) == ACCEPTED
        assert bench.lot().read == 0
    assert {read_fate(bench, each) for each in bench.envelopes.values()} == {DUE}
    assert bench.give(FIVE[3]) == ACCEPTED
    lot_now = bench.lot()
    assert (lot_now.state, lot_now.due, lot_now.read, lot_now.live, lot_now.opened) == ("evaluating", 3, 3, 3, 3)
    size = bench.ledger.application.info().size
    assert bench.give(FIVE[4]) == "admission.10"
    assert bench.ledger.application.info().size == size


def test_scenario_2_three_of_five_trustees_are_silent(tmp_path: Path) -> None:
    """The grace over: 27j, no plaintext, no share counts; the lot is final, then a retender has a new round."""
    bench = asked(tmp_path, FIVE)
    for bidder in BIDDERS[:2]:
        assert bench.submit(bidder) == ACCEPTED
    bench.begin()
    ends = bench.lot().grace_ends
    for name in FIVE[:2]:
        assert bench.give(name) == ACCEPTED
    bench.until(ends - 1)
    assert bench.lot().state == "opening"
    bench.until(ends)
    failed = bench.lot()
    assert (failed.state, failed.failure, failed.final, failed.read) == ("failed", "j", False, 0)
    assert read_events(bench.ledger) == [
        {"event": "procurement.lot_failed", "ground": "j", "lot": LOT, "process": PROCESS, "window_ends": failed.window_ends}
    ]
    assert bench.give(FIVE[2]) == "admission.10"
    assert not any(result.documents for result in bench.ledger.results)
    assert {read_fate(bench, each) for each in bench.envelopes.values()} == {UNOPENED}
    retender = {"plan": "benches", "process": f"{PROCESS}-2", "related": {"process": PROCESS, "relation": "unsuccessful"}}
    assert bench.publish(**retender) == "procurement.03.1"
    bench.until(failed.window_ends)
    assert bench.lot().final
    assert bench.publish(**retender) == ACCEPTED
    rounds = [key for key in bench.ledger.records() if key.startswith("procurement/round/")]
    assert len(rounds) == 2


def test_scenario_2_a_share_before_the_opening_leaves_no_leaf(tmp_path: Path) -> None:
    bench = asked(tmp_path)
    assert bench.submit("bidder-1") == ACCEPTED
    bench.close()
    size, root = bench.ledger.application.info().size, bench.ledger.root
    assert bench.give(TRUSTEES[0]) == "admission.10"
    assert (bench.ledger.application.info().size, bench.ledger.root) == (size, root)


def test_scenario_2_some_envelopes_stay_public_when_the_others_are_not_opened(tmp_path: Path) -> None:
    bench = asked(tmp_path)
    for bidder in BIDDERS[:2]:
        assert bench.submit(bidder) == ACCEPTED
    bench.begin()
    first, second = (bench.envelopes[bidder, "proposal"] for bidder in BIDDERS[:2])
    for name in TRUSTEES[:2]:
        assert bench.give(name, first) == ACCEPTED
    assert bench.ledger.results[-1].documents
    bench.until(bench.lot().grace_ends)
    assert (read_fate(bench, first), read_fate(bench, second)) == (OPENED, UNOPENED)
    assert bench.lot().failure == "j"


def test_scenario_11_one_store_delivers(tmp_path: Path) -> None:
    """A received file is missing: the lot is suspended, the stores are named; one of them delivers: it goes on."""
    bench = asked(tmp_path)
    assert bench.submit("bidder-1", files=[bench.file(), bench.file(OTHER_FILE)]) == ACCEPTED
    bench.begin()
    bench.open_all()
    bench.declared()
    assert bench.report() == ACCEPTED
    (event,) = read_events(bench.ledger)
    envelope = bench.envelopes["bidder-1", "proposal"]
    assert event == {
        "envelope": envelope, "event": "procurement.file_missing", "grace_ends": event["grace_ends"], "lot": LOT, "process": PROCESS,
        "sha256": FILE, "stores": list(STORES),
    }  # fmt: skip
    assert bench.report(sha256=OTHER_FILE) == ACCEPTED
    assert bench.lot().suspended == ["files"]
    assert bench.require_of(("bidder-1", True)) == "procurement.00.3"
    assert bench.confirm() == ACCEPTED
    assert read_events(bench.ledger)[0]["missing"] == 1
    assert bench.require_of(("bidder-1", True)) == "procurement.00.3"
    assert bench.confirm(name=COMMITTEE[1], sha256=OTHER_FILE) == ACCEPTED
    assert bench.lot().suspended == []
    bench.until(event["grace_ends"])
    assert bench.lot().state == "evaluating"
    assert bench.require_of(("bidder-1", True)) == ACCEPTED
    record = bench.ledger.application.state.view.get(missing_file_key(name_missing_file(envelope, FILE)), MissingFileRecord)
    assert record is not None
    assert record.reported <= record.found < bench.ledger.time


def test_scenario_11_neither_store_delivers(tmp_path: Path) -> None:
    """The grace over: 27k, the stores' fault; also where another file was found."""
    bench = asked(tmp_path)
    assert bench.submit("bidder-1", files=[bench.file(), bench.file(OTHER_FILE)]) == ACCEPTED
    bench.begin()
    bench.open_all()
    bench.declared()
    assert bench.report() == ACCEPTED
    ends = read_events(bench.ledger)[0]["grace_ends"]
    assert bench.report(sha256=OTHER_FILE) == ACCEPTED
    assert bench.confirm(sha256=OTHER_FILE) == ACCEPTED
    bench.until(ends - 1)
    assert bench.lot().state == "evaluating"
    bench.until(ends)
    assert (bench.lot().state, bench.lot().failure, bench.lot().suspended) == ("failed", "k", [])
    assert bench.confirm() == "procurement.00.2"


def test_how_long_files_are_kept_is_a_parameter(tmp_path: Path) -> None:
    """In days to the second; in working days, as other terms, to the close of office hours."""
    days: dict[str, Any] = {"procurement.keep_until_days": 7}
    bench = Bench(found(tmp_path, **days))
    assert bench.ask() == ACCEPTED
    week = bench.process().deadline + 7 * DAY
    assert bench.submit("bidder-1", files=[bench.file(until=week - 1)]) == "procurement.08.4"
    assert bench.submit("bidder-1", files=[bench.file(until=week)]) == ACCEPTED
    working: dict[str, Any] = {"procurement.keep_until_days": 5, "procurement.keep_until_in_working_days": True}
    bench = Bench(found(tmp_path, **working))
    assert bench.ask() == ACCEPTED
    # The deadline is 15 January 2026, 07:01 in Jakarta; 16 January is a holiday: the fifth working day is the 23rd.
    close = 1_769_158_800
    assert bench.submit("bidder-1", files=[bench.file(until=close - 1)]) == "procurement.08.4"
    assert bench.submit("bidder-1", files=[bench.file(until=close)]) == ACCEPTED


def test_scenario_11_a_file_with_one_receipt(tmp_path: Path) -> None:
    bench = asked(tmp_path)
    assert bench.submit("bidder-1", files=[bench.file(stores=STORES[:1])]) == "procurement.08.4"


def test_trustees_have_their_grace_anew_when_files_are_found(tmp_path: Path) -> None:
    """While a lot is suspended nobody can share: its grace must not end meanwhile."""
    bench = asked(tmp_path, **TWO_FILES)
    assert bench.submit("bidder-1", "technical", files=[bench.file()]) == ACCEPTED
    assert bench.submit("bidder-1", "financial") == ACCEPTED
    bench.begin()
    bench.open_all(bench.envelopes["bidder-1", "technical"])
    bench.declared()
    assert bench.require_of(("bidder-1", True)) == ACCEPTED
    opening = bench.lot()
    assert (opening.state, opening.stage, opening.due, opening.read) == ("opening", "financial", 1, 0)
    bench.until(opening.grace_ends - 1)
    assert bench.report(slot="technical") == ACCEPTED
    bench.until(opening.grace_ends)
    assert bench.lot().state == "opening"
    financial = bench.envelopes["bidder-1", "financial"]
    assert bench.give(TRUSTEES[0], financial) == "procurement.00.3"
    assert bench.confirm(slot="technical") == ACCEPTED
    ends = bench.lot().grace_ends
    assert ends > opening.grace_ends
    assert bench.give(TRUSTEES[0], financial) == ACCEPTED
    bench.until(ends)
    assert (bench.lot().state, bench.lot().failure) == ("failed", "j")


def test_two_files_are_opened_one_after_the_other(tmp_path: Path) -> None:
    """The financial envelopes of who passed are due when the technical result is recorded; the others' stay closed."""
    bench = asked(tmp_path, **TWO_FILES)
    for bidder in BIDDERS[:2]:
        for slot in ("technical", "financial"):
            assert bench.submit(bidder, slot) == ACCEPTED
    assert bench.submit("bidder-3", "technical") == ACCEPTED
    assert bench.lot().complete == 2
    bench.begin()
    technical = [bench.envelopes[bidder, "technical"] for bidder in BIDDERS[:2]]
    bench.open_all(*technical)
    bench.declared()
    assert bench.lot().stage == "technical"
    assert bench.require_of(("bidder-1", True), ("bidder-2", False)) == ACCEPTED
    assert (bench.lot().state, bench.lot().due) == ("opening", 1)
    first, second = (bench.envelopes[bidder, "financial"] for bidder in BIDDERS[:2])
    assert bench.give(TRUSTEES[0], second) == "admission.10"
    bench.open_all(first)
    assert (bench.lot().state, bench.lot().stage, bench.lot().opened) == ("evaluating", "financial", 3)
    offer = read_proposal(bench, "bidder-1").offer
    assert offer is not None
    assert offer.price == str(280 * MILLION)
    assert read_fate(bench, second) == SEALED
    assert bench.require_of(("bidder-1", False), requirement="tax") == ACCEPTED
    assert bench.lot().state == "failed"
    assert [read_fate(bench, each) for each in (first, second, bench.envelopes["bidder-3", "technical"])] == [OPENED, NEVER_DUE, NEVER_DUE]


def test_what_is_sealed_to_former_trustees_counts_no_more(tmp_path: Path) -> None:
    """06 with other trustees: all seal again; an old slot and a new one are no whole proposal."""
    bench = asked(tmp_path, **TWO_FILES)
    for slot in ("technical", "financial"):
        assert bench.submit("bidder-1", slot) == ACCEPTED
        assert bench.submit("bidder-2", slot) == ACCEPTED
    old = dict(bench.envelopes)
    assert bench.lot().complete == 2
    bench.trustees, bench.number = ("auditor-1", "citizens-1", "trustees-1"), 2
    terms = tender(bench.process().published, **TWO_FILES)
    terms["trustees"] = [{"key_id": key_of(f"{name}/trustee"), "organisation": name} for name in bench.trustees]
    changes = {name: value for name, value in terms.items() if name not in ("plan", "process")}
    amendment = {"changes": changes, "document": MINUTES, "process": PROCESS, "reason": "trustees"}
    assert bench.do("procurement.amend_tender", amendment, OFFICER, *MAJORITY) == ACCEPTED
    assert bench.lot().complete == 0
    assert bench.submit("bidder-1", "technical") == ACCEPTED
    assert bench.lot().complete == 0
    assert bench.submit("bidder-1", "financial") == ACCEPTED
    assert bench.lot().complete == 1
    assert bench.withdraw("bidder-2", "technical") == ACCEPTED
    assert bench.lot().complete == 1
    bench.begin()
    assert bench.give("auditor-1", old["bidder-2", "financial"]) == "admission.10"
    bench.open_all(bench.envelopes["bidder-1", "technical"])
    assert bench.lot().state == "evaluating"
    assert read_fate(bench, old["bidder-1", "technical"]) == REPLACED


MALFORMED_PLAINTEXTS: dict[str, bytes] = {
    "no JSON": b"no JSON",
    "no UTF-8": b"\xff\xfe",
    "another shape": b"{}",
    "not canonical": b'{ "files": [] }',
    "another currency": b'{"bmp_bp":0,"currency":"EUR","files":[],"items":[["lot-1-bench","1"]],"price":"1","tkdn_bp":0,"valid_until":1}',
    "a price of nothing": b'{"bmp_bp":0,"currency":"IDR","files":[],"items":[["lot-1-bench","1"]],"price":"0","tkdn_bp":0,"valid_until":1}',
    "another item": b'{"bmp_bp":0,"currency":"IDR","files":[],"items":[["lot-1-chair","1"]],"price":"1","tkdn_bp":0,"valid_until":1}',
    "no items": b'{"bmp_bp":0,"currency":"IDR","files":[],"items":[],"price":"1","tkdn_bp":0,"valid_until":1}',
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED_PLAINTEXTS)
def test_a_malformed_envelope_is_its_bidders_fault(tmp_path: Path, name: str) -> None:
    """The others are evaluated; the document tells the reason and holds no plaintext of it."""
    bench = asked(tmp_path)
    assert bench.submit("bidder-1") == ACCEPTED
    assert bench.submit("bidder-2", plaintext=MALFORMED_PLAINTEXTS[name]) == ACCEPTED
    bench.begin()
    bench.open_all()
    told = read_events(bench.ledger)[0]
    assert (told["event"], told["opened"], told["malformed"]) == ("procurement.envelopes_opened", 1, 1)
    assert (bench.lot().read, bench.lot().live, bench.lot().opened) == (2, 1, 2)
    bad = bench.envelopes["bidder-2", "proposal"]
    assert read_fate(bench, bad) == MALFORMED
    assert read_proposal(bench, "bidder-2").out == "malformed"
    (body,) = bench.ledger.results[-1].documents
    by_envelope = {each["envelope"]: each for each in json.loads(body)["envelopes"]}
    assert by_envelope[bad]["malformed"]
    assert by_envelope[bad]["plaintext"] == ""
    assert json.loads(by_envelope[bench.envelopes["bidder-1", "proposal"]]["plaintext"])["price"] == str(280 * MILLION)


def test_a_lot_of_which_all_is_malformed_has_failed(tmp_path: Path) -> None:
    bench = asked(tmp_path)
    assert bench.submit("bidder-1", plaintext=b"{}") == ACCEPTED
    bench.begin()
    bench.open_all()
    assert (bench.lot().state, bench.lot().failure) == ("failed", "c")


def test_unit_prices_whose_sum_no_amount_holds_are_malformed(tmp_path: Path) -> None:
    bench = asked(tmp_path, terms=TERMS | {"amounts": "measured"})
    huge = proposal(bench.ledger, 280 * MILLION, [[f"{LOT}-bench", str(2**63 - 1)]])
    assert bench.submit("bidder-1", plaintext=huge) == ACCEPTED
    assert bench.submit("bidder-2") == ACCEPTED
    bench.begin()
    bench.open_all()
    assert read_fate(bench, bench.envelopes["bidder-1", "proposal"]) == MALFORMED
    assert bench.lot().live == 1


def test_a_padding_that_is_none_is_malformed(tmp_path: Path) -> None:
    """Suite 00 hides nothing, so that is known before; it is judged at the opening all the same, as where it is hidden."""
    bench = asked(tmp_path)
    sealed = b"\x00" + bytes(4_096)
    context = compute_context(compute_round(*round_of(bench.ledger)), LOT, "proposal", "bidder-1")
    assert bench.submit("bidder-1", sealed=base64.b64encode(sealed).decode()) == ACCEPTED
    bench.envelopes["bidder-1", "proposal"] = compute_envelope_id(context, sealed).hex()
    bench.begin()
    bench.open_all()
    assert read_fate(bench, bench.envelopes["bidder-1", "proposal"]) == MALFORMED


def test_a_plain_seal_is_for_training_alone(tmp_path: Path) -> None:
    bench = Bench(found(tmp_path, training=False))
    assert bench.ask() == ACCEPTED
    assert bench.submit("bidder-1") == "procurement.08.6"


def test_a_message_opens_a_hundred_and_fifty(tmp_path: Path) -> None:
    """The events of one entry would not hold them: what they held is one document."""
    bidders = tuple(f"many-{number:03}" for number in range(150))
    bench = Bench(found(tmp_path, bidders=bidders))
    assert bench.ask() == ACCEPTED
    for bidder in bidders:
        assert bench.submit(bidder) == ACCEPTED
    bench.begin()
    for name in TRUSTEES[:2]:
        assert bench.give(name) == ACCEPTED
    told = read_events(bench.ledger)[0]
    (body,) = bench.ledger.results[-1].documents
    assert told["document"] == {"media_type": "application/json", "sha256": sha256(body).hexdigest(), "size": len(body)}
    assert (told["opened"], told["malformed"]) == (150, 0)
    named = [each["envelope"] for each in json.loads(body)["envelopes"]]
    assert named == sorted(bench.envelopes.values())
    assert bench.lot().live == 150


def test_what_is_opened_can_be_withheld_by_the_buyer(tmp_path: Path) -> None:
    """An envelope may hold what no rule can keep out of it, such as a person's number."""
    bench = asked(tmp_path)
    assert bench.submit("bidder-1") == ACCEPTED
    bench.begin()
    bench.open_all()
    digest = read_events(bench.ledger)[0]["document"]["sha256"]
    assert f"governance/document/{digest}/agency-1" in bench.ledger.records()


def test_keys_are_destroyed_when_no_process_needs_them(tmp_path: Path) -> None:
    """The duty begins with the end of the last lot of the last process that names a key; who is late is named, once."""
    bench = asked(tmp_path, lots=[lot("lot-1", 100 * MILLION), lot("lot-2", 100 * MILLION)])
    key = key_of(f"{TRUSTEES[0]}/trustee")

    def read() -> Any:
        return find_trustee_key(bench.ledger.application.state.view, TRUSTEES[0], key)

    assert (read().live, read().due) == (1, 0)
    assert bench.cancel("lot-1") == ACCEPTED
    assert bench.destroy() == "procurement.46.1"
    assert bench.cancel("lot-2") == ACCEPTED
    assert (read().live, read().destroyed) == (0, 0)
    due = read().due
    assert due >= bench.ledger.time + 30 * DAY
    assert bench.destroy() == ACCEPTED
    assert is_key_destroyed(bench.ledger.application.state.view, TRUSTEES[0], key)
    bench.until(due)
    late = [(event["event"], event["organisation"]) for event in read_events(bench.ledger)]
    assert sorted(late) == [("procurement.key_destruction_overdue", name) for name in TRUSTEES[1:]]
    assert bench.destroy(TRUSTEES[1]) == ACCEPTED


def test_keys_are_destroyed_when_the_contract_is_signed(tmp_path: Path) -> None:
    selection = Selection(found(tmp_path))
    selection.prepare()
    assert selection.publish() == ACCEPTED
    assert selection.propose("bidder-1", 280 * MILLION) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(("bidder-1", True)) == ACCEPTED
    for name in COMMITTEE:
        assert selection.vote(name) == ACCEPTED
    assert selection.award("bidder-1", 280 * MILLION) == ACCEPTED
    selection.wait_until(selection.ledger.time + 10 * DAY)
    assert selection.activate() == ACCEPTED
    assert selection.draft(280 * MILLION) == ACCEPTED
    assert selection.sign("officer", "officer") == ACCEPTED
    bench = Bench(selection.ledger)
    assert bench.destroy() == "procurement.46.1"
    assert selection.sign("bidder-1/director", "contractor") == ACCEPTED
    assert bench.destroy() == ACCEPTED


def test_keys_are_destroyed_when_a_failure_is_final(tmp_path: Path) -> None:
    bench = asked(tmp_path)
    assert bench.submit("bidder-1") == ACCEPTED
    bench.begin()
    bench.until(bench.lot().grace_ends)
    assert bench.destroy() == "procurement.46.1"
    bench.until(bench.lot().window_ends)
    assert bench.destroy() == ACCEPTED


def test_a_withdrawn_proposal_leaves_nothing_to_open(tmp_path: Path) -> None:
    bench = asked(tmp_path)
    assert bench.submit("bidder-1") == ACCEPTED
    first = bench.envelopes["bidder-1", "proposal"]
    bench.ledger.time += 1
    assert bench.submit("bidder-1", plaintext=proposal(bench.ledger, 270 * MILLION)) == ACCEPTED
    second = bench.envelopes["bidder-1", "proposal"]
    assert bench.lot().complete == 1
    assert bench.withdraw("bidder-1") == ACCEPTED
    assert bench.lot().complete == 0
    assert (read_fate(bench, first), read_fate(bench, second)) == (REPLACED, WITHDRAWN)
    deadline = bench.process().deadline
    bench.close()
    assert bench.process().deadline > deadline, "no lot has a proposal: once more time"
    bench.close()
    assert (bench.lot().state, bench.lot().failure) == ("failed", "b")
