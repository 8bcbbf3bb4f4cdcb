"""Rows of contracts and guarantees: who may sign, what is refused, one example of each message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prasasti.contracts.procurement.agreement.records import AgreementRecord, GuaranteeRecord
from prasasti.contracts.procurement.award.records import AwardRecord
from tests.contracts.plays import Play
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
    Selection,
    budget,
    person,
    plan,
    signer,
)
from tests.core.ledger import ACCEPTED, START, Ledger, Signer

PRICE = 280 * MILLION
SCAN = MINUTES | {"media_type": "application/zip"}
HASHES = {"certificate": "b1" * 32, "report": "b2" * 32, "revision": "b3" * 32}
CONTRACTOR: Signer = ("bidder-2/director", "procurement.contractor")
COMMUNITY_DIRECTOR: Signer = ("community-1/director", "procurement.contractor")
GUARANTOR: Signer = ("bank-1/guarantor", "procurement.guarantor")
SECOND_OFFICER = signer("officer-2", "officer")
ITEM = f"{LOT}-bench"
Act = Callable[[Selection], str]


def award(ledger: Ledger, price: int = PRICE, declared: bool = True, kind: str = "goods", **changes: Any) -> Selection:
    """One bidder, awarded; the standstill runs. ``changes`` are of the request."""
    selection = Selection(ledger)
    action, arguments, signers = budget()
    assert selection.do(action, arguments, *signers) == ACCEPTED
    assert selection.do("procurement.announce_plan", plan(kind=kind), OFFICER, AUTHORITY) == ACCEPTED
    assert selection.publish(**changes) == ACCEPTED
    assert selection.propose("bidder-2", price) == ACCEPTED
    selection.open()
    for name in COMMITTEE:
        assert selection.declare(name, "committee") == ACCEPTED
    if declared:
        assert selection.declare("officer", "officer") == selection.declare("inspector", "inspector") == ACCEPTED
    assert selection.require_of(("bidder-2", True)) == ACCEPTED
    for name in COMMITTEE:
        assert selection.vote(name) == ACCEPTED
    assert selection.award("bidder-2", price) == ACCEPTED
    return selection


def activate(ledger: Ledger, price: int = PRICE, declared: bool = True, **changes: Any) -> Selection:
    """As ``award``, and the award is active."""
    selection = award(ledger, price, declared, **changes)
    selection.wait_until(ledger.time + 10 * DAY)
    assert selection.activate() == ACCEPTED
    return selection


def draft(ledger: Ledger, price: int = PRICE, guaranteed: bool = True, **changes: Any) -> Selection:
    """As ``activate``, and the contract is drafted."""
    selection = activate(ledger, price)
    assert selection.draft(price, guaranteed=guaranteed, **changes) == ACCEPTED
    return selection


def sign(ledger: Ledger, **changes: Any) -> Selection:
    """As ``draft``, and signed by both."""
    selection = draft(ledger, **changes)
    assert selection.sign("officer", "officer") == selection.sign("bidder-2/director", "contractor") == ACCEPTED
    return selection


def measured(**changes: Any) -> dict[str, Any]:
    """A request of a measured contract."""
    return {"terms": TERMS | {"amounts": "measured"}} | changes


def milestones(ledger: Ledger, *amounts: int, days: tuple[int, ...] = (30, 60), quantity: str = "20000") -> list[dict[str, Any]]:
    items = [{"item": ITEM, "quantity": quantity}] if quantity else []
    return [
        {"amount": str(amount), "due": ledger.time + each * DAY, "id": name, "items": items, "title": name}
        for amount, each, name in zip(amounts, days, ("half", "rest"), strict=False)
    ]


def drafting(act: Callable[[Selection], dict[str, Any]] = lambda _: {}, drafted: int = PRICE, **request: Any) -> Play:
    """A draft of an active award for so much; ``act`` says what is another than usual."""

    def play(ledger: Ledger) -> str:
        selection = activate(ledger, **request)
        return selection.draft(drafted, **act(selection))

    return play


def latest(selection: Selection, seconds: int) -> list[dict[str, Any]]:
    """Milestones as late as the term to sign allows, and seconds later."""
    award = selection.ledger.application.state.view.get(f"procurement/award/{PROCESS}:{LOT}/award-1", AwardRecord)
    assert award is not None
    dues = [{"due": award.signing_ends + days * DAY + seconds} for days in (30, 60)]
    return [each | due for each, due in zip(milestones(selection.ledger, PRICE // 2, PRICE // 2, quantity=""), dues, strict=True)]


def on(stage: Callable[[Ledger], Selection], *acts: Act) -> Play:
    """Acts on a stage of the selection, all but the last accepted."""

    def play(ledger: Ledger) -> str:
        selection = stage(ledger)
        for act in acts[:-1]:
            assert act(selection) == ACCEPTED
        return acts[-1](selection)

    return play


def drafted(selection: Selection, by: Signer = OFFICER, **changes: Any) -> str:
    """A draft by somebody else."""
    now = selection.ledger.time
    arguments = {
        "award": "award-1", "bill": [], "contract": "contract-1", "document": MINUTES, "lot": LOT,
        "milestones": milestones(selection.ledger, PRICE // 2, PRICE // 2, quantity=""), "price": str(PRICE), "process": PROCESS,
        "terms": TERMS, "years": [{"amount": str(PRICE), "line": "2026-parks"}],
    } | changes  # fmt: skip
    assert now == selection.ledger.time
    return selection.do("procurement.draft_contract", {name: each for name, each in arguments.items() if each is not None}, by)


def cut(amount: int) -> Act:
    """The legislature takes money back, or restores it."""
    arguments = {"amount": str(amount), "document": MINUTES, "line": "2026-parks", "reason": "revision"}
    return lambda selection: selection.do("treasury.change_budget", arguments, ("treasury-1/budget", "treasury.budget"))


def by_officer(selection: Selection) -> str:
    return selection.sign("officer", "officer")


def by_contractor(selection: Selection) -> str:
    return selection.sign("bidder-2/director", "contractor")


def signing(name: str, role: str, **changes: Any) -> Act:
    return lambda selection: selection.sign(name, role, **changes)


def guaranteeing(amount: int = PRICE, **changes: Any) -> Act:
    return lambda selection: selection.guarantee(amount, **({"guarantee": "guarantee-1"} | changes))


def bid(amount: int = 3 * MILLION, **changes: Any) -> Act:
    """A guarantee for a proposal."""
    subject = {"guarantee": "bid-1", "lot": LOT, "obligation": "bid", "principal": "bidder-2", "process": PROCESS}
    return lambda selection: selection.guarantee(amount, **(subject | changes))


def bond(amount: int = 3 * MILLION, **changes: Any) -> Act:
    """A guarantee for an appeal."""
    return bid(amount, **({"guarantee": "bond-1", "obligation": "appeal"} | changes))


def last_due(selection: Selection) -> int:
    """When the last milestone of a contract that is drafted now is due."""
    return selection.ledger.time + 60 * DAY


def calling(guarantee: str = "guarantee-1", amount: int = MILLION, ground: str = "default", by: Signer = OFFICER, **changes: Any) -> Act:
    arguments = {"amount": str(amount), "document": MINUTES, "ground": ground, "guarantee": guarantee} | changes
    return lambda selection: selection.do("procurement.call_guarantee", arguments, by)


def waiting(days: int) -> Act:
    def act(selection: Selection) -> str:
        selection.wait_until(selection.ledger.time + days * DAY)
        return ACCEPTED

    return act


def short_guarantee(selection: Selection) -> str:
    """A guarantee that binds no longer than it has to."""
    return guaranteeing(until=last_due(selection) + 14 * DAY)(selection)


def waiting_for_end(seconds: int) -> Act:
    """Until so many seconds after the guarantee's last one."""

    def act(selection: Selection) -> str:
        record = selection.ledger.application.state.view.get("procurement/guarantee/guarantee-1", GuaranteeRecord)
        assert record is not None
        selection.wait_until(record.until + seconds)
        return ACCEPTED

    return act


