"""Tenders, beyond the rows that all contracts share: scenarios of the lifecycle by name, deadlines, prequalification, money."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.procurement.award.records import AwardRecord
from prasasti.contracts.procurement.parameters import read_flag
from prasasti.contracts.procurement.plan import processes
from prasasti.contracts.procurement.process import LotRecord, ProcessRecord, get_lot_terms
from prasasti.contracts.procurement.proposal.records import ProposalRecord, proposal_key
from prasasti.contracts.procurement.tender.messages import TENDER_MESSAGES, AskQuestion, CancelTender, PublishTender
from prasasti.contracts.procurement.tender.records import QuestionRecord
from prasasti.contracts.treasury.budgets import find_line, list_reserved
from prasasti.core.contract import Call, Record, View
from prasasti.core.encoding import encode_canonical
from prasasti.core.types import parse_amount, require
from tests.contracts.plays import after
from tests.contracts.procurement_plan_rows import announce, change, money
from tests.contracts.procurement_tender_rows import (
    DIRECT,
    FAILED,
    OFFICIAL,
    PLANNED,
    QUALIFIED,
    RATED,
    SECOND,
    TENDERED,
    TENDERED_TWO,
    TWO_LOTS,
    amend,
    answer,
    ask,
    awarded,
    cancel,
    publish,
    qualify,
    related,
    seal_slot,
    shifted,
    submit,
    terms,
    trustees,
)
from tests.contracts.selection import (
    COMMITTEE,
    DAY,
    LOT,
    MAJORITY,
    MILLION,
    OFFICER,
    PROCESS,
    REQUEST,
    TRUSTEES,
    Selection,
    found,
    lot,
    proposal,
    tender,
)
from tests.core.ledger import ACCEPTED, Ledger


def lot_of(ledger: Ledger, name: str = LOT, process: str = PROCESS) -> LotRecord:
    record = ledger.application.state.view.get(f"procurement/lot/{process}:{name}", LotRecord)
    assert record is not None
    return record


def process_of(ledger: Ledger, process: str = PROCESS) -> ProcessRecord:
    record = ledger.application.state.view.get(f"procurement/process/{process}", ProcessRecord)
    assert record is not None
    return record


def reserved(ledger: Ledger, process: str = PROCESS, name: str = LOT) -> dict[str, int]:
    return list_reserved(ledger.application.state.view, f"{process}:{name}")


def free(ledger: Ledger, line: str = "2026-parks") -> int:
    record = find_line(ledger.application.state.view, line)
    assert record is not None
    return record.free_minor


def reach(ledger: Ledger, time: int) -> None:
    """A block at a time."""
    ledger.time = time
    ledger.seal()


def test_scenario_1_the_deadline_at_10_00_00_and_a_block_three_seconds_later(tmp_path: Path) -> None:
    """The schedule closes the tender, then an extension is 06.1 and a proposal 08.1, both logged without arguments."""
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    assert submit(ledger, "bidder-1", "proposal", proposal(ledger, 280 * MILLION))[0] == ACCEPTED
    made, deadline = process_of(ledger).published, process_of(ledger).deadline
    ledger.time = deadline + 3
    extension = ledger.sign(
        "procurement.amend_tender",
        {"changes": terms(made, **shifted(deadline=20, opening=20)), "document": tender(0)["documents"][0]["document"],
         "process": PROCESS, "reason": "scope"},
        OFFICER, *MAJORITY,
    )  # fmt: skip
    arguments, _ = seal_slot(ledger, "bidder-2", "proposal", proposal(ledger, 270 * MILLION))
    late = ledger.sign("procurement.submit_sealed", arguments, ("bidder-2/bidder", "procurement.bidder"))
    before = len(ledger.results)
    assert ledger.seal(extension, late) == ["procurement.06.1", "procurement.08.1"]
    assert lot_of(ledger).state == "opening"
    assert len(ledger.results) == before + 1
    logged = b"".join(data for _, data in ledger.results[-1].entries)
    assert b"procurement.lot_closed" in logged
    assert b"procurement.06.1" in logged
    assert b"procurement.08.1" in logged
    assert b"arguments" not in logged
    assert process_of(ledger).deadline == deadline


def test_scenario_1_an_extension_two_seconds_before_stands(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    assert submit(ledger, "bidder-1", "proposal", proposal(ledger, 280 * MILLION))[0] == ACCEPTED
    deadline = process_of(ledger).deadline
    ledger.time = deadline - 2
    assert amend(**shifted(deadline=20, opening=20))(ledger) == ACCEPTED
    moved = process_of(ledger).deadline
    assert moved > deadline
    reach(ledger, deadline + 3)
    assert lot_of(ledger).state == "open"
    assert submit(ledger, "bidder-2", "proposal", proposal(ledger, 270 * MILLION))[0] == ACCEPTED
    reach(ledger, moved)
    assert (lot_of(ledger).state, lot_of(ledger).due) == ("opening", 2)


def test_scenario_9_all_out_then_a_retender(tmp_path: Path) -> None:
    """27c at once; before the window to complain is over a retender is 03.1, the money reserved; then it stands, linked."""
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    selection = Selection(ledger)
    assert selection.propose("bidder-1", 280 * MILLION) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(("bidder-1", False)) == ACCEPTED
    assert (lot_of(ledger).state, lot_of(ledger).failure, lot_of(ledger).final) == ("failed", "c", False)
    assert reserved(ledger) == {"2026-parks": 300 * MILLION}
    assert publish(process=SECOND, related=related())(ledger) == "procurement.03.1"
    reach(ledger, lot_of(ledger).window_ends - 1)
    assert publish(process=SECOND, related=related(), **shifted(deadline=21, opening=21))(ledger) == "procurement.03.1"
    reach(ledger, lot_of(ledger).window_ends)
    assert lot_of(ledger).final
    assert reserved(ledger) == {}
    assert publish(process=SECOND, related=related(), **shifted(deadline=21, opening=21))(ledger) == ACCEPTED
    assert reserved(ledger, SECOND) == {"2026-parks": 300 * MILLION}
    assert process_of(ledger, SECOND).related == msgspec.convert(related(), type(process_of(ledger, SECOND).related))


def test_nobody_proposes_once_more_time_then_it_failed(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    deadline, opening = process_of(ledger).deadline, process_of(ledger).opening
    reach(ledger, deadline)
    extended = process_of(ledger)
    assert extended.deadline > deadline
    assert extended.opening - extended.deadline == opening - deadline
    reach(ledger, extended.deadline)
    assert (lot_of(ledger).failure, lot_of(ledger).final) == ("b", True)
    assert free(ledger) == 1_000 * MILLION


def test_a_late_answer_moves_the_deadline_and_one_in_time_does_not(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    before = process_of(ledger)
    assert ask("q-1")(ledger) == ask("q-2")(ledger) == ACCEPTED
    assert answer("q-1")(ledger) == ACCEPTED
    assert process_of(ledger) == before
    ledger.time = before.deadline - 60
    assert answer("q-2")(ledger) == ACCEPTED
    after = process_of(ledger)
    assert after.deadline > before.deadline
    assert after.opening - after.deadline == before.opening - before.deadline
    question = ledger.application.state.view.get(f"procurement/question/{PROCESS}:q-2", QuestionRecord)
    assert question is not None
    assert question.answered == before.deadline - 60


def test_an_amendment_long_before_the_deadline_moves_nothing(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    before = process_of(ledger)
    assert amend(tkdn_minimum_bp=2_500)(ledger) == ACCEPTED
    assert process_of(ledger) == msgspec.structs.replace(before, amendments=1)


def test_an_amendment_changes_what_is_reserved(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert TENDERED_TWO(ledger) == ACCEPTED
    assert amend(lots=[lot("lot-1", 50 * MILLION), lot("lot-2", 350 * MILLION)])(ledger) == ACCEPTED
    assert reserved(ledger, name="lot-1") == {"2026-parks": 50 * MILLION}
    assert reserved(ledger, name="lot-2") == {"2026-parks": 350 * MILLION}
    assert free(ledger) == 600 * MILLION


def test_other_trustees_so_all_seal_again(tmp_path: Path) -> None:
    """What was sealed to the old trustees is not due; nobody who does not seal again is opened."""
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    old = {}
    for number, bidder in enumerate(("bidder-1", "bidder-2")):
        answered, old[bidder] = submit(ledger, bidder, "proposal", proposal(ledger, (280 + number) * MILLION))
        assert answered == ACCEPTED
    names = (*TRUSTEES[:2], "trustees-1")
    assert amend(trustees=trustees(*names))(ledger) == ACCEPTED
    assert lot_of(ledger).complete == 0
    assert submit(ledger, "bidder-1", "proposal", proposal(ledger, 280 * MILLION))[0] == "procurement.00.2"
    answered, new = submit(ledger, "bidder-1", "proposal", proposal(ledger, 290 * MILLION), number=2, names=names)
    assert answered == ACCEPTED
    assert lot_of(ledger).complete == 1
    reach(ledger, process_of(ledger).deadline)
    assert (lot_of(ledger).state, lot_of(ledger).due) == ("opening", 1)
    reach(ledger, process_of(ledger).opening)
    selection = Selection(ledger)
    for trustee in TRUSTEES[:2]:
        assert selection.share(trustee, old["bidder-2"]) != ACCEPTED
        assert selection.share(trustee, new) == ACCEPTED
    assert (lot_of(ledger).state, lot_of(ledger).live) == ("evaluating", 1)


def test_an_amendment_that_begins_to_score_opens_a_round_of_ballots(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    before = lot_of(ledger)
    assert before.ballot_round == ""
    assert amend(**RATED)(ledger) == ACCEPTED
    assert lot_of(ledger).ballot_round
    assert lot_of(ledger).proposal_round == before.proposal_round
    assert process_of(ledger).selection == "rated"


def test_a_cancelled_lot_is_not_opened_and_its_money_is_free(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert TENDERED_TWO(ledger) == ACCEPTED
    answered, envelope = submit(ledger, "bidder-1", "proposal", proposal(ledger, 190 * MILLION))
    assert answered == ACCEPTED
    reach(ledger, process_of(ledger).deadline)
    assert cancel("lot-1")(ledger) == ACCEPTED
    assert (reserved(ledger), lot_of(ledger).state, lot_of(ledger, "lot-2").failure) == ({}, "cancelled", "b")
    reach(ledger, process_of(ledger).opening)
    assert Selection(ledger).share(TRUSTEES[0], envelope) == "admission.10", "nothing of it is opened any more"
    assert free(ledger) == 1_000 * MILLION
    assert publish(process=SECOND, related=related(), lots=TWO_LOTS, **shifted(deadline=20, opening=20))(ledger) == ACCEPTED


def test_a_cancellation_takes_the_pending_award_and_its_draft_with_it(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    assert awarded()(ledger) == ACCEPTED
    selection = Selection(ledger)
    drafted = selection.draft(280 * MILLION) == ACCEPTED
    assert cancel()(ledger) == ACCEPTED
    view = ledger.application.state.view
    award = view.get(f"procurement/award/{PROCESS}:{LOT}/award-1", AwardRecord)
    contract = view.get("procurement/contract/contract-1", AgreementRecord)
    assert award is not None
    assert award.state == "cancelled"
    assert contract is None if not drafted else contract is not None and contract.state == "lapsed"
    reach(ledger, ledger.time + 60 * DAY)
    assert selection.activate() == "procurement.00.2"


def test_of_an_early_plan_the_money_is_reserved_with_the_final_award(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert announce(early=True)(ledger) == ACCEPTED
    assert publish()(ledger) == ACCEPTED
    assert reserved(ledger) == {}
    assert awarded()(ledger) == ACCEPTED
    reach(ledger, ledger.time + 10 * DAY)
    selection = Selection(ledger)
    assert selection.activate() == "procurement.25.3"
    assert money(amount=300 * MILLION)(ledger) == ACCEPTED
    assert selection.activate() == ACCEPTED
    assert reserved(ledger) == {"2026-parks": 300 * MILLION}


def vote_on_figure(ledger: Ledger, name: str, value: int | bool) -> Callable[[], None]:
    """All members vote that a figure of procurement will be another one; when the vote is over, until the figure is: called."""
    officers = [(f"{member.id}/{'clerk' if member.id == 'agency-1' else 'officer'}", "governance.officer")
                for member in ledger.application.genesis.members]  # fmt: skip
    effective_from = ledger.time + 46 * DAY
    act = {"effective_from": effective_from, "name": name, "value": value}
    proposed = {
        "action": "governance.set_parameter", "arguments": encode_canonical(act).decode(), "document": REQUEST,
        "end": ledger.time + 14 * DAY, "fields": [], "form": "act", "name": "", "proposal": "figure", "reason": "improvement",
    }  # fmt: skip
    assert ledger.do("governance.propose", proposed, officers[0]) == ACCEPTED
    for each in officers:
        assert ledger.do("governance.vote", {"choice": "yes", "proposal": "figure", "reason": "other"}, each) == ACCEPTED
    reach(ledger, ledger.time + 14 * DAY)

    def change() -> None:
        reach(ledger, effective_from - DAY)
        sent_by = ("operator-1/registrar", "identity.holder")
        assert ledger.do("governance.set_parameter", act | {"resolution": "figure"}, sent_by) == ACCEPTED
        reach(ledger, effective_from)

    return change


def test_a_figure_changed_after_the_publication_does_not_bind_an_amendment(tmp_path: Path) -> None:
    """A vote raises the least weight of technique: a request published before may be amended below it, a later one is not published."""
    ledger = found(tmp_path)
    low = RATED | {"technical_bp": 6_000}
    change = vote_on_figure(ledger, "procurement.technical_least_bp", 6_500)
    times = shifted(question_end=36, deadline=37, opening=37)
    assert after(PLANNED, publish(**RATED, **times))(ledger) == ACCEPTED
    published = process_of(ledger).published
    change()
    assert amend(made=published, **low, **times)(ledger) == ACCEPTED
    assert announce(plan="chairs", family="5611")(ledger) == ACCEPTED
    later = {"plan": "chairs", "process": PROCESS.replace("benches", "chairs"), "lots": [lot(amount=100 * MILLION)]}
    assert publish(**low, **later)(ledger) == "procurement.03.5"
    assert publish(**RATED, **later)(ledger) == ACCEPTED


def test_a_figure_changed_between_publication_and_opening_leaves_the_process_alone(tmp_path: Path) -> None:
    """The buyer's own price bound when it was asked for: a vote that it binds no more does not let a dearer proposal in."""
    selection = Selection(found(tmp_path))
    change = vote_on_figure(selection.ledger, "procurement.goods.estimate_binds", False)
    now = selection.ledger.time
    selection.prepare()
    assert selection.publish(deadline=now + 37 * DAY, opening=now + 37 * DAY) == ACCEPTED
    assert selection.propose("bidder-1", 310 * MILLION) == selection.propose("bidder-2", 290 * MILLION) == ACCEPTED
    change()
    selection.open()
    view = selection.ledger.application.state.view
    assert not read_flag(view, "goods", "estimate_binds", selection.ledger.time)
    records = [require(view.get(proposal_key(PROCESS, LOT, each), ProposalRecord), each) for each in ("bidder-1", "bidder-2")]
    assert [each.out for each in records] == ["above_estimate", ""]


