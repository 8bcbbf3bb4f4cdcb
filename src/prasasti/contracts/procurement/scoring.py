"""Who ranks where, and by which arithmetic (procurement-lifecycle, 5).

Owns prices after arithmetic, technical scores, points for the price, and the order among those who may win. Every number
on the way is kept, so that anyone can follow it. Whom requirements, tags or the buyer's own price put out it is not told:
they are left out before. Integers only; each figure is rounded down once, and ranks go by the figures as published.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from prasasti.core.types import ensure, sum_amounts

# A whole is 10,000 basis points; a full score is 100 points in units of 0.0001.
WHOLE_BP = 10_000
FULL_SCORE = 1_000_000
# An evaluated price is exact in 10⁻⁸ minor units: two shares in basis points are multiplied into it.
EVALUATED_SCALE = 10**8
QUANTITY_SCALE = 1_000

PRICE_ONLY = "price_only"
RATED = "rated"
QUALITY_ONLY = "quality_only"
SELECTIONS = (PRICE_ONLY, QUALITY_ONLY, RATED)


class BilledItem(Struct, frozen=True):
    """A line of a proposal's bill. ``quantity`` in thousandths of the unit, ``amount_thousandths`` exact, of minor units."""

    quantity: int
    unit_price_minor: int
    amount_thousandths: int


class Arithmetic(Struct, frozen=True):
    """A proposal's price as computed, minor units, beside the one stated. ``items`` stand in the RFP's order."""

    stated_minor: int
    items: tuple[BilledItem, ...]
    price_minor: int


class TechnicalScore(Struct, frozen=True):
    """``sums`` are what the members gave together, by criterion; ``score`` is 0 to 1,000,000."""

    members: int
    sums: tuple[int, ...]
    score: int


class ScoringRule(Struct, frozen=True):
    """By what a lot is ranked, as published.

    ``technical_bp`` and ``price_bp`` add up to 10,000 and count nothing where the price alone decides. ``preference_bp``
    is granted in proportion to domestic content (TKDN) from ``preference_least_tkdn_bp`` of it on.
    """

    selection: str
    technical_bp: int
    price_bp: int
    threshold: int
    preference_bp: int
    preference_least_tkdn_bp: int


class Offer(Struct, frozen=True):
    """What is known of a proposal that may win. ``technical`` is 0 without scored criteria; ``tie`` is its tie hash, lower-case hex."""

    bidder: str
    price_minor: int
    tkdn_bp: int
    technical: int
    tie: str


class Ranked(Struct, frozen=True):
    """A proposal's numbers and its rank, from 1; rank 0 is below the threshold, without points or final score.

    ``evaluated_e8`` is the exact evaluated price (HEA) in 10⁻⁸ minor units: price × ``evaluated_factor``. ``final`` is 0 too
    where the price alone decides.
    """

    bidder: str
    price_minor: int
    tkdn_bp: int
    evaluated_factor: int
    evaluated_e8: int
    technical: int
    price_points: int
    final: int
    tie: str
    rank: int


class Ranking(Struct, frozen=True):
    """Proposals in the order of their rank, then those below the threshold by bidder; ``lowest_e8`` is the lowest ranked."""

    rule: ScoringRule
    lowest_e8: int
    proposals: tuple[Ranked, ...]


def compute_unit_price_total(stated_minor: int, quantities: Sequence[int], unit_prices_minor: Sequence[int]) -> Arithmetic:
    """Price of a measured proposal: the RFP's quantities, in thousandths, at the unit prices offered, rounded down once.

    A unit price left empty is 0, and the stated price does not count (Perka LKPP 14/2012). Both lists are in the RFP's
    order. MoneyOverflow where the price exceeds an amount: whoever opens the proposal calls it malformed.
    """
    items = tuple(
        BilledItem(quantity, unit_price_minor, quantity * unit_price_minor)
        for quantity, unit_price_minor in zip(quantities, unit_prices_minor, strict=True)
    )
    price_minor = sum(item.amount_thousandths for item in items) // QUANTITY_SCALE
    return Arithmetic(stated_minor, items, sum_amounts(price_minor))


def compute_lump_sum(stated_minor: int) -> Arithmetic:
    """Price of a lump-sum proposal: as stated, whatever its items come to (Perka LKPP 14/2012)."""
    return Arithmetic(stated_minor, (), sum_amounts(stated_minor))


