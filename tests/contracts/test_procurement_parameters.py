"""Figures of procurement: what the facts say, by profile, and which value holds for whom and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest

from prasasti.contracts import CONTRACTS
from prasasti.contracts.procurement.calendar import compute_end
from prasasti.contracts.procurement.kinds import CONSULTANCY, GOODS, KINDS, SERVICES, SOCIAL, WORKS
from prasasti.contracts.procurement.messages import PROCUREMENT
from prasasti.contracts.procurement.parameters import (
    PARAMETERS,
    read_amount,
    read_calendar,
    read_code,
    read_codes,
    read_flag,
    read_integer,
    read_payment_unit,
    read_term,
)
from prasasti.core.contract import Record
from prasasti.core.parameters import find_declared, index_parameters
from prasasti.core.types import MAX_AMOUNT_MINOR, Bug
from tests.contracts.governing import DAY, Consortium, parameter
from tests.core.ledger import ACCEPTED, START
from tests.core.ledger import PARAMETERS as GENERAL

DECLARED = index_parameters(PARAMETERS)
PROFILES = ("generic", "indonesia")
# With what procurement declares, whether or not its contract hands it over yet.
WITH_PARAMETERS = tuple(replace(each, parameters=PARAMETERS) if each is PROCUREMENT else each for each in CONTRACTS)
MILLION, BILLION = 10**6 * 100, 10**9 * 100  # rupiah, in sen

# Section 3's table: topic, kind, Indonesia, generic.
FIGURES = [
    ("estimate_age_days", "", 28, 0),
    ("direct_limit", WORKS, 400 * MILLION, 0),
    ("direct_limit", GOODS, 200 * MILLION, 0),
    ("direct_limit", SERVICES, 200 * MILLION, 0),
    ("direct_limit", SOCIAL, 200 * MILLION, 0),
    ("direct_limit", CONSULTANCY, 100 * MILLION, 0),
    ("submission_days", "", 5, 30),
    ("appeal_bond_bp", "", 100, 30),
    ("advance_most_bp", "", 2_000, 2_000),
    ("advance_most_small_firms_bp", "", 3_000, 2_000),
    ("advance_most_several_years_bp", "", 1_500, 2_000),
    ("bid_guarantee_least_bp", WORKS, 100, 0),
    ("bid_guarantee_most_bp", WORKS, 300, 200),
    ("bid_guarantee_most_bp", GOODS, 0, 200),
    ("bid_guarantee_most_bp", CONSULTANCY, 0, 0),
    ("bid_guarantee_above", WORKS, 10 * BILLION, 0),
    ("performance_guarantee_bp", WORKS, 500, 500),
    ("performance_guarantee_bp", CONSULTANCY, 0, 0),
    ("performance_guarantee_above", GOODS, 200 * MILLION, 0),
    ("low_bid_bp", "", 8_000, 0),
    ("committee_minimum", "", 3, 3),
    ("authority_awards_above", WORKS, 100 * BILLION, MAX_AMOUNT_MINOR),
    ("authority_awards_above", CONSULTANCY, 10 * BILLION, MAX_AMOUNT_MINOR),
    ("small_firm_ceiling", "", 15 * BILLION, 0),
    ("domestic_required_bp", "", 4_000, 0),
    ("preference_limit_bp", GOODS, 2_500, 1_500),
    ("preference_limit_bp", WORKS, 750, 750),
    ("preference_limit_bp", CONSULTANCY, 0, 0),
    ("preference_above", GOODS, BILLION, 0),
    ("preference_least_tkdn_bp", "", 2_500, 3_000),
    ("debarment_days.collusion", "", 730, 1_095),
    ("debarment_days.not_signing", "", 365, 365),
    ("debarment_days.another", "", 365, 365),
    ("reports_a_day", "", 50, 50),
    ("amendment_cap_bp", "", 1_000, 1_500),
    ("handover_release_bp", "", 0, 5_000),
    ("witness_from", "", 2_500 * MILLION, MAX_AMOUNT_MINOR),
    ("damages_bp_a_day", "", 10, 10),
    ("tax_bp.ppn", "", 1_100, 0),
    ("tax_bp.pph22", "", 150, 0),
    ("tax_bp.pph23", "", 200, 0),
    ("tax_bp.pph4_2", "", 265, 0),
    ("payment_unit_minor.IDR", "", 100, 100),
    ("payment_unit_minor.EUR", "", 1, 1),
]
FLAGS = [
    ("estimate_binds", WORKS, True, False),
    ("estimate_binds", SOCIAL, True, False),
    ("estimate_binds", CONSULTANCY, False, False),
    ("appeal_allowed", WORKS, True, True),
    ("appeal_allowed", GOODS, False, True),
    ("appeal_outside_reviewer", "", False, True),
    ("standstill_single_bidder", "", True, False),
    ("small_firms_reserved", "", True, False),
]
# Days, and whether they are working days.
TERMS = {
    "submission_extension": ((3, True), (7, True)),
    "opening_grace": ((3, True), (3, True)),
    "file_grace": ((3, True), (3, True)),
    "scoring": ((10, True), (10, True)),
    "scoring_extension": ((5, True), (5, True)),
    "ballot": ((3, True), (3, True)),
    "keep_until": ((365, False), (365, False)),
    "standstill": ((5, False), (10, True)),
    "complaint_answer": ((3, False), (15, True)),
    "appeal": ((5, False), (10, True)),
    "appeal_answer": ((14, False), (15, True)),
    "signing": ((14, True), (28, False)),
    "guarantee_payment": ((14, True), (14, True)),
    "violation_reply": ((10, True), (10, True)),
    "key_destruction": ((30, False), (30, False)),
    "requirements_due": ((10, True), (10, True)),
    "notification_due": ((3, True), (3, True)),
    "activation_due": ((5, True), (5, True)),
    "draft_due": ((5, True), (5, True)),
    "report_answer": ((14, False), (14, False)),
    "inspection_due": ((10, True), (10, True)),
    "certification_due": ((5, True), (5, True)),
    "witness_due": ((10, True), (10, True)),
    "decision_due": ((5, True), (5, True)),
}


class State:
    """A ledger's committed records, as the rules see them."""

    def __init__(self, consortium: Consortium) -> None:
        self._consortium = consortium

    def get(self, key: str, kind: type[Record]) -> Record | None:
        value = self._consortium.ledger.application.query(key)
        return None if value is None else msgspec.json.decode(value, type=kind)


