"""Contracts and guarantees: what is refused, what happens from a draft to the last signature, and what holds over whole selections."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from prasasti.contracts.procurement.agreement.guarantees import find_guarantee, is_in_force
from prasasti.contracts.procurement.agreement.records import AgreementRecord, AgreementTermsRecord, GuarantorRecord, ListedContract
from prasasti.contracts.procurement.award.records import AwardRecord
from prasasti.contracts.procurement.records import ListedProcess
from prasasti.contracts.treasury.budgets import find_line, list_reserved
from prasasti.core.types import parse_amount, require
from tests.contracts.procurement_agreement_rows import (
    COMMUNITY_PRICE,
    PRICE,
    ROWS,
    award,
    bid,
    by_community,
    by_contractor,
    by_officer,
    calling,
    community,
    cut,
    declaring,
    draft,
    guaranteeing,
    publish,
    seating,
    sign,
)
from tests.contracts.procurement_award_rows import Awarding, bought_directly, negotiate
from tests.contracts.selection import AUTHORITY, COMMITTEE, DAY, LOT, MAJORITY, MILLION, MINUTES, PROCESS, Selection, found, lot, person
from tests.core.ledger import ACCEPTED, Ledger


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    expected, play = ROWS[name]
    ledger = found(tmp_path)
    assert play(ledger) == expected
    ledger.close()


def agreement_of(ledger: Ledger, contract: str = "contract-1") -> AgreementRecord:
    return require(ledger.application.state.view.get(f"procurement/contract/{contract}", AgreementRecord), contract)


def award_of(ledger: Ledger, lot_name: str = LOT, name: str = "award-1") -> AwardRecord:
    return require(ledger.application.state.view.get(f"procurement/award/{PROCESS}:{lot_name}/{name}", AwardRecord), name)


def money_of(ledger: Ledger) -> tuple[int, int]:
    """Reserved and committed."""
    line = require(find_line(ledger.application.state.view, "2026-parks"), "the line")
    return parse_amount(line.reserved_minor), parse_amount(line.committed_minor)


def told(ledger: Ledger) -> list[dict[str, Any]]:
    """Events of the newest block: of its deadlines, then of its transactions."""
    result = ledger.results[-1]
    entries = [json.loads(data) for _, data in result.entries]
    return [event for entry in entries for event in entry["events"]]


def events_of(ledger: Ledger, name: str) -> list[dict[str, Any]]:
    """Every event of a name, from the beginning."""
    entries = [json.loads(data) for result in ledger.results for _, data in result.entries]
    return [event for entry in entries for event in entry["events"] if event["event"] == f"procurement.{name}"]


# Scenarios of the lifecycle, section 7.


def test_scenario_3_a_complaint_keeps_a_draft_from_being_signed(tmp_path: Path) -> None:
    """Draft day 2, complaint day 4: signing is 30.3; upheld, next: award and draft are cancelled."""
    selection = award(found(tmp_path))
    ledger = selection.ledger
    ledger.time += 2 * DAY
    assert selection.draft(PRICE) == ACCEPTED
    assert agreement_of(ledger).signing_ends == 0
    ledger.time += 2 * DAY
    subject = {"complaint": "c-1", "document": MINUTES, "process": PROCESS}
    complaint = subject | {"ground": "evaluation", "lot": LOT}
    assert selection.do("procurement.complain", complaint, ("bidder-2/bidder", "procurement.bidder")) == ACCEPTED
    assert by_officer(selection) == by_contractor(selection) == "procurement.30.3"
    answer = subject | {"outcome": "upheld", "remedy": "next"}
    assert selection.do("procurement.answer_complaint", answer, *MAJORITY) == ACCEPTED
    assert (agreement_of(ledger).state, award_of(ledger).state) == ("lapsed", "cancelled")
    assert by_officer(selection) == "procurement.00.1"
    guarantee = require(find_guarantee(ledger.application.state.view, events_of(ledger, "guarantee_registered")[0]["guarantee"]), "it")
    assert not is_in_force(ledger.application.state.view, guarantee, ledger.time)


def test_scenario_10_a_budget_that_was_cut_is_restored_before_the_signature(tmp_path: Path) -> None:
    """Below what is reserved the signature is 30.4; the treasury restores it, and the contract is signed."""
    selection = draft(found(tmp_path))
    assert by_officer(selection) == ACCEPTED
    assert cut(300 * MILLION - 1)(selection) == ACCEPTED
    assert by_contractor(selection) == "procurement.30.4"
    assert cut(300 * MILLION)(selection) == ACCEPTED
    assert by_contractor(selection) == ACCEPTED
    assert money_of(selection.ledger) == (0, PRICE)
    assert cut(PRICE - 1)(selection) == "treasury.02.1"


# Effects.


def test_the_last_signature_commits_and_frees_the_rest(tmp_path: Path) -> None:
    selection = draft(found(tmp_path))
    ledger = selection.ledger
    assert by_contractor(selection) == ACCEPTED
    assert told(ledger) == [{"contract": "contract-1", "event": "procurement.contract_signed", "missing": 1, "organisation": "bidder-2"}]
    assert money_of(ledger) == (300 * MILLION, 0)
    assert by_officer(selection) == ACCEPTED
    assert told(ledger)[1] == {"contract": "contract-1", "event": "procurement.contract_active", "number": 0, "price": str(PRICE)}
    assert money_of(ledger) == (0, PRICE)
    view = ledger.application.state.view
    assert view.get("procurement/contracts/bidder-2/count", int) == 1
    assert view.get("procurement/contracts/bidder-2:0/0", ListedContract) == ListedContract("contract-1", PROCESS)
    assert view.get("procurement/supplier/bidder-2:0/0", ListedProcess) == ListedProcess(PROCESS, "agency-1")


def test_a_consortium_signs_member_by_member(tmp_path: Path) -> None:
    """The contract stands with the last of them, and each has it in its own list."""
    ledger = found(tmp_path)
    selection = Selection(ledger)
    selection.prepare()
    assert selection.publish() == ACCEPTED
    members = [{"organisation": "bidder-1", "share_bp": 4_000}, {"organisation": "bidder-2", "share_bp": 6_000}]
    assert selection.propose("bidder-2", PRICE, members=members) == ACCEPTED
    selection.open()
    selection.declare_all()
    assert selection.require_of(("bidder-2", True)) == ACCEPTED
    for name in COMMITTEE:
        assert selection.vote(name) == ACCEPTED
    assert selection.award("bidder-2", PRICE) == ACCEPTED
    selection.wait_until(ledger.time + 10 * DAY)
    assert selection.activate() == ACCEPTED
    assert selection.draft(PRICE) == ACCEPTED
    assert [member.organisation for member in agreement_of(ledger).members] == ["bidder-1", "bidder-2"]
    assert by_contractor(selection) == by_officer(selection) == ACCEPTED
    assert agreement_of(ledger).state == "draft"
    assert selection.sign("bidder-3/director", "contractor") == "procurement.00.1"
    assert selection.sign("bidder-1/director", "contractor") == ACCEPTED
    assert agreement_of(ledger).state == "active"
    view = ledger.application.state.view
    assert [view.get(f"procurement/contracts/{name}/count", int) for name in ("bidder-1", "bidder-2", "bidder-3")] == [1, 1, None]


def test_what_was_negotiated_down_since_is_drafted_anew(tmp_path: Path) -> None:
    """A direct award is drafted at its price, then made final at a lower one: nobody signs above it."""
    selection = Awarding(found(tmp_path))
    bought_directly(selection)
    assert selection.draft(140 * MILLION) == ACCEPTED
    assert negotiate(130 * MILLION)(selection) == ACCEPTED
    assert by_officer(selection) == "procurement.30.3"
    assert selection.draft(140 * MILLION) == "procurement.28.2"
    assert selection.draft(130 * MILLION) == ACCEPTED
    assert by_officer(selection) == selection.sign("bidder-1/director", "contractor") == ACCEPTED
    assert (agreement_of(selection.ledger).state, agreement_of(selection.ledger).price) == ("active", str(130 * MILLION))
    assert money_of(selection.ledger) == (0, 130 * MILLION)


def test_whoever_takes_the_officers_seat_signs(tmp_path: Path) -> None:
    """Also after the contractor did; the contract begins with those who have the seats by then."""
    selection = draft(found(tmp_path))
    assert by_contractor(selection) == ACCEPTED
    assert selection.declare("officer-2", "officer") == ACCEPTED
    taking = {"enters": person("officer-2"), "leaves": person("officer"), "process": PROCESS, "reason": "left", "seat": "officer"}
    assert selection.do("procurement.seat", taking, AUTHORITY) == ACCEPTED
    assert by_officer(selection) == "procurement.00.1"
    assert selection.sign("officer-2", "officer") == ACCEPTED
    agreement = agreement_of(selection.ledger)
    assert (agreement.state, agreement.officer.handle) == ("active", "officer-2")


def test_a_contract_that_is_not_signed_in_time_lapses(tmp_path: Path) -> None:
    """The award is withdrawn, the bidder passed over; the guarantee is over, and its document stays."""
    selection = draft(found(tmp_path), guaranteed=False)
    ledger = selection.ledger
    assert guaranteeing()(selection) == by_officer(selection) == ACCEPTED
    ends = award_of(ledger).signing_ends
    selection.wait_until(ends - 1)
    assert agreement_of(ledger).state == "draft"
    selection.wait_until(ends)
    assert agreement_of(ledger).state == "lapsed"
    assert {"contract": "contract-1", "event": "procurement.contract_lapsed"} in told(ledger)
    assert by_contractor(selection) == "procurement.00.1"
    view = ledger.application.state.view
    assert not is_in_force(view, require(find_guarantee(view, "guarantee-1"), "it"), ledger.time)
    assert calling()(selection) == "procurement.00.2"
    assert money_of(ledger)[1] == 0


def test_a_guarantor_that_does_not_pay_is_suspended_once(tmp_path: Path) -> None:
    selection = sign(found(tmp_path))
    ledger = selection.ledger
    for number in (1, 2):
        assert guaranteeing(guarantee=f"guarantee-{number}")(selection) == calling(f"guarantee-{number}")(selection) == ACCEPTED
    due = events_of(ledger, "guarantee_called")[0]["due"]
    assert told(ledger) == [{"amount": str(MILLION), "due": due, "event": "procurement.guarantee_called", "guarantee": "guarantee-2"}]
    selection.wait_until(due - 1)
    assert ledger.application.state.view.get("procurement/guarantor/bank-1", GuarantorRecord) is None
    selection.wait_until(due)
    assert told(ledger) == [{"event": "procurement.guarantor_suspended", "guarantee": "guarantee-1", "guarantor": "bank-1"}]
    suspended = GuarantorRecord(["guarantee-1", "guarantee-2"], due)
    assert ledger.application.state.view.get("procurement/guarantor/bank-1", GuarantorRecord) == suspended
    selection.wait_until(due + 30 * DAY)
    assert len(events_of(ledger, "guarantor_suspended")) == 1


def test_a_bid_guarantee_is_over_with_its_lot(tmp_path: Path) -> None:
    """Nothing is written for it: the lot's record says it."""
    selection = publish(found(tmp_path))
    ledger = selection.ledger
    assert bid()(selection) == ACCEPTED
    view = ledger.application.state.view
    assert is_in_force(view, require(find_guarantee(view, "bid-1"), "it"), ledger.time)
    cancelling = {"document": MINUTES, "lots": [LOT], "process": PROCESS, "reason": "no_need"}
    assert selection.do("procurement.cancel_tender", cancelling, AUTHORITY) == ACCEPTED
    view = ledger.application.state.view
    assert not is_in_force(view, require(find_guarantee(view, "bid-1"), "it"), ledger.time)


