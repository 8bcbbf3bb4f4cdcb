"""Rows of amendments, notices, ends and acceptance: who may sign, what is refused, one example of each message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import to_builtins

from prasasti.contracts.procurement.change.ending import compute_held, compute_release
from prasasti.contracts.procurement.delivery.taxes import compute_taxes, sum_taxes
from tests.contracts.delivering import CONTRACT, CONTRACTOR, INSPECTOR, PRICE, SUPPLIER, Delivery, present
from tests.contracts.plays import Play
from tests.contracts.selection import AUTHORITY, DAY, LOT, MILLION, MINUTES, OFFICER, signer
from tests.core.ledger import ACCEPTED, START, Ledger, Signer

SCAN = MINUTES | {"media_type": "application/zip"}
HALF = PRICE // 2
# 10 % of the first price (Indonesia).
CAP = PRICE // 10
PARTIES = (OFFICER, CONTRACTOR)
OTHER_OFFICER = signer("officer-2", "officer")
OTHER_CONTRACTOR: Signer = ("bidder-1/director", "procurement.contractor")
Act = Callable[[Delivery], str]
Stage = Callable[[Ledger], Delivery]
ITEM = f"{LOT}-bench"


def on(stage: Stage, *acts: Act) -> Play:
    """Acts on a contract, all but the last accepted."""

    def play(ledger: Ledger) -> str:
        delivery = stage(ledger)
        for act in acts[:-1]:
            assert act(delivery) == ACCEPTED
        return acts[-1](delivery)

    return play


def begun(price: int = PRICE, **changes: Any) -> Stage:
    return lambda ledger: Delivery.begin(ledger, price, **changes)


STANDING = begun()


def waiting(days: int) -> Act:
    def act(delivery: Delivery) -> str:
        delivery.wait_until(delivery.ledger.time + days * DAY)
        return ACCEPTED

    return act


def delivering(milestone: str = "half", outcome: str = "accept", **changes: Any) -> Act:
    """From the evidence to the certificate."""

    def act(delivery: Delivery) -> str:
        delivery.deliver(milestone, outcome, **changes)
        return ACCEPTED

    return act


def accepting(milestone: str = "half", outcome: str = "accept", **changes: Any) -> Act:
    """Evidence that an inspector accepts; nobody certifies it."""

    def act(delivery: Delivery) -> str:
        delivery.accept(milestone, outcome, **changes)
        return ACCEPTED

    return act


def restate(delivery: Delivery, change: int = 0, days: int = 0) -> list[dict[str, Any]]:
    """The milestones as they are, the last one changed by an amount and by days."""
    moved_seconds = delivery.progress.suspended_seconds
    stated: list[dict[str, Any]] = [
        {"amount": each.amount, "due": each.due + moved_seconds, "id": each.id, "title": each.title}
        for each in delivery.agreement_terms.milestones
    ]
    stated[-1] |= {"amount": str(int(stated[-1]["amount"]) + change), "due": stated[-1]["due"] + days * DAY}
    return stated


def amending(
    change: int = 0, days: int = 0, amendment: str = "amendment-1", by: tuple[Signer, ...] = PARTIES,
    milestones: Callable[[Delivery], list[dict[str, Any]]] | None = None, **changes: Any,
) -> Act:  # fmt: skip
    """An amendment; what it changes of the price, it changes of the last milestone and of this year's line."""

    def act(delivery: Delivery) -> str:
        arguments = {
            "amendment": amendment, "change": str(change), "contract": CONTRACT, "document": MINUTES,
            "milestones": milestones(delivery) if milestones is not None else restate(delivery, change, days), "reason": "scope",
            "years": [{"change": str(change), "line": "2026-parks"}] if change else [],
        } | changes  # fmt: skip
        return delivery.do("procurement.amend_contract", present(arguments), *by)

    return act


def excepted(change: int, **changes: Any) -> Act:
    """An amendment beyond the cap, which the authority allows."""
    return amending(change, **({"by": (*PARTIES, AUTHORITY), "exception": "price_adjustment"} | changes))


