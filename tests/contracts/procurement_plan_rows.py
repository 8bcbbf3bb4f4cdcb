"""Rows of plan lines (01, 02) for the tables that all contracts share, on a ledger made by ``selection.found``."""

from __future__ import annotations

from typing import Any

from tests.contracts.plays import Play, after, do
from tests.contracts.selection import AUTHORITY, BUYER, MILLION, MINUTES, OFFICER, PLAN, PROCESS, budget, plan
from tests.core.ledger import ACCEPTED, START, Signer

_OFFICES = {"procurement.authority", "procurement.officer"}
ALLOWED: dict[tuple[str, int], set[str]] = {
    ("procurement.announce_plan", 0): _OFFICES,
    ("procurement.announce_plan", 1): _OFFICES,
    ("procurement.change_plan", 0): _OFFICES,
    ("procurement.change_plan", 1): _OFFICES,
}
OTHERS_OFFICER: Signer = ("agency-2/officer", "procurement.officer")
SMALL = 120 * MILLION
HUGE = MINUTES | {"size": 33 * 2**20}


def money(line: str = "2026-parks", amount: int = 1_000 * MILLION, year: int = 2026, **changes: Any) -> Play:
    """A budget line of the buyer's, unless another unit is named."""
    action, arguments, signers = budget(line, amount, year)
    return do(action, arguments | changes, *signers)


def announce(*signers: Signer, **changes: Any) -> Play:
    amount = changes.pop("amount", 500 * MILLION)
    return do("procurement.announce_plan", plan(amount, **changes), *(signers or (OFFICER, AUTHORITY)))


def terms(amount: int = 500 * MILLION, **changes: Any) -> dict[str, Any]:
    """The whole of a plan line, as 02 restates it."""
    return {name: value for name, value in plan(amount, **changes).items() if name != "plan"}


def change(*signers: Signer, name: str = PLAN, reason: str = "scope", **changes: Any) -> Play:
    amount = changes.pop("amount", 500 * MILLION)
    arguments = {"changes": terms(amount, **changes), "plan": name, "reason": reason, "withdraw": False}
    return do("procurement.change_plan", arguments, *(signers or (OFFICER, AUTHORITY)))


def withdraw(name: str = PLAN, reason: str = "no_need") -> Play:
    return do("procurement.change_plan", {"plan": name, "reason": reason, "withdraw": True}, OFFICER, AUTHORITY)


def parts(*lines: tuple[str, int]) -> dict[str, Any]:
    total = sum(amount for _, amount in lines)
    return {"amount": total, "budgets": [{"amount": str(amount), "line": line} for line, amount in lines]}


def attest(ocid: str = PROCESS, release: str = "r1", **changes: Any) -> Play:
    """A release that the buyer attests, which publishes under any name, as from another system."""
    arguments = {
        "buyer": BUYER, "date": START, "document": MINUTES | {"media_type": "application/json"}, "ocid": ocid, "publisher": BUYER,
        "redaction_version": 1, "release_id": release, "suppliers": ["bidder-1"], "tag": ["award"],
    } | changes  # fmt: skip
    return do("procurement.attest_release", arguments, (f"{BUYER}/publisher", "procurement.publisher"))


PUBLISHES = do(
    "identity.register_publisher",
    {"licence": "https://creativecommons.org/licenses/by/4.0/", "ocid_prefixes": ["ocds-213czf"], "organisation": BUYER,
     "publication_policy": ""},
    ("auditor-1/registrar", "identity.registrar"),
)  # fmt: skip
SECOND_LINE = money("2027-parks", year=2027)
YEARS = parts(("2026-parks", 300 * MILLION), ("2027-parks", 200 * MILLION))

# Of two signers the second is another organisation's: admission leaves it to the contract that they are the actor's.
OTHERS_AUTHORITY: Signer = ("agency-2/authority", "procurement.authority")
EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.announce_plan": (plan(multi_year=MINUTES, split_reason="other"), (OFFICER, OTHERS_AUTHORITY)),
    "procurement.change_plan": (
        {"changes": terms(multi_year=MINUTES, split_reason="other"), "plan": PLAN, "reason": "no_need", "withdraw": False},
        (OFFICER, OTHERS_AUTHORITY),
    ),
}

