"""What somebody found: an inspector's quantities or amount (34), an auditor's sample (54)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from prasasti.contracts.draws import AUDIT, compute_draw
from prasasti.contracts.procurement.change.terms import MEASURED
from prasasti.contracts.procurement.delivery.inspection import compute_accepted
from prasasti.contracts.procurement.delivery.progress import get_contract_terms, get_milestone
from prasasti.contracts.procurement.delivery.records import REJECT
from prasasti.contracts.procurement.reports.checks import count_listed
from prasasti.contracts.procurement.reports.messages import MAX_DRAWN
from prasasti.core.contract import Call, View
from prasasti.core.types import parse_amount
from prasasti.services.delivering.lines import Drafted, Line, read_quantity, require_milestone, spell_quantity
from prasasti.services.submitting import DraftProblem

_list_name = re.compile(r"[a-z_]{1,32}/[a-z_]{1,32}/[A-Za-z0-9._:-]{1,128}", re.ASCII)
_hash = re.compile(r"[0-9a-f]{64}", re.ASCII)


def draft_quantities(view: View, contract: str, milestone: str, quantities: Mapping[str, str]) -> dict[str, Any]:
    """Accepted quantities by item, as people write them, as the message has them; DraftProblem for a contract that is not measured, or
    an item that the milestone has not."""
    terms, known = require_milestone(view, contract, milestone), read_basis(view, contract)
    if not quantities:
        return {}
    if known != MEASURED:
        raise DraftProblem(f"the contract {contract} is a lump sum: a part of it is accepted with --accepted; nothing was signed")
    items = dict(terms.items)
    for item in quantities:
        if not read_quantity(quantities[item], item):
            raise DraftProblem(f"{item}: nothing of it is accepted, so leave it out; nothing was signed")
        if item not in items:
            raise DraftProblem(f"the milestone {milestone} has no item {item}: {', '.join(sorted(items))}; nothing was signed")
    listed = [{"item": item, "quantity": str(read_quantity(text, item))} for item, text in sorted(quantities.items())]
    return {"quantities": listed}


def read_basis(view: View, contract: str) -> str:
    """How a contract's amounts are reckoned: a lump sum, or measured."""
    return get_contract_terms(view, contract).terms.amounts


def tell_inspection(view: View, call: Call) -> list[Line]:
    """What an inspection accepts, how that is reckoned and what is left; nothing where the rules would refuse it. Needs a milestone."""
    arguments = call.arguments
    terms, record = require_milestone(view, arguments.contract, arguments.milestone), get_milestone(
        view, arguments.contract, arguments.milestone
    )  # fmt: skip
    accepted = compute_accepted(view, call)
    if accepted is None:
        return []
    before_minor, amount_minor = parse_amount(record.accepted), parse_amount(terms.amount)
    prices, whole = dict(get_contract_terms(view, arguments.contract).bill), dict(terms.items)
    is_measured = read_basis(view, arguments.contract) == MEASURED and arguments.outcome != REJECT
    told = [
        Line(
            "measured", {"item": item, "quantity": spell_quantity(quantity), "whole": spell_quantity(int(whole[item]))},
            {"unit_price": parse_amount(prices[item])},
        )
        for item, quantity in sorted(accepted.quantities.items())
        if is_measured
    ]  # fmt: skip
    amounts = {
        "accepted": accepted.amount_minor, "before": before_minor, "amount": amount_minor,
        "left": amount_minor - before_minor - accepted.amount_minor,
    }  # fmt: skip
    return [*told, Line("accepted", {"milestone": arguments.milestone}, amounts)]


def draft_sample(view: View, name: str, log_root: str, units: int | None, count: int) -> Drafted:
    """The numbers that a log root draws of a list (54); DraftProblem."""
    if not _list_name.fullmatch(name):
        raise DraftProblem(f"{name} is no list's name, such as procurement/contracts/supplier-1; nothing was signed")
    if not _hash.fullmatch(log_root):
        raise DraftProblem("the root of the log is 64 hexadecimal digits, those of a checkpoint; nothing was signed")
    length = units or count_listed(view, name)
    if not 1 <= count <= min(length, MAX_DRAWN):
        raise DraftProblem(f"of {name}, which has {length} entries, 1 to {min(length, MAX_DRAWN)} can be drawn; nothing was signed")
    drawn = compute_draw(AUDIT, sha256(name.encode()).digest(), bytes.fromhex(log_root), length, count)
    return Drafted({"drawn": drawn}, [Line("drawn", {"count": count, "units": length, "numbers": ", ".join(map(str, drawn))})])
