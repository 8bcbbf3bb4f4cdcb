"""Commands that record open contracting data: ``import ocds``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from prasasti.cli.shell import (
    COULD_NOT,
    REFUSED,
    Shell,
    accept_clock_option,
    command,
    ledger_option,
    open_key,
    open_to_write,
    shell,
    training_key,
)
from prasasti.integrations.ocds.attestation import AttestationSettings
from prasasti.integrations.ocds.money import sorted_totals
from prasasti.integrations.ocds.official_schema import OfficialSchema
from prasasti.integrations.ocds.reading import find_single_release_id
from prasasti.integrations.ocds.redaction import REDACTION_VERSION
from prasasti.services.importing import KINDS, Importer, ImportReport, Seen, read_redaction_key
from prasasti.services.ledger import Ledger

SHOWN_ROWS = 12


@click.group(name="import")
def import_() -> None:
    """Record data of other systems as attested releases.

    \b
    prasasti import ocds releases.json        open contracting data
    prasasti import inaproc kemnaker-2023     a folder of tables of Indonesia's INAPROC
    """


@import_.command(name="ocds")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--publisher", metavar="ID", help="The organisation in whose name; a ledger with one publisher needs none.")
@click.option("--key", "location", metavar="KEY", help="The publisher's signing key; a training ledger has it in its keys.")
@click.option(
    "--redaction-key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The publisher's redaction key, made by 'prasasti key make --redaction'; keep it, and keep it secret.",
)
@click.option("--default-scheme", default="", metavar="SCHEME", help="Scheme of parties that name none (ID for an Indonesian source).")
@click.option("--encoding", type=click.Choice(["utf-8", "iso-8859-1"]), help="Encoding of the files, where it cannot be told from them.")
@click.option(
    "--unknown-fields",
    type=click.Choice(["refuse", "drop"]),
    default="refuse",
    show_default=True,
    help="What to do with a release that has fields which OCDS 1.1.5 and ten extensions do not know.",
)
@click.option(
    "--texts",
    type=click.Choice(["refuse", "keep"]),
    default="refuse",
    show_default=True,
    help="What to do with a release whose texts look like holding a national identity number, a mobile number or an e-mail address.",
)
@click.option("--schema", type=click.Path(path_type=Path, exists=True), metavar="ZIP", help="Check against this official schema as well.")
@ledger_option
@accept_clock_option
@command
def import_ocds(
    files: tuple[Path, ...], publisher: str | None, location: str | None, redaction_key: Path | None, default_scheme: str,
    encoding: str | None, unknown_fields: Any, texts: str, schema: Path | None, ledger_folder: Path, accept_clock: bool,
) -> None:  # fmt: skip
    """Record the releases in FILES: packages, releases, JSON lines, lists of them, plain or gzip.

    Personal data is taken out before anything is signed or written: contact points, and natural persons known by the
    scheme of their register number. A release whose texts look like holding a NIK, a mobile number or an e-mail
    address is refused; a name that stands only in a text is not recognised. Run it again after an interruption: what
    is recorded is not recorded twice.

    \b
    prasasti import ocds releases.json
    prasasti import ocds 2025.jsonl.gz --publisher kemnaker --key publisher.age --redaction-key redaction.key
    """
    out = shell()
    for path in files:
        if not path.is_file():
            out.fail("error.could_not", f"{path} is not a file", COULD_NOT)
    started = time.monotonic()
    with open_to_write(ledger_folder, accept_clock) as ledger:
        name = publisher or only_publisher(ledger)
        settings = AttestationSettings(
            publisher=name,
            redaction_key=read_redaction_key(redaction_key or ledger.keys_folder / f"{name}.redaction.key"),
            default_scheme=default_scheme,
            release_id_from="document" if find_single_release_id(files, encoding=encoding) else "source",
            unknown_fields=unknown_fields,
            official_schema=OfficialSchema.open_zip(schema) if schema is not None else None,
        )
        signer = open_key(location or training_key(ledger, name), ledger)
        importer = Importer(ledger, signer, settings, keep_texts=texts == "keep")
        with out.progress("import.progress") as progress:
            report = importer.run(files, encoding=encoding, progress=progress)
    seconds = time.monotonic() - started
    say_import(out, report, seconds)
    out.finish(import_as_json(report, seconds), 0 if report.is_clean else REFUSED)


def only_publisher(ledger: Ledger) -> str:
    """The publisher of a ledger that has one; click.UsageError otherwise."""
    publishers = [organisation.id for organisation in ledger.genesis.organisations if organisation.ocid_prefixes]
    if len(publishers) != 1:
        raise click.UsageError(f"name the publisher with --publisher: this ledger has {', '.join(publishers) or 'none'}")
    return publishers[0]


def say_import(out: Shell, report: ImportReport, seconds: float, *, with_money: bool = True) -> None:
    """An import's report for people: counts that add up, what was removed, tolerated, refused, and the money."""
    if not report.read and not report.file_problems:
        out.say("import.nothing")
    headings = [out.words("import.read"), *(out.words(f"import.{kind}") for kind in KINDS)]
    counts = [report.read, *(report.kinds[kind] for kind in KINDS)]
    out.table(headings, [[str(count) for count in counts]], right=tuple(range(len(headings))))
    out.say("import.adds_up" if report.read == report.accounted else "import.does_not_add_up", read=report.read, sum=report.accounted)
    out.say("import.rate", rate=round(report.read / seconds) if seconds else 0, seconds=out.words.amount(f"{seconds:.1f}", "").strip())
    if report.file_problems:
        out.say("import.files")
        for where, problem in report.file_problems:
            out.line(f"  {where}: {spell_seen(out, problem.problem, problem.detail)}")
    removed = [(name, count) for name, count in report.redactions.items() if count]
    if removed:
        out.say("import.redactions", version=REDACTION_VERSION)
        out.table(["", ""], [[f"  {out.words.find(f'redaction.{name}', name)}", str(count)] for name, count in removed], right=(1,))
    if report.unlisted_schemes:
        out.say("import.schemes")
        schemes = [[f"  {scheme or out.words('import.no_scheme')}", str(count)] for scheme, count in report.unlisted_schemes.items()]
        out.table(["", ""], schemes, right=(1,))
    _say_seen(out, "import.notices", report.notices)
    _say_seen(out, "import.refusals", report.refusals)
    rows = [
        [out.words(f"stage.{stage}"), currency, out.words.amount(f"{total.amount:f}", "").strip(), str(total.count)]
        for (stage, currency), total in sorted_totals(report.money)
    ]
    if rows and with_money:
        out.say("import.money")
        headings = [out.words(f"import.{name}") for name in ("stage", "currency", "total", "times")]
        out.table(headings, rows, right=(2, 3))


