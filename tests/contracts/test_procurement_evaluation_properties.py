"""What always holds of an evaluation, whatever people do: who is tied decides nothing, the ranking follows from what was opened,
no submission is lost.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from prasasti.contracts.people import Person
from prasasti.contracts.procurement.lots import find_proposal
from prasasti.contracts.procurement.process import InterestsRecord, interests_key
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, ProposalRecord
from prasasti.contracts.procurement.scoring import Offer, ScoringRule, compute_technical, rank_proposals
from prasasti.contracts.procurement.sealing.framing import compute_round, compute_tie
from tests.contracts.procurement_evaluation_rows import BENCHES, CRITERIA, RATED, TWO_FILES, Evaluation
from tests.contracts.selection import BIDDERS, BUYER, COMMITTEE, LOT, MILLION, PROCESS, found, proposal, round_of, seal
from tests.core.ledger import ACCEPTED

PEOPLE = (*COMMITTEE, *COMMITTEE, "alternate-1", "committee-4")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["declare", "tie", "seat", "score", "score", "score", "judge", "vote", "vote", "vote", "close"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
    ),
    min_size=5,
    max_size=25,
)


@settings(max_examples=30, deadline=None)
@given(acts=ACTS, is_rated=st.booleans(), late=st.sampled_from(["", *COMMITTEE]), is_judged=st.booleans())
def test_nobody_scores_judges_or_votes_with_a_declared_conflict(
    acts: list[tuple[str, str, str]], is_rated: bool, late: str, is_judged: bool
) -> None:
    """All but one at most declared first, and may have judged; then anybody does anything."""
    with tempfile.TemporaryDirectory() as folder:
        evaluation = Evaluation(found(Path(folder)))
        evaluation.begin(**(RATED if is_rated else {}))
        early = [name for name in COMMITTEE if name != late]
        for name in early:
            assert evaluation.declare(name, "committee") == ACCEPTED
        if is_judged:
            for bidder in BIDDERS:
                assert evaluation.require_by(*early, bidder=bidder) == ACCEPTED
        tied: set[str] = set()
        for act, one, other in acts:
            was_clean = [name for name in (one, other) if is_clean(evaluation, name)]
            answer = do(evaluation, act, one, other)
            if act == "tie" and answer == ACCEPTED:
                tied.add(one)
            event(f"{act}: {answer or 'done'}")
            if answer == ACCEPTED and act in ("score", "vote"):
                assert one in was_clean
                assert one not in tied
            if answer == ACCEPTED and act == "judge":
                assert set(was_clean) == {one, other}
                assert tied.isdisjoint({one, other})
        for person_tied in tied:
            assert not is_clean(evaluation, person_tied)
            assert all(seat.state == "recused" for seat in evaluation.process().seats.committee if seat.person.handle == person_tied)


def is_clean(evaluation: Evaluation, name: str) -> bool:
    record = evaluation.view.get(interests_key(PROCESS, Person(name, BUYER)), InterestsRecord)
    is_sitting = any(seat.person.handle == name and seat.state == "sitting" for seat in evaluation.process().seats.committee)
    return record is not None and record.declared > 0 and not record.recused and is_sitting


def do(evaluation: Evaluation, act: str, one: str, other: str) -> str:
    """One step of somebody; many are refused."""
    lot = evaluation.lot()
    if act == "declare":
        return evaluation.declare(one, "committee")
    if act == "tie":
        return evaluation.declare(one, "committee", {"organisation": "bidder-1", "relation": "owner"})
    if act == "seat":
        return evaluation.take_seat("committee", one, other, reason="left")
    if act == "score":
        return evaluation.score(one, {"delivery": [1, 2, 3], "design": [1, 2, 3]}) if lot.ballot_round else ""
    if act == "judge":
        return evaluation.require_by(one, other) if one != other else ""
    if act == "vote":
        return evaluation.vote(one, ballot=lot.ballot, ranking=lot.ranking)
    evaluation.wait_until(max(lot.scoring_ends, evaluation.ledger.time))
    due = [envelope for name, envelope in evaluation.sheets.items() if is_sitting(evaluation, name)]
    if evaluation.lot().counting:
        for trustee in ("auditor-1", "citizens-1"):
            evaluation.share(trustee, *due)
    return ""


def is_sitting(evaluation: Evaluation, name: str) -> bool:
    return any(seat.person.handle == name and seat.state == "sitting" for seat in evaluation.process().seats.committee)


PRICES = st.integers(1, 4).map(lambda number: (250 + number * 10) * MILLION)
SCORES = st.lists(st.sampled_from([0, 1, 500_000, 600_000, 999_999, 1_000_000]), min_size=3, max_size=3)
SHEETS = st.lists(st.fixed_dictionaries({"delivery": SCORES, "design": SCORES}), min_size=3, max_size=3)


@settings(max_examples=12, deadline=None)
@given(
    prices=st.lists(PRICES, min_size=3, max_size=3),
    contents_bp=st.lists(st.sampled_from([0, 2_499, 2_500, 9_000]), min_size=3, max_size=3),
    sheets=SHEETS,
    selection=st.sampled_from(["price_only", "rated", "quality_only"]),
    preference_bp=st.sampled_from([0, 2_500]),
)
def test_the_ranking_follows_from_what_was_opened(
    prices: list[int], contents_bp: list[int], sheets: list[dict[str, list[int]]], selection: str, preference_bp: int
) -> None:
    """Only documents, entries and terms are read: who has the log gets the same ranking as the records."""
    technical_bp = {"price_only": 0, "rated": 7_000, "quality_only": 10_000}[selection]
    terms: dict[str, Any] = {"preference_bp": preference_bp, "selection": selection, "technical_bp": technical_bp}
    if selection != "price_only":
        terms |= {"criteria": CRITERIA, "threshold": 550_000}
    with tempfile.TemporaryDirectory() as folder:
        evaluation = Evaluation(found(Path(folder), **NO_LIMIT))
        secrets = run_selection(evaluation, terms, prices, contents_bp, sheets)
        opened = list(read_opened(evaluation))
        event(f"{selection}: {evaluation.lot().failure or 'ranked'}")
        if not evaluation.lot().ranking:
            assert evaluation.lot().failure == "c"
            return
        price_bp = 0 if selection == "price_only" else 10_000 - technical_bp
        rule = ScoringRule(selection, technical_bp, price_bp, terms.get("threshold", 0), preference_bp, 2_500)
        given_scores = [json.loads(each["plaintext"])["scores"] for each in opened if each["slot"] == "scores"]
        offers = []
        for place, bidder in enumerate(BIDDERS):
            contents = json.loads(next(each["plaintext"] for each in opened if each["sealer"] == bidder))
            technical = compute_technical([6_000, 4_000], [
                [sheet["design"][place] for sheet in given_scores], [sheet["delivery"][place] for sheet in given_scores],
            ]).score if given_scores else 0  # fmt: skip
            tie = compute_tie(compute_round(*round_of(evaluation.ledger)), LOT, [secrets[each] for each in sorted(secrets)], bidder)
            offers.append(Offer(bidder, int(contents["price"]), contents["tkdn_bp"], technical, tie.hex()))
        expected = [
            (each.bidder, each.rank, each.technical, each.price_points, each.final, str(each.evaluated_e8), each.tie)
            for each in rank_proposals(rule, offers).proposals
        ]
        assert [
            (each.bidder, each.place, each.technical, each.price_points, each.final, each.evaluated_e8, each.tie)
            for each in evaluation.ranking()
        ] == expected


NO_LIMIT: dict[str, Any] = {"procurement.goods.preference_above": "0", "procurement.technical_most_bp": 10_000}


def run_selection(
    evaluation: Evaluation, terms: dict[str, Any], prices: list[int], contents_bp: list[int], sheets: list[dict[str, list[int]]]
) -> dict[str, bytes]:
    """Up to the ranking; what each proposal's envelope gives to the tie hash, by envelope."""
    secrets: dict[str, bytes] = {}
    evaluation.prepare()
    assert evaluation.publish(**terms) == ACCEPTED
    for bidder, price, tkdn_bp in zip(BIDDERS, prices, contents_bp, strict=True):
        sealed, envelope = seal(round_of(evaluation.ledger), proposal(evaluation.ledger, price, tkdn_bp=tkdn_bp), LOT, "proposal", bidder)
        assert evaluation.propose(bidder, price, sealed=base64.b64encode(sealed).decode()) == ACCEPTED
        evaluation.envelopes[bidder, LOT] = envelope
        secrets[envelope] = sha256(sealed).digest()
    evaluation.open()
    evaluation.declare_all()
    assert evaluation.pass_all() == ACCEPTED
    if terms["selection"] != "price_only":
        for name, sheet in zip(COMMITTEE, sheets, strict=True):
            assert evaluation.score(name, sheet) == ACCEPTED
        evaluation.close_scoring()
        evaluation.count()
    return secrets


