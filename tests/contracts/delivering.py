"""A contract that is delivered: the shortest way to one that stands, in two milestones, and its steps as plays."""

from __future__ import annotations

from typing import Any, Self

from msgspec import to_builtins

from prasasti.contracts.procurement.agreement.records import AgreementRecord, AgreementTermsRecord
from prasasti.contracts.procurement.delivery.due import compute_base, compute_delay, compute_part_due
from prasasti.contracts.procurement.delivery.progress import find_current, find_milestone
from prasasti.contracts.procurement.delivery.records import MilestonePartRecord, MilestoneRecord, ProgressRecord
from prasasti.contracts.procurement.delivery.taxes import compute_taxes, sum_taxes
from prasasti.contracts.treasury.records import OrderRecord
from tests.contracts.selection import (
    AUTHORITY,
    COMMITTEE,
    DAY,
    LOT,
    MILLION,
    MINUTES,
    OFFICER,
    PLAN,
    TERMS,
    Selection,
    budget,
    lot,
    person,
    plan,
    signer,
    tender,
)
from tests.core.ledger import ACCEPTED, Ledger, Signer

PRICE = 280 * MILLION
CONTRACT = "contract-1"
SUPPLIER = "bidder-2"
CONTRACTOR: Signer = (f"{SUPPLIER}/director", "procurement.contractor")
COMMUNITY_DIRECTOR: Signer = ("community-1/director", "procurement.contractor")
INSPECTOR, CERTIFIER = signer("inspector", "inspector"), signer("certifier", "certifier")
WITNESS: Signer = ("citizens-1/witness", "procurement.witness")
PHOTO = {"media_type": "image/jpeg", "sha256": "a3" * 32, "size": 2_000}
INVOICE = {"media_type": "application/pdf", "sha256": "a4" * 32, "size": 3_000}


