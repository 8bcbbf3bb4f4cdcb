"""Rows of evaluation for the tables that all contracts share, and the steps of an evaluation: who may sign, what is refused."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from prasasti.contracts.procurement.evaluation.records import BallotRecord, RankedRecord, RankingRecord, ballot_key, ranked_key, ranking_key
from prasasti.contracts.procurement.process import LotRecord, RoundRecord, lot_key
from prasasti.contracts.procurement.proposal.records import ProposalRecord, proposal_key
from prasasti.contracts.procurement.sealing.framing import Round, Trustee, compute_round
from prasasti.core.contract import View
from prasasti.core.encoding import encode_canonical
from prasasti.core.storage_receipts import encode_receipt
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
    TRUSTEES,
    Selection,
    budget,
    person,
    plan,
    proposal,
    round_of,
    seal,
    signer,
)
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of, signing_key

CRITERIA = [
    {"id": "design", "title": "How they are made", "weight_bp": 6_000},
    {"id": "delivery", "title": "How they come", "weight_bp": 4_000},
]
RATED: dict[str, Any] = {"criteria": CRITERIA, "selection": "rated", "technical_bp": 7_000, "threshold": 600_000}
TWO_FILES: dict[str, Any] = {"files": "two", "requirements": [
    {"id": "licence", "stage": "technical", "title": "Licence to trade"},
]}  # fmt: skip
FILE, FILE_BYTES = "f1" * 32, 1_000
BENCHES = {bidder: price * MILLION for bidder, price in zip(BIDDERS, (290, 280, 270), strict=True)}


class Evaluation(Selection):
    """A selection up to its ballots, with score sheets, seats, decisions and tags."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self.sheets: dict[str, str] = {}

    @property
    def view(self) -> View:
        return self.ledger.application.state.view

    def lot(self, name: str = LOT) -> LotRecord:
        record = self.view.get(lot_key(PROCESS, name), LotRecord)
        assert record is not None
        return record

    def proposal_of(self, bidder: str, lot_name: str = LOT) -> ProposalRecord:
        record = self.view.get(proposal_key(PROCESS, lot_name, bidder), ProposalRecord)
        assert record is not None
        return record

    def ballot(self, lot_name: str = LOT) -> BallotRecord:
        record = self.view.get(ballot_key(PROCESS, lot_name, self.lot(lot_name).ballot), BallotRecord)
        assert record is not None
        return record

    def ranking(self, number: int = 1, lot_name: str = LOT) -> list[RankedRecord]:
        record = self.view.get(ranking_key(PROCESS, lot_name, number), RankingRecord)
        assert record is not None
        found = [self.view.get(ranked_key(PROCESS, lot_name, number, place), RankedRecord) for place in range(record.ranked)]
        return [each for each in found if each is not None]

    def prepare(self, **changes: Any) -> None:
        """Money and a plan line, which may be changed."""
        action, arguments, signers = budget()
        assert self.do(action, arguments, *signers) == ACCEPTED
        assert self.do("procurement.announce_plan", plan(**changes), OFFICER, AUTHORITY) == ACCEPTED

    def begin(self, prices: dict[str, int] | None = None, **changes: Any) -> None:
        """A request, a proposal of each bidder, opened; nobody declared yet."""
        self.prepare()
        assert self.publish(**changes) == ACCEPTED
        for bidder, price in (prices or BENCHES).items():
            if changes.get("files") == "two":
                self.propose_two(bidder, price)
            else:
                assert self.propose(bidder, price, files=[kept_file(self.ledger)] if bidder == "bidder-1" else []) == ACCEPTED
        self.open()

    def propose_two(self, bidder: str, price: int, lot_name: str = LOT) -> None:
        for slot in ("technical", "financial"):
            plaintext = proposal(self.ledger, price)
            if slot == "technical":
                fields = {"bmp_bp": 0, "currency": "IDR", "files": [], "tkdn_bp": 0, "valid_until": self.ledger.time + 90 * DAY}
                plaintext = encode_canonical(fields)
            round_ = round_of(self.ledger)
            sealed, envelope = seal(round_, plaintext, lot_name, slot, bidder)
            arguments = {
                "files": [], "lot": lot_name, "members": [], "process": PROCESS, "round": compute_round(*round_).hex(),
                "sealed": base64.b64encode(sealed).decode(), "slot": slot,
            }  # fmt: skip
            assert self.do("procurement.submit_sealed", arguments, (f"{bidder}/bidder", "procurement.bidder")) == ACCEPTED
            key = (bidder, lot_name) if slot == "technical" else (f"{bidder} {slot}", f"{lot_name} {slot}")
            self.envelopes[key] = envelope

    def open_financial(self, *bidders: str) -> None:
        envelopes = [self.envelopes[f"{bidder} financial", f"{LOT} financial"] for bidder in bidders]
        for trustee in TRUSTEES[:2]:
            assert self.share(trustee, *envelopes) == ACCEPTED

    def require_by(self, *names: str, bidder: str = "bidder-1") -> str:
        """An outcome by members of a name."""
        outcome = {"bidder": bidder, "document": MINUTES, "page": 1, "pass": True, "reason": "met", "requirement": "licence"}
        arguments = {"lot": LOT, "outcomes": [outcome], "process": PROCESS}
        return self.do("procurement.record_requirements", arguments, *(signer(name, "committee") for name in names))

    def pass_by(self, *names: str) -> str:
        return [self.require_by(*names, bidder=bidder) for bidder in BIDDERS][-1]

    def pass_all(self, *bidders: str) -> str:
        return self.require_of(*((bidder, True) for bidder in bidders or BIDDERS))

    def ballot_round(self, lot_name: str = LOT) -> Round:
        record = self.view.get(f"procurement/round/{self.lot(lot_name).ballot_round}", RoundRecord)
        assert record is not None
        pinned = tuple(Trustee(each.organisation, each.key_id, bytes.fromhex(each.key)) for each in record.trustees)
        return Round("test", "ballot", PROCESS, record.number, record.t, pinned)

    def score(self, name: str, scores: Any, lot_name: str = LOT, **changes: Any) -> str:
        """A member seals a sheet; ``scores`` by criterion, a list of one score a bidder, or any plaintext."""
        round_ = self.ballot_round(lot_name)
        plaintext = scores if isinstance(scores, bytes) else encode_canonical({"scores": scores})
        sealed, envelope = seal(round_, plaintext, lot_name, "scores", f"{BUYER}:{name}")
        arguments = {
            "lot": lot_name, "process": PROCESS, "round": compute_round(*round_).hex(), "sealed": base64.b64encode(sealed).decode(),
        } | changes  # fmt: skip
        answer = self.do("procurement.submit_scores", arguments, signer(name, "committee"))
        if answer == ACCEPTED:
            self.sheets[name] = envelope
        return answer

    def score_all(self, scores: Any = None) -> None:
        for name in COMMITTEE:
            assert self.score(name, scores or {"delivery": [800_000, 700_000, 900_000], "design": [900_000, 700_000, 600_000]}) == ACCEPTED

    def close_scoring(self, lot_name: str = LOT) -> None:
        self.wait_until(self.lot(lot_name).scoring_ends)

    def count(self, *names: str, trustees: tuple[str, ...] = TRUSTEES[:2]) -> None:
        for trustee in trustees:
            assert self.share(trustee, *(self.sheets[name] for name in names or COMMITTEE)) == ACCEPTED

    def publish_ranking(self, prices: dict[str, int] | None = None, **changes: Any) -> None:
        """By price alone, up to the open ballot."""
        self.begin(prices, **changes)
        self.declare_all()
        bidders = [bidder for bidder in prices or BENCHES if not self.proposal_of(bidder).out]
        assert self.pass_all(*bidders) == ACCEPTED

    def vote_all(self, *choices: str) -> None:
        lot = self.lot()
        for name, choice in zip(COMMITTEE, choices, strict=True):
            assert self.vote(name, choice, ballot=lot.ballot, ranking=lot.ranking) == ACCEPTED

    def decide(self, about: str, decision: str, signers: tuple[Signer, ...] = (AUTHORITY,), **changes: Any) -> str:
        arguments = {
            "about": about, "decision": decision, "document": MINUTES, "lot": LOT, "process": PROCESS, "reason": "no_majority",
        } | changes  # fmt: skip
        return self.do("procurement.decide", arguments, *signers)

    def take_seat(self, seat: str, leaves: Any, enters: Any, *signers: Signer, reason: str = "conflict") -> str:
        arguments = {"enters": as_holder(enters), "process": PROCESS, "reason": reason, "seat": seat}
        if leaves is not None:
            arguments["leaves"] = as_holder(leaves)
        return self.do("procurement.seat", arguments, *(signers or (AUTHORITY,)))

    def note(self, bidder: str, price: int, name: str = COMMITTEE[0], **changes: Any) -> str:
        arguments = {"bidder": bidder, "lot": LOT, "price": str(price), "process": PROCESS} | changes
        return self.do("procurement.note_arithmetic", arguments, signer(name, "committee"))

    def attest(self, tag: str, organisation: str, relation: str, share_bp: int = 0, registrar: str = "auditor-1", **changes: Any) -> None:
        """A tag of an organisation or, as ``organisation/handle``, of a person."""
        owner, _, handle = organisation.partition("/")
        named = {"person": {"handle": handle, "organisation": owner}} if handle else {"organisation": owner}
        arguments = {
            "from": self.ledger.time - 100 * DAY, "key_id": "tags-1", "relation": relation, "share_bp": share_bp, "tag": tag * 16,
            **named, **changes,
        }  # fmt: skip
        assert self.do("identity.attest_tag", arguments, (f"{registrar}/registrar", "identity.registrar")) == ACCEPTED


