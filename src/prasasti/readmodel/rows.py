"""One row of each table, as it is written: fields in the order of the table's columns.

Instants are seconds UTC; a ``minor`` is an integer of minor units, good to sort by, and exact where ``is_exact`` says so
or where no such field stands beside it; an ``amount`` is the exact decimal as text. Codes and dates of open data stand
as their publisher wrote them.
"""

from __future__ import annotations

from typing import NamedTuple


class ProcessKeyRow(NamedTuple):
    """A contracting process: one per publisher and ocid. Its number is the log position of its first entry.

    A native one's publisher is its buyer.
    """

    process: int
    publisher: str
    ocid: str


class ReleaseRow(NamedTuple):
    """One version of a release. ``kind``: new, update, contradiction; ``document``: SHA-256; ``buyer`` in the form of lists.

    One that is ``derived`` from a native process's entries is recorded nowhere: it has no number, and is made anew with its
    process. ``position`` is that of the newest of its entries, which several processes may share.
    """

    position: int
    process: int
    publisher: str
    number: int
    release_id: str
    kind: str
    date: int
    time: int
    tag: str
    buyer: str
    document: bytes


class NativeEntryRow(NamedTuple):
    """An entry of the log that concerns a native process. ``action``: the message's name, "" for the head of a block."""

    process: int
    position: int
    action: str


class NativeNameRow(NamedTuple):
    """What an object of a native process is called; a plan line's name stands for its newest process."""

    kind: str
    name: str
    process: int


class BudgetUseRow(NamedTuple):
    """A native process names a budget line: in its plan, a lot's ceiling, a contract or an amendment."""

    line: str
    process: int


class ListingRow(NamedTuple):
    """A process in the numbered list of a buyer or supplier (``role``), as the ledger's state holds it."""

    role: str
    party: str
    number: int
    process: int


class ListSizeRow(NamedTuple):
    """How many processes a party's list has."""

    role: str
    party: str
    size: int


class WithheldRow(NamedTuple):
    """A document that the log withholds, and the entry that says so."""

    document: bytes
    position: int


class LiveProcessRow(NamedTuple):
    """A native process in which something waits for somebody, or will at its time."""

    process: int


class ProcessRow(NamedTuple):
    """What a process comes to, all its readable releases merged.

    ``unreadable``: versions whose documents are withheld, missing, or no release. The ``value`` is that of the furthest
    stage (``value_stage``) that names one.
    """

    process: int
    title: str
    description: str
    buyer: str
    buyer_name: str
    method: str
    method_details: str
    year: int
    state: str
    releases: int
    contradictions: int
    unreadable: int
    first_date: int
    newest_date: int
    newest_position: int
    value_stage: str
    value_amount: str
    value_minor: int | None
    value_currency: str


class AmountRow(NamedTuple):
    """Money of one stage in one currency, of one process. ``supplier``: of whom, in the form of lists.

    "" where nobody is named, ``SEVERAL`` where more than one is. ``is_counted`` is 0 for what was cancelled.
    """

    process: int
    stage: str
    supplier: str
    currency: str
    is_counted: int
    times: int
    amount: str
    minor: int
    is_exact: int


class PartyRow(NamedTuple):
    """A party of a process in one role, under its newest name. ``position``: the newest release of the process."""

    process: int
    role: str
    party: str
    name: str
    position: int


class AwardRow(NamedTuple):
    """An award. ``suppliers``: names, or ids of those without."""

    process: int
    award_id: str
    title: str
    status: str
    date: str
    amount: str
    minor: int | None
    currency: str
    suppliers: str


class ContractRow(NamedTuple):
    """A contract. ``first_amount`` is what it was first told at, ``change_amount`` what was added since.

    ``rise_minor`` is that in minor units where it is more than nothing, else null.
    """

    process: int
    contract_id: str
    award_id: str
    title: str
    status: str
    signed: str
    first_amount: str
    amount: str
    minor: int | None
    currency: str
    change_amount: str
    rise_minor: int | None
    amendments: int
    supplier: str
    suppliers: str


class PaymentRow(NamedTuple):
    """A transaction of a contract's implementation."""

    process: int
    contract_id: str
    payment_id: str
    date: str
    amount: str
    minor: int | None
    currency: str
    payer: str
    payee: str


class ProgressRow(NamedTuple):
    """How far the log is told: the first ``size`` entries, up to the block of that height and app hash."""

    version: str
    chain: str
    size: int
    height: int
    app_hash: bytes


SEVERAL = "+"
"""Stands for more than one supplier: no identifier looks like it."""

KEPT_BY_LOG = (ProcessKeyRow, ReleaseRow, NativeEntryRow, NativeNameRow, BudgetUseRow, ListingRow, ListSizeRow, WithheldRow)
KEPT_BY_PROCESS = (LiveProcessRow, ProcessRow, AmountRow, PartyRow, AwardRow, ContractRow, PaymentRow)
