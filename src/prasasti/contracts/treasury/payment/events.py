"""Events of accounts, approvals and batches. Which orders they are about, the messages name."""

from __future__ import annotations

from prasasti.core.types import Amount, Event


class AccountNamed(Event, frozen=True, tag="treasury.account_named"):
    """An organisation is paid to another account, once treasuries verified it; ``changed``: it named one before."""

    changed: bool
    organisation: str


class AccountVerified(Event, frozen=True, tag="treasury.account_verified"):
    """A treasury pays an organisation to the account that it named."""

    organisation: str
    treasury: str


class OrdersApproved(Event, frozen=True, tag="treasury.orders_approved"):
    """So many orders may be paid, by so many approvers."""

    approvers: int
    count: int
    currency: str
    sum_minor: Amount


class BatchMade(Event, frozen=True, tag="treasury.batch_made"):
    """Orders will be paid by one file; ``sum`` is what goes to banks."""

    batch: str
    count: int
    currency: str
    sum_minor: Amount


class BatchPaused(Event, frozen=True, tag="treasury.batch_paused"):
    """A batch waits."""

    batch: str
    reason: str


class BatchResumed(Event, frozen=True, tag="treasury.batch_resumed"):
    """A batch goes on, for the same sum."""

    batch: str
    reason: str
    sum_minor: Amount


class BatchSent(Event, frozen=True, tag="treasury.batch_sent"):
    """A batch went to the bank; ``file`` is the SHA-256 of what was sent."""

    batch: str
    count: int
    file: str
    sum_minor: Amount
