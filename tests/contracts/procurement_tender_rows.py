"""Rows of tenders (03 to 07) for the tables that all contracts share, on a ledger made by ``selection.found``."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any

from prasasti.contracts.procurement.sealing.framing import compute_round
from tests.contracts.plays import Play, after, wait
from tests.contracts.procurement_plan_rows import HUGE, announce, change, money, withdraw
from tests.contracts.selection import (
    AUTHORITY,
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
    lot,
    person,
    round_of,
    seal,
    signer,
    tender,
)
from tests.core.ledger import ACCEPTED, START, Ledger, Signer, key_of

ALLOWED: dict[tuple[str, int], set[str]] = {
    **{("procurement.publish_tender", place): {"procurement.committee", "procurement.officer"} for place in range(2)},
    ("procurement.ask_question", 0): {"procurement.bidder"},
    ("procurement.answer_question", 0): {"procurement.committee"},
    **{("procurement.amend_tender", place): {"procurement.committee", "procurement.officer"} for place in range(2)},
    ("procurement.cancel_tender", 0): {"procurement.authority"},
}
SECOND = f"{PROCESS}-2"
THIRD = f"{PROCESS}-3"
OTHERS_OFFICER: Signer = ("agency-2/officer", "procurement.officer")
MEMBER = signer(COMMITTEE[0], "committee")
BIDDER: Signer = ("bidder-1/bidder", "procurement.bidder")
OFFICIAL = signer(COMMITTEE[0], "committee")


def resolve(now: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Changes, of which times are functions of the present one."""
    return {name: value(now) if callable(value) else value for name, value in changes.items()}


def seats(**changes: Any) -> dict[str, Any]:
    seated: dict[str, Any] = tender(0)["seats"]
    return seated | changes


def trustees(*names: str) -> list[dict[str, str]]:
    return [{"key_id": key_of(name if "/" in name else f"{name}/trustee"), "organisation": name.partition("/")[0]} for name in names]


def publish(*signers: Signer, **changes: Any) -> Play:
    return lambda ledger: ledger.do(
        "procurement.publish_tender", tender(ledger.time, **resolve(ledger.time, changes)), *(signers or (OFFICER, *MAJORITY))
    )


def terms(now: int, **changes: Any) -> dict[str, Any]:
    """The whole of a request, as 06 restates it, made at ``now``."""
    return {name: value for name, value in (tender(now) | resolve(now, changes)).items() if name not in ("plan", "process")}


def amend(*signers: Signer, process: str = PROCESS, made: int = START + 60, reason: str = "scope", document: Any = MINUTES,
          **changes: Any) -> Play:  # fmt: skip
    """``made`` is when the request was published."""
    arguments = {"changes": terms(made, **changes), "document": document, "process": process, "reason": reason}
    return lambda ledger: ledger.do("procurement.amend_tender", arguments, *(signers or (OFFICER, *MAJORITY)))


def ask(question: str = "q-1", process: str = PROCESS, document: Any = MINUTES, by: Signer = BIDDER) -> Play:
    return lambda ledger: ledger.do("procurement.ask_question", {"document": document, "process": process, "question": question}, by)


def answer(question: str = "q-1", process: str = PROCESS, document: Any = MINUTES, by: Signer = MEMBER) -> Play:
    arguments = {"document": document, "process": process, "question": question}
    return lambda ledger: ledger.do("procurement.answer_question", arguments, by)


def cancel(*lots: str, process: str = PROCESS, reason: str = "no_need", document: Any = MINUTES, by: Signer = AUTHORITY) -> Play:
    arguments = {"document": document, "lots": list(lots or (LOT,)), "process": process, "reason": reason}
    return lambda ledger: ledger.do("procurement.cancel_tender", arguments, by)


def related(process: str = PROCESS, relation: str = "unsuccessful") -> dict[str, Any]:
    return {"process": process, "relation": relation}


def pass_by() -> Play:
    """The deadline and its extension pass; where nobody proposes, the lot fails for good."""
    return after(wait(14 * DAY), wait(15 * DAY))


def propose(bidder: str = "bidder-1", price: int = 280 * MILLION) -> Play:
    return lambda ledger: Selection(ledger).propose(bidder, price)


def awarded(*, active: bool = False) -> Play:
    """The lot is awarded to the only bidder; the standstill passes and the award is final, where asked."""

    def play(ledger: Ledger) -> str:
        selection = Selection(ledger)
        assert selection.propose("bidder-1", 280 * MILLION) == ACCEPTED
        selection.open()
        selection.declare_all()
        assert selection.require_of(("bidder-1", True)) == ACCEPTED
        for name in COMMITTEE:
            assert selection.vote(name) == ACCEPTED
        assert selection.award("bidder-1", 280 * MILLION) == ACCEPTED
        if active:
            selection.wait_until(ledger.time + 10 * DAY)
            assert selection.activate() == ACCEPTED
        return ACCEPTED

    return play


