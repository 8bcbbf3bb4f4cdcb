"""What a contracting process comes to: the rows of the read model that its releases, merged, make.

Owns which fields of the standard the tables hold, and what state, year and value of a process are. Does not own merging
(`merge_rules`) nor writing. Only those fields are decoded, which is where the speed comes from: a field left out changes
nothing of how the others merge. A document is checked as far as those fields go; an export checks all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypedDict, cast

import msgspec

from prasasti.integrations.ocds.attestation import find_party, identify_parties
from prasasti.integrations.ocds.canonical import is_bounded_number
from prasasti.integrations.ocds.merge_rules import merge_releases, sort_releases
from prasasti.integrations.ocds.packages import LedgerRelease, select_current
from prasasti.readmodel.full_text import TextRow
from prasasti.readmodel.money import EXACT, add_up, compute_minor, read_minor, spell
from prasasti.readmodel.rows import SEVERAL, AmountRow, AwardRow, ContractRow, PartyRow, PaymentRow, ProcessRow
from prasasti.readmodel.words import join_stems, join_words

STATES: Final = ("budgeted", "planned", "tendered", "awarded", "contracted", "paid", "completed", "cancelled")
"""How far a process is: the furthest stage that its releases tell, or how it ended; "" where nothing of it is readable."""

DEAD_TENDERS: Final = frozenset({"cancelled", "unsuccessful", "withdrawn"})
UNOPENED_TENDERS: Final = frozenset({"planned", "planning"})
"""Announced only: nothing is asked for yet."""
DEAD_AWARDS: Final = frozenset({"cancelled", "unsuccessful"})
DEAD_CONTRACTS: Final = frozenset({"cancelled"})

MAX_TITLE_CHARACTERS: Final = 500
MAX_DESCRIPTION_CHARACTERS: Final = 2_000
MAX_TEXT_CHARACTERS: Final = 20_000
"""Of titles and descriptions, which may fill a whole document: more of them finds nothing that less does not."""


class _Value(TypedDict, total=False):
    amount: msgspec.Raw  # the number's token: no float, no decimal that rounds
    currency: str | None


class _Period(TypedDict, total=False):
    startDate: str | None


class _Identifier(TypedDict, total=False):
    scheme: str | None
    id: str | int | None


class _Organisation(TypedDict, total=False):
    id: str | int
    name: str | None
    identifier: _Identifier
    roles: list[str] | None


class _Item(TypedDict, total=False):
    id: str | int
    description: str | None


class _Amendment(TypedDict, total=False):
    id: str | None
    date: str | None
    rationale: str | None
    description: str | None
    amendsReleaseID: str | None
    releaseID: str | None


class _Budget(TypedDict, total=False):
    amount: _Value
    project: str | None
    description: str | None


class _Planning(TypedDict, total=False):
    rationale: str | None
    budget: _Budget


class _Tender(TypedDict, total=False):
    id: str | int
    title: str | None
    description: str | None
    status: str | None
    procuringEntity: _Organisation
    items: list[_Item]
    value: _Value
    procurementMethod: str | None
    procurementMethodDetails: str | None
    tenderPeriod: _Period


class _Award(TypedDict, total=False):
    id: str | int
    title: str | None
    description: str | None
    status: str | None
    date: str | None
    value: _Value
    suppliers: list[_Organisation]
    items: list[_Item]


class _Transaction(TypedDict, total=False):
    id: str | int
    date: str | None
    value: _Value
    amount: _Value
    payer: _Organisation
    payee: _Organisation


class _Implementation(TypedDict, total=False):
    transactions: list[_Transaction]
    endDate: str | None


class _Contract(TypedDict, total=False):
    id: str | int
    awardID: str | int
    title: str | None
    description: str | None
    status: str | None
    value: _Value
    items: list[_Item]
    dateSigned: str | None
    amendments: list[_Amendment]
    amendment: _Amendment
    implementation: _Implementation


class _Release(TypedDict, total=False):
    date: str
    parties: list[_Organisation]
    buyer: _Organisation
    planning: _Planning
    tender: _Tender
    awards: list[_Award]
    contracts: list[_Contract]


_decoder: Final = msgspec.json.Decoder(_Release)
LAST_INSTANT: Final = 253_402_300_799  # The end of the year 9999, seconds UTC.


class ProcessFacts(NamedTuple):
    """The rows of one process, and its words."""

    process: ProcessRow
    text: TextRow
    amounts: list[AmountRow]
    parties: list[PartyRow]
    awards: list[AwardRow]
    contracts: list[ContractRow]
    payments: list[PaymentRow]


def decode_facts(document: bytes) -> dict[str, Any] | None:
    """The fields of a document that the tables hold; None where it is no release."""
    # PostgreSQL's text holds every character but this one.
    if b"\\u0000" in document:
        document = document.replace(b"\\u0000", b"\\ufffd")
    try:
        release = cast(dict[str, Any], _decoder.decode(document))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # A publisher may attest what is nested without end.
        return None
    return release if isinstance(release.get("date"), str) else None


def describe_process(process: int, buyer: str, versions: Sequence[LedgerRelease]) -> ProcessFacts:
    """The rows of a process from all recorded versions of its releases, oldest entry first.

    ``buyer`` is that of its newest entry that names one. A version without document (withheld or missing) counts as
    unreadable, and the others tell what there is to tell.
    """
    unreadable = 0
    releases: list[dict[str, Any]] = []
    for version in select_current(versions) if len(versions) > 1 else versions:
        release = decode_facts(version.document) if version.document is not None else None
        if release is None:
            unreadable += 1
        else:
            releases.append(release)
    # A contradiction that cannot be read is none of the current ones, and yet something that cannot be read.
    contradictions = [version for version in versions if version.kind == "contradiction"] if len(versions) > 1 else []
    unreadable += sum(1 for version in versions if version.document is None and version.kind == "contradiction")
    merged = merge(releases)
    return _Describing(process, merged, releases).run(buyer, versions, len(contradictions), unreadable)


def merge(releases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Decoded releases merged; one alone is its own compiled release, as far as the rows go, unless a list repeats an id."""
    if len(releases) == 1 and not _repeats_an_id(releases[0]):
        return releases[0]
    return merge_releases(releases) if releases else {}


