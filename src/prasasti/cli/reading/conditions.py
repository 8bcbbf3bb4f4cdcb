"""Options that say which processes, as conditions of the read model; the ledger and its read model, opened for a command."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prasasti import bootstrap
from prasasti.cli.shell import clean, shell

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from prasasti.readmodel.database import ReadModel
    from prasasti.readmodel.queries import Conditions, Role
    from prasasti.services.ledger import Ledger

STATES = ("budgeted", "planned", "tendered", "awarded", "contracted", "paid", "completed", "cancelled")
METHODS = ("open", "selective", "limited", "direct")


@contextmanager
def reading_ledger(ledger_folder: Path) -> Iterator[tuple[Ledger, ReadModel]]:
    """The ledger, and its read model caught up."""
    from prasasti.services.projecting import open_current

    with ExitStack() as stack:
        ledger = stack.enter_context(bootstrap.open_for_reading(ledger_folder))
        with shell().progress("read_model.progress") as progress:
            model = stack.enter_context(open_current(ledger, progress))
        yield ledger, model


def narrowing(function: Callable[..., None]) -> Callable[..., None]:
    """Options that say which processes."""
    for option in reversed((
        click.option("--buyer", default="", metavar="TEXT", help="Who buys: an id in the form of the lists, or words of a name."),
        click.option("--supplier", default="", metavar="TEXT", help="Who supplies: an id, or words of a name."),
        click.option("--publisher", default="", metavar="ID", help="Who published the releases."),
        click.option("--year", type=int, help="Of the first signature, else of the first award, the tender, the first release."),
        click.option("--method", type=click.Choice(METHODS), help="How it was tendered."),
        click.option("--state", type=click.Choice(STATES), help="How far it is, or how it ended."),
        click.option("--min", "minimum", metavar="AMOUNT", help="A value of at least so much, such as 1500000.50."),
        click.option("--max", "maximum", metavar="AMOUNT", help="A value of at most so much."),
        click.option("--currency", default="", help="Only values in this currency, such as IDR."),
    )):  # fmt: skip
        function = option(function)
    return function


def read_conditions(connection: Connection, narrowed: dict[str, Any], text: Any, needs_currency: bool) -> Conditions:
    """The options as conditions: a buyer or supplier by id where a list has it, else by words of the name."""
    from prasasti.readmodel import queries

    minimum, maximum = (_read_amount(narrowed.pop(name)) for name in ("minimum", "maximum"))
    roles: tuple[Role, ...] = ("buyer", "supplier")
    for role in roles:
        asked = narrowed[role]
        if asked and not queries.count_list(connection, role, asked):
            text = text._replace(**{role: asked})
            narrowed[role] = ""
    for option, asked in (("WORDS", text.words), ("--buyer", text.buyer), ("--supplier", text.supplier)):
        if asked and text._replace(words=asked, buyer="", supplier="").is_empty:
            raise click.UsageError(f"{option}: {clean(asked)} holds no word to look for; give letters or digits")
    if narrowed["currency"] == "" and (needs_currency or minimum is not None or maximum is not None):
        narrowed["currency"] = _choose_currency(connection)
    currency = narrowed["currency"]
    known = {name: value for name, value in narrowed.items() if value is not None}
    limits = _as_minor(minimum, currency, 1), _as_minor(maximum, currency, 0)
    return queries.Conditions(text=text, min_minor=limits[0], max_minor=limits[1], **known)


def _choose_currency(connection: Connection) -> str:
    """The only one that there is: amounts of several are not compared."""
    from prasasti.readmodel import queries

    currencies = queries.list_currencies(connection)
    if len(currencies) > 1:
        raise click.UsageError(f"amounts of several currencies cannot be compared; choose --currency among {', '.join(currencies)}")
    return currencies[0] if currencies else ""


def _read_amount(asked: str | None) -> Decimal | None:
    if asked is None:
        return None
    try:
        amount = Decimal(asked)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount.adjusted()) > 300:
        raise click.UsageError(f"{asked!r} is no amount: give plain digits, with a point before decimals, such as 1500000.50")
    return amount


def _as_minor(amount: Decimal | None, currency: str, rounding_up: int) -> int | None:
    """Minor units of a limit; a lower one that is no whole number of them means the next."""
    from prasasti.readmodel.money import MAX_MINOR, compute_minor

    if amount is None:
        return None
    minor, is_exact = compute_minor(amount, currency)
    return minor if is_exact else min(minor + rounding_up, MAX_MINOR)