PLANNED = after(money(), announce())
TENDERED = after(PLANNED, publish())
TWO_LOTS = [lot("lot-1", 200 * MILLION), lot("lot-2", 100 * MILLION)]
TENDERED_TWO = after(PLANNED, publish(lots=TWO_LOTS))
FAILED = after(TENDERED, pass_by())
FAILED_TWICE = after(FAILED, publish(process=SECOND, related=related()), pass_by())
DIRECT_PLANNED = after(money(), announce(amount=150 * MILLION, method="direct"))
DIRECT: dict[str, Any] = {
    "invited": ["bidder-1"],
    "lots": [lot(amount=150 * MILLION)],
    "seats": seats(alternates=[], committee=[person(COMMITTEE[0])]),
}
RATED: dict[str, Any] = {
    "criteria": [{"id": "design", "title": "Design", "weight_bp": 6_000}, {"id": "plan", "title": "Plan", "weight_bp": 4_000}],
    "selection": "rated",
    "technical_bp": 7_000,
}
QUALIFIED: dict[str, Any] = {"files": "two", "qualification": True, "qualification_deadline": lambda now: now + 12 * DAY}
CONSULTANCY_PLANNED = after(money(), announce(kind="consultancy"))


def shifted(**days: float) -> dict[str, Any]:
    """Times so many days after the publication."""
    return {name: partial(add_days, each) for name, each in days.items()}


def add_days(days: float, now: int) -> int:
    return now + int(days * DAY)


def item(name: str, **changes: Any) -> dict[str, Any]:
    items: list[dict[str, Any]] = lot(name)["items"]
    return items[0] | changes


# Of two signers the second is another organisation's: admission leaves it to the contract where they sit.
OTHERS_MEMBER: Signer = ("agency-2/committee", "procurement.committee")
WHOLE: dict[str, Any] = {
    **RATED, **QUALIFIED, "invited": ["bidder-1"], "related": related(), "seats": seats(witness=person("witness")),
}  # fmt: skip
EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.publish_tender": (tender(START + 60, **resolve(START + 60, WHOLE)), (OFFICER, OTHERS_MEMBER)),
    "procurement.ask_question": ({"document": MINUTES, "process": PROCESS, "question": "q-1"}, (BIDDER,)),
    "procurement.answer_question": ({"document": MINUTES, "process": PROCESS, "question": "q-1"}, (MEMBER,)),
    "procurement.amend_tender": (
        {"changes": terms(START + 60, **WHOLE), "document": MINUTES, "process": PROCESS, "reason": "scope"}, (OFFICER, OTHERS_MEMBER)),
    "procurement.cancel_tender": ({"document": MINUTES, "lots": [LOT], "process": PROCESS, "reason": "no_need"}, (AUTHORITY,)),
}  # fmt: skip

# What may be left out; and more lots than there may be are more than a payload may have.
MAY_BE_EMPTY = {
    (action, f"arguments.{within}{name}")
    for action, within in (("procurement.publish_tender", ""), ("procurement.amend_tender", "changes."))
    for name in (
        "invited missing", "related = null", "related missing", "seats.witness = null", "seats.witness missing",
    )
}  # fmt: skip

