"""After the ballot: awards, complaints, appeals, failure, by scenario and by property."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prasasti.contracts import CONTRACTS
from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.events import ContractLapsed
from prasasti.contracts.procurement.agreement.records import AgreementRecord, GuaranteeRecord
from prasasti.contracts.procurement.award import events
from prasasti.contracts.procurement.award.checks import list_ranked
from prasasti.contracts.procurement.award.effects import decide_refusal, is_refusal_open
from prasasti.contracts.procurement.award.messages import MAX_FAILED_LOTS
from prasasti.contracts.procurement.award.records import AwardRecord, award_key
from prasasti.contracts.procurement.evaluation.records import BallotRecord, ballot_key
from prasasti.contracts.procurement.process import LotRecord, lot_key
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, envelope_key
from prasasti.contracts.treasury.budgets import find_line
from prasasti.core.contract import Call, View
from prasasti.core.encoding import encode_canonical
from prasasti.core.entries import MAX_DEADLINE_EVENT_BYTES, MAX_EVENTS_BYTES
from prasasti.core.types import require
from tests.contracts.procurement_award_rows import OFFICIAL, PRICES, WORKS, Awarding, bought_directly, debar
from tests.contracts.selection import AUTHORITY, BIDDERS, COMMITTEE, DAY, LOT, MAJORITY, MILLION, OFFICER, PROCESS, found, tender
from tests.core.ledger import ACCEPTED, Ledger


@pytest.fixture
def selection(tmp_path: Path) -> Awarding:
    return Awarding(found(tmp_path))


def find_contract(selection: Awarding, contract: str = "contract-1") -> AgreementRecord:
    return require(selection.view.get(f"procurement/contract/{contract}", AgreementRecord), contract)


def find_bond(selection: Awarding, bond: str = "bond-1") -> GuaranteeRecord:
    return require(selection.view.get(f"procurement/guarantee/{bond}", GuaranteeRecord), bond)


def count_reserved(selection: Awarding) -> int:
    return int(require(find_line(selection.view, "2026-parks"), "the line").reserved_minor)


def list_events(selection: Awarding, name: str) -> list[dict[str, Any]]:
    """Events of a name, of the last block's messages."""
    told = [each for receipt in selection.ledger.results[-1].receipts for each in json.loads(bytes(receipt.events))]
    return [each for each in told if each["event"] == f"procurement.{name}"]


def call_at(ledger: Ledger) -> Call:
    """What a deadline knows, now."""
    return Call(
        time=ledger.time, height=1, previous_app_hash=bytes(32), chain=ledger.chain, genesis=ledger.application.genesis, transaction="",
        registry={each.name: each for each in CONTRACTS}, actor="", signers=(), arguments=None,
    )  # fmt: skip


def test_scenario_3_a_complaint_after_the_draft(selection: Awarding) -> None:
    """Draft day 2, complaint day 4: signing 30.3. Upheld, next: award and draft end; second bidder, new standstill."""
    selection.to_award()
    first_end = selection.awarded().standstill_ends
    selection.wait_until(selection.ledger.time + 2 * DAY)
    assert selection.draft(PRICES["bidder-3"]) == ACCEPTED
    selection.wait_until(selection.ledger.time + 2 * DAY)
    assert selection.complain("bidder-2") == ACCEPTED
    assert selection.sign("officer", "officer") == "procurement.30.3"
    assert selection.answer("upheld", "next") == ACCEPTED
    assert (selection.awarded().state, find_contract(selection).state) == ("cancelled", "lapsed")
    assert (selection.lot().state, selection.lot().matters, selection.lot().passed_over) == ("evaluating", 0, ["bidder-3"])
    assert selection.award("bidder-3", PRICES["bidder-3"], "award-2") == "procurement.20.2"
    assert selection.award("bidder-2", PRICES["bidder-2"], "award-2") == ACCEPTED
    assert selection.awarded("award-2").standstill_ends > first_end
    assert selection.sign("officer", "officer") == "procurement.00.1"