def kept_file(ledger: Ledger) -> dict[str, Any]:
    """An encrypted file that two stores promised to keep."""
    until = ledger.time + 600 * DAY
    promise = encode_receipt(ledger.chain, FILE, FILE_BYTES, until)
    receipts = [
        {
            "keep_until": until, "key": key_of(f"{store}/store"),
            "sig": base64.b64encode(signing_key(f"{store}/store").sign(promise).signature).decode(),
        }
        for store in ("auditor-1", "citizens-1")
    ]  # fmt: skip
    return {"receipts": receipts, "sha256": FILE, "size": FILE_BYTES}


def as_holder(named: Any) -> dict[str, str]:
    """A handle of the buyer, or what stands for itself."""
    return person(named) if isinstance(named, str) else named


def trustee(organisation: str) -> dict[str, str]:
    return {"key_id": key_of(f"{organisation}/trustee"), "organisation": organisation}


def play(step: Callable[[Evaluation], str]) -> Play:
    """A play on a ledger of ``selection.found``."""
    return lambda ledger: step(Evaluation(ledger))


def after_ranking(step: Callable[[Evaluation], str]) -> Play:
    """By price alone, the ballot open."""

    def run(evaluation: Evaluation) -> str:
        evaluation.publish_ranking()
        return step(evaluation)

    return play(run)


