"""A purchase on a training ledger, step by step, from the people and the plan to the signed contract.

Owns the steps, each a message or a few of them; a play puts them in order, changes arguments by name and says which refusal it
expects. What is asked of the ledger, such as when a standstill ends, is read off its records.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.award.records import AwardRecord, ComplaintRecord, award_key, complaint_key
from prasasti.contracts.procurement.evaluation.records import RankedRecord, ranked_key
from prasasti.contracts.procurement.process import LotRecord, ProcessRecord, RoundRecord, get_lot, get_process, round_key
from prasasti.contracts.procurement.sealing.contents import Proposal, ScoreSheet, SealedFile
from prasasti.contracts.procurement.sealing.framing import Round, Trustee
from prasasti.contracts.procurement.sealing.suites import SUITE_PLAIN
from prasasti.core.storage_receipts import encode_receipt
from prasasti.core.types import require
from prasasti.services.ledger import Ledger
from prasasti.services.rehearsing import Message, RehearsalProblem
from prasasti.services.scenarios.order import (
    BANK,
    BENCHES,
    COMMITTEE,
    CRITERIA,
    FIRMS,
    LINE,
    MILLION,
    OFFICER,
    REQUIREMENT,
    STORES,
    TREASURY,
    TRUSTEES,
    WITNESS,
    Order,
    describe_contract,
    describe_plan,
    describe_terms,
    name_item,
    person,
)
from prasasti.services.scenarios.stage import BUYER, Attempt, Signer, Stage, Tell, tell_nobody
from prasasti.services.sealing import SealedSlot, seal_file, seal_proposal, seal_scores

KEEP_SECONDS = 400 * DAY_SECONDS  # From the deadline on: longer than any profile asks of a store.
REASONS = {True: "met", False: "not_met"}


class Ending(NamedTuple):
    """How a lot ended: its state, the ground of a failure, who has the award, the state of its contract; "" where there is none."""

    process: str
    lot: str
    state: str
    failure: str
    winner: str
    contract: str


class Purchase(Stage):
    """A selection under way, and its contract. ``process`` is the newest one of its plan line."""

    def __init__(self, ledger: Ledger, order: Order, tell: Tell = tell_nobody) -> None:
        super().__init__(ledger, tell)
        self.order = order
        self.process = order.process
        self.lot = next(iter(order.lots))
        self.committee = list(COMMITTEE)
        self.endings: list[Ending] = []
        self._terms: dict[str, Any] = {}
        self._envelopes: dict[tuple[str, str], str] = {}
        self._sheets: dict[tuple[str, str], str] = {}
        self._drafts: dict[str, str] = {}

    # -- people and money -------------------------------------------------------------------------------------------------

    def register_people(self, registrars: Mapping[str, str] | None = None) -> None:
        """The buyer's people, the trustees, firms, a bank and a treasury; ``registrars`` who registers where it is not the first one."""
        for handle in (*COMMITTEE, *self.order.alternates):
            self.register(BUYER, handle, "procurement.committee")
        for role in ("authority", "certifier", "inspector"):
            self.register(BUYER, role, f"procurement.{role}")
        for trustee in self.order.trustees:
            if trustee in TRUSTEES:
                self.register(trustee, f"{trustee}-trustee", "procurement.trustee", (registrars or {}).get(trustee, ""))
            else:
                self.found(trustee, "procurement.trustee")
        if self.order.witnessed:
            witness, of = WITNESS["handle"], WITNESS["organisation"]
            self.register(of, witness, "procurement.witness", (registrars or {}).get(of, ""))
        for firm in FIRMS:
            self.found(firm, "procurement.bidder", "procurement.contractor")
        self.found(BANK, "procurement.guarantor")
        self.found(TREASURY, "treasury.budget")

    def register_stores(self) -> None:
        """Members' stores, which promise to keep files."""
        for store in STORES:
            self.register(store, f"{store}-store", "governance.store")

    def announce(self, **changes: Any) -> None:
        """The year's money, and the plan line."""
        terms = describe_plan(self.order) | changes
        self.act(
            "treasury.set_budget",
            {
                "account": "532111", "amount": terms["estimate"], "currency": terms["currency"], "line": LINE, "programme": "parks",
                "unit": BUYER, "year": datetime.fromtimestamp(self.ledger.now(), UTC).year,
            },
            (TREASURY, "treasury.budget"),
        )  # fmt: skip
        self.act("procurement.announce_plan", terms, self.officer, self.authority)

    def change_budget(self, millions: int, refused: str = "") -> None:
        """The treasury sets the line to another amount."""
        decision = self.document("the council's decision")
        arguments = {"amount": str(millions * MILLION), "document": decision, "line": LINE, "reason": "saving"}
        self.act("treasury.change_budget", arguments, (TREASURY, "treasury.budget"), refused=refused)

    # -- the tender -------------------------------------------------------------------------------------------------------

    def publish(self, number: int = 1, refused: str = "", **changes: Any) -> None:
        """The request; ``number`` 2 is the retender after the first failed."""
        process = self.order.process + (f"-{number}" if number > 1 else "")
        trustees = [{"key_id": self.key_id(_name_trustee(each)), "organisation": each} for each in self.order.trustees]
        terms = describe_terms(self.order, trustees, self.ledger.now(), self.profile, self.document)
        if number > 1:
            terms |= {"related": {"process": self.order.process, "relation": "unsuccessful"}}
        terms |= changes
        arguments = terms | {"plan": self.order.plan, "process": process}
        self.act("procurement.publish_tender", arguments, self.officer, *self.majority, refused=refused)
        if not refused:
            self.process, self._terms = process, terms
            self._envelopes.clear()

    def make_amendment(self, days: int) -> Message:
        """Deadline and opening so many days later."""
        later = {name: self._terms[name] + days * DAY_SECONDS for name in ("deadline", "opening")}
        arguments = {
            "changes": self._terms | later, "document": self.document("why more time is given"), "process": self.process, "reason": "scope",
        }  # fmt: skip
        return Message("procurement.amend_tender", arguments, (self.officer, *self.majority))

    def ask(self, question: str, firm: str, text: str) -> None:
        """A firm asks."""
        arguments = {"document": self.document(text), "process": self.process, "question": question}
        self.act("procurement.ask_question", arguments, (firm, "procurement.bidder"))

    def answer(self, question: str, text: str) -> None:
        """The committee answers, to all."""
        arguments = {"document": self.document(text), "process": self.process, "question": question}
        self.act("procurement.answer_question", arguments, self.majority[0])

    def make_proposal(
        self, firm: str, millions: int, lot: str = "", files: Sequence[tuple[SealedFile, int]] = ()
    ) -> tuple[Message, str]:
        """A sealed proposal, and its envelope; each of ``files`` with how many stores promised to keep it."""
        lot = lot or self.lot
        item, record = name_item(lot), self.find_lot(lot)
        contents = Proposal(
            currency="IDR", price=str(millions * MILLION), items=[(item, str(millions * MILLION // BENCHES))], tkdn_bp=4_000, bmp_bp=0,
            valid_until=self.record.valid_until, files=[file for file, _ in files],
        )  # fmt: skip
        sealed = seal_proposal(self._round(record.proposal_round), lot, "proposal", firm, contents, "IDR", [item], SUITE_PLAIN)
        arguments = {
            "files": [self._promise(file, STORES[:stores]) for file, stores in files], "lot": lot, "members": [], "process": self.process,
            "round": record.proposal_round, "sealed": _encode(sealed), "slot": "proposal",
        }  # fmt: skip
        return Message("procurement.submit_sealed", arguments, ((firm, "procurement.bidder"),)), sealed.envelope_id.hex()

    def propose(
        self, firm: str, millions: int, lot: str = "", files: Sequence[tuple[SealedFile, int]] = (), refused: str = ""
    ) -> None:
        """A firm seals a proposal, which takes the place of its last one."""
        message, envelope = self.make_proposal(firm, millions, lot, files)
        self.act_together(Attempt(message, refused))
        if not refused:
            self._envelopes[lot or self.lot, firm] = envelope

    def propose_all(self, *millions: int, lot: str = "") -> None:
        """Each firm, in their order."""
        for firm, price in zip(FIRMS, millions, strict=False):
            self.propose(firm, price, lot)

    def encrypt(self, title: str) -> SealedFile:
        """A file of a proposal, encrypted; its bytes are handed to nobody here."""
        with tempfile.TemporaryDirectory() as name:
            source = Path(name) / "drawing.txt"
            source.write_text(title, encoding="utf-8")
            return seal_file(source, Path(name), title, "text/plain")

    def open(self, *lots: str) -> None:
        """Deadline and opening pass, and so many trustees share that every envelope opens."""
        self.pass_until(self.record.deadline)
        self.pass_until(self.record.opening)
        for lot in lots or self.order.lots:
            for trustee in self.order.trustees[: len(self.order.trustees) // 2 + 1]:
                self.share(trustee, lot)

    def share(self, trustee: str, lot: str = "", sheets: bool = False, refused: str = "") -> None:
        """A trustee gives its shares of a lot's proposals, or of its score ``sheets``."""
        lot = lot or self.lot
        index = self.order.trustees.index(trustee) + 1
        envelopes = [each for (name, _), each in (self._sheets if sheets else self._envelopes).items() if name == lot]
        shares = [{"envelope": each, "index": index, "point": "", "proof": ""} for each in sorted(envelopes)]
        arguments = {"lot": lot, "process": self.process, "shares": shares}
        signer = (_name_trustee(trustee), "procurement.trustee")
        self.act("procurement.publish_opening_shares", arguments, signer, refused=refused)

    def report_missing(self, firm: str, file: SealedFile) -> None:
        """The committee cannot get a file that two stores promised to keep."""
        self.act("procurement.report_file_missing", self._name_file(firm, file), self.majority[0])

    def confirm_file(self, firm: str, file: SealedFile, refused: str = "") -> None:
        """The committee has it after all."""
        arguments = self._name_file(firm, file) | {"size": file.size}
        self.act("procurement.confirm_file", arguments, self.majority[0], refused=refused)

    # -- the evaluation ---------------------------------------------------------------------------------------------------

    def declare(self, handle: str, role: str = "committee", **interests: str) -> None:
        """Somebody tells what ties them to firms, by the firm's name with underscores: nothing, unless said."""
        listed = [{"organisation": firm.replace("_", "-"), "relation": relation} for firm, relation in interests.items()]
        self.act("procurement.declare_interests", {"interests": listed, "process": self.process}, (handle, f"procurement.{role}"))

    def declare_all(self) -> None:
        """Whoever decides has no interests, they say."""
        seats = [(member, "committee") for member in self.committee]
        for handle, role in (*seats, (OFFICER, "officer"), ("inspector", "inspector"), ("certifier", "certifier")):
            self.declare(handle, role)

    def check_requirements(self, *passing: str, failing: Sequence[str] = (), lot: str = "", refused: str = "") -> None:
        """The committee finds who may trade."""
        minutes = self.document("minutes: licences seen")
        outcomes = [
            {
                "bidder": firm, "document": minutes, "page": 1, "pass": passed, "reason": REASONS[passed], "requirement": REQUIREMENT,
            }
            for firm, passed in sorted([*((firm, True) for firm in passing), *((firm, False) for firm in failing)])
        ]  # fmt: skip
        arguments = {"lot": lot or self.lot, "outcomes": outcomes, "process": self.process}
        self.act("procurement.record_requirements", arguments, *self.majority, refused=refused)

    def score(self, scores: Mapping[str, tuple[int, ...] | None], lot: str = "") -> None:
        """Each member seals its scores of each firm, by criterion; None: the firm is out."""
        lot = lot or self.lot
        round_id, firms = self.find_lot(lot).ballot_round, sorted(scores)
        for member in self.committee:
            sheet = ScoreSheet({
                criterion: [-1 if (of_firm := scores[firm]) is None else of_firm[place] for firm in firms]
                for place, criterion in enumerate(CRITERIA)
            })  # fmt: skip
            is_out = [scores[firm] is None for firm in firms]
            sealed = seal_scores(self._round(round_id), lot, BUYER, member, sheet, CRITERIA, is_out, SUITE_PLAIN)
            arguments = {"lot": lot, "process": self.process, "round": round_id, "sealed": _encode(sealed)}
            self.act("procurement.submit_scores", arguments, (member, "procurement.committee"))
            self._sheets[lot, member] = sealed.envelope_id.hex()

    def open_scores(self, *lots: str) -> None:
        """The time to score is over, and the sheets are opened together: none could follow another."""
        names = lots or tuple(self.order.lots)
        self.pass_until(max(self.find_lot(lot).scoring_ends for lot in names))
        for lot in names:
            for trustee in self.order.trustees[: len(self.order.trustees) // 2 + 1]:
                self.share(trustee, lot, sheets=True)

    def vote(self, handle: str, choice: str = "adopt", reason: str = "", lot: str = "", refused: str = "") -> None:
        """A member votes on the newest ranking, openly and signed; who does not adopt says why in a document too."""
        record = self.find_lot(lot)
        opinion = {} if choice == "adopt" else {"document": self.document("I would have weighed the warranty higher.")}
        arguments = {
            "ballot": max(1, record.ballot), "choice": choice, "lot": record.lot, "process": self.process, "ranking": record.ranking,
            "reason": reason or ("agreed" if choice == "adopt" else "not_convinced"), **opinion,
        }  # fmt: skip
        self.act("procurement.vote", arguments, (handle, "procurement.committee"), refused=refused)

    def vote_all(self, *choices: str, lot: str = "") -> None:
        """The committee, in the order of its seats."""
        for member, choice in zip(self.committee, choices, strict=True):
            self.vote(member, choice, lot=lot)

    def decide(self, about: str, decision: str, reason: str, refused: str = "") -> None:
        """The authority decides what is left to it."""
        arguments = {
            "about": about, "decision": decision, "document": self.document("the authority's reasons"), "lot": self.lot,
            "process": self.process, "reason": reason,
        }  # fmt: skip
        self.act("procurement.decide", arguments, self.authority, refused=refused)

    def seat(self, leaves: str, enters: str, seat: str = "committee", reason: str = "conflict", refused: str = "") -> None:
        """The authority gives somebody's seat to somebody else; "" nobody sat there."""
        arguments: dict[str, Any] = {"enters": person(enters), "process": self.process, "reason": reason, "seat": seat}
        arguments |= {"leaves": person(leaves)} if leaves else {}
        self.act("procurement.seat", arguments, self.authority, refused=refused)
        if not refused and seat == "committee":
            self.committee[self.committee.index(leaves)] = enters

    # -- the award --------------------------------------------------------------------------------------------------------

    def notify(self, firm: str, lot: str = "", award: str = "", refused: str = "") -> None:
        """The award, at the firm's own price, with the reasons to all."""
        lot = lot or self.lot
        arguments = {
            "award": award or lot, "bidder": firm, "lot": lot, "price": self.find_ranked(firm, lot).price, "process": self.process,
            "reasons": self.document("reasons to all bidders: scores and ranking"),
        }  # fmt: skip
        self.act("procurement.notify_award", arguments, *self.majority, refused=refused)

    def complain(self, firm: str, complaint: str = "complaint-1", text: str = "our warranty is longer") -> None:
        """A firm that lost complains about the scores."""
        arguments = {
            "complaint": complaint, "document": self.document(text), "ground": "evaluation", "lot": self.lot, "process": self.process,
        }  # fmt: skip
        self.act("procurement.complain", arguments, (firm, "procurement.bidder"))

    def answer_complaint(self, outcome: str, complaint: str = "complaint-1", remedy: str = "") -> None:
        """The committee's answer, with reasons."""
        arguments = {"complaint": complaint, "document": self.document(f"why it is {outcome}"), "outcome": outcome, "process": self.process}
        self.act("procurement.answer_complaint", arguments | ({"remedy": remedy} if remedy else {}), *self.majority)

    def appeal(self, firm: str, complaint: str, bond: str, appeal: str = "appeal-1") -> None:
        """A firm appeals; a bank answers for it with one part in a hundred of the lot's estimate."""
        now, amount = self.ledger.now(), self.order.lots[self.lot] * MILLION // 100
        self._guarantee(bond, firm, amount, now + 300 * DAY_SECONDS, obligation="appeal", process=self.process, lot=self.lot)
        arguments = {
            "appeal": appeal, "bond": bond, "complaint": complaint, "document": self.document("why the answer is wrong"),
            "process": self.process,
        }  # fmt: skip
        self.act("procurement.appeal", arguments, (firm, "procurement.bidder"))

    def decide_appeal(self, outcome: str, remedy: str = "", appeal: str = "appeal-1") -> None:
        """The reviewer's decision."""
        arguments = {"appeal": appeal, "document": self.document(f"why it is {outcome}"), "outcome": outcome, "process": self.process}
        signer = ("reviewer", "procurement.reviewer")
        self.act("procurement.decide_appeal", arguments | ({"remedy": remedy} if remedy else {}), signer)

    def debar(self, firm: str, days: int = 365) -> None:
        """An auditor notifies a violation, the firm replies, the authority debars it."""
        named = {"ground": "collusion", "organisation": firm, "violation": "violation-1"}
        found = named | {"document": self.document("two tenders elsewhere, one handwriting")}
        self.act("procurement.notify_violation", found, ("auditor-1-auditor", "governance.auditor"))
        reply = {"document": self.document("we deny it"), "violation": "violation-1"}
        self.act("procurement.reply_violation", reply, (firm, "procurement.bidder"))
        until = self.ledger.now() + days * DAY_SECONDS
        decided = named | {"act": "debar", "debarment": "debarment-1", "document": self.document("why it is debarred"), "until": until}
        self.act("procurement.debar", decided, self.authority)

    def activate(self, lot: str = "", award: str = "", refused: str = "") -> None:
        """The award is made final."""
        lot = lot or self.lot
        arguments = {"award": award or lot, "lot": lot, "process": self.process}
        self.act("procurement.activate_award", arguments, self.officer, refused=refused)

    def withdraw_award(self, ground: str, lot: str = "", award: str = "") -> None:
        """The officer withdraws it: the firm is passed over."""
        lot = lot or self.lot
        self.act("procurement.withdraw_award", {"award": award or lot, "ground": ground, "lot": lot, "process": self.process}, self.officer)

    # -- the contract -----------------------------------------------------------------------------------------------------

    def draft(self, lot: str = "", award: str = "", contract: str = "") -> str:
        """The contract as it is to be signed, at the award's price; its name."""
        lot = lot or self.lot
        award, contract = award or lot, contract or f"benches-{lot}"
        price_minor = int(self.find_award(award, lot).price)
        arguments = describe_contract(self.process, lot, award, contract, price_minor, self.ledger.now(), self.document)
        receipt = require(self.act("procurement.draft_contract", arguments, self.officer), contract)
        self._drafts[contract] = receipt.id
        return contract

    def guarantee(self, contract: str, guarantee: str = "", obligation: str = "performance", amount_minor: int = 0) -> None:
        """A bank answers for an obligation, for the performance with one part in twenty of the price unless an amount is named."""
        record, now = self.find_contract(contract), self.ledger.now()
        name, until = guarantee or f"guarantee-{contract}", now + 150 * DAY_SECONDS
        amount_minor = amount_minor or int(record.price) // 20
        self._guarantee(name, record.supplier, amount_minor, until, obligation=obligation, contract=contract)

    def sign(self, contract: str, *signers: Signer, refused: str = "") -> None:
        """The officer and the contractor sign, unless others are named."""
        supplier = (self.find_contract(contract).supplier, "procurement.contractor")
        for signer in signers or (self.officer, supplier):
            arguments = {"contract": contract, "draft": self._drafts[contract]}
            self.act("procurement.sign_contract", arguments, signer, refused=refused)

    # -- several steps ----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Up to the request."""
        self.register_people()
        self.announce()
        self.publish()

    def evaluate(self, *passing: str) -> None:
        """Envelopes opened, interests declared, requirements met by all, or those named: by price alone the ranking stands."""
        self.open()
        self.declare_all()
        self.check_requirements(*(passing or FIRMS))

    def to_award(self, *millions: int) -> None:
        """The shortest way to a notified award: the third firm's, the lowest."""
        self.begin()
        self.propose_all(*(millions or (290, 280, 270)))
        self.evaluate()
        self.vote_all("adopt", "adopt", "adopt")
        self.notify(FIRMS[2])

    def to_contract(self, *millions: int) -> str:
        """The shortest way to a signed contract, in force; its name."""
        self.to_award(*millions)
        self.pass_until(self.find_award().standstill_ends)
        self.activate()
        contract = self.draft()
        self.guarantee(contract)
        self.sign(contract)
        return contract

    def end(self, state: str, *, winner: str = "", failure: str = "", contract: str = "", lot: str = "") -> None:
        """What the play says a lot of the newest process came to; RehearsalProblem where the ledger says otherwise."""
        expected = Ending(self.process, lot or self.lot, state, failure, winner, contract)
        found = self.read_ending(lot)
        if found != expected:
            raise RehearsalProblem(f"the play should end with {expected}, and ended with {found}")
        self.endings.append(found)

    def read_ending(self, lot: str = "") -> Ending:
        """Where a lot stands, as the ledger has it."""
        record = self.find_lot(lot)
        award = self.find_award(record.award, record.lot) if record.award else None
        contract = self.find_contract(award.contract).state if award is not None and award.contract else ""
        return Ending(self.process, record.lot, record.state, record.failure, award.bidder if award is not None else "", contract)

    # -- what the ledger says ---------------------------------------------------------------------------------------------

    @property
    def profile(self) -> str:
        """Whose law the ledger's figures are."""
        return str(self.ledger.genesis.parameters["governance.profile"])

    @property
    def officer(self) -> Signer:
        """The contracting officer."""
        return (OFFICER, "procurement.officer")

    @property
    def authority(self) -> Signer:
        """The budget authority."""
        return ("authority", "procurement.authority")

    @property
    def majority(self) -> tuple[Signer, ...]:
        """More than half of the committee."""
        return tuple((member, "procurement.committee") for member in self.committee[:2])

    @property
    def record(self) -> ProcessRecord:
        """The newest process."""
        return get_process(self.ledger.state, self.process)

    def find_lot(self, lot: str = "") -> LotRecord:
        """A lot of the newest process."""
        return get_lot(self.ledger.state, self.process, lot or self.lot)

    def find_ranked(self, firm: str, lot: str = "") -> RankedRecord:
        """A firm's place in the newest ranking of a lot."""
        record = self.find_lot(lot)
        for place in range(len(FIRMS)):
            ranked = self.ledger.state.get(ranked_key(self.process, record.lot, record.ranking, place), RankedRecord)
            if ranked is not None and ranked.bidder == firm:
                return ranked
        raise RehearsalProblem(f"{firm} is not ranked in lot {record.lot}")

    def find_award(self, award: str = "", lot: str = "") -> AwardRecord:
        """An award: that of the lot's own name, unless another is named."""
        lot = lot or self.lot
        return require(self.ledger.state.get(award_key(self.process, lot, award or lot), AwardRecord), award or lot)

    def find_complaint(self, complaint: str) -> ComplaintRecord:
        """A complaint."""
        return require(self.ledger.state.get(complaint_key(self.process, complaint), ComplaintRecord), complaint)

    def find_contract(self, contract: str) -> AgreementRecord:
        """A contract, from its draft on."""
        return require(self.ledger.state.get(agreement_key(contract), AgreementRecord), contract)

    def _round(self, identifier: str) -> Round:
        record = require(self.ledger.state.get(round_key(identifier), RoundRecord), identifier)
        trustees = tuple(Trustee(each.organisation, each.key_id, bytes.fromhex(each.key)) for each in record.trustees)
        return Round(self.ledger.genesis.ledger, record.purpose, record.process, record.number, record.t, trustees)

    def _name_file(self, firm: str, file: SealedFile) -> dict[str, Any]:
        envelope = self._envelopes[self.lot, firm]
        return {"envelope": envelope, "lot": self.lot, "process": self.process, "sha256": file.sha256}

    def _promise(self, file: SealedFile, stores: Sequence[str]) -> dict[str, Any]:
        """A file as 08 lists it, with the receipts that stores signed."""
        keep_until = self.record.deadline + KEEP_SECONDS
        promise = encode_receipt(self.ledger.chain, file.sha256, file.size, keep_until)
        keys = [self.actor.key(f"{store}-store") for store in stores]
        receipts = [
            {"keep_until": keep_until, "key": key.public_key.hex(), "sig": base64.b64encode(key.sign(promise)).decode()} for key in keys
        ]
        return {"receipts": receipts, "sha256": file.sha256, "size": file.size}

    def _guarantee(self, guarantee: str, firm: str, amount_minor: int, until: int, **about: str) -> None:
        arguments = {
            "amount": str(amount_minor), "beneficiary": BUYER, "document": self.document(f"{guarantee} for {firm}"),
            "from": self.ledger.now(), "guarantee": guarantee, "principal": firm, "unconditional": True, "until": until, **about,
        }  # fmt: skip
        self.act("procurement.register_guarantee", arguments, (BANK, "procurement.guarantor"))


def _name_trustee(trustee: str) -> str:
    """The handle of a trustee's key: an organisation that is nothing else has one key."""
    return f"{trustee}-trustee" if trustee in TRUSTEES else trustee


def _encode(sealed: SealedSlot) -> str:
    return base64.b64encode(sealed.sealed).decode()