def test_scenario_7_a_debarred_winner_is_passed_over(selection: Awarding) -> None:
    """Its pending award 25.4, then 26, next in rank."""
    selection.to_award()
    assert debar("bidder-3")(selection) == ACCEPTED
    selection.wait_until(selection.awarded().standstill_ends)
    assert selection.activate() == "procurement.25.4"
    assert selection.withdraw("debarred") == ACCEPTED
    assert selection.award("bidder-2", PRICES["bidder-2"], "award-2") == ACCEPTED


def test_scenario_9_all_are_out(selection: Awarding) -> None:
    """27c at once; before the window is over a retender is 03.1, the money reserved; then it stands, linked."""
    selection.evaluate(passing=())
    lot = selection.lot()
    assert (lot.state, lot.failure, lot.final) == ("failed", "c", False)

    def retender() -> str:
        again = tender(selection.ledger.time, process=f"{PROCESS}-2", related={"process": PROCESS, "relation": "unsuccessful"})
        return selection.do("procurement.publish_tender", again, OFFICER, *MAJORITY)

    assert retender() == "procurement.03.1"
    assert count_reserved(selection) == 300 * MILLION
    selection.wait_until(lot.window_ends - 1)
    assert not selection.lot().final
    selection.wait_until(lot.window_ends)
    assert selection.lot().final
    assert count_reserved(selection) == 0
    assert retender() == ACCEPTED


def test_scenario_10_a_budget_is_cut_after_the_award(selection: Awarding) -> None:
    """Below reservations 25.3, 30.4; treasury restores it, or 26."""
    selection.to_award()
    selection.wait_until(selection.awarded().standstill_ends)
    assert selection.cut_budget(299 * MILLION) == ACCEPTED
    assert selection.activate() == "procurement.25.3"
    assert selection.cut_budget(300 * MILLION) == ACCEPTED
    assert selection.activate() == ACCEPTED
    assert selection.draft(PRICES["bidder-3"]) == ACCEPTED
    assert selection.cut_budget(299 * MILLION) == ACCEPTED
    assert selection.sign("officer", "officer") == "procurement.30.4"
    assert selection.withdraw("no_budget") == ACCEPTED
    assert find_contract(selection).state == "lapsed"
    assert selection.lot().passed_over == ["bidder-3"]


def test_scenario_13_one_appeals_while_another_complains(selection: Awarding) -> None:
    """A is rejected, appeals: the lot is suspended; B still complains and is answered. A upheld, next: B's complaint is moot."""
    selection.to_award(**WORKS)
    assert selection.complain("bidder-1", "c-1") == ACCEPTED
    assert selection.answer() == ACCEPTED
    assert selection.bond() == ACCEPTED
    assert selection.appeal() == ACCEPTED
    assert selection.lot().suspended == ["appeal"]
    assert selection.complain("bidder-2", "c-2") == ACCEPTED
    assert selection.complain("bidder-2", "c-3") == ACCEPTED
    assert selection.answer("rejected", complaint="c-2") == ACCEPTED
    assert selection.lot().matters == 3
    selection.seat_reviewer()
    assert selection.decide_appeal("upheld", "next") == ACCEPTED
    assert list_events(selection, "matters_moot") == [{"count": 2, "lot": LOT, "process": PROCESS, "event": "procurement.matters_moot"}]
    assert [selection.complaint(each).outcome for each in ("c-1", "c-2", "c-3")] == ["rejected", "rejected", "moot"]
    assert (selection.lot().matters, selection.lot().suspended, selection.awarded().state) == (0, [], "cancelled")
    assert find_bond(selection).state == "released"
    assert selection.bond("bidder-2", "bond-2") == ACCEPTED
    assert selection.appeal("bidder-2", "bond-2", "a-2", "c-2") == "procurement.23.3", "a remedy ended the time to appeal"
    assert selection.award("bidder-2", PRICES["bidder-2"], "award-2") == ACCEPTED
    selection.wait_until(selection.ledger.time + 60 * DAY)
    assert selection.lot().matters == 0, "deadlines of what is moot do nothing"
    assert selection.complain("bidder-1", "c-4") == "procurement.21.1"