def test_two_publish_one_plan_line_in_one_block(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert PLANNED(ledger) == ACCEPTED
    envelopes = [
        ledger.sign("procurement.publish_tender", tender(ledger.time, question_end=ledger.time + number), OFFICER, *MAJORITY)
        for number in (1, 2)
    ]
    assert ledger.seal(*envelopes) == [ACCEPTED, "procurement.03.1"]


def test_a_withdrawn_plan_line_of_a_failed_tender_is_not_tendered_again(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert FAILED(ledger) == ACCEPTED
    assert change(title="Chairs")(ledger) == ACCEPTED
    assert publish(process=SECOND, related=related())(ledger) == ACCEPTED


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lots": [lot(estimate="0")]}, "above 0"),
        ({"lots": [lot(ceiling=[{"amount": "0", "line": "2026-parks"}])]}, "above 0"),
        ({"lots": [lot(estimate="-1")]}, "regex"),
        ({"lots": [lot(), lot()]}, "twice"),
        ({"lots": []}, "length"),
        ({"qualification": True}, "qualification_deadline"),
        ({"invited": ["b", "a"]}, "sorted"),
        ({"documents": []}, "length"),
        ({"threshold": 1_000_001}, "int"),
        ({"process": "a:b"}, "regex"),
    ],
)
def test_requests_that_are_none(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=words):
        msgspec.convert(tender(0) | {"estimate_date": 0} | changes, PublishTender)


