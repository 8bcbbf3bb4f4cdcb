"""What a training ledger's agency buys, and the arguments in which it says so: park benches, in lots.

Owns figures and texts of the purchases that are played; acts on nothing. Who plays changes an argument by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.core.parameters import Value
from prasasti.services.scenarios.stage import BUYER

Document = Callable[[str], dict[str, Any]]

TREASURY, BANK = "treasury-1", "bank-1"
OCID_PREFIX = "ocds-train1"
LINE = "city-parks"
FIRMS = ("bench-maker-1", "bench-maker-2", "bench-maker-3")
COMMITTEE = ("committee-1", "committee-2", "committee-3")
TRUSTEES = ("auditor-1", "citizens-1", "operator-1")
FIVE_TRUSTEES = (*TRUSTEES, "trustees-1", "trustees-2")
STORES = ("auditor-1", "citizens-1")
CRITERIA = ("material", "warranty")
REQUIREMENT = "licence"
OFFICER = f"{BUYER}-officer"
# Who looks beside the inspector, where an order asks for somebody.
WITNESS = {"handle": "citizens-1-witness", "organisation": "citizens-1"}
MILLION = 100_000_000  # rupiah, in sen
BENCHES = 40
# Days from the request to its deadline, by the profile whose law sets the least.
DAYS_TO_PROPOSE = {"indonesia": 14, "generic": 60}
TERMS = {
    "advance_bp": 0, "amounts": "lump_sum", "bid_bp": 0, "damages_cap_bp": 500, "damages_on": "part", "defects_days": 180,
    "performance_bp": 500, "recovery_span_bp": 10_000, "recovery_start_bp": 0, "retention": "each", "retention_bp": 500,
}  # fmt: skip


def make_parameters(profile: str = "indonesia", **others: Value) -> dict[str, Value]:
    """What the genesis of a training ledger names for purchases of this kind, and ``others``."""
    return {"governance.profile": profile, "procurement.ocid_prefix": OCID_PREFIX, **others}


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase: its plan line, ``lots`` with their estimate in millions, which is their ceiling too, and how it is decided.

    ``rated``: by quality and price, else by the lowest price. ``witnessed``: a citizen looks beside the inspector.
    """

    plan: str = "park-benches"
    title: str = "Benches for the city's parks"
    kind: str = "goods"
    lots: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({"central": 300}))
    rated: bool = False
    trustees: tuple[str, ...] = TRUSTEES
    alternates: tuple[str, ...] = ("alternate-1",)
    witnessed: bool = False

    @property
    def process(self) -> str:
        """The ocid of its first process."""
        return f"{OCID_PREFIX}-{self.plan}"

    @property
    def millions(self) -> int:
        """The estimates together."""
        return sum(self.lots.values())


def person(handle: str) -> dict[str, str]:
    """Somebody of the buyer's."""
    return {"handle": handle, "organisation": BUYER}


def name_item(lot: str) -> str:
    """What a lot is of."""
    return f"bench-{lot}"


def describe_plan(order: Order) -> dict[str, Any]:
    """Arguments of 01."""
    amount = str(order.millions * MILLION)
    return {
        "budgets": [{"amount": amount, "line": LINE}], "currency": "IDR", "early": False, "estimate": amount, "family": "5610",
        "kind": order.kind, "method": "open", "plan": order.plan, "title": order.title, "unit": "parks",
    }  # fmt: skip


def describe_terms(order: Order, trustees: list[dict[str, str]], now: int, profile: str, document: Document) -> dict[str, Any]:
    """What 03 says, and 06 says anew, of a request that is published at ``now``; ``trustees`` with their keys."""
    deadline = now + DAYS_TO_PROPOSE[profile] * DAY_SECONDS
    return {
        "criteria": [
            {"id": name, "title": title, "weight_bp": weight_bp}
            for name, title, weight_bp in zip(CRITERIA, ("Material and finish", "Warranty and repair"), (6_000, 4_000), strict=True)
            if order.rated
        ],
        "deadline": deadline,
        "documents": [
            {"document": document(f"{what.lower()}: {order.plan}"), "title": what}
            for what in ("Request for proposals", "Draft of the contract")
        ],
        "estimate_date": now - DAY_SECONDS,
        "files": "one",
        "lots": [_describe_lot(lot, millions, is_reserved=profile == "indonesia") for lot, millions in order.lots.items()],
        "opening": deadline + 3_600,
        "preference_bp": 0,
        "qualification": False,
        "question_end": now + 7 * DAY_SECONDS,
        "requirements": [{"id": REQUIREMENT, "stage": "qualification", "title": "Licence to trade"}],
        "seats": {
            "alternates": [person(each) for each in order.alternates],
            "certifier": person("certifier"),
            "committee": [person(each) for each in COMMITTEE],
            "inspector": person("inspector"),
            "officer": person(OFFICER),
            **({"witness": WITNESS} if order.witnessed else {}),
        },
        "selection": "rated" if order.rated else "price_only",
        "t": len(trustees) // 2 + 1,
        "technical_bp": 7_000 if order.rated else 0,
        "terms": TERMS,
        "threshold": 600_000 if order.rated else 0,
        "tkdn_minimum_bp": 0,
        "trustees": trustees,
        "valid_until": now + 200 * DAY_SECONDS,
    }  # fmt: skip


def _describe_lot(lot: str, millions: int, *, is_reserved: bool) -> dict[str, Any]:
    return {
        "ceiling": [{"amount": str(millions * MILLION), "line": LINE}],
        "estimate": str(millions * MILLION),
        "items": [
            {
                "class": "56101600", "id": name_item(lot), "quantity": str(BENCHES * 1_000), "scheme": "UNSPSC", "title": "Park bench",
                "unit": "piece",
            }
        ],
        "lot": lot,
        "milestones": [
            {"days": 45, "id": "first", "share_bp": 5_000, "title": "Twenty benches in place"},
            {"days": 90, "id": "second", "share_bp": 5_000, "title": "Forty benches in place"},
        ],
        "reserved": is_reserved,
        "title": f"Park benches, {lot}",
    }  # fmt: skip


def describe_contract(process: str, lot: str, award: str, contract: str, price_minor: int, now: int, document: Document) -> dict[str, Any]:
    """Arguments of 28, at the award's price, in two milestones of a half each."""
    half = price_minor // 2
    return {
        "award": award,
        "bill": [{"item": name_item(lot), "unit_price": str(price_minor // BENCHES)}],
        "contract": contract,
        "document": document(f"contract {contract}"),
        "lot": lot,
        "milestones": [
            {"amount": str(amount), "due": now + days * DAY_SECONDS, "id": name, "items": [], "title": f"Milestone {name}"}
            for name, amount, days in (("first", half, 45), ("second", price_minor - half, 90))
        ],
        "price": str(price_minor),
        "process": process,
        "terms": TERMS,
        "years": [{"amount": str(price_minor), "line": LINE}],
    }
