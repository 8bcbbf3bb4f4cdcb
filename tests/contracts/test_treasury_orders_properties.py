"""Whatever is ordered, approved, sent, reported, bounced, replaced, carried over and received, in whatever order and currency: money is
conserved, nothing is paid twice, nothing above its order, and who raises, approves and pays are different people.

The account beside the contract knows only what the messages said: it adds up anew from entries, orders and commitments each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec import Struct

from prasasti.contracts.treasury.budgets import find_bearing_line
from prasasti.contracts.treasury.messages import TREASURY
from prasasti.contracts.treasury.records import (
    BATCHED,
    NET,
    PAID,
    RAISED,
    REJECTED,
    REPLACED,
    RETURNED,
    SENT,
    WITHHELD,
    BatchRecord,
    BudgetLineRecord,
    CommitmentRecord,
    DueRecord,
    EntryRecord,
    ItemRecord,
    OrderRecord,
)
from prasasti.core.types import parse_amount, parse_signed_amount
from tests.contracts.drawing import DRAWING
from tests.contracts.treasury_world import World
from tests.core.examples import SCAN
from tests.core.ledger import ACCEPTED, START, Signer

Kind = TypeVar("Kind", bound=Struct)
# Line: its treasury, year, currency.
LINES = {
    "a": ("treasury-1", 2026, "IDR"), "b": ("treasury-1", 2027, "IDR"), "c": ("treasury-1", 2028, "IDR"),
    "dollars": ("treasury-1", 2026, "USD"), "other": ("treasury-2", 2026, "IDR"),
}  # fmt: skip
COMMITMENTS = {"works": {"a": 600, "b": 300}, "abroad": {"dollars": 500}, "elsewhere": {"other": 500}}
STEPS = st.sampled_from([("a", "b"), ("b", "c"), ("a", "b"), ("b", "c"), ("a", "c"), ("dollars", "b"), ("other", "b")])
ACCOUNTS = st.sampled_from(["66" * 32, "66" * 32, "77" * 32])
TREASURIES = st.sampled_from(["treasury-1", "treasury-1", "treasury-1", "treasury-2"])
PEOPLE = st.sampled_from(["clerk", "clerk", "clerk", "approver", "payer"])
PAYERS, APPROVERS = st.sampled_from(["payer", "payer-2"]), st.sampled_from(["approver", "approver-2"])
ENTRIES = st.sampled_from([f"e-{number}" for number in range(40)])
NUMBERS = st.integers(0, 30)
OUTCOMES = st.sampled_from(["paid", "rejected", "returned"])
MATTERS = st.sampled_from(["advance:works", "guarantee:g-1", "damages:abroad"])
PAYS = "treasury.payer"
# Of which order, under which id, whether money left, how much more than the order's, to which account.
ENTRY = st.tuples(NUMBERS, ENTRIES, st.sampled_from([-1, -1, -1, 1]), st.sampled_from([0, 0, 0, 1, -1]), ACCOUNTS)
PAYEE: Signer = ("bidder-1/director", "procurement.contractor")


Method = TypeVar("Method", bound=Callable[..., None])
# What may happen, the likelier the more often it stands here. One rule chooses: several would be left out whole examples long.
ACTS: list[tuple[str, dict[str, st.SearchStrategy[Any]]]] = []


def act(times: int = 1, **strategies: st.SearchStrategy[Any]) -> Callable[[Method], Method]:
    """What a method of the machine is called with, and how likely it is beside the others."""

    def register(method: Method) -> Method:
        ACTS.extend([(method.__name__, strategies)] * times)
        return method

    return register


class Payments(RuleBasedStateMachine):
    """``raised`` is what each order was for at first; ``budgets`` what messages set."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.raised: dict[str, int] = {}
        self.orders: list[str] = []
        self.batches: dict[str, int] = {}
        self.budgets: dict[tuple[str, str], int] = {}

    @initialize()
    def begin(self) -> None:
        for line, (treasury, year, currency) in LINES.items():
            assert self.world.set(line, 1_000, treasury, year=year, currency=currency) == ACCEPTED
            self.budgets[treasury, currency] = self.budgets.get((treasury, currency), 0) + 1_000
        for commitment, amounts in COMMITMENTS.items():
            assert self.world.commit("", commitment, amounts)
        self.name("66" * 32)
        for treasury in ("treasury-1", "treasury-2"):
            self.verify("66" * 32, treasury)
        for commitment in ("works", "works", "abroad"):
            self.order(commitment, 50, 5, 2027, "clerk")
        self.push([0, 1])

    def do(self, name: str, arguments: dict[str, Any], *signers: Signer) -> str:
        self.world.time += 60
        return self.world.sign(TREASURY, name, arguments, *signers)

    def draw(self, name: str, arguments: dict[str, Any], person: str = "agency-1/officer") -> str:
        return self.world.sign(DRAWING, name, arguments, (person, "identity.holder"))

    def pick(self, number: int) -> OrderRecord | None:
        """Any order, the latest more often."""
        return self.read(OrderRecord, "order")[self.orders[-1 - number % min(len(self.orders), 1 + number)]] if self.orders else None

    def read(self, kind: type[Kind], part: str) -> dict[str, Kind]:
        prefix = f"treasury/{part}/"
        return {
            key[len(prefix) :]: msgspec.json.decode(value, type=kind) for key, value in self.world.records.items() if key.startswith(prefix)
        }

    @act(account=ACCOUNTS)
    def name(self, account: str) -> None:
        self.do("name_account", {"account": account}, PAYEE)

    @act(account=ACCOUNTS, treasury=TREASURIES)
    def verify(self, account: str, treasury: str) -> None:
        self.do("verify_account", {"account": account, "organisation": "bidder-1"}, (f"{treasury}/payer", PAYS))

    @act(times=3, commitment=st.sampled_from([*COMMITMENTS, "works", "works"]), net=st.integers(0, 60), tax=st.integers(0, 9),
          year=st.sampled_from([2026, 2026, 2027, 2028]), person=PEOPLE)  # fmt: skip
    def order(self, commitment: str, net: int, tax: int, year: int, person: str) -> None:
        name, treasury = f"{commitment}-{len(self.orders)}", "treasury-2" if commitment == "elsewhere" else "treasury-1"
        arguments = {
            "commitment": commitment,
            "net": str(net),
            "order": name,
            "payee": "bidder-1",
            "taxes": {"ppn": str(tax)},
            "year": year,
        }
        if self.draw("order", arguments, f"{treasury}/{person}") == ACCEPTED:
            self.orders.append(name)
            self.raised[name] = net + tax

    @act(times=1, number=NUMBERS, treasury=TREASURIES, two=st.booleans(), approver=APPROVERS)
    def approve(self, number: int, treasury: str, two: bool, approver: str) -> None:
        order = self.pick(number)
        if order is not None:
            self.approve_one(order, treasury, ["approver", "approver-2"] if two else [approver])

    def approve_one(self, order: OrderRecord, treasury: str, names: list[str]) -> None:
        total = sum(parse_amount(line.amount_minor) for line in order.lines)
        arguments = {"count": 1, "orders": [order.order], "sum": str(total)}
        self.do("approve", arguments, *((f"{treasury}/{name}", "treasury.approver") for name in names))

    @act(times=1, numbers=st.lists(NUMBERS, min_size=1, max_size=3), treasury=TREASURIES, payer=PAYERS)
    def make_batch(self, numbers: list[int], treasury: str, payer: str) -> None:
        found = {order.order: order for order in map(self.pick, numbers) if order is not None}
        if found:
            self.batch_all(list(found.values()), treasury, payer)

    def batch_all(self, orders: list[OrderRecord], treasury: str, payer: str) -> None:
        total = sum(parse_amount(line.amount_minor) for order in orders for line in order.lines if line.code == NET)
        name = f"batch-{len(self.batches)}"
        arguments = {"batch": name, "orders": sorted(order.order for order in orders), "sum": str(total)}
        if self.do("make_batch", arguments, (f"{treasury}/{payer}", PAYS)) == ACCEPTED:
            self.batches[name] = total

    @act(times=2, number=NUMBERS, what=st.sampled_from(["pause_batch", "resume_batch", "send_batch", "send_batch", "send_batch"]),
          treasury=TREASURIES, payer=PAYERS)  # fmt: skip
    def handle_batch(self, number: int, what: str, treasury: str, payer: str) -> None:
        if self.batches:
            name = sorted(self.batches)[number % len(self.batches)]
            rest = {"file": "88" * 32} if what == "send_batch" else {"reason": "other"}
            self.do(what, {"batch": name} | rest, (f"{treasury}/{payer}", PAYS))

    def list_in(self, *states: str) -> list[OrderRecord]:
        """Orders whose net line is in one of some states."""
        return [order for _, order in sorted(self.read(OrderRecord, "order").items()) if order.lines[0].state in states]

    @act(times=8, numbers=st.lists(NUMBERS, min_size=1, max_size=2))
    def push(self, numbers: list[int]) -> None:
        """Orders go the whole way to the bank, where they may."""
        raised = self.list_in(RAISED)
        for order in [raised[number % len(raised)] for number in numbers if raised]:
            self.verify(self.world.account("bidder-1"), order.treasury)
            self.approve_one(order, order.treasury, ["approver", "approver-2"])
            self.batch_all([order], order.treasury, "payer-2")
            self.do("send_batch", {"batch": f"batch-{len(self.batches) - 1}", "file": "88" * 32}, (f"{order.treasury}/payer-2", PAYS))

    @act(times=16, number=NUMBERS, outcome=OUTCOMES, by_bank=st.booleans())
    def tell(self, number: int, outcome: str, by_bank: bool) -> None:
        """What a bank would say next of a line: paid, rejected, or given back after it was paid; now and then what it cannot."""
        found = self.list_in(SENT, PAID) if number % 4 == 0 else self.list_in(PAID if outcome == RETURNED else SENT)
        if not found:
            return
        order = found[number % len(found)]
        line, entry = order.lines[0], f"n-{len(self.world.records)}"
        if by_bank and outcome != REJECTED:
            amount = line.amount_minor if outcome == RETURNED else f"-{line.amount_minor}"
            each = {"account": line.account, "amount": amount, "entry": entry, "reference": f"{order.order}.0"}
            self.state([each], order.treasury, "payer-2", None)
        else:
            self.draw("report", {
                "account": line.account, "amount": line.amount_minor, "bank": order.treasury, "entry": entry, "line": 0, "ntpn": "",
                "order": order.order, "outcome": outcome,
            })  # fmt: skip

    @act(times=8, number=NUMBERS)
    def pay_again(self, number: int) -> None:
        """Another order pays what came back, where it may."""
        found = self.list_in(REJECTED, RETURNED)
        if found:
            order = found[number % len(found)]
            account = self.world.account("bidder-1")
            self.verify(account, order.treasury)
            self.replace_one(order, account, "clerk")

    @act(times=3, entries=st.lists(ENTRY, max_size=4),
          treasury=TREASURIES, payer=PAYERS, currency=st.sampled_from([None, None, "IDR", "USD"]))  # fmt: skip
    def record_statement(self, entries: list[tuple[int, str, int, int, str]], treasury: str, payer: str, currency: str | None) -> None:
        """Entries of orders' own amounts and references, or nearly so; ids come again."""
        listed: dict[str, dict[str, Any]] = {}
        for number, entry, sign, more, account in entries:
            order = self.pick(number)
            if order is not None:
                amount = sign * (parse_amount(order.lines[0].amount_minor) + more)
                listed[entry] = {"account": account, "amount": str(amount), "entry": entry, "reference": f"{order.order}.0"}
        self.state(list(listed.values()), treasury, payer, currency)

    def state(self, entries: list[dict[str, Any]], treasury: str, payer: str, currency: str | None) -> None:
        closing = sum(int(each["amount"]) for each in entries)
        arguments = {
            "bank": "bank-1", "closing": str(closing), "currency": currency, "entries": entries, "from": START,
            "opening": "0", "statement": SCAN, "to": START,
        }  # fmt: skip
        assert self.do("record_statement", arguments, (f"{treasury}/{payer}", PAYS)) == ACCEPTED
        before = dict(self.world.records)
        assert self.do("record_statement", arguments, (f"{treasury}/{payer}", PAYS)) == ACCEPTED
        assert self.world.records == before, "the same statement twice changes nothing"

    @act(number=NUMBERS, entry=ENTRIES, outcome=OUTCOMES, line=st.integers(0, 1), account=ACCOUNTS, ntpn=st.sampled_from(["", "n-1"]))
    def report(self, number: int, entry: str, outcome: str, line: int, account: str, ntpn: str) -> None:
        """What procurement's 36 does."""
        order = self.pick(number)
        if order is not None and line < len(order.lines):
            arguments = {
                "account": account, "amount": order.lines[line].amount_minor, "bank": order.treasury, "entry": entry, "line": line,
                "ntpn": ntpn, "order": order.order, "outcome": outcome,
            }  # fmt: skip
            self.draw("report", arguments)

    @act(times=1, number=NUMBERS, account=ACCOUNTS, person=PEOPLE)
    def replace(self, number: int, account: str, person: str) -> None:
        """What procurement's 37 does."""
        order = self.pick(number)
        if order is not None:
            self.replace_one(order, account, person)

    def replace_one(self, order: OrderRecord, account: str, person: str) -> None:
        name = f"{order.commitment}-{len(self.orders)}"
        arguments = {"account": account, "lines": [0], "new_order": name, "order": order.order}
        if self.draw("replace", arguments, f"{order.treasury}/{person}") == ACCEPTED:
            self.orders.append(name)

    @act(times=2, number=NUMBERS, resolved_as=st.sampled_from(["order", "order", "outside", "receipt", "error"]), item=NUMBERS)
    def resolve(self, number: int, resolved_as: str, item: int) -> None:
        items = self.read(ItemRecord, "item")
        order = self.pick(number)
        if items and order is not None:
            found = items[sorted(items)[item % len(items)]]
            named = {"order": {"order": order.order}, "outside": {"contract": "works"}, "receipt": {"contract": "works"}, "error": {}}
            arguments = {"as": resolved_as, "document": SCAN, "item": found.item} | named[resolved_as]
            people = ((f"{found.treasury}/payer", PAYS), (f"{found.treasury}/approver", "treasury.approver"))
            self.do("resolve_item", arguments, *people)

    @act(matter=MATTERS, amount=st.integers(1, 30))
    def raise_due(self, matter: str, amount: int) -> None:
        currency = "USD" if matter.endswith("abroad") else "IDR"
        assert self.draw("due", {"amount": str(amount), "currency": currency, "matter": matter, "treasury": "treasury-1"}) == ACCEPTED

    @act(matter=MATTERS, amount=st.integers(0, 30), entry=ENTRIES, treasury=TREASURIES, bank=st.sampled_from([None, "bank-1"]))
    def receive(self, matter: str, amount: int, entry: str, treasury: str, bank: str | None) -> None:
        kind, _, name = matter.partition(":")
        named = {"guarantee" if kind == "guarantee" else "contract": name}
        arguments = {"amount": str(amount), "bank": bank, "entry": entry, "for": kind, "statement": SCAN} | named
        self.do("record_receipt", arguments, (f"{treasury}/payer", PAYS))

    @act(times=3, step=STEPS, amount=st.sampled_from([0, 200, 500, 900, 1_200]))
    def carry_over(self, step: tuple[str, str], amount: int) -> None:
        self.world.carry(amount, *step)

    @act(times=2, commitment=st.sampled_from([*COMMITMENTS]), line=st.sampled_from([*LINES]), change=st.integers(-200, 200))
    def change_commitment(self, commitment: str, line: str, change: int) -> None:
        self.draw("change", {"changes": {line: str(change)}, "commitment": commitment})

    @act(commitment=st.sampled_from([*COMMITMENTS]), amount=st.integers(0, 9))
    def free(self, commitment: str, amount: int) -> None:
        assert self.draw("free", {"amounts": {"any": str(amount)}, "commitment": commitment, "reservation": ""}) == ACCEPTED

    @rule(number=st.integers(0, len(ACTS) - 1), data=st.data())
    def go_on(self, number: int, data: st.DataObject) -> None:
        name, strategies = ACTS[number]
        getattr(self, name)(**{each: data.draw(strategy) for each, strategy in strategies.items()})

    @invariant()
    def each_order_is_its_lines(self) -> None:
        """Paid and withheld is paid; lines that no other order pays are what it takes of budgets; a chain pays what its first was for."""
        orders = self.read(OrderRecord, "order")
        for name, total in self.raised.items():
            chain = [orders[name]]
            while follower := next((each for each in orders.values() if each.replaces == chain[-1].order), None):
                chain.append(follower)
            lines = [line for each in chain for line in each.lines]
            assert sum(parse_amount(line.amount_minor) for line in lines if line.state != REPLACED) == total
            assert sum(parse_amount(line.amount_minor) for line in lines if line.state in (PAID, WITHHELD)) <= total
            assert chain[-1].lines[0].state != PAID or all(line.state in (PAID, WITHHELD, REPLACED) for line in lines)
        for order in orders.values():
            standing = [line for line in order.lines if line.state != REPLACED]
            assert sum(parse_amount(line.amount_minor) for line in standing) == sum(parse_amount(year.amount_minor) for year in order.years)
            settled = [line for line in standing if line.state in (PAID, WITHHELD)]
            assert sum(parse_amount(line.amount_minor) for line in settled) == sum(parse_amount(year.paid_minor) for year in order.years)
            assert all(parse_amount(year.paid_minor) <= parse_amount(year.amount_minor) for year in order.years)

    @invariant()
    def banks_paid_what_orders_say(self) -> None:
        """Of each order, what entries took out less what they brought back is its net line where that is paid, and nothing else."""
        entries = self.read(EntryRecord, "entry").values()
        for order in self.read(OrderRecord, "order").values():
            moved = sum(parse_signed_amount(entry.amount_minor) for entry in entries if entry.order == order.order and entry.line == 0)
            assert -moved == sum(parse_amount(line.amount_minor) for line in order.lines if line.code == NET and line.state == PAID)

    @invariant()
    def budget_lines_bear_what_is_bound_and_paid_what_is_paid(self) -> None:
        lines = self.read(BudgetLineRecord, "line")
        paid, bound = dict.fromkeys(lines, 0), dict.fromkeys(lines, 0)
        for order in self.read(OrderRecord, "order").values():
            for year in order.years:
                paid[year.line] += parse_amount(year.paid_minor)
                bound[year.line] += parse_amount(year.paid_minor)
                open_minor = parse_amount(year.amount_minor) - parse_amount(year.paid_minor)
                bound[find_bearing_line(self.world, year.line).line] += open_minor
        commitments = self.read(CommitmentRecord, "commitment")
        for name, commitment in commitments.items():
            for part in commitment.amounts:
                open_minor = parse_amount(part.committed_minor) - parse_amount(part.ordered_minor)
                assert open_minor >= 0
                bound[find_bearing_line(self.world, part.line).line] += open_minor
            ordered = sum(parse_amount(part.ordered_minor) for part in commitment.amounts)
            assert ordered == sum(total for order, total in self.raised.items() if order.rpartition("-")[0] == name)
        for name, line in lines.items():
            assert parse_amount(line.paid_minor) == paid[name]
            assert parse_amount(line.committed_minor) == bound[name]
            assert paid[name] <= bound[name] <= parse_amount(line.amount_minor)
        for (treasury, currency), total in self.budgets.items():
            own = [line for line in lines.values() if (line.organisation, line.currency) == (treasury, currency)]
            assert sum(parse_amount(line.amount_minor) for line in own) == total

    @invariant()
    def dues_are_received_once(self) -> None:
        entries = self.read(EntryRecord, "entry").values()
        for matter, due in self.read(DueRecord, "due").items():
            assert parse_amount(due.received_minor) == sum(
                parse_signed_amount(each.amount_minor) for each in entries if each.matter == matter
            )
            assert parse_amount(due.received_minor) <= parse_amount(due.amount_minor)

    @invariant()
    def batches_keep_their_totals_and_people_are_apart(self) -> None:
        orders = self.read(OrderRecord, "order")
        batches = self.read(BatchRecord, "batch")
        assert {name: parse_amount(batch.sum_minor) for name, batch in batches.items()} == self.batches
        for batch in batches.values():
            total = sum(parse_amount(line.amount_minor) for order in batch.orders for line in orders[order].lines if line.code == NET)
            assert total == self.batches[batch.batch]
            for order in (orders[name] for name in batch.orders):
                payers = [batch.made_by, *([batch.sent_by] if batch.sent_by else [])]
                assert (order.treasury, order.currency) == (batch.treasury, batch.currency)
                assert not [person for person in payers if person in order.raised_by or person in order.approved_by]
        for order in orders.values():
            assert not [person for person in order.approved_by if person in order.raised_by]
            assert (order.state == RAISED) == (not order.approved_by)
            assert (order.state == BATCHED) <= bool(order.batch)
            assert all(line.state != SENT for line in order.lines) or batches[order.batch].state == SENT


Payments.TestCase.settings = settings(max_examples=70, stateful_step_count=60, deadline=None, derandomize=True)
TestPayments = Payments.TestCase