def test_a_cancellation_names_each_lot_once() -> None:
    with pytest.raises(msgspec.ValidationError, match="sorted"):
        msgspec.convert(
            {"document": tender(0)["documents"][0]["document"], "lots": ["b", "a"], "process": PROCESS, "reason": "other"}, CancelTender
        )


class Suspended:
    """The state, with every lot suspended: what suspends one belongs to others (23, 43)."""

    def __init__(self, view: View) -> None:
        self.view = view

    def get(self, key: str, kind: type[Record]) -> Record | None:
        record = self.view.get(key, kind)
        return msgspec.structs.replace(record, suspended=["missing_files"]) if isinstance(record, LotRecord) else record


@pytest.mark.parametrize("name", ["ask_question", "answer_question", "amend_tender"])
def test_a_tender_of_which_every_lot_is_suspended_stands_still(tmp_path: Path, name: str) -> None:
    ledger = found(tmp_path)
    assert TENDERED_TWO(ledger) == ACCEPTED
    message = next(each for each in TENDER_MESSAGES if each.name == name)
    holds = {rejection.number: condition for rejection, condition in message.conditions}["procurement.00.3"]
    call = Call(
        time=ledger.time, height=9, previous_app_hash=bytes(32), chain=ledger.chain, genesis=ledger.application.genesis, transaction="",
        registry=ledger.application.registry, actor="agency-1", signers=(),
        arguments=msgspec.convert({"document": REQUEST, "process": PROCESS, "question": "q-1"}, AskQuestion),
    )  # fmt: skip
    view = ledger.application.state.view
    assert holds(view, call)
    assert not holds(Suspended(view), call)


