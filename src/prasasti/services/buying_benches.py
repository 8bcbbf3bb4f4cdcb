"""A selection on a training ledger, from the plan to the signatures: a city buys park benches in two lots.

Owns the order of the steps and the figures of the story. Every step is a message like any other, signed by the training
ledger's keys; its clock passes the days between them. Three firms propose; a committee scores; one firm complains; two win.
Only afterwards an auditor attests that a committee member and a firm that lost share an owner.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.award.records import AwardRecord, award_key
from prasasti.contracts.procurement.evaluation.records import RankedRecord, ranked_key
from prasasti.contracts.procurement.process import LotRecord, ProcessRecord, RoundRecord, lot_key, process_key, round_key
from prasasti.contracts.procurement.sealing.contents import Proposal, ScoreSheet
from prasasti.contracts.procurement.sealing.framing import Round, Trustee
from prasasti.contracts.procurement.sealing.suites import SUITE_PLAIN
from prasasti.core.types import require
from prasasti.integrations.signers import create_training_key
from prasasti.services.ledger import Ledger
from prasasti.services.rehearsing import Actor
from prasasti.services.sealing import SealedSlot, seal_proposal, seal_scores

BUYER, TREASURY, BANK = "agency-1", "treasury-1", "bank-1"
OCID_PREFIX = "ocds-train1"
PLAN = "park-benches"
PROCESS = f"{OCID_PREFIX}-{PLAN}"
# What a training ledger's genesis names for it.
PARAMETERS = {"governance.profile": "indonesia", "procurement.ocid_prefix": OCID_PREFIX}
LINE = "2026-city-parks"
LOTS = ("north", "south")
FIRMS = ("bench-maker-1", "bench-maker-2", "bench-maker-3")
COMMITTEE = ("committee-1", "committee-2", "committee-3")
TRUSTEES = ("auditor-1", "citizens-1", "operator-1")
CRITERIA = ("material", "warranty")
RELATED_MEMBER, RELATED_FIRM = "committee-2", "bench-maker-3"
MILLION = 100_000_000  # rupiah, in sen
BENCHES = 40
# What each firm asks for each lot, in millions of rupiah, and the scores that every member gives it, by criterion.
PRICES = {"north": (290, 276, 284), "south": (240, 252, 236)}
SCORES = {"bench-maker-1": (700_000, 640_000), "bench-maker-2": (860_000, 900_000), "bench-maker-3": (740_000, 700_000)}
WINNERS = {"north": "bench-maker-2", "south": "bench-maker-2"}
TERMS = {
    "advance_bp": 0, "amounts": "lump_sum", "bid_bp": 0, "damages_cap_bp": 500, "damages_on": "part", "defects_days": 180,
    "performance_bp": 500, "recovery_span_bp": 10_000, "recovery_start_bp": 0, "retention": "each", "retention_bp": 500,
}  # fmt: skip

Tell = Callable[[str, int, int], None]


@dataclass
class Benches:
    """How it ended: the winner and the price of each lot, minor units, and the contracts."""

    process: str = PROCESS
    winners: dict[str, tuple[str, str]] = field(default_factory=dict)
    contracts: list[str] = field(default_factory=list)
    complaint: str = ""


def buy_benches(ledger: Ledger, tell: Tell = lambda step, done, total: None) -> Benches:
    """The whole selection on a training ledger; ``tell`` hears each step's name before it begins, and how many there are."""
    story = _Story(ledger)
    steps: list[tuple[str, Callable[[], None]]] = [
        ("people", story.register_people),
        ("plan", story.announce),
        ("tender", story.publish),
        ("proposals", story.propose),
        ("opening", story.open),
        ("interests", story.declare),
        ("requirements", story.record_requirements),
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
    """One method a step."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._actor = Actor(ledger)
        self._envelopes: dict[str, list[str]] = {lot: [] for lot in LOTS}
        self.outcome = Benches()

    # -- people and money -------------------------------------------------------------------------------------------------

    def register_people(self) -> None:
        """The buyer's people, the trustees of three classes of members; firms, a bank and a treasury of their own."""
        for handle in (*COMMITTEE, "alternate-1"):
            self._register(BUYER, handle, "procurement.committee")
        for role in ("authority", "certifier", "inspector"):
            self._register(BUYER, role, f"procurement.{role}")
        self._register("auditor-1", "auditor-1-trustee", "procurement.trustee")
        self._register("citizens-1", "citizens-1-trustee", "procurement.trustee", registrar="citizens-1-registrar-2")
        self._register("operator-1", "operator-1-trustee", "procurement.trustee")
        for firm in FIRMS:
            self._found(firm, "procurement.bidder", "procurement.contractor")
        self._found(BANK, "procurement.guarantor")
        self._found(TREASURY, "treasury.budget")

    def announce(self) -> None:
        """The year's money, and the plan line."""
        self._actor.act(
            "treasury.set_budget",
            {
                "account": "532111", "amount": str(900 * MILLION), "currency": "IDR", "line": LINE, "programme": "parks", "unit": BUYER,
                "year": 2026,
            },
            (TREASURY, "treasury.budget"),
        )  # fmt: skip
        self._actor.act(
            "procurement.announce_plan",
            {
                "budgets": [{"amount": str(600 * MILLION), "line": LINE}], "currency": "IDR", "early": False,
                "estimate": str(600 * MILLION), "family": "5610", "kind": "goods", "method": "open", "plan": PLAN,
                "title": "Benches for the city's parks", "unit": "parks",
            },
            self._officer, ("authority", "procurement.authority"),
        )  # fmt: skip

    # -- the tender -------------------------------------------------------------------------------------------------------

    def publish(self) -> None:
        """Two lots, scored by quality and price; a firm asks, the committee answers all."""
        now = self._ledger.now()
        document = self._actor.document
        self._actor.act(
            "procurement.publish_tender",
            {
                "criteria": [
                    {"id": "material", "title": "Material and finish", "weight_bp": 6_000},
                    {"id": "warranty", "title": "Warranty and repair", "weight_bp": 4_000},
                ],
                "deadline": now + 14 * DAY_SECONDS,
                "documents": [
                    {"document": document("request for proposals: park benches"), "title": "Request for proposals"},
                    {"document": document("draft of the contract: park benches"), "title": "Draft of the contract"},
                ],
                "estimate_date": now - DAY_SECONDS,
                "files": "one",
                "lots": [self._describe_lot("north", 300), self._describe_lot("south", 260)],
                "opening": now + 14 * DAY_SECONDS + 3_600,
                "plan": PLAN,
                "preference_bp": 0,
                "process": PROCESS,
                "qualification": False,
                "question_end": now + 7 * DAY_SECONDS,
                "requirements": [{"id": "licence", "stage": "qualification", "title": "Licence to trade"}],
                "seats": {
                    "alternates": [self._person("alternate-1")],
                    "certifier": self._person("certifier"),
                    "committee": [self._person(member) for member in COMMITTEE],
                    "inspector": self._person("inspector"),
                    "officer": self._person(self._officer[0]),
                },
                "selection": "rated",
                "t": 2,
                "technical_bp": 7_000,
                "terms": TERMS,
                "threshold": 600_000,
                "tkdn_minimum_bp": 0,
                "trustees": [
                    {"key_id": self._actor.key(f"{member}-trustee").public_key.hex(), "organisation": member} for member in TRUSTEES
                ],
                "valid_until": now + 150 * DAY_SECONDS,
            },
            self._officer, *self._majority,
        )  # fmt: skip
        question = {"process": PROCESS, "question": "question-1"}
        asked = document("May the benches be of recycled plastic?")
        self._actor.act("procurement.ask_question", question | {"document": asked}, (FIRMS[0], "procurement.bidder"))
        self._actor.pass_time(2 * DAY_SECONDS)
        answered = document("Yes, if they carry 300 kg.")
        self._actor.act("procurement.answer_question", question | {"document": answered}, (COMMITTEE[0], "procurement.committee"))

    def propose(self) -> None:
        """Each firm for both lots; the first thinks better of a price, and its earlier envelope is never opened."""
        self._seal_proposal("north", FIRMS[0], 295)
        for lot in LOTS:
            for firm, price in zip(FIRMS, PRICES[lot], strict=True):
                self._envelopes[lot].append(self._seal_proposal(lot, firm, price))

    def open(self) -> None:
        """At the opening any two of three trustees share: the ledger opens every envelope, and nobody could before."""
        process = self._process
        self._pass_until(process.deadline)
        self._pass_until(process.opening)
        for lot in LOTS:
            self._share(lot, self._envelopes[lot])

    # -- the evaluation ---------------------------------------------------------------------------------------------------

    def declare(self) -> None:
        """Whoever decides tells their interests first: nobody has any, they say."""
        seats = [(member, "committee") for member in COMMITTEE]
        seats += [(self._officer[0], "officer"), ("inspector", "inspector"), ("certifier", "certifier")]
        for handle, role in seats:
            self._actor.act("procurement.declare_interests", {"interests": [], "process": PROCESS}, (handle, f"procurement.{role}"))

    def record_requirements(self) -> None:
        """The committee finds that every firm may trade."""
        minutes = self._actor.document("minutes: licences seen")
        for lot in LOTS:
            outcomes = [
                {"bidder": firm, "document": minutes, "page": 1, "pass": True, "reason": "met", "requirement": "licence"} for firm in FIRMS
            ]
            self._actor.act("procurement.record_requirements", {"lot": lot, "outcomes": outcomes, "process": PROCESS}, *self._majority)

    def score(self) -> None:
        """Each member seals its scores; when the time is over they are opened together, so that none followed another."""
        sheets: dict[str, list[str]] = {lot: [] for lot in LOTS}
        for lot in LOTS:
            round_id = self._lot(lot).ballot_round
            sheet = ScoreSheet({each: [SCORES[firm][place] for firm in FIRMS] for place, each in enumerate(CRITERIA)})
            for member in COMMITTEE:
                sealed = seal_scores(
                    self._round(round_id), lot, BUYER, member, sheet, CRITERIA, [False] * len(FIRMS), SUITE_PLAIN
                )  # fmt: skip
                arguments = {"lot": lot, "process": PROCESS, "round": round_id, "sealed": _encode(sealed)}
                self._actor.act("procurement.submit_scores", arguments, (member, "procurement.committee"))
                sheets[lot].append(sealed.envelope_id.hex())
        self._pass_until(max(self._lot(lot).scoring_ends for lot in LOTS))
        for lot in LOTS:
            self._share(lot, sheets[lot])

    def vote(self) -> None:
        """Openly and signed, each with a reason: two adopt the ranking, one abstains."""
        for lot in LOTS:
            record = self._lot(lot)
            for member, choice, reason in zip(
                COMMITTEE, ("adopt", "adopt", "abstain"), ("agreed", "agreed", "not_convinced"), strict=True
            ):
                opinion = {} if choice == "adopt" else {"document": self._actor.document("I would have weighed the warranty higher.")}
                self._actor.act(
                    "procurement.vote",
                    {
                        "ballot": record.ballot, "choice": choice, "lot": lot, "process": PROCESS, "ranking": record.ranking,
                        "reason": reason, **opinion,
                    },
                    (member, "procurement.committee"),
                )  # fmt: skip

    # -- the award --------------------------------------------------------------------------------------------------------

    def notify(self) -> None:
        """The first in rank of each lot, at its own price; nobody signs before the standstill is over."""
        reasons = self._actor.document("reasons to all bidders: scores and ranking of both lots")
        for lot in LOTS:
            first = self._first(lot)
            self.outcome.winners[lot] = (first.bidder, first.price)
            arguments = {"award": lot, "bidder": first.bidder, "lot": lot, "price": first.price, "process": PROCESS, "reasons": reasons}
            self._actor.act("procurement.notify_award", arguments, *self._majority)

    def complain(self) -> None:
        """A firm that lost complains about the scores; the committee answers with its reasons, and the award waits for that."""
        self.outcome.complaint = "complaint-1"
        complaint = {"complaint": self.outcome.complaint, "process": PROCESS}
        self._actor.act(
            "procurement.complain",
            complaint | {"document": self._actor.document("our warranty is longer"), "ground": "evaluation", "lot": LOTS[0]},
            (FIRMS[0], "procurement.bidder"),
        )
        self._actor.pass_time(DAY_SECONDS)
        self._actor.act(
            "procurement.answer_complaint",
            complaint | {"document": self._actor.document("the warranty was scored as offered"), "outcome": "rejected"},
            *self._majority,
        )

    def sign(self) -> None:
        """The standstill over, each award is activated, the contract drafted, guaranteed, signed by both, its money committed."""
        awards = [require(self._ledger.state.get(award_key(PROCESS, lot, lot), AwardRecord), lot) for lot in LOTS]
        self._pass_until(max(award.standstill_ends for award in awards))
        for lot in LOTS:
            firm, price = self.outcome.winners[lot]
            self._actor.act("procurement.activate_award", {"award": lot, "lot": lot, "process": PROCESS}, self._officer)
            self._sign_contract(lot, firm, int(price))

    def attest_owner(self) -> None:
        """An auditor finds that a committee member and a firm share an owner: it changes no result, and everybody sees it."""
        tag = sha256(b"a training ledger's owner").hexdigest()[:32]
        common = {"from": self._ledger.now() - 365 * DAY_SECONDS, "key_id": "tags-1", "tag": tag}
        registrar = ("auditor-1-registrar", "identity.registrar")
        firm = {"organisation": RELATED_FIRM, "relation": "owner", "share_bp": 6_000}
        member = {"person": self._person(RELATED_MEMBER), "relation": "self", "share_bp": 0}
        for attested in (firm, member):
            self._actor.act("identity.attest_tag", common | attested, registrar)

    # -- what the steps are made of ---------------------------------------------------------------------------------------

    @property
    def _officer(self) -> tuple[str, str]:
        return (f"{BUYER}-officer", "procurement.officer")

    @property
    def _majority(self) -> Iterator[tuple[str, str]]:
        return ((member, "procurement.committee") for member in COMMITTEE[:2])

    @property
    def _process(self) -> ProcessRecord:
        return require(self._ledger.state.get(process_key(PROCESS), ProcessRecord), PROCESS)

    def _lot(self, lot: str) -> LotRecord:
        return require(self._ledger.state.get(lot_key(PROCESS, lot), LotRecord), lot)

    def _first(self, lot: str) -> RankedRecord:
        return require(self._ledger.state.get(ranked_key(PROCESS, lot, self._lot(lot).ranking, 0), RankedRecord), lot)

    def _round(self, identifier: str) -> Round:
        record = require(self._ledger.state.get(round_key(identifier), RoundRecord), identifier)
        trustees = tuple(Trustee(each.organisation, each.key_id, bytes.fromhex(each.key)) for each in record.trustees)
        return Round(self._ledger.genesis.ledger, record.purpose, record.process, record.number, record.t, trustees)

    def _person(self, handle: str) -> dict[str, str]:
        return {"handle": handle, "organisation": BUYER}

    def _pass_until(self, time: int) -> None:
        if time > self._ledger.now():
            self._actor.pass_time(time - self._ledger.now())

    def _describe_lot(self, lot: str, millions: int) -> dict[str, Any]:
        return {
            "ceiling": [{"amount": str(millions * MILLION), "line": LINE}],
            "estimate": str(millions * MILLION),
            "items": [
                {
                    "class": "56101600", "id": f"bench-{lot}", "quantity": str(BENCHES * 1_000), "scheme": "UNSPSC", "title": "Park bench",
                    "unit": "piece",
                }
            ],
            "lot": lot,
            "milestones": [
                {"days": 45, "id": "first", "share_bp": 5_000, "title": "Twenty benches in place"},
                {"days": 90, "id": "second", "share_bp": 5_000, "title": "Forty benches in place"},
            ],
            "reserved": True,
            "title": f"Benches, {lot} of the river",
        }  # fmt: skip

    def _register(self, organisation: str, handle: str, role: str, registrar: str = "") -> None:
        key = create_training_key(self._ledger.keys_folder / f"{handle}.training.seed").public_key.hex()
        self._actor.act(
            "identity.register_key",
            {"handle": handle, "key": key, "organisation": organisation, "roles": [role]},
            (registrar or f"{organisation}-registrar", "identity.registrar"),
            (handle, "identity.new_key"),
        )

    def _found(self, organisation: str, *roles: str) -> None:
        key = create_training_key(self._ledger.keys_folder / f"{organisation}.training.seed").public_key.hex()
        self._actor.act(
            "identity.register_organisation",
            {
                "class": "",
                "keys": [{"handle": organisation, "key": key, "roles": sorted([*roles, "identity.registrar"])}],
                "organisation": organisation,
            },
            (f"{BUYER}-registrar", "identity.registrar"),
            (organisation, "identity.new_key"),
        )

    def _seal_proposal(self, lot: str, firm: str, millions: int) -> str:
        item, round_id = f"bench-{lot}", self._lot(lot).proposal_round
        contents = Proposal(
            currency="IDR", price=str(millions * MILLION), items=[(item, str(millions * MILLION // BENCHES))], tkdn_bp=4_000, bmp_bp=0,
            valid_until=self._process.valid_until, files=[],
        )  # fmt: skip
        sealed = seal_proposal(self._round(round_id), lot, "proposal", firm, contents, "IDR", [item], SUITE_PLAIN)
        arguments = {
            "files": [], "lot": lot, "members": [], "process": PROCESS, "round": round_id, "sealed": _encode(sealed), "slot": "proposal",
        }  # fmt: skip
        self._actor.act("procurement.submit_sealed", arguments, (firm, "procurement.bidder"))
        return sealed.envelope_id.hex()

    def _share(self, lot: str, envelopes: list[str]) -> None:
        for index, trustee in enumerate(TRUSTEES[:2], 1):
            shares = [{"envelope": each, "index": index, "point": "", "proof": ""} for each in sorted(envelopes)]
            arguments = {"lot": lot, "process": PROCESS, "shares": shares}
            self._actor.act("procurement.publish_opening_shares", arguments, (f"{trustee}-trustee", "procurement.trustee"))

    def _sign_contract(self, lot: str, firm: str, price_minor: int) -> None:
        contract, now = f"benches-{lot}", self._ledger.now()
        half = price_minor // 2
        drafted = self._actor.act(
            "procurement.draft_contract",
            {
                "award": lot,
                "bill": [{"item": f"bench-{lot}", "unit_price": str(price_minor // BENCHES)}],
                "contract": contract,
                "document": self._actor.document(f"contract {contract}"),
                "lot": lot,
                "milestones": [
                    {"amount": str(amount), "due": now + days * DAY_SECONDS, "id": name, "items": [], "title": f"Milestone {name}"}
                    for name, amount, days in (("first", half, 45), ("second", price_minor - half, 90))
                ],
                "price": str(price_minor),
                "process": PROCESS,
                "terms": TERMS,
                "years": [{"amount": str(price_minor), "line": LINE}],
            },
            self._officer,
        )
        self._actor.act(
            "procurement.register_guarantee",
            {
                "amount": str(price_minor // 20), "beneficiary": BUYER, "contract": contract,
                "document": self._actor.document(f"guarantee for {contract}"), "from": now, "guarantee": f"guarantee-{lot}",
                "obligation": "performance", "principal": firm, "unconditional": True, "until": now + 150 * DAY_SECONDS,
            },
            (BANK, "procurement.guarantor"),
        )  # fmt: skip
        for signer in (self._officer, (firm, "procurement.contractor")):
            self._actor.act("procurement.sign_contract", {"contract": contract, "draft": drafted.id}, signer)
        agreement = require(self._ledger.state.get(agreement_key(contract), AgreementRecord), contract)
        self.outcome.contracts.append(f"{contract}: {agreement.state}")


def _encode(sealed: SealedSlot) -> str:
    return base64.b64encode(sealed.sealed).decode()