PUBLISHING: dict[str, tuple[str, Play]] = {
    "a request": (ACCEPTED, TENDERED),
    "a request by all of the committee": (
        ACCEPTED, after(PLANNED, publish(OFFICER, *(signer(name, "committee") for name in COMMITTEE)))),
    "a request by one of three": ("procurement.00.1", after(PLANNED, publish(OFFICER, MEMBER))),
    "a request by an alternate": ("procurement.00.1", after(PLANNED, publish(OFFICER, MEMBER, signer("alternate-1", "committee")))),
    "a request by the committee alone": ("procurement.00.1", after(PLANNED, publish(*MAJORITY))),
    "a request by another house's officer": ("procurement.00.1", after(PLANNED, publish(OTHERS_OFFICER, *MAJORITY))),
    "a request's document too large": (
        "procurement.00.5", after(PLANNED, publish(documents=[{"document": HUGE, "title": "a"}, {"document": MINUTES, "title": "b"}]))),
    "a requirement of an unknown stage": (
        "procurement.00.6", after(PLANNED, publish(requirements=[{"id": "x", "stage": "later", "title": "X"}]))),
    "terms with an unknown code": ("procurement.00.6", after(PLANNED, publish(terms=TERMS | {"retention": "never"}))),
    "an unknown relation": ("procurement.00.6", after(FAILED, publish(process=SECOND, related=related(relation="friend")))),
    # 03.1
    "a request without a plan line": ("procurement.03.1", publish()),
    "a request of a line that was withdrawn": ("procurement.03.1", after(PLANNED, withdraw(), publish())),
    "a request under another name": ("procurement.03.1", after(PLANNED, publish(process=SECOND))),
    "a request again, under the same name": ("procurement.03.1", after(TENDERED, publish())),
    "a lot that is alive": ("procurement.03.1", after(TENDERED, publish(process=SECOND))),
    "a further lot": (ACCEPTED, after(TENDERED, publish(process=SECOND, lots=[lot("lot-2", 200 * MILLION)]))),
    "a further lot, said to follow a failure": (
        "procurement.03.1", after(TENDERED, publish(process=SECOND, lots=[lot("lot-2", 200 * MILLION)], related=related()))),
    "a lot that failed for good, linked": (ACCEPTED, after(FAILED, publish(process=SECOND, related=related()))),
    "a lot that failed for good, not linked": ("procurement.03.1", after(FAILED, publish(process=SECOND))),
    "linked to what did not fail": ("procurement.03.1", after(FAILED, publish(process=SECOND, related=related(SECOND)))),
    "linked as if a contract had ended": (
        "procurement.03.1", after(FAILED, publish(process=SECOND, related=related(relation="replacement")))),
    "a lot that was cancelled": (ACCEPTED, after(TENDERED, cancel(), publish(process=SECOND))),
    "a lot that was cancelled, said to have failed": (
        "procurement.03.1", after(TENDERED, cancel(), publish(process=SECOND, related=related()))),
    "the second retender, linked to the first": (
        ACCEPTED, after(FAILED_TWICE, publish(process=THIRD, related=related(SECOND)))),
    "the second retender, linked to the first process": (
        "procurement.03.1", after(FAILED_TWICE, publish(process=THIRD, related=related()))),
    # 03.2
    "an estimate at its ceiling": (ACCEPTED, after(PLANNED, publish(lots=[lot(amount=500 * MILLION)]))),
    "an estimate above its ceiling": ("procurement.03.2", after(PLANNED, publish(lots=[lot(estimate=str(300 * MILLION + 1))]))),
    "ceilings above the plan": ("procurement.03.2", after(PLANNED, publish(lots=[lot(amount=500 * MILLION + 1)]))),
    "two lots above the plan": (
        "procurement.03.2", after(PLANNED, publish(lots=[lot("lot-1", 300 * MILLION), lot("lot-2", 200 * MILLION + 1)]))),
    "a further lot above what the plan leaves": (
        "procurement.03.2", after(TENDERED, publish(process=SECOND, lots=[lot("lot-2", 200 * MILLION + 1)]))),
    "a cancelled lot leaves its part of the plan": (
        ACCEPTED, after(TENDERED, cancel(), publish(process=SECOND, lots=[lot("lot-2", 500 * MILLION)]))),
    "an estimate of 28 working days": (ACCEPTED, after(PLANNED, publish(**shifted(deadline=41, opening=41)))),
    "an estimate of 29 working days": ("procurement.03.2", after(PLANNED, publish(**shifted(deadline=42, opening=42)))),
    "an estimate of 29 working days that does not bind its age at a later deadline": (ACCEPTED, after(
        PLANNED, publish(**QUALIFIED, **shifted(deadline=42, opening=42)))),
    "an estimate of tomorrow": ("procurement.03.2", after(PLANNED, publish(**shifted(estimate_date=1)))),
    # 03.3
    "a ceiling in another line than planned": ("procurement.03.3", after(
        PLANNED, money("2026-roads"), publish(lots=[lot(ceiling=[{"amount": str(300 * MILLION), "line": "2026-roads"}])]))),
    "a ceiling that is reserved already": ("procurement.03.3", after(
        money(amount=500 * MILLION), announce(), announce(plan="other", family="4511"), publish(),
        publish(plan="other", process="ocds-213czf-other"))),
    "an early plan reserves nothing": (ACCEPTED, after(announce(early=True), publish())),
    # 03.4
    "an item in two lots": ("procurement.03.4", after(
        PLANNED, publish(lots=[lot("lot-1", 100 * MILLION), lot("lot-2", 100 * MILLION, items=[item("lot-1")])]))),
    "an item of an unknown scheme": ("procurement.03.4", after(PLANNED, publish(lots=[lot(items=[item(LOT, scheme="CPV")])]))),
    "200 items": (ACCEPTED, after(PLANNED, publish(lots=[lot(items=[item(LOT, id=f"i{number}") for number in range(200)])]))),
    "201 items in two lots": ("procurement.03.4", after(PLANNED, publish(lots=[
        lot("lot-1", 100 * MILLION, items=[item(LOT, id=f"i{number}") for number in range(200)]), lot("lot-2", 100 * MILLION)]))),
    # 03.5
    "a rated request": (ACCEPTED, after(PLANNED, publish(**RATED))),
    "criteria that are not the whole": ("procurement.03.5", after(PLANNED, publish(**RATED | {"criteria": RATED["criteria"][:1]}))),
    "the least technical weight": (ACCEPTED, after(PLANNED, publish(**RATED | {"technical_bp": 6_000}))),
    "less than the least technical weight": ("procurement.03.5", after(PLANNED, publish(**RATED | {"technical_bp": 5_999}))),
    "the most technical weight": (ACCEPTED, after(PLANNED, publish(**RATED | {"technical_bp": 8_000}))),
    "more than the most technical weight": ("procurement.03.5", after(PLANNED, publish(**RATED | {"technical_bp": 8_001}))),
    "quality alone": (ACCEPTED, after(PLANNED, publish(**RATED | {"selection": "quality_only", "technical_bp": 10_000}))),
    "quality alone, with a price": (
        "procurement.03.5", after(PLANNED, publish(**RATED | {"selection": "quality_only", "technical_bp": 8_000}))),
    "a price alone, with criteria": ("procurement.03.5", after(PLANNED, publish(criteria=RATED["criteria"]))),
    "a price alone, with a technical weight": ("procurement.03.5", after(PLANNED, publish(technical_bp=6_000))),
    "a price alone, with a threshold": ("procurement.03.5", after(PLANNED, publish(threshold=1))),
    "a threshold for the technical score": (ACCEPTED, after(PLANNED, publish(**RATED, threshold=600_000))),
    "consultancy": (ACCEPTED, after(CONSULTANCY_PLANNED, publish(**RATED, **QUALIFIED))),
    "consultancy in one file": ("procurement.03.5", after(CONSULTANCY_PLANNED, publish(**RATED, **QUALIFIED | {"files": "one"}))),
    "consultancy without a qualification": ("procurement.03.5", after(CONSULTANCY_PLANNED, publish(**RATED, files="two"))),
    "a selective method": (ACCEPTED, after(money(), announce(method="selective"), publish(**QUALIFIED))),
    "a selective method without a qualification": ("procurement.03.5", after(money(), announce(method="selective"), publish())),
    # 03.5, direct
    "a direct procurement": (ACCEPTED, after(DIRECT_PLANNED, publish(OFFICER, OFFICIAL, **DIRECT))),
    "a direct procurement of nobody": ("procurement.03.5", after(
        DIRECT_PLANNED, publish(lots=DIRECT["lots"]))),
    "a direct procurement that scores": ("procurement.03.5", after(
        DIRECT_PLANNED, publish(OFFICER, OFFICIAL, **DIRECT | RATED))),
    "a direct procurement with a qualification": ("procurement.03.5", after(
        DIRECT_PLANNED, publish(OFFICER, OFFICIAL, **DIRECT | QUALIFIED))),
    "an invitation where the plan says open": ("procurement.03.5", after(PLANNED, publish(OFFICER, OFFICIAL, **DIRECT))),
    "an invitation after one failure": ("procurement.03.5", after(
        FAILED, publish(OFFICER, OFFICIAL, process=SECOND, related=related(), **DIRECT))),
    "an invitation after two failures": (ACCEPTED, after(
        FAILED_TWICE, publish(OFFICER, OFFICIAL, process=THIRD, related=related(SECOND), **DIRECT))),
    "an invitation after two failures, above the limit": (ACCEPTED, after(
        FAILED_TWICE, publish(OFFICER, OFFICIAL, process=THIRD, related=related(SECOND), **DIRECT | {"lots": [lot()]}))),
    "an invitation for a lot that never failed beside one that did twice": ("procurement.03.5", after(FAILED_TWICE, publish(
        OFFICER, OFFICIAL, process=THIRD, related=related(SECOND), **DIRECT | {"lots": [lot(), lot("lot-2", 100 * MILLION)]}))),
    # 03.6
    "milestones that are not the whole price": ("procurement.03.6", after(PLANNED, publish(lots=[
        lot(milestones=[{"days": 30, "id": "half", "share_bp": 9_999, "title": "Half"}])]))),
    # 03.7
    "an even committee": ("procurement.03.7", after(
        PLANNED, publish(seats=seats(alternates=[], committee=[person(name) for name in COMMITTEE[:2]])))),
    "a committee of one": ("procurement.00.1", after(PLANNED, publish(OFFICER, MEMBER, seats=seats(committee=[person(COMMITTEE[0])])))),
    "a member twice": ("procurement.03.7", after(PLANNED, publish(
        OFFICER, *MAJORITY, signer("alternate-1", "committee"),
        seats=seats(alternates=[], committee=[person(name) for name in (*COMMITTEE[:2], "alternate-1", *COMMITTEE[2:] * 2)])))),
    "a member who is an alternate": ("procurement.03.7", after(PLANNED, publish(seats=seats(alternates=[person(COMMITTEE[2])])))),
    "an alternate who is the officer": ("procurement.03.7", after(PLANNED, publish(seats=seats(alternates=[person("officer")])))),
    "a member who is the inspector": ("procurement.03.7", after(PLANNED, publish(seats=seats(inspector=person(COMMITTEE[2]))))),
    "a member who is the certifier": ("procurement.03.7", after(PLANNED, publish(seats=seats(certifier=person(COMMITTEE[2]))))),
    "a member who is the witness": ("procurement.03.7", after(PLANNED, publish(seats=seats(witness=person(COMMITTEE[2]))))),
    "an inspector who certifies": ("procurement.03.7", after(PLANNED, publish(seats=seats(certifier=person("inspector"))))),
    "an officer who certifies": (ACCEPTED, after(PLANNED, publish(seats=seats(certifier=person("officer"))))),
    "a member who is an authority": ("procurement.03.7", after(
        PLANNED, publish(seats=seats(committee=[person(name) for name in (*COMMITTEE[:2], "authority")])))),
    "an alternate who is an authority": ("procurement.03.7", after(PLANNED, publish(seats=seats(alternates=[person("authority")])))),
    "a direct procurement by three": ("procurement.03.7", after(DIRECT_PLANNED, publish(**DIRECT | {"seats": seats()}))),
    # 03.8
    "two trustees": ("procurement.03.8", after(PLANNED, publish(trustees=trustees(*TRUSTEES[:2])))),
    "another threshold": ("procurement.03.8", after(PLANNED, publish(t=3))),
    "four trustees, three of whom open": (ACCEPTED, after(PLANNED, publish(t=3, trustees=trustees(*TRUSTEES, "trustees-1")))),
    "four trustees, two of whom open": ("procurement.03.8", after(PLANNED, publish(trustees=trustees(*TRUSTEES, "trustees-1")))),
    "two trustees of one organisation": (
        "procurement.03.8", after(PLANNED, publish(trustees=trustees(*TRUSTEES[:1], "trustees-1", "trustees-1/second")))),
    "a trustee that is the buyer": ("procurement.03.8", after(PLANNED, publish(trustees=trustees(*TRUSTEES[:2], "agency-1/officer")))),
    "a trustee's key of another office": (
        "procurement.03.8", after(PLANNED, publish(trustees=trustees(*TRUSTEES[:2], "operator-1/officer")))),
    "a trustee's key of another organisation": ("procurement.03.8", after(PLANNED, publish(
        trustees=[*trustees(*TRUSTEES[:2]), {"key_id": key_of("operator-1/trustee"), "organisation": "trustees-1"}]))),
    "a trustee's key that ended": ("procurement.03.8", after(
        PLANNED,
        lambda ledger: ledger.do("identity.end_key", {"key": key_of("operator-1/trustee")}, ("operator-1/registrar", "identity.registrar")),
        publish())),
    # 03.9
    "five working days": (ACCEPTED, after(PLANNED, publish(**shifted(question_end=3, deadline=7, opening=7)))),
    "four working days": ("procurement.03.9", after(PLANNED, publish(**shifted(question_end=3, deadline=6, opening=6)))),
    "a direct procurement has no least period": (ACCEPTED, after(
        DIRECT_PLANNED, publish(OFFICER, OFFICIAL, **DIRECT, **shifted(question_end=0, deadline=1, opening=1)))),
    "a qualification of five working days": (
        ACCEPTED, after(PLANNED, publish(**QUALIFIED | shifted(question_end=3, qualification_deadline=7)))),
    "a qualification of four working days": (
        "procurement.03.9", after(PLANNED, publish(**QUALIFIED | shifted(question_end=3, qualification_deadline=6)))),
    "a qualification after the deadline": ("procurement.03.9", after(PLANNED, publish(**QUALIFIED | shifted(qualification_deadline=15)))),
    "questions after the deadline": ("procurement.03.9", after(PLANNED, publish(**shifted(question_end=15)))),
    "questions after the qualification": ("procurement.03.9", after(PLANNED, publish(**QUALIFIED | shifted(question_end=13)))),
    "questions that ended yesterday": ("procurement.03.9", after(PLANNED, publish(**shifted(question_end=-1)))),
    "an opening before the deadline": ("procurement.03.9", after(PLANNED, publish(**shifted(opening=13)))),
    "proposals that expire with the opening": ("procurement.03.9", after(PLANNED, publish(**shifted(opening=20, valid_until=20)))),
    "ten years": (ACCEPTED, after(PLANNED, publish(**shifted(valid_until=3_650)))),
    "more than ten years": ("procurement.03.9", after(PLANNED, publish(**shifted(valid_until=3_651)))),
    # 03.10
    "a small lot that is not reserved": ("procurement.03.10", after(PLANNED, publish(lots=[lot(reserved=False)]))),
    "a preference for small lots": ("procurement.03.10", after(PLANNED, publish(preference_bp=1))),
}  # fmt: skip

