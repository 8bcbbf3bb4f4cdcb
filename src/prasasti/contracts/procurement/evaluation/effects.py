"""How an evaluation goes on by itself: when what is needed is there, the next stage begins, or the ranking is published.

Owns who is still in, when a stage is decided, the ranking and its ballot. Judges nobody: the committee records outcomes,
the arithmetic does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.evaluation import events
from prasasti.contracts.procurement.evaluation.records import (
    ADOPTED,
    BALLOT_OPEN,
    REJECTED,
    TIED,
    BallotRecord,
    RankedRecord,
    RankingRecord,
    ballot_key,
    ranked_key,
    ranking_key,
)
from prasasti.contracts.procurement.lots import compute_term_end, fail_lot, list_proposals, put_lot, put_proposal
from prasasti.contracts.procurement.parameters import read_flag, read_integer
from prasasti.contracts.procurement.process import (
    DIRECT,
    EVALUATING,
    FINANCIAL,
    OPENED,
    PROPOSAL,
    QUALIFICATION,
    SITTING,
    TECHNICAL,
    LotRecord,
    ProcessRecord,
    TermsRecord,
    get_lot_terms,
    get_process,
    get_terms,
    lot_name,
)
from prasasti.contracts.procurement.proposal.events import LotOpened
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, ProposalRecord, envelope_key
from prasasti.contracts.procurement.schedule import BALLOT, schedule
from prasasti.contracts.procurement.scoring import (
    PRICE_ONLY,
    WHOLE_BP,
    Offer,
    ScoringRule,
    compute_evaluated_factor,
    rank_proposals,
)
from prasasti.contracts.procurement.sealing.framing import compute_tie
from prasasti.contracts.procurement.sealing.sealer import Malformed, Opened
from prasasti.core.contract import Call, View
from prasasti.core.types import Bug, Event, parse_amount, require

# Of a tender by price alone, so many that meet every requirement are ranked (15).
RANKED_BY_PRICE = 3
ADOPT, REJECT, ABSTAIN = "adopt", "reject", "abstain"


def begin_evaluation(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """Every due envelope is read: who is out by arithmetic alone is out, and the committee evaluates the others."""
    process = get_process(draft, lot.process)
    above = _put_out_above_estimate(draft, process, lot)
    live = [proposal for proposal in list_proposals(draft, lot) if is_live(proposal)]
    demanded = list_demanded(get_terms(draft, lot.process), process, lot.stage)
    lot = replace(lot, state=EVALUATING, live=len(live), undecided=len(live) if demanded else 0)
    put_lot(draft, lot)
    told: list[Event] = [LotOpened(len(live), lot.lot, lot.process, lot.stage)]
    if not live:
        return [*told, *fail_lot(draft, call, lot, "g" if above else "c")]
    return [*told, *advance(draft, call, lot)]


def advance(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """Where a lot's stage is decided, what follows from it."""
    process, terms = get_process(draft, lot.process), get_terms(draft, lot.process)
    if lot.state != EVALUATING or lot.ranking_of == lot.evaluation:
        return []
    if not lot.live:
        return fail_lot(draft, call, lot, "c")
    chosen = find_decided(draft, process, terms, lot)
    if chosen is None:
        return []
    return publish_ranking(draft, call, process, terms, lot, chosen)


def find_decided(view: View, process: ProcessRecord, terms: TermsRecord, lot: LotRecord) -> list[ProposalRecord] | None:
    """Proposals that are to be ranked, once nothing is missing for that; None before."""
    live = [proposal for proposal in list_proposals(view, lot) if is_live(proposal)]
    if process.selection != PRICE_ONLY:
        return live if not lot.undecided else None
    demanded = list_demanded(terms, process, lot.stage)
    found: list[ProposalRecord] = []
    for proposal in sort_by_price(view, process, terms, live):
        if len(found) == RANKED_BY_PRICE:
            break
        if not is_decided(proposal, demanded):
            return None
        found.append(proposal)
    return found


def publish_ranking(
    draft: Draft, call: Call, process: ProcessRecord, terms: TermsRecord, lot: LotRecord, chosen: Sequence[ProposalRecord]
) -> list[Event]:
    """The ranking stands in records, one a bidder; then the committee votes on it, in a direct procurement it is adopted."""
    ranking = rank_proposals(make_rule(draft, process, terms), [make_offer(draft, lot, proposal) for proposal in chosen])
    number = lot.ranking + 1
    for place, ranked in enumerate(ranking.proposals):
        record = RankedRecord(
            bidder=ranked.bidder, evaluated_e8=str(ranked.evaluated_e8), final=ranked.final, place=ranked.rank,
            price=str(ranked.price_minor), price_points=ranked.price_points, technical=ranked.technical, tie=ranked.tie,
            tkdn_bp=ranked.tkdn_bp,
        )  # fmt: skip
        draft.put(ranked_key(lot.process, lot.lot, number, place), record)
    draft.put(ranking_key(lot.process, lot.lot, number), RankingRecord(lot.evaluation, call.time, len(ranking.proposals)))
    is_direct = process.method == DIRECT
    lot = replace(lot, adopted=is_direct, ballots=0, ranking=number, ranking_of=lot.evaluation)
    put_lot(draft, lot)
    first = ranking.proposals[0].bidder if ranking.proposals else ""
    told: list[Event] = [events.RankingPublished(lot.evaluation, first, lot.lot, lot.process, len(ranking.proposals), number)]
    return told if is_direct else [*told, *open_ballot(draft, call, lot)]