def test_a_community_that_does_not_sign_leaves_the_plan_line_free(tmp_path: Path) -> None:
    selection = community(found(tmp_path))
    ledger = selection.ledger
    assert by_community()(selection) == ACCEPTED
    ends = agreement_of(ledger).signing_ends
    assert told(ledger) == [{"contract": "contract-1", "event": "procurement.contract_drafted", "process": "", "signing_ends": ends}]
    assert by_community(contract="contract-2")(selection) == "procurement.00.2"
    selection.wait_until(ends)
    assert agreement_of(ledger).state == "lapsed"
    assert by_community()(selection) == "procurement.00.2", "an id means one contract for ever"
    assert by_community(contract="contract-2")(selection) == ACCEPTED


def test_a_community_signs_once_its_overseers_declared(tmp_path: Path) -> None:
    """Its money is what is free on the plan's line; no guarantee is asked for."""
    selection = community(found(tmp_path))
    ledger = selection.ledger
    assert by_community()(selection) == ACCEPTED
    for name in ("officer", "inspector"):
        assert by_officer(selection) == "procurement.30.6"
        assert declaring(name)(selection) == ACCEPTED
    assert by_officer(selection) == selection.sign("community-1/director", "contractor") == ACCEPTED
    assert agreement_of(ledger).state == "active"
    assert money_of(ledger) == (0, COMMUNITY_PRICE)
    view = ledger.application.state.view
    assert view.get("procurement/contracts/community-1:0/0", ListedContract) == ListedContract("contract-1", PROCESS)
    assert by_community(contract="contract-2")(selection) == "procurement.00.2"
    assert guaranteeing(principal="community-1")(selection) == "procurement.00.2"


