"""Budgets: what messages write, what contracts draw, when a reservation stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts import CONTRACTS
from prasasti.contracts.lists import make_list_id
from prasasti.contracts.offices import Draft
from prasasti.contracts.treasury.budgets import commit, find_bearing_line, release, reserve
from prasasti.contracts.treasury.messages import TREASURY
from prasasti.core.parameters import Parameter
from prasasti.core.types import Bug
from tests.contracts.drawing import DRAWING
from tests.contracts.plays import Play, after
from tests.contracts.rules import list_tables, read_rules
from tests.contracts.treasury_rows import (
    BOTH,
    CARRIED,
    COMMITTED,
    LARGEST,
    NEXT,
    OTHERS_BUDGET,
    REGISTER_OTHERS,
    RESERVED,
    SET,
    carry,
    change,
    draw,
    set_budget,
)
from tests.contracts.treasury_world import World
from tests.core.examples import BUDGET, SCAN, budget
from tests.core.ledger import ACCEPTED, PARAMETERS, START, Ledger, key_of

NOW = START + 60
PARTS = (*CONTRACTS, DRAWING)


def line(name: str = "line-1", number: int = 0, *, amount: str = "100000", **changes: Any) -> dict[str, Any]:
    """The record of a line and its key."""
    record = budget(name) | {
        "committed_minor": "0",
        "number": number,
        "organisation": "treasury-1",
        "paid_minor": "0",
        "reserved_minor": "0",
    }
    del record["amount"]
    return {f"treasury/line/{name}": record | {"amount_minor": amount} | changes}


def reservation(state: str = "live", identifier: str = "p-1:a", **amounts: str) -> dict[str, Any]:
    held = [{"amount_minor": amount, "line": name.replace("_", "-")} for name, amount in amounts.items()]
    return {f"treasury/reservation/{identifier}": {"amounts": held, "state": state}}


def commitment(identifier: str = "c-1", reserved: str = "p-1:a", **amounts: str) -> dict[str, Any]:
    bound = [{"committed_minor": amount, "line": name.replace("_", "-"), "ordered_minor": "0"} for name, amount in amounts.items()]
    return {f"treasury/commitment/{identifier}": {"amounts": bound, "reservation": reserved}}


# What came before, the message, the records it writes, its events.
EFFECTS: dict[str, tuple[Play | None, Play, dict[str, Any], list[dict[str, Any]]]] = {
    "set a budget": (
        None,
        SET,
        line() | {"treasury/budget/treasury-1/count": 1, "treasury/budget/treasury-1:0/0": {"line": "line-1"}},
        [{"event": "treasury.budget_set", "amount_minor": "100000", "currency": "IDR", "line": "line-1", "number": 0}],
    ),
    "set another": (
        SET,
        NEXT,
        line("next-1", 1, amount="50000", year=2027)
        | {"treasury/budget/treasury-1/count": 2, "treasury/budget/treasury-1:0/1": {"line": "next-1"}},
        [{"event": "treasury.budget_set", "amount_minor": "50000", "currency": "IDR", "line": "next-1", "number": 1}],
    ),
    "change it": (
        SET,
        change("90000"),
        line(amount="90000") | {f"governance/document/{SCAN['sha256']}/treasury-1": {"since": NOW}},
        [{"event": "treasury.budget_changed", "amount_minor": "90000", "before_minor": "100000", "free_minor": "90000", "line": "line-1"}],
    ),
    "cut it below what is reserved": (
        RESERVED,
        change("0"),
        line(amount="0", reserved_minor="70000") | {f"governance/document/{SCAN['sha256']}/treasury-1": {"since": NOW}},
        [{"event": "treasury.budget_changed", "amount_minor": "0", "before_minor": "100000", "free_minor": "-70000", "line": "line-1"}],
    ),
    "carry it over": (
        COMMITTED,
        carry("80000"),
        line(amount="20000", carried_to="next-1") | line("next-1", 1, amount="130000", committed_minor="60000", year=2027),
        [{"event": "treasury.budget_carried_over", "amount_minor": "80000", "committed_minor": "60000", "line": "line-1", "to": "next-1"}],
    ),
    "reserve": (SET, draw("reserve", line_1="70000"), line(reserved_minor="70000") | reservation(line_1="70000"), []),
    "reserve of two years": (
        BOTH,
        draw("reserve", line_1="70000", next_1="50000"),
        line(reserved_minor="70000")
        | line("next-1", 1, amount="50000", reserved_minor="50000", year=2027)
        | reservation(line_1="70000", next_1="50000"),
        [],
    ),
    "reserve more": (RESERVED, draw("reserve", line_1="30000"), line(reserved_minor="100000") | reservation(line_1="100000"), []),
    "reserve nothing of a line": (BOTH, draw("reserve", line_1="1", next_1="0"), line(reserved_minor="1") | reservation(line_1="1"), []),
    "release a part": (RESERVED, draw("release", line_1="20000"), line(reserved_minor="50000") | reservation(line_1="50000"), []),
    "release all": (RESERVED, draw("release"), line() | reservation("released"), []),
    "release all in amounts": (RESERVED, draw("release", line_1="70000"), line() | reservation("released"), []),
    "release what was released": (after(RESERVED, draw("release")), draw("release"), {}, []),
    "release what never was": (SET, draw("release"), {}, []),
    "reserve again": (
        after(RESERVED, draw("release")),
        draw("reserve", line_1="1"),
        line(reserved_minor="1") | reservation(line_1="1"),
        [],
    ),
    "commit less than was reserved": (
        RESERVED,
        draw("commit", commitment="c-1", line_1="60000"),
        line(committed_minor="60000") | reservation("committed") | commitment(line_1="60000"),
        [],
    ),
    "commit out of nothing": (
        SET,
        draw("commit", reservation="", commitment="c-1", line_1="60000"),
        line(committed_minor="60000") | commitment(reserved="", line_1="60000"),
        [],
    ),
    "commit on another year": (
        after(RESERVED, NEXT),
        draw("commit", commitment="c-1", next_1="50000"),
        line()
        | line("next-1", 1, amount="50000", committed_minor="50000", year=2027)
        | reservation("committed")
        | commitment(next_1="50000"),
        [],
    ),
}


@pytest.mark.parametrize("name", EFFECTS)
def test_the_effects_of_each_message_and_function(tmp_path: Path, name: str) -> None:
    before, play, expected, events = EFFECTS[name]
    ledger = Ledger(tmp_path, PARTS)
    assert before is None or before(ledger) == ACCEPTED
    former = ledger.records()
    assert play(ledger) == ACCEPTED
    records = ledger.records()
    assert {key: json.loads(value) for key, value in records.items() if former.get(key) != value} == expected
    assert set(former) <= set(records), "nothing is removed"
    assert json.loads(bytes(ledger.results[-1].receipts[0].events)) == events


NO_RESERVE, NO_COMMIT, NO_STAND = "drawing.01.1", "drawing.03.1", "drawing.04.1"
DOLLARS = set_budget("dollars-1", currency="USD")
CUT = after(RESERVED, change("69999"))
# Beside each refusal the nearest that is accepted.
DRAWS: dict[str, tuple[str, Play]] = {
    "all of a line": (ACCEPTED, after(SET, draw("reserve", line_1="100000"))),
    "more than a line": (NO_RESERVE, after(SET, draw("reserve", line_1="100001"))),
    "what is left": (ACCEPTED, after(RESERVED, draw("reserve", "p-1:b", line_1="30000"))),
    "more than is left": (NO_RESERVE, after(RESERVED, draw("reserve", "p-1:b", line_1="30001"))),
    "what is committed": (NO_RESERVE, after(COMMITTED, draw("reserve", line_1="40001"))),
    "beside what is committed": (ACCEPTED, after(COMMITTED, draw("reserve", line_1="40000"))),
    "of a second line too much": (NO_RESERVE, after(BOTH, draw("reserve", line_1="1", next_1="50001"))),
    "the largest amount": (NO_RESERVE, after(SET, draw("reserve", line_1=LARGEST))),
    "the largest amount of the largest line": (ACCEPTED, after(set_budget(amount=LARGEST), draw("reserve", line_1=LARGEST))),
    "one more of the largest line": (
        NO_RESERVE, after(set_budget(amount=LARGEST), draw("reserve", line_1=LARGEST), draw("reserve", "p-1:b", line_1=LARGEST))),
    "nothing": (NO_RESERVE, after(SET, draw("reserve", line_1="0"))),
    "no line": (NO_RESERVE, after(SET, draw("reserve"))),
    "a line that is not there": (NO_RESERVE, after(SET, draw("reserve", line_1="1", line_2="1"))),
    "two currencies": (NO_RESERVE, after(SET, DOLLARS, draw("reserve", line_1="1", dollars_1="1"))),
    "another currency alone": (ACCEPTED, after(SET, DOLLARS, draw("reserve", dollars_1="1"))),
    "of a line carried over": (NO_RESERVE, after(BOTH, carry("1"), draw("reserve", line_1="1"))),
    "of the line it was carried to": (ACCEPTED, after(BOTH, carry("1"), draw("reserve", next_1="50001"))),
    "of a line that was cut": (NO_RESERVE, after(CUT, draw("reserve", "p-1:b", line_1="1"))),
    "a reservation": (ACCEPTED, after(RESERVED, draw("ask"))),
    "no reservation": (NO_STAND, after(SET, draw("ask"))),
    "a reservation that was released": (NO_STAND, after(RESERVED, draw("release"), draw("ask"))),
    "a reservation that was committed": (NO_STAND, after(RESERVED, draw("commit", commitment="c-1", line_1="1"), draw("ask"))),
    "cut to what is reserved": (ACCEPTED, after(RESERVED, change("70000"), draw("ask"))),
    "cut below what is reserved": (NO_STAND, after(CUT, draw("ask"))),
    "restored": (ACCEPTED, after(CUT, change("70000"), draw("ask"))),
    "cut, the first of two": (
        NO_STAND, after(SET, draw("reserve", line_1="1"), draw("reserve", "p-1:b", line_1="99999"), change("99999"), draw("ask"))),
    "cut, the second of two": (
        NO_STAND, after(SET, draw("reserve", line_1="1"), draw("reserve", "p-1:b", line_1="99999"), change("99999"), draw("ask", "p-1:b"))),
    "cut, then the other is released": (
        ACCEPTED, after(
            SET, draw("reserve", line_1="1"), draw("reserve", "p-1:b", line_1="99999"), change("99999"), draw("release"),
            draw("ask", "p-1:b"))),
    "cut, then a part is released": (ACCEPTED, after(CUT, draw("release", line_1="1"), draw("ask"))),
    "one of two years cut": (
        NO_STAND, after(BOTH, draw("reserve", line_1="1", next_1="50000"), change("49999", "next-1"), draw("ask"))),
    "another line cut": (ACCEPTED, after(BOTH, draw("reserve", line_1="1"), change("0", "next-1"), draw("ask"))),
    "on a line carried over": (ACCEPTED, after(NEXT, RESERVED, carry("30000"), draw("ask"))),
    "commit all of a reservation": (ACCEPTED, after(RESERVED, draw("commit", commitment="c-1", line_1="70000"))),
    "commit it and all that is free": (ACCEPTED, after(RESERVED, draw("commit", commitment="c-1", line_1="100000"))),
    "commit more": (NO_COMMIT, after(RESERVED, draw("commit", commitment="c-1", line_1="100001"))),
    "commit what another reserved": (
        NO_COMMIT, after(RESERVED, draw("reserve", "p-1:b", line_1="30000"), draw("commit", "p-1:b", "c-1", line_1="30001"))),
    "commit out of nothing what is reserved": (NO_COMMIT, after(RESERVED, draw("commit", "", "c-1", line_1="30001"))),
    "commit out of nothing what is free": (ACCEPTED, after(RESERVED, draw("commit", "", "c-1", line_1="30000"))),
    "commit nothing": (NO_COMMIT, after(RESERVED, draw("commit", commitment="c-1", line_1="0"))),
    "commit twice": (
        NO_COMMIT, after(RESERVED, draw("commit", commitment="c-1", line_1="1"), draw("commit", commitment="c-2", line_1="1"))),
    "commit under a used id": (
        NO_COMMIT, after(RESERVED, draw("commit", "", "c-1", line_1="1"), draw("commit", commitment="c-1", line_1="1"))),
    "commit of a reservation that never was": (NO_COMMIT, after(SET, draw("commit", commitment="c-1", line_1="1"))),
    "commit of a line that was cut": (NO_COMMIT, after(CUT, draw("commit", commitment="c-1", line_1="1"))),
    "commit of a line that was restored": (ACCEPTED, after(CUT, change("70000"), draw("commit", commitment="c-1", line_1="70000"))),
    "commit of another line than was cut": (ACCEPTED, after(NEXT, CUT, draw("commit", commitment="c-1", next_1="50000"))),
    "commit in another currency": (NO_COMMIT, after(RESERVED, DOLLARS, draw("commit", commitment="c-1", dollars_1="1"))),
    "commit of a line that is not there": (NO_COMMIT, after(RESERVED, draw("commit", commitment="c-1", line_2="1"))),
    "commit of a line carried over": (NO_COMMIT, after(NEXT, RESERVED, carry("0"), draw("commit", commitment="c-1", line_1="1"))),
    "commit of the year it was carried to": (
        ACCEPTED, after(NEXT, RESERVED, carry("30000"), draw("commit", commitment="c-1", next_1="80000"))),
    "commit more of that year": (
        NO_COMMIT, after(NEXT, RESERVED, carry("30000"), draw("commit", commitment="c-1", next_1="80001"))),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWS)
def test_what_can_be_drawn(tmp_path: Path, name: str) -> None:
    answer, play = DRAWS[name]
    assert play(Ledger(tmp_path, PARTS)) == answer


FORMS: dict[str, Play] = {
    "beyond the largest budget": set_budget(amount=str(2**63)),
    "a budget below nothing": set_budget(amount="-1"),
    "a budget with a point": set_budget(amount="1.00"),
    "a budget with a zero before it": set_budget(amount="01"),
    "a budget as a number": set_budget(amount=1),
    "a change beyond the largest budget": change(str(2**63)),
    "carried over below nothing": carry("-1"),
    "a currency of four letters": set_budget(currency="RUPI"),
    "a currency in small letters": set_budget(currency="idr"),
    "a line with a colon": set_budget("line:1"),
    "a line of 65 characters": set_budget("a" * 65),
    "a year too early": set_budget(year=1_899),
    "a year too late": set_budget(year=3_000),
}


@pytest.mark.parametrize("name", FORMS)
def test_what_has_no_form_is_not_admitted(tmp_path: Path, name: str) -> None:
    assert FORMS[name](Ledger(tmp_path)) == "admission.3"


def test_the_forms_from_the_other_side(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    for play in (set_budget("a" * 64, amount=LARGEST, year=1_900), set_budget("A.b_c-1", currency="XTS", year=2_999)):
        assert play(ledger) == ACCEPTED


def test_two_draw_on_a_line_in_one_block(tmp_path: Path) -> None:
    """Whoever stands first in the block is served; the second is judged by what is left."""
    ledger = Ledger(tmp_path, PARTS)
    assert SET(ledger) == ACCEPTED
    drawer = ("agency-1/officer", "identity.holder")
    steps = [
        ledger.sign("drawing.reserve", {"amounts": {"line-1": "60000"}, "reservation": f"p-1:{lot}"}, drawer) for lot in ("a", "b")
    ] + [ledger.sign("treasury.change_budget", {"amount": "59999", "document": SCAN, "line": "line-1", "reason": "saving"}, BUDGET)]
    steps.append(ledger.sign("drawing.ask", {"amounts": {}, "reservation": "p-1:a"}, drawer))
    assert ledger.seal(*steps) == [ACCEPTED, NO_RESERVE, ACCEPTED, NO_STAND]


def test_each_organisation_numbers_its_own_lines(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert REGISTER_OTHERS(ledger) == ACCEPTED
    plays = [set_budget("a"), set_budget("b", OTHERS_BUDGET), set_budget("c"), set_budget("c"), set_budget("d", OTHERS_BUDGET)]
    assert [play(ledger) for play in plays] == [ACCEPTED, ACCEPTED, ACCEPTED, "treasury.01.1", ACCEPTED]
    listed = {key: json.loads(value) for key, value in ledger.records().items() if key.startswith("treasury/budget/")}
    assert listed == {
        "treasury/budget/treasury-1/count": 2,
        "treasury/budget/treasury-1:0/0": {"line": "a"},
        "treasury/budget/treasury-1:0/1": {"line": "c"},
        "treasury/budget/agency-1/count": 2,
        "treasury/budget/agency-1:0/0": {"line": "b"},
        "treasury/budget/agency-1:0/1": {"line": "d"},
    }


def test_a_long_id_is_shortened_in_lists(tmp_path: Path) -> None:
    """A page's number still fits beside it."""
    long = "t" * 128
    organisations = json.loads(Ledger(tmp_path).genesis_bytes)["organisations"]
    keys = [{"handle": "budget", "key": key_of(f"{long}/budget"), "roles": ["treasury.budget"]}]
    ledger = Ledger(tmp_path, organisations=[*organisations, organisations[-1] | {"id": long, "keys": keys}])
    assert set_budget(signer=(f"{long}/budget", "treasury.budget"))(ledger) == ACCEPTED
    assert ledger.application.query(f"treasury/budget/{make_list_id(long)}:0/0") == b'{"line":"line-1"}'
    assert (len(make_list_id(long)), make_list_id("t" * 100)) == (34, "t" * 100)


