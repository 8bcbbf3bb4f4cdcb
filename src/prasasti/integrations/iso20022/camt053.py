"""Statements of a treasury's account (camt.053.001, versions 02 to 14): balances and booked entries, those of batches one by one.

Owns which elements say what moved, and that a statement adds up. Not what an entry pays. Entries that are not booked yet are left out:
they come again when they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any, BinaryIO, Final, NamedTuple

from prasasti.integrations.iso20022.account_numbers import strip_marks
from prasasti.integrations.iso20022.amounts import AmountProblem, read_amount
from prasasti.integrations.iso20022.reading import FileProblem, Found, Wanted, iterate_elements

# What stands for a reference where a payer gave none.
NOT_PROVIDED: Final = "NOTPROVIDED"
BOOKED: Final = "BOOK"
# PRCD is an opening balance as well: the closing one of the statement before.
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)

_ACCOUNT = {"Id": {"IBAN": "number", "Othr": {"Id": "number"}}}
_AGENT = {"FinInstnId": {"BICFI": "bic", "BIC": "bic", "ClrSysMmbId": {"MmbId": "member"}}}
_DATE = {"Dt": "date", "DtTm": "date"}


def _prefix(elements: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The same elements, their texts under keys of their own."""
    return {name: prefix + inner if isinstance(inner, str) else _prefix(inner, prefix) for name, inner in elements.items()}


_TRANSACTION = Wanted(
    "transaction",
    {
        "Refs": {"AcctSvcrRef": "servicer", "TxId": "transaction", "EndToEndId": "reference"},
        "Amt": "amount", "AmtDtls": {"TxAmt": {"Amt": "detailed"}}, "CdtDbtInd": "side",
        "RltdPties": {"CdtrAcct": _prefix(_ACCOUNT, "creditor_"), "DbtrAcct": _prefix(_ACCOUNT, "debtor_")},
        "RtrInf": {"Rsn": {"Cd": "reason", "Prtry": "reason"}},
    },
)  # fmt: skip
_ENTRY = Wanted(
    "entry",
    {
        "NtryRef": "entry", "Amt": "amount", "CdtDbtInd": "side", "AcctSvcrRef": "servicer",
        # Version 02 writes the code itself, later ones a choice.
        "Sts": {"": "status", "Cd": "status", "Prtry": "status"}, "BookgDt": _prefix(_DATE, "booked_"),
        "ValDt": _prefix(_DATE, "value_"), "NtryDtls": {"TxDtls": _TRANSACTION},
    },
)  # fmt: skip
WANTED = {
    "BkToCstmrStmt": {
        "Stmt": Wanted(
            "statement",
            {
                "Id": "id", "FrToDt": {"FrDtTm": "from", "ToDtTm": "to"}, "CreDtTm": "created",
                "Acct": _ACCOUNT | {"Ccy": "currency", "Svcr": _AGENT},
                "Bal": Wanted("balance", {
                    "Tp": {"CdOrPrtry": {"Cd": "type", "Prtry": "type"}}, "Amt": "amount", "CdtDbtInd": "side", "Dt": _DATE,
                }),
                "Ntry": _ENTRY,
            },
        )
    }
}  # fmt: skip


class StatementHead(NamedTuple):
    """A statement's account and balances, minor units of its currency. ``bank`` is a BIC or a national id, "" where it is not said;
    ``start`` and ``to`` are seconds UTC, 0 where they are not said."""

    statement: str
    account: str
    bank: str
    currency: str
    opening_minor: int
    closing_minor: int
    start: int
    to: int


class StatementEntry(NamedTuple):
    """Money that left (less than 0) or came in. ``entry`` is the bank's id for it, ``account`` the other side's number ("" where it is
    not said), ``reference`` its EndToEndId, ``reason`` a code where it gives a payment back; ``value_date`` is seconds UTC."""

    entry: str
    amount_minor: int
    reference: str
    account: str
    reason: str
    value_date: int


def iterate_statements(source: BinaryIO) -> Iterator[StatementHead | StatementEntry]:
    """Each statement of a file, then its entries. FileProblem where something does not add up, also after the last entry."""
    reading = _Reading()
    for found in iterate_elements(source, {"camt.053": WANTED}):
        yield from reading.take(found)
    if not reading.is_any:
        raise FileProblem("the file holds no statement; ask the bank for it again")