def amounts(*stated: tuple[str, int]) -> Callable[[Delivery], list[dict[str, Any]]]:
    """Milestones by name and amount, the first ones' dates and titles being those that they had."""

    def restated(delivery: Delivery) -> list[dict[str, Any]]:
        known = {each["id"]: each for each in restate(delivery)}
        last = restate(delivery)[-1]
        return [known.get(name, last) | {"amount": str(amount), "id": name} for name, amount in stated]

    return restated


def bill(*lines: tuple[str, int, int]) -> list[dict[str, Any]]:
    """Benches by milestone, number and unit price."""
    return [
        {"item": ITEM, "milestone": milestone, "quantity": str(benches * 1_000), "unit_price": str(unit_price)}
        for milestone, benches, unit_price in lines
    ]


def notifying(act: str = "notice", by: Signer = OFFICER, days: int | None = None, **changes: Any) -> Act:
    """What the officer tells the contractor; a notice and a chance last ten days where nothing else is said."""
    grounds = {"chance": "late", "notice": "delay", "resume": "settled", "suspend": "weather"}

    def send(delivery: Delivery) -> str:
        last = 10 if days is None and act in ("chance", "notice") else days
        until = {"until": delivery.ledger.time + last * DAY} if last is not None else {}
        arguments = {"act": act, "contract": CONTRACT, "document": MINUTES, "ground": grounds[act]} | until | changes
        return delivery.do("procurement.notify_contractor", arguments, by)

    return send


def guaranteeing(amount: int = PRICE, days: int = 300, **changes: Any) -> Act:
    """Another guarantee, which is the one that counts from then on."""

    def act(delivery: Delivery) -> str:
        named: dict[str, Any] = {"guarantee": "guarantee-x", "until": delivery.ledger.time + days * DAY} | changes
        return delivery.guarantee(amount, **named)

    return act


def ending(ground: str = "default", by: Signer = OFFICER, **changes: Any) -> Act:
    arguments = {"contract": CONTRACT, "document": MINUTES, "ground": ground} | changes
    return lambda delivery: delivery.do("procurement.terminate", arguments, by)


def ending_at_will(by: Signer = AUTHORITY, **changes: Any) -> Act:
    return ending("convenience", by, **changes)


def released(delivery: Delivery, held: int | None = None) -> list[dict[str, Any]] | None:
    """The taxes of what is given back of the retention: all that is left of it, where nothing else is said."""
    view, agreement, progress = delivery.ledger.application.state.view, delivery.agreement, delivery.progress
    held = compute_held(progress) if held is None else held
    lines = compute_taxes(view, agreement, compute_release(view, agreement, progress, held, 0).tax_base_minor)
    return [present(to_builtins(line)) for line in lines] if held and sum_taxes(lines) else None


def handing_over(act: str = "hand_over", by: tuple[Signer, ...] = (OFFICER, INSPECTOR), taxes: Any = None, **changes: Any) -> Act:
    """``taxes`` are those that are due, or what is made of them."""

    def send(delivery: Delivery) -> str:
        due = released(delivery) if act == "accept" else None
        lines = due if taxes is None else taxes(due)
        arguments = {"act": act, "contract": CONTRACT, "document": MINUTES, "taxes": lines} | changes
        return delivery.do("procurement.hand_over", present(arguments), *by)

    return send


def debarring(delivery: Delivery) -> str:
    """The contractor is debarred."""
    told = {"contract": CONTRACT, "document": MINUTES, "ground": "corruption", "organisation": SUPPLIER, "violation": "violation-1"}
    assert delivery.do("procurement.notify_violation", told, OFFICER) == ACCEPTED
    reply = {"document": MINUTES, "violation": "violation-1"}
    assert delivery.do("procurement.reply_violation", reply, (f"{SUPPLIER}/bidder", "procurement.bidder")) == ACCEPTED
    decided = {
        "act": "debar", "debarment": "debarment-1", "document": MINUTES, "ground": "corruption", "organisation": SUPPLIER,
        "until": delivery.ledger.time + 100 * DAY, "violation": "violation-1",
    }  # fmt: skip
    return delivery.do("procurement.debar", decided, AUTHORITY)