@pytest.mark.parametrize(("relation", "share_bp"), [("owner", 100), ("employee", 0)])
def test_whoever_a_tag_ties_to_a_community_oversees_nothing_of_it(tmp_path: Path, relation: str, share_bp: int) -> None:
    """I3: they declare nothing, and are kept out; another is seated, and the contract stands."""
    selection = community(found(tmp_path))
    assert by_community()(selection) == ACCEPTED
    common = {"from": selection.ledger.time - 100 * DAY, "key_id": "tags-1", "share_bp": 0, "tag": "aa" * 16}
    community_tie = {"organisation": "community-1", "relation": relation, "share_bp": share_bp}
    for tied in (community_tie, {"person": person("inspector"), "relation": "self"}):
        assert selection.do("identity.attest_tag", common | tied, ("auditor-1/registrar", "identity.registrar")) == ACCEPTED
    assert declaring("officer")(selection) == declaring("inspector")(selection) == ACCEPTED
    assert by_officer(selection) == "procurement.30.6"
    assert declaring("inspector", "agency-1/inspector-2")(selection) == ACCEPTED
    assert seating("inspector", "inspector-2")(selection) == ACCEPTED
    assert told(selection.ledger) == [{
        "contract": "contract-1", "entered": "agency-1:inspector-2", "event": "procurement.seat_taken", "left": "agency-1:inspector",
        "process": "", "seat": "inspector",
    }]  # fmt: skip
    assert by_officer(selection) == selection.sign("community-1/director", "contractor") == ACCEPTED
    agreement = agreement_of(selection.ledger)
    assert (agreement.state, agreement.inspector.handle) == ("active", "inspector-2")


