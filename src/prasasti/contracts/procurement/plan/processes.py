"""The processes that a plan line brought forth, and what became of their lots.

Owns how a plan line's processes are named and which of its lots still bind something. A line has at most 99 processes, and
what is asked here reads each of their lots.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from prasasti.contracts.procurement.agreement.records import (
    ENDED,
    LAPSED,
    AgreementRecord,
    CommunityRecord,
    agreement_key,
    community_key,
)
from prasasti.contracts.procurement.award.records import AwardRecord, award_key
from prasasti.contracts.procurement.parameters import read_code
from prasasti.contracts.procurement.plan.records import PlanRecord
from prasasti.contracts.procurement.process import CANCELLED, FAILED, LotRecord, get_lot, get_process, plan_key
from prasasti.contracts.treasury.budgets import find_line
from prasasti.core.contract import View
from prasasti.core.types import require

MAX_PROCESSES = 99
# The second one's name ends in -2: no other line's first one may have that name.
RETENDERS = tuple(str(number) for number in range(2, MAX_PROCESSES + 1))
# Grounds of failure that say nothing of the market (27): trustees did not open, stores lost a file.
LEDGERS_OWN = ("j", "k")


def compute_ocid(view: View, plan: str, number: int, time: int) -> str:
    """The ocid of a plan line's n-th process, from 1; a retender's ends in its number (procurement: Native processes)."""
    ocid = f"{read_code(view, 'ocid_prefix', time)}-{plan}"
    return ocid if number == 1 else f"{ocid}-{number}"


def get_plan(view: View, plan: str) -> PlanRecord:
    """A plan line that is there."""
    return require(view.get(plan_key(plan), PlanRecord), plan)


def are_buyers_lines(view: View, buyer: str, currency: str, names: Iterable[str]) -> bool:
    """Whether budget lines stand, in a currency, and are the buyer's to spend: its own, or set for it by a treasury.

    Of an early plan nobody asked that before: whoever reserves for one does (25).
    """
    lines = [find_line(view, name) for name in names]
    return all(line is not None and buyer in (line.organisation, line.unit) and line.currency == currency for line in lines)


def list_processes(view: View, plan: str, record: PlanRecord) -> list[str]:
    """Ids of a plan line's processes, the first one first."""
    return [compute_ocid(view, plan, number, record.announced) for number in range(1, record.processes + 1)]


def list_plan_lots(view: View, plan: str, record: PlanRecord) -> Iterator[LotRecord]:
    """Lots of every process of a plan line, the first process's first."""
    for process in list_processes(view, plan, record):
        for lot in get_process(view, process).lots:
            yield get_lot(view, process, lot)


def find_latest(view: View, plan: str, record: PlanRecord) -> dict[str, LotRecord]:
    """Every lot of a plan line as it stands in the latest process that has it."""
    return {lot.lot: lot for lot in list_plan_lots(view, plan, record)}


def count_failures(view: View, plan: str) -> Counter[str]:
    """In how many processes of a plan line each lot failed for good; a failed opening or a lost file is not the market's failure."""
    lots = list_plan_lots(view, plan, get_plan(view, plan))
    return Counter(lot.lot for lot in lots if lot.state == FAILED and lot.final and lot.failure not in LEDGERS_OWN)


def find_community_contract(view: View, plan: str) -> AgreementRecord | None:
    """The community's contract that takes up a plan line, drafted or signed; None where none does."""
    record = view.get(community_key(plan), CommunityRecord)
    agreement = view.get(agreement_key(record.contract), AgreementRecord) if record is not None else None
    return agreement if agreement is not None and agreement.state != LAPSED else None


def is_free_of_communities(view: View, plan: str) -> bool:
    """Whether no community's contract takes up a plan line: none was drafted, it lapsed, or it ended before it was fulfilled."""
    agreement = find_community_contract(view, plan)
    return agreement is None or agreement.state == ENDED


def is_over(view: View, lot: LotRecord) -> bool:
    """Whether a lot binds nothing any more: cancelled, failed and final, or its contract ended."""
    return lot.state == CANCELLED or (lot.state == FAILED and lot.final) or is_contract_ended(view, lot)


def is_contract_ended(view: View, lot: LotRecord) -> bool:
    """Whether a lot's contract was signed and ended before it was fulfilled."""
    award = view.get(award_key(lot.process, lot.lot, lot.award), AwardRecord) if lot.award else None
    contract = view.get(agreement_key(award.contract), AgreementRecord) if award is not None and award.contract else None
    return contract is not None and contract.state == ENDED
