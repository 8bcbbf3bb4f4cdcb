"""A contract under way on a training ledger, step by step, from the first evidence to the final acceptance or the end.

Owns the steps of contractor, inspector, witness, certifier and officer. Amounts and taxes are those that the rules compute; a play
changes an argument by its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.procurement.change.ending import compute_held, compute_release
from prasasti.contracts.procurement.delivery.due import compute_base, compute_delay, compute_part_due
from prasasti.contracts.procurement.delivery.progress import (
    compute_due,
    find_current,
    find_milestone,
    get_contract_terms,
    get_progress,
    name_order,
)
from prasasti.contracts.procurement.delivery.records import ProgressRecord
from prasasti.contracts.procurement.delivery.taxes import compute_taxes, sum_taxes
from prasasti.contracts.procurement.shapes import TaxLine
from prasasti.core.contract import View
from prasasti.core.types import require
from prasasti.services.scenarios.order import LINE, MILLION, WITNESS
from prasasti.services.scenarios.purchase import Purchase
from prasasti.services.scenarios.stage import Signer

PLACE = "ID-JK"
DESK: Signer = ("citizens-1-desk", "governance.desk")


class Fulfilment:
    """A signed contract of a purchase, of the milestones ``first`` and ``second``."""

    def __init__(self, purchase: Purchase, contract: str) -> None:
        self.purchase = purchase
        self.contract = contract
        self.supplier = self.agreement.supplier
        self._invoices = 0

    # -- delivery ---------------------------------------------------------------------------------------------------------

    def take_advance(self, millions: int, refused: str = "") -> None:
        """The contractor takes a part of the price in advance, which a bank guarantees."""
        self.purchase.guarantee(self.contract, f"advance-{self.contract}", "advance", millions * MILLION)
        base_minor = compute_base(self._view, self.agreement, millions * MILLION)
        taxes = _list_taxes(compute_taxes(self._view, self.agreement, base_minor))
        self._act("take_advance", {"amount": str(millions * MILLION), "taxes": taxes}, self._contractor, refused=refused)

    def submit(self, milestone: str = "first", refused: str = "", **changes: Any) -> None:
        """The contractor shows what it delivered: a photograph's place and time, the hash of what it shows."""
        shown = {
            "document": self.purchase.document(f"benches of milestone {milestone}, seen on site"), "place": PLACE,
            "taken": self.purchase.ledger.now() - 3_600,
        }  # fmt: skip
        arguments = {"evidence": [shown], "milestone": milestone, "subcontractors_paid": True} | changes
        self._act("submit_evidence", arguments, self._contractor, refused=refused)

    def inspect(self, milestone: str = "first", outcome: str = "accept", refused: str = "", **changes: Any) -> None:
        """The inspector accepts all of it, ``accepted`` of it or nothing; a reason goes with less than all."""
        why = {} if outcome == "accept" else {"reason": "incomplete"}
        arguments = {"document": self.purchase.document(f"inspection of milestone {milestone}"), "milestone": milestone, "outcome": outcome}
        self._act("inspect", arguments | why | changes, ("inspector", "procurement.inspector"), refused=refused)

    def witness(self, finding: str = "confirm", milestone: str = "first", refused: str = "", **changes: Any) -> None:
        """A citizens' representative looks too, and confirms, doubts, or withdraws the doubt."""
        why = {"document": self.purchase.document("what the witness saw"), "reason": "quality"} if finding == "doubt" else {}
        arguments = {"finding": finding, "milestone": milestone} | why | changes
        self._act("witness", arguments, (WITNESS["handle"], "procurement.witness"), refused=refused)

    def lift_doubt(self, milestone: str = "first", refused: str = "") -> None:
        """The authority and an auditor lift a witness's doubt, with reasons."""
        arguments = {
            "about": "doubt", "decision": "lift", "document": self.purchase.document("what the laboratory found"), "milestone": milestone,
            "reason": "settled",
        }  # fmt: skip
        auditor = ("auditor-1-auditor", "governance.auditor")
        self._act("decide", arguments, self.purchase.authority, auditor, refused=refused)

    def invoice(self, milestone: str = "first", refused: str = "", **changes: Any) -> None:
        """The contractor asks for what was accepted."""
        due, number = self._compute_due(milestone), self._invoices + 1
        arguments = {
            "document": self.purchase.document(f"invoice {number} for {self.contract}"), "gross": due["gross"],
            "invoice": f"invoice-{number}", "milestone": milestone, "taxes": due["taxes"],
        } | changes  # fmt: skip
        self._act("file_invoice", arguments, self._contractor, refused=refused)
        self._invoices += not refused

    def certify(self, milestone: str = "first", refused: str = "", **changes: Any) -> str:
        """The certifier certifies it, and the contract orders it to be paid, taxes withheld; the order's id, "" where it is refused."""
        number = self.progress.certificates + 1
        arguments = {
            "certificate": f"certificate-{number}", "document": self.purchase.document(f"certificate {number} of {self.contract}"),
            "milestone": milestone,
        }  # fmt: skip
        certifier = ("certifier", "procurement.certifier")
        self._act("certify", arguments | self._compute_due(milestone) | changes, certifier, refused=refused)
        return "" if refused else self.last_order

    def deliver(self, milestone: str = "first") -> str:
        """From the evidence to the certificate; its order."""
        self.submit(milestone)
        self.inspect(milestone)
        self.invoice(milestone)
        return self.certify(milestone)

    def replace(self, order: str, account: str, refused: str = "") -> str:
        """Officer and contractor have paid again what the bank gave back; the new order's id, "" where it is refused."""
        arguments = {"account": account, "lines": [0], "order": order}
        self.purchase.act("procurement.replace_order", arguments, self.purchase.officer, self._contractor, refused=refused)
        return "" if refused else self.last_order

    # -- changes and ends -------------------------------------------------------------------------------------------------

    def amend(self, millions: int, amendment: str, exception: str = "", refused: str = "", days: int = 0) -> None:
        """The parties change the price, and the last milestone with it; beyond the cap by an ``exception`` that the authority signs."""
        moved, change_minor = self.progress.suspended_seconds, millions * MILLION
        stated: list[dict[str, Any]] = [
            {"amount": each.amount, "due": each.due + moved, "id": each.id, "title": each.title}
            for each in get_contract_terms(self._view, self.contract).milestones
        ]
        stated[-1] |= {"amount": str(int(stated[-1]["amount"]) + change_minor), "due": stated[-1]["due"] + days * DAY_SECONDS}
        arguments = {
            "amendment": amendment, "change": str(change_minor), "document": self.purchase.document(f"{amendment} of {self.contract}"),
            "milestones": stated, "reason": "scope", "years": [{"change": str(change_minor), "line": LINE}] if change_minor else [],
        } | ({"exception": exception} if exception else {})  # fmt: skip
        signers = (self.purchase.officer, self._contractor, *([self.purchase.authority] if exception else []))
        self._act("amend_contract", arguments, *signers, refused=refused)

    def notify(self, act: str, ground: str, days: int = 0, refused: str = "") -> None:
        """The officer gives notice, suspends the contract, lets it go on, or gives a last chance of so many days."""
        until = {"until": self.purchase.ledger.now() + days * DAY_SECONDS} if days else {}
        arguments = {"act": act, "document": self.purchase.document(f"{act}: {ground}"), "ground": ground} | until
        self._act("notify_contractor", arguments, self.purchase.officer, refused=refused)

    def terminate(self, ground: str, refused: str = "") -> None:
        """The authority ends the contract for the buyer's convenience, the officer by the contractor's default."""
        signer = self.purchase.authority if ground == "convenience" else self.purchase.officer
        self._act("terminate", {"document": self.purchase.document(f"why it ends: {ground}"), "ground": ground}, signer, refused=refused)

    def hand_over(self, act: str = "hand_over", refused: str = "") -> str:
        """Officer and inspector take over what was delivered, tell a defect, or accept it for good; the order that this raised, or ""."""
        before = self.progress.orders
        taxes = self._compute_release_taxes() if act == "accept" else []
        arguments = {"act": act, "document": self.purchase.document(f"{act} of {self.contract}")} | ({"taxes": taxes} if taxes else {})
        self._act("hand_over", arguments, self.purchase.officer, ("inspector", "procurement.inspector"), refused=refused)
        return self.last_order if self.progress.orders > before else ""

    # -- what others say --------------------------------------------------------------------------------------------------

    def report(self, report: str, text: str) -> None:
        """A desk takes in what somebody reports of the contract, whom nobody names."""
        arguments = {"about": {"contract": self.contract}, "document": self.purchase.document(text), "named": False, "report": report}
        self.purchase.act("procurement.take_in_report", arguments, DESK)

    def answer(self, report: str, text: str, refused: str = "") -> None:
        """The contract's officer answers it."""
        arguments = {"document": self.purchase.document(text), "report": report}
        self.purchase.act("procurement.answer_report", arguments, self.purchase.officer, refused=refused)

    def record_outside(self, payment: str, amount_minor: int, payer: Signer, act: str = "record", refused: str = "") -> None:
        """A payment that no order asked for is recorded by the payer, or explained by officer and payer."""
        arguments = {
            "act": act, "amount": str(amount_minor), "entry": payment, "payee": self.supplier, "payment": payment,
            "statement": self.purchase.document(f"statement: {payment}"),
        } | ({"document": self.purchase.document(f"why {payment} was made")} if act == "explain" else {})  # fmt: skip
        signers = (self.purchase.officer, payer) if act == "explain" else (payer,)
        self._act("record_outside_payment", arguments, *signers, refused=refused)

    # -- what the ledger says ---------------------------------------------------------------------------------------------

    @property
    def agreement(self) -> AgreementRecord:
        """The contract as it stands."""
        return self.purchase.find_contract(self.contract)

    @property
    def progress(self) -> ProgressRecord:
        """How far it is."""
        return get_progress(self._view, self.contract)

    @property
    def last_order(self) -> str:
        """The order that it raised last."""
        return name_order(self.contract, self.progress.orders)

    def find_due(self, milestone: str = "first") -> int:
        """When a milestone is due, seconds UTC, suspensions so far included."""
        return compute_due(self.progress, require(find_milestone(self._view, self.contract, milestone), milestone).due)

    @property
    def _view(self) -> View:
        return self.purchase.ledger.state

    @property
    def _contractor(self) -> Signer:
        return (self.supplier, "procurement.contractor")

    def _act(self, name: str, arguments: dict[str, Any], *signers: Signer, refused: str) -> None:
        self.purchase.act(f"procurement.{name}", {"contract": self.contract} | arguments, *signers, refused=refused)

    def _compute_due(self, milestone: str) -> dict[str, Any]:
        """What a certificate of the part that is next says; zeros where there is none."""
        view, agreement = self._view, self.agreement
        part, terms = find_current(view, self.contract, milestone), find_milestone(view, self.contract, milestone)
        if part is None or terms is None:
            return {"damages": "0", "days": 0, "gross": "0", "recovery": "0", "retention": "0", "taxes": []}
        taxes = compute_taxes(view, agreement, compute_part_due(view, agreement, terms, part, 0).tax_base_minor)
        due = compute_part_due(view, agreement, terms, part, sum_taxes(taxes))
        return {
            "damages": str(due.damages_minor), "days": compute_delay(view, agreement, terms, part).days, "gross": str(due.gross_minor),
            "recovery": str(due.recovery_minor), "retention": str(due.retention_minor), "taxes": _list_taxes(taxes),
        }  # fmt: skip

    def _compute_release_taxes(self) -> list[dict[str, Any]]:
        """The taxes of what is left of the retention."""
        view, agreement, progress = self._view, self.agreement, self.progress
        base_minor = compute_release(view, agreement, progress, compute_held(progress), 0).tax_base_minor
        taxes = compute_taxes(view, agreement, base_minor)
        return _list_taxes(taxes) if sum_taxes(taxes) else []


def _list_taxes(taxes: Sequence[TaxLine]) -> list[dict[str, Any]]:
    """Lines as a message names them."""
    listed: list[dict[str, Any]] = msgspec.to_builtins(taxes)
    return [{name: value for name, value in line.items() if value is not None} for line in listed]
