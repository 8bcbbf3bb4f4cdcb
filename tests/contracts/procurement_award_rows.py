"""Rows of awards for the tables that all contracts share, and the steps after a ballot: who may sign, what is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from prasasti.contracts.procurement.award.records import AppealRecord, AwardRecord, ComplaintRecord, appeal_key, award_key, complaint_key
from prasasti.contracts.procurement.process import LotRecord, RoundRecord, lot_key
from prasasti.contracts.procurement.sealing.framing import Round, Trustee, compute_round
from prasasti.core.contract import View
from prasasti.core.types import require
from tests.contracts.plays import Play
from tests.contracts.selection import (
    AUTHORITY,
    BIDDERS,
    BUYER,
    COMMITTEE,
    DAY,
    LOT,
    MAJORITY,
    MILLION,
    MINUTES,
    OFFICER,
    PROCESS,
    Selection,
    budget,
    found,
    lot,
    person,
    plan,
    proposal,
    seal,
    signer,
    tender,
)
from tests.core.ledger import ACCEPTED, Ledger, Signer

PRICES = {bidder: price * MILLION for bidder, price in zip(BIDDERS, (290, 280, 270), strict=True)}
WORKS: dict[str, Any] = {"kind": "works"}
OFFICIAL = signer("committee-1", "committee")
VIDEO = MINUTES | {"media_type": "video/mp4"}
BOND = 300 * MILLION // 100


def bidder(name: str) -> Signer:
    return (f"{name}/bidder", "procurement.bidder")


class Awarding(Selection):
    """A selection after its ballots: awards, complaints, appeals, failures."""

    @property
    def view(self) -> View:
        return self.ledger.application.state.view

    def lot(self, name: str = LOT) -> LotRecord:
        return require(self.view.get(lot_key(PROCESS, name), LotRecord), name)

    def awarded(self, award: str = "award-1", lot_name: str = LOT) -> AwardRecord:
        return require(self.view.get(award_key(PROCESS, lot_name, award), AwardRecord), award)

    def complaint(self, complaint: str = "c-1") -> ComplaintRecord:
        return require(self.view.get(complaint_key(PROCESS, complaint), ComplaintRecord), complaint)

    def appealed(self, appeal: str = "a-1") -> AppealRecord:
        return require(self.view.get(appeal_key(PROCESS, appeal), AppealRecord), appeal)

    def prepare(self, **changes: Any) -> None:
        action, arguments, signers = budget()
        assert self.do(action, arguments, *signers) == ACCEPTED
        assert self.do("procurement.announce_plan", plan(**changes), OFFICER, AUTHORITY) == ACCEPTED

    def evaluate(
        self, prices: dict[str, int] | None = None, *, passing: tuple[str, ...] = BIDDERS, request: Any = None, **line: Any
    ) -> None:
        """Up to the committee's last requirement: the ranking is published where somebody passes."""
        self.prepare(**line)
        assert self.publish(**(request or {})) == ACCEPTED
        for name, price in (prices or PRICES).items():
            assert self.propose(name, price) == ACCEPTED
        self.open()
        self.declare_all()
        assert self.require_of(*((name, name in passing) for name in prices or PRICES)) == ACCEPTED

    def adopt(self, ballot: int = 1, ranking: int = 1, lot_name: str = LOT) -> None:
        for name in COMMITTEE:
            assert self.vote(name, ballot=ballot, ranking=ranking, lot_name=lot_name) == ACCEPTED

    def to_award(self, **line: Any) -> None:
        """The lowest price is awarded, bidder-3's."""
        self.evaluate(**line)
        self.adopt()
        assert self.award("bidder-3", PRICES["bidder-3"]) == ACCEPTED

    def to_activation(self, **line: Any) -> None:
        self.to_award(**line)
        self.wait_until(self.awarded().standstill_ends)
        assert self.activate() == ACCEPTED

    def refuse(self, lot_name: str = LOT, signers: tuple[Signer, ...] = (OFFICER,), **changes: Any) -> str:
        arguments = {"document": MINUTES, "lot": lot_name, "process": PROCESS, "reason": "price"} | changes
        return self.do("procurement.refuse_result", arguments, *signers)

    def complain(self, name: str = "bidder-1", complaint: str = "c-1", lot_name: str = LOT, **changes: Any) -> str:
        arguments = {"complaint": complaint, "document": MINUTES, "ground": "evaluation", "lot": lot_name, "process": PROCESS} | changes
        return self.do("procurement.complain", arguments, bidder(name))

    def answer(
        self, outcome: str = "rejected", remedy: str = "", complaint: str = "c-1", signers: tuple[Signer, ...] = MAJORITY, **changes: Any
    ) -> str:
        arguments = {"complaint": complaint, "document": MINUTES, "outcome": outcome, "process": PROCESS} | changes
        return self.do("procurement.answer_complaint", arguments | ({"remedy": remedy} if remedy else {}), *signers)

    def bond(self, name: str = "bidder-1", bond: str = "bond-1", amount: int = BOND, **changes: Any) -> str:
        """A bank answers for an appeal of a bidder."""
        return self.guarantee(amount, bond, process=PROCESS, lot=LOT, obligation="appeal", principal=name, **changes)

    def appeal(self, name: str = "bidder-1", bond: str = "bond-1", appeal: str = "a-1", complaint: str = "c-1", **changes: Any) -> str:
        arguments = {"appeal": appeal, "complaint": complaint, "document": MINUTES, "process": PROCESS} | changes
        return self.do("procurement.appeal", arguments | ({"bond": bond} if bond else {}), bidder(name))

    def seat_reviewer(self) -> None:
        assert self.declare("reviewer", "reviewer") == ACCEPTED
        arguments = {"enters": {"handle": "reviewer", "organisation": BUYER}, "process": PROCESS, "reason": "other", "seat": "reviewer"}
        assert self.do("procurement.seat", arguments, AUTHORITY) == ACCEPTED

    def decide_appeal(self, outcome: str = "rejected", remedy: str = "", appeal: str = "a-1", **changes: Any) -> str:
        arguments = {"appeal": appeal, "document": MINUTES, "outcome": outcome, "process": PROCESS} | changes
        return self.do("procurement.decide_appeal", arguments | ({"remedy": remedy} if remedy else {}), signer("reviewer", "reviewer"))

    def withdraw(
        self, ground: str, award: str = "award-1", lot_name: str = LOT, signers: tuple[Signer, ...] = (OFFICER,), **changes: Any
    ) -> str:
        arguments = {"award": award, "ground": ground, "lot": lot_name, "process": PROCESS} | changes
        return self.do("procurement.withdraw_award", arguments, *signers)

    def fail(self, ground: str, *lots: str, signers: tuple[Signer, ...] = MAJORITY, **changes: Any) -> str:
        arguments = {"document": MINUTES, "ground": ground, "lots": list(lots or (LOT,)), "process": PROCESS} | changes
        return self.do("procurement.declare_failed", arguments, *signers)

    def cut_budget(self, amount: int) -> str:
        arguments = {"amount": str(amount), "document": MINUTES, "line": "2026-parks", "reason": "saving"}
        return self.do("treasury.change_budget", arguments, ("treasury-1/budget", "treasury.budget"))

    def propose_again(self, name: str, price: int) -> str:
        """To the round that a resubmission opened."""
        record = require(self.view.get(f"procurement/round/{self.lot().proposal_round}", RoundRecord), "the round")
        pinned = tuple(Trustee(each.organisation, each.key_id, bytes.fromhex(each.key)) for each in record.trustees)
        round_ = Round("test", "proposal", PROCESS, record.number, record.t, pinned)
        sealed, envelope = seal(round_, proposal(self.ledger, price), LOT, "proposal", name)
        arguments = {
            "files": [], "lot": LOT, "members": [], "process": PROCESS, "round": compute_round(*round_).hex(),
            "sealed": base64.b64encode(sealed).decode(), "slot": "proposal",
        }  # fmt: skip
        answer = self.do("procurement.submit_sealed", arguments, bidder(name))
        if answer == ACCEPTED:
            self.envelopes[name, LOT] = envelope
        return answer


