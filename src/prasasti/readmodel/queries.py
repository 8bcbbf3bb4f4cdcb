"""Questions to the tables: search, sums, lists, one process. Owns their conditions and orders; answers are rows.

An answer about many counts first: above ``MANY`` hits nobody reads a ranking, so the words' order gives way to the newest
record, which costs nothing, and the answer says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final, Literal, NamedTuple, get_args

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, func, select

from prasasti.readmodel import full_text
from prasasti.readmodel.full_text import NO_TEXT, TextQuery
from prasasti.readmodel.money import EXACT, add_up, from_minor
from prasasti.readmodel.tables import (
    HAS_RISEN,
    amounts,
    awards,
    contracts,
    list_sizes,
    listings,
    parties,
    payments,
    process_keys,
    processes,
    releases,
)

MANY: Final = 20_000
PAGE: Final = 500

Sort = Literal["relevance", "newest", "value", "price-rise"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
Grouping = Literal["buyer", "supplier", "year", "method", "stage"]
GROUPINGS: Final[tuple[Grouping, ...]] = get_args(Grouping)
Role = Literal["buyer", "supplier"]

STAGES: Final = ("budgeted", "planned", "tendered", "awarded", "contracted", "paid")
LAST_YEAR: Final = 9_999
"""No process is of a later one: whoever asks for it is answered, however many digits it has."""
_HALF: Final = 2**32


@dataclass(frozen=True, slots=True)
class Conditions:
    """Which processes; what is None or empty leaves nothing out. ``buyer`` and ``supplier`` are ids in the form of lists.

    Minor units are of ``currency``, and of the value that a process has in its furthest stage.
    """

    text: TextQuery = NO_TEXT
    publisher: str = ""
    ocid: str = ""
    buyer: str = ""
    supplier: str = ""
    year: int | None = None
    method: str = ""
    state: str = ""
    currency: str = ""
    min_minor: int | None = None
    max_minor: int | None = None
    dated_since: int | None = None
    dated_until: int | None = None
    only_risen: bool = False


class Hits(NamedTuple):
    """Rows of an answer, how many there are in all (``MANY`` + 1 stands for more), and the order that they stand in."""

    rows: list[Row[Any]]
    total: int
    sort: Sort


class StageTotal(NamedTuple):
    """Money of one stage: its sum, of how many amounts, in how many processes."""

    amount: Decimal
    times: int
    processes: int


class GroupTotal(NamedTuple):
    """Sums of one group in one currency. ``cancelled`` is what was left out of them, by stage."""

    key: str
    currency: str
    processes: int
    stages: dict[str, StageTotal]
    cancelled: dict[str, StageTotal]


# -- search ---------------------------------------------------------------------------------------------------------------


def search(connection: Connection, conditions: Conditions, sort: Sort, limit: int) -> Hits:
    """Processes that fit, the first ``limit`` of them; contracts whose price rose are ``search_contracts``' alone."""
    if conditions.text.is_empty:
        return _search_tables(connection, conditions, "newest" if sort == "relevance" else sort, limit)
    matches = full_text.count(connection, conditions.text, MANY + 1)
    if matches <= MANY:
        return _search_words(connection, conditions, sort, limit, matches)
    if sort == "value":
        return _search_tables(connection, conditions, sort, limit)
    total = count_processes(connection, conditions, MANY + 1) if _is_narrowed(conditions) else MANY + 1
    return Hits(_find_newest_of_many(connection, conditions, limit), total, "newest")


KEYS: Final = (process_keys.c.publisher, process_keys.c.ocid)
COLUMNS: Final = (processes, *KEYS)


def _search_tables(connection: Connection, conditions: Conditions, sort: Sort, limit: int) -> Hits:
    query = _select_processes(conditions, processes.c.process)
    if sort == "value":
        query = query.where(processes.c.value_minor.is_not(None)).order_by(processes.c.value_minor.desc())
    rows = _fetch(connection, query.order_by(processes.c.process.desc()).limit(limit))
    return Hits(rows, count_processes(connection, conditions, MANY + 1), sort)