LARGE = after(money(amount=20_000 * MILLION), announce(amount=20_000 * MILLION))
MARKETS: dict[str, tuple[str, Play]] = {
    "the largest lot for small firms": (ACCEPTED, after(LARGE, publish(lots=[lot(amount=15_000 * MILLION)]))),
    "a lot that is too large for small firms": ("procurement.03.10", after(LARGE, publish(lots=[lot(amount=15_000 * MILLION + 1)]))),
    "a large lot for all": (ACCEPTED, after(LARGE, publish(lots=[lot(amount=15_000 * MILLION + 1, reserved=False)]))),
    "the highest preference": (ACCEPTED, after(LARGE, publish(lots=[lot(amount=2_000 * MILLION)], preference_bp=2_500))),
    "a higher preference": ("procurement.03.10", after(LARGE, publish(lots=[lot(amount=2_000 * MILLION)], preference_bp=2_501))),
    "a preference at the amount above which it holds": (
        "procurement.03.10", after(LARGE, publish(lots=[lot(amount=1_000 * MILLION)], preference_bp=2_500))),
    "a lot for nobody's reserve in a direct procurement": (ACCEPTED, after(
        DIRECT_PLANNED, publish(OFFICER, OFFICIAL, **DIRECT | {"lots": [lot(amount=150 * MILLION, reserved=False)]}))),
}  # fmt: skip