def test_after_a_default_the_next_in_rank_may_be_invited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a signed contract counted as one that ended: nobody ends contracts yet (39)."""
    ledger = found(tmp_path)
    assert TENDERED(ledger) == ACCEPTED
    selection = Selection(ledger)
    for bidder, price in (("bidder-1", 280), ("bidder-2", 290)):
        assert selection.propose(bidder, price * MILLION) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(("bidder-1", True), ("bidder-2", True)) == ACCEPTED
    for name in COMMITTEE:
        assert selection.vote(name) == ACCEPTED
    assert selection.award("bidder-1", 280 * MILLION) == ACCEPTED
    selection.wait_until(ledger.time + 10 * DAY)
    assert selection.activate() == ACCEPTED
    assert selection.draft(280 * MILLION) == ACCEPTED
    for name, role in (("officer", "officer"), ("bidder-1/director", "contractor")):
        assert selection.sign(name, role) == ACCEPTED
    assert replace_by(ledger, "bidder-2") == "procurement.03.1", "the contract runs"
    monkeypatch.setattr(processes, "ENDED", "active")
    assert replace_by(ledger, "bidder-1") == "procurement.03.5", "not to whoever defaulted"
    assert replace_by(ledger, "bidder-3") == "procurement.03.5", "not to whoever did not propose"
    assert publish(process=SECOND, related=related())(ledger) == "procurement.03.1", "that was no failure"
    assert publish(process=SECOND)(ledger) == "procurement.03.1", "and not without naming it"
    assert replace_by(ledger, "bidder-2") == ACCEPTED
    assert (process_of(ledger, SECOND).method, process_of(ledger, SECOND).invited) == ("direct", ["bidder-2"])


def replace_by(ledger: Ledger, bidder: str) -> str:
    arguments = DIRECT | {"invited": [bidder], "lots": [lot()]}
    return publish(OFFICER, OFFICIAL, process=SECOND, related=related(relation="replacement"), **arguments)(ledger)


STEPS = st.lists(
    st.tuples(st.sampled_from(("publish", "amend", "cancel", "wait")), st.integers(1, 5), st.integers(1, 5)), min_size=4, max_size=8
)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_what_is_reserved_is_what_living_lots_may_cost(steps: list[tuple[str, int, int]]) -> None:
    """Whatever is published, amended, cancelled or fails; and no deadline comes earlier."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = found(Path(folder))
        assert TENDERED_TWO(ledger) == ACCEPTED
        names = [PROCESS]
        for step, first, second in steps:
            current = names[-1]
            before = process_of(ledger, current)
            lots = [lot("lot-1", first * 60 * MILLION), lot("lot-2", second * 60 * MILLION)]
            if step == "publish":
                following = f"{PROCESS}-{len(names) + 1}"
                links: list[dict[str, Any]] = [{}, {"related": related(names[-1])}]
                if ACCEPTED in [publish(process=following, lots=lots, **link)(ledger) for link in links]:
                    names.append(following)
            elif step == "amend":
                open_lots = [each for each in lots if lot_of(ledger, each["lot"], names[-1]).state == "open"]
                times: dict[str, Any] = {"deadline": before.deadline, "opening": before.opening, "lots": open_lots or lots}
                amend(process=names[-1], made=before.published, **times, **linked(before))(ledger)
            elif step == "cancel":
                cancel(f"lot-{1 + first % 2}", process=names[-1])(ledger)
            else:
                reach(ledger, ledger.time + first * 5 * DAY)
            assert process_of(ledger, current).deadline >= before.deadline
            check_money(ledger, names)
        ledger.close()