class _Reading:
    """The statement that is being read: its head once it is complete, what its entries add up to, ids that came already."""

    def __init__(self) -> None:
        self.is_any = False
        self._balances: list[Found] = []
        self._transactions: list[Found] = []
        self._head: StatementHead | None = None
        self._moved_minor = 0
        self._seen: dict[str, int] = {}

    def take(self, found: Found) -> Iterator[StatementHead | StatementEntry]:
        if found.name == "balance":
            self._balances.append(found)
        elif found.name == "transaction":
            self._transactions.append(found)
        elif found.name == "entry":
            yield from self._begin(found.around, found.line)
            yield from self._end_entry(found)
        elif found.name == "statement":
            yield from self._begin(found.values, found.line)
            self._end_statement(found)

    def _begin(self, values: dict[str, str], line: int) -> Iterator[StatementHead]:
        """Its head comes before its entries in the message's own order."""
        if self._head is not None:
            return
        currency, number = values.get("currency", ""), values.get("number", "")
        balances = {found.values.get("type", ""): found for found in self._balances}
        opening = next((balances[kind] for kind in OPENING if kind in balances), None)
        closing = next((balances[kind] for kind in CLOSING if kind in balances), None)
        if not number or opening is None or closing is None:
            raise FileProblem(f"line {line}: a statement without account, opening or closing balance; ask the bank for one with them")
        currency = currency or opening.values.get("amount@", "")
        self.is_any = True
        self._head = StatementHead(
            statement=values.get("id", ""), account=strip_marks(number), bank=values.get("bic") or values.get("member", ""),
            currency=currency, opening_minor=_read_signed(opening, currency), closing_minor=_read_signed(closing, currency),
            start=_read_time(values.get("from") or opening.values.get("date", ""), line),
            to=_read_time(values.get("to") or closing.values.get("date", ""), line, is_end="to" not in values),
        )  # fmt: skip
        yield self._head

    def _end_entry(self, found: Found) -> Iterator[StatementEntry]:
        head, transactions = self._require_head(), self._transactions
        self._transactions = []
        if found.values.get("status") != BOOKED:
            return
        signed_minor = _read_signed(found, head.currency)
        self._moved_minor += signed_minor
        if len(transactions) < 2:
            yield self._make_entry(found, transactions[0] if transactions else None, signed_minor, 0)
            return
        parts = [_read_part(found, each, head.currency) for each in transactions]
        if sum(parts) != signed_minor:
            raise FileProblem(f"line {found.line}: the payments of an entry do not add up to it; ask the bank for the statement again")
        for position, (transaction, part_minor) in enumerate(zip(transactions, parts, strict=True), start=1):
            yield self._make_entry(found, transaction, part_minor, position)

    def _make_entry(self, found: Found, transaction: Found | None, amount_minor: int, position: int) -> StatementEntry:
        own, outer = transaction.values if transaction is not None else {}, found.values
        around = outer.get("servicer") or outer.get("entry") or f"{self._require_head().statement}.{len(self._seen) + 1}"
        name = own.get("servicer") or own.get("transaction") or (f"{around}.{position}" if position else around)
        if not position:
            name = outer.get("servicer") or own.get("servicer") or around
        given_back = "reason" in own
        sides = ("creditor_number", "debtor_number") if amount_minor < 0 or given_back else ("debtor_number", "creditor_number")
        number = own.get(sides[0]) or own.get(sides[1]) or ""
        day = outer.get("value_date") or outer.get("booked_date") or ""
        return StatementEntry(
            entry=self._make_distinct(name), amount_minor=amount_minor, reference=own.get("reference") or NOT_PROVIDED,
            account=strip_marks(number), reason=own.get("reason", ""),
            value_date=_read_time(day, found.line),
        )  # fmt: skip

    def _make_distinct(self, name: str) -> str:
        """A bank that gives two entries one id still means two; their order in the file tells them apart."""
        count = self._seen[name] = self._seen.get(name, 0) + 1
        return name if count == 1 else f"{name}.again-{count}"

    def _end_statement(self, found: Found) -> None:
        head = self._require_head()
        if head.opening_minor + self._moved_minor != head.closing_minor:
            raise FileProblem(
                f"line {found.line}: opening balance and entries do not add up to the closing balance; an entry is missing, "
                "ask the bank for the statement again"
            )
        self._balances, self._head, self._moved_minor, self._seen = [], None, 0, {}

    def _require_head(self) -> StatementHead:
        if self._head is None:
            raise LookupError("an entry outside a statement")
        return self._head


def _read_part(found: Found, transaction: Found, currency: str) -> int:
    """A payment of a batched entry: its own amount, on its own side where it says one."""
    values = transaction.values
    key = "amount" if "amount" in values else "detailed"
    side = values.get("side") or found.values.get("side", "")
    own = {"amount": values.get(key, ""), "amount@": values.get(f"{key}@", ""), "side": side}
    return _read_signed(Found("", own, {}, transaction.line), currency)


def _read_signed(found: Found, currency: str) -> int:
    values = found.values
    if values.get("amount@", currency) != currency:
        raise FileProblem(f"line {found.line}: an amount in {values['amount@'][:3]} on an account in {currency}; nothing is exchanged here")
    sign = {"CRDT": 1, "DBIT": -1}.get(values.get("side", ""))
    if sign is None:
        raise FileProblem(f"line {found.line}: an amount that is neither credit nor debit (CdtDbtInd); ask the bank")
    try:
        return sign * read_amount(values.get("amount", ""), currency)
    except AmountProblem as problem:
        raise FileProblem(f"line {found.line}: {problem}; ask the bank") from problem


def _read_time(text: str, line: int, *, is_end: bool = False) -> int:
    """Seconds UTC of a date (its first second, or its last) or of a date and time; one without a zone is UTC. 0 for nothing."""
    if not text:
        return 0
    try:
        if len(text) <= len("2026-01-01Z"):
            return int(datetime.combine(date.fromisoformat(text.rstrip("Z")), time(23, 59, 59) if is_end else time(), UTC).timestamp())
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError) as problem:
        raise FileProblem(f"line {line}: '{text[:40]}' is no date; ask the bank") from problem