def _say_seen(out: Shell, title: str, seen: dict[tuple[str, str], Seen]) -> None:
    if not seen:
        return
    out.say(title)
    ordered = sorted(seen.items(), key=lambda item: -item[1].count)
    rows = [[str(found.count), spell_seen(out, code, detail), found.where] for (code, detail), found in ordered[:SHOWN_ROWS]]
    out.table([out.words("import.times"), out.words("import.what"), out.words("import.where")], rows, right=(0,))
    if len(ordered) > SHOWN_ROWS:
        out.say("import.more", count=len(ordered) - SHOWN_ROWS)


def spell_seen(out: Shell, code: str, detail: str) -> str:
    """A code in words, and what was found there."""
    return f"{spell_code(out, code)}: {detail}" if detail else spell_code(out, code)


def spell_code(out: Shell, code: str) -> str:
    """What a problem, a notice, a refusal of the contract or one of admission says in words."""
    keys = (f"problem.{code}", f"notice.{code}", f"refusal.{code.replace('.', '_')}", code)
    return next((words for key in keys if (words := out.words.find(key, ""))), code)


def import_as_json(report: ImportReport, seconds: float) -> dict[str, Any]:
    """An import's report for programs."""

    def as_list(seen: dict[tuple[str, str], Seen]) -> list[dict[str, Any]]:
        return [{"code": code, "detail": detail, "count": found.count, "first": found.where} for (code, detail), found in seen.items()]

    return {
        "read": report.read, "kinds": {kind: report.kinds[kind] for kind in KINDS}, "seconds": round(seconds, 3),
        "file_problems": [
            {"code": problem.problem, "detail": problem.detail, "where": where} for where, problem in report.file_problems
        ],
        "redactions": dict(report.redactions), "unlisted_schemes": dict(report.unlisted_schemes),
        "notices": as_list(report.notices), "refusals": as_list(report.refusals),
        "money": [
            {"stage": stage, "currency": currency, "total": f"{total.amount:f}", "count": total.count}
            for (stage, currency), total in sorted_totals(report.money)
        ],
    }  # fmt: skip