QUESTIONS: dict[str, tuple[str, Play]] = {
    "a question": (ACCEPTED, after(TENDERED, ask())),
    "a question in the last second": (ACCEPTED, after(TENDERED, wait(7 * DAY - 1), ask())),
    "a question too late": ("procurement.04.1", after(TENDERED, wait(7 * DAY), ask())),
    "a question of no tender": ("procurement.00.2", ask()),
    "a question again": ("procurement.00.2", after(TENDERED, ask(), ask())),
    "a question to a tender that was cancelled": ("procurement.00.2", after(TENDERED, cancel(), ask())),
    "a question too large": ("procurement.00.5", after(TENDERED, ask(document=HUGE))),
    "an answer": (ACCEPTED, after(TENDERED, ask(), answer())),
    "a late answer": (ACCEPTED, after(TENDERED, ask(), wait(13 * DAY), answer())),
    "an answer after the deadline": ("procurement.00.2", after(TENDERED, ask(), propose(), wait(14 * DAY), answer())),
    "an answer after the deadline, before proposals are asked for": ("procurement.00.4", after(
        PLANNED, publish(**QUALIFIED | shifted(deadline=12, opening=12)), ask(),
        lambda ledger: qualify(ledger, "bidder-1"), wait(12 * DAY), answer())),
    "an answer by an alternate": ("procurement.00.1", after(TENDERED, ask(), answer(by=signer("alternate-1", "committee")))),
    "an answer to no tender": ("procurement.00.1", answer()),
    "an answer to no question": ("procurement.00.2", after(TENDERED, answer())),
    "an answer again": ("procurement.00.2", after(TENDERED, ask(), answer(), answer())),
    "an answer too large": ("procurement.00.5", after(TENDERED, ask(), answer(document=HUGE))),
}  # fmt: skip

