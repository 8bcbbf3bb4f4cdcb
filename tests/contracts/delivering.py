"""A contract that is delivered: the shortest way to one that stands, in two milestones, and its steps as plays."""

from __future__ import annotations

from typing import Any

from prasasti.contracts.procurement.agreement.records import AgreementRecord, AgreementTermsRecord
from prasasti.contracts.procurement.delivery.records import MilestonePartRecord, MilestoneRecord, ProgressRecord
from tests.contracts.selection import (
    AUTHORITY,
    COMMITTEE,
    DAY,
    LOT,
    MILLION,
    OFFICER,
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
INSPECTOR, CERTIFIER = signer("inspector", "inspector"), signer("certifier", "certifier")
WITNESS: Signer = ("citizens-1/witness", "procurement.witness")
BUDGET: Signer = ("treasury-1/budget", "treasury.budget")
PHOTO = {"media_type": "image/jpeg", "sha256": "a3" * 32, "size": 2_000}
INVOICE = {"media_type": "application/pdf", "sha256": "a4" * 32, "size": 3_000}


class Delivery(Selection):
    """A contract ``contract-1`` of the milestones ``half`` and ``rest``, and what is done under it."""

    @classmethod
    def begin(
        cls, ledger: Ledger, price: int = PRICE, *, terms: dict[str, Any] | None = None, kind: str = "goods", witness: bool = False,
        guaranteed: bool = True, items: bool = False, **drafted: Any,
    ) -> Delivery:  # fmt: skip
        """Bought from one bidder in the open, signed by both. ``terms`` change those of the request, ``drafted`` the draft;
        ``items`` gives each milestone half of the benches; ``witness`` names a second witness."""
        delivery = cls(ledger)
        terms = TERMS | (terms or {})
        if terms["amounts"] == "measured":
            items = True
        delivery._buy(price, terms, kind, witness)
        changes: dict[str, Any] = {"terms": terms}
        if items:
            changes["milestones"] = delivery.milestones(price, quantity="20000")
        assert delivery.draft(price, guaranteed=guaranteed, **(changes | drafted)) == ACCEPTED
        assert delivery.sign("officer", "officer") == delivery.sign(CONTRACTOR[0], "contractor") == ACCEPTED
        return delivery

    def _set_budget(self, price: int) -> None:
        action, arguments, signers = budget(amount=max(1_000 * MILLION, 2 * price))
        assert self.do(action, arguments, *signers) == ACCEPTED

    def _buy(self, price: int, terms: dict[str, Any], kind: str, witness: bool) -> None:
        """One bidder, awarded, the award active."""
        estimate = max(300 * MILLION, price)
        self._set_budget(price)
        assert self.do("procurement.announce_plan", plan(max(500 * MILLION, price), kind=kind), OFFICER, AUTHORITY) == ACCEPTED
        seats = tender(self.ledger.time)["seats"] | ({"witness": person("witness", "citizens-1")} if witness else {})
        assert self.publish(lots=[lot(amount=estimate)], seats=seats, terms=terms) == ACCEPTED
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
