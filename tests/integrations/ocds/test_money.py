"""Sums are exact, and those of real releases equal a query of its own over the source."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prasasti.integrations.ocds.money import STAGES, Total, add_totals, sum_money
from tests.integrations.ocds import samples

AMOUNTS = st.from_regex(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,6})?(e-?[0-9]{1,2})?", fullmatch=True)


def release_with(**amounts: str) -> dict[str, Any]:
    """A release whose amounts are written as given."""
    value = {stage: f'{{"amount":{token},"currency":"IDR"}}' for stage, token in amounts.items()}
    parsed: dict[str, Any] = samples.parse(
        f'{{"planning":{{"budget":{{"amount":{value["planned"]}}}}},"tender":{{"value":{value["tendered"]}}},'
        f'"awards":[{{"value":{value["awarded"]}}}],"contracts":[{{"value":{value["contracted"]},'
        f'"implementation":{{"transactions":[{{"value":{value["paid"]}}},{{"amount":{value["paid"]}}}]}}}}]}}'
    )
    return parsed


@given(st.lists(st.fixed_dictionaries(dict.fromkeys(STAGES, AMOUNTS)), min_size=1, max_size=5))
def test_sums_are_exact(rows: list[dict[str, str]]) -> None:
    totals = sum_money(release_with(**row) for row in rows)
    assert [stage for stage, _ in totals] == list(STAGES)
    for stage in STAGES:
        times = 2 if stage == "paid" else 1
        assert totals[stage, "IDR"].count == times * len(rows)
        assert Fraction(totals[stage, "IDR"].amount) == times * sum(Fraction(row[stage]) for row in rows)


def test_tokens_at_both_bounds_add_up() -> None:
    both = [samples.parse(f'{{"tender":{{"value":{{"amount":{token}}}}}}}') for token in ("1e308", "1e-308")]
    assert Fraction(sum_money(both)["tendered", ""].amount) == 10**308 + Fraction(1, 10**308)


def test_what_has_no_amount_counts_nothing() -> None:
    values: tuple[Any, ...] = ({}, {"amount": None}, {"currency": "EUR"}, None)
    for value in values:
        assert sum_money([{"tender": {"value": value}, "awards": None, "contracts": [{"implementation": {}}]}]) == {}


def test_totals_of_batches_add_up() -> None:
    releases = samples.read_all(samples.impic_path())
    parts = add_totals(sum_money(releases[:40]), sum_money(releases[40:]))
    assert parts == sum_money(releases)


def test_impics_money_equals_the_sources() -> None:
    source = json.loads(samples.impic_path().read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)[0]["releases"]
    expected: dict[str, Decimal] = dict.fromkeys(STAGES[1:], Decimal(0))
    counts: Counter[str] = Counter()
    for release in source:
        contracts = release["contracts"]
        amounts = {
            "tendered": [release["tender"]["value"]],
            "awarded": [award["value"] for award in release["awards"]],
            "contracted": [contract["value"] for contract in contracts],
            "paid": [t["value"] for contract in contracts for t in contract.get("implementation", {}).get("transactions", [])],
        }
        for stage, values in amounts.items():
            assert {value["currency"] for value in values} <= {"EUR"}
            expected[stage] += sum(value["amount"] for value in values)
            counts[stage] += len(values)
    totals = sum_money(samples.read_all(samples.impic_path()))
    assert totals == {(stage, "EUR"): Total(counts[stage], expected[stage]) for stage in expected}
    assert totals["contracted", "EUR"] == Total(100, Decimal("1613064.48"))
    assert totals["paid", "EUR"] == Total(8, Decimal("174834.49"))