def cutting(amount: int) -> Act:
    """The legislature takes money back."""
    arguments = {"amount": str(amount), "document": MINUTES, "line": "2026-parks", "reason": "revision"}
    return lambda delivery: delivery.do("treasury.change_budget", arguments, ("treasury-1/budget", "treasury.budget"))


def delivered(**changes: Any) -> Stage:
    """All is delivered and certified."""

    def stage(ledger: Ledger) -> Delivery:
        delivery = Delivery.begin(ledger, **changes)
        delivery.deliver("half")
        delivery.deliver("rest")
        return delivery

    return stage


def handed_over(**changes: Any) -> Stage:
    """All is handed over."""

    def stage(ledger: Ledger) -> Delivery:
        delivery = delivered(**changes)(ledger)
        assert handing_over()(delivery) == ACCEPTED
        return delivery

    return stage


def overdue(ledger: Ledger) -> Delivery:
    """The first milestone is late by a day."""
    delivery = Delivery.begin(ledger)
    delivery.wait_until(delivery.ledger.time + 31 * DAY)
    return delivery


GUARANTEED: dict[str, Any] = {"terms": {"retention": "guarantee"}}
MEASURED: dict[str, Any] = {"terms": {"amounts": "measured"}}
UNIT = PRICE // 40
TO_NEXT_YEAR = [{"change": str(-MILLION), "line": "2026-parks"}, {"change": str(MILLION), "line": "2027-parks"}]
CHANGE_ROLES = {"procurement.authority", "procurement.contractor", "procurement.officer"}

ALLOWED: dict[tuple[str, int], set[str]] = {
    ("procurement.amend_contract", 0): CHANGE_ROLES,
    ("procurement.amend_contract", 1): CHANGE_ROLES,
    ("procurement.notify_contractor", 0): {"procurement.officer"},
    ("procurement.terminate", 0): {"procurement.authority", "procurement.officer"},
    ("procurement.hand_over", 0): {"procurement.inspector", "procurement.officer"},
    ("procurement.hand_over", 1): {"procurement.inspector", "procurement.officer"},
}