def at_award(step: Callable[[Awarding], str], **line: Any) -> Play:
    """On a ledger where bidder-3 was notified and may complain nobody has."""

    def play(ledger: Ledger) -> str:
        selection = Awarding(ledger)
        selection.to_award(**line)
        return step(selection)

    return play


def at(reach: Callable[[Awarding], None], step: Callable[[Awarding], str]) -> Play:
    """On a ledger that is brought to where a step is tried."""

    def play(ledger: Ledger) -> str:
        selection = Awarding(ledger)
        reach(selection)
        return step(selection)

    return play


def evaluated(selection: Awarding) -> None:
    selection.evaluate()


def adopted(selection: Awarding) -> None:
    selection.evaluate()
    selection.adopt()


def active(selection: Awarding) -> None:
    selection.to_activation()


def complained(selection: Awarding) -> None:
    selection.to_award(**WORKS)
    assert selection.complain() == ACCEPTED


def rejected(selection: Awarding) -> None:
    complained(selection)
    assert selection.answer() == ACCEPTED


def secured(selection: Awarding) -> None:
    rejected(selection)
    assert selection.bond() == ACCEPTED


def appealed(selection: Awarding) -> None:
    secured(selection)
    assert selection.appeal() == ACCEPTED
    selection.seat_reviewer()


