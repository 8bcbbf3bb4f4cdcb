"""Attacks on a selection's rules: what a buyer, a bidder, a committee member or a stranger tries, and what stops it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.procurement.conduct.records import DebarredRecord
from prasasti.contracts.procurement.plan.records import PlanRecord
from prasasti.contracts.procurement.process import ProcessRecord
from prasasti.contracts.procurement.proposal.records import PartRecord, part_key
from prasasti.contracts.treasury.records import BudgetLineRecord, ReservationRecord
from prasasti.core.encoding import encode_canonical
from prasasti.core.entries import MAX_BLOCK_EVENTS_BYTES, MAX_DEADLINE_EVENT_BYTES
from prasasti.core.types import Event
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import explain
from tests.contracts import selection as world
from tests.contracts.procurement_agreement_rows import by_community, community
from tests.contracts.procurement_award_rows import PRICES, WORKS, Awarding
from tests.contracts.procurement_evaluation_rows import Evaluation
from tests.contracts.procurement_proposal_rows import QUALIFYING, Bench, bidder_of, consortium
from tests.contracts.selection import (
    AUTHORITY,
    BIDDERS,
    BUYER,
    BUYERS_KEYS,
    COMMITTEE,
    DAY,
    LOT,
    MAJORITY,
    MILLION,
    MINUTES,
    OFFICER,
    PLAN,
    PROCESS,
    TERMS,
    TRUSTEES,
    Selection,
    budget,
    found,
    lot,
    person,
    plan,
    signer,
    tender,
)
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of
from tests.services.selected import list_documents, list_entries

SHAM = "sham-1"
SHAM_OFFICER, SHAM_AUTHORITY = (f"{SHAM}/officer", "procurement.officer"), (f"{SHAM}/authority", "procurement.authority")
REGISTRAR: Signer = (f"{BUYER}/registrar", "identity.registrar")
LONGEST = "o" * 128
PARTNERS = consortium(("bidder-1", 6_000), ("bidder-2", 4_000))


@contextmanager
def joined_by(monkeypatch: pytest.MonkeyPatch, folder: Path, **organisations: dict[str, list[str]]) -> Iterator[Ledger]:
    """A ledger with some more organisations, which gave their people whatever roles they liked."""
    with monkeypatch.context() as patch:
        patch.setattr(world, "ORGANISATIONS", world.ORGANISATIONS | organisations)
        ledger = found(folder)
    yield ledger
    ledger.close()


def sham_buyer() -> dict[str, dict[str, list[str]]]:
    return {SHAM: BUYERS_KEYS | {"budget": ["treasury.budget"]}}


def grant(selection: Selection, name: str, role: str) -> str:
    arguments = {"key": key_of(f"{BUYER}/{name}"), "role": role, "until": selection.ledger.time + 300 * DAY}
    return selection.do("identity.grant_office", arguments, REGISTRAR)


def view(selection: Selection, key: str, kind: Any) -> Any:
    return selection.ledger.application.state.view.get(key, kind)


# Halting everybody.


def test_no_name_is_so_long_that_a_deadline_cannot_tell_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A guarantor of 128 characters whose guarantee of 64 stays unpaid would be named by an event beyond its 256 bytes: for ever
    no node would make a block."""
    with joined_by(monkeypatch, tmp_path, **{LONGEST: {"guarantor": ["procurement.guarantor"]}}) as ledger:
        selection = Awarding(ledger)
        selection.prepare()
        terms = TERMS | {"performance_bp": 500}
        assert selection.publish(terms=terms) == ACCEPTED
        assert selection.propose("bidder-1", 280 * MILLION) == ACCEPTED
        selection.open()
        selection.declare_all()
        assert selection.require_of(("bidder-1", True)) == ACCEPTED
        selection.adopt()
        assert selection.award("bidder-1", 280 * MILLION) == ACCEPTED
        selection.wait_until(selection.awarded().standstill_ends)
        assert selection.activate() == ACCEPTED
        assert selection.draft(280 * MILLION, guaranteed=False, terms=terms) == ACCEPTED
        until = ledger.time + 200 * DAY
        assert selection.guarantee(280 * MILLION, "g" * 64, LONGEST, until=until) == "procurement.29.4"
        assert selection.guarantee(280 * MILLION, "g" * 64, until=until) == ACCEPTED
        called = {"amount": "100", "document": MINUTES, "ground": "other", "guarantee": "g" * 64}
        assert selection.do("procurement.call_guarantee", called, OFFICER) == ACCEPTED
        selection.wait_until(ledger.time + 60 * DAY)
        assert ledger.do("treasury.set_budget", budget("2027-parks")[1], ("treasury-1/budget", "treasury.budget")) == ACCEPTED


