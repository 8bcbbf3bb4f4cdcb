"""The bond of an appeal (23): whether one is asked, and which guarantee confirms it.

Owns that a guarantee stands for one appeal alone. What it must come to, and what becomes of it, is with ``agreement.guarantees``.
"""

from __future__ import annotations

from prasasti.contracts.procurement.agreement.guarantees import (
    compute_least_minor,
    compute_least_until,
    find_guarantee,
    is_in_force,
    is_suspended,
)
from prasasti.contracts.procurement.agreement.records import APPEAL
from prasasti.contracts.procurement.award.records import BondRecord, ComplaintRecord, bond_key
from prasasti.contracts.procurement.process import get_process
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount


def compute_bond_minor(view: View, process: str, complaint: ComplaintRecord) -> int:
    """What an appeal's bond must come to at least, minor units; nothing where the committee did not answer (22)."""
    return compute_least_minor(view, APPEAL, process, complaint.lot, "") if complaint.answered else 0


def is_bond_fit(view: View, call: Call, complaint: ComplaintRecord) -> bool:
    """23.4: where a bond is asked, a guarantee for this lot stands for it; where none is asked, none is named."""
    process, bond = call.arguments.process, call.arguments.bond
    needed_minor = compute_bond_minor(view, process, complaint)
    if not needed_minor or bond is None:
        return not needed_minor and bond is None
    guarantee = find_guarantee(view, bond)
    if guarantee is None or view.get(bond_key(bond), BondRecord) is not None:
        return False
    is_for_this = (guarantee.obligation, guarantee.process, guarantee.lot) == (APPEAL, process, complaint.lot)
    are_parties = (guarantee.principal, guarantee.beneficiary) == (complaint.bidder, get_process(view, process).buyer)
    if not (is_for_this and are_parties and is_in_force(view, guarantee, call.time) and not is_suspended(view, guarantee.guarantor)):
        return False
    least_until = compute_least_until(view, call, APPEAL, process, "")
    return parse_amount(guarantee.amount) >= needed_minor and guarantee.start <= call.time and guarantee.until >= least_until