def test_those_whose_complaint_is_moot_complain_anew(selection: Awarding) -> None:
    selection.to_award()
    assert selection.complain("bidder-1", "c-1") == ACCEPTED
    assert selection.complain("bidder-2", "c-2") == ACCEPTED
    assert selection.answer("upheld", "next") == ACCEPTED
    assert selection.complaint("c-2").outcome == "moot"
    assert selection.award("bidder-2", PRICES["bidder-2"], "award-2") == ACCEPTED
    assert selection.complain("bidder-1", "c-3") == ACCEPTED
    assert selection.lot().matters == 1


def test_a_rejected_appeal_calls_the_bond(selection: Awarding) -> None:
    selection.to_award(**WORKS)
    for step in (selection.complain, selection.answer, selection.bond, selection.appeal):
        assert step() == ACCEPTED
    selection.seat_reviewer()
    assert selection.decide_appeal() == ACCEPTED
    assert (find_bond(selection).state, find_bond(selection).called) == ("called", str(3 * MILLION))
    assert (selection.lot().matters, selection.lot().suspended) == (0, [])
    selection.wait_until(max(selection.awarded().standstill_ends, selection.ledger.time))
    assert selection.activate() == ACCEPTED


@pytest.mark.parametrize(("silence", "state", "bond"), [("upheld", "evaluating", "released"), ("rejected", "decided", "called")])
def test_a_reviewer_who_keeps_silent(tmp_path: Path, silence: str, state: str, bond: str) -> None:
    figures: dict[str, Any] = {"procurement.appeal_silence": silence}
    selection = Awarding(found(tmp_path, **figures))
    selection.to_award(**WORKS)
    for step in (selection.complain, selection.answer, selection.bond, selection.appeal):
        assert step() == ACCEPTED
    selection.wait_until(selection.appealed().due - 1)
    assert selection.appealed().outcome == "filed"
    selection.wait_until(selection.appealed().due)
    assert (selection.appealed().outcome, selection.appealed().answer) == (silence, None)
    lot = selection.lot()
    assert (lot.state, find_bond(selection).state, lot.matters, lot.suspended) == (state, bond, 0, [])
    assert (lot.evaluation, lot.repeats) == ((2, 1) if silence == "upheld" else (1, 0))


def test_a_committee_that_keeps_silent(selection: Awarding) -> None:
    """Rejected, and no appeal in goods: the award becomes final."""
    selection.to_award()
    assert selection.complain() == ACCEPTED
    due = selection.complaint().due
    assert due > selection.awarded().standstill_ends
    selection.wait_until(due - 1)
    assert selection.activate() == "procurement.25.2"
    selection.wait_until(due)
    assert (selection.complaint().outcome, selection.complaint().answered, selection.complaint().window_ends) == ("rejected", 0, 0)
    assert selection.activate() == ACCEPTED


def test_nobody_appeals(selection: Awarding) -> None:
    selection.to_award(**WORKS)
    assert selection.complain() == ACCEPTED
    assert selection.answer("inadmissible") == ACCEPTED
    ends = selection.complaint().window_ends
    selection.wait_until(ends - 1)
    assert selection.lot().matters == 1
    selection.wait_until(ends)
    assert selection.lot().matters == 0


@pytest.mark.parametrize("decision", ["keep", "reevaluate", "fail"])
def test_what_the_authority_makes_of_a_refusal(selection: Awarding, decision: str) -> None:
    """Of an award about which somebody complains too."""
    selection.to_award()
    assert selection.complain() == ACCEPTED
    assert selection.refuse() == ACCEPTED
    draft = Draft(selection.view)
    assert is_refusal_open(draft, selection.lot())
    decide_refusal(draft, call_at(selection.ledger), selection.lot(), decision)
    lot = require(draft.get(lot_key(PROCESS, LOT), LotRecord), LOT)
    award = require(draft.get(award_key(PROCESS, LOT, "award-1"), AwardRecord), "award-1")
    assert not is_refusal_open(draft, lot)
    expected = {
        "keep": ("decided", "award-1", "pending", 1), "reevaluate": ("evaluating", "", "cancelled", 0),
        "fail": ("failed", "", "cancelled", 1),
    }[decision]  # fmt: skip
    assert (lot.state, lot.award, award.state, lot.matters) == expected
    assert lot.failure == ("m" if decision == "fail" else "")