def after_opening(
    step: Callable[[Evaluation], str], declared: bool = True, prices: dict[str, int] | None = None, **changes: Any
) -> Play:
    """Opened, everybody declared unless told otherwise."""

    def run(evaluation: Evaluation) -> str:
        evaluation.begin(prices, **changes)
        if declared:
            evaluation.declare_all()
        return step(evaluation)

    return play(run)


def before_opening(step: Callable[[Evaluation], str]) -> Play:
    """Published, with one proposal."""

    def run(evaluation: Evaluation) -> str:
        evaluation.prepare()
        assert evaluation.publish() == ACCEPTED
        assert evaluation.propose("bidder-1", BENCHES["bidder-1"]) == ACCEPTED
        return step(evaluation)

    return play(run)


def rated(step: Callable[[Evaluation], str], declared: bool = True) -> Play:
    return after_opening(step, declared, **RATED)


def tied(step: Callable[[Evaluation], str]) -> Play:
    """Two ballots without a majority."""

    def run(evaluation: Evaluation) -> str:
        for _ in range(2):
            evaluation.vote_all("adopt", "reject", "abstain")
        return step(evaluation)

    return after_ranking(run)


def refused(step: Callable[[Evaluation], str]) -> Play:
    """An award that the officer refused."""
    return after_ranking(all_of(AWARDED, refuse, step))


def refuse(evaluation: Evaluation) -> str:
    return evaluation.do("procurement.refuse_result", REFUSE, OFFICER)


def all_of(*steps: Callable[[Evaluation], str]) -> Callable[[Evaluation], str]:
    """All but the last are accepted; the last one's outcome."""

    def run(evaluation: Evaluation) -> str:
        for step in steps[:-1]:
            assert step(evaluation) == ACCEPTED
        return steps[-1](evaluation)

    return run


def later(seconds: Callable[[Evaluation], int]) -> Callable[[Evaluation], str]:
    """Time passes, up to one that the evaluation knows."""

    def run(evaluation: Evaluation) -> str:
        evaluation.wait_until(seconds(evaluation))
        return ACCEPTED

    return run