def list_events(kind: type[Event] = Event) -> Iterator[type[Event]]:
    for each in kind.__subclasses__():
        yield each
        yield from list_events(each)


# The longest that a field of an event can be, by the types of the messages that it comes from.
LONGEST_FIELDS = {
    "amount": 19, "appeal": 24, "award": 24, "called": 19, "complaint": 24, "contract": 64, "debarment": 64, "ground": 10,
    "guarantee": 64, "guarantor": 100, "key": 32, "lot": 24, "organisation": 100, "outcome": 12, "process": 64, "proposal_round": 64,
    "remedy": 10, "round": 64, "slot": 13,
}  # fmt: skip
# Events that the schedule tells, be it through what other messages do alike.
BY_SCHEDULE = (
    "appeal_decided", "award_cancelled", "ballot_closed", "ballot_opened", "ballot_round_opened", "complaint_closed", "contract_lapsed",
    "deadline_extended", "debarment_expired", "guarantee_called", "guarantee_released", "guarantor_suspended", "key_destruction_overdue",
    "lot_closed", "lot_failed", "lot_final", "lot_repeated", "matters_moot", "opening_begun", "proposals_asked", "proposals_asked_again",
    "ranking_published", "refusal_lapsed", "scoring_ended",
)  # fmt: skip


@pytest.mark.parametrize("name", BY_SCHEDULE)
def test_whatever_the_schedule_tells_fits_its_event(name: str) -> None:
    """With every id as long as it can be."""
    (kind,) = [each for each in list_events() if each.__struct_config__.tag == f"procurement.{name}"]
    fields = {
        field: 10**10 if annotation in ("int", int) else "x" * LONGEST_FIELDS[field] for field, annotation in kind.__annotations__.items()
    }
    assert len(encode_canonical(kind(**fields))) <= MAX_DEADLINE_EVENT_BYTES


def test_many_deadlines_of_one_second_leave_everybody_their_turn(tmp_path: Path) -> None:
    """Twenty lots close, and fail, in the second of another process's deadline: what is due runs first, and then transactions."""
    selection = Selection(found(tmp_path))
    selection.prepare()
    lots = [lot(f"lot-{number:02}-of-twenty-lots-x"[:24], 20 * MILLION) for number in range(20)]
    for each in lots:
        each["items"][0]["id"] = each["lot"]
    assert selection.publish(lots=lots) == ACCEPTED
    selection.wait_until(selection.process().deadline)
    selection.wait_until(selection.process().deadline)
    told = [event for result in selection.ledger.results for _, entry in result.entries for event in [entry] if b"lot_failed" in event]
    assert sum(entry.count(b"procurement.lot_failed") for entry in told) == 20
    assert max(map(len, told)) < MAX_BLOCK_EVENTS_BYTES
    assert selection.do("procurement.cancel_tender", {
        "document": MINUTES, "lots": [lots[0]["lot"]], "process": PROCESS, "reason": "other"}, AUTHORITY) == "procurement.00.2"  # fmt: skip


# Standing in others' way.


def test_a_competitor_cannot_be_made_a_member_unasked(tmp_path: Path) -> None:
    """It would be refused its own proposal for the lot."""
    bench = Bench(found(tmp_path))
    assert bench.ask() == ACCEPTED
    assert bench.submit("bidder-1", members=PARTNERS, signers=[bidder_of("bidder-1")]) == "procurement.00.1"
    assert view(bench, part_key(PROCESS, LOT, "bidder-2"), PartRecord) is None
    assert bench.submit("bidder-2") == ACCEPTED