def read_opened(evaluation: Evaluation) -> Iterator[dict[str, Any]]:
    """Envelopes of every document that the rules brought forth."""
    for result in evaluation.ledger.results:
        for body in result.documents:
            yield from json.loads(body)["envelopes"]


FATES = st.lists(
    st.tuples(
        st.sampled_from(BIDDERS),
        st.sampled_from(["technical", "financial"]),
        st.sampled_from(["send", "send", "send", "malformed", "withdraw"]),
    ),
    max_size=10,
)


@settings(max_examples=12, deadline=None)
@given(steps=FATES, passed=st.lists(st.booleans(), min_size=3, max_size=3), is_opened=st.sampled_from([True, True, False]))
def test_i8_every_accepted_submission_has_one_fate(steps: list[tuple[str, str, str]], passed: list[bool], is_opened: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        evaluation = Evaluation(found(Path(folder)))
        evaluation.prepare()
        assert evaluation.publish(**TWO_FILES) == ACCEPTED
        accepted: list[str] = []
        whole = [(bidder, slot, "send") for bidder in BIDDERS[:2] for slot in ("technical", "financial")]
        for bidder, slot, fate in (*whole, *steps):
            accepted += send(evaluation, bidder, slot, fate)
        evaluation.wait_until(evaluation.process().deadline)
        evaluation.wait_until(max(evaluation.process().opening, evaluation.ledger.time))
        if evaluation.lot().state == "opening" and is_opened:
            evaluate_two_files(evaluation, dict(zip(BIDDERS, passed, strict=True)))
        lot = evaluation.lot()
        fates = Counter(find_fate(evaluation, envelope) for envelope in accepted)
        for fate in sorted(fates):
            event(fate)
        assert sum(fates.values()) == len(accepted) == len(set(accepted))
        assert fates["opened"] + fates["malformed"] == lot.opened
        unfinished = lot.state in ("open", "opening")
        assert not fates["due"] or unfinished, "what is due stays so only while the lot waits for it"


def find_fate(evaluation: Evaluation, envelope: str) -> str:
    """What became of an envelope, from the records alone; an envelope that is sealed still is due, never due, or its lot has failed."""
    record = evaluation.view.get(f"procurement/sealed/{envelope}", EnvelopeRecord)
    assert record is not None
    if record.state != "sealed":
        assert record.state in ("opened", "malformed", "replaced", "withdrawn")
        return record.state
    if evaluation.lot().state == "failed":
        return "unopened"
    found_proposal: ProposalRecord = evaluation.proposal_of(record.sealer)
    filled = {slot.slot for slot in found_proposal.slots if slot.state in ("sealed", "opened", "malformed")}
    return "due" if filled == {"technical", "financial"} and not found_proposal.out else "never due"


def send(evaluation: Evaluation, bidder: str, slot: str, fate: str) -> list[str]:
    """Envelopes that were accepted by a step: one or none."""
    actor = (f"{bidder}/bidder", "procurement.bidder")
    if fate == "withdraw":
        evaluation.do("procurement.withdraw_sealed", {"lot": LOT, "process": PROCESS, "slot": slot}, actor)
        return []
    contents = json.loads(proposal(evaluation.ledger, BENCHES[bidder]))
    if slot == "technical":
        contents = {name: contents[name] for name in ("bmp_bp", "currency", "files", "tkdn_bp", "valid_until")}
    contents["valid_until"] += len(evaluation.envelopes)
    plaintext = b"nothing %d" % len(evaluation.envelopes) if fate == "malformed" else json.dumps(
        contents, separators=(",", ":"), sort_keys=True
    ).encode()  # fmt: skip
    sealed, envelope = seal(round_of(evaluation.ledger), plaintext, LOT, slot, bidder)
    arguments = {
        "files": [], "lot": LOT, "members": [], "process": PROCESS, "round": compute_round(*round_of(evaluation.ledger)).hex(),
        "sealed": base64.b64encode(sealed).decode(), "slot": slot,
    }  # fmt: skip
    answer = evaluation.do("procurement.submit_sealed", arguments, actor)
    evaluation.envelopes[bidder, f"{len(evaluation.envelopes)}"] = envelope
    return [envelope] if answer == ACCEPTED else []


def evaluate_two_files(evaluation: Evaluation, passed: dict[str, bool]) -> None:
    """Both files as far as they get; every envelope is offered, only what is due is taken."""

    def share_what_is_due() -> None:
        for envelope in list(evaluation.envelopes.values()):
            for trustee in ("auditor-1", "citizens-1"):
                evaluation.share(trustee, envelope)

    share_what_is_due()
    for name in COMMITTEE:
        evaluation.declare(name, "committee")
    live = [bidder for bidder in BIDDERS if is_live(evaluation, bidder)]
    if live and evaluation.lot().state == "evaluating":
        assert evaluation.require_of(*((bidder, passed[bidder]) for bidder in live)) == ACCEPTED
        share_what_is_due()


def is_live(evaluation: Evaluation, bidder: str) -> bool:
    found_proposal = find_proposal(evaluation.view, PROCESS, LOT, bidder)
    return found_proposal is not None and found_proposal.opened > 0 and not found_proposal.out