def linked(process: ProcessRecord) -> dict[str, Any]:
    return {"related": msgspec.to_builtins(process.related)} if process.related is not None else {}


def check_money(ledger: Ledger, names: list[str]) -> None:
    """Each open lot holds its ceiling, nothing else is held, and the plan bears it all."""
    total = 0
    for process in names:
        for name in ("lot-1", "lot-2"):
            held = sum(reserved(ledger, process, name).values())
            assert held == (ceiling_of(ledger, name, process) if lot_of(ledger, name, process).state == "open" else 0)
            total += held
    assert total == 1_000 * MILLION - free(ledger)
    assert total <= 500 * MILLION


def ceiling_of(ledger: Ledger, name: str, process: str) -> int:
    return sum(parse_amount(part.amount) for part in get_lot_terms(ledger.application.state.view, process, name).ceiling)


# Prequalification.


def begin_qualification(ledger: Ledger, *bidders: str, process: str = PROCESS, **changes: Any) -> dict[str, str]:
    """Bidders ask to qualify; the deadline passes and what they sent is opened."""
    arguments = QUALIFIED | {"files": "one"} | changes
    assert publish(process=process, **arguments)(ledger) == ACCEPTED
    envelopes = {}
    for bidder in bidders:
        answered, envelopes[bidder] = submit(ledger, bidder, "qualification", b'{"files":[]}', process=process)
        assert answered == ACCEPTED
    reach(ledger, process_of(ledger, process).qualification_deadline)
    assert lot_of(ledger, process=process).state == "opening"
    share_all(ledger, envelopes, process)
    return envelopes