def test_an_organisation_whose_name_no_outcome_can_hold_does_not_propose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Being the cheapest, it would have to be judged, and could not be: the lot would wait for ever."""
    with joined_by(monkeypatch, tmp_path, **{LONGEST: {"bidder": ["procurement.bidder"]}}) as ledger:
        selection = Selection(ledger)
        selection.prepare()
        assert selection.publish() == ACCEPTED
        assert selection.propose(LONGEST, MILLION) == "procurement.08.2"


def test_complaints_do_not_hold_an_award_for_ever(tmp_path: Path) -> None:
    """Each would need an answer of the committee, and silence would allow an appeal without a bond."""
    selection = Awarding(found(tmp_path))
    selection.to_award(**WORKS)
    answers = [selection.complain(complaint=f"c-{number}") for number in range(12)]
    assert answers == [*[ACCEPTED] * 10, "procurement.21.4", "procurement.21.4"]
    assert selection.complain("bidder-2", "c-other") == ACCEPTED
    selection.wait_until(selection.complaint("c-0").due)
    selection.wait_until(selection.complaint("c-0").window_ends)
    assert (selection.lot().matters, selection.activate()) == (0, ACCEPTED)


def test_an_id_that_another_took_costs_an_id(tmp_path: Path) -> None:
    """Ids of complaints are a process's own; a plan line's id that is taken stays its first owner's, who can do nothing in another's."""
    selection = Awarding(found(tmp_path))
    selection.to_award(**WORKS)
    assert selection.complain("bidder-1", "c-1") == ACCEPTED
    assert selection.complain("bidder-2", "c-1") == "procurement.00.2"
    assert selection.complain("bidder-2", "c-2") == ACCEPTED
    assert [selection.complaint(each).bidder for each in ("c-1", "c-2")] == ["bidder-1", "bidder-2"]


def test_a_line_of_anothers_budget_pays_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any organisation may set budgets: only for itself, or for who spends them; nobody plans on what is neither set by it nor for it."""
    with joined_by(monkeypatch, tmp_path, **sham_buyer()) as ledger:
        selection = Selection(ledger)
        selection.prepare()
        stolen = plan(plan="stolen")
        assert selection.do("procurement.announce_plan", stolen, SHAM_OFFICER, SHAM_AUTHORITY) == "procurement.01.1"
        early = plan(plan="stolen", early=True)
        assert selection.do("procurement.announce_plan", early, SHAM_OFFICER, SHAM_AUTHORITY) == ACCEPTED
        assert view(selection, "treasury/line/2026-parks", BudgetLineRecord).reserved_minor == "0"
        cut = {"amount": "1", "document": MINUTES, "line": "2026-parks", "reason": "saving"}
        assert selection.do("treasury.change_budget", cut, (f"{SHAM}/budget", "treasury.budget")) == "treasury.02.2"


def test_ids_do_not_run_into_one_another(tmp_path: Path) -> None:
    """What is joined by a colon holds none; no id is a path."""
    selection = Selection(found(tmp_path))
    selection.prepare()
    for name in ("a:b", "../x", "a/b", "a b", "a\n", "é", "", "x" * 49):
        assert selection.do("procurement.announce_plan", plan(plan=name), OFFICER, AUTHORITY) == "admission.3", name
    for changes in ({"lots": [lot("a:b")]}, {"lots": [lot("../b")]}, {"process": "ocds:x"}, {"lots": [lot("b" * 25)]}):
        assert selection.publish(**changes) == "admission.3", changes


def test_a_name_that_a_new_prefix_would_share_is_not_given_twice(tmp_path: Path) -> None:
    """Plan ``x`` under the prefix ``ocds-213czf-benches`` has the ocid of the plan ``benches-x`` under the former one."""
    selection = Selection(found(tmp_path))
    selection.prepare()
    assert selection.do("procurement.announce_plan", plan(MILLION, plan="benches-x"), OFFICER, AUTHORITY) == ACCEPTED
    process = f"{PROCESS}-x"
    small = {"lots": [lot(amount=MILLION)], "process": process}
    assert selection.publish(plan="benches-x", **small) == ACCEPTED
    before = view(selection, f"procurement/process/{process}", ProcessRecord)
    taken = view(selection, "procurement/plan/benches-x", PlanRecord)
    assert (before.plan, taken.processes) == ("benches-x", 1)
    assert selection.publish(plan="benches-x", **small) == "procurement.03.1"


# Buying twice, or by another door.