def declare(name: str, role: str, *interests: dict[str, str]) -> Callable[[Evaluation], str]:
    return lambda evaluation: evaluation.declare(name, role, *interests)


def take(seat: str, leaves: Any, enters: Any, *signers: Signer, reason: str = "left") -> Callable[[Evaluation], str]:
    return lambda evaluation: evaluation.take_seat(seat, leaves, enters, *signers, reason=reason)


def empower(name: str, role: str) -> Callable[[Evaluation], str]:
    """The buyer's registrar gives somebody one role more."""
    registrar: Signer = (f"{BUYER}/registrar", "identity.registrar")
    return lambda evaluation: evaluation.do(
        "identity.grant_office", {"key": key_of(f"{BUYER}/{name}"), "role": role, "until": evaluation.ledger.time + 300 * DAY}, registrar
    )


def score(name: str = COMMITTEE[0], scores: Any = b"{}", **changes: Any) -> Callable[[Evaluation], str]:
    return lambda evaluation: evaluation.score(name, scores, **changes)


def score_to_another_round(evaluation: Evaluation) -> str:
    return evaluation.score(COMMITTEE[0], b"{}", round=compute_round(*round_of(evaluation.ledger)).hex())


def score_as(sealer: str, lot_name: str = LOT, slot: str = "scores") -> Callable[[Evaluation], str]:
    """A sheet whose seal is for another member, lot or slot."""

    def run(evaluation: Evaluation) -> str:
        sealed, _ = seal(evaluation.ballot_round(), b"{}", lot_name, slot, sealer)
        return evaluation.score(COMMITTEE[0], b"{}", sealed=base64.b64encode(sealed[:-1]).decode())

    return run


def vote(name: str = COMMITTEE[0], choice: str = "adopt", ballot: int = 1, ranking: int = 1) -> Callable[[Evaluation], str]:
    return lambda evaluation: evaluation.vote(name, choice, ballot, ranking)


def vote_all(*choices: str) -> Callable[[Evaluation], str]:
    def run(evaluation: Evaluation) -> str:
        evaluation.vote_all(*choices)
        return ACCEPTED

    return run


def vote_with(name: str = COMMITTEE[0], **changes: Any) -> Callable[[Evaluation], str]:
    arguments = {"ballot": 1, "choice": "adopt", "lot": LOT, "process": PROCESS, "ranking": 1, "reason": "agreed"} | changes
    return lambda evaluation: evaluation.do("procurement.vote", arguments, signer(name, "committee"))


def judge(*outcomes: tuple[str, bool], requirement: str = "licence", signers: tuple[Signer, ...] = MAJORITY, **changes: Any) -> Any:
    """Outcomes, each changed alike."""
    listed = [
        {
            "bidder": bidder, "document": MINUTES, "page": 1, "pass": passed, "reason": "met" if passed else "not_met",
            "requirement": requirement,
        } | changes
        for bidder, passed in outcomes
    ]  # fmt: skip
    arguments = {"lot": LOT, "outcomes": listed, "process": PROCESS}
    return lambda evaluation: evaluation.do("procurement.record_requirements", arguments, *signers)


def decide(about: str = "vote", decision: str = "fail", **changes: Any) -> Callable[[Evaluation], str]:
    return lambda evaluation: evaluation.decide(about, decision, **changes)


def suspend(evaluation: Evaluation) -> str:
    """A file of bidder-1's proposal is missing."""
    arguments = {"envelope": evaluation.envelopes["bidder-1", LOT], "lot": LOT, "process": PROCESS, "sha256": FILE}
    return evaluation.do("procurement.report_file_missing", arguments, signer(COMMITTEE[1], "committee"))


def lose_round(evaluation: Evaluation, entering: str) -> str:
    """Nobody shares for the sheets; then another trustee takes citizens-1's seat."""
    evaluation.score_all()
    evaluation.close_scoring()
    evaluation.wait_until(evaluation.lot().grace_ends)
    return evaluation.take_seat("trustee", trustee("citizens-1"), trustee(entering), reason="trustees_lost")


