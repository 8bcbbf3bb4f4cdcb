"""How an evaluation goes on by itself: when what is needed is there, the next stage begins, or the ranking is published.

Owns who is still in, when a stage is decided, the ranking and its ballot. Judges nobody: the committee records outcomes,
the arithmetic does the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.people import Person
from prasasti.contracts.procurement.award.events import LotRepeated
from prasasti.contracts.procurement.evaluation import events
from prasasti.contracts.procurement.evaluation.records import (
    ADOPTED,
    BALLOT_OPEN,
    COUNTED,
    REJECTED,
    SHEET_SEALED,
    TIED,
    VOID,
    BallotRecord,
    BelowRecord,
    RankedRecord,
    RankingRecord,
    SheetRecord,
    ballot_key,
    below_key,
    ranked_key,
    ranking_key,
    sheet_key,
)
from prasasti.contracts.procurement.integrity import Readings, find_excluded, list_members
from prasasti.contracts.procurement.lots import compute_term_end, fail_lot, list_proposals, put_lot, put_proposal
from prasasti.contracts.procurement.parameters import read_flag, read_integer
from prasasti.contracts.procurement.process import (
    DIRECT,
    EVALUATING,
    FINANCIAL,
    OPENED,
    OPENING,
    PROPOSAL,
    QUALIFICATION,
    SEALED,
    SITTING,
    TECHNICAL,
    LotRecord,
    PinnedTrustee,
    ProcessRecord,
    Seat,
    TermsRecord,
    get_lot,
    get_lot_terms,
    get_process,
    get_terms,
    list_slots,
    lot_name,
)
from prasasti.contracts.procurement.proposal.events import LotOpened, OpeningBegun
from prasasti.contracts.procurement.proposal.records import EnvelopeRecord, ProposalRecord, envelope_key
from prasasti.contracts.procurement.rounds import get_round_record, open_round
from prasasti.contracts.procurement.schedule import BALLOT, COUNTING, DECISION, GRACE, SCORING, schedule
from prasasti.contracts.procurement.scoring import (
    PRICE_ONLY,
    WHOLE_BP,
    Offer,
    ScoringRule,
    compute_evaluated_factor,
    compute_technical,
    passes_threshold,
    rank_proposals,
)
from prasasti.contracts.procurement.sealing.contents import ScoreSheet, decode_scores
from prasasti.contracts.procurement.sealing.framing import PURPOSE_BALLOT, compute_context, compute_envelope_id, compute_ties
from prasasti.contracts.procurement.sealing.sealer import Malformed, Opened
from prasasti.contracts.procurement.tender.effects import decide_qualification
from prasasti.core.contract import Call, View
from prasasti.core.encoding import decode_base64
from prasasti.core.types import Event, parse_amount, require

# Of a lot so many re-evaluations and resubmissions together; instead of a third it fails (22).
MAX_REPEATS = 2
BALLOTS_A_RANKING = 2
# Why a proposal is out, where the committee put it out: a requirement's id follows the first two.
DISQUALIFIED, UNFIT, BELOW = "qualification", "requirement", "threshold"
# Why one is out by the ledger's own arithmetic, beside the tags' reasons (``integrity``).
ABOVE = "above_estimate"
# Of a tender by price alone, so many that meet every requirement are ranked (15).
RANKED_BY_PRICE = 3
ADOPT, REJECT, ABSTAIN = "adopt", "reject", "abstain"


class Excluded(NamedTuple):
    """Whom the ledger put out when a lot was opened, and why: tags (``integrity``), or ``ABOVE``."""

    bidder: str
    reason: str


def exclude(draft: Draft, lot: LotRecord) -> list[Excluded]:
    """Every due envelope is read: who is out by tags or by arithmetic alone is out, without a vote (I1, I2, I5, HPS)."""
    process = get_process(draft, lot.process)
    return [*_put_out_by_tags(draft, process, lot), *_put_out_above_estimate(draft, process, lot)]


def begin_evaluation(draft: Draft, call: Call, lot: LotRecord, excluded: Sequence[Excluded] = ()) -> list[Event]:
    """The committee evaluates who is left of a lot that is read.

    Its events join those of the message that brought the last share (10), whose document names the excluded: they would not fit.
    """
    told, lot = _begin_stage(draft, call, get_process(draft, lot.process), lot, len(excluded))
    if not lot.live:
        return [*told, *fail_lot(draft, call, lot, "g" if any(each.reason == ABOVE for each in excluded) else "c")]
    return [*told, *advance(draft, call, lot)]


def begin_again(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """A lot is evaluated anew, under the next number (22, 24, 11); instead of a third repetition it fails.

    Outcomes and sheets carry the number of their evaluation, so those of the one before count no longer; only proposals that it
    put out are written, since they are in again. Opened envelopes stay, malformed ones stay out, what was not opened is opened
    when its turn comes. Whoever calls has cancelled the award.
    """
    if lot.repeats >= MAX_REPEATS:
        return fail_lot(draft, call, lot, "m")
    process, terms = get_process(draft, lot.process), get_terms(draft, lot.process)
    first = lot.stage if lot.stage == QUALIFICATION else next(slot for slot in list_slots(process) if slot != QUALIFICATION)
    lot = replace(
        lot, adopted=False, ballots=0, counting=False, decision_ends=0, evaluation=lot.evaluation + 1, repeats=lot.repeats + 1,
        rounds_lost=0, scored=False, scoring_ends=0, scoring_extended=False, stage=first, window_ends=0,
    )  # fmt: skip
    if is_scored(terms, lot):
        lot = replace(lot, ballot_round=_open_next_round(draft, call, lot))
    for proposal in list(list_proposals(draft, lot)):
        if proposal.out.startswith(f"{name_judgement(lot.stage)}:") or (proposal.out == BELOW and lot.stage != QUALIFICATION):
            put_proposal(draft, replace(proposal, out="", out_since=0))
    _, lot = _begin_stage(draft, call, process, lot)
    return [LotRepeated(lot.evaluation, lot.lot, lot.process, "reevaluate"), *advance(draft, call, lot)]


def advance(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """Where a lot's stage is decided, what follows from it."""
    process, terms = get_process(draft, lot.process), get_terms(draft, lot.process)
    if lot.state != EVALUATING or lot.ranking_of == lot.evaluation:
        return []
    if not lot.live:
        return fail_lot(draft, call, lot, "c")
    if lot.stage == QUALIFICATION:
        return [] if lot.undecided else finish_qualification(draft, call, lot)
    if is_scored(terms, lot) and not lot.scored:
        return []
    chosen = find_decided(draft, process, terms, lot)
    if chosen is None:
        return []
    if is_scored(terms, lot):
        chosen = _give_technical_scores(draft, terms, lot, chosen)
    if lot.stage == TECHNICAL:
        return _open_financial(draft, call, process, terms, lot, chosen)
    return publish_ranking(draft, call, process, terms, lot, chosen)