def test_a_plan_line_is_not_taken_up_twice(tmp_path: Path) -> None:
    """By a community's contract and by a tender; nor is it changed under the contract."""
    selection = community(found(tmp_path))
    assert by_community()(selection) == ACCEPTED
    now = selection.ledger.time
    request = tender(now, invited=["bidder-1"], lots=[lot(amount=100 * MILLION)])
    request["seats"]["committee"] = [person(COMMITTEE[0])]
    assert selection.do("procurement.publish_tender", request, OFFICER, MAJORITY[0]) == "procurement.03.1"
    withdrawn = {"plan": PLAN, "reason": "no_need", "withdraw": True}
    assert selection.do("procurement.change_plan", withdrawn, OFFICER, AUTHORITY) == "procurement.02.1"
    selection.wait_until(view(selection, "procurement/contract/contract-1", AgreementRecord).signing_ends)
    assert selection.do("procurement.publish_tender", request | tender_times(selection), OFFICER, MAJORITY[0]) == ACCEPTED


def tender_times(selection: Selection) -> dict[str, Any]:
    times = ("deadline", "estimate_date", "opening", "question_end", "valid_until")
    return {name: each for name, each in tender(selection.ledger.time).items() if name in times}


def test_a_stranger_is_not_debarred_by_whoever_calls_itself_a_buyer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any organisation may buy, and debar for all buyers whoever violated something there: who took no part by its own signature
    did not. A contract that names a community is no part it took."""
    with joined_by(monkeypatch, tmp_path, **sham_buyer()) as ledger:
        selection = Selection(ledger)
        own = budget("sham", 100 * MILLION)[1] | {"unit": SHAM}
        assert selection.do("treasury.set_budget", own, (f"{SHAM}/budget", "treasury.budget")) == ACCEPTED
        line = plan(100 * MILLION, plan="sham", kind="social", method="direct", budgets=[{"amount": str(100 * MILLION), "line": "sham"}])
        assert selection.do("procurement.announce_plan", line, SHAM_OFFICER, SHAM_AUTHORITY) == ACCEPTED
        seats = {name: person(name, SHAM) for name in ("certifier", "inspector", "officer")}
        years = [{"amount": str(60 * MILLION), "line": "sham"}]
        named = by_community(by=SHAM_OFFICER, community="bidder-1", plan="sham", seats=seats, years=years)
        assert named(selection) == ACCEPTED
        notice = {
            "contract": "contract-1", "document": MINUTES, "ground": "not_signing", "organisation": "bidder-1", "violation": "v-1",
        }  # fmt: skip
        assert selection.do("procurement.notify_violation", notice, SHAM_OFFICER) == "procurement.51.3"
        without = {name: each for name, each in notice.items() if name != "contract"}
        assert selection.do("procurement.notify_violation", without, SHAM_OFFICER) == "procurement.00.1"
        in_anothers = without | {"process": PROCESS}
        selection.prepare()
        assert selection.publish() == ACCEPTED
        assert selection.propose("bidder-1", 280 * MILLION) == ACCEPTED
        assert selection.do("procurement.notify_violation", in_anothers, SHAM_OFFICER) == "procurement.00.1"
        assert view(selection, "procurement/debarred/bidder-1", DebarredRecord) is None


def test_a_price_of_nothing_takes_nobodys_points(tmp_path: Path) -> None:
    """Stated as something, of unit prices of nothing: against it every other price would have no points, whoever is awarded then."""
    selection = Evaluation(found(tmp_path))
    selection.prepare()
    assert selection.publish(terms=TERMS | {"amounts": "measured"}) == ACCEPTED
    bench = Bench(selection.ledger)
    free = world.proposal(selection.ledger, 200 * MILLION, items=[[f"{LOT}-bench", "0"]])
    assert bench.submit("bidder-1", plaintext=free) == ACCEPTED
    for bidder, price in (("bidder-2", 290), ("bidder-3", 280)):
        assert bench.submit(bidder, plaintext=world.proposal(selection.ledger, price * MILLION)) == ACCEPTED
    selection.envelopes = {(bidder, LOT): envelope for (bidder, _), envelope in bench.envelopes.items()}
    selection.open()
    assert [selection.proposal_of(bidder).out for bidder in BIDDERS] == ["malformed", "", ""]
    explanation = explain(read_process(selection.ledger.genesis_bytes, list_entries(selection.ledger), PROCESS), list_documents(
        selection.ledger).get)  # fmt: skip
    assert explanation is not None
    assert explanation.differs is None


# Sitting where one may not.


def test_an_authority_takes_no_seat_of_the_committee(tmp_path: Path) -> None:
    """Neither by seating itself nor by being given the role later: it would vote, and decide what its vote left undecided."""
    selection = Evaluation(found(tmp_path))
    selection.publish_ranking()
    for _ in range(2):
        selection.vote_all("adopt", "reject", "abstain")
    assert grant(selection, COMMITTEE[0], "procurement.authority") == ACCEPTED
    member = signer(COMMITTEE[0], "authority")
    assert selection.decide("vote", "reevaluate", signers=(member,)) == "procurement.00.1"
    assert selection.take_seat("committee", COMMITTEE[1], "alternate-1", member) == "procurement.00.1"
    cancelled = {"document": MINUTES, "lots": [LOT], "process": PROCESS, "reason": "other"}
    assert selection.do("procurement.cancel_tender", cancelled, member) == "procurement.00.1"
    failed = {"document": MINUTES, "ground": "i", "lots": [LOT], "process": PROCESS}
    assert selection.do("procurement.declare_failed", failed, member) == "procurement.00.1"
    assert selection.decide("vote", "reevaluate") == ACCEPTED


def test_one_person_does_not_sign_as_two(tmp_path: Path) -> None:
    """Neither with a second key nor in two roles: people are counted, not keys."""
    selection = Evaluation(found(tmp_path))
    selection.prepare()
    official = ("procurement.authority", "procurement.committee", "procurement.officer")
    for role in official:
        grant(selection, "officer", role)
    twice = (OFFICER, signer("officer", "authority"))
    assert selection.do("procurement.announce_plan", plan(plan="other"), *twice) == "admission.2"
    arguments = tender(selection.ledger.time)
    alone = (OFFICER, signer(COMMITTEE[0], "committee"))
    assert selection.do("procurement.publish_tender", arguments, *alone) == "procurement.00.1"
    arguments["seats"]["committee"][0] = person("officer")
    assert selection.do("procurement.publish_tender", arguments, OFFICER, *MAJORITY) != ACCEPTED


def test_nobody_is_seated_twice(tmp_path: Path) -> None:
    selection = Evaluation(found(tmp_path))
    selection.prepare()
    seats = tender(0)["seats"]
    twice = seats | {"committee": [person(name) for name in (*COMMITTEE[:2], COMMITTEE[1])]}
    assert selection.publish(seats=twice) == "procurement.00.1"
    assert selection.publish(seats=seats | {"alternates": [person(COMMITTEE[0])]}) == "procurement.03.7"
    assert selection.publish() == ACCEPTED
    assert selection.take_seat("committee", COMMITTEE[0], COMMITTEE[1]) == "procurement.00.2"
    assert selection.take_seat("committee", COMMITTEE[0], "alternate-1") == ACCEPTED
    assert selection.take_seat("committee", COMMITTEE[1], "alternate-1") == "procurement.00.2"


def test_a_conflict_is_not_outrun_by_acting_first_nor_by_declaring_late(tmp_path: Path) -> None:
    """Who did not declare decides nothing; who decided declares nothing more; a colleague of a bidder is out whatever it declares."""
    selection = Evaluation(found(tmp_path))
    selection.attest("aa", f"{BUYER}/{COMMITTEE[0]}", "self")
    selection.attest("aa", "bidder-1", "owner", 6_000)
    selection.begin()
    assert selection.require_by(*COMMITTEE[:2]) == "procurement.15.3"
    assert selection.declare(COMMITTEE[0], "committee") == ACCEPTED
    assert [seat.state for seat in selection.process().seats.committee] == ["recused", "sitting", "sitting"]
    for name in COMMITTEE[1:]:
        assert selection.declare(name, "committee") == ACCEPTED
    assert selection.pass_by(*COMMITTEE[:2]) == "procurement.00.1"
    assert selection.pass_by(*COMMITTEE[1:]) == ACCEPTED
    assert selection.vote(COMMITTEE[0]) != ACCEPTED
    late = {"organisation": "bidder-2", "relation": "owner"}
    assert selection.declare(COMMITTEE[1], "committee", late) == "procurement.12.1"


def test_a_second_handle_that_a_registrar_knows_is_the_same_person(tmp_path: Path) -> None:
    """A handle is bound by the buyer; what ties a person to a bidder is attested by tag, by a registrar of neither, for each handle."""
    selection = Evaluation(found(tmp_path))
    for handle in (COMMITTEE[0], "alternate-1"):
        selection.attest("aa", f"{BUYER}/{handle}", "self")
    selection.attest("aa", "bidder-1", "owner", 6_000)
    selection.begin()
    for handle in (COMMITTEE[0], "alternate-1"):
        assert selection.declare(handle, "committee") == ACCEPTED
    assert selection.take_seat("committee", COMMITTEE[0], "alternate-1") == "procurement.13.2"


def test_nobody_joins_a_consortium_that_was_judged(tmp_path: Path) -> None:
    """The committee declared, and decided, about those who took part then: whom a member is tied to would come in behind that."""
    bench = Bench(found(tmp_path))
    assert QUALIFYING(bench) == ACCEPTED
    for name in ("bidder-1", "bidder-2", "bidder-3"):
        assert bench.submit(name, "qualification") == ACCEPTED
    assert bench.qualify(*((name, True) for name in ("bidder-1", "bidder-2", "bidder-3"))) == ACCEPTED
    joined = consortium(("bidder-1", 6_000), ("bidder-4", 4_000))
    assert bench.submit("bidder-1", "technical", members=joined) == "procurement.08.3"
    assert bench.submit("bidder-1", "technical") == ACCEPTED


def test_a_trustee_does_not_bid_nor_a_bidder_become_a_trustee(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bidding = {"firm-1": {"bidder": ["procurement.bidder"], "trustee": ["procurement.trustee"]}}
    with joined_by(monkeypatch, tmp_path, **bidding) as ledger:
        bench = Bench(ledger, (*TRUSTEES[:2], "firm-1"))
        assert bench.ask() == ACCEPTED
        assert bench.submit("firm-1") == "procurement.08.2"
        assert bench.submit("bidder-1", members=consortium(("bidder-1", 9_999), ("firm-1", 1))) == "procurement.08.2"


def test_three_firms_that_an_officer_knows_are_no_trustees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is no member has no class that would stand against the others': together they hold no more keys than one class may."""
    firms = {f"firm-{number}": {"trustee": ["procurement.trustee"]} for number in range(3)}
    with joined_by(monkeypatch, tmp_path, **firms) as ledger:
        assert Bench(ledger, ("firm-0", "firm-1", "firm-2")).ask() == "procurement.03.8"
        named = [{"key_id": key_of(f"{name}/trustee"), "organisation": name} for name in (*TRUSTEES[:2], "firm-0")]
        assert Selection(ledger).publish(trustees=named) == ACCEPTED