# What may be left out.
MAY_BE_EMPTY = {
    (action, f"arguments.{within}{name} {other}")
    for action, within in (("procurement.announce_plan", ""), ("procurement.change_plan", "changes."))
    for name in ("multi_year", "split_reason")
    for other in ("= null", "missing")
}

ROWS: dict[str, tuple[str, Play]] = {
    # 45
    "a release of a process that runs here": ("procurement.45.4", after(PUBLISHES, money(), announce(), attest())),
    "a release of a process that runs elsewhere": (ACCEPTED, after(PUBLISHES, money(), announce(), attest(f"{PROCESS}-x"))),
    "a release whose ocid would be another key": (ACCEPTED, after(PUBLISHES, money(), announce(), attest(f"{PROCESS}/terms"))),
    # 01
    "a plan line under whose ocid releases were attested": ("procurement.00.2", after(PUBLISHES, money(), attest(), announce())),
    "a plan line": (ACCEPTED, after(money(), announce())),
    "a plan line, the authority first": (ACCEPTED, after(money(), announce(AUTHORITY, OFFICER))),
    "a plan line by two officers": ("procurement.00.1", after(money(), announce(OFFICER, OTHERS_OFFICER))),
    "a plan line with another house's authority": (
        "procurement.00.1", after(money(), announce(OFFICER, ("agency-2/authority", "procurement.authority")))),
    "a plan line again": ("procurement.00.2", after(money(), announce(), announce(title="Other benches"))),
    "a plan line that was withdrawn, again": ("procurement.00.2", after(money(), announce(), withdraw(), announce())),
    "an approval too large": ("procurement.00.5", after(money(), announce(multi_year=HUGE))),
    "a plan line of an unknown kind": ("procurement.00.6", after(money(), announce(kind="gifts"))),
    "a plan line by an unknown method": ("procurement.00.6", after(money(), announce(method="auction"))),
    "a plan line in an unknown currency": ("procurement.00.6", after(money(), announce(currency="XXX"))),
    "a split for an unknown reason": ("procurement.00.6", after(money(), announce(split_reason="haste"))),
    "no such budget line": ("procurement.01.1", announce()),
    "another unit's budget line": ("procurement.01.1", after(money(unit="agency-2"), announce())),
    "a budget line in another currency": ("procurement.01.1", after(money(currency="USD"), announce())),
    "two budget lines of a year": (
        "procurement.01.1", after(money(), money("2026-roads"), announce(**parts(("2026-parks", MILLION), ("2026-roads", MILLION))))),
    "all that is free": (ACCEPTED, after(money(), announce(amount=1_000 * MILLION))),
    "more than is free": ("procurement.01.2", after(money(), announce(amount=1_000 * MILLION + 1))),
    "direct at the limit": (ACCEPTED, after(money(), announce(amount=200 * MILLION, method="direct"))),
    "direct above the limit": ("procurement.01.3", after(money(), announce(amount=200 * MILLION + 1, method="direct"))),
    "works may be direct up to their own limit": (
        ACCEPTED, after(money(), announce(amount=400 * MILLION, kind="works", method="direct"))),
    "two small lines of a family, together under the limit": (
        ACCEPTED, after(money(), announce(amount=80 * MILLION), announce(amount=SMALL, plan="more"))),
    "two small lines of a family, together above the limit": (
        "procurement.01.4", after(money(), announce(amount=SMALL), announce(amount=SMALL, plan="more"))),
    "the same with the authority's reason": (
        ACCEPTED, after(money(), announce(amount=SMALL), announce(amount=SMALL, plan="more", split_reason="different_places"))),
    "the same in two families": (ACCEPTED, after(money(), announce(amount=SMALL), announce(amount=SMALL, plan="more", family="4511"))),
    "the same of two units": (ACCEPTED, after(money(), announce(amount=SMALL), announce(amount=SMALL, plan="more", unit="roads"))),
    "the same in two years": (ACCEPTED, after(
        money(), SECOND_LINE, announce(amount=SMALL), announce(plan="more", **parts(("2027-parks", SMALL))))),
    "a split does not hide behind another kind": (
        "procurement.01.4", after(money(), announce(amount=SMALL), announce(amount=SMALL, plan="more", kind="services"))),
    "a large line beside a small one": (ACCEPTED, after(money(), announce(amount=SMALL), announce(amount=SMALL * 2, plan="more"))),
    "a small line after one that was withdrawn": (
        ACCEPTED, after(money(), announce(amount=SMALL), withdraw(), announce(amount=SMALL, plan="more"))),
    "several years with an approval": (ACCEPTED, after(money(), SECOND_LINE, announce(**YEARS, multi_year=MINUTES))),
    "several years without": ("procurement.01.5", after(money(), SECOND_LINE, announce(**YEARS))),
    # 01, early
    "an early line, no budget standing": (ACCEPTED, announce(early=True)),
    "an early line above what is free": (ACCEPTED, after(money(), announce(early=True, amount=1_000 * MILLION + 1))),
    "an early direct one above the limit": ("procurement.01.3", announce(early=True, amount=200 * MILLION + 1, method="direct")),
    "an early line counts in its year": (
        "procurement.01.4", after(money(), announce(amount=SMALL, early=True), announce(amount=SMALL, plan="more"))),
    "an early line, no budget standing, counts in this year": (
        "procurement.01.4", after(announce(amount=SMALL, early=True), money(), announce(amount=SMALL, plan="more"))),
    "and in the next": ("procurement.01.4", after(
        announce(amount=SMALL, early=True), SECOND_LINE, announce(plan="more", **parts(("2027-parks", SMALL))))),
    "not in the one after": (ACCEPTED, after(
        announce(amount=SMALL, early=True), money("2028-parks", year=2028), announce(plan="more", **parts(("2028-parks", SMALL))))),
    # 02
    "a plan line is changed": (ACCEPTED, after(money(), announce(), change(title="Chairs"))),
    "a plan line is withdrawn": (ACCEPTED, after(money(), announce(), withdraw())),
    "a change by two officers": ("procurement.00.1", after(money(), announce(), change(OFFICER, OTHERS_OFFICER))),
    "a change of no plan line": ("procurement.00.1", after(money(), change())),
    "a change by another house": ("procurement.00.1", after(money(), announce(), change(
        ("agency-2/officer", "procurement.officer"), ("agency-2/authority", "procurement.authority")))),
    "a change of a line that was withdrawn": ("procurement.00.2", after(money(), announce(), withdraw(), change())),
    "withdrawn again": ("procurement.00.2", after(money(), announce(), withdraw(), withdraw())),
    "a changed approval too large": ("procurement.00.5", after(money(), announce(), change(multi_year=HUGE))),
    "a change for an unknown reason": ("procurement.00.6", after(money(), announce(), change(reason="mood"))),
    "withdrawn for an unknown reason": ("procurement.00.6", after(money(), announce(), withdraw(reason="mood"))),
    "changed to an unknown method": ("procurement.00.6", after(money(), announce(), change(method="auction"))),
    "changed to a line that is not there": ("procurement.02.2", after(money(), announce(), change(**parts(("2030-parks", MILLION))))),
    "changed to more than is free": ("procurement.02.3", after(money(), announce(), change(amount=1_000 * MILLION + 1))),
    "changed to direct": (ACCEPTED, after(money(), announce(), change(amount=SMALL, method="direct"))),
    "changed to direct above the limit": ("procurement.02.4", after(money(), announce(), change(method="direct"))),
    "changed to a split": (
        "procurement.02.5", after(money(), announce(amount=SMALL), announce(plan="more"), change(name="more", amount=SMALL))),
    "changed to a split with a reason": (ACCEPTED, after(
        money(), announce(amount=SMALL), announce(plan="more"), change(name="more", amount=SMALL, split_reason="different_skills"))),
    "a small line changed counts once": (ACCEPTED, after(money(), announce(amount=SMALL), change(amount=SMALL + MILLION))),
    "an early line becomes a plain one": (ACCEPTED, after(announce(amount=SMALL, early=True), money(), change(amount=SMALL))),
    "and counts in its year alone then": (ACCEPTED, after(
        announce(amount=SMALL, early=True), money(), SECOND_LINE, change(amount=SMALL),
        announce(plan="more", **parts(("2027-parks", SMALL))))),
    "an early line becomes a plain one, the money lacking": (
        "procurement.02.2", after(announce(early=True), change())),
    "changed to several years with an approval": (ACCEPTED, after(
        money(), SECOND_LINE, announce(), change(**YEARS, multi_year=MINUTES))),
    "changed to several years without": ("procurement.02.6", after(money(), SECOND_LINE, announce(), change(**YEARS))),
}  # fmt: skip