def open_ballot(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """The committee votes, once no seat is recused or empty; it may vote twice on a ranking."""
    process = get_process(draft, lot.process)
    if any(seat.state != SITTING for seat in process.seats.committee):
        return []
    number = lot.ballot + 1
    ends = compute_term_end(draft, call.time, process, "ballot")
    record = BallotRecord([], ends, call.time, lot.ranking, len(process.seats.committee), BALLOT_OPEN)
    draft.put(ballot_key(lot.process, lot.lot, number), record)
    put_lot(draft, replace(lot, ballot=number, ballots=lot.ballots + 1))
    schedule(draft, ends, BALLOT, lot_name(lot.process, lot.lot))
    return [events.BallotOpened(number, ends, lot.lot, lot.process)]


def close_ballot(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """All have cast, or the time is over: more than half of the seats adopt, or reject, or neither; then once more, then 11."""
    ballot = get_ballot(draft, lot)
    counts = {choice: sum(cast.choice == choice for cast in ballot.cast) for choice in (ADOPT, REJECT)}
    outcome = next((word for choice, word in ((ADOPT, ADOPTED), (REJECT, REJECTED)) if 2 * counts[choice] > ballot.seats), TIED)
    draft.put(ballot_key(lot.process, lot.lot, lot.ballot), replace(ballot, state=outcome))
    lot = replace(lot, adopted=outcome == ADOPTED)
    put_lot(draft, lot)
    told: list[Event] = [events.BallotClosed(lot.ballot, lot.lot, outcome, lot.process)]
    if outcome != ADOPTED and lot.ballots < 2:
        told += open_ballot(draft, call, lot)
    return told


def get_ballot(view: View, lot: LotRecord) -> BallotRecord:
    """The latest ballot of a lot that has one."""
    return require(view.get(ballot_key(lot.process, lot.lot, lot.ballot), BallotRecord), f"ballot {lot.ballot} of {lot.lot}")


def is_live(proposal: ProposalRecord) -> bool:
    """Whether a proposal was opened and is still in."""
    return proposal.opened > 0 and not proposal.out


def list_demanded(terms: TermsRecord, process: ProcessRecord, slot: str) -> list[str]:
    """Requirements that are judged when a slot is open; qualification is judged with the first slot where there is no earlier one."""
    stages = {
        QUALIFICATION: ("qualification",),
        TECHNICAL: ("technical",),
        FINANCIAL: ("financial",),
        PROPOSAL: ("financial", "technical"),
    }[slot]
    if not process.qualification and slot in (TECHNICAL, PROPOSAL):
        stages = (*stages, "qualification")
    return [each.id for each in terms.requirements if each.stage in stages]


def is_decided(proposal: ProposalRecord, demanded: Sequence[str]) -> bool:
    """Whether the committee judged every requirement of a proposal; one fail decides too."""
    judged = [outcome.requirement for outcome in proposal.outcomes]
    return bool(proposal.out) or all(requirement in judged for requirement in demanded)


def make_rule(view: View, process: ProcessRecord, terms: TermsRecord) -> ScoringRule:
    """By what a process's lots are ranked."""
    least = read_integer(view, "", "preference_least_tkdn_bp", process.published)
    price_bp = 0 if process.selection == PRICE_ONLY else WHOLE_BP - terms.technical_bp
    return ScoringRule(process.selection, terms.technical_bp, price_bp, terms.threshold, terms.preference_bp, least)


def make_offer(view: View, lot: LotRecord, proposal: ProposalRecord) -> Offer:
    """What the ranking knows of a proposal."""
    offer = require(proposal.offer, proposal.bidder)
    tie = compute_tie(bytes.fromhex(lot.proposal_round), lot.lot, list_secrets(view, lot), proposal.bidder)
    return Offer(proposal.bidder, parse_amount(offer.evaluated), offer.tkdn_bp, proposal.technical, tie.hex())


def list_secrets(view: View, lot: LotRecord) -> list[bytes]:
    """What every opened envelope of a lot gives to the tie hash, in ascending order of envelope id (sealed-proposals, 3)."""
    envelopes = sorted(slot.envelope for proposal in list_proposals(view, lot) for slot in proposal.slots if slot.state == OPENED)
    return [bytes.fromhex(require(view.get(envelope_key(each), EnvelopeRecord), each).secret) for each in envelopes]


def sort_by_price(view: View, process: ProcessRecord, terms: TermsRecord, live: Sequence[ProposalRecord]) -> list[ProposalRecord]:
    """Proposals from the lowest evaluated price upward; equal ones by bidder, since nothing else is known yet."""
    rule = make_rule(view, process, terms)

    def order(proposal: ProposalRecord) -> tuple[int, str]:
        offer = require(proposal.offer, proposal.bidder)
        return parse_amount(offer.evaluated) * compute_evaluated_factor(rule, offer.tkdn_bp), proposal.bidder

    return sorted(live, key=order)


def count_scores(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """Every due score sheet is read."""
    raise Bug("score sheets are not counted yet")


def take_sheet(draft: Draft, record: EnvelopeRecord, result: Opened | Malformed) -> str:
    """A score sheet's contents; why it is void, "" where it is not."""
    raise Bug("score sheets are not read yet")


def _put_out_above_estimate(draft: Draft, process: ProcessRecord, lot: LotRecord) -> int:
    """Where the buyer's own price binds, what is above it is out without a vote; how many are."""
    if lot.stage not in (FINANCIAL, PROPOSAL) or not read_flag(draft, process.kind, "estimate_binds", process.published):
        return 0
    estimate_minor = parse_amount(get_lot_terms(draft, lot.process, lot.lot).estimate)
    count = 0
    for proposal in list(list_proposals(draft, lot)):
        if is_live(proposal) and parse_amount(require(proposal.offer, proposal.bidder).evaluated) > estimate_minor:
            put_proposal(draft, replace(proposal, out="above_estimate"))
            count += 1
    return count