# Time.


def test_an_amendment_takes_nobodys_time(tmp_path: Path) -> None:
    """Neither of those who propose nor of those who ask."""
    selection = Selection(found(tmp_path))
    selection.prepare()
    assert selection.publish() == ACCEPTED
    published = selection.published
    same = {name: each for name, each in tender(published).items() if name not in ("plan", "process")}
    for name in ("deadline", "opening", "question_end", "valid_until"):
        shorter = same | {name: same[name] - DAY}
        arguments = {"changes": shorter, "document": MINUTES, "process": PROCESS, "reason": "correction"}
        assert selection.do("procurement.amend_tender", arguments, OFFICER, *MAJORITY) == "procurement.06.11", name
    assert selection.do("procurement.amend_tender", {
        "changes": same, "document": MINUTES, "process": PROCESS, "reason": "correction"}, OFFICER, *MAJORITY) == ACCEPTED  # fmt: skip
    assert selection.process().deadline >= same["deadline"]


def test_an_award_and_a_complaint_in_one_block_are_in_no_race(tmp_path: Path) -> None:
    """Until the standstill ends one can complain and nobody make the award final; from then on the other way round."""
    selection = Awarding(found(tmp_path))
    selection.to_award(**WORKS)
    ends = selection.awarded().standstill_ends
    complain = {"complaint": "c-1", "document": MINUTES, "ground": "evaluation", "lot": LOT, "process": PROCESS}
    activate = {"award": "award-1", "lot": LOT, "process": PROCESS}
    for time, answers in ((ends - 1, ["procurement.25.1", ACCEPTED]), (ends, ["procurement.25.2", "procurement.21.1"])):
        selection.ledger.time = time
        assert selection.ledger.seal(
            selection.ledger.sign("procurement.activate_award", activate, OFFICER),
            selection.ledger.sign("procurement.complain", complain, ("bidder-1/bidder", "procurement.bidder")),
        ) == answers  # fmt: skip


