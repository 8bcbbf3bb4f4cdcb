"""Events of amendments, notices, ends and acceptance. Orders and what they withhold tell themselves."""

from __future__ import annotations

from prasasti.core.types import Event


class ContractAmended(Event, frozen=True, tag="procurement.contract_amended"):
    """The contract is another: its price changed by an amount, which may be less than 0. ``number``: the amendment's place."""

    amendment: str
    change: str
    contract: str
    number: int
    price: str


class ContractorNotified(Event, frozen=True, tag="procurement.contractor_notified"):
    """The officer told the contractor something (38). ``moved_seconds`` is by how much due dates have moved; ``until`` 0 without."""

    act: str
    contract: str
    ground: str
    moved_seconds: int
    until: int


class ContractEnded(Event, frozen=True, tag="procurement.contract_ended"):
    """The contract was terminated; ``freed`` of its commitment is free for others."""

    contract: str
    freed: str
    ground: str


class ContractSettled(Event, frozen=True, tag="procurement.contract_settled"):
    """Nothing is paid under the contract any more: ``order`` ("" for nothing) gives back the retention, less what was open; what of
    that the retention did not reach is owed to the treasury; ``freed`` of the commitment is free."""

    advance_owed: str
    contract: str
    damages_owed: str
    freed: str
    order: str


class ContractHandedOver(Event, frozen=True, tag="procurement.contract_handed_over"):
    """All was delivered; the time for defects runs until a time. ``order`` ("" for none) gives back a part of the retention."""

    contract: str
    defects_until: int
    order: str


class DefectNoted(Event, frozen=True, tag="procurement.defect_noted"):
    """Something is to be mended within the time for defects. ``number``: its place among the contract's notices."""

    contract: str
    number: int


class ContractCompleted(Event, frozen=True, tag="procurement.contract_completed"):
    """What was delivered is accepted for good."""

    contract: str
