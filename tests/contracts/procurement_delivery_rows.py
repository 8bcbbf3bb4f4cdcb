"""Rows of delivery: who may sign, what is refused, one example of each message."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.contracts.delivering import (
    CERTIFIER,
    CONTRACT,
    CONTRACTOR,
    INSPECTOR,
    INVOICE,
    PHOTO,
    PRICE,
    WITNESS,
    Delivery,
)
from tests.contracts.plays import Play
from tests.contracts.procurement_agreement_rows import tie
from tests.contracts.selection import AUTHORITY, DAY, LOT, MILLION, MINUTES, OFFICER, signer
from tests.core.ledger import ACCEPTED, Ledger, Signer

HALF = PRICE // 2
ITEM = f"{LOT}-bench"
SCAN = MINUTES | {"media_type": "application/zip"}
# Two milestones of exactly as much as asks for a second witness, and of a little less.
LARGE, ALMOST_LARGE = 5_000 * MILLION, 4_960 * MILLION
Stage = Callable[[Ledger], Delivery]
Act = Callable[[Delivery], str]


def on(stage: Stage, *acts: Act) -> Play:
    """Acts on a stage of a delivery, all but the last accepted."""

    def play(ledger: Ledger) -> str:
        delivery = stage(ledger)
        for act in acts[:-1]:
            assert act(delivery) == ACCEPTED
        return acts[-1](delivery)

    return play


def large(ledger: Ledger) -> Delivery:
    """A contract whose milestones ask for a second witness."""
    return Delivery.begin(ledger, LARGE, witness=True)


def measured(ledger: Ledger) -> Delivery:
    """Twenty benches a milestone, paid by the piece."""
    return Delivery.begin(ledger, terms={"amounts": "measured"})


def accepted(ledger: Ledger) -> Delivery:
    """Half is accepted."""
    delivery = Delivery.begin(ledger)
    delivery.accept()
    return delivery


def invoiced(ledger: Ledger) -> Delivery:
    """Half is accepted and invoiced."""
    delivery = accepted(ledger)
    assert delivery.invoice() == ACCEPTED
    return delivery


def awaiting_witness(ledger: Ledger) -> Delivery:
    """A large half is accepted and invoiced."""
    delivery = large(ledger)
    delivery.accept()
    assert delivery.invoice() == ACCEPTED
    return delivery


def of_two_years(later: int) -> Stage:
    """Half is invoiced of a contract of which so much is next year's money."""

    def stage(ledger: Ledger) -> Delivery:
        delivery = Delivery.begin(ledger, later=later)
        delivery.accept()
        assert delivery.invoice() == ACCEPTED
        return delivery

    return stage


