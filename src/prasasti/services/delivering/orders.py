"""What became of orders outside the buyer's house: a line that a treasury reports (36), lines paid anew (37), a payment made outside
that is explained (50). Each account is the one that the ledger knows by its commitment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from prasasti.contracts.procurement.payment.checks import find_outside
from prasasti.contracts.treasury.accounts import find_verified
from prasasti.contracts.treasury.orders import find_order, list_unpaid
from prasasti.contracts.treasury.records import OrderRecord
from prasasti.core.contract import View
from prasasti.core.types import parse_amount
from prasasti.services.delivering.lines import Drafted, Line
from prasasti.services.submitting import DraftProblem


def require_order(view: View, order: str) -> OrderRecord:
    """An order that was raised; DraftProblem."""
    found = find_order(view, order)
    if found is None:
        raise DraftProblem(f"no order {order} was raised on this ledger; nothing was signed")
    return found


def draft_report(view: View, order: str, line: int, account: str | None) -> Drafted:
    """The account of a line: that it was approved for. A tax's line has none, and is reported with the payee's; DraftProblem."""
    record = require_order(view, order)
    if not 0 <= line < len(record.lines):
        raise DraftProblem(f"the order {order} has lines 0 to {len(record.lines) - 1}, and no {line}; nothing was signed")
    found = record.lines[line]
    known = account or found.account or record.lines[0].account
    if not known:
        raise DraftProblem(f"the order {order} is approved for no account yet: nothing of it can have been paid; nothing was signed")
    told = Line(
        "line", {"order": order, "line": line, "code": found.code, "payee": found.payee, "state": found.state},
        {"amount": parse_amount(found.amount_minor)},
    )  # fmt: skip
    return Drafted({"account": known}, [told])


def draft_replacement(view: View, order: str, lines: Sequence[int] | None) -> Drafted:
    """Lines that are paid anew, all that are unpaid unless some are named, to the payee's account as verified now; DraftProblem."""
    record = require_order(view, order)
    named = list_unpaid(record) if lines is None else list(lines)
    if not named:
        raise DraftProblem(f"no line of {order} was rejected or given back without being paid by another order; nothing was signed")
    if not all(0 <= line < len(record.lines) for line in named):
        raise DraftProblem(f"the order {order} has lines 0 to {len(record.lines) - 1}; nothing was signed")
    payee = record.lines[named[0]].payee
    account = find_verified(view, payee, record.treasury)
    if account is None:
        raise DraftProblem(f"{record.treasury} has not verified the account that {payee} named last; nothing was signed")
    told = [
        Line(
            "line", {"order": order, "line": line, "code": found.code, "payee": found.payee, "state": found.state},
            {"amount": parse_amount(found.amount_minor)},
        )
        for line, found in enumerate(record.lines)
        if line in named
    ]  # fmt: skip
    same = record.lines[named[0]].account == account.account
    return Drafted({"account": account.account, "lines": named}, [*told, Line("same_account" if same else "other_account")])


def draft_explanation(view: View, contract: str, payment: str) -> Drafted:
    """A payment made outside, in the words in which it was recorded; DraftProblem."""
    record = find_outside(view, contract, payment)
    if record is None:
        raise DraftProblem(f"no payment {payment} outside is recorded for {contract}; nothing was signed")
    statement = msgspec.to_builtins(record.statement)
    arguments: dict[str, Any] = {"amount": record.amount, "entry": record.entry, "payee": record.payee, "statement": statement}
    return Drafted(arguments, [])