def opened(selection: Awarding) -> None:
    """Envelopes are open, nobody has declared."""
    selection.prepare()
    assert selection.publish() == ACCEPTED
    for name, price in PRICES.items():
        assert selection.propose(name, price) == ACCEPTED
    selection.open()


def two_declared(selection: Awarding) -> None:
    """Two of the committee declared, and adopted the ranking in their ballot's time."""
    opened(selection)
    for name in COMMITTEE[:2]:
        assert selection.declare(name, "committee") == ACCEPTED
    assert selection.require_of(*((name, True) for name in BIDDERS)) == ACCEPTED
    for name in COMMITTEE[:2]:
        assert selection.vote(name) == ACCEPTED
    selection.wait_until(selection.ledger.time + 7 * DAY)


def two_complained(selection: Awarding) -> None:
    two_declared(selection)
    assert do_award(selection) == ACCEPTED
    assert selection.complain() == ACCEPTED


def bought_directly(selection: Awarding) -> None:
    """One bidder is asked by one official, who awards what it proposed."""
    selection.prepare(amount=150 * MILLION, method="direct")
    seats = tender(selection.ledger.time)["seats"] | {"alternates": [], "committee": [person("committee-1")]}
    request = {"invited": ["bidder-1"], "lots": [lot(amount=150 * MILLION)], "requirements": [], "seats": seats}
    arguments = tender(selection.ledger.time, **request)
    assert selection.do("procurement.publish_tender", arguments, OFFICER, OFFICIAL) == ACCEPTED
    assert selection.propose("bidder-1", 140 * MILLION) == ACCEPTED
    selection.open()
    for name, role in (("committee-1", "committee"), ("officer", "officer"), ("inspector", "inspector")):
        assert selection.declare(name, role) == ACCEPTED
    assert do_award(selection, bidder="bidder-1", price=str(140 * MILLION), signers=(OFFICIAL,)) == ACCEPTED


def negotiate(price: int, by: str = "bidder-1", **changes: Any) -> Callable[[Awarding], str]:
    """The officer and the bidder agree on a price."""

    def step(selection: Awarding) -> str:
        arguments = {"award": "award-1", "lot": LOT, "negotiation": MINUTES, "price": str(price), "process": PROCESS} | changes
        return selection.do("procurement.activate_award", arguments, OFFICER, bidder(by))

    return step


def debar(name: str) -> Callable[[Awarding], str]:
    """An organisation is told of a violation, replies, and is debarred."""

    def step(selection: Awarding) -> str:
        named = {"document": MINUTES, "ground": "collusion", "organisation": name, "violation": "violation-1"}
        assert selection.do("procurement.notify_violation", named, ("auditor-1/auditor", "governance.auditor")) == ACCEPTED
        reply = {"document": MINUTES, "violation": "violation-1"}
        assert selection.do("procurement.reply_violation", reply, bidder(name)) == ACCEPTED
        arguments = named | {"act": "debar", "debarment": "debarment-1", "until": selection.ledger.time + 365 * DAY}
        return selection.do("procurement.debar", arguments, AUTHORITY)

    return step


def with_figures(play: Play, **parameters: Any) -> Play:
    """The same on a ledger of other figures, which takes the given one's place."""

    def played(ledger: Ledger) -> str:
        other = found(ledger.path.parent, **parameters)
        ledger.close()
        ledger.__dict__.update(other.__dict__)
        return play(ledger)

    return played


def wait_for_standstill(selection: Awarding) -> None:
    selection.to_award()
    selection.wait_until(selection.awarded().standstill_ends)


def all_of(*steps: Callable[[Awarding], str]) -> Callable[[Awarding], str]:
    """All but the last are accepted."""

    def step(selection: Awarding) -> str:
        for each in steps[:-1]:
            assert each(selection) == ACCEPTED
        return steps[-1](selection)

    return step


def wait_to(time: Callable[[Awarding], int], before: int = 0) -> Callable[[Awarding], str]:
    def step(selection: Awarding) -> str:
        selection.wait_until(time(selection) - before)
        return ACCEPTED

    return step