def share_all(ledger: Ledger, envelopes: dict[str, str], process: str = PROCESS) -> None:
    for trustee in TRUSTEES[:2]:
        shares = [{"envelope": each, "index": TRUSTEES.index(trustee) + 1, "point": "", "proof": ""} for each in sorted(envelopes.values())]
        arguments = {"lot": LOT, "process": process, "shares": shares}
        assert ledger.do("procurement.publish_opening_shares", arguments, (f"{trustee}/trustee", "procurement.trustee")) == ACCEPTED


def declare(ledger: Ledger, process: str = PROCESS) -> None:
    for name in COMMITTEE:
        arguments: dict[str, Any] = {"interests": [], "process": process}
        assert ledger.do("procurement.declare_interests", arguments, (f"agency-1/{name}", "procurement.committee")) == ACCEPTED


def judge(ledger: Ledger, *outcomes: tuple[str, bool], process: str = PROCESS) -> str:
    listed = [
        {
            "bidder": bidder, "document": tender(0)["documents"][1]["document"], "page": 1, "pass": passed,
            "reason": "met" if passed else "not_met", "requirement": "licence",
        }
        for bidder, passed in outcomes
    ]  # fmt: skip
    return ledger.do("procurement.record_requirements", {"lot": LOT, "outcomes": listed, "process": process}, *MAJORITY)