PICTURE = {"media_type": "image/gif", "sha256": "a3" * 32, "size": 1}
OTHERS_AUTHORITY: Signer = ("agency-2/authority", "procurement.authority")
INTEREST = {"organisation": "bidder-1", "relation": "owner"}
FRIENDSHIP = {"organisation": "bidder-1", "relation": "friend"}
ONE = (("bidder-1", True),)
AWARDED = all_of(vote_all("adopt", "adopt", "adopt"), lambda evaluation: evaluation.award("bidder-3", BENCHES["bidder-3"]))
REFUSE = {"document": MINUTES, "lot": LOT, "process": PROCESS, "reason": "price"}
RECUSED_LAST = all_of(*(declare(name, "committee") for name in COMMITTEE[:2]), declare(COMMITTEE[2], "committee", INTEREST))

ALLOWED: dict[tuple[str, int], set[str]] = {
    ("procurement.decide", 0): {"governance.auditor", "procurement.authority"},
    ("procurement.declare_interests", 0): {
        "procurement.certifier", "procurement.committee", "procurement.inspector", "procurement.officer", "procurement.reviewer",
    },
    ("procurement.seat", 0): {"procurement.authority"},
    ("procurement.note_arithmetic", 0): {"procurement.committee"},
    ("procurement.record_requirements", 0): {"procurement.committee"},
    ("procurement.submit_scores", 0): {"procurement.committee"},
    ("procurement.vote", 0): {"procurement.committee"},
}  # fmt: skip

