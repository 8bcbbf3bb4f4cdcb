"""A selection on a training ledger, from the plan to the signatures: a city buys park benches in two lots.

Owns the order of the steps and the figures of the story; the steps are ``scenarios.purchase``'s. Three firms propose; a committee
scores; one firm complains; one wins both lots. Only afterwards an auditor attests that a committee member and a firm that lost
share an owner.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType

from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.services.ledger import Ledger
from prasasti.services.rehearsing import RECOVERED
from prasasti.services.scenarios.order import FIRMS, MILLION, Order, make_parameters, person
from prasasti.services.scenarios.purchase import Purchase
from prasasti.services.scenarios.stage import BUYER

ORDER = Order(lots=MappingProxyType({"north": 300, "south": 260}), rated=True, witnessed=True)
PROCESS = ORDER.process
# From here on a milestone is looked at by a second witness too: one lot's are worth more, the other's less.
PARAMETERS = make_parameters(**{"procurement.witness_from": str(130 * MILLION)})
LOTS = tuple(ORDER.lots)
RELATED_MEMBER, RELATED_FIRM = "committee-2", "bench-maker-3"
# What each firm asks for each lot, in millions of rupiah, and the scores that every member gives it, by criterion.
PRICES = {"north": (290, 276, 284), "south": (240, 252, 236)}
SCORES: Mapping[str, tuple[int, ...]] = {
    "bench-maker-1": (700_000, 640_000), "bench-maker-2": (860_000, 900_000), "bench-maker-3": (740_000, 700_000),
}  # fmt: skip
WINNERS = {"north": "bench-maker-2", "south": "bench-maker-2"}

Tell = Callable[[str, int, int], None]


@dataclass
class Benches:
    """How it ended: the winner and the price of each lot, minor units, and the contracts, which ``purchase`` goes on with."""

    purchase: Purchase
    process: str = PROCESS
    winners: dict[str, tuple[str, str]] = field(default_factory=dict)
    contracts: list[str] = field(default_factory=list)
    complaint: str = "complaint-1"


def buy_benches(ledger: Ledger, tell: Tell = lambda step, done, total: None) -> Benches:
    """The whole selection on a training ledger; ``tell`` hears each step's name before it begins, and how many there are.

    The ledger is one on which ``rehearsing.run_course`` ran: the citizens' registrar is the one that was recovered.
    """
    story = _Story(ledger)
    steps: list[tuple[str, Callable[[], None]]] = [
        ("people", story.register_people),
        ("plan", story.purchase.announce),
        ("tender", story.publish),
        ("proposals", story.propose),
        ("opening", story.purchase.open),
        ("interests", story.purchase.declare_all),
        ("requirements", story.check),
        ("scores", story.score),
        ("votes", story.vote),
        ("award", story.notify),
        ("complaint", story.complain),
        ("contracts", story.sign),
        ("owners", story.attest_owner),
    ]
    for done, (name, run) in enumerate(steps):
        tell(name, done, len(steps))
        run()
    tell("", len(steps), len(steps))
    return story.outcome


class _Story:
    """Steps of which a lot, or a firm, is not like the other."""

    def __init__(self, ledger: Ledger) -> None:
        self.purchase = Purchase(ledger, ORDER)
        self.outcome = Benches(self.purchase)

    def register_people(self) -> None:
        """Three trustees of three classes of members among them."""
        self.purchase.register_people({"citizens-1": RECOVERED})

    def publish(self) -> None:
        """A firm asks, the committee answers all."""
        self.purchase.publish()
        self.purchase.ask("question-1", FIRMS[0], "May the benches be of recycled plastic?")
        self.purchase.pass_days(2)
        self.purchase.answer("question-1", "Yes, if they carry 300 kg.")

    def propose(self) -> None:
        """Each firm for both lots; the first thinks better of a price, and its earlier envelope is never opened."""
        self.purchase.propose(FIRMS[0], 295, LOTS[0])
        for lot in LOTS:
            self.purchase.propose_all(*PRICES[lot], lot=lot)

    def check(self) -> None:
        """The committee finds that every firm may trade."""
        for lot in LOTS:
            self.purchase.check_requirements(*FIRMS, lot=lot)

    def score(self) -> None:
        """Each member seals its scores; when the time is over they are opened together, so that none followed another."""
        for lot in LOTS:
            self.purchase.score(SCORES, lot)
        self.purchase.open_scores()

    def vote(self) -> None:
        """Openly and signed, each with a reason: two adopt the ranking, one abstains."""
        for lot in LOTS:
            self.purchase.vote_all("adopt", "adopt", "abstain", lot=lot)

    def notify(self) -> None:
        """The first in rank of each lot, at its own price; nobody signs before the standstill is over."""
        for lot, firm in WINNERS.items():
            self.purchase.notify(firm, lot)
            self.outcome.winners[lot] = (firm, self.purchase.find_award(lot=lot).price)

    def complain(self) -> None:
        """A firm that lost complains about the scores; the committee answers with its reasons, and the award waits for that."""
        self.purchase.complain(FIRMS[0], self.outcome.complaint)
        self.purchase.pass_days(1)
        self.purchase.answer_complaint("rejected", self.outcome.complaint)

    def sign(self) -> None:
        """The standstill over, each award is activated, the contract drafted, guaranteed, signed by both, its money committed."""
        self.purchase.pass_until(max(self.purchase.find_award(lot=lot).standstill_ends for lot in LOTS))
        for lot in LOTS:
            self.purchase.activate(lot)
            contract = self.purchase.draft(lot)
            self.purchase.guarantee(contract)
            self.purchase.sign(contract)
            self.outcome.contracts.append(contract)

    def attest_owner(self) -> None:
        """An auditor finds that a committee member and a firm share an owner: it changes no result, and everybody sees it."""
        tag = sha256(b"a training ledger's owner").hexdigest()[:32]
        common = {"from": self.purchase.ledger.now() - 365 * DAY_SECONDS, "key_id": "tags-1", "tag": tag}
        firm = {"organisation": RELATED_FIRM, "relation": "owner", "share_bp": 6_000}
        member = {"person": person(RELATED_MEMBER), "relation": "self", "share_bp": 0}
        for attested in (firm, member):
            self.purchase.act("identity.attest_tag", common | attested, ("auditor-1-registrar", "identity.registrar"))


__all__ = ["BUYER", "LOTS", "PARAMETERS", "PROCESS", "Benches", "buy_benches"]
