"""Numbered refusals of delivery. Stable for ever; RULES.md explains each."""

from __future__ import annotations

from prasasti.core.contract import Rejection

MILESTONE_NOT_OPEN = Rejection(
    "procurement.33.1", "the milestone is delivered in full, awaits an inspection, or too much of it is accepted and not certified"
)
SUBCONTRACTORS_UNPAID = Rejection("procurement.33.2", "the contractor does not declare that its subcontractors are paid")
EVIDENCE_UNTIMELY = Rejection("procurement.33.3", "evidence is said to be taken later than now")
INSPECTOR_NOT_APART = Rejection("procurement.34.1", "the inspector certifies as well, or belongs with the contractor")
FINDING_WITHOUT_REASON = Rejection("procurement.34.2", "what is not accepted has no reason, or what is accepted has one")
ACCEPTED_UNFIT = Rejection(
    "procurement.34.3", "what is accepted is not what the outcome says, or nothing, or more than the milestone has left"
)
NOT_ACCEPTED_CERTIFIED = Rejection("procurement.35.1", "no inspector accepted anything of the milestone that is not certified")
INVOICE_MISSING = Rejection("procurement.35.2", "no invoice asks for what was accepted, or the certificate is for another amount")
AMOUNTS_DIFFER = Rejection("procurement.35.3", "recovery, retention, damages or days are not what the contract's terms make of them")
TAXES_DIFFER = Rejection("procurement.35.4", "the tax lines are not those of the contract's kind, or take more than the order")
NOT_WITNESSED = Rejection("procurement.35.5", "the second witness has not confirmed and still has time, or a doubt is open")
ABOVE_PRICE = Rejection("procurement.35.6", "certified and unrecovered advance together would be above the price")
BUDGET_SHORT = Rejection(
    "procurement.35.7",
    "the budget lines of this year, and what earlier ones left, do not bear the order, or an advance that came back is to be paid first",
)
NOT_ACCEPTED_WITNESSED = Rejection("procurement.47.1", "nothing of the milestone is accepted for which a second witness is asked")
WITNESS_NOT_APART = Rejection("procurement.47.2", "the witness belongs with the contractor or the buyer, or is the inspector")
WITNESSING_UNFIT = Rejection(
    "procurement.47.3", "the finding does not fit those before, or a doubt has no reason or evidence"
)
NOT_ACCEPTED_INVOICED = Rejection("procurement.53.1", "nothing of the milestone is accepted that has no invoice yet")
INVOICE_DIFFERS = Rejection("procurement.53.2", "the invoice is for another amount than what was accepted")
INVOICE_TAXES_DIFFER = Rejection("procurement.53.3", "the tax lines of the invoice are not those of the contract's kind")