def test_who_is_debarred_midway_goes_no_further(tmp_path: Path) -> None:
    """After the award, and after it was final: the next in rank comes, and lifting revives nothing."""
    selection = Awarding(found(tmp_path))
    selection.to_activation()
    notice = {"document": MINUTES, "ground": "false_document", "organisation": "bidder-3", "process": PROCESS, "violation": "v-1"}
    assert selection.do("procurement.notify_violation", notice, OFFICER) == ACCEPTED
    reply = {"document": MINUTES, "violation": "v-1"}
    assert selection.do("procurement.reply_violation", reply, ("bidder-3/bidder", "procurement.bidder")) == ACCEPTED
    assert selection.draft(PRICES["bidder-3"]) == ACCEPTED
    until = selection.ledger.time + 300 * DAY
    debar = {
        "act": "debar", "debarment": "d-1", "document": MINUTES, "ground": "false_document", "organisation": "bidder-3", "until": until,
        "violation": "v-1",
    }  # fmt: skip
    assert selection.do("procurement.debar", debar, AUTHORITY) == ACCEPTED
    assert selection.sign("officer", "officer") == "procurement.30.5"
    assert selection.withdraw("debarred") == ACCEPTED
    lift = {name: each for name, each in debar.items() if name != "violation"} | {"act": "lift"}
    assert selection.do("procurement.debar", lift, AUTHORITY) == ACCEPTED
    assert selection.award("bidder-3", PRICES["bidder-3"], "award-2") == "procurement.20.2"
    assert selection.award("bidder-2", PRICES["bidder-2"], "award-2") == ACCEPTED