def _search_words(connection: Connection, conditions: Conditions, sort: Sort, limit: int, matches: int) -> Hits:
    """Few enough matches to look at each. Their limit, which none reaches, keeps the database from asking the index row by row."""
    is_narrowed = _is_narrowed(conditions)
    if sort == "relevance" and not is_narrowed:
        best = full_text.find(conditions.text).order_by(full_text.rank_column, full_text.process_column.desc())
        return Hits(_fetch(connection, best.limit(limit)), matches, sort)
    ranks = (full_text.rank_column,) if sort == "relevance" else ()
    hits = full_text.find(conditions.text, *ranks).limit(MANY + 1).subquery("hits")
    query = _select_processes(conditions, processes.c.process, hits=hits)
    if sort == "value":
        query = query.where(processes.c.value_minor.is_not(None)).order_by(processes.c.value_minor.desc())
    if sort == "relevance":
        query = query.order_by(hits.c.rank)
    rows = _fetch(connection, query.order_by(processes.c.process.desc()).limit(limit))
    total = connection.execute(_select_processes(conditions, func.count(), hits=hits)).scalar_one() if is_narrowed else matches
    return Hits(rows, int(total), sort)


def _fetch(connection: Connection, chosen: Select[Any]) -> list[Row[Any]]:
    """The rows of chosen processes, in their order: sorted are numbers, and not wide rows."""
    order = list(connection.execute(chosen).scalars())
    query = select(*COLUMNS).join(process_keys, process_keys.c.process == processes.c.process)
    rows: dict[int, Row[Any]] = {}
    for start in range(0, len(order), PAGE):
        found = connection.execute(query.where(processes.c.process.in_(order[start : start + PAGE])))
        rows.update((row.process, row) for row in found)
    return [rows[process] for process in order if process in rows]


def _find_newest_of_many(connection: Connection, conditions: Conditions, limit: int) -> list[Row[Any]]:
    """The newest of very many hits: the index is read from its end, as far as need be."""
    rows: list[Row[Any]] = []
    find = full_text.find(conditions.text).order_by(full_text.process_column.desc()).limit(PAGE)
    narrowed = _select_processes(replace(conditions, text=NO_TEXT), *COLUMNS).order_by(processes.c.process.desc())
    page = list(connection.execute(find).scalars())
    while page and len(rows) < limit:
        rows += connection.execute(narrowed.where(processes.c.process.in_(page))).all()
        page = list(connection.execute(find.where(full_text.process_column < page[-1])).scalars())
    return rows[:limit]


def _is_narrowed(conditions: Conditions) -> bool:
    """Whether something beside the words is asked for."""
    return replace(conditions, text=NO_TEXT) != Conditions()


def count_processes(connection: Connection, conditions: Conditions, limit: int) -> int:
    """How many processes fit, up to a limit."""
    query = _select_processes(conditions, processes.c.process).limit(limit).subquery()
    total: int = connection.execute(select(func.count()).select_from(query)).scalar_one()
    return total


def search_contracts(connection: Connection, conditions: Conditions, sort: Sort, limit: int) -> Hits:
    """Contracts of processes that fit whose price rose, by their value, the rise, or the newest record."""
    where = [HAS_RISEN, *([contracts.c.currency == conditions.currency] if conditions.currency else [])]
    # The currency is the contract's here; its process may have its value in another.
    of_processes = replace(conditions, currency="")
    columns = contracts, processes.c.title.label("process_title"), processes.c.buyer, processes.c.buyer_name, processes.c.year
    query = _select_processes(of_processes, *columns, *KEYS, also=contracts).where(*where)
    orders: dict[Sort, ColumnElement[Any]] = {"value": contracts.c.minor, "price-rise": contracts.c.rise_minor}
    rows = connection.execute(query.order_by(orders.get(sort, contracts.c.process).desc(), contracts.c.process.desc()).limit(limit)).all()
    risen = select(contracts.c.process)
    if of_processes != Conditions():
        risen = _select_processes(of_processes, contracts.c.process, also=contracts)
    found = risen.where(*where).limit(MANY + 1).subquery()
    total: int = connection.execute(select(func.count()).select_from(found)).scalar_one()
    return Hits(list(rows), total, sort if sort in orders else "newest")


def list_currencies(connection: Connection) -> list[str]:
    """Currencies that processes have their value in, each once."""
    found: list[str] = []
    column = processes.c.value_currency
    # One look-up a currency: DISTINCT would read the index whole.
    while (currency := connection.execute(select(func.min(column)).where(column > (found[-1] if found else ""))).scalar()) is not None:
        found.append(currency)
    return found