def _repeats_an_id(release: dict[str, Any]) -> bool:
    awards, contracts = release.get("awards", ()), release.get("contracts", ())
    lists = [release.get("parties"), awards, contracts, release.get("tender", {}).get("items")]
    for award in awards:
        lists += (award.get("suppliers"), award.get("items"))
    for contract in contracts:
        lists += (contract.get("items"), contract.get("amendments"), contract.get("implementation", {}).get("transactions"))
    for items in lists:
        if items is not None and len(items) > 1:
            ids = [str(item["id"]) for item in items if item.get("id") is not None]
            if len(set(ids)) < len(ids):
                return True
    return False


class _Describing:
    """One process on its way into rows. Sections are read in the order of a process: contracts need to know their awards."""

    def __init__(self, process: int, merged: dict[str, Any], releases: Sequence[dict[str, Any]]) -> None:
        self.process = process
        self.merged = merged
        self.releases = releases
        self.planning: dict[str, Any] = merged.get("planning", {})
        self.budget: dict[str, Any] = self.planning.get("budget", {})
        self.tender: dict[str, Any] = merged.get("tender", {})
        self.awards: list[dict[str, Any]] = merged.get("awards", [])
        self.contracts: list[dict[str, Any]] = merged.get("contracts", [])
        self.forms: dict[str, str] = {}
        self.names: dict[tuple[str, str], str] = {}
        self.suppliers_of: dict[str, tuple[str, str]] = {}
        self.money: dict[tuple[str, str, str, int], list[tuple[str, int, bool]]] = {}
        self.payments: list[PaymentRow] = []

    def run(self, buyer: str, versions: Sequence[LedgerRelease], contradictions: int, unreadable: int) -> ProcessFacts:
        newest = versions[-1].position
        self._name_parties()
        awards = [self._describe_award(award) for award in self.awards]
        first_values = self._find_first_values() if len(self.releases) > 1 else {}
        contracts = [self._describe_contract(contract, first_values) for contract in self.contracts]
        self._count_early_stages()
        amounts = [self._total(*key, found) for key, found in self.money.items()]
        parties = [PartyRow(self.process, role, key if key[:1] != "\0" else "", name, newest) for (role, key), name in self.names.items()]
        titles = self._list_titles()
        dates = [version.date for version in versions if version.kind != "contradiction"] or [versions[-1].date]
        tender = self.tender
        row = ProcessRow(
            self.process, titles[0][:MAX_TITLE_CHARACTERS] if titles else "", self._describe(titles), buyer, self._name_buyer(),
            tender.get("procurementMethod") or "", tender.get("procurementMethodDetails") or "", self._find_year(versions),
            self._find_state(), len(versions), contradictions, unreadable, min(dates), max(dates), newest, *_choose_value(amounts),
        )  # fmt: skip
        return ProcessFacts(row, self._join_texts(titles), amounts, parties, awards, contracts, self.payments)

    # -- parties ---------------------------------------------------------------------------------------------------------

    def _name_parties(self) -> None:
        """Each party and role once, by the list's form, or by name where nothing identifies the party."""
        parties = self.merged.get("parties", ())
        if parties:
            self.forms = identify_parties(self.merged)
        for party in parties:
            for role in party.get("roles") or ():
                self._name(role, party)
        for role, reference in (("buyer", self.merged.get("buyer")), ("procuringEntity", self.tender.get("procuringEntity"))):
            if reference:
                self._name(role, reference)
        for award in self.awards:
            for supplier in award.get("suppliers", ()):
                self._name("supplier", supplier)

    def _name(self, role: str, reference: dict[str, Any]) -> None:
        name = reference.get("name") or ""
        key = role, self._find_form(reference) or f"\0{name}"
        if not self.names.get(key) and key[1] != "\0":
            self.names[key] = name

    def _find_form(self, reference: dict[str, Any]) -> str:
        found = self.forms.get(reference.get("id", ""))
        if found is None:
            found = find_party(reference, self.forms)
        return found

    def _name_buyer(self) -> str:
        name = self.merged.get("buyer", {}).get("name")
        return name or next((name for (role, _), name in self.names.items() if role == "buyer" and name), "")

    # -- sections --------------------------------------------------------------------------------------------------------

    def _describe_award(self, award: dict[str, Any]) -> AwardRow:
        suppliers = [supplier for supplier in award.get("suppliers", ()) if _is_somebody(supplier)]
        if len(suppliers) == 1:
            supplier, names = self._find_form(suppliers[0]), suppliers[0].get("name") or str(suppliers[0].get("id", ""))
        else:
            supplier = SEVERAL if suppliers else ""
            names = "; ".join(supplier.get("name") or str(supplier.get("id", "")) for supplier in suppliers)
        award_id, status = str(award.get("id", "")), award.get("status") or ""
        self.suppliers_of[award_id] = supplier, names
        amount, minor, currency = self._count("awarded", supplier, award.get("value"), int(status not in DEAD_AWARDS))
        return AwardRow(self.process, award_id, _title(award), status, award.get("date") or "", amount, minor, currency, names)

    def _find_first_values(self) -> dict[str, dict[str, Any]]:
        """The first amount that a release gave each contract."""
        first: dict[str, dict[str, Any]] = {}
        for release in sort_releases(self.releases):
            for contract in release.get("contracts", ()):
                value = contract.get("value", {})
                if _read_token(value):
                    first.setdefault(str(contract.get("id", "")), value)
        return first

    def _describe_contract(self, contract: dict[str, Any], first_values: dict[str, dict[str, Any]]) -> ContractRow:
        contract_id, award_id = str(contract.get("id", "")), str(contract.get("awardID", ""))
        supplier, names = self.suppliers_of.get(award_id, ("", ""))
        status, value = contract.get("status") or "", contract.get("value", {})
        amount, minor, currency = self._count("contracted", supplier, value, int(status not in DEAD_CONTRACTS))
        first_amount, change, rise_minor = amount, "", None
        first = first_values.get(contract_id)
        if first is not None and amount and (first.get("currency") or currency) == currency:
            before = Decimal(_read_token(first))
            difference = EXACT.subtract(Decimal(amount), before)
            first_amount, change = spell(before), spell(difference)
            rise_minor = compute_minor(difference, currency)[0] if difference > 0 else None
        for transaction in contract.get("implementation", {}).get("transactions", ()):
            self._describe_payment(contract_id, supplier, transaction)
        amendments = sum(any(amendment.values()) for amendment in (*contract.get("amendments", ()), contract.get("amendment", {})))
        return ContractRow(
            self.process, contract_id, award_id, _title(contract), status, contract.get("dateSigned") or "", first_amount, amount, minor,
            currency, change, rise_minor, amendments, supplier, names,
        )  # fmt: skip

    def _describe_payment(self, contract_id: str, supplier: str, transaction: dict[str, Any]) -> None:
        amount, minor, currency = self._count("paid", supplier, transaction.get("value") or transaction.get("amount"), 1)
        payer, payee = (transaction.get(role, {}).get("name") or "" for role in ("payer", "payee"))
        payment_id, date = str(transaction.get("id", "")), transaction.get("date") or ""
        self.payments.append(PaymentRow(self.process, contract_id, payment_id, date, amount, minor, currency, payer, payee))

    # -- money -----------------------------------------------------------------------------------------------------------

    def _count(self, stage: str, supplier: str, value: dict[str, Any] | None, is_counted: int) -> tuple[str, int | None, str]:
        """Count an amount in its stage; its text, minor units, currency."""
        token = _read_token(value) if value else ""
        if not value or not token:
            return "", None, ""
        currency = value.get("currency") or ""
        found = read_minor(token, currency)
        self.money.setdefault((stage, supplier, currency, is_counted), []).append(found)
        return found[0], found[1], currency

    def _count_early_stages(self) -> None:
        """A plan and a tender count for the one supplier whom all awards name."""
        found = {supplier for supplier, _ in self.suppliers_of.values()}
        supplier = SEVERAL if len(found) > 1 else next(iter(found), "")
        self._count("budgeted" if self._is_budget_alone() else "planned", supplier, self.budget.get("amount"), 1)
        self._count("tendered", supplier, self.tender.get("value"), int(self.tender.get("status") not in DEAD_TENDERS))

    def _is_budget_alone(self) -> bool:
        """Whether all that is told is what a project may spend: a programme's budget, out of which purchases are planned in turn.

        Of the standard's budget, `description` and the plan's `rationale` tell of a purchase, `project` of what pays for it.
        """
        is_purchase = self.tender or self.awards or self.contracts or self.planning.get("rationale") or self.budget.get("description")
        return bool(self.budget.get("project")) and not is_purchase

    def _total(self, stage: str, supplier: str, currency: str, is_counted: int, found: list[tuple[str, int, bool]]) -> AmountRow:
        text, minor, is_exact = found[0]
        if len(found) > 1:
            total = add_up(Decimal(text) for text, _, _ in found)
            text, (minor, is_exact) = spell(total), compute_minor(total, currency)
        return AmountRow(self.process, stage, supplier, currency, is_counted, len(found), text, minor, int(is_exact))

    # -- words, year, state ----------------------------------------------------------------------------------------------

    def _list_titles(self) -> list[str]:
        """What a process is called, the best title first."""
        sections = [self.tender, *self.contracts, *self.awards]
        titles = [section.get("title") for section in sections]
        if self.planning:
            titles += (self.budget.get("project"), self.budget.get("description"), self.planning.get("rationale"))
        titles += [section.get("description") for section in sections]
        return list(dict.fromkeys(filter(None, titles)))

    def _describe(self, titles: list[str]) -> str:
        own = self.tender.get("description") or ""
        description = own if own and own != titles[0] else next(iter(titles[1:]), "")
        return description[:MAX_DESCRIPTION_CHARACTERS]

    def _join_texts(self, titles: list[str]) -> TextRow:
        sections = (self.tender, *self.awards, *self.contracts)
        items = [item.get("description") for section in sections for item in section.get("items", ())]
        texts = " ".join([*titles, *filter(None, dict.fromkeys(items))] if items else titles)[:MAX_TEXT_CHARACTERS]
        names: dict[str, dict[str, None]] = {"buyer": {}, "supplier": {}, "other": {}}
        for (role, _), name in self.names.items():
            names["buyer" if role == "procuringEntity" else role if role in names else "other"][name] = None
        return TextRow(self.process, join_stems(texts), *map(_join_names, names.values()))

    def _find_year(self, versions: Sequence[LedgerRelease]) -> int:
        """Of the first signature, else of the first award, else of the tender, else of the first release; in its own time zone."""
        dates = [date for contract in self.contracts if (date := contract.get("dateSigned"))]
        dates = dates or [date for award in self.awards if (date := award.get("date"))]
        dates = dates or [date for date in (self.tender.get("tenderPeriod", {}).get("startDate"),) if date]
        years = [date[:4] for date in dates or [release["date"] for release in self.releases] if date[:4].isdigit()]
        first = min(years, default="")
        # An entry may bear any instant, also one beyond the years that there are.
        return int(first) if first else datetime.fromtimestamp(min(LAST_INSTANT, *(version.date for version in versions)), UTC).year

    def _find_state(self) -> str:
        contracts = [contract for contract in self.contracts if contract.get("status") not in DEAD_CONTRACTS]
        if contracts:
            ends = (contract.get("status") == "terminated" or contract.get("implementation", {}).get("endDate") for contract in contracts)
            return "completed" if all(ends) else "paid" if self.payments else "contracted"
        if not self.contracts and any(award.get("status") not in DEAD_AWARDS for award in self.awards):
            return "awarded"
        if not self.releases:
            return ""
        if self.contracts or self.awards or self.tender.get("status") in DEAD_TENDERS:
            return "cancelled"
        if self.tender.get("status") not in UNOPENED_TENDERS and self.tender:
            return "tendered"
        return "budgeted" if self._is_budget_alone() else "planned"