AMENDING: dict[str, tuple[str, Play]] = {
    "an amendment": (ACCEPTED, after(TENDERED, amend(tkdn_minimum_bp=1_000))),
    "an amendment by the officer and one": ("procurement.00.1", after(TENDERED, amend(OFFICER, MEMBER))),
    "an amendment by the committee alone": ("procurement.00.1", after(TENDERED, amend(*MAJORITY))),
    "an amendment by another house's officer": ("procurement.00.1", after(TENDERED, amend(OTHERS_OFFICER, *MAJORITY))),
    "an amendment of no tender": ("procurement.00.1", amend()),
    "an amendment in the last second": (ACCEPTED, after(TENDERED, wait(14 * DAY - 1), amend())),
    "an amendment too late": ("procurement.06.1", after(TENDERED, propose(), wait(14 * DAY), amend())),
    "an amendment of what was cancelled": ("procurement.00.2", after(TENDERED, cancel(), amend())),
    "an amendment's document too large": ("procurement.00.5", after(TENDERED, amend(document=HUGE))),
    "an amended document too large": (
        "procurement.00.5", after(TENDERED, amend(documents=[{"document": HUGE, "title": "a"}, {"document": MINUTES, "title": "b"}]))),
    "an amendment for an unknown reason": ("procurement.00.6", after(TENDERED, amend(reason="mood"))),
    "an amended term with an unknown code": ("procurement.00.6", after(TENDERED, amend(terms=TERMS | {"amounts": "guessed"}))),
    "an amendment that adds a lot": (
        "procurement.06.3", after(TENDERED, amend(lots=[lot(), lot("lot-2", 100 * MILLION)]))),
    "an amendment that drops a lot": ("procurement.06.3", after(TENDERED_TWO, amend(lots=TWO_LOTS[:1]))),
    "an amendment of what is left": (ACCEPTED, after(TENDERED_TWO, cancel("lot-2"), amend(lots=TWO_LOTS[:1]))),
    "an amendment to two files": ("procurement.06.3", after(TENDERED, amend(files="two"))),
    "an amendment that invites": ("procurement.06.3", after(TENDERED, amend(invited=["bidder-1"]))),
    "an amendment that asks to qualify": ("procurement.06.3", after(TENDERED, amend(**QUALIFIED | {"files": "one"}))),
    "an amended estimate above its ceiling": ("procurement.06.4", after(TENDERED, amend(lots=[lot(estimate=str(300 * MILLION + 1))]))),
    "amended ceilings at the plan": (ACCEPTED, after(TENDERED, amend(lots=[lot(amount=500 * MILLION)]))),
    "amended ceilings above the plan": ("procurement.06.4", after(TENDERED, amend(lots=[lot(amount=500 * MILLION + 1)]))),
    "an extension asks for no new estimate": (ACCEPTED, after(TENDERED, amend(**shifted(deadline=60, opening=60)))),
    "a new estimate too old at the new deadline": (
        "procurement.06.4", after(TENDERED, amend(**shifted(deadline=60, opening=60, estimate_date=0)))),
    "a new estimate of tomorrow": ("procurement.06.4", after(TENDERED, amend(**shifted(estimate_date=1)))),
    "an amended ceiling in another line": ("procurement.06.5", after(
        TENDERED, money("2026-roads"), amend(lots=[lot(ceiling=[{"amount": str(300 * MILLION), "line": "2026-roads"}])]))),
    "a higher ceiling that is not free": ("procurement.06.5", after(
        money(amount=500 * MILLION), announce(), announce(plan="other", family="4511", amount=200 * MILLION), publish(),
        publish(plan="other", process="ocds-213czf-other", lots=[lot(amount=200 * MILLION)]),
        amend(lots=[lot(amount=300 * MILLION + 1)], made=START + 60))),
    "from one lot to the other, all being reserved": (ACCEPTED, after(
        money(amount=300 * MILLION), announce(amount=300 * MILLION), publish(lots=TWO_LOTS),
        amend(lots=[lot("lot-1", 50 * MILLION), lot("lot-2", 250 * MILLION)]))),
    "an early plan's ceilings may rise beyond what is free": (ACCEPTED, after(
        announce(early=True), publish(), amend(lots=[lot(amount=400 * MILLION)]))),
    "an amended item in two lots": (
        "procurement.06.6", after(TENDERED_TWO, amend(lots=[TWO_LOTS[0], lot("lot-2", 100 * MILLION, items=[item("lot-1")])]))),
    "an amended item that a cancelled lot has": ("procurement.06.6", after(
        TENDERED_TWO, cancel("lot-2"), amend(lots=[lot("lot-1", 100 * MILLION, items=[item("lot-2")])]))),
    "an amendment that begins to score": (ACCEPTED, after(TENDERED, amend(**RATED))),
    "an amendment that weighs wrongly": ("procurement.06.7", after(TENDERED, amend(**RATED | {"technical_bp": 9_000}))),
    "amended milestones that are not the whole price": ("procurement.06.8", after(TENDERED, amend(lots=[
        lot(milestones=[{"days": 30, "id": "half", "share_bp": 9_999, "title": "Half"}])]))),
    "an amendment that seats another": ("procurement.06.9", after(TENDERED, amend(seats=seats(witness=person("certifier"))))),
    "an amendment that drops an alternate": ("procurement.06.9", after(TENDERED, amend(seats=seats(alternates=[])))),
    "other trustees": (ACCEPTED, after(TENDERED, amend(trustees=trustees(*TRUSTEES[:2], "trustees-1")))),
    "other trustees, too few": ("procurement.06.10", after(TENDERED, amend(trustees=trustees(*TRUSTEES[:2])))),
    "a later deadline": (ACCEPTED, after(TENDERED, amend(**shifted(deadline=20, opening=20)))),
    "an earlier deadline": ("procurement.06.11", after(TENDERED, amend(**shifted(deadline=13)))),
    "an earlier end of questions": ("procurement.06.11", after(TENDERED, amend(**shifted(question_end=5)))),
    "an earlier opening": ("procurement.06.11", after(TENDERED, amend(**shifted(opening=14)))),
    "shorter lives of proposals": ("procurement.06.11", after(TENDERED, amend(**shifted(valid_until=100)))),
    "an amended deadline after the opening": ("procurement.06.11", after(TENDERED, amend(**shifted(deadline=20)))),
    "more time for questions": (ACCEPTED, after(TENDERED, amend(**shifted(question_end=14)))),
    "questions beyond the amended deadline": ("procurement.06.11", after(TENDERED, amend(**shifted(question_end=15)))),
    "no more time for questions, as of yesterday": (
        "procurement.06.11", after(TENDERED, wait(3 * DAY), amend(**shifted(question_end=2)))),
    "an earlier end of qualification": (
        "procurement.06.11", after(PLANNED, publish(**QUALIFIED), amend(**QUALIFIED | shifted(qualification_deadline=11)))),
    "a later end of qualification": (
        ACCEPTED, after(PLANNED, publish(**QUALIFIED), amend(**QUALIFIED | shifted(qualification_deadline=13)))),
    "an amended small lot that is not reserved": ("procurement.06.12", after(TENDERED, amend(lots=[lot(reserved=False)]))),
}  # fmt: skip

