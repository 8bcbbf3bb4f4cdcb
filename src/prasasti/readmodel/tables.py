"""The tables, in SQLAlchemy Core: nothing in them that SQLite or PostgreSQL lacks. Owns columns and indexes.

Rows of the first kind are written once, as the log is read; those of the second are made anew for a process whenever a
release of it comes or goes, and depend on nothing but its releases. ``stale`` names the processes for which that is due.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, SmallInteger, Table, Text

from prasasti.readmodel import rows

metadata: Final = MetaData()


def _number(name: str, primary_key: bool = False) -> Column[int]:
    # SQLite counts rows by an INTEGER only; it holds 64 bits there.
    kind = BigInteger().with_variant(Integer, "sqlite")
    return Column(name, kind, primary_key=primary_key, nullable=False, autoincrement=False)


def _optional_number(name: str) -> Column[int]:
    return Column(name, BigInteger)


def _flag(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False)


def _text(name: str, primary_key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=primary_key, nullable=False)


def _hash(name: str, primary_key: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, primary_key=primary_key, nullable=False)


progress: Final = Table("progress", metadata, _text("version"), _text("chain"), _number("size"), _number("height"), _hash("app_hash"))

stale: Final = Table("stale", metadata, _number("process", primary_key=True))

process_keys: Final = Table(
    "process_keys", metadata,
    _number("process", primary_key=True), _text("publisher"), _text("ocid"),
    Index("process_by_ocid", "ocid", "publisher", unique=True),
)  # fmt: skip

releases: Final = Table(
    "releases", metadata,
    _number("position", primary_key=True), _number("process", primary_key=True), _text("publisher"), _number("number"),
    _text("release_id"), _text("kind"), _number("date"), _number("time"), _text("tag"), _text("buyer"), _hash("document"),
    Index("release_by_process", "process"), Index("release_by_publisher", "publisher", "number"),
)  # fmt: skip

native_entries: Final = Table(
    "native_entries", metadata,
    _number("process", primary_key=True), _number("position", primary_key=True), _text("action"), sqlite_with_rowid=False,
)  # fmt: skip

native_names: Final = Table(
    "native_names", metadata,
    _text("kind", primary_key=True), _text("name", primary_key=True), _number("process"),
    Index("native_name_by_process", "process", "kind"), sqlite_with_rowid=False,
)  # fmt: skip

budget_uses: Final = Table(
    "budget_uses", metadata, _text("line", primary_key=True), _number("process", primary_key=True), sqlite_with_rowid=False,
)  # fmt: skip

listings: Final = Table(
    "listings", metadata,
    _text("role", primary_key=True), _text("party", primary_key=True), _number("number", primary_key=True), _number("process"),
    Index("listing_by_process", "process"), sqlite_with_rowid=False,
)  # fmt: skip

# Of each list its size, which else would be the newest of its numbers: to find that, a database may read them all.
list_sizes: Final = Table(
    "list_sizes", metadata,
    _text("role", primary_key=True), _text("party", primary_key=True), _number("size"), sqlite_with_rowid=False,
)  # fmt: skip

live_processes: Final = Table("live_processes", metadata, _number("process", primary_key=True))

withheld: Final = Table("withheld", metadata, _hash("document", primary_key=True), _number("position"))

processes: Final = Table(
    "processes", metadata,
    _number("process", primary_key=True), _text("title"), _text("description"), _text("buyer"), _text("buyer_name"), _text("method"),
    _text("method_details"), _number("year"), _text("state"), _number("releases"), _number("contradictions"), _number("unreadable"),
    _number("first_date"), _number("newest_date"), _number("newest_position"), _text("value_stage"), _text("value_amount"),
    _optional_number("value_minor"), _text("value_currency"),
    Index("process_by_value", "value_currency", "value_minor"), Index("process_by_buyer", "buyer"),
    Index("process_by_year", "year", "state", "method"),
)  # fmt: skip

amounts: Final = Table(
    "amounts", metadata,
    _number("process"), _text("stage"), _text("supplier"), _text("currency"), _flag("is_counted"), _number("times"), _text("amount"),
    _number("minor"), _flag("is_exact"),
    Index("amount_by_process", "process"),
)  # fmt: skip

parties: Final = Table(
    "parties", metadata,
    _number("process"), _text("role"), _text("party"), _text("name"), _number("position"),
    Index("party_by_process", "process"), Index("party_by_id", "party", "position"),
)  # fmt: skip

awards: Final = Table(
    "awards", metadata,
    _number("process"), _text("award_id"), _text("title"), _text("status"), _text("date"), _text("amount"), _optional_number("minor"),
    _text("currency"), _text("suppliers"),
    Index("award_by_process", "process"),
)  # fmt: skip

contracts: Final = Table(
    "contracts", metadata,
    _number("process"), _text("contract_id"), _text("award_id"), _text("title"), _text("status"), _text("signed"), _text("first_amount"),
    _text("amount"), _optional_number("minor"), _text("currency"), _text("change_amount"), _optional_number("rise_minor"),
    _number("amendments"), _text("supplier"), _text("suppliers"),
    Index("contract_by_process", "process"),
)  # fmt: skip

# Most contracts keep their price: an index of the others is small, and answers which rose most and which of them are largest.
HAS_RISEN: Final = contracts.c.rise_minor.is_not(None)
for _name, _column in (("contract_by_rise", contracts.c.rise_minor), ("contract_by_risen_value", contracts.c.minor)):
    Index(_name, contracts.c.currency, _column, sqlite_where=HAS_RISEN, postgresql_where=HAS_RISEN)

payments: Final = Table(
    "payments", metadata,
    _number("process"), _text("contract_id"), _text("payment_id"), _text("date"), _text("amount"), _optional_number("minor"),
    _text("currency"), _text("payer"), _text("payee"),
    Index("payment_by_process", "process"),
)  # fmt: skip

ROW_TABLES: Final[dict[type[NamedTuple], Table]] = {
    rows.ProcessKeyRow: process_keys,
    rows.ReleaseRow: releases,
    rows.NativeEntryRow: native_entries,
    rows.NativeNameRow: native_names,
    rows.BudgetUseRow: budget_uses,
    rows.ListingRow: listings,
    rows.ListSizeRow: list_sizes,
    rows.WithheldRow: withheld,
    rows.LiveProcessRow: live_processes,
    rows.ProcessRow: processes,
    rows.AmountRow: amounts,
    rows.PartyRow: parties,
    rows.AwardRow: awards,
    rows.ContractRow: contracts,
    rows.PaymentRow: payments,
    rows.ProgressRow: progress,
}
