"""Properties of lists and ocids, over random orders of what runs on the ledger (01, 03, 07) and what is attested of other systems (45)."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from tests.contracts.plays import Play
from tests.contracts.procurement_plan_rows import PUBLISHES, announce, attest, money, withdraw
from tests.contracts.selection import AUTHORITY, BUYER, MAJORITY, MILLION, MINUTES, OFFICER, found, lot, tender
from tests.core.ledger import ACCEPTED, Ledger

PLANS = ("one", "two", "one-x")
PLAN, NUMBER = st.sampled_from(PLANS), st.integers(1, 2)
STEPS = st.one_of(
    st.tuples(st.just("announce"), PLAN, NUMBER), st.tuples(st.just("publish"), PLAN, NUMBER), st.tuples(st.just("cancel"), PLAN, NUMBER),
    st.tuples(st.just("withdraw"), PLAN, NUMBER), st.tuples(st.just("attest"), PLAN, NUMBER),
)  # fmt: skip


def name_process(plan: str, number: int) -> str:
    return f"ocds-213czf-{plan}" + (f"-{number}" if number > 1 else "")


def publish(plan: str, number: int) -> Play:
    def play(ledger: Ledger) -> str:
        arguments = tender(ledger.time, plan=plan, process=name_process(plan, number), lots=[lot(amount=10 * MILLION)])
        return ledger.do("procurement.publish_tender", arguments, OFFICER, *MAJORITY)

    return play


def cancel(plan: str, number: int) -> Play:
    arguments = {"document": MINUTES, "lots": ["lot-1"], "process": name_process(plan, number), "reason": "other"}
    return lambda ledger: ledger.do("procurement.cancel_tender", arguments, AUTHORITY)


def choose(step: str, plan: str, number: int) -> Play:
    return {
        "announce": announce(plan=plan, amount=10 * MILLION, split_reason="other"),
        "attest": attest(name_process(plan, number), f"r{number}"),
        "cancel": cancel(plan, number),
        "publish": publish(plan, number),
        "withdraw": withdraw(plan),
    }[step]


@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEPS, max_size=14))
@example([("attest", "one", 2), ("announce", "one", 1), ("publish", "one", 1), ("cancel", "one", 1), ("publish", "one", 2)])
@example([("announce", "one", 1), ("publish", "one", 1), ("cancel", "one", 1), ("attest", "one", 2), ("publish", "one", 2)])
def test_what_runs_here_and_what_is_attested_stay_apart(steps: list[tuple[str, str, int]]) -> None:
    """Whatever the order: no ocid is both, each stands once in its buyer's list, and the list has no gap."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = found(Path(folder))
        assert [PUBLISHES(ledger), money()(ledger)] == [ACCEPTED, ACCEPTED]
        natives, attested = dict[str, None](), dict[str, None]()
        for step, plan, number in steps:
            answer = choose(step, plan, number)(ledger)
            event(f"{step}: {answer}")
            if answer == ACCEPTED and step in ("announce", "publish"):
                natives[name_process(plan, 1 if step == "announce" else number)] = None
            if answer == ACCEPTED and step == "attest":
                attested[name_process(plan, number)] = None
        state = {name: json.loads(value) for name, value in ledger.records().items()}
        items = {name: each for name, each in state.items() if name.startswith(f"procurement/buyer/{BUYER}:0/")}
        assert natives.keys().isdisjoint(attested)
        assert sorted(each["ocid"] for each in items.values()) == sorted({**natives, **attested})
        assert state.get(f"procurement/buyer/{BUYER}/count", 0) == len(items)
        assert set(items) == {f"procurement/buyer/{BUYER}:0/{number}" for number in range(len(items))}
        ledger.close()