CANCELLING: dict[str, tuple[str, Play]] = {
    "a tender is cancelled": (ACCEPTED, after(TENDERED, cancel())),
    "one of two lots is cancelled": (ACCEPTED, after(TENDERED_TWO, cancel("lot-2"))),
    "a cancellation by another house's authority": (
        "procurement.00.1", after(TENDERED, cancel(by=("agency-2/authority", "procurement.authority")))),
    "a cancellation of no tender": ("procurement.00.1", cancel()),
    "a cancellation of no lot of it": ("procurement.00.2", after(TENDERED, cancel("lot-9"))),
    "a cancellation again": ("procurement.00.2", after(TENDERED, cancel(), cancel())),
    "a cancellation of what failed": ("procurement.00.2", after(FAILED, cancel())),
    "a cancellation's document too large": ("procurement.00.5", after(TENDERED, cancel(document=HUGE))),
    "a cancellation for an unknown reason": ("procurement.00.6", after(TENDERED, cancel(reason="mood"))),
    "a cancellation before the award is final": (ACCEPTED, after(TENDERED, awarded(), cancel())),
    "a cancellation after": ("procurement.07.1", after(TENDERED, awarded(active=True), cancel())),
}  # fmt: skip

# Of 02, what a tender decides.
CHANGING_PLANS: dict[str, tuple[str, Play]] = {
    "a plan line is changed while its tender is open": ("procurement.02.1", after(TENDERED, change())),
    "a plan line is withdrawn while its tender is open": ("procurement.02.1", after(TENDERED, withdraw())),
    "a plan line is changed after its tender was cancelled": (ACCEPTED, after(TENDERED, cancel(), change())),
    "a plan line is changed after its tender failed": (ACCEPTED, after(FAILED, change())),
    "a plan line is changed while a lot of an earlier process is alive": ("procurement.02.1", after(
        TENDERED, publish(process=SECOND, lots=[lot("lot-2", 100 * MILLION)]), cancel("lot-2", process=SECOND), change())),
}  # fmt: skip