def publish(ledger: Ledger, **changes: Any) -> Selection:
    """A request that bidders may propose for."""
    selection = Selection(ledger)
    selection.prepare()
    assert selection.publish(**changes) == ACCEPTED
    return selection


def community(ledger: Ledger, kind: str = "social", amount: int = 100 * MILLION, method: str = "direct") -> Selection:
    """A plan line that a community could take up."""
    selection = Selection(ledger)
    action, arguments, signers = budget()
    assert selection.do(action, arguments, *signers) == ACCEPTED
    assert selection.do("procurement.announce_plan", plan(amount, kind=kind, method=method), OFFICER, AUTHORITY) == ACCEPTED
    return selection


COMMUNITY_TERMS = TERMS | {"advance_bp": 4_000, "retention_bp": 0}
COMMUNITY_PRICE = 60 * MILLION


def by_community(
    price: int = COMMUNITY_PRICE, by: Signer = OFFICER, terms: dict[str, Any] | None = None, seats: dict[str, Any] | None = None,
    **changes: Any,
) -> Act:  # fmt: skip
    """A draft of a community's contract."""

    def act(selection: Selection) -> str:
        named = {"certifier": person("certifier"), "inspector": person("inspector"), "officer": person("officer")}
        arguments = {
            "approval": MINUTES, "bill": [], "community": "community-1", "contract": "contract-1", "document": MINUTES,
            "milestones": milestones(selection.ledger, price // 2, price - price // 2, quantity=""), "plan": "benches",
            "price": str(price), "reason": "community_led", "seats": named | (seats or {}), "terms": COMMUNITY_TERMS | (terms or {}),
            "years": [{"amount": str(price), "line": "2026-parks"}],
        } | changes  # fmt: skip
        answer = selection.do("procurement.draft_contract", arguments, by)
        selection.draft_id = selection.ledger.results[-1].receipts[-1].id
        return answer

    return act


def declaring(seat: str, name: str = "", **changes: Any) -> Act:
    """Somebody declares interests in the contract."""

    def act(selection: Selection) -> str:
        signing = (name or f"agency-1/{seat}", f"procurement.{seat}")
        return selection.do("procurement.declare_interests", {"contract": "contract-1", "interests": []} | changes, signing)

    return act


def seating(seat: str, enters: str, organisation: str = "agency-1", by: Signer = AUTHORITY, **changes: Any) -> Act:
    """Somebody takes a seat over the contract from whoever had it, who may be named otherwise."""

    def act(selection: Selection) -> str:
        leaves = changes.get("leaves", seat)
        arguments = {"contract": "contract-1", "enters": person(enters, organisation), "reason": "left", "seat": seat} | changes
        arguments = {name: value for name, value in arguments.items() if name != "leaves"}
        return selection.do("procurement.seat", arguments | ({"leaves": person(leaves)} if leaves is not None else {}), by)

    return act


def let_lapse(selection: Selection) -> str:
    """Nobody signs the contract in time."""
    agreement = selection.ledger.application.state.view.get("procurement/contract/contract-1", AgreementRecord)
    assert agreement is not None
    selection.wait_until(agreement.signing_ends)
    return ACCEPTED


def tenderable(ledger: Ledger) -> Selection:
    """A plan line that a community could take up, or bidders propose for."""
    return community(ledger, method="open", amount=300 * MILLION)


def withdraw_plan(selection: Selection) -> str:
    withdrawn = {"plan": "benches", "reason": "no_need", "withdraw": True}
    return selection.do("procurement.change_plan", withdrawn, OFFICER, AUTHORITY)


def appeal(selection: Selection) -> str:
    """The bidder complains about its own award, is not heard and appeals: the lot is suspended."""
    subject = {"complaint": "c-1", "document": MINUTES, "process": PROCESS}
    bidder: Signer = ("bidder-2/bidder", "procurement.bidder")
    assert selection.do("procurement.complain", subject | {"ground": "rules", "lot": LOT}, bidder) == ACCEPTED
    assert selection.do("procurement.answer_complaint", subject | {"outcome": "rejected"}, *MAJORITY) == ACCEPTED
    assert bond()(selection) == ACCEPTED
    return selection.do("procurement.appeal", subject | {"appeal": "a-1", "bond": "bond-1"}, bidder)


def tie(selection: Selection) -> str:
    """The registrar attests that the inspector owns the winner."""
    common = {"from": selection.ledger.time - 100 * DAY, "key_id": "tags-1", "tag": "aa" * 16}
    registrar: Signer = ("auditor-1/registrar", "identity.registrar")
    owner = common | {"organisation": "bidder-2", "relation": "owner", "share_bp": 6_000}
    assert selection.do("identity.attest_tag", owner, registrar) == ACCEPTED
    return selection.do("identity.attest_tag", common | {"person": person("inspector"), "relation": "self", "share_bp": 0}, registrar)


def in_suspended(act: Act) -> Act:
    """An act by a guarantor of which a call went unpaid."""

    def play(selection: Selection) -> str:
        assert bid()(selection) == calling("bid-1", ground="withdrawal")(selection) == ACCEPTED
        selection.wait_until(selection.ledger.time + 25 * DAY)
        return act(selection)

    return play


ALLOWED: dict[tuple[str, int], set[str]] = {
    ("procurement.draft_contract", 0): {"procurement.officer"},
    ("procurement.register_guarantee", 0): {"procurement.guarantor"},
    ("procurement.sign_contract", 0): {"procurement.contractor", "procurement.officer"},
    ("procurement.call_guarantee", 0): {"procurement.officer"},
}

ROWS: dict[str, tuple[str, Play]] = {
    # procurement.28, of an award
    "a draft": (ACCEPTED, drafting()),
    "a draft while the standstill runs": (ACCEPTED, on(award, drafted)),
    "a draft by another officer": ("procurement.00.1", on(activate, lambda world: drafted(world, SECOND_OFFICER))),
    "a draft of no process": ("procurement.00.1", on(activate, lambda world: drafted(world, process="nothing"))),
    "a draft of no award": ("procurement.00.2", on(activate, lambda world: drafted(world, award="award-2"))),
    "a draft of no lot": ("procurement.00.2", on(activate, lambda world: drafted(world, lot="lot-2"))),
    "a draft again": (ACCEPTED, on(draft, drafted)),
    "a draft again once somebody signed": ("procurement.00.2", on(draft, by_officer, drafted)),
    "a second contract of an award": ("procurement.00.2", on(draft, lambda world: drafted(world, contract="contract-2"))),
    "a draft in a format that nobody reads": ("procurement.00.5", drafting(lambda _: {"document": SCAN})),
    "a draft with other terms": ("procurement.28.1", drafting(lambda _: {"terms": TERMS | {"defects_days": 181}})),
    "a draft with a milestone less": (
        "procurement.28.1", drafting(lambda world: {"milestones": milestones(world.ledger, PRICE)})),
    "a draft with a milestone due too early": (
        "procurement.28.1", drafting(lambda world: {"milestones": milestones(world.ledger, PRICE // 2, PRICE // 2, days=(29, 60))})),
    "a draft with a milestone due as late as it may be": (
        ACCEPTED, on(activate, lambda world: drafted(world, milestones=latest(world, 0)))),
    "a draft with a milestone due too late": (
        "procurement.28.1", on(activate, lambda world: drafted(world, milestones=latest(world, 1)))),
    "a draft above the award": ("procurement.28.2", drafting(drafted=PRICE + 8_000)),
    "a draft below the award": (ACCEPTED, drafting(drafted=PRICE - 8_000)),
    "a draft for nothing": ("procurement.28.2", on(activate, lambda world: drafted(world, price="0"))),
    "a draft that cannot be paid out": ("procurement.28.2", on(activate, lambda world: drafted(world, price=str(PRICE - 50)))),
    "milestones that are other shares": (
        "procurement.28.3", drafting(lambda world: {"milestones": milestones(world.ledger, PRICE // 2 + 100, PRICE // 2 - 100)})),
    "years that are more than the price": (
        "procurement.28.3", drafting(lambda _: {"years": [{"amount": str(PRICE + 100), "line": "2026-parks"}]})),
    "years on another line": ("procurement.28.3", drafting(lambda _: {"years": [{"amount": str(PRICE), "line": "2026-roads"}]})),
    "a unit price above the offer": (
        "procurement.28.3", drafting(lambda _: {"bill": [{"item": ITEM, "unit_price": str(PRICE // 40 + 1)}]})),
    "a unit price below the offer": (ACCEPTED, drafting(lambda _: {"bill": [{"item": ITEM, "unit_price": str(PRICE // 40 - 1)}]})),
    "a unit price of nothing that was asked for": (
        "procurement.28.3", drafting(lambda _: {"bill": [{"item": "chair", "unit_price": "0"}]})),
    "no bill of a lump sum": (ACCEPTED, drafting(lambda _: {"bill": []})),
    "more than was asked for": (
        "procurement.28.3",
        drafting(lambda world: {"milestones": milestones(world.ledger, PRICE // 2, PRICE // 2, quantity="20001")})),
    "a measured bill": (
        ACCEPTED, drafting(lambda world: {"milestones": milestones(world.ledger, PRICE // 2, PRICE // 2), "terms": measured()["terms"]},
                           **measured())),
    "a measured bill that is rounded down to what can be paid": (
        ACCEPTED,
        drafting(lambda world: {
            "bill": [{"item": ITEM, "unit_price": str(PRICE // 40 + 1)}],
            "milestones": milestones(world.ledger, PRICE // 2, PRICE // 2), "terms": measured()["terms"],
        }, **measured(), price=PRICE + 40)),
    "a measured contract without a bill": (
        "procurement.28.3",
        drafting(lambda world: {"bill": [], "milestones": milestones(world.ledger, PRICE // 2, PRICE // 2), "terms": measured()["terms"]},
                 **measured())),
    "a measured bill that is less than the price": (
        "procurement.28.3",
        drafting(lambda world: {
            "bill": [{"item": ITEM, "unit_price": str(PRICE // 40 - 100)}],
            "milestones": milestones(world.ledger, PRICE // 2, PRICE // 2), "terms": measured()["terms"],
        }, **measured())),
    "a measured bill of less than was asked for": (
        "procurement.28.3",
        drafting(lambda world: {
            "milestones": milestones(world.ledger, PRICE // 2, PRICE // 2, quantity="19999"), "terms": measured()["terms"],
        }, **measured())),
    "a draft before officer and inspector declared": ("procurement.28.5", on(lambda ledger: activate(ledger, declared=False), drafted)),
    "a draft for an owner of whom the inspector is": ("procurement.28.5", on(activate, tie, drafted)),
    "a draft while the lot is suspended": (
        "procurement.00.3", on(lambda ledger: award(ledger, kind="works"), appeal, drafted)),
    # procurement.28, of a community
    "a community's contract": (ACCEPTED, on(community, by_community())),
    "a community's contract drafted again": (ACCEPTED, on(community, by_community(), by_community())),
    "a community's contract by an officer whom it does not name": (
        "procurement.00.1", on(community, by_community(by=SECOND_OFFICER))),
    "a community's contract of another buyer": (
        "procurement.00.1",
        on(community, by_community(by=("agency-2/officer", "procurement.officer"), seats={"officer": person("officer", "agency-2")}))),
    "a community's contract without a plan": ("procurement.00.2", on(community, by_community(plan="other"))),
    "a second contract of a plan line": ("procurement.00.2", on(community, by_community(), by_community(contract="contract-2"))),
    "a community's contract of a line with a tender": ("procurement.00.2", on(publish, by_community())),
    "an approval in a format that nobody reads": ("procurement.00.5", on(community, by_community(approval=SCAN))),
    "a community for no reason": ("procurement.00.6", on(community, by_community(reason="whim"))),
    "goods by a community": ("procurement.28.1", on(lambda ledger: community(ledger, "goods"), by_community())),
    "a community's advance above the limit": ("procurement.28.1", on(community, by_community(terms={"advance_bp": 4_001}))),
    "a community that gives a guarantee": ("procurement.28.1", on(community, by_community(terms={"performance_bp": 500}))),
    "a community's contract for all of the plan": (ACCEPTED, on(community, by_community(100 * MILLION))),
    "a community's contract above the plan": ("procurement.28.2", on(community, by_community(100 * MILLION + 200))),
    "a community's contract whose milestones are less": (
        "procurement.28.3", on(community, lambda world: by_community(milestones=milestones(world.ledger, 1, 2, quantity=""))(world))),
    "a community that nobody registered": ("procurement.28.4", on(community, by_community(community="nobody"))),
    "the buyer as the community": ("procurement.28.4", on(community, by_community(community="agency-1"))),
    "a community that inspects itself": (
        "procurement.28.5", on(community, by_community(seats={"inspector": person("director", "community-1")}))),
    "a community's inspector who certifies": ("procurement.28.5", on(community, by_community(seats={"certifier": person("inspector")}))),
    # procurement.02, 03, of a line that a community takes up
    "a plan line that a community does is withdrawn": ("procurement.02.1", on(community, by_community(), withdraw_plan)),
    "a plan line that a community left is withdrawn": (ACCEPTED, on(community, by_community(), let_lapse, withdraw_plan)),
    "a tender for what a community does": ("procurement.03.1", on(tenderable, by_community(), lambda world: world.publish())),
    "a tender for what a community left": (ACCEPTED, on(tenderable, by_community(), let_lapse, lambda world: world.publish())),
    # procurement.12, of a contract
    "interests in a community's contract": (ACCEPTED, on(community, by_community(), declaring("officer"))),
    "interests in no contract": ("procurement.00.1", on(community, declaring("officer"))),
    "interests in a contract that lapsed": ("procurement.00.1", on(community, by_community(), let_lapse, declaring("officer"))),
    "interests of an officer of another house": (
        "procurement.00.1", on(community, by_community(), declaring("officer", "agency-2/officer"))),
    "interests in a process and a contract": ("admission.3", on(community, by_community(), declaring("officer", process=PROCESS))),
    "interests in an award's contract": (ACCEPTED, on(sign, declaring("certifier"))),
    "interests of an officer who is seated nowhere": (ACCEPTED, on(community, by_community(), declaring("officer", "agency-1/officer-2"))),
    "a relation that nobody counts": (
        "procurement.00.6",
        on(community, by_community(), declaring("officer", interests=[{"organisation": "community-1", "relation": "friend"}]))),
    # procurement.13, of a contract
    "another inspector of a community's draft": (
        ACCEPTED, on(community, by_community(), declaring("inspector", "agency-1/inspector-2"), seating("inspector", "inspector-2"))),
    "another inspector of a contract": (
        ACCEPTED, on(sign, declaring("inspector", "agency-1/inspector-2"), seating("inspector", "inspector-2"))),
    "a witness of a contract, who declares nothing": (ACCEPTED, on(sign, seating("witness", "clerk", leaves=None))),
    "an authority of another house seats": (
        "procurement.00.1",
        on(community, by_community(), seating("officer", "officer-2", by=("agency-2/authority", "procurement.authority")))),
    "a seat of a draft that a process seats": ("procurement.00.2", on(draft, seating("inspector", "inspector-2"))),
    "a seat of a contract that lapsed": ("procurement.00.1", on(community, by_community(), let_lapse, seating("officer", "officer-2"))),
    "somebody leaves who does not sit": (
        "procurement.00.2", on(community, by_community(), seating("officer", "officer-2", leaves="officer-2"))),
    "somebody takes their own seat": ("procurement.00.2", on(community, by_community(), seating("officer", "officer"))),
    "a seat for no reason": ("procurement.00.6", on(community, by_community(), seating("officer", "officer-2", reason="whim"))),
    "an inspector who holds no such role": ("procurement.13.1", on(community, by_community(), seating("inspector", "clerk"))),
    "an officer of another house": ("procurement.13.1", on(community, by_community(), seating("officer", "officer", "agency-2"))),
    "an inspector who did not declare": ("procurement.13.2", on(community, by_community(), seating("inspector", "inspector-2"))),
    "an inspector who is tied": (
        "procurement.13.2",
        on(community, by_community(),
           declaring("inspector", "agency-1/inspector-2", interests=[{"organisation": "community-1", "relation": "relative"}]),
           seating("inspector", "inspector-2"))),
    "an inspector as the witness": ("procurement.13.3", on(sign, seating("witness", "inspector", leaves=None))),
    "a member of the committee as the witness": ("procurement.13.3", on(sign, seating("witness", "committee-1", leaves=None))),
    "the contractor as the witness": (
        "procurement.13.3", on(community, by_community(), seating("witness", "director", "community-1", leaves=None))),
    "a committee of a contract": ("admission.3", on(community, by_community(), seating("committee", "committee-4"))),
    # procurement.29
    "a performance guarantee": (ACCEPTED, on(lambda ledger: draft(ledger, guaranteed=False), guaranteeing())),
    "a guarantee of a contract that is signed": (ACCEPTED, on(sign, guaranteeing())),
    "a guarantee twice": ("procurement.00.2", on(draft, guaranteeing(), guaranteeing())),
    "a guarantee of no contract": ("procurement.00.2", on(activate, guaranteeing(principal="bidder-2"))),
    "an advance guarantee before the contract": ("procurement.00.2", on(draft, guaranteeing(obligation="advance"))),
    "an advance guarantee": (ACCEPTED, on(sign, guaranteeing(100, obligation="advance"))),
    "a guarantee of a community": ("procurement.00.2", on(community, by_community(), guaranteeing())),
    "a guarantee in a format that nobody reads": ("procurement.00.5", on(draft, guaranteeing(document=SCAN))),
    "a performance guarantee of 5 % of the price": (ACCEPTED, on(draft, guaranteeing(14 * MILLION))),
    "a performance guarantee of less": ("procurement.29.1", on(draft, guaranteeing(14 * MILLION - 1))),
    "a low bid's guarantee of 5 % of the estimate": (
        ACCEPTED, on(lambda ledger: draft(ledger, 239 * MILLION), guaranteeing(15 * MILLION))),
    "a low bid's guarantee of less": (
        "procurement.29.1", on(lambda ledger: draft(ledger, 239 * MILLION), guaranteeing(15 * MILLION - 1))),
    "a bid of 80 % of the estimate": (ACCEPTED, on(lambda ledger: draft(ledger, 240 * MILLION), guaranteeing(12 * MILLION))),
    "a small contract's guarantee of anything": (ACCEPTED, on(lambda ledger: draft(ledger, 200 * MILLION), guaranteeing(1))),
    "a guarantee of nothing": ("procurement.29.1", on(lambda ledger: draft(ledger, 200 * MILLION), guaranteeing(0))),
    "a guarantee until 14 days after the last milestone": (
        ACCEPTED, on(draft, lambda world: guaranteeing(until=last_due(world) + 14 * DAY)(world))),
    "a guarantee that ends a second earlier": (
        "procurement.29.1", on(draft, lambda world: guaranteeing(until=last_due(world) + 14 * DAY - 1)(world))),
    "a guarantee that begins later": (
        "procurement.29.1", on(draft, lambda world: guaranteeing(**{"from": world.ledger.time + 1})(world))),
    "a retention guarantee of 5 %": (ACCEPTED, on(sign, guaranteeing(14 * MILLION, obligation="retention"))),
    "a retention guarantee of less": ("procurement.29.1", on(sign, guaranteeing(14 * MILLION - 1, obligation="retention"))),
    "a retention guarantee without the defects period": (
        "procurement.29.1",
        on(sign, lambda world: guaranteeing(obligation="retention", until=last_due(world) + 194 * DAY - 1)(world))),
    "a retention guarantee until the end of the defects period": (
        ACCEPTED, on(sign, lambda world: guaranteeing(obligation="retention", until=last_due(world) + 194 * DAY)(world))),
    "a conditional guarantee": ("procurement.29.2", on(draft, guaranteeing(unconditional=False))),
    "a guarantor that did not pay": ("procurement.29.3", on(publish, in_suspended(bid(guarantee="bid-2")))),
    "another guarantor": (ACCEPTED, on(publish, in_suspended(bid(guarantee="bid-2", guarantor="bank-2")))),
    "a guarantee for somebody else": ("procurement.29.4", on(draft, guaranteeing(principal="bidder-1"))),
    "a guarantee to somebody else": ("procurement.29.4", on(draft, guaranteeing(beneficiary="agency-2"))),
    "a guarantor for itself": ("procurement.29.4", on(publish, bid(principal="bank-1"))),
    "a bid guarantee": (ACCEPTED, on(publish, bid())),
    "a bid guarantee of no lot": ("procurement.00.2", on(publish, bid(lot="lot-2"))),
    "a bid guarantee of a lot that is signed": ("procurement.00.2", on(sign, bid())),
    "a bid guarantee of 1 %": (
        ACCEPTED, on(lambda ledger: publish(ledger, terms=TERMS | {"bid_bp": 100}), bid())),
    "a bid guarantee of less": (
        "procurement.29.1", on(lambda ledger: publish(ledger, terms=TERMS | {"bid_bp": 100}), bid(3 * MILLION - 1))),
    "a bid guarantee until 14 days after the proposals": (ACCEPTED, on(publish, bid(until=START + 60 + 134 * DAY))),
    "a bid guarantee that ends a second earlier": (
        "procurement.29.1", on(publish, bid(until=START + 59 + 134 * DAY))),
    "an appeal's bond": (ACCEPTED, on(award, bond())),
    "an appeal's bond of less than 1 %": ("procurement.29.1", on(award, bond(3 * MILLION - 1))),
    "an appeal's bond for nobody who proposed": ("procurement.29.4", on(award, bond(principal="bidder-1"))),
    # procurement.30
    "signed by the officer": (ACCEPTED, on(draft, by_officer)),
    "signed by the contractor first": (ACCEPTED, on(draft, by_contractor, by_officer)),
    "signed by another officer": ("procurement.00.1", on(draft, signing("officer-2", "officer"))),
    "signed by another bidder": ("procurement.00.1", on(draft, signing("bidder-1/director", "contractor"))),
    "a contract that nobody drafted": ("procurement.00.1", on(draft, signing("officer", "officer", contract="contract-2"))),
    "signed twice": ("procurement.00.2", on(draft, by_officer, by_officer)),
    "signed again when it stands": ("procurement.00.2", on(sign, by_contractor)),
    "signed while the lot is suspended": (
        "procurement.00.3",
        on(lambda ledger: award(ledger, kind="works"), lambda world: world.draft(PRICE), appeal, by_officer)),
    "another draft is signed": ("procurement.30.1", on(draft, signing("officer", "officer", draft="c1" * 32))),
    "the draft before is signed": (
        "procurement.30.1", on(draft, drafted, by_officer)),
    "a PDF is named where there is none": ("procurement.30.1", on(draft, signing("officer", "officer", **HASHES))),
    "a PDF is not named": ("procurement.30.1", on(lambda ledger: draft(ledger, pdf="d1" * 32), by_officer)),
    "a PDF without its report": (
        "procurement.30.1",
        on(lambda ledger: draft(ledger, pdf="d1" * 32), signing("officer", "officer", **(HASHES | {"report": None})))),
    "a PDF with all that goes with it": (
        ACCEPTED, on(lambda ledger: draft(ledger, pdf="d1" * 32), signing("officer", "officer", **HASHES))),
    "signed without a guarantee": ("procurement.30.2", on(lambda ledger: draft(ledger, guaranteed=False), by_officer)),
    "a small contract without a guarantee": (
        ACCEPTED, on(lambda ledger: draft(ledger, 200 * MILLION, guaranteed=False), by_officer)),
    "a guarantee that was called": (
        "procurement.30.2", on(lambda ledger: draft(ledger, guaranteed=False), guaranteeing(), calling(), by_officer)),
    "a guarantee below the price of the next draft": (
        "procurement.30.2",
        on(activate, lambda world: world.draft(PRICE - 8_000, guaranteed=False), guaranteeing(14 * MILLION - 400),
           lambda world: world.draft(PRICE, guaranteed=False), by_officer)),
    "signed while the standstill runs": (
        "procurement.30.3", on(award, lambda world: world.draft(PRICE), by_officer)),
    "the budget was cut": ("procurement.30.4", on(draft, cut(300 * MILLION - 1), by_officer)),
    "the budget was cut to what is reserved": (ACCEPTED, on(draft, cut(300 * MILLION), by_officer)),
    "a community's contract that overseers did not declare on": ("procurement.30.6", on(community, by_community(), by_officer)),
    "a community's contract without money": (
        "procurement.30.4", on(community, by_community(), cut(COMMUNITY_PRICE - 1), by_officer)),
    # procurement.41
    "a guarantee is called": (ACCEPTED, on(sign, guaranteeing(), calling())),
    "called by another officer": ("procurement.00.1", on(sign, guaranteeing(), calling(by=SECOND_OFFICER))),
    "no guarantee is called": ("procurement.00.1", on(sign, calling())),
    "called twice": ("procurement.00.2", on(sign, guaranteeing(), calling(), calling())),
    "a bid guarantee when the contract is signed": (
        "procurement.00.2", on(draft, bid(), by_officer, by_contractor, calling("bid-1", ground="not_signing"))),
    "called on its last day": (ACCEPTED, on(sign, short_guarantee, waiting_for_end(0), calling())),
    "called a second later": ("procurement.00.4", on(sign, short_guarantee, waiting_for_end(1), calling())),
    "called by a document that nobody reads": ("procurement.00.5", on(sign, guaranteeing(), calling(document=SCAN))),
    "called for no ground": ("procurement.00.6", on(sign, guaranteeing(), calling(ground="whim"))),
    "a performance guarantee for a withdrawn proposal": ("procurement.41.1", on(sign, guaranteeing(), calling(ground="withdrawal"))),
    "a bid guarantee for a default": ("procurement.41.1", on(publish, bid(), calling("bid-1", ground="default"))),
    "a bid guarantee for a withdrawn proposal": (ACCEPTED, on(publish, bid(), calling("bid-1", ground="withdrawal"))),
    "a bond that is not the officer's to call": ("procurement.41.1", on(award, bond(), calling("bond-1", ground="other"))),
    "all of a guarantee": (ACCEPTED, on(sign, guaranteeing(), calling(amount=PRICE))),
    "more than the guarantee": ("procurement.41.2", on(sign, guaranteeing(), calling(amount=PRICE + 1))),
    "nothing of a guarantee": ("procurement.41.2", on(sign, guaranteeing(), calling(amount=0))),
}  # fmt: skip

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.draft_contract": (
        {
            "award": "award-1", "bill": [{"item": ITEM, "unit_price": "100"}], "contract": "contract-1", "document": MINUTES, "lot": LOT,
            "milestones": [
                {"amount": "100", "due": START, "id": "all", "items": [{"item": ITEM, "quantity": "1000"}], "title": "All of it"}],
            "price": "100", "process": PROCESS, "terms": TERMS, "years": [{"amount": "100", "line": "2026-parks"}],
        },
        (OFFICER,),
    ),
    "procurement.register_guarantee": (
        {
            "amount": "100", "beneficiary": "agency-1", "contract": "contract-1", "document": MINUTES, "from": START,
            "guarantee": "guarantee-1", "obligation": "performance", "principal": "bidder-2", "unconditional": True,
            "until": START + DAY,
        },
        (GUARANTOR,),
    ),
    "procurement.sign_contract": ({"contract": "contract-1", "draft": "c1" * 32}, (CONTRACTOR,)),
    "procurement.call_guarantee": (
        {"amount": "100", "document": MINUTES, "ground": "default", "guarantee": "guarantee-1"}, (OFFICER,)),
}  # fmt: skip