def with_advance(accepted_minor: int) -> Stage:
    """A fifth was taken in advance and is recovered after nine tenths; half is certified, so much of the rest invoiced."""

    def stage(ledger: Ledger) -> Delivery:
        delivery = Delivery.begin(ledger, terms={"advance_bp": 2_000, "recovery_span_bp": 1_000, "recovery_start_bp": 9_000})
        assert delivery.advance(PRICE // 5) == ACCEPTED
        delivery.deliver()
        delivery.accept("rest", "part", accepted=str(accepted_minor))
        assert delivery.invoice("rest") == ACCEPTED
        return delivery

    return stage


def evidence(milestone: str = "half", by: Signer = CONTRACTOR, **changes: Any) -> Act:
    return lambda delivery: delivery.evidence(milestone, by, **changes)


def inspect(outcome: str = "accept", milestone: str = "half", by: Signer = INSPECTOR, **changes: Any) -> Act:
    return lambda delivery: delivery.inspect(milestone, outcome, by, **changes)


def witness(finding: str = "confirm", by: Signer = WITNESS, **changes: Any) -> Act:
    return lambda delivery: delivery.witness(finding, by=by, **changes)


def invoice(milestone: str = "half", by: Signer = CONTRACTOR, **changes: Any) -> Act:
    return lambda delivery: delivery.invoice(milestone, by, **changes)


def certify(milestone: str = "half", by: Signer = CERTIFIER, **changes: Any) -> Act:
    return lambda delivery: delivery.certify(milestone, by, **changes)


def suspend(delivery: Delivery) -> str:
    arguments = {"act": "suspend", "contract": CONTRACT, "document": MINUTES, "ground": "weather"}
    return delivery.do("procurement.notify_contractor", arguments, OFFICER)


def resume(delivery: Delivery) -> str:
    arguments = {"act": "resume", "contract": CONTRACT, "document": MINUTES, "ground": "settled"}
    return delivery.do("procurement.notify_contractor", arguments, OFFICER)


def waiting_for_witness(seconds: int) -> Act:
    """Until so many seconds after the second witness's time."""

    def act(delivery: Delivery) -> str:
        delivery.wait_until(delivery.part("half", 1).witness_due + seconds)
        return ACCEPTED

    return act


def taken(seconds: int) -> Act:
    """Evidence that was taken so many seconds from now."""
    return lambda delivery: delivery.evidence(
        evidence=[{"document": PHOTO, "place": "ID-JK", "taken": delivery.ledger.time + seconds}])  # fmt: skip


def benches(count: int, item: str = ITEM) -> list[dict[str, str]]:
    """So many benches, in thousandths."""
    return [{"item": item, "quantity": str(count * 1_000)}]


def taxed(change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], act: Callable[..., str]) -> Act:
    """An invoice or a certificate whose tax lines are others."""
    return lambda delivery: act(delivery, taxes=change(delivery.due("half")["taxes"]))


def at_rate(rate_bp: int, reason: str | None) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """The first line at another rate, its amount with it."""

    return lambda lines: [rated(lines[0], rate_bp, reason), *lines[1:]]


def rated(line: dict[str, Any], rate_bp: int, reason: str | None) -> dict[str, Any]:
    """A line at another rate, its amount with it."""
    amount = int(line["base"]) * rate_bp // 10_000 // 100 * 100
    return line | {"amount": str(amount), "rate_bp": rate_bp} | ({"reason": reason} if reason else {})