@pytest.mark.parametrize(("decision", "state"), [("keep", "decided"), ("reevaluate", "evaluating"), ("fail", "failed")])
def test_the_authority_decides_about_a_refusal(selection: Awarding, decision: str, state: str) -> None:
    """11, once: then nothing is left to decide."""
    selection.to_award()
    assert selection.refuse() == ACCEPTED
    arguments = {"about": "refusal", "decision": decision, "document": do_document(), "lot": LOT, "process": PROCESS, "reason": "settled"}
    assert selection.do("procurement.decide", arguments, AUTHORITY) == ACCEPTED
    assert (selection.lot().state, selection.lot().matters) == (state, 0)
    again = selection.do("procurement.decide", arguments, AUTHORITY)
    assert again == ("procurement.00.2" if decision == "fail" else "procurement.11.1")


def test_what_is_open_about_a_cancelled_lot_is_moot(selection: Awarding) -> None:
    """Bonds go back, and the deadlines of what was open revive nothing."""
    selection.to_award(**WORKS)
    for step in (selection.complain, selection.answer, selection.bond, selection.appeal):
        assert step() == ACCEPTED
    assert selection.complain("bidder-2", "c-2") == ACCEPTED
    arguments = {"document": do_document(), "lots": [LOT], "process": PROCESS, "reason": "no_need"}
    assert selection.do("procurement.cancel_tender", arguments, AUTHORITY) == ACCEPTED
    assert (selection.appealed().outcome, selection.complaint("c-2").outcome, find_bond(selection).state) == ("moot", "moot", "released")
    selection.wait_until(selection.ledger.time + 90 * DAY)
    lot = selection.lot()
    assert (lot.state, lot.matters, lot.suspended, lot.award) == ("cancelled", 0, [], "")


def test_silence_keeps_a_refused_award(selection: Awarding) -> None:
    selection.to_award()
    assert selection.refuse() == ACCEPTED
    until = selection.awarded().refusal_ends
    selection.wait_until(until - 1)
    assert selection.activate() == "procurement.25.2"
    selection.wait_until(until)
    assert (selection.awarded().refusal_ends, selection.awarded().refused, selection.lot().matters) == (0, "price", 0)
    assert selection.activate() == ACCEPTED


def test_a_refused_award_is_withdrawn(selection: Awarding) -> None:
    """Its refusal is no matter any more; what others complain about is."""
    selection.to_award()
    assert selection.refuse() == ACCEPTED
    assert selection.complain() == ACCEPTED
    assert selection.withdraw("false_document", document=do_document()) == ACCEPTED
    assert selection.lot().matters == 1
    assert selection.award("bidder-2", PRICES["bidder-2"], "award-2") == ACCEPTED
    selection.wait_until(selection.awarded("award-2").standstill_ends)
    assert selection.activate("award-2") == "procurement.25.2"
    assert selection.answer() == ACCEPTED
    assert selection.activate("award-2") == ACCEPTED


def do_document() -> dict[str, Any]:
    return {"media_type": "application/pdf", "sha256": "a3" * 32, "size": 1_000}


def test_unsigned_awards_run_out_of_bidders(selection: Awarding) -> None:
    """Each is passed over by the schedule; nobody left: 27l, and the lot is final after its window."""
    selection.evaluate()
    selection.adopt()
    for number, name in enumerate(("bidder-3", "bidder-2", "bidder-1"), 1):
        assert selection.award(name, PRICES[name], f"award-{number}") == ACCEPTED
        selection.wait_until(selection.awarded(f"award-{number}").standstill_ends)
        assert selection.activate(f"award-{number}") == ACCEPTED
        selection.wait_until(selection.awarded(f"award-{number}").signing_ends)
        assert selection.awarded(f"award-{number}").state == "cancelled"
    lot = selection.lot()
    assert (lot.state, lot.failure, lot.passed_over) == ("failed", "l", ["bidder-3", "bidder-2", "bidder-1"])
    selection.wait_until(lot.window_ends)
    assert (selection.lot().final, count_reserved(selection)) == (True, 0)