def _select_processes(conditions: Conditions, *columns: Any, also: FromClause | None = None, hits: FromClause | None = None) -> Select[Any]:
    """Columns of the processes that fit; ``hits`` are those that match the words, where these were found before."""
    source: FromClause = processes
    where: list[ColumnElement[bool]] = []
    if conditions.publisher or conditions.ocid or any(column is key for column in columns for key in KEYS):
        source = source.join(process_keys, process_keys.c.process == processes.c.process)
    if also is not None:
        source = source.join(also, also.c.process == processes.c.process)
    for role in ("buyer", "supplier"):
        party = getattr(conditions, role)
        if party:
            listed = listings.alias(role)
            source = source.join(listed, and_(listed.c.role == role, listed.c.party == party, listed.c.process == processes.c.process))
    if hits is not None:
        source = source.join(hits, hits.c.rowid == processes.c.process)
    elif not conditions.text.is_empty:
        where.append(processes.c.process.in_(full_text.find(conditions.text)))
    return select(*columns).select_from(source).where(*where, *_narrow(conditions))


def _narrow(conditions: Conditions) -> Iterator[ColumnElement[bool]]:
    equal: tuple[tuple[ColumnElement[Any], Any], ...] = (
        (process_keys.c.publisher, conditions.publisher or None),
        (process_keys.c.ocid, conditions.ocid or None),
        (processes.c.year, conditions.year if conditions.year is None else max(-1, min(conditions.year, LAST_YEAR + 1))),
        (processes.c.method, conditions.method or None),
        (processes.c.state, conditions.state or None),
        (processes.c.value_currency, conditions.currency or None),
    )
    yield from (column == wanted for column, wanted in equal if wanted is not None)
    if conditions.min_minor is not None:
        yield processes.c.value_minor >= conditions.min_minor
    if conditions.max_minor is not None:
        yield processes.c.value_minor <= conditions.max_minor
    if conditions.dated_since is not None or conditions.dated_until is not None:
        dated = [releases.c.process == processes.c.process]
        dated += [releases.c.date >= conditions.dated_since] if conditions.dated_since is not None else []
        dated += [releases.c.date < conditions.dated_until] if conditions.dated_until is not None else []
        yield select(releases.c.position).where(*dated).exists()
    if conditions.only_risen:
        yield select(contracts.c.process).where(contracts.c.process == processes.c.process, HAS_RISEN).exists()


# -- sums -----------------------------------------------------------------------------------------------------------------


def add_totals(connection: Connection, conditions: Conditions, grouping: Grouping) -> list[GroupTotal]:
    """Sums of the processes that fit, by group and currency; exact, whatever they add up to.

    Every amount counts in one group only: a supplier's are those that name nobody beside it.
    """
    keys: dict[Grouping, ColumnElement[Any]] = {"supplier": amounts.c.supplier, "stage": amounts.c.stage}
    key = keys[grouping] if grouping in keys else processes.c[grouping]
    counted: dict[tuple[str, str, bool], dict[str, StageTotal]] = {}
    for group, currency, is_counted, stage, total in _sum_stages(connection, conditions, key):
        counted.setdefault((group, currency, is_counted), {})[stage] = total
    numbers = _count_groups(connection, conditions, grouping)
    groups = dict.fromkeys((group, currency) for group, currency, _ in counted)
    for group in numbers:
        if not any(group == each for each, _ in groups):
            groups[group, ""] = None
    return [
        GroupTotal(
            group, currency, numbers.get(group, 0), counted.get((group, currency, True), {}), counted.get((group, currency, False), {})
        )
        for group, currency in groups
    ]