def above_order(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines that together take more than there is."""
    return [rated(lines[0], 10_000, "other"), rated(lines[1], 1_101, "other")]


def with_amount(change_minor: int) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """The first line with another amount."""
    return lambda lines: [lines[0] | {"amount": str(int(lines[0]["amount"]) + change_minor)}, *lines[1:]]


def with_base(change_minor: int) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """The first line on another base."""
    return lambda lines: [lines[0] | {"base": str(int(lines[0]["base"]) + change_minor)}, *lines[1:]]


def another(name: str, change_minor: int) -> Act:
    """A certificate with another of its amounts."""
    return lambda delivery: delivery.certify("half", CERTIFIER, **{name: str(int(delivery.due("half")[name]) + change_minor)})


def controlled(organisation: str) -> Act:
    """The registrar attests who controls an organisation: of each, the same."""
    def act(delivery: Delivery) -> str:
        tag = {
            "from": delivery.ledger.time - 100 * DAY, "key_id": "tags-1", "organisation": organisation, "relation": "controller",
            "share_bp": 0, "tag": "bb" * 16,
        }  # fmt: skip
        return delivery.do("identity.attest_tag", tag, ("auditor-1/registrar", "identity.registrar"))

    return act


def decide(*signers: Signer, milestone: str = "half", decision: str = "lift", **changes: Any) -> Act:
    """The authority and an auditor about a doubt, or others."""
    arguments = {
        "about": "doubt", "contract": CONTRACT, "decision": decision, "document": MINUTES, "milestone": milestone, "reason": "settled",
    } | changes  # fmt: skip
    return lambda delivery: delivery.do("procurement.decide", arguments, *(signers or (AUTHORITY, AUDITOR)))


AUDITOR: Signer = ("auditor-1/auditor", "governance.auditor")
SECOND_INSPECTOR = signer("inspector-2", "inspector")
OTHER_CONTRACTOR: Signer = ("bidder-1/director", "procurement.contractor")

ALLOWED: dict[tuple[str, int], set[str]] = {
    ("procurement.submit_evidence", 0): {"procurement.contractor"},
    ("procurement.inspect", 0): {"procurement.inspector"},
    ("procurement.certify", 0): {"procurement.certifier"},
    ("procurement.witness", 0): {"procurement.witness"},
    ("procurement.file_invoice", 0): {"procurement.contractor"},
}

ROWS: dict[str, tuple[str, Play]] = {
    # procurement.33
    "evidence": (ACCEPTED, on(Delivery.begin, evidence())),
    "evidence of the second milestone first": (ACCEPTED, on(Delivery.begin, evidence("rest"))),
    "evidence by another firm": ("procurement.00.1", on(Delivery.begin, evidence(by=OTHER_CONTRACTOR))),
    "evidence for no contract": ("procurement.00.1", on(Delivery.begin, evidence(contract="contract-2"))),
    "evidence for no milestone": ("procurement.00.2", on(Delivery.begin, evidence("third"))),
    "evidence under a suspended contract": ("procurement.00.3", on(Delivery.begin, suspend, evidence())),
    "evidence once the contract goes on": (ACCEPTED, on(Delivery.begin, suspend, resume, evidence())),
    "evidence in a format that nobody reads": (
        "procurement.00.5", on(Delivery.begin, evidence(evidence=[{"document": SCAN, "place": "ID-JK", "taken": 1}]))),
    "evidence while other evidence waits": ("procurement.33.1", on(Delivery.begin, evidence(), evidence())),
    "evidence after a rejection": (ACCEPTED, on(Delivery.begin, evidence(), inspect("reject"), evidence())),
    "evidence of the rest": (
        ACCEPTED, on(Delivery.begin, evidence(), inspect("part", accepted=str(HALF - 100)), evidence())),
    "evidence of what is accepted": ("procurement.33.1", on(accepted, evidence())),
    "evidence with unpaid subcontractors": ("procurement.33.2", on(Delivery.begin, evidence(subcontractors_paid=False))),
    "evidence taken now": (ACCEPTED, on(Delivery.begin, taken(0))),
    "evidence taken tomorrow": ("procurement.33.3", on(Delivery.begin, taken(1))),
    # procurement.34
    "all is accepted": (ACCEPTED, on(Delivery.begin, evidence(), inspect())),
    "all is accepted, and the amount stated": (ACCEPTED, on(Delivery.begin, evidence(), inspect(accepted=str(HALF)))),
    "an inspection by another inspector": ("procurement.00.1", on(Delivery.begin, evidence(), inspect(by=SECOND_INSPECTOR))),
    "an inspection of nothing": ("procurement.00.2", on(Delivery.begin, inspect())),
    "an inspection twice": ("procurement.00.2", on(accepted, inspect())),
    "an inspection under a suspended contract": ("procurement.00.3", on(Delivery.begin, evidence(), suspend, inspect())),
    "minutes of an inspection that nobody reads": ("procurement.00.5", on(Delivery.begin, evidence(), inspect(document=SCAN))),
    "a rejection for no known reason": ("procurement.00.6", on(Delivery.begin, evidence(), inspect("reject", reason="mood"))),
    "an inspector of the contractor's group": (
        "procurement.34.1", on(Delivery.begin, evidence(), controlled("agency-1"), controlled("bidder-2"), inspect())),
    "an inspector who owns the contractor": ("procurement.34.1", on(Delivery.begin, evidence(), tie, inspect())),
    "a rejection without a reason": ("procurement.34.2", on(Delivery.begin, evidence(), inspect("reject", reason=None))),
    "a part without a reason for the rest": (
        "procurement.34.2", on(Delivery.begin, evidence(), inspect("part", accepted="100", reason=None))),
    "a reason to accept all": ("procurement.34.2", on(Delivery.begin, evidence(), inspect(reason="quality"))),
    "a rejection": (ACCEPTED, on(Delivery.begin, evidence(), inspect("reject"))),
    "a rejection of an amount": ("procurement.34.3", on(Delivery.begin, evidence(), inspect("reject", accepted="100"))),
    "all, but another amount": ("procurement.34.3", on(Delivery.begin, evidence(), inspect(accepted=str(HALF - 100)))),
    "the smallest part": (ACCEPTED, on(Delivery.begin, evidence(), inspect("part", accepted="100"))),
    "a part of nothing": ("procurement.34.3", on(Delivery.begin, evidence(), inspect("part", accepted="0"))),
    "a part that cannot be paid": ("procurement.34.3", on(Delivery.begin, evidence(), inspect("part", accepted="150"))),
    "a part that nobody states": ("procurement.34.3", on(Delivery.begin, evidence(), inspect("part"))),
    "all as a part": ("procurement.34.3", on(Delivery.begin, evidence(), inspect("part", accepted=str(HALF)))),
    "a part above the rest": (
        "procurement.34.3",
        on(Delivery.begin, evidence(), inspect("part", accepted=str(HALF - 100)), evidence(), inspect("part", accepted="200"))),
    "quantities of a lump sum": ("procurement.34.3", on(Delivery.begin, evidence(), inspect("part", quantities=benches(1)))),
    "measured quantities": (ACCEPTED, on(measured, evidence(), inspect("part", quantities=benches(19)))),
    "measured quantities and what they come to": (
        ACCEPTED, on(measured, evidence(), inspect("part", quantities=benches(19), accepted=str(19 * 7 * MILLION)))),
    "measured quantities and another amount": (
        "procurement.34.3", on(measured, evidence(), inspect("part", quantities=benches(19), accepted=str(19 * 7 * MILLION + 100)))),
    "all of the measured": (ACCEPTED, on(measured, evidence(), inspect())),
    "all measured quantities": (ACCEPTED, on(measured, evidence(), inspect(quantities=benches(20)))),
    "all measured quantities as a part": ("procurement.34.3", on(measured, evidence(), inspect("part", quantities=benches(20)))),
    "a part of the measured without quantities": ("procurement.34.3", on(measured, evidence(), inspect("part"))),
    "not all measured quantities": ("procurement.34.3", on(measured, evidence(), inspect(quantities=benches(19)))),
    "more than the milestone has": ("procurement.34.3", on(measured, evidence(), inspect("part", quantities=benches(21)))),
    "an item that the milestone does not have": (
        "procurement.34.3", on(measured, evidence(), inspect("part", quantities=benches(1, "chair")))),
    # procurement.35
    "a certificate": (ACCEPTED, on(invoiced, certify())),
    "a certificate by another certifier": ("procurement.00.1", on(invoiced, certify(by=signer("certifier-2", "certifier")))),
    "a certificate for no milestone": ("procurement.00.2", on(invoiced, certify(milestone="third"))),
    "a certificate's id twice": (
        "procurement.00.2",
        on(invoiced, certify(), evidence("rest"), inspect(milestone="rest"), invoice("rest"),
           certify("rest", certificate="certificate-1"))),
    "a certificate under a suspended contract": ("procurement.00.3", on(invoiced, suspend, certify())),
    "a certificate that nobody reads": ("procurement.00.5", on(invoiced, certify(document=SCAN))),
    "a certificate of what was not inspected": ("procurement.35.1", on(Delivery.begin, evidence(), certify())),
    "a certificate of what was rejected": ("procurement.35.1", on(Delivery.begin, evidence(), inspect("reject"), certify())),
    "a certificate twice": ("procurement.35.1", on(invoiced, certify(), certify())),
    "a certificate without an invoice": ("procurement.35.2", on(accepted, certify())),
    "a certificate of more than was accepted": ("procurement.35.2", on(invoiced, another("gross", 100))),
    "a certificate of less than was accepted": ("procurement.35.2", on(invoiced, another("gross", -100))),
    "a recovery of nothing": ("procurement.35.3", on(invoiced, another("recovery", 100))),
    "a retention too large": ("procurement.35.3", on(invoiced, another("retention", 100))),
    "a retention too small": ("procurement.35.3", on(invoiced, another("retention", -100))),
    "damages for no delay": ("procurement.35.3", on(invoiced, another("damages", 100))),
    "days for no delay": ("procurement.35.3", on(invoiced, certify(days=1))),
    "a certificate without taxes": ("procurement.35.4", on(invoiced, taxed(lambda lines: [], Delivery.certify))),
    "a tax less": ("procurement.35.4", on(invoiced, taxed(lambda lines: lines[1:], Delivery.certify))),
    "taxes in another order": ("procurement.35.4", on(invoiced, taxed(lambda lines: lines[::-1], Delivery.certify))),
    "a tax of another amount": ("procurement.35.4", on(invoiced, taxed(with_amount(-100), Delivery.certify))),
    "a tax on another base": ("procurement.35.4", on(invoiced, taxed(with_base(-100), Delivery.certify))),
    "another rate with a reason": (ACCEPTED, on(invoiced, taxed(at_rate(0, "certificate"), Delivery.certify))),
    "another rate without a reason": ("procurement.35.4", on(invoiced, taxed(at_rate(0, None), Delivery.certify))),
    "another rate for no known reason": ("procurement.35.4", on(invoiced, taxed(at_rate(0, "friendship"), Delivery.certify))),
    "a reason for the usual rate": ("procurement.35.4", on(invoiced, taxed(at_rate(150, "certificate"), Delivery.certify))),
    "taxes of all of the order": (ACCEPTED, on(invoiced, taxed(at_rate(10_000, "other"), Delivery.certify))),
    "taxes above the order": ("procurement.35.4", on(invoiced, taxed(above_order, Delivery.certify))),
    "a certificate that the witness confirmed": (ACCEPTED, on(awaiting_witness, witness(), certify())),
    "a certificate before the witness": ("procurement.35.5", on(awaiting_witness, certify())),
    "a certificate just before the witness's time is over": (
        "procurement.35.5", on(awaiting_witness, waiting_for_witness(-1), certify())),
    "a certificate when the witness's time is over": (ACCEPTED, on(awaiting_witness, waiting_for_witness(0), certify())),
    "a certificate while a doubt is open": (
        "procurement.35.5", on(awaiting_witness, witness("doubt"), waiting_for_witness(0), certify())),
    "a certificate confirmed, then doubted": ("procurement.35.5", on(awaiting_witness, witness(), witness("doubt"), certify())),
    "a certificate after a doubt was withdrawn": (
        ACCEPTED, on(awaiting_witness, witness("doubt"), witness("withdraw"), witness(), certify())),
    "a certificate after a withdrawal that confirms nothing": (
        "procurement.35.5", on(awaiting_witness, witness("doubt"), witness("withdraw"), certify())),
    "a certificate with the advance within the price": (ACCEPTED, on(with_advance(PRICE * 3 // 10), certify("rest"))),
    "a certificate with the advance above the price": ("procurement.35.6", on(with_advance(PRICE * 3 // 10 + 100), certify("rest"))),
    "a certificate that this year's money bears": (ACCEPTED, on(of_two_years(PRICE - HALF * 95 // 100), certify())),
    "a certificate that is partly next year's money": (
        "procurement.35.7", on(of_two_years(PRICE - HALF * 95 // 100 + 100), certify())),
    # procurement.47
    "a confirmation": (ACCEPTED, on(awaiting_witness, witness())),
    "a confirmation before the invoice": (ACCEPTED, on(large, evidence(), inspect(), witness())),
    "a confirmation under a suspended contract": (ACCEPTED, on(awaiting_witness, suspend, witness())),
    "a confirmation by another witness": (
        "procurement.00.1", on(lambda ledger: Delivery.begin(ledger, LARGE), evidence(), inspect(), witness())),
    "a confirmation for no milestone": ("procurement.00.2", on(awaiting_witness, witness(milestone="third"))),
    "a confirmation too late": (ACCEPTED, on(awaiting_witness, waiting_for_witness(0), witness())),
    "a doubt": (ACCEPTED, on(awaiting_witness, witness("doubt"))),
    "a doubt in the last second": (ACCEPTED, on(awaiting_witness, waiting_for_witness(-1), witness("doubt"))),
    "a doubt too late": ("procurement.00.4", on(awaiting_witness, waiting_for_witness(0), witness("doubt"))),
    "a withdrawal too late": (ACCEPTED, on(awaiting_witness, witness("doubt"), waiting_for_witness(0), witness("withdraw"))),
    "a doubt that nobody reads": ("procurement.00.5", on(awaiting_witness, witness("doubt", document=SCAN))),
    "a doubt for no known reason": ("procurement.00.6", on(awaiting_witness, witness("doubt", reason="mood"))),
    "a confirmation of what is not accepted": ("procurement.47.1", on(large, evidence(), witness())),
    "a confirmation of what is certified": ("procurement.47.1", on(awaiting_witness, witness(), certify(), witness())),
    "a confirmation of a small milestone": (
        "procurement.47.1", on(lambda ledger: Delivery.begin(ledger, ALMOST_LARGE, witness=True), evidence(), inspect(), witness())),
    "a witness of a group of its own": (ACCEPTED, on(awaiting_witness, controlled("citizens-1"), controlled("agency-2"), witness())),
    "a witness of the buyer's group": (
        "procurement.47.2", on(awaiting_witness, controlled("citizens-1"), controlled("agency-1"), witness())),
    "a witness of the contractor's group": (
        "procurement.47.2", on(awaiting_witness, controlled("citizens-1"), controlled("bidder-2"), witness())),
    "a doubt without evidence": ("procurement.47.3", on(awaiting_witness, witness("doubt", document=None))),
    "a doubt without a reason": ("procurement.47.3", on(awaiting_witness, witness("doubt", reason=None))),
    "a doubt while one is open": ("procurement.47.3", on(awaiting_witness, witness("doubt"), witness("doubt"))),
    "a confirmation with a reason": ("procurement.47.3", on(awaiting_witness, witness(reason="quality"))),
    "a confirmation twice": ("procurement.47.3", on(awaiting_witness, witness(), witness())),
    "a confirmation while a doubt is open": ("procurement.47.3", on(awaiting_witness, witness("doubt"), witness())),
    "a withdrawal of no doubt": ("procurement.47.3", on(awaiting_witness, witness("withdraw"))),
    "a second doubt": (ACCEPTED, on(awaiting_witness, witness("doubt"), witness("withdraw"), witness("doubt"))),
    # procurement.11, of a doubt
    "a doubt that is lifted": (ACCEPTED, on(awaiting_witness, witness("doubt"), decide())),
    "a doubt that is lifted by an auditor and the authority": (
        ACCEPTED, on(awaiting_witness, witness("doubt"), decide(AUDITOR, AUTHORITY))),
    "a certificate after a doubt was lifted": (
        ACCEPTED, on(awaiting_witness, witness("doubt"), waiting_for_witness(0), decide(), certify())),
    "a doubt lifted by the authority alone": ("procurement.00.1", on(awaiting_witness, witness("doubt"), decide(AUTHORITY))),
    "a doubt lifted by an auditor alone": ("procurement.00.1", on(awaiting_witness, witness("doubt"), decide(AUDITOR))),
    "a doubt lifted by another's authority": (
        "procurement.00.1", on(awaiting_witness, witness("doubt"), decide(("agency-2/authority", "procurement.authority"), AUDITOR))),
    "a doubt about no contract lifted": ("procurement.00.1", on(awaiting_witness, decide(contract="contract-2"))),
    "a doubt about no milestone lifted": ("procurement.00.2", on(awaiting_witness, decide(milestone="third"))),
    "a doubt lifted under a suspended contract": (ACCEPTED, on(awaiting_witness, witness("doubt"), suspend, decide())),
    "a doubt lifted by minutes that nobody reads": ("procurement.00.5", on(awaiting_witness, witness("doubt"), decide(document=SCAN))),
    "a doubt lifted for no known reason": ("procurement.00.6", on(awaiting_witness, witness("doubt"), decide(reason="mood"))),
    "no doubt lifted": ("procurement.11.1", on(awaiting_witness, decide())),
    "a doubt lifted that was withdrawn": ("procurement.11.1", on(awaiting_witness, witness("doubt"), witness("withdraw"), decide())),
    "a doubt kept": ("procurement.11.2", on(awaiting_witness, witness("doubt"), decide(decision="keep"))),
    # procurement.53
    "an invoice": (ACCEPTED, on(accepted, invoice())),
    "an invoice under a suspended contract": (ACCEPTED, on(accepted, suspend, invoice())),
    "an invoice by another firm": ("procurement.00.1", on(accepted, invoice(by=OTHER_CONTRACTOR))),
    "an invoice for no milestone": ("procurement.00.2", on(accepted, invoice("third"))),
    "an invoice's id twice": (
        "procurement.00.2",
        on(accepted, invoice(invoice="invoice-1"), evidence("rest"), inspect(milestone="rest"), invoice("rest", invoice="invoice-1"))),
    "an invoice that nobody reads": ("procurement.00.5", on(accepted, invoice(document=SCAN))),
    "an invoice for what is not accepted": ("procurement.53.1", on(Delivery.begin, evidence(), invoice())),
    "an invoice twice": ("procurement.53.1", on(accepted, invoice(), invoice(invoice="invoice-2"))),
    "an invoice for less": ("procurement.53.2", on(accepted, invoice(gross=str(HALF - 100)))),
    "an invoice for more": ("procurement.53.2", on(accepted, invoice(gross=str(HALF + 100)))),
    "an invoice without taxes": ("procurement.53.3", on(accepted, invoice(taxes=[]))),
    "an invoice with another tax": ("procurement.53.3", on(accepted, taxed(with_amount(100), Delivery.invoice))),
    "an invoice of a kind without taxes": (ACCEPTED, on(accepted, taxed(at_rate(0, "exempt"), Delivery.invoice))),
}  # fmt: skip

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.submit_evidence": (
        {
            "contract": CONTRACT, "evidence": [{"document": PHOTO, "place": "ID-JK", "taken": 1}], "milestone": "half",
            "subcontractors_paid": True,
        },
        (CONTRACTOR,),
    ),
    "procurement.inspect": (
        {
            "accepted": "1", "contract": CONTRACT, "document": MINUTES, "milestone": "half", "outcome": "part", "quantities": benches(1),
            "reason": "incomplete",
        },
        (INSPECTOR,),
    ),
    "procurement.certify": (
        {
            "certificate": "certificate-1", "contract": CONTRACT, "damages": "0", "days": 0, "document": MINUTES, "gross": "1",
            "milestone": "half", "recovery": "0", "retention": "0",
            "taxes": [{"amount": "0", "base": "0", "code": "ppn", "rate_bp": 0, "reason": "exempt"}],
        },
        (CERTIFIER,),
    ),
    "procurement.witness": (
        {"contract": CONTRACT, "document": MINUTES, "finding": "doubt", "milestone": "half", "reason": "quality"}, (WITNESS,)),
    "procurement.file_invoice": (
        {
            "contract": CONTRACT, "document": INVOICE, "gross": "1", "invoice": "invoice-1", "milestone": "half",
            "taxes": [{"amount": "0", "base": "0", "code": "ppn", "rate_bp": 0, "reason": "exempt"}],
        },
        (CONTRACTOR,),
    ),
}  # fmt: skip

# What may be left out.
MAY_BE_EMPTY = {
    (f"procurement.{action}", f"arguments.{name} {other}")
    for action, names in (
        ("certify", ("taxes.0.reason",)),
        ("file_invoice", ("taxes.0.reason",)),
        ("inspect", ("accepted", "quantities", "reason")),
        ("witness", ("document", "reason")),
    )
    for name in names
    for other in ("= null", "missing")
}