def test_a_failed_lot_waits_for_its_complaints(selection: Awarding) -> None:
    """Its money stays reserved until the complaint is answered and the time to appeal is over."""
    selection.evaluate(**WORKS)
    assert selection.fail("e") == ACCEPTED
    assert selection.complain() == ACCEPTED
    selection.wait_until(selection.lot().window_ends)
    assert not selection.lot().final
    assert selection.answer() == ACCEPTED
    assert (selection.lot().final, count_reserved(selection)) == (False, 300 * MILLION)
    selection.wait_until(selection.complaint().window_ends)
    assert (selection.lot().final, count_reserved(selection)) == (True, 0)


def test_a_failed_lot_is_taken_up_again(selection: Awarding) -> None:
    selection.evaluate()
    assert selection.fail("f") == ACCEPTED
    assert selection.complain() == ACCEPTED
    assert selection.answer("upheld", "reevaluate") == ACCEPTED
    lot = selection.lot()
    assert (lot.state, lot.failure, lot.evaluation, lot.repeats, lot.matters) == ("evaluating", "", 2, 1, 0)
    selection.wait_until(selection.ledger.time + 30 * DAY)
    assert (selection.lot().state, selection.lot().final) == ("evaluating", False), "the window of the failure is nobody's any more"


def test_a_wrong_document_asks_for_proposals_anew(selection: Awarding) -> None:
    """Those who passed so far propose to another round, within another period; who failed, or stayed away, does not."""
    selection.evaluate(passing=BIDDERS[:2])
    selection.adopt()
    old = dict(selection.envelopes)
    assert selection.fail("d") == ACCEPTED
    lot = selection.lot()
    assert (lot.state, lot.evaluation, lot.repeats, lot.stage, lot.complete) == ("open", 2, 1, "proposal", 0)
    assert selection.process().deadline > selection.ledger.time
    assert selection.propose("bidder-1", 100 * MILLION) == "procurement.00.2", "sealed to the round before"
    assert selection.propose_again("bidder-3", 250 * MILLION) == "procurement.08.3"
    assert selection.propose_again("bidder-1", 260 * MILLION) == ACCEPTED
    assert selection.propose_again("bidder-2", 255 * MILLION) == ACCEPTED
    selection.envelopes = {key: each for key, each in selection.envelopes.items() if each not in old.values()}
    selection.open()
    assert selection.require_of(("bidder-1", True), ("bidder-2", True)) == ACCEPTED
    selection.adopt(ballot=2, ranking=2)
    assert selection.award("bidder-2", 255 * MILLION) == ACCEPTED
    states = {require(selection.view.get(envelope_key(each), EnvelopeRecord), each).state for each in old.values()}
    assert states == {"opened"}


def test_a_third_repetition_fails(selection: Awarding) -> None:
    """Re-evaluation and resubmission count together: twice, then 27m."""
    selection.evaluate()
    for ranking in (1, 2):
        assert selection.fail("a") == ACCEPTED
        assert selection.lot().repeats == ranking
        assert selection.require_of(*((name, True) for name in BIDDERS)) == ACCEPTED
    assert selection.fail("d") == ACCEPTED
    assert (selection.lot().state, selection.lot().failure) == ("failed", "m")
    assert selection.complain() == ACCEPTED
    assert selection.answer("upheld", "reevaluate") == "procurement.22.2"


def test_a_direct_procurement_that_fails_is_final_at_once(selection: Awarding) -> None:
    """Nobody complains there, so nothing is waited for."""
    bought_directly(selection)
    assert selection.withdraw("negotiation_failed", document=do_document()) == ACCEPTED
    assert (selection.lot().failure, selection.lot().final, count_reserved(selection)) == ("l", True, 0)
    assert selection.fail("f", signers=(OFFICIAL,)) == "procurement.00.2"


def test_a_price_that_was_negotiated_is_the_awards(selection: Awarding) -> None:
    bought_directly(selection)
    arguments = {"award": "award-1", "lot": LOT, "negotiation": do_document(), "price": str(130 * MILLION), "process": PROCESS}
    assert selection.do("procurement.activate_award", arguments, OFFICER, ("bidder-1/bidder", "procurement.bidder")) == ACCEPTED
    assert (selection.awarded().price, selection.awarded().state) == (str(130 * MILLION), "active")


