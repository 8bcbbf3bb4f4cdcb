"""The arithmetic of a contract's money, written a second time: what ``explain`` computes amounts due with.

Owns plain formulas over numbers (procurement-lifecycle, 4: Money). Imports no rule of a contract. Money in minor units, shares and
rates in basis points; ``unit`` is the least amount that is paid, to which all is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple

DAY_SECONDS = 86_400
LONGEST_REFERENCE = 35


class Agreed(NamedTuple):
    """What a contract's terms and the parameters say; ``retention_bp`` is 0 where a guarantee stands for it."""

    recovery_start_bp: int
    recovery_span_bp: int
    retention_bp: int
    damages_cap_bp: int
    damages_bp: int
    vat_bp: int
    unit_minor: int


class Account(NamedTuple):
    """A contract's sums so far: ``advance`` was asked for, of it ``live`` is paid or on its way."""

    price_minor: int
    certified_minor: int = 0
    advance_minor: int = 0
    live_minor: int = 0
    recovered_minor: int = 0
    retained_minor: int = 0
    released_minor: int = 0
    damages_minor: int = 0
    damages_taken_minor: int = 0


class Certified(NamedTuple):
    """What a certificate takes of its gross; ``recovered``, ``retained`` are what is taken in all by then."""

    recovered_minor: int
    recovery_minor: int
    retained_minor: int
    retention_minor: int
    damages_minor: int
    order_minor: int


class Released(NamedTuple):
    """What giving back a retention takes of it, and what of advance and damages it does not reach."""

    advance_minor: int
    damages_minor: int
    order_minor: int
    advance_owed_minor: int
    damages_owed_minor: int


def round_down(amount_minor: int, unit_minor: int) -> int:
    """To the unit below."""
    return amount_minor - amount_minor % unit_minor


def share(amount_minor: int, part: int, whole: int, unit_minor: int) -> int:
    """part / whole of an amount, to the nearest unit, a half upwards."""
    return (2 * amount_minor * part + whole * unit_minor) // (2 * whole * unit_minor) * unit_minor


def compute_net(amount_minor: int, agreed: Agreed) -> int:
    """An amount without the value-added tax that is in it: what taxes and damages are reckoned on."""
    return round_down(10_000 * amount_minor // (10_000 + agreed.vat_bp), agreed.unit_minor)


def compute_rate(base_minor: int, rate_bp: int, unit_minor: int) -> int:
    """A tax, rounded down."""
    return round_down(base_minor * rate_bp // 10_000, unit_minor)


def compute_delay_damages(account: Account, agreed: Agreed, base_minor: int, days: int) -> int:
    """Of so many days on a base, up to what the cap leaves over the whole contract."""
    asked_minor = compute_rate(compute_net(base_minor, agreed), days * agreed.damages_bp, agreed.unit_minor)
    cap_minor = compute_rate(account.price_minor, agreed.damages_cap_bp, agreed.unit_minor)
    return max(0, min(asked_minor, cap_minor - account.damages_minor))


def compute_rest(account: Account, agreed: Agreed, gross_minor: int) -> int:
    """What recovery and retention leave of a gross: what its taxes are in."""
    certified = compute_certified(account, agreed, gross_minor, 0, 0)
    return gross_minor - certified.recovery_minor - certified.retention_minor


def compute_certified(account: Account, agreed: Agreed, gross_minor: int, damages_minor: int, taxes_minor: int) -> Certified:
    """Recovery, then retention, then damages, each of what is left; damages leave the taxes."""
    reached_minor = account.certified_minor + gross_minor
    recovered_minor = _recover(account, agreed, reached_minor)
    recovery_minor = min(recovered_minor - account.recovered_minor, gross_minor)
    # Only an advance that came back, some of it, makes what was recovered of it go out again.
    if recovery_minor < 0 and account.live_minor >= account.advance_minor:
        recovery_minor = 0
    retained_minor = share(reached_minor, agreed.retention_bp, 10_000, agreed.unit_minor)
    retention_minor = min(max(retained_minor - account.retained_minor, 0), gross_minor - recovery_minor)
    rest_minor = gross_minor - recovery_minor - retention_minor
    open_minor = account.damages_minor + damages_minor - account.damages_taken_minor
    taken_minor = min(open_minor, max(rest_minor - taxes_minor, 0))
    return Certified(recovered_minor, recovery_minor, retained_minor, retention_minor, taken_minor, rest_minor - taken_minor)


def compute_released(account: Account, held_minor: int, taxes_minor: int) -> Released:
    """The advance that is not recovered first, then damages, which leave the taxes; the rest is ordered."""
    unrecovered_minor = max(account.live_minor - account.recovered_minor, 0)
    advance_minor = min(unrecovered_minor, held_minor)
    open_minor = account.damages_minor - account.damages_taken_minor
    damages_minor = min(open_minor, max(held_minor - advance_minor - taxes_minor, 0))
    return Released(
        advance_minor, damages_minor, held_minor - advance_minor - damages_minor, unrecovered_minor - advance_minor,
        open_minor - damages_minor,
    )  # fmt: skip


def compute_bill(
    accepted: Mapping[str, int], whole: Mapping[str, int], prices: Mapping[str, int], amount_minor: int, unit_minor: int
) -> int:
    """What accepted quantities of a milestone come to, thousandths by unit price; all of them are its amount."""
    if accepted == whole:
        return amount_minor
    return min(amount_minor, round_down(sum(quantity * prices[item] for item, quantity in accepted.items()) // 1_000, unit_minor))


def count_days(due: int, time: int, offset_seconds: int) -> int:
    """Local dates by which a time is later than a due date."""
    return max(0, (time + offset_seconds) // DAY_SECONDS - (due + offset_seconds) // DAY_SECONDS)


def compute_reference(order: str) -> str:
    """What a bank calls the payment of an order's first line."""
    name = f"{order}.0"
    return name if len(name) <= LONGEST_REFERENCE else sha256(name.encode()).hexdigest()[:32]


def _recover(account: Account, agreed: Agreed, reached_minor: int) -> int:
    """In all, once so much is certified: as much of the advance as is reached of the span behind the start."""
    start_minor = share(account.price_minor, agreed.recovery_start_bp, 10_000, agreed.unit_minor)
    span_minor = share(account.price_minor, agreed.recovery_span_bp, 10_000, agreed.unit_minor)
    beyond_minor = max(reached_minor - start_minor, 0)
    if not span_minor:
        return account.live_minor if beyond_minor else 0
    return share(account.live_minor, min(beyond_minor, span_minor), span_minor, agreed.unit_minor)