def test_scenario_10_a_budget_cut_after_the_award(tmp_path: Path) -> None:
    """Below commitments refused; below reservations nothing can be signed until the treasury restores it, or they are given up."""
    ledger = Ledger(tmp_path, PARTS)
    plays = [
        (SET, ACCEPTED),
        (draw("reserve", "p-1:a", line_1="40000"), ACCEPTED),
        (draw("reserve", "p-1:b", line_1="30000"), ACCEPTED),
        (draw("commit", "p-1:a", "c-1", line_1="38000"), ACCEPTED),
        (change("37999"), "treasury.02.1"),
        (change("67999"), ACCEPTED),
        (draw("ask", "p-1:b"), NO_STAND),
        (draw("commit", "p-1:b", "c-2", line_1="1"), NO_COMMIT),
        (change("68000"), ACCEPTED),
        (draw("ask", "p-1:b"), ACCEPTED),
        (change("38000"), ACCEPTED),
        (draw("release", "p-1:b"), ACCEPTED),
        (change("37999"), "treasury.02.1"),
    ]
    assert [play(ledger) for play, _ in plays] == [answer for _, answer in plays]


def test_a_commitment_follows_its_money_through_the_years() -> None:
    world = World()
    for name, year in (("a", 2026), ("b", 2027), ("c", 2028)):
        assert world.set(name, 100, year=year) == ACCEPTED
    assert world.commit("", "c-1", {"a": 60})
    assert world.carry(60, "a", "b") == ACCEPTED
    assert world.commit("", "c-2", {"b": 100})
    assert world.carry(160, "b", "c") == ACCEPTED
    assert [world.line(name).committed_minor for name in "abc"] == ["0", "0", "160"]
    assert [find_bearing_line(world, name).line for name in "abc"] == ["c", "c", "c"]


