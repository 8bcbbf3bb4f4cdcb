"""Options of the commands, read off the messages: a field more in a message is an option more here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from prasasti.cli.procuring.delivering import make_delivering_options
from prasasti.cli.procuring.table import TIMES, Row, get_message
from prasasti.cli.recording import HOUR_SECONDS
from prasasti.cli.shell import accept_clock_option, ledger_option
from prasasti.services import selecting
from prasasti.services.selecting import Field


def make_parameters(row: Row) -> list[click.Parameter]:
    """Arguments and options of a command."""
    fields = [field for field in selecting.list_fields(get_message(row.action).arguments) if field.name not in row.hidden]
    by_name = {field.name: field for field in fields}
    made: list[click.Parameter] = [click.Argument([name], metavar=name.upper(), required=by_name[name].required) for name in row.positional]
    made += [_make_option(by_name[field.name], row) for field in fields if field.name not in row.positional]
    made += _SEALED_OPTIONS.get(row.sealed, list)() + make_delivering_options(row.sealed) + _make_common_options()
    return made


def _make_option(field: Field, row: Row) -> click.Option:
    flag = f"--{field.name.replace('_', '-')}"
    needed = " [needed]" if row.needs(field) else ""
    if field.kind == "flag":
        return click.Option([f"{flag}/--no-{flag[2:]}", field.name], default=None, help=f"Yes or no.{needed}")
    told = {
        "change": "In units of the currency; less than 0 with a minus.", "choice": "", "document": "A file; a PDF unless named.",
        "json": "As JSON, or in a file.", "money": "In units of the currency.", "number": _describe_number(field.name), "text": "",
        "texts": "Several, with commas between.",
    }[field.kind]  # fmt: skip
    metavar = {
        "change": "±AMOUNT", "document": "FILE[:MEDIA/TYPE]", "json": "JSON|@FILE", "money": "AMOUNT",
        "number": "TIME" if field.name in TIMES else "NUMBER", "texts": "A,B,…", "text": "TEXT",
    }.get(field.kind)  # fmt: skip
    choices = click.Choice(field.choices) if field.kind == "choice" else None
    return click.Option([flag, field.name], metavar=metavar, type=choices, help=f"{told}{needed}".strip() or None)


def signing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Options of every command that signs messages."""
    decorators: tuple[Callable[..., Any], ...] = (
        click.option("--signer", "-s", "signers", multiple=True, required=True, metavar="[ROLE=]KEY", help=(
            "Who signs: a key file, ssh-agent:…, pkcs11:…, or a public key that signs later.")),
        click.option("--yes", "-y", is_flag=True, help="Sign without asking."),
        click.option("--anyway", is_flag=True, help="Sign although the rules would refuse it now."),
        click.option(
            "--expires", type=click.IntRange(1, 604_800), default=HOUR_SECONDS, show_default=True, help="Seconds until it is void."
        ),
        ledger_option,
        accept_clock_option,
    )  # fmt: skip
    for decorate in reversed(decorators):
        function = decorate(function)
    return function


def _describe_number(name: str) -> str:
    if name in TIMES:
        return "UTC: 2026-12-31 or 2026-12-31T10:00."
    return "In hundredths of a per cent: 2500 is 25 %." if name.endswith("_bp") else "A whole number."


def _make_common_options() -> list[click.Parameter]:
    """Options of every command, made by the decorators that the others use."""

    def nothing() -> None:
        """Holds the options."""

    source = click.option("--from", "source", type=click.Path(path_type=Path, exists=True), metavar="FILE", help=(
        "The arguments as JSON; options come on top. A document is {\"file\": \"request.pdf\"}."))  # fmt: skip
    draft = click.option(
        "--draft", "kept", type=click.Path(path_type=Path), metavar="FILE", help="Write the envelope, for others to sign."
    )
    decorated: Any = source(draft(signing_options(nothing)))
    return list(reversed(decorated.__click_params__))


def _make_keep_option() -> click.Option:
    kind = click.Path(path_type=Path, exists=True, file_okay=False)
    told = "Where what you sealed is kept for you alone; beside your key unless named."
    return click.Option(["--keep"], type=kind, metavar="DIR", help=told)


def _make_submission_options() -> list[click.Parameter]:
    return [
        click.Option(["--contents"], required=True, metavar="JSON|@FILE", help="Price, items, files: what is sealed."),
        click.Option(["--members"], metavar="JSON|@FILE", help="Of a consortium: [{organisation, share_bp}, …]."),
        click.Option(["--receipts"], metavar="JSON|@FILE", help="The stores' receipts: {SHA-256: [receipt, receipt]}."),
        _make_keep_option(),
    ]


def _make_scores_options() -> list[click.Parameter]:
    told = "{criterion: {bidder: score}}, 1000000 is 100."
    return [click.Option(["--scores"], required=True, metavar="JSON|@FILE", help=told), _make_keep_option()]


def _make_accounts_option() -> click.Option:
    kind = click.Path(path_type=Path, exists=True, file_okay=False)
    return click.Option(["--keep"], type=kind, metavar="DIR", help="Where accounts.json lies, for you alone; beside your key unless named.")


def _make_account_options() -> list[click.Parameter]:
    kind = click.Path(path_type=Path, dir_okay=False)
    return [
        click.Option(["--bank"], required=True, metavar="BIC|ID", help="The account's bank."),
        click.Option(["--shown-as"], default="", metavar="NAME", help="What the bank shows of you; your organisation's id unless given."),
        click.Option(["--export"], type=kind, metavar="FILE", help="Write it for the treasury that verifies it; secret as the number."),
        _make_accounts_option(),
    ]


def _make_verification_options() -> list[click.Parameter]:
    kind = click.Path(path_type=Path, exists=True, dir_okay=False)
    return [click.Option(["--account"], type=kind, required=True, metavar="FILE", help="What the payee exported."), _make_accounts_option()]


def _make_file_options() -> list[click.Parameter]:
    kind = click.Path(path_type=Path, file_okay=False)
    return [
        click.Option(["--outbox"], type=kind, default=Path("outbox"), show_default=True, metavar="DIR", help="Where payment files lie."),
        click.Option(["--bank"], required=True, metavar="DIR|URL", help="Where the bank takes files from."),
        _make_accounts_option(),
    ]


def _make_statement_options() -> list[click.Parameter]:
    kind = click.Path(path_type=Path, exists=True, dir_okay=False)
    return [click.Argument(["file"], type=kind, metavar="FILE"), _make_accounts_option()]


_SEALED_OPTIONS: Mapping[str, Callable[[], list[click.Parameter]]] = {
    "": list,
    "account": _make_account_options,
    "file": _make_file_options,
    "orders": list,
    "scores": _make_scores_options,
    "shares": list,
    "signature": list,
    "statement": _make_statement_options,
    "submission": _make_submission_options,
    "verification": _make_verification_options,
}
