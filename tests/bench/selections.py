"""Whole selections as a load: many of one buyer at once, from the plan to the signatures, and one lot with many proposals.

Owns the ledger that they run on and the order of their steps. Each step's envelopes are signed, and their documents stored,
before its time counts; what is timed is from the first envelope handed in to the last answer.
"""

from __future__ import annotations

import base64
import gc
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
from nacl.bindings import crypto_sign_open

from prasasti.bootstrap import allowed_parts, create_ledger, open_for_writing
from prasasti.contracts.procurement.award.records import AwardRecord, award_key
from prasasti.contracts.procurement.calendar import compute_date
from prasasti.contracts.procurement.process import LotRecord, get_lot, get_process
from prasasti.contracts.procurement.rounds import get_round_record
from prasasti.contracts.procurement.sealing.contents import ScoreSheet
from prasasti.contracts.procurement.sealing.framing import Round, Trustee, compute_round
from prasasti.core.admission import Inadmissible
from prasasti.core.encoding import encode_canonical
from prasasti.core.entries import Receipt
from prasasti.core.envelope import decode_envelope, decode_signatures, encode_pae
from prasasti.core.types import require
from prasasti.services.ledger import Ledger
from tests.bench.measure import clock, rate_of
from tests.bench.workshop import BUCKET_BITS
from tests.contracts.selection import BIDDERS, COMMITTEE, DAY, LOT, MILLION, TERMS, TRUSTEES, found, lot, plan, seal, signer, tender
from tests.core.ledger import Signer, key_of, sign

LOTS = ("north", "south")
PRICES = {"north": (290, 276, 284), "south": (240, 252, 236)}
CRITERIA = ("material", "warranty")
SCORES = ((700_000, 640_000), (860_000, 900_000), (740_000, 700_000))
WINNER = 1
PERFORMANCE = TERMS | {"performance_bp": 500}
SHARES_A_MESSAGE, OUTCOMES_A_MESSAGE = 150, 100
VERIFICATIONS, ROUNDS = 500, 4  # So many that what a segment leaves in the processor's caches weighs little.
EXPIRY_SECONDS = 3_600
WAIT_SECONDS = 0.001
BLOCK_TRANSACTIONS = 2_000

OFFICER, CLERK = signer("officer", "officer"), ("agency-1/clerk", "governance.officer")
MAJORITY = tuple(signer(name, "committee") for name in COMMITTEE[:2])
SEATED = ("officer", "inspector", "certifier")

Draft = tuple[str, dict[str, Any], tuple[Signer, ...]]


@contextmanager
def open_yard(folder: Path, bidders: Sequence[str] = ()) -> Iterator[Yard]:
    """A new training ledger as ``prasasti`` opens it, with a buyer, its people, trustees, and so many bidders more."""
    with tempfile.TemporaryDirectory() as scratch:
        parts = msgspec.to_builtins(allowed_parts())
        with closing(found(Path(scratch), bidders=tuple(bidders), parts=parts)) as template:
            genesis = msgspec.json.decode(template.genesis_bytes) | {"bucket_bits": BUCKET_BITS}
    create_ledger(folder, encode_canonical(genesis))
    with open_for_writing(folder) as ledger:
        yield Yard(ledger)


