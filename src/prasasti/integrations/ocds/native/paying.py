"""Payments: what messages 32, 36, 37, 50 and the treasury's statements change in OCDS.

Owns the transactions. A line that is paid is one, called by its order and number; a tax that the treasury withholds is one too, of the
day on which the payee's line was paid; money that came back is one of less than nothing. What was rejected was never paid and is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from prasasti.contracts.treasury.records import NET, REJECTED, RETURNED
from prasasti.core.types import require
from prasasti.integrations.ocds.native.content import Content, OrderFacts, Settled, spell_time
from prasasti.integrations.ocds.native.entries import NativeEntry

Fields = dict[str, Any]
TRANSACTIONS: Final = "implementation/transactions"
FindOrder = Callable[[str], OrderFacts | None]


def take_advance(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """32: an order stands, of which nothing is paid yet."""
    content.touch_contract(arguments["contract"])


def note_replacement(content: Content, entry: NativeEntry, event: Fields) -> None:
    """37: another order pays."""
    content.touch_contract(event["contract"])


def note_report(content: Content, entry: NativeEntry, event: Fields) -> None:
    """36: also where nothing was paid."""
    content.touch_contract(event["contract"])
    if event["outcome"] == REJECTED:
        _add_statement(content, entry, event["contract"], f"Payment {event['order']}.{event['line']} rejected")


def settle(content: Content, find_order: FindOrder, settled: Settled) -> None:
    """A line was paid, or came back: its transaction, and where the payee was paid, those of the taxes withheld with it.

    A tax's own receipt makes none: the tax was withheld before.
    """
    order = find_order(settled.order)
    if order is None or order.contract not in content.deliveries:
        return
    code, amount_minor = order.lines[settled.line]
    if code != NET or settled.outcome == REJECTED:
        return
    name = f"{settled.order}.{settled.line}"
    if settled.outcome == RETURNED:
        _put(content, order, settled, f"{name}:returned", -amount_minor, order.payee)
        return
    if amount_minor:
        _put(content, order, settled, name, amount_minor, order.payee)
    _withhold(content, settled.order, order, settled)
    while order.replaces:
        replaced = order.replaces
        order = require(find_order(replaced), replaced)
        _withhold(content, replaced, order, settled)


def _withhold(content: Content, name: str, order: OrderFacts, settled: Settled) -> None:
    for number, (code, amount_minor) in enumerate(order.lines):
        if code != NET and amount_minor:
            _put(content, order, settled, f"{name}.{number}:{code}", amount_minor, order.treasury)


def _put(content: Content, order: OrderFacts, settled: Settled, name: str, amount_minor: int, payee: str) -> None:
    """A transaction, once: taxes stay withheld where what they were withheld from comes back and is paid again."""
    if content.find_part(order.contract, TRANSACTIONS, name) is not None:
        return
    milestone = content.deliveries[order.contract].milestones.get(order.milestone)
    related = {"relatedImplementationMilestone": {"id": order.milestone, "title": milestone.title}} if milestone is not None else {}
    source = {"source": content.name_address(settled.statement)} if settled.statement else {}
    content.put_part(
        order.contract, TRANSACTIONS, name, date=spell_time(settled.value_date), payee=content.add_role(payee, "payee"),
        payer=content.add_role(order.treasury, "payer"), value=content.spell_money(amount_minor), **related, **source,
    )  # fmt: skip


def record_outside_payment(content: Content, entry: NativeEntry, arguments: Fields) -> None:
    """50: called ``outside``, so that it is told apart; later why."""
    contract, name = arguments["contract"], f"outside:{arguments['payment']}"
    if arguments["act"] == "record":
        content.put_part(
            contract, TRANSACTIONS, name, date=spell_time(entry.time), payee=content.add_role(arguments["payee"], "payee"),
            payer=content.add_role(entry.actor, "payer"), source=content.name_address(arguments["statement"]["sha256"]),
            value=content.spell_money(arguments["amount"]),
        )  # fmt: skip
        return
    made = content.make_document(
        arguments["document"], f"Payment {arguments['payment']}, made outside: why", "financialProgressReport", entry.time
    )
    content.put_part(contract, "implementation/documents", made["id"], **made)


def _add_statement(content: Content, entry: NativeEntry, contract: str, title: str) -> None:
    made = content.make_document(entry.arguments["statement"], title, "financialProgressReport", entry.time)
    content.put_part(contract, "implementation/documents", made["id"], **made)