class Delivery(Selection):
    """A contract ``contract-1`` of the milestones ``half`` and ``rest``, and what is done under it."""

    @classmethod
    def begin(
        cls, ledger: Ledger, price: int = PRICE, *, terms: dict[str, Any] | None = None, kind: str = "goods", witness: bool = False,
        guaranteed: bool = True, items: bool = False, later: int = 0, **drafted: Any,
    ) -> Self:  # fmt: skip
        """Bought from one bidder in the open, signed by both. ``terms`` change those of the request, ``drafted`` the draft;
        ``items`` gives each milestone half of the benches; ``witness`` names a second witness; so much is of next year's budget."""
        delivery = cls(ledger)
        terms = TERMS | (terms or {})
        if terms["amounts"] == "measured":
            items = True
        delivery._buy(price, terms, kind, witness, later)
        changes: dict[str, Any] = {"terms": terms, "years": years(price, later)}
        if items:
            changes["milestones"] = delivery.milestones(price, quantity="20000")
        assert delivery.draft(price, guaranteed=guaranteed, **(changes | drafted)) == ACCEPTED
        assert delivery.sign("officer", "officer") == delivery.sign(CONTRACTOR[0], "contractor") == ACCEPTED
        return delivery

    @classmethod
    def begin_community(cls, ledger: Ledger, price: int = 60 * MILLION, *, terms: dict[str, Any] | None = None, **drafted: Any) -> Self:
        """A community's contract, which needs no tender."""
        delivery = cls(ledger)
        action, arguments, signers = budget()
        assert delivery.do(action, arguments, *signers) == ACCEPTED
        assert delivery.do("procurement.announce_plan", plan(price, kind="social", method="direct"), OFFICER, AUTHORITY) == ACCEPTED
        draft = {
            "approval": MINUTES, "bill": [], "community": "community-1", "contract": CONTRACT, "document": MINUTES,
            "milestones": delivery.milestones(price), "plan": PLAN, "price": str(price), "reason": "community_led",
            "seats": {name: person(name) for name in ("certifier", "inspector", "officer")},
            "terms": TERMS | {"retention_bp": 0} | (terms or {}), "years": years(price, 0),
        } | drafted  # fmt: skip
        assert delivery.do("procurement.draft_contract", draft, OFFICER) == ACCEPTED
        delivery.draft_id = ledger.results[-1].receipts[-1].id
        for role in ("officer", "inspector"):
            declared = {"contract": CONTRACT, "interests": []}
            assert delivery.do("procurement.declare_interests", declared, signer(role, role)) == ACCEPTED
        assert delivery.sign("officer", "officer") == delivery.sign(COMMUNITY_DIRECTOR[0], "contractor") == ACCEPTED
        return delivery

    def _buy(self, price: int, terms: dict[str, Any], kind: str, witness: bool, later: int) -> None:
        """One bidder, awarded, the award active."""
        estimate = max(300 * MILLION, price)
        for line, year in (("2026-parks", 2026), *([("2027-parks", 2027)] if later else [])):
            action, arguments, signers = budget(line, amount=max(1_000 * MILLION, 2 * price), year=year)
            assert self.do(action, arguments, *signers) == ACCEPTED
        planned = max(500 * MILLION, price)
        several = {"budgets": years(planned, later), "multi_year": MINUTES} if later else {}
        assert self.do("procurement.announce_plan", plan(planned, kind=kind, **several), OFFICER, AUTHORITY) == ACCEPTED
        seats = tender(self.ledger.time)["seats"] | ({"witness": person("witness", "citizens-1")} if witness else {})
        lots = [lot(amount=estimate, ceiling=years(estimate, later))]
        assert self.publish(lots=lots, seats=seats, terms=terms) == ACCEPTED
        assert self.propose(SUPPLIER, price) == ACCEPTED
        self.open()
        self.declare_all()
        assert self.require_of((SUPPLIER, True)) == ACCEPTED
        for name in COMMITTEE:
            assert self.vote(name) == ACCEPTED
        assert self.award(SUPPLIER, price) == ACCEPTED
        self.wait_until(self.ledger.time + 10 * DAY)
        assert self.activate() == ACCEPTED

    def milestones(self, price: int, *amounts: int, quantity: str = "") -> list[dict[str, Any]]:
        """``half`` due in 30 days, ``rest`` in 60."""
        parts = amounts or (price // 2, price - price // 2)
        items = [{"item": f"{LOT}-bench", "quantity": quantity}] if quantity else []
        return [
            {"amount": str(amount), "due": self.ledger.time + days * DAY, "id": name, "items": items, "title": name}
            for amount, days, name in zip(parts, (30, 60), ("half", "rest"), strict=True)
        ]

    @property
    def agreement(self) -> AgreementRecord:
        record = self.ledger.application.state.view.get(f"procurement/contract/{CONTRACT}", AgreementRecord)
        assert record is not None
        return record

    @property
    def agreement_terms(self) -> AgreementTermsRecord:
        record = self.ledger.application.state.view.get(f"procurement/contract/{CONTRACT}/terms", AgreementTermsRecord)
        assert record is not None
        return record

    @property
    def progress(self) -> ProgressRecord:
        return self.ledger.application.state.view.get(f"procurement/contract/{CONTRACT}/progress", ProgressRecord) or ProgressRecord()

    def milestone(self, milestone: str) -> MilestoneRecord:
        key = f"procurement/milestone/{CONTRACT}:{milestone}"
        return self.ledger.application.state.view.get(key, MilestoneRecord) or MilestoneRecord()

    def part(self, milestone: str, number: int) -> MilestonePartRecord:
        record = self.ledger.application.state.view.get(f"procurement/delivered/{CONTRACT}:{milestone}:{number}", MilestonePartRecord)
        assert record is not None
        return record

    def order(self, number: int) -> OrderRecord:
        record = self.ledger.application.state.view.get(f"treasury/order/{CONTRACT}-{number}", OrderRecord)
        assert record is not None
        return record

    def advance(self, amount: int, by: Signer = CONTRACTOR, guaranteed: bool = True, **changes: Any) -> str:
        """Take an advance, the bank having guaranteed it."""
        if guaranteed:
            assert self.guarantee(amount, obligation="advance", principal=SUPPLIER, guarantee="advance-1") == ACCEPTED
        view, agreement = self.ledger.application.state.view, self.agreement
        lines = [present(to_builtins(line)) for line in compute_taxes(view, agreement, compute_base(view, agreement, amount))]
        arguments = {"amount": str(amount), "contract": CONTRACT, "taxes": lines} | changes
        return self.do("procurement.take_advance", arguments, by)

    def evidence(self, milestone: str = "half", by: Signer = CONTRACTOR, **changes: Any) -> str:
        taken = {"document": PHOTO, "place": "ID-JK", "taken": self.ledger.time - 3_600}
        arguments = {"contract": CONTRACT, "evidence": [taken], "milestone": milestone, "subcontractors_paid": True} | changes
        return self.do("procurement.submit_evidence", arguments, by)

    def inspect(self, milestone: str = "half", outcome: str = "accept", by: Signer = INSPECTOR, **changes: Any) -> str:
        """Accept the rest; a part is said by ``accepted`` or ``quantities``."""
        why = {} if outcome == "accept" else {"reason": "incomplete"}
        arguments = {"contract": CONTRACT, "document": MINUTES, "milestone": milestone, "outcome": outcome} | why | changes
        return self.do("procurement.inspect", present(arguments), by)

    def witness(self, finding: str = "confirm", milestone: str = "half", by: Signer = WITNESS, **changes: Any) -> str:
        why = {"document": MINUTES, "reason": "quality"} if finding == "doubt" else {}
        arguments = {"contract": CONTRACT, "finding": finding, "milestone": milestone} | why | changes
        return self.do("procurement.witness", present(arguments), by)

    def invoice(self, milestone: str = "half", by: Signer = CONTRACTOR, **changes: Any) -> str:
        """The invoice for what was accepted, with the taxes of its kind."""
        due = self.due(milestone)
        number = sum(self.milestone(each.id).parts for each in self.agreement_terms.milestones)
        arguments = {
            "contract": CONTRACT, "document": INVOICE, "gross": due["gross"], "invoice": f"invoice-{milestone}-{number}",
            "milestone": milestone, "taxes": due["taxes"],
        } | changes  # fmt: skip
        return self.do("procurement.file_invoice", arguments, by)

    def certify(self, milestone: str = "half", by: Signer = CERTIFIER, **changes: Any) -> str:
        """The certificate of the part that is next, as the ledger computes it."""
        number = self.progress.certificates + 1
        arguments = {"certificate": f"certificate-{number}", "contract": CONTRACT, "document": MINUTES, "milestone": milestone}
        return self.do("procurement.certify", arguments | self.due(milestone) | changes, by)

    def due(self, milestone: str, taxes: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """What a certificate of the part that is next says; zeros where there is none."""
        view = self.ledger.application.state.view
        part, terms = find_current(view, CONTRACT, milestone), find_milestone(view, CONTRACT, milestone)
        if part is None or terms is None:
            return {"damages": "0", "days": 0, "gross": "0", "recovery": "0", "retention": "0", "taxes": []}
        agreement = self.agreement
        lines = compute_taxes(view, agreement, compute_part_due(view, agreement, terms, part, 0).tax_base_minor)
        due = compute_part_due(view, agreement, terms, part, sum_taxes(lines))
        return {
            "damages": str(due.damages_minor), "days": compute_delay(view, agreement, terms, part).days, "gross": str(due.gross_minor),
            "recovery": str(due.recovery_minor), "retention": str(due.retention_minor),
            "taxes": [present(to_builtins(line)) for line in lines] if taxes is None else taxes,
        }  # fmt: skip

    def accept(self, milestone: str = "half", outcome: str = "accept", **changes: Any) -> None:
        """Evidence, and what an inspector accepts of it."""
        assert self.evidence(milestone) == self.inspect(milestone, outcome, **changes) == ACCEPTED

    def deliver(self, milestone: str = "half", outcome: str = "accept", **changes: Any) -> None:
        """From the evidence to the certificate, which raises the order."""
        self.accept(milestone, outcome, **changes)
        assert self.invoice(milestone) == self.certify(milestone) == ACCEPTED


def years(amount: int, later: int) -> list[dict[str, str]]:
    """An amount by budget line, so much of it next year's."""
    first = {"amount": str(amount - later), "line": "2026-parks"}
    return [first, {"amount": str(later), "line": "2027-parks"}] if later else [first]


def present(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments without those that are None."""
    return {name: value for name, value in arguments.items() if value is not None}