def found(folder: Path, profile: str, **values: Any) -> Consortium:
    named = {f"procurement.{name.replace('__', '.')}": value for name, value in values.items()}
    return Consortium(folder, contracts=WITH_PARAMETERS, parameters=GENERAL | {"governance.profile": profile} | named)


@pytest.fixture(params=PROFILES)
def of_profile(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[int, State, int]]:
    """Column of the tables above, state, now."""
    consortium = found(tmp_path, request.param)
    yield PROFILES.index(request.param), State(consortium), consortium.now
    consortium.ledger.close()


def local(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+07:00").timestamp())


# Declarations


@pytest.mark.parametrize("profile", PROFILES)
def test_every_default_fits_its_own_declaration_and_says_where_it_is_from(profile: str) -> None:
    for name, declared in DECLARED.items():
        assert declared.fits(name.replace(".*", ".2027"), declared.default_in(profile)), name
        clauses = [declared.clause, *(clause for _, clause in declared.profiles.values())]
        assert all(clause[-3:] in ("(L)", "(S)", "(M)", "(P)") for clause in clauses), name


def test_each_name_is_declared_once_and_by_this_contract() -> None:
    assert len(DECLARED) == len(PARAMETERS)
    assert all(name.startswith("procurement.") for name in DECLARED)


def test_the_longest_name_of_a_buyers_own_parameter_is_an_identifier() -> None:
    buyer = "b" * 100
    for name in (f"offset_seconds.{buyer}", f"close_second.{buyer}", f"weekend.{buyer}", f"holidays.{buyer}.2026"):
        assert find_declared(DECLARED, f"procurement.{name}") is not None
        assert len(f"procurement.{name}") <= 128


# Figures of the facts


def test_the_figures_of_the_facts(of_profile: tuple[int, State, int]) -> None:
    generic, state, now = of_profile
    read = {(topic, kind): read_integer(state, kind, topic, now) for topic, kind, _, _ in FIGURES}
    expected = {(topic, kind): others if generic == 0 else figure for topic, kind, figure, others in FIGURES}
    assert read == expected
    assert read_amount(state, WORKS, "direct_limit", now) == expected["direct_limit", WORKS]


def test_what_the_facts_allow(of_profile: tuple[int, State, int]) -> None:
    column, state, now = of_profile
    for topic, kind, indonesia, generic in FLAGS:
        assert read_flag(state, kind, topic, now) is (generic, indonesia)[column], (topic, kind)
    assert read_code(state, "appeal_silence", now) == ("rejected", "upheld")[column]


def test_the_terms_of_the_facts(of_profile: tuple[int, State, int]) -> None:
    column, state, now = of_profile
    assert {topic: tuple(read_term(state, topic, now)) for topic in TERMS} == {topic: row[1 - column] for topic, row in TERMS.items()}
    assert {f"procurement.{topic}_in_working_days" for topic in TERMS} == {name for name in DECLARED if name.endswith("_in_working_days")}


def test_codes_and_currencies(of_profile: tuple[int, State, int]) -> None:
    column, state, now = of_profile
    assert read_codes(state, "currencies", now) == (("EUR", "IDR", "USD"), ("IDR",))[column]
    assert read_codes(state, "grounds.complaint", now) == ("abuse", "collusion", "evaluation", "rules")
    assert read_payment_unit(state, "IDR", now) == 100


def test_a_topic_that_nobody_declares_halts(of_profile: tuple[int, State, int]) -> None:
    _, state, now = of_profile
    with pytest.raises(Bug, match=r"procurement\.colour"):
        read_integer(state, WORKS, "colour", now)


def test_each_kind_has_each_figure_that_differs_by_kind() -> None:
    topics = {
        kind: {name.removeprefix(f"procurement.{kind}.") for name in DECLARED if name.startswith(f"procurement.{kind}.")} for kind in KINDS
    }
    assert len(topics[WORKS]) > 5
    assert all(found == topics[WORKS] for found in topics.values())


# Calendar


def test_the_holidays_of_indonesia(tmp_path: Path) -> None:
    """The standstill of scenario 3 over Independence Day; over New Year, 2027's holidays are those that the law fixes."""
    state, start = State(found(tmp_path, "indonesia")), local("2026-08-10T09:00")
    calendar = read_calendar(state, "agency-1", start)
    assert compute_end(calendar, start, read_term(state, "standstill", start)) == local("2026-08-18T16:00")
    assert len(calendar.holidays) == 5 + 25 + 5
    start = local("2026-12-23T09:00")
    calendar = read_calendar(state, "agency-1", start)
    assert compute_end(calendar, start, read_term(state, "violation_reply", start)) == local("2027-01-11T16:00")


def test_a_buyer_may_have_a_calendar_of_its_own(tmp_path: Path) -> None:
    own: dict[str, Any] = {
        "offset_seconds__agency-1": 32_400,
        "weekend__agency-1": "friday",
        "close_second__agency-1": 54_000,
        "holidays__agency-1__2026": "08-11",
    }
    state = State(found(tmp_path, "indonesia", **own))
    start = local("2026-08-10T09:00")
    papua, java = read_calendar(state, "agency-1", start), read_calendar(state, "agency-2", start)
    assert (papua.offset_seconds, papua.close_second, papua.weekend) == (32_400, 54_000, (4,))
    assert (java.offset_seconds, java.close_second, java.weekend) == (25_200, 57_600, (5, 6))
    at_three = datetime(2026, 8, 12, 15, tzinfo=timezone(timedelta(hours=9)))
    assert compute_end(papua, start, read_term(state, "opening_grace", start)._replace(days=1)) == int(at_three.timestamp())
    assert compute_end(java, start, read_term(state, "opening_grace", start)._replace(days=1)) == local("2026-08-11T16:00")


def test_the_local_year_decides_whose_holidays_are_read(tmp_path: Path) -> None:
    """In Jakarta it is 2027 already; a decree for 2028 is read then, and not before."""
    state = State(found(tmp_path, "indonesia", holidays__2028="02-29"))
    before, after = local("2026-12-31T23:59"), local("2027-01-01T00:00")
    assert len(read_calendar(state, "agency-1", before).holidays) == 5 + 25 + 5
    assert len(read_calendar(state, "agency-1", after).holidays) == 25 + 5 + 1


# Genesis and votes


def test_genesis_may_name_a_figure(tmp_path: Path) -> None:
    consortium = found(tmp_path, "indonesia", standstill_days=7, works__direct_limit="5")
    state, now = State(consortium), consortium.now
    assert read_term(state, "standstill", now) == (7, False)
    assert [read_amount(state, kind, "direct_limit", now) for kind in (WORKS, GOODS)] == [5, 200 * MILLION]


@pytest.mark.parametrize("wrong", [0, -1, 3_651, "7", True])
def test_a_value_that_does_not_fit_counts_as_none(tmp_path: Path, wrong: int | str | bool) -> None:
    consortium = found(tmp_path, "indonesia", standstill_days=wrong)
    assert read_term(State(consortium), "standstill", consortium.now) == (5, False)


@pytest.mark.parametrize("first", [5, 6])
def test_a_process_keeps_the_figures_of_its_publication(tmp_path: Path, first: int) -> None:
    """After any number of votes, each time reads what held then: a default or genesis' value, each voted one, none before its hour."""
    named = {"standstill_days": first} if first != 5 else {}
    consortium, held, times = found(tmp_path, "indonesia", **named), [first, 7, 9, 11], [START]
    state = State(consortium)
    assert read_term(state, "standstill", START).days == first
    for number, days in enumerate(held[1:]):
        effective_from = consortium.now + 60 * DAY
        change = parameter("procurement.standstill_days", days, effective_from)
        assert consortium.enact(f"p{number}", "set_parameter", change, days=14) == ACCEPTED
        assert [read_term(state, "standstill", time).days for time in times] == held[: number + 1]
        assert read_term(state, "standstill", effective_from - 1).days == held[number]
        consortium.wait(seconds=effective_from - consortium.now)
        times.append(effective_from)
        assert [read_term(state, "standstill", time).days for time in times] == held[: number + 2]
        assert read_term(state, "standstill", effective_from - 1).days == held[number]


def test_a_vote_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    consortium = found(tmp_path, "indonesia")
    arguments = parameter("procurement.standstill_days", 0, consortium.now + 365 * DAY)
    assert consortium.propose("p", "set_parameter", arguments) == "governance.03.6"