def end_of_window(selection: Awarding) -> int:
    return selection.lot().window_ends


def end_of_appeal(selection: Awarding) -> int:
    return selection.complaint().window_ends


def do_award(selection: Awarding, **changes: Any) -> str:
    arguments = {
        "award": "award-1", "bidder": "bidder-3", "lot": LOT, "price": str(PRICES["bidder-3"]), "process": PROCESS, "reasons": MINUTES,
    }  # fmt: skip
    signers = changes.pop("signers", MAJORITY)
    return selection.do("procurement.notify_award", arguments | changes, *signers)


def published(selection: Awarding) -> None:
    selection.prepare()
    assert selection.publish() == ACCEPTED


def awarded_of_two(selection: Awarding) -> None:
    """Bidder-1 stays away."""
    two = {name: PRICES[name] for name in BIDDERS[1:]}
    selection.evaluate(two, passing=BIDDERS[1:])
    selection.adopt()
    assert selection.award("bidder-3", PRICES["bidder-3"]) == ACCEPTED


def adopted_alone(selection: Awarding) -> None:
    selection.evaluate({"bidder-3": PRICES["bidder-3"]})
    selection.adopt()


ABOVE: dict[str, Any] = {"procurement.goods.authority_awards_above": str(PRICES["bidder-3"] - 1)}
ONE_MEMBER = MAJORITY[:1]
WITH_THIRD = (MAJORITY[0], signer("committee-3", "committee"))