def test_events_fit_where_ids_are_longest() -> None:
    """Of two lots that are repeated into one entry; each of the schedule's into 256 bytes."""
    lot, process, short, contract, time = "l" * 24, "p" * 64, "a" * 24, "c" * 64, 10**10
    repeated = [
        ContractLapsed(contract),
        events.AwardCancelled(short, "reevaluate", lot, process),
        events.MattersMoot(10**4, lot, process),
        events.LotRepeated(9, lot, process, "resubmit"),
        events.ProposalsAskedAgain(time, lot, process, "f" * 64),
    ]
    assert len(encode_canonical(repeated * MAX_FAILED_LOTS)) <= MAX_EVENTS_BYTES
    scheduled = [
        *repeated[:-1],
        events.AwardCancelled(short, "unsigned", lot, process),
        events.ComplaintClosed(short, "inadmissible", process, time),
        events.AppealDecided(short, "rejected", process),
        events.RefusalLapsed(short, lot, process),
        events.LotFailed("l", lot, process, time),
        events.LotFinal(lot, process),
    ]
    assert all(len(encode_canonical(each)) <= MAX_DEADLINE_EVENT_BYTES for each in scheduled)


STEPS = st.one_of(
    st.tuples(st.just("go on"), st.just("")),
    st.tuples(st.just("complain"), st.sampled_from(BIDDERS)),
    st.tuples(st.just("dispute"), st.sampled_from(BIDDERS)),
    st.tuples(st.sampled_from(["award", "appeal"]), st.sampled_from(BIDDERS)),
    st.tuples(st.just("answer"), st.sampled_from(["rejected", "upheld", "next", "reevaluate", "resubmit", "retender"])),
    st.tuples(st.just("review"), st.sampled_from(["rejected", "next", "reevaluate"])),
    st.tuples(st.sampled_from(["refuse", "activate", "sign"]), st.just("")),
    st.tuples(st.just("end"), st.sampled_from(["false_document", "unsigned", "no_guarantee", "a", "e"])),
    st.tuples(st.just("wait"), st.sampled_from(["hour", "day", "week"])),
)