def test_a_seat_of_a_contract_that_stands_is_its_own(tmp_path: Path) -> None:
    """The process keeps who chose; who is kept out there is kept out of what came of it."""
    selection = sign(found(tmp_path))
    interests = [{"organisation": "bidder-2", "relation": "relative"}]
    assert declaring("inspector", "agency-1/inspector-2", interests=interests)(selection) == ACCEPTED
    assert seating("inspector", "inspector-2")(selection) == "procurement.13.2"
    assert seating("officer", "officer-2")(selection) == "procurement.13.2"
    assert declaring("officer", "agency-1/officer-2")(selection) == ACCEPTED
    assert seating("officer", "officer-2")(selection) == ACCEPTED
    assert (agreement_of(selection.ledger).officer.handle, selection.process().seats.officer.handle) == ("officer-2", "officer")


# Properties.


def share_out(price: int, shares: Sequence[int], unit: int = 100) -> list[int]:
    """Parts of a price, each total rounded half up to units, by fractions."""
    totals = [int(Fraction(price * reached, 10_000 * unit) + Fraction(1, 2)) * unit for reached in accumulate(shares, initial=0)]
    return [after - before for before, after in pairwise(totals)]


def list_shares(cuts: Sequence[int]) -> list[int]:
    edges = [0, *sorted(cuts), 10_000]
    return [after - before for before, after in pairwise(edges)]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), st.integers(0, 400)),
        st.tuples(st.just("draft"), st.integers(0, 10**8)),
        st.tuples(st.sampled_from(["officer", "contractor"]), st.just(0)),
        st.tuples(st.just("activate"), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 12)),
    ),
    min_size=4,
    max_size=14,
)