THREE = ("bidder-1", "bidder-2", "bidder-3")


def test_only_those_who_qualified_propose_once_the_window_is_over(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert PLANNED(ledger) == ACCEPTED
    begin_qualification(ledger, *THREE)
    declare(ledger)
    assert judge(ledger, *((bidder, True) for bidder in THREE)) == ACCEPTED
    waiting = lot_of(ledger)
    assert (waiting.state, waiting.stage, waiting.live) == ("evaluating", "qualification", 3)
    assert submit(ledger, "bidder-1", "proposal", proposal(ledger, 280 * MILLION))[0] == "procurement.00.2"
    before = process_of(ledger)
    reach(ledger, waiting.window_ends)
    asking = lot_of(ledger)
    assert (asking.state, asking.stage, asking.complete) == ("open", "proposal", 0)
    assert process_of(ledger).deadline > before.deadline, "the least period from now on"
    assert process_of(ledger).opening - process_of(ledger).deadline == before.opening - before.deadline
    envelopes = {}
    for bidder, price in (("bidder-1", 280), ("bidder-2", 270)):
        answered, envelopes[bidder] = submit(ledger, bidder, "proposal", proposal(ledger, price * MILLION))
        assert answered == ACCEPTED
    assert submit(ledger, "bidder-3", "qualification", b'{"files":[]}')[0] in ("procurement.00.2", "procurement.08.1")
    reach(ledger, process_of(ledger).deadline)
    assert (lot_of(ledger).state, lot_of(ledger).due) == ("opening", 2), "who qualified and sealed nothing is not waited for"
    reach(ledger, process_of(ledger).opening)
    share_all(ledger, envelopes)
    assert (lot_of(ledger).state, lot_of(ledger).live) == ("evaluating", 2)
    assert lot_of(ledger).ranking == 1, "nothing else is required: the ranking is published"


def test_after_qualification_two_files_are_opened_one_after_the_other(tmp_path: Path) -> None:
    """Who qualified and fills one of two slots counts as withdrawn."""
    ledger = found(tmp_path)
    assert PLANNED(ledger) == ACCEPTED
    begin_qualification(ledger, *THREE, files="two")
    declare(ledger)
    assert judge(ledger, *((bidder, True) for bidder in THREE)) == ACCEPTED
    reach(ledger, lot_of(ledger).window_ends)
    technical = json.loads(proposal(ledger, 280 * MILLION))
    technical = {name: value for name, value in technical.items() if name not in ("items", "price")}
    envelopes: dict[str, dict[str, str]] = {"technical": {}, "financial": {}}
    for bidder in THREE:
        for slot in ("technical", "financial")[: 2 if bidder != "bidder-3" else 1]:
            plaintext = encode_canonical(technical) if slot == "technical" else proposal(ledger, 280 * MILLION)
            answered, envelopes[slot][bidder] = submit(ledger, bidder, slot, plaintext)
            assert answered == ACCEPTED
    reach(ledger, process_of(ledger).deadline)
    assert (lot_of(ledger).stage, lot_of(ledger).due) == ("technical", 2)
    reach(ledger, process_of(ledger).opening)
    del envelopes["technical"]["bidder-3"]
    share_all(ledger, envelopes["technical"])
    assert (lot_of(ledger).state, lot_of(ledger).stage, lot_of(ledger).due) == ("opening", "financial", 2)
    share_all(ledger, envelopes["financial"])
    assert (lot_of(ledger).state, lot_of(ledger).live, lot_of(ledger).ranking) == ("evaluating", 2, 1)


def test_who_failed_to_qualify_does_not_propose(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert PLANNED(ledger) == ACCEPTED
    fail_once(ledger)
    begin_qualification(ledger, *THREE, process=SECOND, related=related(), **shifted(deadline=15, opening=15))
    declare(ledger, SECOND)
    assert judge(ledger, ("bidder-1", True), ("bidder-2", True), ("bidder-3", False), process=SECOND) == ACCEPTED
    assert lot_of(ledger, process=SECOND).state == "evaluating", "two go on in a retender"
    reach(ledger, lot_of(ledger, process=SECOND).window_ends)
    assert submit(ledger, "bidder-3", "proposal", proposal(ledger, 270 * MILLION), process=SECOND)[0] == "procurement.08.3"
    assert submit(ledger, "bidder-4", "proposal", proposal(ledger, 270 * MILLION), process=SECOND)[0] != ACCEPTED
    assert submit(ledger, "bidder-2", "proposal", proposal(ledger, 270 * MILLION), process=SECOND)[0] == ACCEPTED


def fail_once(ledger: Ledger) -> None:
    assert publish()(ledger) == ACCEPTED
    reach(ledger, process_of(ledger).deadline)
    reach(ledger, process_of(ledger).deadline)
    assert lot_of(ledger).final


def test_fewer_than_three_qualify_so_the_lot_failed(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert PLANNED(ledger) == ACCEPTED
    begin_qualification(ledger, *THREE)
    declare(ledger)
    assert judge(ledger, ("bidder-1", True), ("bidder-2", True), ("bidder-3", False)) == ACCEPTED
    assert (lot_of(ledger).state, lot_of(ledger).failure) == ("failed", "c")
    reach(ledger, lot_of(ledger).window_ends)
    assert lot_of(ledger).final


def test_nobody_asks_to_qualify_once_more_time_then_it_failed(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert PLANNED(ledger) == ACCEPTED
    assert publish(**QUALIFIED)(ledger) == ACCEPTED
    before = process_of(ledger)
    reach(ledger, before.qualification_deadline)
    after = process_of(ledger)
    assert after.qualification_deadline > before.qualification_deadline
    assert after.deadline >= after.qualification_deadline
    assert qualify(ledger, "bidder-1") == ACCEPTED
    reach(ledger, after.qualification_deadline)
    assert (lot_of(ledger).state, lot_of(ledger).due) == ("opening", 1)


def test_nobody_asks_to_qualify_at_all(tmp_path: Path) -> None:
    ledger = found(tmp_path)
    assert PLANNED(ledger) == ACCEPTED
    assert publish(**QUALIFIED)(ledger) == ACCEPTED
    reach(ledger, process_of(ledger).qualification_deadline)
    reach(ledger, process_of(ledger).qualification_deadline)
    assert (lot_of(ledger).failure, lot_of(ledger).final) == ("b", True)