# Money.


HUGE = str(2**63 - 1)


@pytest.mark.parametrize("amount", ["-1", "01", "1.5", "1e9", "", " 1", "+1", str(2**63), "٣", "0x1"])
def test_an_amount_of_another_form_is_no_amount(tmp_path: Path, amount: str) -> None:
    ledger = found(tmp_path)
    assert ledger.do("treasury.set_budget", budget()[1] | {"amount": amount}, budget()[2][0]) == "admission.3"


def test_no_sum_leaves_the_range_of_an_amount(tmp_path: Path) -> None:
    """Lots that together exceed every amount are refused, not wrapped; a reservation stays within its line."""
    selection = Selection(found(tmp_path))
    action, arguments, signers = budget(amount=2**63 - 1)
    assert selection.do(action, arguments, *signers) == ACCEPTED
    huge = plan(budgets=[{"amount": HUGE, "line": "2026-parks"}], estimate=HUGE)
    assert selection.do("procurement.announce_plan", huge, OFFICER, AUTHORITY) == ACCEPTED
    lots = [lot(name, 2**63 - 1, reserved=False) for name in ("lot-1", "lot-2")]
    assert selection.publish(lots=lots) == "procurement.03.2"
    assert selection.publish(lots=lots[:1]) == ACCEPTED
    line = view(selection, "treasury/line/2026-parks", BudgetLineRecord)
    assert (line.reserved_minor, line.free_minor) == (HUGE, 0)
    assert view(selection, f"treasury/reservation/{PROCESS}:lot-1", ReservationRecord).state == "live"


def test_overlapping_lots_do_not_reserve_one_amount_twice(tmp_path: Path) -> None:
    """Two plan lines on one budget line may both be announced; what is free is reserved once."""
    selection = Selection(found(tmp_path))
    action, arguments, signers = budget(amount=300 * MILLION)
    assert selection.do(action, arguments, *signers) == ACCEPTED
    for name in (PLAN, "others"):
        assert selection.do("procurement.announce_plan", plan(300 * MILLION, plan=name), OFFICER, AUTHORITY) == ACCEPTED
    assert selection.publish() == ACCEPTED
    assert selection.publish(plan="others", process="ocds-213czf-others") == "procurement.03.3"
    assert selection.publish(plan=PLAN, process=f"{PROCESS}-2") == "procurement.03.1"