SIGNED = [("wait", 10), ("activate", 0), ("draft", 0), ("officer", 0), ("contractor", 0)]


class Run:
    """A selection of one lot, steered by a list of steps; what must hold is looked at after each."""

    def __init__(self, folder: Path, price: int, shares: Sequence[int]) -> None:
        self.price, self.shares, self.contracts, self.budget = price, shares, 0, 1_000 * MILLION
        milestones = [{"days": 30, "id": f"part-{number}", "share_bp": each, "title": "Part"} for number, each in enumerate(shares)]
        self.selection = award(found(folder), price, lots=[lot(milestones=milestones)])
        self.ledger = self.selection.ledger

    def take(self, what: str, number: int) -> str:
        selection = self.selection
        if what == "cut":
            answer = cut(number * MILLION)(selection)
            self.budget = number * MILLION if answer == ACCEPTED else self.budget
            return answer
        if what == "draft":
            price = max(0, self.price - number) // 100 * 100
            due = self.ledger.time + 30 * DAY
            parts = [
                {"amount": str(each), "due": due, "id": f"part-{index}", "items": [], "title": "Part"}
                for index, each in enumerate(share_out(price, self.shares))
            ]
            return selection.draft(price, bill=[], milestones=parts)
        if what == "wait":
            selection.wait_until(self.ledger.time + number * DAY)
            return ACCEPTED
        acts: dict[str, Callable[[], str]] = {
            "activate": selection.activate,
            "contractor": lambda: by_contractor(selection),
            "officer": lambda: by_officer(selection),
        }
        return acts[what]()

    def look(self) -> str:
        """The contract's state, "" without one."""
        view = self.ledger.application.state.view
        agreement = view.get("procurement/contract/contract-1", AgreementRecord)
        reserved, committed = money_of(self.ledger)
        assert reserved == sum(list_reserved(view, f"{PROCESS}:{LOT}").values())
        assert committed <= self.budget
        if agreement is None:
            assert committed == 0
            return ""
        price = parse_amount(agreement.price)
        terms = require(view.get("procurement/contract/contract-1/terms", AgreementTermsRecord), "the terms")
        amounts = [parse_amount(milestone.amount) for milestone in terms.milestones]
        assert price == sum(amounts) == sum(parse_amount(year.amount) for year in agreement.years)
        assert 0 < price <= parse_amount(award_of(self.ledger).price) <= self.price
        assert price % 100 == 0
        for reached, total in zip(accumulate(self.shares), accumulate(amounts), strict=True):
            assert abs(total * 10_000 - price * reached) <= 50 * 10_000
        is_active = agreement.state == "active"
        assert committed == (price if is_active else 0)
        assert not is_active or (reserved, award_of(self.ledger).state, len(agreement.signatures)) == (0, "active", 2)
        return agreement.state


@settings(max_examples=25, deadline=None)
@given(price=st.integers(100, 300 * MILLION), cuts=st.lists(st.integers(1, 9_999), unique=True, max_size=3), steps=STEPS)
@example(price=PRICE + 1, cuts=[3_333, 6_666], steps=SIGNED)
@example(price=PRICE, cuts=[], steps=[("draft", 0), ("cut", 299), *SIGNED[:2], ("cut", 300), *SIGNED[1:4], ("cut", 280), SIGNED[4]])
def test_no_contract_is_above_its_award_and_money_is_conserved(price: int, cuts: list[int], steps: list[tuple[str, int]]) -> None:
    """Whatever is drafted, cut, signed or missed, in whatever order; a contract that stands stands for good."""
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), price, list_shares(cuts))
        states = [run.look()]
        for what, number in steps:
            run.take(what, number)
            states.append(run.look())
        if "active" in states:
            assert set(states[states.index("active"):]) == {"active"}
            assert len(events_of(run.ledger, "contract_active")) == 1
        run.ledger.close()


def test_the_property_meets_signed_contracts(tmp_path: Path) -> None:
    """Its first example ends with one."""
    run = Run(tmp_path, PRICE + 1, list_shares([3_333, 6_666]))
    assert [run.take(*step) for step in SIGNED] == [ACCEPTED] * len(SIGNED)
    assert run.look() == "active"