def _choose_value(amounts: Sequence[AmountRow]) -> tuple[str, str, int | None, str]:
    """Stage, amount, minor units and currency of the furthest stage before payment; of several currencies that used most."""
    for stage in ("contracted", "awarded", "tendered", "planned", "budgeted"):
        found = [row for row in amounts if row.stage == stage and row.is_counted]
        if len(found) > 1:
            times: dict[str, int] = {}
            for row in found:
                times[row.currency] = times.get(row.currency, 0) + row.times
            currency = min(times, key=lambda currency: (-times[currency], currency))
            total = add_up(Decimal(row.amount) for row in found if row.currency == currency)
            return stage, spell(total), compute_minor(total, currency)[0], currency
        for row in found:
            return stage, row.amount, row.minor, row.currency
    return "", "", None, ""


@lru_cache(maxsize=50_000)
def _join_name(name: str) -> str:
    return join_words(name)


def _join_names(names: Iterable[str]) -> str:
    return " ".join(map(_join_name, names))[:MAX_TEXT_CHARACTERS]


def _read_token(value: dict[str, Any]) -> str:
    """The number of a value as its source wrote it; "" where there is none, or one that no amount can be."""
    token = bytes(value.get("amount", b"")).decode()
    if token.isdigit() and len(token) <= 15:
        return token
    return token if token[:1] in _NUMBER_STARTS and token and is_bounded_number(token) else ""


_NUMBER_STARTS: Final = frozenset("-0123456789")


def _is_somebody(reference: dict[str, Any]) -> bool:
    return "id" in reference or bool(reference.get("name") or reference.get("identifier"))


def _title(item: dict[str, Any]) -> str:
    return (item.get("title") or item.get("description") or "")[:MAX_TITLE_CHARACTERS]