class Yard:
    """A ledger open for writing; counts what was recorded, and how long that took."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.transactions = 0
        self.seconds = 0.0
        self.messages: list[tuple[bytes, bytes]] = []
        self._nonce = 0
        self._documents: dict[str, dict[str, Any]] = {}

    def submit(self, drafts: Sequence[Draft]) -> list[str]:
        """Sign, then record, the second of which is timed; the transactions' ids. ValueError where one is not accepted."""
        envelopes = [self._sign(draft) for draft in drafts]
        gc.collect()
        gc.freeze()
        answers: list[Receipt | Inadmissible] = []
        start = clock()
        for first in range(0, len(envelopes), BLOCK_TRANSACTIONS):
            answers += self.ledger.submit(envelopes[first : first + BLOCK_TRANSACTIONS])
        self.seconds += clock() - start
        self.transactions += len(envelopes)
        for (action, *_), answer in zip(drafts, answers, strict=True):
            if isinstance(answer, Inadmissible):
                raise ValueError(f"{action} is not admitted: {answer.code}, {answer.found}")
            if answer.refusal is not None:
                raise ValueError(f"{action} is refused: {answer.refusal.number}")
        self._keep_messages(envelopes)
        return [answer.id for answer in answers if isinstance(answer, Receipt)]

    def pass_time(self, seconds: int) -> None:
        """The training ledger's clock is moved by a message; what is then due runs at once, and counts as recording does."""
        if seconds <= 0:
            return
        self.submit([("governance.advance_clock", {"seconds": seconds}, (CLERK,))])
        start = clock()
        while (due := self.ledger.database.next_deadline()) is not None and due <= self.ledger.now():
            time.sleep(WAIT_SECONDS)
        self.seconds += clock() - start

    def pass_until(self, moment: int) -> None:
        """As ``pass_time``."""
        self.pass_time(moment - self.ledger.now())

    def document(self, text: str) -> dict[str, Any]:
        """A stored document."""
        if text not in self._documents:
            (stored,) = self.ledger.documents.put([(text.encode(), "text/plain")])
            self._documents[text] = msgspec.to_builtins(stored)
        return self._documents[text]

    def verify_raw(self) -> float:
        """Ed25519 verifications a second of the load's own payloads, by PyNaCl, on this core."""
        messages = self.messages * ROUNDS
        return rate_of(len(messages), lambda: [crypto_sign_open(message, key) for message, key in messages])

    def get_lot(self, process: str, name: str) -> LotRecord:
        """A lot as it stands."""
        return get_lot(self.ledger.state, process, name)

    def get_round(self, identifier: str) -> Round:
        """A round as sealing takes it."""
        record = get_round_record(self.ledger.state, identifier)
        trustees = tuple(Trustee(each.organisation, each.key_id, bytes.fromhex(each.key)) for each in record.trustees)
        return Round(self.ledger.genesis.ledger, record.purpose, record.process, record.number, record.t, trustees)

    def _sign(self, draft: Draft) -> bytes:
        action, arguments, signers = draft
        self._nonce += 1
        payload = {
            "action": action, "actor": signers[0][0].partition("/")[0], "arguments": arguments, "chain": self.ledger.chain,
            "expires": self.ledger.now() + EXPIRY_SECONDS, "nonce": f"{self._nonce:032x}",
            "signers": [{"key": key_of(name), "role": role} for name, role in signers],
        }  # fmt: skip
        return sign(payload, [name for name, _ in signers])

    def _keep_messages(self, envelopes: Sequence[bytes]) -> None:
        """A few of each step, so that what is verified raw is as long as what is recorded."""
        step = max(1, len(envelopes) // 20)
        self.messages += [_split(envelope) for envelope in envelopes[::step]]
        self.messages = self.messages[-VERIFICATIONS:]


def _split(envelope: bytes) -> tuple[bytes, bytes]:
    """Signature and message as libsodium takes them, and the key."""
    decoded, payload = decode_envelope(envelope)
    key, signature = decode_signatures(decoded)[0]
    return signature + encode_pae(payload), key


# -- many whole selections ------------------------------------------------------------------------------------------------


class Cohort:
    """Selections of one buyer, each a plan line of two lots, that go through their steps side by side."""

    def __init__(self, yard: Yard, number: int, size: int) -> None:
        self._yard = yard
        self._number = number
        self._line = f"parks-{number}"
        self._plans = [f"c{number}s{each}" for each in range(size)]
        self._envelopes: dict[tuple[str, str], list[str]] = {}

    def run(self) -> None:
        """Every step, in order."""
        for step in (
            self._announce, self._publish, self._ask, self._answer, self._propose, self._open, self._declare, self._require, self._score,
            self._count, self._vote, self._award, self._complain, self._settle, self._activate, self._contract,
        ):  # fmt: skip
            step()

    def _submit(self, make: Callable[[str], Sequence[Draft]]) -> list[str]:
        """The messages of a step, of all selections together."""
        return self._yard.submit([draft for name in self._plans for draft in make(name)])

    def _announce(self) -> None:
        year, _, _ = compute_date(self._yard.ledger.now() // DAY)
        money = {
            "account": "532111", "amount": str(len(self._plans) * 1_000 * MILLION), "currency": "IDR", "line": self._line,
            "programme": "parks", "unit": "agency-1", "year": year,
        }  # fmt: skip
        self._yard.submit([("treasury.set_budget", money, (("treasury-1/budget", "treasury.budget"),))])
        budgets = [{"amount": str(600 * MILLION), "line": self._line}]
        signers = (OFFICER, signer("authority", "authority"))
        self._submit(
            lambda name: [("procurement.announce_plan", plan(600 * MILLION, budgets=budgets, plan=name), signers)]
        )  # fmt: skip

    def _publish(self) -> None:
        now = self._yard.ledger.now()
        request, terms = self._yard.document("request"), self._yard.document("draft of the contract")
        shared = tender(
            now, criteria=weigh_criteria(), selection="rated", technical_bp=7_000,
            documents=[{"document": request, "title": "Request"}, {"document": terms, "title": "Draft"}], terms=PERFORMANCE,
            lots=[lot(name, (320 - 40 * place) * MILLION, ceiling=[{"amount": str((320 - 40 * place) * MILLION), "line": self._line}])
                  for place, name in enumerate(LOTS)],
            threshold=600_000, valid_until=now + 200 * DAY,
        )  # fmt: skip
        self._submit(
            lambda name: [("procurement.publish_tender", shared | {"plan": name, "process": ocid(name)}, (OFFICER, *MAJORITY))]
        )  # fmt: skip

    def _ask(self) -> None:
        signers = (("bidder-1/bidder", "procurement.bidder"),)
        self._submit(lambda name: [("procurement.ask_question", self._question(name) | {"document": self._own(name, "asked")}, signers)])

    def _answer(self) -> None:
        self._yard.pass_time(2 * DAY)
        signers = MAJORITY[:1]
        self._submit(lambda name: [("procurement.answer_question", self._question(name) | {"document": self._own(name, "told")}, signers)])

    def _question(self, name: str) -> dict[str, Any]:
        return {"process": ocid(name), "question": "question-1"}

    def _propose(self) -> None:
        """Each firm for both lots; the first thinks better of a price."""
        until = self._yard.ledger.now() + 190 * DAY

        def make(name: str) -> Iterator[Draft]:
            round_ = self._yard.get_round(self._yard.get_lot(ocid(name), LOTS[0]).proposal_round)
            yield make_proposal(round_, ocid(name), LOTS[0], BIDDERS[0], 295 * MILLION, until)[0]
            for lot_name in LOTS:
                made = [
                    make_proposal(round_, ocid(name), lot_name, bidder, price * MILLION, until)
                    for bidder, price in zip(BIDDERS, PRICES[lot_name], strict=True)
                ]
                self._envelopes[name, lot_name] = [envelope for _, envelope in made]
                yield from (draft for draft, _ in made)

        self._submit(lambda name: list(make(name)))

    def _open(self) -> None:
        process = get_process(self._yard.ledger.state, ocid(self._plans[0]))
        self._yard.pass_until(process.deadline)
        self._yard.pass_until(process.opening)
        self._share()

    def _share(self) -> None:
        self._submit(
            lambda name: [
                draft for lot_name in LOTS for draft in make_shares(ocid(name), lot_name, self._envelopes.pop((name, lot_name)))
            ]
        )  # fmt: skip

    def _declare(self) -> None:
        self._submit(lambda name: list(make_declarations(ocid(name))))

    def _require(self) -> None:
        self._submit(
            lambda name: [
                draft for lot_name in LOTS for draft in make_outcomes(ocid(name), lot_name, BIDDERS, self._own(name, "minutes"))
            ]
        )  # fmt: skip

    def _score(self) -> None:
        def make(name: str) -> Iterator[Draft]:
            for lot_name in LOTS:
                round_ = self._yard.get_round(self._yard.get_lot(ocid(name), lot_name).ballot_round)
                made = [make_sheet(round_, ocid(name), lot_name, member, SCORES) for member in COMMITTEE]
                self._envelopes[name, lot_name] = [envelope for _, envelope in made]
                yield from (draft for draft, _ in made)

        self._submit(lambda name: list(make(name)))

    def _count(self) -> None:
        self._yard.pass_until(max(self._yard.get_lot(ocid(name), each).scoring_ends for name in self._plans for each in LOTS))
        self._share()

    def _vote(self) -> None:
        self._submit(
            lambda name: [
                draft for each in LOTS
                for draft in make_votes(self._yard.get_lot(ocid(name), each), self._own(name, "opinion"))
            ]
        )  # fmt: skip

    def _award(self) -> None:
        self._submit(
            lambda name: [
                (
                    "procurement.notify_award",
                    {
                        "award": each, "bidder": BIDDERS[WINNER], "lot": each, "price": str(PRICES[each][WINNER] * MILLION),
                        "process": ocid(name), "reasons": self._own(name, "reasons"),
                    },
                    MAJORITY,
                )
                for each in LOTS
            ]
        )  # fmt: skip

    def _complain(self) -> None:
        signers = (("bidder-1/bidder", "procurement.bidder"),)
        more = {"ground": "evaluation", "lot": LOTS[0]}
        self._submit(
            lambda name: [("procurement.complain", self._complaint(name) | more | {"document": self._own(name, "why")}, signers)]
        )  # fmt: skip

    def _settle(self) -> None:
        self._yard.pass_time(DAY)
        answer = {"outcome": "rejected"}
        self._submit(
            lambda name: [
                ("procurement.answer_complaint", self._complaint(name) | answer | {"document": self._own(name, "no")}, MAJORITY)
            ]
        )  # fmt: skip

    def _complaint(self, name: str) -> dict[str, Any]:
        return {"complaint": f"complaint-{name}", "process": ocid(name)}

    def _activate(self) -> None:
        awards = [
            require(self._yard.ledger.state.get(award_key(ocid(name), each, each), AwardRecord), each)
            for name in self._plans for each in LOTS
        ]  # fmt: skip
        self._yard.pass_until(max(award.standstill_ends for award in awards))
        self._submit(
            lambda name: [("procurement.activate_award", {"award": each, "lot": each, "process": ocid(name)}, (OFFICER,)) for each in LOTS]
        )  # fmt: skip

    def _contract(self) -> None:
        now = self._yard.ledger.now()
        drafted = iter(self._submit(lambda name: [self._draft(name, each, now) for each in LOTS]))
        ids = {(name, each): next(drafted) for name in self._plans for each in LOTS}
        self._submit(lambda name: [self._guarantee(name, each, now) for each in LOTS])
        for signing in (OFFICER, (f"{BIDDERS[WINNER]}/director", "procurement.contractor")):
            self._submit(
                lambda name, signing=signing: [  # type: ignore[misc]
                    ("procurement.sign_contract", {"contract": f"{name}-{each}", "draft": ids[name, each]}, (signing,)) for each in LOTS
                ]
            )  # fmt: skip

    def _draft(self, name: str, lot_name: str, now: int) -> Draft:
        price = PRICES[lot_name][WINNER] * MILLION
        arguments = {
            "award": lot_name, "bill": [{"item": f"{lot_name}-bench", "unit_price": str(price // 40)}], "contract": f"{name}-{lot_name}",
            "document": self._own(name, "contract"), "lot": lot_name,
            "milestones": [
                {"amount": str(price // 2), "due": now + days * DAY, "id": each, "items": [], "title": each}
                for each, days in (("half", 30), ("rest", 60))
            ],
            "price": str(price), "process": ocid(name), "terms": PERFORMANCE, "years": [{"amount": str(price), "line": self._line}],
        }  # fmt: skip
        return "procurement.draft_contract", arguments, (OFFICER,)

    def _guarantee(self, name: str, lot_name: str, now: int) -> Draft:
        arguments = {
            "amount": str(PRICES[lot_name][WINNER] * MILLION // 20), "beneficiary": "agency-1", "contract": f"{name}-{lot_name}",
            "document": self._own(name, "guarantee"), "from": now, "guarantee": f"guarantee-{name}-{lot_name}", "obligation": "performance",
            "principal": BIDDERS[WINNER], "unconditional": True, "until": now + 200 * DAY,
        }  # fmt: skip
        return "procurement.register_guarantee", arguments, (("bank-1/guarantor", "procurement.guarantor"),)

    def _own(self, name: str, what: str) -> dict[str, Any]:
        return self._yard.document(f"{what} of {name}")


# -- messages that both loads have ----------------------------------------------------------------------------------------


def ocid(plan_name: str) -> str:
    """The first process of a plan line."""
    return f"ocds-213czf-{plan_name}"


def weigh_criteria() -> list[dict[str, Any]]:
    """What members score, each as much as the others."""
    return [{"id": each, "title": each, "weight_bp": 10_000 // len(CRITERIA)} for each in CRITERIA]


def make_proposal(round_: Round, process: str, lot_name: str, bidder: str, price: int, until: int) -> tuple[Draft, str]:
    """A bidder's sealed proposal, and its envelope's id."""
    contents = {
        "bmp_bp": 0, "currency": "IDR", "files": [], "items": [[f"{lot_name}-bench", str(price // 40)]], "price": str(price),
        "tkdn_bp": 0, "valid_until": until,
    }  # fmt: skip
    sealed, envelope = _seal_for(round_, encode_canonical(contents), lot_name, "proposal", bidder)
    arguments = {
        "files": [], "lot": lot_name, "members": [], "process": process, "round": compute_round(*round_).hex(), "sealed": sealed,
        "slot": "proposal",
    }  # fmt: skip
    return ("procurement.submit_sealed", arguments, ((f"{bidder}/bidder", "procurement.bidder"),)), envelope


def make_sheet(round_: Round, process: str, lot_name: str, member: str, scores: Sequence[tuple[int, int]]) -> tuple[Draft, str]:
    """A member's sealed score sheet, scores by proposal in the order of bidders, and its envelope's id."""
    sheet = ScoreSheet({each: [pair[place] for pair in scores] for place, each in enumerate(CRITERIA)})
    sealed, envelope = _seal_for(round_, encode_canonical(sheet), lot_name, "scores", f"agency-1:{member}")
    arguments = {"lot": lot_name, "process": process, "round": compute_round(*round_).hex(), "sealed": sealed}
    return ("procurement.submit_scores", arguments, (signer(member, "committee"),)), envelope


def _seal_for(round_: Round, plaintext: bytes, lot_name: str, slot: str, sealer: str) -> tuple[str, str]:
    sealed, envelope = seal(round_, plaintext, lot_name, slot, sealer)
    return base64.b64encode(sealed).decode(), envelope


def make_shares(process: str, lot_name: str, envelopes: Sequence[str]) -> Iterator[Draft]:
    """The shares of two trustees, as many a message as it takes."""
    due = sorted(envelopes)
    for index, trustee in enumerate(TRUSTEES[:2], 1):
        for first in range(0, len(due), SHARES_A_MESSAGE):
            shares = [{"envelope": each, "index": index, "point": "", "proof": ""} for each in due[first : first + SHARES_A_MESSAGE]]
            arguments = {"lot": lot_name, "process": process, "shares": shares}
            yield "procurement.publish_opening_shares", arguments, ((f"{trustee}/trustee", "procurement.trustee"),)


def make_declarations(process: str) -> Iterator[Draft]:
    """Nobody who decides has an interest."""
    seats = [*((name, "committee") for name in COMMITTEE), *((role, role) for role in SEATED)]
    for name, role in seats:
        yield "procurement.declare_interests", {"interests": [], "process": process}, (signer(name, role),)


def make_outcomes(process: str, lot_name: str, bidders: Sequence[str], minutes: dict[str, Any]) -> Iterator[Draft]:
    """Every bidder may trade, as many a message as it takes."""
    for first in range(0, len(bidders), OUTCOMES_A_MESSAGE):
        outcomes = [
            {"bidder": bidder, "document": minutes, "page": 1, "pass": True, "reason": "met", "requirement": "licence"}
            for bidder in bidders[first : first + OUTCOMES_A_MESSAGE]
        ]
        yield "procurement.record_requirements", {"lot": lot_name, "outcomes": outcomes, "process": process}, MAJORITY


def make_votes(record: LotRecord, opinion: dict[str, Any]) -> Iterator[Draft]:
    """Two adopt the ranking, one abstains."""
    for member, choice in zip(COMMITTEE, ("adopt", "adopt", "abstain"), strict=True):
        more = {} if choice == "adopt" else {"document": opinion}
        arguments = {
            "ballot": record.ballot, "choice": choice, "lot": record.lot, "process": record.process, "ranking": record.ranking,
            "reason": "agreed" if choice == "adopt" else "not_convinced", **more,
        }  # fmt: skip
        yield "procurement.vote", arguments, (signer(member, "committee"),)


# -- one lot with many proposals ------------------------------------------------------------------------------------------


class OneLot:
    """One lot for which many propose; each method is a step."""

    def __init__(self, yard: Yard, bidders: Sequence[str], name: str) -> None:
        self._yard = yard
        self._bidders = bidders
        self._name = name
        self._process = ocid(name)
        self._envelopes: list[str] = []

    def publish(self) -> None:
        """Money, a plan line and the request."""
        year, _, _ = compute_date(self._yard.ledger.now() // DAY)
        money = {
            "account": "532111", "amount": str(1_000 * MILLION), "currency": "IDR", "line": self._name, "programme": "parks",
            "unit": "agency-1", "year": year,
        }  # fmt: skip
        self._yard.submit([("treasury.set_budget", money, (("treasury-1/budget", "treasury.budget"),))])
        budgets = [{"amount": str(500 * MILLION), "line": self._name}]
        announced = plan(budgets=budgets, plan=self._name)
        self._yard.submit([("procurement.announce_plan", announced, (OFFICER, signer("authority", "authority")))])
        now, request = self._yard.ledger.now(), self._yard.document("request")
        documents = [{"document": request, "title": "Request"}, {"document": self._yard.document("draft"), "title": "Draft"}]
        lots = [lot(LOT, ceiling=[{"amount": str(300 * MILLION), "line": self._name}])]
        arguments = tender(
            now, criteria=weigh_criteria(), documents=documents, lots=lots, plan=self._name, process=self._process, selection="rated",
            technical_bp=7_000, threshold=600_000,
        )  # fmt: skip
        self._yard.submit([("procurement.publish_tender", arguments, (OFFICER, *MAJORITY))])

    def proposals(self) -> None:
        """Every bidder seals one, at prices of its own."""
        round_ = self._yard.get_round(self._lot.proposal_round)
        until = self._yard.ledger.now() + 90 * DAY
        made = [
            make_proposal(round_, self._process, LOT, bidder, 200 * MILLION + 4_000 * (number * 7_919 % 10_007), until)
            for number, bidder in enumerate(self._bidders)
        ]
        self._envelopes = [envelope for _, envelope in made]
        self._yard.submit([draft for draft, _ in made])

    def opening(self) -> None:
        """The deadline passes, two trustees share everything: the last share reads every proposal."""
        process = get_process(self._yard.ledger.state, self._process)
        self._yard.pass_until(process.deadline)
        self._yard.pass_until(process.opening)
        self._yard.submit(list(make_shares(self._process, LOT, self._envelopes)))
        self._yard.submit(list(make_declarations(self._process)))

    def requirements(self) -> None:
        """The committee judges every proposal."""
        self._yard.submit(list(make_outcomes(self._process, LOT, self._bidders, self._yard.document("minutes"))))

    def scores(self) -> None:
        """Each member's sheet about all proposals."""
        round_ = self._yard.get_round(self._lot.ballot_round)
        scores = [(600_000 + number * 104_729 % 400_000, 600_000 + number * 15_485_863 % 400_000) for number in range(len(self._bidders))]
        made = [make_sheet(round_, self._process, LOT, member, scores) for member in COMMITTEE]
        self._envelopes = [envelope for _, envelope in made]
        self._yard.submit([draft for draft, _ in made])

    def ranking(self) -> None:
        """Scoring ends, two trustees share the sheets: the last share counts, ranks and publishes."""
        self._yard.pass_until(self._lot.scoring_ends)
        self._yard.submit(list(make_shares(self._process, LOT, self._envelopes)))

    def ballot(self) -> None:
        """Two adopt the ranking; the ballot closes."""
        self._yard.submit(list(make_votes(self._lot, self._yard.document("opinion"))))

    @property
    def _lot(self) -> LotRecord:
        return self._yard.get_lot(self._process, LOT)