class Driven(Awarding):
    """Steps by name, with ids that are new each time; whatever does not fit is refused."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.count = 0

    def take(self, step: str, what: str) -> str:
        self.count += 1
        number, lot = self.count, self.lot()
        award = require(self.view.get(award_key(PROCESS, LOT, lot.award), AwardRecord), lot.award) if lot.award else None
        name = award.award if award is not None else "award-0"
        if step == "award":
            return self.award(what, PRICES[what], f"award-{number}")
        if step == "complain":
            return self.complain(what, f"c-{number}")
        if step == "dispute":
            return [self.take("complain", what), self.take("answer", "rejected"), self.take("appeal", what)][-1]
        if step == "answer":
            remedy = what if what not in ("rejected", "upheld") else ""
            return self.answer("upheld" if remedy else what, remedy, self.last("c-", "filed"))
        if step == "appeal":
            complaint = self.last("c-", "rejected")
            bond = f"bond-{number}"
            self.bond(what, bond)
            return self.appeal(what, bond, f"a-{number}", complaint)
        if step == "review":
            is_upheld = what != "rejected"
            return self.decide_appeal("upheld" if is_upheld else what, what if is_upheld else "", self.last("a-", "filed"))
        if step == "end":
            return self.fail(what) if what in ("a", "e") else self.withdraw(what, name, document=do_document())
        if step == "wait":
            self.wait_until(self.ledger.time + {"hour": 3_600, "day": DAY, "week": 7 * DAY}[what])
            return ACCEPTED
        if step == "sign":
            price = int(award.price) if award is not None else MILLION
            self.draft(price, f"contract-{number}", name)
            self.sign("officer", "officer", f"contract-{number}")
            return self.sign(f"{award.bidder if award is not None else 'bidder-1'}/director", "contractor", f"contract-{number}")
        if step == "go on":
            return self.go_on(lot, award)
        return self.refuse() if step == "refuse" else self.activate(name)

    def go_on(self, lot: LotRecord, award: AwardRecord | None) -> str:
        """What would come next if nobody minded."""
        if award is not None:
            if award.state == "active":
                return self.take("sign", "")
            self.wait_until(max(award.standstill_ends, self.ledger.time))
            return self.activate(award.award)
        if lot.adopted:
            left = [each for each in reversed(BIDDERS) if each not in lot.passed_over]
            return self.take("award", left[0]) if left else ACCEPTED
        if lot.ranking_of == lot.evaluation:
            return [self.vote(each, ballot=lot.ballot, ranking=lot.ranking) for each in COMMITTEE][-1]
        return self.require_of(*((each, True) for each in BIDDERS))

    def last(self, prefix: str, outcome: str) -> str:
        """The latest complaint, or appeal, of an outcome."""
        kind = "complaint" if prefix == "c-" else "appeal"
        found_ids = [
            f"{prefix}{number}" for number in range(1, self.count)
            if (record := self.ledger.application.query(f"procurement/{kind}/{PROCESS}:{prefix}{number}"))
            and json.loads(record)["outcome"] == outcome
        ]  # fmt: skip
        return found_ids[-1] if found_ids else f"{prefix}0"


def count_matters(selection: Driven) -> int:
    """Recounted from the records: refusals, complaints, times to appeal, appeals."""
    records: dict[str, Any] = {name: json.loads(each) for name, each in selection.ledger.records().items()}
    complaints = [each for name, each in records.items() if name.startswith("procurement/complaint/")]
    appeals = [each for name, each in records.items() if name.startswith("procurement/appeal/")]
    awards = [each for name, each in records.items() if name.startswith("procurement/award/")]
    running = [each for each in complaints if not each["appeal"] and each["window_ends"] > selection.ledger.time]
    return int(
        sum(each["outcome"] == "filed" for each in (*complaints, *appeals))
        + len(running)
        + sum(each["refusal_ends"] > 0 for each in awards)
    )


def is_won_by_vote(view: View, lot: LotRecord, award: AwardRecord) -> bool:
    """Whether the ranking was adopted, and nobody who is still in stands before the award's bidder."""
    ballot = require(view.get(ballot_key(PROCESS, LOT, lot.ballot), BallotRecord), "the ballot")
    places = {each.bidder: each.place for each in list_ranked(view, lot)}
    before = [name for name, place in places.items() if 0 < place < places[award.bidder]]
    return (ballot.state, ballot.ranking) == ("adopted", award.ranking) and set(before) <= set(lot.passed_over)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEPS, min_size=10, max_size=30))
def test_no_sequence_awards_out_of_rank_or_signs_what_is_disputed(steps: list[tuple[str, str]]) -> None:
    """And counters equal a recount, money is never above the ceiling, no bond is lost."""
    with tempfile.TemporaryDirectory() as folder:
        selection = Driven(found(Path(folder)))
        selection.to_award(**WORKS)
        selection.seat_reviewer()
        for step, what in steps:
            answer = selection.take(step, what)
            lot = selection.lot()
            if lot.award and answer == ACCEPTED and step in ("award", "go on"):
                assert is_won_by_vote(selection.view, lot, selection.awarded(lot.award))
            if lot.award and selection.awarded(lot.award).state == "active":
                assert lot.matters == 0, "an award is final when nothing is open, and nothing opens after that"
            assert lot.matters == count_matters(selection)
            assert ("appeal" in lot.suspended) <= (lot.matters > 0)
            line = require(find_line(selection.view, "2026-parks"), "the line")
            assert int(line.reserved_minor) + int(line.committed_minor) <= 300 * MILLION
            assert bool(lot.final) <= (int(line.reserved_minor) == 0)
        for _ in range(3):
            # An answer's silence opens the time to appeal, whose end is another deadline: each is met in a later block.
            selection.wait_until(selection.ledger.time + 60 * DAY)
        assert (selection.lot().matters, count_matters(selection)) == (0, 0), "each deadline ends its matter, once"
        assert "appeal" not in selection.lot().suspended
        selection.ledger.close()