ROWS: dict[str, tuple[str, Play]] = {
    # procurement.11
    "a lot without a majority failed": (ACCEPTED, tied(decide())),
    "a lot without a majority evaluated anew": (ACCEPTED, tied(decide(decision="reevaluate"))),
    "a lot decided on by another's authority": ("procurement.00.1", tied(decide(signers=(OTHERS_AUTHORITY,)))),
    "an unknown lot decided on": ("procurement.00.2", tied(decide(lot="lot-9"))),
    "a lot decided on twice": ("procurement.00.2", tied(all_of(decide(), decide()))),
    "a decision that nobody opens": ("procurement.00.5", tied(decide(document=PICTURE))),
    "a decision for no reason": ("procurement.00.6", tied(decide(reason="whim"))),
    "a vote decided on after one ballot": ("procurement.11.1", after_ranking(
        all_of(vote_all("adopt", "reject", "abstain"), decide()))),
    "a vote decided on that adopted": ("procurement.11.1", after_ranking(
        all_of(vote_all("adopt", "adopt", "abstain"), decide()))),
    "a seat decided on that is taken": ("procurement.11.1", after_ranking(decide("seat"))),
    "a seat that nobody takes": (ACCEPTED, after_opening(all_of(RECUSED_LAST, decide("seat", reason="no_clean_seat")), declared=False)),
    "a refused award kept": (ACCEPTED, refused(decide("refusal", "keep"))),
    "a refused award evaluated anew": (ACCEPTED, refused(decide("refusal", "reevaluate"))),
    "a refused award failed": (ACCEPTED, refused(decide("refusal"))),
    "an award decided on that nobody refused": ("procurement.11.1", after_ranking(all_of(AWARDED, decide("refusal", "keep")))),
    "a refused award decided on twice": ("procurement.11.1", refused(all_of(decide("refusal", "keep"), decide("refusal", "keep")))),
    "a tie kept": ("procurement.11.2", tied(decide(decision="keep"))),
    "a vacant seat evaluated anew": (
        "procurement.11.2", after_opening(all_of(RECUSED_LAST, decide("seat", "reevaluate")), declared=False)),
    # procurement.12
    "a member's declaration": (ACCEPTED, after_opening(declare(COMMITTEE[0], "committee"), declared=False)),
    "a certifier's declaration": (ACCEPTED, after_opening(declare("certifier", "certifier"), declared=False)),
    "an alternate's declaration": (ACCEPTED, after_opening(declare("alternate-1", "committee"), declared=False)),
    "a declaration of whoever may be seated": (ACCEPTED, after_opening(declare("reviewer", "reviewer"), declared=False)),
    "a declaration about no process": ("procurement.00.1", play(declare(COMMITTEE[0], "committee"))),
    "another's officer's declaration": ("procurement.00.1", after_opening(declare("agency-2/officer", "officer"), declared=False)),
    "a declaration before the opening": ("procurement.12.1", before_opening(declare(COMMITTEE[0], "committee"))),
    "a second declaration": (ACCEPTED, after_opening(declare(COMMITTEE[0], "committee", INTEREST))),
    "a declaration after one's first outcome": (
        "procurement.12.1", after_opening(all_of(judge(*ONE), declare(COMMITTEE[0], "committee", INTEREST)))),
    "a declaration after others' first outcome": (
        ACCEPTED, after_opening(all_of(judge(*ONE), declare(COMMITTEE[2], "committee", INTEREST)))),
    "a declaration after one's first sheet": ("procurement.12.1", rated(all_of(score(), declare(COMMITTEE[0], "committee", INTEREST)))),
    "a declaration after one's first vote": (
        "procurement.12.1", after_ranking(all_of(vote(COMMITTEE[2]), declare(COMMITTEE[2], "committee", INTEREST)))),
    "a declaration that nobody opens": ("procurement.00.5", after_opening(lambda evaluation: evaluation.do(
        "procurement.declare_interests", {"document": PICTURE, "interests": [], "process": PROCESS}, signer(COMMITTEE[0], "committee")))),
    "an interest of an unknown kind": ("procurement.00.6", after_opening(declare(COMMITTEE[0], "committee", FRIENDSHIP))),
    # procurement.13
    "an alternate seated before the opening": (ACCEPTED, before_opening(take("committee", COMMITTEE[0], "alternate-1"))),
    "another officer": (ACCEPTED, before_opening(take("officer", "officer", "officer-2"))),
    "another inspector after the opening": (
        ACCEPTED, after_opening(all_of(declare("inspector-2", "inspector"), take("inspector", "inspector", "inspector-2")))),
    "a reviewer": (ACCEPTED, before_opening(take("reviewer", None, "reviewer"))),
    "a witness": (ACCEPTED, before_opening(take("witness", None, {"handle": "officer", "organisation": "citizens-1"}))),
    "seated by another's authority": (
        "procurement.00.1", before_opening(take("committee", COMMITTEE[0], "alternate-1", OTHERS_AUTHORITY))),
    "seated for who does not sit there": ("procurement.00.2", before_opening(take("committee", "committee-4", "alternate-1"))),
    "seated where one sits": ("procurement.00.2", before_opening(take("committee", COMMITTEE[0], COMMITTEE[1]))),
    "a second reviewer without the first leaving": (
        "procurement.00.2", before_opening(all_of(take("reviewer", None, "reviewer"), take("reviewer", None, "officer-2")))),
    "seated in a process that is over": (
        "procurement.00.2", tied(all_of(decide(), take("committee", COMMITTEE[0], "alternate-1")))),
    "seated for no reason": ("procurement.00.6", before_opening(take("committee", COMMITTEE[0], "alternate-1", reason="whim"))),
    "seated past an alternate": ("procurement.13.1", before_opening(take("committee", COMMITTEE[0], "committee-4"))),
    "seated when the alternates are used up": (ACCEPTED, before_opening(all_of(
        take("committee", COMMITTEE[0], "alternate-1"), take("committee", COMMITTEE[1], "committee-4")))),
    "seated when the alternate is recused": (ACCEPTED, after_opening(all_of(
        declare("alternate-1", "committee", INTEREST), declare("committee-4", "committee"),
        take("committee", COMMITTEE[0], "committee-4")))),
    "an officer of another organisation": ("procurement.13.1", before_opening(
        take("officer", "officer", {"handle": "officer", "organisation": "agency-2"}))),
    "an inspector without the role": ("procurement.13.1", before_opening(take("inspector", "inspector", "officer-2"))),
    "a witness whom nobody knows": ("procurement.13.1", before_opening(
        take("witness", None, {"handle": "nobody", "organisation": "citizens-1"}))),
    "an alternate who did not declare": ("procurement.13.2", after_opening(take("committee", COMMITTEE[0], "alternate-1"))),
    "an alternate who declared an interest": ("procurement.13.2", after_opening(all_of(
        declare("alternate-1", "committee", INTEREST), take("committee", COMMITTEE[0], "alternate-1")))),
    "an alternate who declared none": (ACCEPTED, after_opening(all_of(
        declare("alternate-1", "committee"), take("committee", COMMITTEE[0], "alternate-1")))),
    "an inspector as witness": ("procurement.13.3", before_opening(take("witness", None, "inspector"))),
    "an authority as member": ("procurement.13.3", before_opening(all_of(
        empower("alternate-1", "procurement.authority"), take("committee", COMMITTEE[0], "alternate-1")))),
    "a member as authority": ("procurement.00.1", before_opening(all_of(
        empower(COMMITTEE[0], "procurement.authority"),
        take("committee", COMMITTEE[1], "alternate-1", signer(COMMITTEE[0], "authority"))))),
    "an alternate as witness": ("procurement.13.3", before_opening(take("witness", None, "alternate-1"))),
    "a trustee while no round is lost": ("procurement.13.4", rated(
        take("trustee", trustee("citizens-1"), trustee("trustees-1"), reason="trustees_lost"))),
    "a trustee after a lost round": (ACCEPTED, rated(lambda evaluation: lose_round(evaluation, "trustees-1"))),
    "a trustee without a key": ("procurement.13.4", rated(lambda evaluation: lose_round(evaluation, "bidder-1"))),
    "a trustee of another's organisation": ("procurement.13.4", rated(lambda evaluation: lose_round(evaluation, "operator-1"))),
    # procurement.14
    "the arithmetic noted": (ACCEPTED, after_opening(lambda evaluation: evaluation.note("bidder-1", BENCHES["bidder-1"]))),
    "the arithmetic of who has no seat": (
        "procurement.00.1", after_opening(lambda evaluation: evaluation.note("bidder-1", BENCHES["bidder-1"], "committee-4"))),
    "the arithmetic by who did not declare": ("procurement.00.1", after_opening(
        lambda evaluation: evaluation.note("bidder-1", BENCHES["bidder-1"]), declared=False)),
    "the arithmetic of nobody": ("procurement.00.2", after_opening(lambda evaluation: evaluation.note("bidder-9", 1))),
    "the arithmetic of a first file": (
        "procurement.00.2", after_opening(lambda evaluation: evaluation.note("bidder-1", 0), **TWO_FILES)),
    "the arithmetic of a suspended lot": ("procurement.00.3", after_opening(
        all_of(suspend, lambda evaluation: evaluation.note("bidder-1", BENCHES["bidder-1"])))),
    "another price": ("procurement.14.1", after_opening(lambda evaluation: evaluation.note("bidder-1", BENCHES["bidder-2"]))),
    # procurement.15
    "an outcome": (ACCEPTED, after_opening(judge(*ONE))),
    "an outcome of one member": ("procurement.00.1", after_opening(judge(*ONE, signers=MAJORITY[:1]))),
    "an outcome before the opening": ("procurement.00.2", before_opening(judge(*ONE))),
    "an outcome of a suspended lot": ("procurement.00.3", after_opening(all_of(suspend, judge(*ONE)))),
    "an outcome that nobody opens": ("procurement.00.5", after_opening(judge(*ONE, document=PICTURE))),
    "an outcome for no reason": ("procurement.00.6", after_opening(judge(*ONE, reason="whim"))),
    "an outcome of another requirement": ("procurement.15.1", after_opening(judge(*ONE, requirement="beauty"))),
    "an outcome of nobody": ("procurement.15.1", after_opening(judge(("bidder-9", True)))),
    "an outcome of who is out": ("procurement.15.1", after_opening(all_of(judge(("bidder-1", False)), judge(*ONE)))),
    "an outcome twice": ("procurement.15.2", after_opening(all_of(judge(*ONE), judge(*ONE)))),
    "an outcome after the ranking": ("procurement.15.2", after_ranking(judge(*ONE))),
    "an outcome before declarations": ("procurement.15.3", after_opening(judge(*ONE), declared=False)),
    "a price above 80 % out as abnormally low": ("procurement.15.4", after_opening(judge(("bidder-3", False), reason="abnormally_low"))),
    "a price of 80 % out as abnormally low": ("procurement.15.4", after_opening(
        judge(("bidder-3", False), reason="abnormally_low"), prices=BENCHES | {"bidder-3": 240 * MILLION})),
    "a price below 80 % out as abnormally low": (ACCEPTED, after_opening(
        judge(("bidder-3", False), reason="abnormally_low"), prices=BENCHES | {"bidder-3": 240 * MILLION - 1})),
    "a first file abnormally low": (
        "procurement.15.4", after_opening(judge(("bidder-3", False), reason="abnormally_low"), **TWO_FILES)),
    # procurement.16
    "a sheet": (ACCEPTED, rated(score())),
    "a sheet of who has no seat": ("procurement.00.1", rated(score("committee-4"))),
    "a sheet when scoring is over": ("procurement.16.1", rated(all_of(later(lambda evaluation: evaluation.lot().scoring_ends), later(
        lambda evaluation: evaluation.lot().scoring_ends), score()))),
    "a sheet a second before": (ACCEPTED, rated(all_of(later(lambda evaluation: evaluation.lot().scoring_ends - 1), score()))),
    "a sheet where the price decides": ("procurement.00.2", after_opening(lambda evaluation: evaluation.do(
        "procurement.submit_scores", {"lot": LOT, "process": PROCESS, "round": "00" * 32, "sealed": "AAAA"},
        signer(COMMITTEE[0], "committee")))),
    "a sheet of another round": ("procurement.00.2", rated(score_to_another_round)),
    "a sheet of a suspended lot": ("procurement.00.3", rated(all_of(suspend, score()))),
    "a sheet before a declaration": ("procurement.16.2", rated(score(), declared=False)),
    "the tenth sheet": (ACCEPTED, rated(all_of(*[score()] * 10))),
    "the eleventh sheet": ("procurement.16.3", rated(all_of(*[score()] * 11))),
    "a sheet cut short": ("procurement.16.4", rated(score_as(f"{BUYER}:{COMMITTEE[0]}"))),
    "a sheet that is no base64": ("procurement.16.4", rated(score(sealed="AAA="))),
    # procurement.18
    "a vote to adopt": (ACCEPTED, after_ranking(vote())),
    "a vote to reject": (ACCEPTED, after_ranking(vote(choice="reject"))),
    "a vote of who has no seat": ("procurement.00.1", after_ranking(vote("committee-4"))),
    "a vote before the opening": ("procurement.00.2", before_opening(vote())),
    "a vote on a suspended lot": ("procurement.00.3", after_ranking(all_of(suspend, vote()))),
    "a vote with an opinion that nobody opens": ("procurement.00.5", after_ranking(vote_with(document=PICTURE))),
    "a vote for no reason": ("procurement.00.6", after_ranking(vote_with(reason="whim"))),
    "a vote before the ranking": ("procurement.18.1", after_opening(vote())),
    "a vote in the next ballot": ("procurement.18.1", after_ranking(vote(ballot=2))),
    "a vote on another ranking": ("procurement.18.1", after_ranking(vote(ranking=2))),
    "a vote when the ballot is over": (
        "procurement.18.1", after_ranking(all_of(later(lambda evaluation: evaluation.ballot().ends), vote()))),
    "a vote before a declaration": ("procurement.18.2", after_opening(all_of(
        declare(COMMITTEE[0], "committee"), declare(COMMITTEE[1], "committee"), lambda evaluation: evaluation.pass_all(),
        vote(COMMITTEE[2])), declared=False)),
    "a vote to reject without an opinion": ("procurement.18.3", after_ranking(vote_with(choice="reject"))),
    "a vote twice": ("procurement.18.4", after_ranking(all_of(vote(), vote(choice="reject")))),
}  # fmt: skip

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.decide": (
        {"about": "vote", "decision": "fail", "document": MINUTES, "lot": LOT, "process": PROCESS, "reason": "no_majority"}, (AUTHORITY,)),
    "procurement.declare_interests": (
        {"interests": [INTEREST], "process": PROCESS}, (signer(COMMITTEE[0], "committee"),)),
    "procurement.note_arithmetic": (
        {"bidder": "bidder-1", "lot": LOT, "price": "1", "process": PROCESS}, (signer(COMMITTEE[0], "committee"),)),
    "procurement.record_requirements": (
        {
            "lot": LOT,
            "outcomes": [{"bidder": "bidder-1", "document": MINUTES, "page": 1, "pass": True, "reason": "met", "requirement": "licence"}],
            "process": PROCESS,
        },
        MAJORITY[:1],
    ),
    "procurement.seat": (
        {"enters": person("alternate-1"), "leaves": person(COMMITTEE[0]), "process": PROCESS, "reason": "left", "seat": "committee"},
        (AUTHORITY,)),
    "procurement.submit_scores": (
        {"lot": LOT, "process": PROCESS, "round": "11" * 32, "sealed": "AAAA"}, (signer(COMMITTEE[0], "committee"),)),
    "procurement.vote": (
        {"ballot": 1, "choice": "adopt", "lot": LOT, "process": PROCESS, "ranking": 1, "reason": "agreed"},
        (signer(COMMITTEE[0], "committee"),)),
}  # fmt: skip
# A sheet may be as long as a proposal; two hundred outcomes are more than a message takes.
MAY_BE_EMPTY = {
    ("procurement.submit_scores", "arguments.sealed too long"),
}  # fmt: skip
