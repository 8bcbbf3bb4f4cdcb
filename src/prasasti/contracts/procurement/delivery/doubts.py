"""The second witness (47): when one is asked, until when, and how a doubt begins and ends.

A doubt holds its milestone's certificate until the witness withdraws it or the authority and an auditor lift it (11).
"""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.agreement.records import AgreementRecord
from prasasti.contracts.procurement.delivery.progress import (
    compute_contract_term,
    find_figures_time,
    find_milestone,
    get_milestone,
)
from prasasti.contracts.procurement.delivery.records import DoubtRecord, doubt_key, milestone_key
from prasasti.contracts.procurement.parameters import read_amount
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount, require

BY_WITNESS, BY_AUTHORITY = "witness", "authority"


def is_witness_asked(view: View, agreement: AgreementRecord, milestone: str) -> bool:
    """Whether a milestone is so large that a second witness is to look at it, whether or not anybody has that seat."""
    amount_minor = parse_amount(require(find_milestone(view, agreement.contract, milestone), milestone).amount)
    return amount_minor >= read_amount(view, agreement.kind, "witness_from", find_figures_time(view, agreement))


def compute_witness_due(view: View, call: Call, agreement: AgreementRecord, milestone: str) -> int:
    """Until when a certificate waits for the witness, from now on; 0 where none is asked."""
    return compute_contract_term(view, call.time, agreement, "witness_due") if is_witness_asked(view, agreement, milestone) else 0


def is_doubted(view: View, contract: str, milestone: str) -> bool:
    """Whether a doubt about a milestone is open."""
    return get_milestone(view, contract, milestone).doubt > 0


def lift_doubt(draft: Draft, call: Call, contract: str, milestone: str, lifted_by: str) -> int:
    """The open doubt ends; its number. Needs ``is_doubted``."""
    record = get_milestone(draft, contract, milestone)
    key = doubt_key(contract, milestone, record.doubt)
    doubt = require(draft.get(key, DoubtRecord), key)
    draft.put(key, replace(doubt, lifted=call.time, lifted_by=lifted_by))
    draft.put(milestone_key(contract, milestone), replace(record, doubt=0))
    return doubt.number
