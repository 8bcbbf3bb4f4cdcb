"""Whatever is set, cut, carried over, reserved, released and committed, in whatever order: money is conserved.

Beside the contract runs a plain account of the same events, which keeps who holds what and adds up anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from prasasti.contracts.treasury.budgets import is_reservation_covered, list_reserved
from prasasti.core.types import MAX_AMOUNT_MINOR, parse_amount
from tests.contracts.treasury_world import World
from tests.core.ledger import ACCEPTED

YEARS = {"a": 2026, "b": 2026, "c": 2027, "d": 2027, "e": 2028, "dollars": 2027}
OWNERS = {"d": "treasury-2"}
# The first three are drawn on most; the largest amounts come now and then.
LINES = st.sampled_from([*"abcabc", *sorted(YEARS)])
STEPS = st.sampled_from(
    [*[("a", "c"), ("b", "c"), ("c", "e")] * 3, ("a", "b"), ("c", "a"), ("a", "e"), ("b", "d"), ("a", "dollars"), ("d", "e")]
)
RESERVATIONS = st.sampled_from(["r-1", "r-2", "r-3"])
COMMITMENTS = st.sampled_from([f"c-{number}" for number in range(1, 13)])
BUDGETS = st.sampled_from([*range(40), MAX_AMOUNT_MINOR - 1, MAX_AMOUNT_MINOR])
DRAWN = st.dictionaries(LINES, st.sampled_from([*range(14), -1, MAX_AMOUNT_MINOR, MAX_AMOUNT_MINOR + 1]), min_size=1, max_size=2)
NEAR = st.integers(-1, 2)


def limit(amount: int) -> int:
    """The nearest that a message can name."""
    return min(max(amount, 0), MAX_AMOUNT_MINOR)


def find_purses(lines: Iterable[str]) -> set[tuple[bool, str]]:
    """Whose money lines are, and whether dollars."""
    return {(line == "dollars", OWNERS.get(line, "treasury-1")) for line in lines}


class Money(RuleBasedStateMachine):
    """``amounts``, ``reserved``, ``committed`` are the account: by line, and by holder and line."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.amounts: dict[str, int] = {}
        self.carried: dict[str, str] = {}
        self.reserved: dict[str, dict[str, int]] = {}
        self.committed: dict[str, dict[str, int]] = {}

    def reserved_of(self, line: str) -> int:
        return sum(held.get(line, 0) for held in self.reserved.values())

    def committed_of(self, line: str) -> int:
        return sum(held.get(line, 0) for held in self.committed.values())

    def free_of(self, line: str) -> int:
        return self.amounts[line] - self.reserved_of(line) - self.committed_of(line)

    def is_drawable(self, amounts: dict[str, int]) -> bool:
        some = {line for line, amount in amounts.items() if amount}
        return (
            bool(some)
            and min(amounts.values()) >= 0
            and amounts.keys() <= self.amounts.keys()
            and len(find_purses(amounts)) == 1
            and some.isdisjoint(self.carried)
        )

    @rule(line=LINES, amount=BUDGETS)
    def set_budget(self, line: str, amount: int) -> None:
        currency = "USD" if line == "dollars" else "IDR"
        answer = self.world.set(line, amount, OWNERS.get(line, "treasury-1"), year=YEARS[line], currency=currency)
        if line in self.amounts:
            assert answer == "treasury.01.1"
        elif amount == 0:
            assert answer == "treasury.01.2"
        else:
            assert answer == ACCEPTED
            self.amounts[line] = amount

    @initialize(amounts=st.lists(st.integers(10, 30), min_size=3, max_size=3))
    def begin(self, amounts: list[int]) -> None:
        for line, amount in zip("abc", amounts, strict=True):
            self.set_budget(line, amount)

    @rule(line=LINES, amount=BUDGETS, near=st.sampled_from(["any", "committed", "reserved"]), more=NEAR)
    def change_budget(self, line: str, amount: int, near: str, more: int) -> None:
        """To any budget; to what is committed, or committed and reserved, or nearly so."""
        if near != "any" and line in self.amounts:
            amount = limit(self.committed_of(line) + (self.reserved_of(line) if near == "reserved" else 0) + more)
        self.change(line, amount)

    def change(self, line: str, amount: int) -> None:
        answer = self.world.change(line, amount)
        if line not in self.amounts:
            assert answer == "treasury.00.3"
        elif amount < self.committed_of(line):
            assert answer == "treasury.02.1"
        elif line in OWNERS:
            assert answer == "treasury.02.2"
        else:
            assert answer == ACCEPTED
            self.amounts[line] = amount

    @precondition(lambda self: len(self.committed) > 1 or len(self.reserved) > 1)
    @rule(step=STEPS, amount=BUDGETS, near=st.sampled_from(["any", "left", "lacking"]), more=NEAR)
    def carry_over(self, step: tuple[str, str], amount: int, near: str, more: int) -> None:
        """Any amount; all that is left, or what the other line needs to bear the commitments, or nearly so."""
        origin, to = step
        if near != "any" and {origin, to} <= self.amounts.keys():
            left, lacking = self.amounts[origin] - self.reserved_of(origin), self.committed_of(origin) - self.free_of(to)
            amount = limit((left if near == "left" else lacking) + more)
        self.carry(origin, to, amount)

    def carry(self, origin: str, to: str, amount: int) -> None:
        is_accepted = self.world.carry(amount, origin, to) == ACCEPTED
        assert is_accepted == self.can_carry(origin, to, amount)
        if is_accepted:
            self.amounts[origin] -= amount
            self.amounts[to] += amount
            self.carried[origin] = to
            for held in self.committed.values():
                moved = held.pop(origin, 0)
                held[to] = held.get(to, 0) + moved
            assert self.free_of(origin) >= 0
            assert self.free_of(to) >= 0

    def can_carry(self, origin: str, to: str, amount: int) -> bool:
        return (
            {origin, to} <= self.amounts.keys()
            and {origin, to}.isdisjoint(self.carried)
            and {origin, to}.isdisjoint({*OWNERS, "dollars"})
            and YEARS[to] == YEARS[origin] + 1
            and amount + self.reserved_of(origin) <= self.amounts[origin]
            and self.reserved_of(to) + self.committed_of(to) + self.committed_of(origin) <= self.amounts[to] + amount <= MAX_AMOUNT_MINOR
        )

    @rule(reservation=RESERVATIONS, amounts=DRAWN)
    def reserve_anything(self, reservation: str, amounts: dict[str, int]) -> None:
        self.reserve(reservation, amounts)

    @rule(reservation=RESERVATIONS, line=LINES, share=st.integers(1, 3), more=NEAR)
    def reserve_what_is_free(self, reservation: str, line: str, share: int, more: int) -> None:
        """A third, two, or all of it, or nearly so."""
        if line in self.amounts:
            self.reserve(reservation, {line: self.free_of(line) * share // 3 + more})

    def reserve(self, reservation: str, amounts: dict[str, int]) -> None:
        held = self.reserved.get(reservation, {})
        if held and find_purses(held) != find_purses(amounts):
            return  # Whoever reserves more for a matter does so in its own currency, of its own treasury.
        is_free = self.is_drawable(amounts) and all(amount <= self.free_of(line) for line, amount in amounts.items() if amount)
        assert self.world.reserve(reservation, amounts) == is_free
        if is_free:
            self.reserved[reservation] = {line: held.get(line, 0) + amounts.get(line, 0) for line in {*held, *amounts}}
            assert all(self.free_of(line) >= 0 for line, amount in amounts.items() if amount)

    @rule(reservation=RESERVATIONS, share=st.integers(0, 3))
    def release(self, reservation: str, share: int) -> None:
        """A third, two, all; or all by asking for no amounts."""
        held = self.reserved.get(reservation, {})
        amounts = {line: amount * share // 3 for line, amount in held.items()}
        self.world.release(reservation, amounts if share else None)
        self.reserved[reservation] = {line: amount - amounts[line] for line, amount in held.items()} if share else {}

    @rule(reservation=RESERVATIONS, commitment=COMMITMENTS, share=st.integers(1, 3), more=NEAR)
    def commit_what_is_reserved(self, reservation: str, commitment: str, share: int, more: int) -> None:
        """Of each line a third, two, or all of what is held, or nearly so."""
        held = self.reserved.get(reservation, {})
        self.commit(reservation, commitment, {line: amount * share // 3 + more for line, amount in held.items()})

    @rule(reservation=st.one_of(st.just(""), RESERVATIONS), commitment=COMMITMENTS, amounts=DRAWN)
    def commit_anything(self, reservation: str, commitment: str, amounts: dict[str, int]) -> None:
        self.commit(reservation, commitment, amounts)

    def commit(self, reservation: str, commitment: str, amounts: dict[str, int]) -> None:
        held = {line: amount for line, amount in self.reserved.get(reservation, {}).items() if amount}
        can = (
            (not reservation or bool(held))
            and commitment not in self.committed
            and self.is_drawable(amounts)
            and (not held or find_purses(held) == find_purses(amounts))
            and all(self.free_of(line) >= 0 for line, amount in amounts.items() if amount)
            and all(amount <= held.get(line, 0) + self.free_of(line) for line, amount in amounts.items() if amount)
        )
        assert self.world.commit(reservation, commitment, amounts) == can
        if can:
            self.reserved[reservation] = {}
            self.committed[commitment] = dict(amounts)
            assert all(self.free_of(line) >= 0 for line, amount in amounts.items() if amount)

    @invariant()
    def the_records_are_the_account(self) -> None:
        for line, amount in self.amounts.items():
            record = self.world.line(line)
            assert parse_amount(record.amount_minor) == amount
            assert parse_amount(record.reserved_minor) == self.reserved_of(line)
            assert parse_amount(record.committed_minor) == self.committed_of(line)
            assert record.carried_to == self.carried.get(line, "")
            assert record.free_minor == self.free_of(line)
            assert 0 <= self.committed_of(line) <= amount

    @invariant()
    def each_reservation_holds_what_it_should_and_stands_while_its_lines_cover_it(self) -> None:
        for reservation, amounts in self.reserved.items():
            held = {line: amount for line, amount in amounts.items() if amount}
            assert list_reserved(self.world, reservation) == held
            stands = bool(held) and all(self.free_of(line) >= 0 for line in held)
            assert is_reservation_covered(self.world, reservation) == stands


Money.TestCase.settings = settings(max_examples=250, stateful_step_count=50, deadline=None)
TestMoney = Money.TestCase