def test_what_a_predicate_denies_is_a_bug() -> None:
    """Each function halts, and leaves its draft's view as it was."""
    world = World()
    assert world.set("a", 100) == ACCEPTED
    before = dict(world.records)
    for amount in (101, -1, 0):
        with pytest.raises(Bug, match="can be reserved"):
            reserve(Draft(world), "r", {"a": amount})
    for origin, amount in (("", 101), ("r", 1)):
        with pytest.raises(Bug, match="can be committed"):
            commit(Draft(world), origin, "c", {"a": amount})
    assert world.records == before
    assert world.reserve("r", {"a": 10})
    refused: list[dict[str, int]] = [{"a": 11}, {"a": -1}, {"b": 1}]
    for amounts in refused:
        with pytest.raises(Bug, match="holds what is released"):
            release(Draft(world), "r", amounts)


def test_why_a_budget_changes_is_a_parameter(tmp_path: Path) -> None:
    """Genesis names other reasons; what does not fit leaves the default."""
    for reasons, answers in (("merger,revision", (ACCEPTED, "treasury.00.6")), ("", ("treasury.00.6", ACCEPTED))):
        ledger = Ledger(tmp_path, parameters=PARAMETERS | {"treasury.change_reasons": reasons})
        assert SET(ledger) == ACCEPTED
        assert (change("1", reason="merger")(ledger), change("1", reason="saving")(ledger)) == answers