ROWS: dict[str, tuple[str, Play]] = {
    # 19
    "the officer refuses an award": (ACCEPTED, at_award(lambda s: s.refuse())),
    "another officer refuses an award": ("procurement.00.1", at_award(lambda s: s.refuse(signers=(signer("officer-2", "officer"),)))),
    "refused in the last second of the standstill": (ACCEPTED, at_award(all_of(wait_to(end_of_window, 1), lambda s: s.refuse()))),
    "refused when the standstill is over": ("procurement.19.1", at_award(all_of(wait_to(end_of_window), lambda s: s.refuse()))),
    "refused without an award": ("procurement.00.2", at(adopted, lambda s: s.refuse())),
    "refused in an unknown lot": ("procurement.00.2", at_award(lambda s: s.refuse("lot-9"))),
    "refused while an appeal is open": ("procurement.00.3", at(appealed, lambda s: s.refuse())),
    "refused by film": ("procurement.00.5", at_award(lambda s: s.refuse(document=VIDEO))),
    "refused for a whim": ("procurement.00.6", at_award(lambda s: s.refuse(reason="whim"))),
    "refused twice": ("procurement.19.2", at_award(all_of(lambda s: s.refuse(), lambda s: s.refuse()))),
    # 20
    "the first in rank is awarded": (ACCEPTED, at(adopted, do_award)),
    "one member awards": ("procurement.00.1", at(adopted, lambda s: do_award(s, signers=ONE_MEMBER))),
    "the authority awards below its value": ("procurement.00.1", at(adopted, lambda s: do_award(s, signers=(AUTHORITY,)))),
    "the authority awards above its value": (ACCEPTED, with_figures(
        at(adopted, lambda s: do_award(s, signers=(AUTHORITY,))), **ABOVE)),
    "the committee awards above its value": ("procurement.00.1", with_figures(at(adopted, do_award), **ABOVE)),
    "awarded twice": ("procurement.00.2", at_award(lambda s: do_award(s, award="award-2"))),
    "an award's id again": ("procurement.00.2", at_award(all_of(
        lambda s: s.withdraw("false_document", document=MINUTES),
        lambda s: do_award(s, bidder="bidder-2", price=str(PRICES["bidder-2"])),
    ))),
    "awarded before the vote": ("procurement.20.1", at(evaluated, do_award)),
    "the second in rank is awarded": ("procurement.20.2", at(
        adopted, lambda s: do_award(s, bidder="bidder-2", price=str(PRICES["bidder-2"])))),
    "awarded at another price": ("procurement.20.3", at(adopted, lambda s: do_award(s, price=str(PRICES["bidder-3"] - 1)))),
    "reasons on film": ("procurement.20.5", at(adopted, lambda s: do_award(s, reasons=VIDEO))),
    "two who declared award": (ACCEPTED, at(two_declared, do_award)),
    "one who has not declared awards": ("procurement.20.6", at(two_declared, lambda s: do_award(s, signers=WITH_THIRD))),
    "a debarred one is awarded": ("procurement.20.2", at(adopted, all_of(debar("bidder-3"), do_award))),
    "the next after a debarred one is awarded": (ACCEPTED, at(adopted, all_of(
        debar("bidder-3"), lambda s: do_award(s, bidder="bidder-2", price=str(PRICES["bidder-2"]))))),
    "awarded while an appeal is open": ("procurement.00.2", at(appealed, lambda s: do_award(s, award="award-2"))),
    # 21
    "a bidder complains": (ACCEPTED, at_award(lambda s: s.complain())),
    "the winner complains too": (ACCEPTED, at_award(lambda s: s.complain("bidder-3"))),
    "somebody complains who did not propose": ("procurement.00.1", at(awarded_of_two, lambda s: s.complain("bidder-1"))),
    "complained about an unknown lot": ("procurement.00.1", at_award(lambda s: s.complain(lot_name="lot-9"))),
    "complained in the last second": (ACCEPTED, at_award(all_of(wait_to(end_of_window, 1), lambda s: s.complain()))),
    "complained when the window is over": ("procurement.21.1", at_award(all_of(wait_to(end_of_window), lambda s: s.complain()))),
    "complained before there is a result": ("procurement.00.2", at(adopted, lambda s: s.complain())),
    "a complaint's id again": ("procurement.00.2", at_award(all_of(lambda s: s.complain(), lambda s: s.complain("bidder-2")))),
    "complained on film": ("procurement.00.5", at_award(lambda s: s.complain(document=VIDEO))),
    "complained about the weather": ("procurement.00.6", at_award(lambda s: s.complain(ground="weather"))),
    "complained for the eleventh time": ("procurement.21.4", at_award(
        all_of(*(lambda s, n=number: s.complain(complaint=f"c-{n}") for number in range(10)), lambda s: s.complain(complaint="c-10")))),
    # 22
    "a complaint is rejected": (ACCEPTED, at(complained, lambda s: s.answer())),
    "a complaint is upheld, and nothing follows": (ACCEPTED, at(complained, lambda s: s.answer("upheld"))),
    "a complaint is upheld, the next is awarded": (ACCEPTED, at(complained, lambda s: s.answer("upheld", "next"))),
    "one member answers": ("procurement.00.1", at(complained, lambda s: s.answer(signers=ONE_MEMBER))),
    "an unknown complaint is answered": ("procurement.00.2", at(complained, lambda s: s.answer(complaint="c-9"))),
    "a complaint is answered twice": ("procurement.00.2", at(rejected, lambda s: s.answer())),
    "answered after silence answered": ("procurement.00.2", at(complained, all_of(
        wait_to(lambda s: s.complaint().due), lambda s: s.answer()))),
    "answered on film": ("procurement.00.5", at(complained, lambda s: s.answer(document=VIDEO))),
    "the next of no award": ("procurement.22.2", at(complained, all_of(
        lambda s: s.withdraw("false_document", document=MINUTES), lambda s: s.answer("upheld", "next")))),
    "a failed lot is to be retendered": ("procurement.22.2", at(complained, all_of(
        lambda s: s.fail("f"), lambda s: s.answer("upheld", "retender")))),
    "a failed lot is evaluated anew": (ACCEPTED, at(complained, all_of(
        lambda s: s.fail("f"), lambda s: s.answer("upheld", "reevaluate")))),
    "two who declared answer": (ACCEPTED, at(two_complained, lambda s: s.answer())),
    "one who has not declared answers": ("procurement.22.3", at(two_complained, lambda s: s.answer(signers=WITH_THIRD))),
    # 23
    "a bidder appeals": (ACCEPTED, at(secured, lambda s: s.appeal())),
    "appealed in the last second": (ACCEPTED, at(secured, all_of(wait_to(end_of_appeal, 1), lambda s: s.appeal()))),
    "appealed when the time is over": ("procurement.23.3", at(secured, all_of(wait_to(end_of_appeal), lambda s: s.appeal()))),
    "appealed before the answer": ("procurement.00.2", at(complained, lambda s: s.appeal(bond=""))),
    "an unknown complaint is appealed": ("procurement.00.2", at(secured, lambda s: s.appeal(complaint="c-9"))),
    "appealed twice": ("procurement.00.2", at(appealed, lambda s: s.appeal(appeal="a-2"))),
    "appealed on film": ("procurement.00.5", at(secured, lambda s: s.appeal(document=VIDEO))),
    "another's complaint is appealed": ("procurement.23.1", at(secured, lambda s: s.appeal("bidder-2"))),
    "an upheld complaint is appealed": ("procurement.23.1", at(complained, all_of(
        lambda s: s.answer("upheld"), lambda s: s.appeal(bond="")))),
    "goods are appealed": ("procurement.23.2", at_award(all_of(
        lambda s: s.complain(), lambda s: s.answer(), lambda s: s.appeal(bond="")))),
    "appealed without a bond": ("procurement.23.4", at(rejected, lambda s: s.appeal(bond=""))),
    "appealed with an unknown bond": ("procurement.23.4", at(rejected, lambda s: s.appeal())),
    "appealed with another's bond": ("procurement.23.4", at(rejected, all_of(lambda s: s.bond("bidder-2"), lambda s: s.appeal()))),
    "appealed with a bond of another appeal": ("procurement.23.4", at(complained, all_of(
        lambda s: s.complain(complaint="c-2"), lambda s: s.answer(), lambda s: s.answer(complaint="c-2"),
        lambda s: s.bond(), lambda s: s.appeal(), lambda s: s.appeal(appeal="a-2", complaint="c-2"),
    ))),
    "appealed with a bond of its own": (ACCEPTED, at(complained, all_of(
        lambda s: s.complain(complaint="c-2"), lambda s: s.answer(), lambda s: s.answer(complaint="c-2"), lambda s: s.bond(),
        lambda s: s.appeal(), lambda s: s.bond(bond="bond-2"), lambda s: s.appeal(bond="bond-2", appeal="a-2", complaint="c-2"),
    ))),
    "after silence no bond is asked": (ACCEPTED, at(complained, all_of(
        wait_to(lambda s: s.complaint().due), lambda s: s.appeal(bond="")))),
    "after silence a bond is named": ("procurement.23.4", at(complained, all_of(
        wait_to(lambda s: s.complaint().due), lambda s: s.bond(), lambda s: s.appeal()))),
    # 24
    "an appeal is rejected": (ACCEPTED, at(appealed, lambda s: s.decide_appeal())),
    "an appeal is upheld": (ACCEPTED, at(appealed, lambda s: s.decide_appeal("upheld", "next"))),
    "a reviewer without a seat": ("procurement.00.1", at(secured, all_of(lambda s: s.appeal(), lambda s: s.decide_appeal()))),
    "an appeal is decided twice": ("procurement.00.2", at(appealed, all_of(lambda s: s.decide_appeal(), lambda s: s.decide_appeal()))),
    "an unknown appeal": ("procurement.00.2", at(appealed, lambda s: s.decide_appeal(appeal="a-9"))),
    "an appeal is decided on film": ("procurement.00.5", at(appealed, lambda s: s.decide_appeal(document=VIDEO))),
    "the buyer's reviewer where another's is asked for": ("procurement.24.2", with_figures(
        at(appealed, lambda s: s.decide_appeal()), **{"procurement.appeal_outside_reviewer": True})),
    # 25
    "an award becomes final": (ACCEPTED, at(wait_for_standstill, lambda s: s.activate())),
    "final before the standstill is over": ("procurement.25.1", at_award(all_of(wait_to(end_of_window, 1), lambda s: s.activate()))),
    "final twice": ("procurement.00.2", at(active, lambda s: s.activate())),
    "final while an appeal is open": ("procurement.00.3", at(appealed, all_of(wait_to(end_of_window), lambda s: s.activate()))),
    "final while a complaint is open": ("procurement.25.2", at(complained, all_of(wait_to(end_of_window), lambda s: s.activate()))),
    "final while an appeal may come": ("procurement.25.2", at(complained, all_of(
        wait_to(end_of_window), lambda s: s.answer(), lambda s: s.activate()))),
    "final while a refusal is open": ("procurement.25.2", at_award(all_of(
        wait_to(end_of_window, 1), lambda s: s.refuse(), wait_to(end_of_window), lambda s: s.activate()))),
    "final when the complaint is noted": (ACCEPTED, at(complained, all_of(
        wait_to(end_of_window), lambda s: s.answer("upheld"), lambda s: s.activate()))),
    "final on a budget that was cut": ("procurement.25.3", at(wait_for_standstill, all_of(
        lambda s: s.cut_budget(299 * MILLION), lambda s: s.activate()))),
    "final when the proposal has expired": ("procurement.25.5", at_award(all_of(
        wait_to(lambda s: s.awarded().valid_until + 1), lambda s: s.activate()))),
    "final on the proposal's last second": (ACCEPTED, at_award(all_of(
        wait_to(lambda s: s.awarded().valid_until), lambda s: s.activate()))),
    "minutes without a price": ("procurement.25.6", at(wait_for_standstill, lambda s: s.activate(negotiation=MINUTES))),
    "minutes on film": ("procurement.00.5", at(wait_for_standstill, lambda s: s.activate(negotiation=VIDEO))),
    "a lower price without the bidder": ("procurement.00.1", at(wait_for_standstill, lambda s: s.activate(negotiation=MINUTES, price="1"))),
    "final for a debarred one": ("procurement.25.4", at_award(all_of(
        debar("bidder-3"), wait_to(end_of_window), lambda s: s.activate()))),
    "a price negotiated down": (ACCEPTED, at(bought_directly, negotiate(130 * MILLION))),
    "a price negotiated to what it was": (ACCEPTED, at(bought_directly, negotiate(140 * MILLION))),
    "a price negotiated up": ("procurement.25.6", at(bought_directly, negotiate(141 * MILLION))),
    "a price negotiated to nothing": ("procurement.25.6", at(bought_directly, negotiate(0))),
    "a direct award as proposed": (ACCEPTED, at(bought_directly, lambda s: s.activate())),
    "a price of another": ("procurement.00.1", at(bought_directly, negotiate(130 * MILLION, by="bidder-2"))),
    "a direct award refused": ("procurement.19.1", at(bought_directly, lambda s: s.refuse())),
    "a direct award complained about": ("procurement.21.1", at(bought_directly, lambda s: s.complain())),
    # 26
    "false papers": (ACCEPTED, at_award(lambda s: s.withdraw("false_document", document=MINUTES))),
    "false papers without a document": ("procurement.26.1", at_award(lambda s: s.withdraw("false_document"))),
    "another officer withdraws": ("procurement.00.1", at_award(lambda s: s.withdraw(
        "false_document", document=MINUTES, signers=(signer("officer-2", "officer"),)))),
    "an unknown award is withdrawn": ("procurement.00.2", at_award(lambda s: s.withdraw("false_document", "award-9", document=MINUTES))),
    "an award is withdrawn twice": ("procurement.00.2", at_award(all_of(
        lambda s: s.withdraw("false_document", document=MINUTES), lambda s: s.withdraw("false_document", document=MINUTES)))),
    "withdrawn while an appeal is open": ("procurement.00.3", at(appealed, lambda s: s.withdraw("false_document", document=MINUTES))),
    "withdrawn on film": ("procurement.00.5", at_award(lambda s: s.withdraw("false_document", document=VIDEO))),
    "withdrawn for a whim": ("procurement.00.6", at_award(lambda s: s.withdraw("whim", document=MINUTES))),
    "withdrawn without a guarantee": (ACCEPTED, at(active, lambda s: s.withdraw("no_guarantee", document=MINUTES))),
    "no guarantee is due yet": ("procurement.26.1", at_award(lambda s: s.withdraw("no_guarantee", document=MINUTES))),
    "debarred since": (ACCEPTED, at_award(all_of(debar("bidder-3"), lambda s: s.withdraw("debarred")))),
    "a negotiation failed": (ACCEPTED, at(bought_directly, lambda s: s.withdraw("negotiation_failed", document=MINUTES))),
    "a negotiation failed without minutes": ("procurement.26.1", at(bought_directly, lambda s: s.withdraw("negotiation_failed"))),
    "not debarred": ("procurement.26.1", at_award(lambda s: s.withdraw("debarred", document=MINUTES))),
    "no budget": (ACCEPTED, at_award(all_of(lambda s: s.cut_budget(299 * MILLION), lambda s: s.withdraw("no_budget")))),
    "budget enough": ("procurement.26.1", at_award(all_of(lambda s: s.cut_budget(300 * MILLION), lambda s: s.withdraw("no_budget")))),
    "unsigned before the term is over": ("procurement.26.1", at(active, all_of(
        wait_to(lambda s: s.awarded().signing_ends, 1), lambda s: s.withdraw("unsigned")))),
    "goods are not negotiated": ("procurement.26.1", at_award(lambda s: s.withdraw("negotiation_failed", document=MINUTES))),
    # 27
    "all collude": (ACCEPTED, at(adopted, lambda s: s.fail("e"))),
    "officials are involved": (ACCEPTED, at(adopted, lambda s: s.fail("i", signers=(AUTHORITY,)))),
    "the committee on officials": ("procurement.00.1", at(adopted, lambda s: s.fail("i"))),
    "the authority on collusion": ("procurement.00.1", at(adopted, lambda s: s.fail("e", signers=(AUTHORITY,)))),
    "one member declares": ("procurement.00.1", at(adopted, lambda s: s.fail("e", signers=ONE_MEMBER))),
    "members who have not declared": ("procurement.00.1", at(opened, lambda s: s.fail("e"))),
    "an open lot is declared": ("procurement.00.2", at(published, lambda s: s.fail("e"))),
    "an unknown lot is declared": ("procurement.00.2", at(adopted, lambda s: s.fail("e", "lot-1", "lot-9"))),
    "a failed lot is declared": ("procurement.00.2", at(adopted, all_of(lambda s: s.fail("e"), lambda s: s.fail("e")))),
    "declared while an appeal is open": ("procurement.00.3", at(appealed, lambda s: s.fail("e"))),
    "declared on film": ("procurement.00.5", at(adopted, lambda s: s.fail("e", document=VIDEO))),
    "declared with an active award": ("procurement.27.1", at(active, lambda s: s.fail("e"))),
    "declared with a pending award": (ACCEPTED, at_award(lambda s: s.fail("e"))),
    "an error of evaluation": (ACCEPTED, at(adopted, lambda s: s.fail("a"))),
    "an error of evaluation after the notice": ("procurement.27.1", at_award(lambda s: s.fail("a"))),
    "an error of evaluation after an award was withdrawn": ("procurement.27.1", at_award(all_of(
        lambda s: s.withdraw("false_document", document=MINUTES), lambda s: s.fail("a")))),
    "a wrong tender document": (ACCEPTED, at(adopted, lambda s: s.fail("d"))),
    "one bidder colludes": ("procurement.27.1", at(adopted_alone, lambda s: s.fail("e"))),
    "the negotiation of all failed": (ACCEPTED, at(bought_directly, lambda s: s.fail("h", signers=(OFFICIAL,)))),
    "a negotiation of goods failed": ("procurement.27.1", at_award(lambda s: s.fail("h"))),
}  # fmt: skip


