"""Arithmetic, scores and ranks, against exact fractions and against the order's own definition."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from prasasti.contracts.procurement.scoring import (
    FULL_SCORE,
    PRICE_ONLY,
    QUALITY_ONLY,
    RATED,
    Offer,
    Ranked,
    Ranking,
    ScoringRule,
    compute_evaluated_factor,
    compute_final,
    compute_lump_sum,
    compute_price_points,
    compute_technical,
    compute_unit_price_total,
    rank_proposals,
)
from prasasti.core.types import MAX_AMOUNT_MINOR, Bug, MoneyOverflow

LOWEST = ScoringRule(PRICE_ONLY, 0, 0, 0, 0, 0)
RATED_80 = ScoringRule(RATED, 8_000, 2_000, 600_000, 0, 0)
QUALITY = ScoringRule(QUALITY_ONLY, 10_000, 0, 600_000, 0, 0)

PRICES = st.one_of(st.integers(1, 20), st.integers(0, MAX_AMOUNT_MINOR))
BASIS_POINTS = st.one_of(st.sampled_from((0, 2_499, 2_500, 10_000)), st.integers(0, 10_000))
SCORES = st.one_of(st.integers(599_998, 600_002), st.integers(0, FULL_SCORE))


def make_offer(bidder: str, price_minor: int, technical: int = 0, tkdn_bp: int = 0, tie: str = "00") -> Offer:
    return Offer(bidder, price_minor, tkdn_bp, technical, tie)


def list_ranked(ranking: Ranking) -> list[str]:
    return [each.bidder for each in ranking.proposals if each.rank]


@st.composite
def rules(draw: st.DrawFn) -> ScoringRule:
    selection = draw(st.sampled_from((PRICE_ONLY, RATED, QUALITY_ONLY)))
    technical_bp = {PRICE_ONLY: 0, QUALITY_ONLY: 10_000, RATED: draw(st.integers(1, 9_999))}[selection]
    price_bp = 0 if selection == PRICE_ONLY else 10_000 - technical_bp
    return ScoringRule(selection, technical_bp, price_bp, draw(st.sampled_from((0, 600_000))), draw(st.integers(0, 2_500)), 2_500)


@st.composite
def offers(draw: st.DrawFn) -> list[Offer]:
    # Few distinct values, so that ties of every depth occur.
    some_prices, some_scores = draw(st.lists(PRICES, min_size=1, max_size=3)), draw(st.lists(SCORES, min_size=1, max_size=3))
    shares, ties = st.sampled_from((0, 2_500, 2_600)), st.sampled_from(("0a", "0b", "ff"))
    make = st.tuples(st.sampled_from(some_prices), shares, st.sampled_from(some_scores), ties)
    return [Offer(f"bidder-{place:02}", *each) for place, each in enumerate(draw(st.lists(make, max_size=12)))]


def beats(rule: ScoringRule, one: Ranked, other: Ranked) -> bool:
    """Section 5 in words, on exact numbers: who of two stands above."""
    factor = Fraction(1, 10**8)
    if rule.selection == PRICE_ONLY:
        mine, others = one.price_minor * one.evaluated_factor * factor, other.price_minor * other.evaluated_factor * factor
        if mine != others:
            return mine < others
    elif one.final != other.final:
        return one.final > other.final
    if one.tkdn_bp != other.tkdn_bp:
        return one.tkdn_bp > other.tkdn_bp
    if one.technical != other.technical:
        return one.technical > other.technical
    if one.price_minor != other.price_minor:
        return one.price_minor < other.price_minor
    return (one.tie, one.bidder) < (other.tie, other.bidder)


# Technical, price, final


def test_the_final_score_of_the_facts() -> None:
    assert compute_final(RATED_80, 853_333, 900_000) == 862_666


def test_the_technical_score_of_the_facts() -> None:
    score = compute_technical([10_000], [[850_000, 860_000, 850_000]])
    assert (score.members, score.sums, score.score) == (3, (2_560_000,), 853_333)


def test_the_facts_from_sheets_to_rank() -> None:
    technical = compute_technical([6_000, 4_000], [[900_000, 900_000, 900_000], [783_333, 783_333, 783_334]]).score
    ranking = rank_proposals(RATED_80, [make_offer("b", 1_000, technical, tie="b"), make_offer("a", 900, 700_000, tie="a")])
    assert technical == 853_333
    assert [(each.bidder, each.price_points, each.final, each.rank) for each in ranking.proposals] == [
        ("b", 900_000, 862_666, 1),
        ("a", 1_000_000, 760_000, 2),
    ]


@given(st.data())
def test_a_technical_score_is_the_weighted_mean_rounded_down_once(data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, 10_000), max_size=5)))
    weights = [later - earlier for earlier, later in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    members = data.draw(st.integers(1, 7))
    sheets = [data.draw(st.lists(st.integers(0, FULL_SCORE), min_size=members, max_size=members)) for _ in weights]
    score = compute_technical(weights, sheets)
    mean = sum(Fraction(weight, 10_000) * Fraction(sum(given), members) for weight, given in zip(weights, sheets, strict=True))
    assert score.score == floor(mean)
    assert 0 <= score.score <= FULL_SCORE


def test_without_criteria_there_is_no_technical_score() -> None:
    assert compute_technical([], []).score == 0


def test_a_member_who_left_a_criterion_out_halts() -> None:
    with pytest.raises(Bug):
        compute_technical([5_000, 5_000], [[1, 2, 3], [1, 2]])


@pytest.mark.parametrize(
    ("lowest", "price", "points"),
    [(900, 1_000, 900_000), (1, 3, 333_333), (2, 3, 666_666), (7, 7, 1_000_000), (0, 5, 0), (0, 0, 1_000_000)],
)
def test_points_for_the_price(lowest: int, price: int, points: int) -> None:
    assert compute_price_points(lowest, price) == points


# Threshold


def test_below_the_threshold_is_out_and_sets_no_lowest_price() -> None:
    ranking = rank_proposals(RATED_80, [make_offer("cheap", 1, 599_999), make_offer("fit", 1_000, 600_000)])
    assert [(each.bidder, each.rank, each.price_points) for each in ranking.proposals] == [("fit", 1, 1_000_000), ("cheap", 0, 0)]
    assert ranking.lowest_e8 == 1_000 * 10**8


def test_the_price_alone_asks_for_no_technical_score() -> None:
    assert list_ranked(rank_proposals(replace(LOWEST, threshold=600_000), [make_offer("a", 5), make_offer("b", 4)])) == ["b", "a"]


def test_nobody_left_is_an_empty_ranking() -> None:
    assert rank_proposals(RATED_80, []).proposals == ()
    assert list_ranked(rank_proposals(RATED_80, [make_offer("a", 5, 1), make_offer("b", 4, 2)])) == []


# Evaluated price


@pytest.mark.parametrize(
    ("tkdn_bp", "preference_bp", "factor"),
    [(4_000, 2_500, 90_000_000), (10_000, 2_500, 75_000_000), (2_499, 2_500, 100_000_000), (2_500, 2_500, 93_750_000), (10_000, 0, 10**8)],
)
def test_the_factor_of_an_evaluated_price(tkdn_bp: int, preference_bp: int, factor: int) -> None:
    rule = ScoringRule(PRICE_ONLY, 0, 0, 0, preference_bp, 2_500)
    assert compute_evaluated_factor(rule, tkdn_bp) == factor


def test_evaluated_prices_are_compared_unrounded() -> None:
    """Both are 900 when rounded down to minor units; the offer without domestic content is the lower one by a fraction."""
    rule = ScoringRule(PRICE_ONLY, 0, 0, 0, 2_500, 2_500)
    local, foreign = make_offer("local", 1_001, tkdn_bp=4_000), make_offer("foreign", 900)
    ranking = rank_proposals(rule, [local, foreign])
    assert [each.evaluated_e8 // 10**8 for each in ranking.proposals] == [900, 900]
    assert list_ranked(ranking) == ["foreign", "local"]
    assert list_ranked(rank_proposals(rule, [make_offer("local", 999, tkdn_bp=4_000), foreign])) == ["local", "foreign"]


def test_the_preference_moves_points_but_not_the_price() -> None:
    rule = replace(RATED_80, preference_bp=2_500, preference_least_tkdn_bp=2_500)
    ranking = rank_proposals(rule, [make_offer("local", 1_000, 700_000, 4_000), make_offer("foreign", 1_000, 700_000)])
    assert [(each.bidder, each.price_minor, each.price_points) for each in ranking.proposals] == [
        ("local", 1_000, 1_000_000),
        ("foreign", 1_000, 900_000),
    ]


def test_the_largest_amounts_are_compared_exactly() -> None:
    rule = ScoringRule(PRICE_ONLY, 0, 0, 0, 2_500, 0)
    most, less = make_offer("a", MAX_AMOUNT_MINOR, tkdn_bp=1), make_offer("b", MAX_AMOUNT_MINOR - 1, tkdn_bp=1)
    assert list_ranked(rank_proposals(rule, [most, less])) == ["b", "a"]


# Ties, each one deep


@pytest.mark.parametrize(
    ("rule", "better", "worse"),
    [
        pytest.param(LOWEST, Offer("z", 1_000, 1, 0, "ff"), Offer("a", 1_000, 0, 0, "00"), id="tkdn, lowest price"),
        pytest.param(QUALITY, Offer("z", 2_000, 1, 700_000, "ff"), Offer("a", 1_000, 0, 700_000, "00"), id="tkdn before price"),
        # 800,000 and 800,001 at 80/20 with 1,000,000 and 999,996 points: both 840,000.
        pytest.param(RATED_80, Offer("z", 250_001, 0, 800_001, "ff"), Offer("a", 250_000, 0, 800_000, "00"), id="technical before price"),
        pytest.param(QUALITY, Offer("z", 999, 0, 700_000, "ff"), Offer("a", 1_000, 0, 700_000, "00"), id="lower price before hash"),
        pytest.param(RATED_80, Offer("z", 1_000, 0, 700_000, "0f"), Offer("a", 1_000, 0, 700_000, "f0"), id="tie hash"),
        pytest.param(LOWEST, Offer("z", 1_000, 0, 0, "0f"), Offer("a", 1_000, 0, 0, "f0"), id="tie hash, lowest price"),
    ],
)
def test_ties(rule: ScoringRule, better: Offer, worse: Offer) -> None:
    ranking = rank_proposals(rule, [worse, better])
    assert ranking.proposals[0].final == ranking.proposals[1].final
    assert list_ranked(ranking) == [better.bidder, worse.bidder]


def test_the_tie_hash_of_the_facts() -> None:
    """sealed-proposals, 3: b wins."""
    ties = {
        "bidder-a": "a81e528df4353573794bd241a6cca60877ee87113fb96a7d9c93cceaa96ce0b8",
        "bidder-b": "0ee38c67596e5794319d59628d92432ace13169e2451f64987f4e2e773ed3951",
        "bidder-c": "4e60415856439dd9aa416962e4fdb3faf838c9d33fafdb517ed943ab6cc17840",
    }
    ranking = rank_proposals(LOWEST, [make_offer(bidder, 1_000, tie=tie) for bidder, tie in ties.items()])
    assert list_ranked(ranking) == ["bidder-b", "bidder-c", "bidder-a"]


# Order


@given(rules(), offers(), st.randoms(use_true_random=False))
def test_a_ranking_does_not_depend_on_the_order_of_the_offers(rule: ScoringRule, given_offers: list[Offer], random: object) -> None:
    shuffled = list(given_offers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank_proposals(rule, shuffled) == rank_proposals(rule, given_offers)


@given(rules(), offers())
def test_a_ranking_is_the_total_order_of_the_rules(rule: ScoringRule, given_offers: list[Offer]) -> None:
    ranking = rank_proposals(rule, given_offers)
    ranked = [each for each in ranking.proposals if each.rank]
    assert [each.rank for each in ranked] == list(range(1, len(ranked) + 1))
    for place, one in enumerate(ranked):
        assert all(beats(rule, one, other) for other in ranked[place + 1 :])
        assert not any(beats(rule, other, one) for other in ranked[place + 1 :])
    assert sorted(each.bidder for each in ranking.proposals) == sorted(each.bidder for each in given_offers)


@given(rules(), offers())
def test_nobody_stands_above_a_higher_final_score(rule: ScoringRule, given_offers: list[Offer]) -> None:
    assume(rule.selection != PRICE_ONLY)
    finals = [each.final for each in rank_proposals(rule, given_offers).proposals if each.rank]
    assert finals == sorted(finals, reverse=True)


@given(rules(), offers())
def test_every_number_can_be_recomputed_from_what_is_kept(rule: ScoringRule, given_offers: list[Offer]) -> None:
    ranking = rank_proposals(rule, given_offers)
    ranked = [each for each in ranking.proposals if each.rank]
    assert ranking.lowest_e8 == min((each.evaluated_e8 for each in ranked), default=0)
    for each in ranked:
        assert each.evaluated_e8 == each.price_minor * each.evaluated_factor
        if each.evaluated_e8:
            assert each.price_points == floor(Fraction(FULL_SCORE * ranking.lowest_e8, each.evaluated_e8))
        share = Fraction(rule.technical_bp * each.technical + rule.price_bp * each.price_points, 10_000)
        assert each.final == (0 if rule.selection == PRICE_ONLY else floor(share))
        assert 0 <= each.final <= FULL_SCORE


@given(rules(), offers(), st.integers(0, 11), st.integers(1, 10**9))
def test_a_lower_price_never_makes_a_rank_worse(rule: ScoringRule, given_offers: list[Offer], place: int, cut_minor: int) -> None:
    assume(place < len(given_offers))
    offer = given_offers[place]
    cheaper = replace(offer, price_minor=max(0, offer.price_minor - cut_minor))
    before = list_ranked(rank_proposals(rule, given_offers))
    after = list_ranked(rank_proposals(rule, [*given_offers[:place], cheaper, *given_offers[place + 1 :]]))
    assume(offer.bidder in before)
    assert after.index(offer.bidder) <= before.index(offer.bidder)


# Arithmetic


def test_unit_prices_stand_and_the_stated_total_does_not() -> None:
    arithmetic = compute_unit_price_total(999, [2_500, 1_000, 3_000], [100, 0, 7])
    assert arithmetic.price_minor == 271
    assert [item.amount_thousandths for item in arithmetic.items] == [250_000, 0, 21_000]
    assert arithmetic.stated_minor == 999


def test_a_total_is_rounded_down_once() -> None:
    """Half a unit twice is a whole one."""
    assert compute_unit_price_total(0, [500, 500], [1, 1]).price_minor == 1
    assert compute_unit_price_total(0, [999], [1]).price_minor == 0


@given(st.lists(st.tuples(st.integers(1, 10**15), st.integers(0, MAX_AMOUNT_MINOR)), max_size=20))
def test_a_total_is_that_of_exact_fractions_or_no_amount(lines: Sequence[tuple[int, int]]) -> None:
    exact = floor(sum(Fraction(quantity * price, 1_000) for quantity, price in lines))
    quantities, prices = [quantity for quantity, _ in lines], [price for _, price in lines]
    if exact > MAX_AMOUNT_MINOR:
        with pytest.raises(MoneyOverflow):
            compute_unit_price_total(1, quantities, prices)
    else:
        assert compute_unit_price_total(1, quantities, prices).price_minor == exact


def test_a_lump_sum_stands() -> None:
    assert compute_lump_sum(999).price_minor == 999
