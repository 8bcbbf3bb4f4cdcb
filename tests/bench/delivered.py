"""A contract's first milestone, delivered and paid: what a trace follows to the bank's entry.

Owns the order of the steps; nothing of it is timed.
"""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from prasasti.contracts.procurement.delivery.due import compute_part_due
from prasasti.contracts.procurement.delivery.progress import find_current, find_milestone, get_contract
from prasasti.contracts.procurement.delivery.taxes import compute_taxes, sum_taxes
from prasasti.contracts.treasury.orders import get_order
from prasasti.core.types import require
from tests.bench.selections import Yard
from tests.contracts.paying import ACCOUNT, APPROVERS, PAYER
from tests.contracts.selection import signer

MILESTONE = "half"


def deliver_half(yard: Yard, contract: str) -> None:
    """From the evidence to the bank: one order, paid."""
    named = {"contract": contract, "milestone": MILESTONE}
    supplier = get_contract(yard.ledger.state, contract).supplier
    contractor = (f"{supplier}/director", "procurement.contractor")
    photo, minutes = yard.document("photo of benches"), yard.document("minutes of an inspection")
    shown = {"document": photo, "place": "ID-JK", "taken": yard.ledger.now() - 60}
    yard.submit([("procurement.submit_evidence", named | {"evidence": [shown], "subcontractors_paid": True}, (contractor,))])
    yard.submit([("procurement.inspect", named | {"document": minutes, "outcome": "accept"}, (signer("inspector", "inspector"),))])
    due = _compute_due(yard, contract)
    invoice = named | {"document": minutes, "gross": due["gross"], "invoice": "invoice-1", "taxes": due["taxes"]}
    yard.submit([("procurement.file_invoice", invoice, (contractor,))])
    certificate = named | {"certificate": "certificate-1", "document": minutes, **due}
    yard.submit([("procurement.certify", certificate, (signer("certifier", "certifier"),))])
    _pay(yard, f"{contract}-1", supplier, contractor)


def _compute_due(yard: Yard, contract: str) -> dict[str, Any]:
    """What the certificate says, in time and with the State's taxes."""
    view = yard.ledger.state
    agreement, terms = get_contract(view, contract), require(find_milestone(view, contract, MILESTONE), MILESTONE)
    part = require(find_current(view, contract, MILESTONE), MILESTONE)
    taxes = compute_taxes(view, agreement, compute_part_due(view, agreement, terms, part, 0).tax_base_minor)
    due = compute_part_due(view, agreement, terms, part, sum_taxes(taxes))
    lines = [{name: value for name, value in to_builtins(line).items() if value is not None} for line in taxes]
    return {
        "damages": str(due.damages_minor), "days": 0, "gross": str(due.gross_minor), "recovery": str(due.recovery_minor),
        "retention": str(due.retention_minor), "taxes": lines,
    }  # fmt: skip


def _pay(yard: Yard, order: str, supplier: str, contractor: tuple[str, str]) -> None:
    record = get_order(yard.ledger.state, order)
    net, whole = record.lines[0].amount_minor, str(sum(int(line.amount_minor) for line in record.lines))
    paid = {
        "account": ACCOUNT, "amount": net, "entry": "entry-1", "line": 0, "order": order, "outcome": "paid", "sp2d": "SP2D-1",
        "statement": yard.document("a statement"), "value_date": yard.ledger.now(),
    }  # fmt: skip
    for action, arguments, signers in (
        ("treasury.name_account", {"account": ACCOUNT}, (contractor,)),
        ("treasury.verify_account", {"account": ACCOUNT, "organisation": supplier}, (PAYER,)),
        ("treasury.approve", {"count": 1, "orders": [order], "sum": whole}, APPROVERS),
        ("treasury.make_batch", {"batch": "batch-1", "orders": [order], "sum": net}, (PAYER,)),
        ("treasury.send_batch", {"batch": "batch-1", "file": "f1" * 32}, (PAYER,)),
        ("procurement.report_payment", paid, (PAYER,)),
    ):
        yard.submit([(action, arguments, signers)])
