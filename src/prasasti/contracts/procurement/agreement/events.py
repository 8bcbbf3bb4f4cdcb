"""Events of contracts and guarantees."""

from __future__ import annotations

from prasasti.core.types import Event


class ContractDrafted(Event, frozen=True, tag="procurement.contract_drafted"):
    """A contract waits for the signature of each party, until a time; 0 where its award is not active yet."""

    contract: str
    process: str
    signing_ends: int


class ContractSigned(Event, frozen=True, tag="procurement.contract_signed"):
    """A party signed; ``missing`` have not yet."""

    contract: str
    missing: int
    organisation: str


class ContractActive(Event, frozen=True, tag="procurement.contract_active"):
    """Every party signed: the contract stands, its money is committed. ``number``: its place in the supplier's list."""

    contract: str
    number: int
    price: str


class ContractLapsed(Event, frozen=True, tag="procurement.contract_lapsed"):
    """Not every party signed in time."""

    contract: str


class GuaranteeRegistered(Event, frozen=True, tag="procurement.guarantee_registered"):
    """A guarantee stands."""

    amount: str
    guarantee: str
    obligation: str
    until: int


class GuaranteeReleased(Event, frozen=True, tag="procurement.guarantee_released"):
    """A guarantee is over."""

    guarantee: str


class GuaranteeCalled(Event, frozen=True, tag="procurement.guarantee_called"):
    """The beneficiary demands an amount of a guarantee; the guarantor has until a time to pay."""

    amount: str
    due: int
    guarantee: str


class GuarantorSuspended(Event, frozen=True, tag="procurement.guarantor_suspended"):
    """A guarantor did not pay what was called in time: it gives no guarantee any more."""

    guarantee: str
    guarantor: str