ROWS: dict[str, tuple[str, Play]] = {
    # procurement.31
    "an amendment of dates alone": (ACCEPTED, on(STANDING, amending(days=10))),
    "an amendment that raises the price": (ACCEPTED, on(STANDING, amending(10 * MILLION))),
    "an amendment that lowers the price": (ACCEPTED, on(STANDING, amending(-10 * MILLION))),
    "an amendment without the contractor": ("procurement.00.1", on(STANDING, amending(by=(OFFICER, OTHER_CONTRACTOR)))),
    "an amendment by another officer": ("procurement.00.1", on(STANDING, amending(by=(OTHER_OFFICER, CONTRACTOR)))),
    "an amendment that somebody else signs too": ("procurement.00.1", on(STANDING, amending(by=(*PARTIES, OTHER_CONTRACTOR)))),
    "an exception that no authority signs": ("procurement.00.1", on(STANDING, excepted(10 * MILLION, by=PARTIES))),
    "an exception that another buyer's authority signs": (
        "procurement.00.1", on(STANDING, excepted(10 * MILLION, by=(*PARTIES, ("agency-2/authority", "procurement.authority"))))),
    "an amendment that the authority signs without an exception": (
        "procurement.00.1", on(STANDING, amending(by=(*PARTIES, AUTHORITY)))),
    "an amendment of no contract": ("procurement.00.1", on(STANDING, amending(contract="contract-2"))),
    "an amendment twice": ("procurement.00.2", on(STANDING, amending(), amending())),
    "a second amendment": (ACCEPTED, on(STANDING, amending(), amending(amendment="amendment-2"))),
    "an amendment of what was handed over": ("procurement.00.2", on(handed_over(), amending())),
    "an amendment of what was ended": ("procurement.00.2", on(STANDING, ending_at_will(), amending())),
    "an amendment while the contract is suspended": ("procurement.00.3", on(STANDING, notifying("suspend"), amending())),
    "an amendment when the contract goes on": (ACCEPTED, on(STANDING, notifying("suspend"), notifying("resume"), amending())),
    "an amendment in a format that nobody reads": ("procurement.00.5", on(STANDING, amending(document=SCAN))),
    "an amendment for no reason": ("procurement.00.6", on(STANDING, amending(reason="whim"))),
    "an exception of no kind": ("procurement.00.6", on(STANDING, excepted(10 * MILLION, exception="whim"))),
    "an amendment up to the cap": (ACCEPTED, on(STANDING, amending(CAP))),
    "an amendment beyond the cap": ("procurement.31.2", on(STANDING, amending(CAP + 100))),
    "a second amendment beyond the cap": (
        "procurement.31.2", on(STANDING, amending(CAP), amending(100, amendment="amendment-2"))),
    "a rise after a fall": (
        ACCEPTED, on(STANDING, amending(CAP), amending(-MILLION, amendment="amendment-2"), amending(MILLION, amendment="amendment-3"))),
    "an exception beyond the cap": (ACCEPTED, on(STANDING, excepted(CAP + 100))),
    "an exception counts for nothing": (ACCEPTED, on(STANDING, excepted(CAP), amending(CAP, amendment="amendment-2"))),
    "years that are not the change": (
        "procurement.31.3", on(STANDING, amending(10 * MILLION, years=[{"change": str(9 * MILLION), "line": "2026-parks"}]))),
    "a budget that bears the change": (ACCEPTED, on(STANDING, cutting(PRICE + 10 * MILLION), amending(10 * MILLION))),
    "a budget that is short of the change": (
        "procurement.31.3", on(STANDING, cutting(PRICE + 10 * MILLION - 1), amending(10 * MILLION))),
    "a change on no line": (
        "procurement.31.3", on(STANDING, amending(10 * MILLION, years=[{"change": str(10 * MILLION), "line": "2030-parks"}]))),
    "a change between two years": (
        ACCEPTED, on(begun(later=HALF), amending(years=TO_NEXT_YEAR))),
    "a rise above what needs no guarantee": (
        "procurement.31.4", on(begun(200 * MILLION, guaranteed=False), amending(10 * MILLION))),
    "a rise that was guaranteed before": (
        ACCEPTED, on(begun(200 * MILLION, guaranteed=False), guaranteeing(15 * MILLION), amending(10 * MILLION))),
    "a rise that was guaranteed a little short": (
        "procurement.31.4", on(begun(200 * MILLION, guaranteed=False), guaranteeing(15 * MILLION - 1), amending(10 * MILLION))),
    "a last date as late as the guarantee allows": (ACCEPTED, on(STANDING, amending(days=16))),
    "a last date beyond the guarantee": ("procurement.31.4", on(STANDING, amending(days=17))),
    "a last date beyond the guarantee, which was extended": (
        ACCEPTED, on(STANDING, guaranteeing(), amending(days=17))),
    "a fall with a guarantee that was called": (
        ACCEPTED,
        on(STANDING, guaranteeing(), lambda world: world.do(
            "procurement.call_guarantee", {"amount": "100", "document": MINUTES, "ground": "default", "guarantee": "guarantee-x"}, OFFICER),
           amending(-10 * MILLION))),
    "milestones that are not the price": (
        "procurement.31.5", on(STANDING, amending(milestones=amounts(("half", HALF), ("rest", HALF + 100))))),
    "a milestone less and one more": (ACCEPTED, on(STANDING, amending(milestones=amounts(("half", HALF), ("third", HALF))))),
    "a price that cannot be paid": ("procurement.31.5", on(STANDING, amending(50))),
    "milestones that cannot be paid": (
        "procurement.31.5", on(STANDING, amending(milestones=amounts(("half", HALF + 50), ("rest", HALF - 50))))),
    "a price of nothing": (
        "procurement.31.5", on(STANDING, amending(-PRICE, milestones=amounts(("half", 0), ("rest", 0))))),
    "a milestone of what was accepted": (
        ACCEPTED,
        on(STANDING, accepting("half", "part", accepted="100"), amending(milestones=amounts(("half", 100), ("rest", PRICE - 100))))),
    "a milestone below what was accepted": (
        "procurement.31.5",
        on(STANDING, accepting("half", "part", accepted="200"), amending(milestones=amounts(("half", 100), ("rest", PRICE - 100))))),
    "a milestone that was begun is gone": (
        "procurement.31.5", on(STANDING, lambda world: world.evidence(), amending(milestones=amounts(("rest", PRICE))))),
    "a milestone that was not begun is gone": (ACCEPTED, on(STANDING, amending(milestones=amounts(("rest", PRICE))))),
    "a price of what was accepted and is out in advance": (
        ACCEPTED,
        on(begun(terms={"advance_bp": 2_000}), lambda world: world.advance(56 * MILLION), accepting(),
           amending(-84 * MILLION, milestones=amounts(("half", HALF), ("rest", 56 * MILLION))))),
    "a price below what was accepted and is out in advance": (
        "procurement.31.5",
        on(begun(terms={"advance_bp": 2_000}), lambda world: world.advance(56 * MILLION), accepting(),
           amending(-84 * MILLION - 100, milestones=amounts(("half", HALF), ("rest", 56 * MILLION - 100))))),
    "a measured contract at another price without a bill": ("procurement.31.5", on(begun(**MEASURED), amending(UNIT))),
    "a bench more": (ACCEPTED, on(begun(**MEASURED), amending(UNIT, items=bill(("half", 20, UNIT), ("rest", 21, UNIT))))),
    "a bench more that is not in the price": (
        "procurement.31.5", on(begun(**MEASURED), amending(items=bill(("half", 20, UNIT), ("rest", 21, UNIT))))),
    "dearer benches": (ACCEPTED, on(begun(**MEASURED), amending(40 * 100, items=bill(("half", 20, UNIT + 100), ("rest", 20, UNIT + 100))))),
    "dearer benches when one was accepted": (
        "procurement.31.5",
        on(begun(**MEASURED), accepting("half", "part", quantities=[{"item": ITEM, "quantity": "1000"}]),
           amending(40 * 100, items=bill(("half", 20, UNIT + 100), ("rest", 20, UNIT + 100))))),
    "fewer benches than were accepted": (
        "procurement.31.5",
        on(begun(**MEASURED), accepting("half", "part", quantities=[{"item": ITEM, "quantity": "19000"}]),
           amending(items=bill(("half", 18, UNIT), ("rest", 22, UNIT))))),
    "as few benches as were accepted": (
        ACCEPTED,
        on(begun(**MEASURED), accepting("half", "part", quantities=[{"item": ITEM, "quantity": "19000"}]),
           amending(items=bill(("half", 19, UNIT), ("rest", 21, UNIT))))),
    "a rise for who is debarred": ("procurement.31.6", on(STANDING, debarring, amending(100))),
    "another date for who is debarred": (ACCEPTED, on(STANDING, debarring, amending(days=10))),
    # procurement.38
    "a notice": (ACCEPTED, on(STANDING, notifying())),
    "a notice after hand-over": (ACCEPTED, on(handed_over(), notifying())),
    "a suspension": (ACCEPTED, on(STANDING, notifying("suspend"))),
    "a suspension that is to end": (ACCEPTED, on(STANDING, notifying("suspend", days=20))),
    "a contract goes on": (ACCEPTED, on(STANDING, notifying("suspend"), waiting(5), notifying("resume"))),
    "a chance to finish": (ACCEPTED, on(overdue, notifying("chance"))),
    "a notice by another officer": ("procurement.00.1", on(STANDING, notifying(by=OTHER_OFFICER))),
    "a notice of no contract": ("procurement.00.1", on(STANDING, notifying(contract="contract-2"))),
    "a suspension twice": ("procurement.00.2", on(STANDING, notifying("suspend"), notifying("suspend"))),
    "a contract goes on that did": ("procurement.00.2", on(STANDING, notifying("resume"))),
    "a chance while the contract is suspended": ("procurement.00.2", on(overdue, notifying("suspend"), notifying("chance"))),
    "a suspension after hand-over": ("procurement.00.2", on(handed_over(), notifying("suspend"))),
    "a notice after the end": ("procurement.00.2", on(STANDING, ending_at_will(), notifying())),
    "a notice until now": ("procurement.00.4", on(STANDING, notifying(days=0))),
    "a notice in a format that nobody reads": ("procurement.00.5", on(STANDING, notifying(document=SCAN))),
    "a notice for no ground": ("procurement.00.6", on(STANDING, notifying(ground="whim"))),
    "a notice for another act's ground": ("procurement.00.6", on(STANDING, notifying(ground="weather"))),
    "a chance before anything is due": ("procurement.38.1", on(STANDING, notifying("chance"))),
    "a chance while the evidence awaits inspection": (
        "procurement.38.1", on(overdue, lambda world: world.evidence(), notifying("chance"))),
    "a chance that the suspension gave already": (
        "procurement.38.1", on(STANDING, notifying("suspend"), waiting(5), notifying("resume"), waiting(30), notifying("chance"))),
    "a chance as long as the guarantee lasts": (ACCEPTED, on(overdue, notifying("chance", days=44))),
    "a chance beyond the guarantee": ("procurement.38.2", on(overdue, notifying("chance", days=46))),
    "a chance beyond the guarantee, which was extended": (ACCEPTED, on(overdue, guaranteeing(), notifying("chance", days=46))),
    # procurement.39
    "a contract ends by default": (ACCEPTED, on(STANDING, notifying(), waiting(10), ending())),
    "a contract ends for convenience": (ACCEPTED, on(STANDING, ending_at_will())),
    "a suspended contract ends": (ACCEPTED, on(STANDING, notifying("suspend"), ending_at_will())),
    "ended by another officer": ("procurement.00.1", on(STANDING, notifying(), waiting(10), ending(by=OTHER_OFFICER))),
    "ended by another buyer": (
        "procurement.00.1", on(STANDING, ending_at_will(by=("agency-2/authority", "procurement.authority")))),
    "the end of no contract": ("procurement.00.1", on(STANDING, ending_at_will(contract="contract-2"))),
    "ended without a notice": ("procurement.39.2", on(STANDING, ending())),
    "ended while the notice runs": ("procurement.39.2", on(STANDING, notifying(), waiting(9), ending())),
    "ended while a chance runs": (
        "procurement.39.2", on(overdue, notifying(), notifying("chance", days=20), waiting(19), ending())),
    "ended when the chance is over": (ACCEPTED, on(overdue, notifying(), notifying("chance", days=20), waiting(20), ending())),
    "a chance alone is no notice": ("procurement.39.2", on(overdue, notifying("chance"), waiting(10), ending())),
    "ended twice": ("procurement.00.2", on(STANDING, ending_at_will(), ending_at_will())),
    "ended after hand-over": ("procurement.00.2", on(handed_over(), ending_at_will())),
    "an end in a format that nobody reads": ("procurement.00.5", on(STANDING, ending_at_will(document=SCAN))),
    "an end for no ground": ("procurement.00.6", on(STANDING, ending("whim", AUTHORITY))),
    "the officer's convenience": ("procurement.39.1", on(STANDING, notifying(), waiting(10), ending("convenience"))),
    "a default by the authority": ("procurement.39.1", on(STANDING, ending("default", AUTHORITY))),
    "an end whose retention this year's money bears": (
        ACCEPTED, on(begun(later=HALF), delivering(), ending_at_will())),
    "an end whose retention is next year's money": (
        "procurement.39.3", on(begun(later=PRICE - HALF * 95 // 100), delivering(), ending_at_will())),
    "an end whose retention waits for a certificate": (
        ACCEPTED, on(begun(later=PRICE - HALF * 95 // 100), delivering(), accepting("rest"), ending_at_will())),
    # procurement.40
    "a contract is handed over": (ACCEPTED, on(delivered(), handing_over())),
    "a defect": (ACCEPTED, on(handed_over(), handing_over("defect"))),
    "a contract is accepted for good": (ACCEPTED, on(handed_over(), waiting(180), handing_over("accept"))),
    "handed over without the inspector": (
        "procurement.00.1", on(delivered(), handing_over(by=(OFFICER, signer("inspector-2", "inspector"))))),
    "handed over without the officer": (
        "procurement.00.1", on(delivered(), handing_over(by=(OTHER_OFFICER, INSPECTOR)))),
    "handed over of no contract": ("procurement.00.1", on(delivered(), handing_over(contract="contract-2"))),
    "accepted a day too early": ("procurement.40.2", on(handed_over(), waiting(179), handing_over("accept"))),
    "handed over twice": ("procurement.00.2", on(handed_over(), handing_over())),
    "accepted before hand-over": ("procurement.00.2", on(delivered(), handing_over("accept"))),
    "a defect before hand-over": ("procurement.00.2", on(delivered(), handing_over("defect"))),
    "accepted twice": ("procurement.00.2", on(handed_over(), waiting(180), handing_over("accept"), handing_over("accept"))),
    "handed over while suspended": ("procurement.00.3", on(delivered(), notifying("suspend"), handing_over())),
    "handed over in a format that nobody reads": ("procurement.00.5", on(delivered(), handing_over(document=SCAN))),
    "handed over before all is delivered": ("procurement.40.1", on(STANDING, delivering(), handing_over())),
    "handed over before all is certified": ("procurement.40.1", on(STANDING, delivering(), accepting("rest"), handing_over())),
    "handed over without the guarantee for the retention": ("procurement.40.3", on(delivered(**GUARANTEED), handing_over())),
    "handed over with the guarantee for the retention": (
        ACCEPTED, on(delivered(**GUARANTEED), guaranteeing(obligation="retention", days=254), handing_over())),
    "handed over with a guarantee that ends before defects do": (
        "procurement.40.3",
        on(begun(**GUARANTEED), guaranteeing(obligation="retention", days=254), waiting(75), delivering(), delivering("rest"),
           handing_over())),
    "taxes where nothing is given back": (
        "procurement.40.4", on(delivered(), handing_over(taxes=lambda _: [{"amount": "0", "base": "0", "code": "ppn", "rate_bp": 1_100}]))),
    "accepted without the taxes": ("procurement.40.4", on(handed_over(), waiting(180), handing_over("accept", taxes=lambda _: []))),
    "accepted with one tax too few": (
        "procurement.40.4", on(handed_over(), waiting(180), handing_over("accept", taxes=lambda lines: lines[:1]))),
    "accepted with a tax on too little": (
        "procurement.40.4",
        on(handed_over(), waiting(180),
           handing_over("accept", taxes=lambda lines: [lines[0] | {"base": str(int(lines[0]["base"]) - 100)}, *lines[1:]]))),
    "accepted with next year's money": (
        "procurement.40.5", on(handed_over(later=PRICE // 20, terms={"defects_days": 0}), handing_over("accept"))),
    "accepted with next year's money when that has begun": (
        ACCEPTED, on(handed_over(later=PRICE // 20, terms={"defects_days": 0}), waiting(345), handing_over("accept"))),
}  # fmt: skip

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.amend_contract": (
        {
            "amendment": "amendment-1", "change": "0", "contract": CONTRACT, "document": MINUTES,
            "milestones": [{"amount": "100", "due": START, "id": "all", "title": "All of it"}], "reason": "scope",
            "years": [{"change": "0", "line": "2026-parks"}],
        },
        PARTIES,
    ),
    "procurement.notify_contractor": (
        {"act": "notice", "contract": CONTRACT, "document": MINUTES, "ground": "delay", "until": START}, (OFFICER,)),
    "procurement.terminate": ({"contract": CONTRACT, "document": MINUTES, "ground": "default"}, (OFFICER,)),
    # The inspector is of another organisation, so that each place has keys of its own.
    "procurement.hand_over": (
        {"act": "hand_over", "contract": CONTRACT, "document": MINUTES}, (OFFICER, ("agency-2/inspector", "procurement.inspector"))),
}  # fmt: skip