def compute_technical(weights_bp: Sequence[int], scores: Sequence[Sequence[int]]) -> TechnicalScore:
    """Σ weight · Σ member scores / (10,000 · members), rounded down; ``scores`` has a list of members' scores a criterion.

    Weights add up to 10,000; without criteria the score is 0.
    """
    members = len(scores[0]) if scores else 0
    ensure(all(len(given) == members for given in scores), "every member scores every criterion")
    sums = tuple(sum(given) for given in scores)
    if not members:
        return TechnicalScore(0, sums, 0)
    weighted = sum(weight_bp * total for weight_bp, total in zip(weights_bp, sums, strict=True))
    return TechnicalScore(members, sums, weighted // (WHOLE_BP * members))


def passes_threshold(rule: ScoringRule, technical: int) -> bool:
    """Whether a technical score keeps a proposal in; the price alone asks for none."""
    return rule.selection == PRICE_ONLY or technical >= rule.threshold


def compute_evaluated_factor(rule: ScoringRule, tkdn_bp: int) -> int:
    """What a price is multiplied by to compare it, in 10⁻⁸: 10⁸ − TKDN · preference (Perpres 16/2018 Pasal 67)."""
    if tkdn_bp < rule.preference_least_tkdn_bp:
        return EVALUATED_SCALE
    return EVALUATED_SCALE - tkdn_bp * rule.preference_bp


def compute_price_points(lowest_e8: int, evaluated_e8: int) -> int:
    """1,000,000 · lowest / price, rounded down; a price of 0 is the lowest there is."""
    return FULL_SCORE * lowest_e8 // evaluated_e8 if evaluated_e8 else FULL_SCORE


def compute_final(rule: ScoringRule, technical: int, price_points: int) -> int:
    """Weighted score, rounded down; 0 where the price alone decides, which compares prices unrounded."""
    if rule.selection == PRICE_ONLY:
        return 0
    return (rule.technical_bp * technical + rule.price_bp * price_points) // WHOLE_BP


def rank_proposals(rule: ScoringRule, offers: Sequence[Offer]) -> Ranking:
    """Ranking of the offers that are left, each bidder once, whatever order they come in."""
    left = [offer for offer in offers if passes_threshold(rule, offer.technical)]
    lowest_e8 = min((offer.price_minor * compute_evaluated_factor(rule, offer.tkdn_bp) for offer in left), default=0)
    scored = [_score(rule, offer, lowest_e8) for offer in left]
    scored.sort(key=lambda proposal: _order(rule, proposal))
    below = sorted((offer for offer in offers if not passes_threshold(rule, offer.technical)), key=lambda offer: offer.bidder)
    ranked = (replace(proposal, rank=rank) for rank, proposal in enumerate(scored, start=1))
    return Ranking(rule, lowest_e8, (*ranked, *(_leave_out(rule, offer) for offer in below)))


def _order(rule: ScoringRule, proposal: Ranked) -> tuple[int | str, ...]:
    """What decides, then ties in their order: TKDN (Pasal 67(9)), technical score, price, tie hash (sealed-proposals, 3)."""
    best = proposal.evaluated_e8 if rule.selection == PRICE_ONLY else -proposal.final
    return best, -proposal.tkdn_bp, -proposal.technical, proposal.price_minor, proposal.tie, proposal.bidder


def _score(rule: ScoringRule, offer: Offer, lowest_e8: int) -> Ranked:
    factor = compute_evaluated_factor(rule, offer.tkdn_bp)
    points = compute_price_points(lowest_e8, offer.price_minor * factor)
    return _describe(offer, factor, points, compute_final(rule, offer.technical, points))


def _leave_out(rule: ScoringRule, offer: Offer) -> Ranked:
    return _describe(offer, compute_evaluated_factor(rule, offer.tkdn_bp), 0, 0)


def _describe(offer: Offer, factor: int, points: int, final: int) -> Ranked:
    return Ranked(
        bidder=offer.bidder,
        price_minor=offer.price_minor,
        tkdn_bp=offer.tkdn_bp,
        evaluated_factor=factor,
        evaluated_e8=offer.price_minor * factor,
        technical=offer.technical,
        price_points=points,
        final=final,
        tie=offer.tie,
        rank=0,
    )