ALLOWED: dict[tuple[str, int], set[str]] = {
    ("procurement.refuse_result", 0): {"procurement.officer"},
    ("procurement.notify_award", 0): {"procurement.authority", "procurement.committee"},
    ("procurement.notify_award", 1): {"procurement.authority", "procurement.committee"},
    ("procurement.complain", 0): {"procurement.bidder"},
    ("procurement.answer_complaint", 0): {"procurement.committee"},
    ("procurement.answer_complaint", 1): {"procurement.committee"},
    ("procurement.appeal", 0): {"procurement.bidder"},
    ("procurement.decide_appeal", 0): {"procurement.reviewer"},
    ("procurement.activate_award", 0): {"procurement.bidder", "procurement.officer"},
    ("procurement.withdraw_award", 0): {"procurement.officer"},
    ("procurement.declare_failed", 0): {"procurement.authority", "procurement.committee"},
    ("procurement.declare_failed", 1): {"procurement.authority", "procurement.committee"},
}

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.activate_award": ({"award": "award-1", "lot": LOT, "process": PROCESS}, (OFFICER,)),
    "procurement.answer_complaint": ({"complaint": "c-1", "document": MINUTES, "outcome": "rejected", "process": PROCESS}, MAJORITY),
    "procurement.appeal": ({"appeal": "a-1", "complaint": "c-1", "document": MINUTES, "process": PROCESS}, (bidder("bidder-1"),)),
    "procurement.complain": (
        {"complaint": "c-1", "document": MINUTES, "ground": "evaluation", "lot": LOT, "process": PROCESS}, (bidder("bidder-1"),)),
    "procurement.decide_appeal": (
        {"appeal": "a-1", "document": MINUTES, "outcome": "rejected", "process": PROCESS}, (signer("reviewer", "reviewer"),)),
    "procurement.declare_failed": ({"document": MINUTES, "ground": "e", "lots": [LOT], "process": PROCESS}, MAJORITY),
    "procurement.notify_award": (
        {"award": "award-1", "bidder": "bidder-1", "lot": LOT, "price": "1", "process": PROCESS, "reasons": MINUTES}, MAJORITY),
    "procurement.refuse_result": ({"document": MINUTES, "lot": LOT, "process": PROCESS, "reason": "price"}, (OFFICER,)),
    "procurement.withdraw_award": (
        {"award": "award-1", "ground": "debarred", "lot": LOT, "process": PROCESS}, (OFFICER,)),
}  # fmt: skip