def finish_qualification(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """The last outcome of a prequalification is there: nothing is added to it, its result is public (tender.effects)."""
    lot = replace(lot, ranking_of=lot.evaluation)
    put_lot(draft, lot)
    return decide_qualification(draft, call, lot)


def find_decided(view: View, process: ProcessRecord, terms: TermsRecord, lot: LotRecord) -> list[ProposalRecord] | None:
    """Proposals that go on to the next stage or into the ranking, once nothing is missing for that; None before.

    By price alone only the lowest evaluated prices are judged, until three pass (15); the rest is not ranked.
    """
    is_all_judged = process.selection != PRICE_ONLY or lot.stage == TECHNICAL
    # Asked after every message of outcomes: a lot may have thousands of proposals to read.
    if is_all_judged and lot.undecided:
        return None
    live = [proposal for proposal in list_proposals(view, lot) if is_live(lot, proposal)]
    if is_all_judged:
        return live
    demanded = list_demanded(terms, process, lot.stage)
    found: list[ProposalRecord] = []
    for proposal in sort_by_price(view, process, terms, live):
        if len(found) == RANKED_BY_PRICE:
            break
        if not is_decided(lot, proposal, demanded):
            return None
        found.append(proposal)
    return found


def publish_ranking(
    draft: Draft, call: Call, process: ProcessRecord, terms: TermsRecord, lot: LotRecord, chosen: Sequence[ProposalRecord]
) -> list[Event]:
    """The ranking stands in records, one a bidder; then the committee votes on it, in a direct procurement it is adopted."""
    bidders = [proposal.bidder for proposal in chosen]
    ties = compute_ties(bytes.fromhex(lot.proposal_round), lot.lot, list_secrets(draft, lot), bidders)
    ranking = rank_proposals(make_rule(draft, process, terms), [make_offer(proposal, ties[proposal.bidder]) for proposal in chosen])
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
    told: list[Event] = [events.RankingPublished(lot.evaluation, lot.lot, lot.process, len(ranking.proposals), number)]
    if not any(ranked.rank for ranked in ranking.proposals):
        return [*told, *fail_lot(draft, call, lot, "c")]
    return told if is_direct else [*told, *open_ballot(draft, call, lot)]


def open_ballot(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """The committee votes, once no seat is recused or empty (else 13, or 11); it may vote twice on a ranking."""
    process = get_process(draft, lot.process)
    if any(seat.state != SITTING for seat in process.seats.committee):
        await_decision(draft, call, lot)
        return []
    number = lot.ballot + 1
    ends = compute_term_end(draft, call.time, process, "ballot")
    record = BallotRecord([], ends, call.time, lot.ranking, len(process.seats.committee), BALLOT_OPEN)
    draft.put(ballot_key(lot.process, lot.lot, number), record)
    put_lot(draft, replace(lot, ballot=number, ballots=lot.ballots + 1, decision_ends=0))
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
    if outcome == ADOPTED:
        return told
    if lot.ballots < BALLOTS_A_RANKING:
        return [*told, *open_ballot(draft, call, lot)]
    await_decision(draft, call, lot)
    return told


def await_decision(draft: Draft, call: Call, lot: LotRecord) -> None:
    """What the committee cannot end the authority decides (11), or seats somebody (13); its silence fails the lot."""
    ends = compute_term_end(draft, call.time, get_process(draft, lot.process), "decision_due")
    put_lot(draft, replace(lot, decision_ends=ends))
    schedule(draft, ends, DECISION, lot_name(lot.process, lot.lot))


def is_vote_open(view: View, lot: LotRecord) -> bool:
    """Whether two ballots on the latest ranking ended without a majority to adopt it (11)."""
    if (lot.state, lot.adopted, lot.ballots) != (EVALUATING, False, BALLOTS_A_RANKING):
        return False
    return get_ballot(view, lot).state != BALLOT_OPEN


def is_seat_open(view: View, lot: LotRecord) -> bool:
    """Whether a lot that is evaluated misses a member of its committee (11, 13)."""
    return lot.state == EVALUATING and any(seat.state != SITTING for seat in get_process(view, lot.process).seats.committee)


def close_scoring(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """17: each seat's sheet is due, and trustees may share; where a seat has none, no sheet is."""
    process = get_process(draft, lot.process)
    sheets = [_find_ready_sheet(draft, lot, seat) for seat in process.seats.committee]
    if None in sheets:
        return _miss_sheets(draft, call, process, lot)
    due = sum(sheet is not None and sheet.state == SHEET_SEALED for sheet in sheets)
    ends = compute_term_end(draft, call.time, process, "opening_grace")
    put_lot(draft, replace(lot, counting=True, due=due, grace_ends=ends, read=0))
    schedule(draft, ends, COUNTING, lot_name(lot.process, lot.lot))
    return [events.ScoringEnded(0, lot.lot, lot.process)]


def count_scores(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """Every due score sheet is read: a void one is none, and only its seat seals again; all counted: the evaluation goes on."""
    process = get_process(draft, lot.process)
    sheets = [find_sheet(draft, lot, seat.person) for seat in process.seats.committee]
    lot = replace(lot, counting=False)
    if any(sheet is None or sheet.state != COUNTED for sheet in sheets):
        return _miss_sheets(draft, call, process, lot)
    lot = replace(lot, scored=True)
    put_lot(draft, lot)
    return advance(draft, call, lot)


def take_sheet(draft: Draft, record: EnvelopeRecord, result: Opened | Malformed) -> str:
    """A score sheet's contents; why it is void, "" where it is not. Proposals out when scoring closed count nowhere."""
    lot, terms = get_lot(draft, record.process, record.lot), get_terms(draft, record.process)
    context = compute_context(bytes.fromhex(record.round), record.lot, record.slot, record.sealer)
    envelope = compute_envelope_id(context, decode_base64(record.sealed)).hex()
    seats = get_process(draft, record.process).seats.committee
    found = [find_sheet(draft, lot, seat.person) for seat in seats if name_sealer(seat.person) == record.sealer]
    sheet = next((each for each in found if each is not None and each.envelope == envelope), None)
    sheet = require(sheet, f"the sheet of {record.sealer}")
    contents: ScoreSheet | Malformed = Malformed(result.reason) if isinstance(result, Malformed) else decode_scores(
        result.plaintext, [criterion.id for criterion in terms.criteria], list_out_at_close(draft, lot)
    )  # fmt: skip
    reason = contents.reason if isinstance(contents, Malformed) else ""
    scores = [] if isinstance(contents, Malformed) else [(each.id, contents.scores[each.id]) for each in terms.criteria]
    state = VOID if reason else COUNTED
    draft.put(sheet_key(lot.process, lot.lot, lot.evaluation, sheet.person), replace(sheet, scores=scores, state=state))
    return reason


def lose_round(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """Trustees did not open every sheet in the grace: those unread are sealed again, to the next round; a second time it fails.

    What was read stays counted: sealing it again after others could read it would only invite changing it.
    """
    lot = replace(lot, counting=False, rounds_lost=lot.rounds_lost + 1)
    if lot.rounds_lost > 1:
        return fail_lot(draft, call, lot, "j")
    return renew_round(draft, call, lot)


def renew_round(draft: Draft, call: Call, lot: LotRecord, trustees: Sequence[PinnedTrustee] | None = None) -> list[Event]:
    """The next round of ballots, with other trustees where they are given, and the time to seal to it."""
    identifier = _open_next_round(draft, call, lot, trustees)
    ends = compute_term_end(draft, call.time, get_process(draft, lot.process), "scoring_extension")
    put_lot(draft, replace(lot, ballot_round=identifier, scoring_ends=ends))
    schedule(draft, ends, SCORING, lot_name(lot.process, lot.lot))
    return [events.BallotRoundOpened(lot.lot, lot.process, identifier, ends)]


def resume(draft: Draft, call: Call, lot: LotRecord) -> list[Event]:
    """A seat was taken: what waited for it goes on, counting without the leaver's sheet, or a ballot."""
    if lot.state != EVALUATING:
        return []
    if lot.counting and lot.read >= lot.due:
        return count_scores(draft, call, lot)
    if not is_ballot_awaited(draft, lot):
        return []
    return open_ballot(draft, call, lot)


def is_ballot_awaited(view: View, lot: LotRecord) -> bool:
    """Whether a published ranking waits for a ballot, none being open."""
    if lot.stage == QUALIFICATION or lot.ranking_of != lot.evaluation or lot.adopted or lot.ballots >= BALLOTS_A_RANKING:
        return False
    return not lot.ballots or get_ballot(view, lot).state != BALLOT_OPEN


def get_ballot(view: View, lot: LotRecord) -> BallotRecord:
    """The latest ballot of a lot that has one."""
    return require(view.get(ballot_key(lot.process, lot.lot, lot.ballot), BallotRecord), f"ballot {lot.ballot} of {lot.lot}")


def is_live(lot: LotRecord, proposal: ProposalRecord) -> bool:
    """Whether a proposal was opened at the lot's stage and is still in."""
    return is_opened_now(lot, proposal) and not proposal.out


def is_opened_now(lot: LotRecord, proposal: ProposalRecord) -> bool:
    """Whether the envelope that the lot's stage is about was opened, and well formed."""
    return any(slot.slot == lot.stage and slot.state == OPENED for slot in proposal.slots)


def is_scored(terms: TermsRecord, lot: LotRecord) -> bool:
    """Whether members score the proposals at the lot's stage: the first that they can read, after prequalification."""
    return bool(terms.criteria) and lot.stage in (TECHNICAL, PROPOSAL)


def list_scored(view: View, lot: LotRecord) -> list[ProposalRecord]:
    """What a score sheet is about, in its order: every opened proposal, by organisation."""
    return sorted((each for each in list_proposals(view, lot) if is_opened_now(lot, each)), key=lambda each: each.bidder)


def list_out_at_close(view: View, lot: LotRecord) -> list[bool]:
    """Which of them were out when scoring closed."""
    return [bool(proposal.out) and proposal.out_since < lot.scoring_ends for proposal in list_scored(view, lot)]


def find_sheet(view: View, lot: LotRecord, person: Person) -> SheetRecord | None:
    """A member's score sheet of the lot's evaluation."""
    return view.get(sheet_key(lot.process, lot.lot, lot.evaluation, person), SheetRecord)


def name_sealer(person: Person) -> str:
    """Who seals a score sheet (sealed-proposals)."""
    return f"{person.organisation}:{person.handle}"


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


def is_decided(lot: LotRecord, proposal: ProposalRecord, demanded: Sequence[str]) -> bool:
    """Whether the committee judged every requirement of a proposal in this evaluation; one fail decides too."""
    judged = [outcome.requirement for outcome in proposal.outcomes if outcome.evaluation == lot.evaluation]
    return bool(proposal.out) or all(requirement in judged for requirement in demanded)


def make_rule(view: View, process: ProcessRecord, terms: TermsRecord) -> ScoringRule:
    """By what a process's lots are ranked."""
    least = read_integer(view, "", "preference_least_tkdn_bp", process.published)
    price_bp = 0 if process.selection == PRICE_ONLY else WHOLE_BP - terms.technical_bp
    return ScoringRule(process.selection, terms.technical_bp, price_bp, terms.threshold, terms.preference_bp, least)


def make_offer(proposal: ProposalRecord, tie: bytes) -> Offer:
    """What the ranking knows of a proposal."""
    offer = require(proposal.offer, proposal.bidder)
    return Offer(proposal.bidder, parse_amount(offer.evaluated), offer.tkdn_bp, proposal.technical, tie.hex())


def list_secrets(view: View, lot: LotRecord) -> list[bytes]:
    """What every opened envelope of a lot gives to the tie hash, in ascending order of envelope id (sealed-proposals, 3): all slots, of
    who is out too, and what was opened before proposals were asked for anew."""
    envelopes: list[str] = []
    for proposal in list_proposals(view, lot):
        envelopes += [*proposal.earlier, *(slot.envelope for slot in proposal.slots if slot.state == OPENED)]
    return [bytes.fromhex(require(view.get(envelope_key(each), EnvelopeRecord), each).secret) for each in sorted(envelopes)]


def sort_by_price(view: View, process: ProcessRecord, terms: TermsRecord, live: Sequence[ProposalRecord]) -> list[ProposalRecord]:
    """Proposals from the lowest evaluated price upward; equal ones by bidder, since nothing else is known yet."""
    rule = make_rule(view, process, terms)

    def order(proposal: ProposalRecord) -> tuple[int, str]:
        offer = require(proposal.offer, proposal.bidder)
        return parse_amount(offer.evaluated) * compute_evaluated_factor(rule, offer.tkdn_bp), proposal.bidder

    return sorted(live, key=order)


def put_out(draft: Draft, proposal: ProposalRecord, reason: str, time: int) -> ProposalRecord:
    """A proposal is out, for a reason, from a time on."""
    proposal = replace(proposal, out=reason, out_since=time)
    put_proposal(draft, proposal)
    return proposal


def name_judgement(stage: str) -> str:
    """How the reason of a proposal that the committee put out at a stage begins; a qualification stands through later evaluations."""
    return DISQUALIFIED if stage == QUALIFICATION else UNFIT


def _begin_stage(
    draft: Draft, call: Call, process: ProcessRecord, lot: LotRecord, excluded: int = 0
) -> tuple[list[Event], LotRecord]:
    """The committee may judge, and score where that is asked; who is in, and not judged yet, is counted."""
    terms = get_terms(draft, lot.process)
    live = sum(is_live(lot, proposal) for proposal in list_proposals(draft, lot))
    demanded = list_demanded(terms, process, lot.stage)
    ends = compute_term_end(draft, call.time, process, "scoring") if is_scored(terms, lot) else 0
    lot = replace(
        lot, counting=False, live=live, ranking_of=0, scoring_ends=ends, state=EVALUATING, undecided=live if demanded else 0
    )  # fmt: skip
    put_lot(draft, lot)
    if ends:
        schedule(draft, ends, SCORING, lot_name(lot.process, lot.lot))
    return [LotOpened(excluded, live, lot.lot, lot.process, lot.stage)], lot


def _open_financial(
    draft: Draft, call: Call, process: ProcessRecord, terms: TermsRecord, lot: LotRecord, chosen: Sequence[ProposalRecord]
) -> list[Event]:
    """The technical result stands: of those who passed it the financial envelopes are due, of others never."""
    rule = make_rule(draft, process, terms)
    passed = [each for each in chosen if not terms.criteria or passes_threshold(rule, each.technical)]
    named = {each.bidder for each in passed}
    below = [each for each in chosen if each.bidder not in named]
    for number, proposal in enumerate(below):
        put_out(draft, proposal, BELOW, call.time)
        draft.put(below_key(lot.process, lot.lot, lot.evaluation, number), BelowRecord(proposal.bidder, proposal.technical))
    told: list[Event] = [events.TechnicalDecided(len(below), lot.evaluation, lot.lot, len(passed), lot.process)]
    due = sum(slot.slot == FINANCIAL and slot.state == SEALED for proposal in passed for slot in proposal.slots)
    ends = compute_term_end(draft, call.time, process, "opening_grace")
    lot = replace(lot, due=due, grace_ends=ends, live=len(passed), opening=call.time, read=0, stage=FINANCIAL, state=OPENING)
    put_lot(draft, lot)
    if not passed:
        return [*told, *fail_lot(draft, call, lot, "c")]
    if not due:
        # Evaluated anew, and all were read before: who was out by price is out.
        return [*told, *begin_evaluation(draft, call, lot)]
    schedule(draft, ends, GRACE, lot_name(lot.process, lot.lot))
    return [*told, OpeningBegun(due, lot.lot, lot.process, FINANCIAL)]


def _give_technical_scores(draft: Draft, terms: TermsRecord, lot: LotRecord, chosen: Sequence[ProposalRecord]) -> list[ProposalRecord]:
    """The members' sheets, which are all counted, give each proposal its technical score."""
    seats = get_process(draft, lot.process).seats.committee
    sheets = [dict(require(find_sheet(draft, lot, seat.person), seat.person.handle).scores) for seat in seats]
    places = {proposal.bidder: place for place, proposal in enumerate(list_scored(draft, lot))}
    weights = [criterion.weight_bp for criterion in terms.criteria]
    scored: list[ProposalRecord] = []
    for proposal in chosen:
        place = places[proposal.bidder]
        given = [[sheet[criterion.id][place] for sheet in sheets] for criterion in terms.criteria]
        proposal = replace(proposal, technical=compute_technical(weights, given).score)
        put_proposal(draft, proposal)
        scored.append(proposal)
    return scored


def _find_ready_sheet(view: View, lot: LotRecord, seat: Seat) -> SheetRecord | None:
    """A sitting member's sheet that is counted, or can be: one sealed to the round that stands."""
    sheet = find_sheet(view, lot, seat.person) if seat.state == SITTING else None
    if sheet is None or sheet.state == COUNTED:
        return sheet
    envelope = require(view.get(envelope_key(sheet.envelope), EnvelopeRecord), sheet.envelope)
    return sheet if sheet.state == SHEET_SEALED and envelope.round == lot.ballot_round else None


def _miss_sheets(draft: Draft, call: Call, process: ProcessRecord, lot: LotRecord) -> list[Event]:
    """A seat has no sheet, or a void one: once more time; then no valid scoring (27m)."""
    if lot.scoring_extended:
        return fail_lot(draft, call, lot, "m")
    ends = compute_term_end(draft, call.time, process, "scoring_extension")
    put_lot(draft, replace(lot, counting=False, scoring_ends=ends, scoring_extended=True))
    schedule(draft, ends, SCORING, lot_name(lot.process, lot.lot))
    return [events.ScoringEnded(ends, lot.lot, lot.process)]


def _open_next_round(draft: Draft, call: Call, lot: LotRecord, trustees: Sequence[PinnedTrustee] | None = None) -> str:
    record = get_round_record(draft, lot.ballot_round)
    return open_round(draft, call, PURPOSE_BALLOT, lot.process, record.number + 1, record.t, trustees or record.trustees)


def _put_out_by_tags(draft: Draft, process: ProcessRecord, lot: LotRecord) -> list[Excluded]:
    """I1, I2, I5, by the tags of the deadline of what was opened; once, when proposals are first read."""
    if lot.stage == FINANCIAL:
        return []
    deadline = process.qualification_deadline if lot.stage == QUALIFICATION else process.deadline
    live = [proposal for proposal in list_proposals(draft, lot) if is_live(lot, proposal)]
    # In time is what comes before the deadline.
    readings = Readings(draft, lot.process, process, deadline - 1)
    out = find_excluded(readings, {proposal.bidder: list_members(proposal) for proposal in live})
    for proposal in live:
        if proposal.bidder in out:
            put_out(draft, proposal, out[proposal.bidder], 0)
    return [Excluded(*each) for each in out.items()]


def _put_out_above_estimate(draft: Draft, process: ProcessRecord, lot: LotRecord) -> list[Excluded]:
    """Where the buyer's own price binds, what is above it is out without a vote."""
    if lot.stage not in (FINANCIAL, PROPOSAL) or not read_flag(draft, process.kind, "estimate_binds", process.published):
        return []
    estimate_minor = parse_amount(get_lot_terms(draft, lot.process, lot.lot).estimate)
    found: list[Excluded] = []
    for proposal in list(list_proposals(draft, lot)):
        if is_live(lot, proposal) and parse_amount(require(proposal.offer, proposal.bidder).evaluated) > estimate_minor:
            put_out(draft, proposal, ABOVE, 0)
            found.append(Excluded(proposal.bidder, ABOVE))
    return found