def _sum_stages(
    connection: Connection, conditions: Conditions, key: ColumnElement[Any]
) -> Iterator[tuple[str, str, bool, str, StageTotal]]:
    """Group, currency, whether it counts, stage, total."""
    by = key, amounts.c.currency, amounts.c.is_counted, amounts.c.stage
    rest: dict[tuple[Any, ...], list[Decimal]] = {}
    inexact = _select_processes(conditions, *by, amounts.c.amount, also=amounts).where(amounts.c.is_exact == 0)
    for *group, amount in connection.execute(inexact):
        rest.setdefault(tuple(group), []).append(Decimal(amount))
    # In two halves: a sum of minor units may leave an int64 long before the sums of their halves do.
    halves = (func.sum(half * amounts.c.is_exact) for half in (amounts.c.minor // _HALF, amounts.c.minor % _HALF))
    counts = func.sum(amounts.c.times), func.count(amounts.c.process.distinct())
    for row in connection.execute(_select_processes(conditions, *by, *halves, *counts, also=amounts).group_by(*by)):
        group, currency, is_counted, stage, high, low, times, count = row
        total = EXACT.add(from_minor(int(high) * _HALF + int(low), currency), add_up(rest.get(tuple(row[:4]), ())))
        yield str(group), currency, bool(is_counted), stage, StageTotal(total, int(times), int(count))


def _count_groups(connection: Connection, conditions: Conditions, grouping: Grouping) -> dict[str, int]:
    """Processes of each group, with money or without; all of them for a grouping by stage."""
    if grouping == "stage":
        count = connection.execute(_select_processes(conditions, func.count())).scalar_one()
        return dict.fromkeys(STAGES, int(count))
    if grouping == "supplier":
        count_of = func.count(amounts.c.process.distinct())
        query = _select_processes(conditions, amounts.c.supplier, count_of, also=amounts).group_by(amounts.c.supplier)
    else:
        query = _select_processes(conditions, processes.c[grouping], func.count()).group_by(processes.c[grouping])
    return {str(group): int(count) for group, count in connection.execute(query)}


class Shortfall(NamedTuple):
    """What sums cannot hold: processes without any amount, those without one of a stage, releases that are not readable.

    ``processes`` are those of purchases; ``budgets`` of which nothing but a programme's budget is told miss no stage.
    """

    processes: int
    budgets: int
    without_amount: int
    without_stage: dict[str, int]
    unreadable_releases: int


def find_shortfall(connection: Connection, conditions: Conditions) -> Shortfall:
    """What is missing from the sums of the processes that fit."""
    count, unreadable = connection.execute(_select_processes(conditions, func.count(), func.sum(processes.c.unreadable))).one()
    has_amount = select(amounts.c.process).where(amounts.c.process == processes.c.process).exists()
    without: int = connection.execute(_select_processes(conditions, func.count()).where(~has_amount)).scalar_one()
    counted = _select_processes(conditions, amounts.c.stage, func.count(amounts.c.process.distinct()), also=amounts)
    grouped = connection.execute(counted.where(amounts.c.is_counted == 1).group_by(amounts.c.stage)).all()
    with_stage = {str(stage): int(number) for stage, number in grouped}
    budgets: int = connection.execute(_select_processes(conditions, func.count()).where(processes.c.state == "budgeted")).scalar_one()
    purchases = int(count) - budgets
    without_stage = {stage: purchases - with_stage.get(stage, 0) for stage in STAGES if stage != "budgeted"}
    return Shortfall(purchases, budgets, without, without_stage, int(unreadable or 0))


# -- parties --------------------------------------------------------------------------------------------------------------


class NamedParty(NamedTuple):
    """A party that is in a list, its newest name, and how many processes its list has."""

    party: str
    name: str
    processes: int


def count_list(connection: Connection, role: Role, party: str) -> int:
    """How many processes a party's list has; 0 for one that no release names in that role."""
    query = select(list_sizes.c.size).where(list_sizes.c.role == role, list_sizes.c.party == party)
    return connection.execute(query).scalar() or 0


def find_parties(connection: Connection, role: Role, name: str, limit: int) -> list[NamedParty]:
    """Listed parties whose name has these words, those with most processes first."""
    query = TextQuery(buyer=name) if role == "buyer" else TextQuery(supplier=name)
    if query.is_empty:
        return []
    hits = full_text.find(query).order_by(full_text.process_column.desc()).limit(MANY).subquery()
    rows = connection.execute(
        select(parties.c.party, func.min(parties.c.name))
        .join(hits, hits.c.rowid == parties.c.process)
        .where(parties.c.role == role, parties.c.party != "")
        .group_by(parties.c.party)
    )
    wanted = full_text.list_words(name)
    fitting = [party for party, each in rows if wanted <= full_text.list_words(each)]
    found = [NamedParty(party, name_party(connection, party), count_list(connection, role, party)) for party in fitting]
    return sorted((each for each in found if each.processes), key=lambda each: (-each.processes, each.party))[:limit]


def name_party(connection: Connection, party: str) -> str:
    """A party's newest name, or "" where no readable release names it."""
    where = (parties.c.party == party) & (parties.c.name != "")
    found = connection.execute(select(parties.c.name).where(where).order_by(parties.c.position.desc()).limit(1)).scalar()
    return found or ""


def list_names(connection: Connection, party: str) -> list[Row[Any]]:
    """Names of a party, newest first: name, how many processes, position of the newest."""
    newest = func.max(parties.c.position)
    query = select(parties.c.name, func.count(parties.c.process.distinct()).label("processes"), newest.label("position"))
    return list(
        connection.execute(query.where(parties.c.party == party, parties.c.name != "").group_by(parties.c.name).order_by(newest.desc()))
    )


def list_suppliers(connection: Connection, found: Sequence[int]) -> dict[int, list[str]]:
    """Names (or ids) of the suppliers of some processes, each once: two numbers may have one name."""
    query = select(parties.c.process, parties.c.name, parties.c.party).where(parties.c.role == "supplier", parties.c.process.in_(found))
    suppliers: dict[int, dict[str, None]] = {}
    for process, name, party in connection.execute(query):
        suppliers.setdefault(process, {})[name or party] = None
    return {process: list(names) for process, names in suppliers.items()}


# -- lists and processes --------------------------------------------------------------------------------------------------


def list_processes(connection: Connection, role: Role, party: str) -> Iterator[Row[Any]]:
    """A party's list, in the order of its numbers."""
    query = (
        select(listings.c.number, process_keys.c.publisher, process_keys.c.ocid, processes)
        .select_from(listings.join(process_keys, process_keys.c.process == listings.c.process))
        .outerjoin(processes, processes.c.process == listings.c.process)
        .where(listings.c.role == role, listings.c.party == party)
        .order_by(listings.c.number)
    )
    return iter(connection.execute(query))


def list_releases(connection: Connection, publisher: str) -> Iterator[Row[Any]]:
    """A publisher's list of releases, each by its first version."""
    query = (
        select(releases, process_keys.c.ocid)
        .join(process_keys, process_keys.c.process == releases.c.process)
        .where(releases.c.publisher == publisher, releases.c.kind == "new")
        .order_by(releases.c.number)
    )
    return iter(connection.execute(query))


def find_processes(connection: Connection, ocid: str) -> list[Row[Any]]:
    """The processes of an ocid, one a publisher: key and row."""
    query = select(*KEYS, processes).join(processes, processes.c.process == process_keys.c.process)
    return list(connection.execute(query.where(process_keys.c.ocid == ocid).order_by(process_keys.c.publisher)))


def list_process_parties(connection: Connection, process: int, role: Role) -> list[str]:
    """Ids of a process's listed parties in one role, sorted."""
    query = select(listings.c.party).where(listings.c.process == process, listings.c.role == role)
    return sorted(connection.execute(query).scalars())


def list_publishers(connection: Connection, conditions: Conditions) -> list[str]:
    """Publishers of the processes that fit."""
    return sorted(connection.execute(_select_processes(conditions, process_keys.c.publisher).distinct()).scalars())


def iterate_pages(connection: Connection, conditions: Conditions) -> Iterator[list[int]]:
    """The processes that fit, in the order of their first releases, page by page."""
    newest = -1
    query = _select_processes(conditions, processes.c.process).order_by(processes.c.process).limit(PAGE)
    while page := list(connection.execute(query.where(processes.c.process > newest)).scalars()):
        yield page
        newest = page[-1]


def list_versions(connection: Connection, page: Sequence[int]) -> list[Row[Any]]:
    """All versions of the releases of some processes, by process, oldest entry first."""
    query = select(releases, process_keys.c.ocid).join(process_keys, process_keys.c.process == releases.c.process)
    return list(connection.execute(query.where(releases.c.process.in_(page)).order_by(releases.c.process, releases.c.position)))


SECTIONS: Final = {
    "processes": processes,
    "releases": releases,
    "parties": parties,
    "amounts": amounts,
    "awards": awards,
    "contracts": contracts,
    "payments": payments,
}
"""What a flat export holds, one file a section."""


def list_section(connection: Connection, section: str, page: Sequence[int]) -> list[Row[Any]]:
    """Rows of a section of some processes: publisher, ocid, and all columns of its table."""
    table = SECTIONS[section]
    query = select(process_keys.c.publisher, process_keys.c.ocid, table).join(table, table.c.process == process_keys.c.process)
    order = [table.c.process, *([table.c.position] if section == "releases" else [])]
    return list(connection.execute(query.where(table.c.process.in_(page)).order_by(*order)))