def test_the_rules_name_every_parameter() -> None:
    rows = list_tables(read_rules("treasury").partition("\n## Parameters\n")[2].partition("\n## ")[0])
    written = {name.strip("`"): (default, bounds) for name, default, bounds, _ in rows}
    assert written == {each.name: (describe_default(each), describe_bounds(each)) for each in TREASURY.parameters}


def describe_default(parameter: Parameter) -> str:
    others = [f"{profile.capitalize()}: {value}" for profile, (value, _) in parameter.profiles.items()]
    return "; ".join([str(parameter.default), *others])


def describe_bounds(parameter: Parameter) -> str:
    if parameter.codes:
        return f"{parameter.least} of {', '.join(parameter.codes)}"
    if parameter.kind == "amount":
        return "any amount"
    return f"{parameter.least}, {parameter.most}" + (" codes" if parameter.kind == "codes" else "")


def test_carried_over_lines_stay_in_the_state(tmp_path: Path) -> None:
    """A line that ended can still be cut to what it paid, by who set it."""
    ledger = Ledger(tmp_path, PARTS)
    assert CARRIED(ledger) == ACCEPTED
    assert change("0")(ledger) == ACCEPTED
    assert json.loads(ledger.records()["treasury/line/line-1"])["carried_to"] == "next-1"