ROWS: dict[str, tuple[str, Play]] = PUBLISHING | MARKETS | QUESTIONS | AMENDING | CANCELLING | CHANGING_PLANS
assert len(ROWS) == sum(map(len, (PUBLISHING, MARKETS, QUESTIONS, AMENDING, CANCELLING, CHANGING_PLANS)))


def qualify(ledger: Ledger, bidder: str, process: str = PROCESS, plaintext: bytes = b'{"files":[]}') -> str:
    """A bidder asks to qualify."""
    return submit(ledger, bidder, "qualification", plaintext, process=process)[0]


def submit(ledger: Ledger, bidder: str, slot: str, plaintext: bytes, *, process: str = PROCESS, number: int = 1,
           names: tuple[str, ...] = TRUSTEES) -> tuple[str, str]:  # fmt: skip
    """What is answered to a sealed slot, and its envelope's id."""
    arguments, envelope = seal_slot(ledger, bidder, slot, plaintext, process=process, number=number, names=names)
    return ledger.do("procurement.submit_sealed", arguments, (f"{bidder}/bidder", "procurement.bidder")), envelope


def seal_slot(ledger: Ledger, bidder: str, slot: str, plaintext: bytes, *, process: str = PROCESS, number: int = 1,
              names: tuple[str, ...] = TRUSTEES) -> tuple[dict[str, Any], str]:  # fmt: skip
    """Arguments of 08 for a slot, and the envelope's id."""
    round_ = round_of(ledger, number=number, trustees=names)._replace(process=process)
    sealed, envelope = seal(round_, plaintext, LOT, slot, bidder)
    arguments = {
        "files": [], "lot": LOT, "members": [], "process": process, "round": compute_round(*round_).hex(),
        "sealed": base64.b64encode(sealed).decode(), "slot": slot,
    }  # fmt: skip
    return arguments, envelope
