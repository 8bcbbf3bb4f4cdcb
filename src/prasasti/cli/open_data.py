"""Commands of open contracting data: ``import ocds``, ``export ocds``, ``show``."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from prasasti import bootstrap
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
from prasasti.integrations.ocds.story import StoryLine
from prasasti.services.exporting import NothingFits, Selection, Story, export_records, export_releases, tell_story
from prasasti.services.importing import KINDS, Importer, ImportReport, Seen, read_redaction_key
from prasasti.services.ledger import Ledger
from prasasti.services.releases import RecordedRelease, iterate_releases

SHOWN_ROWS = 12


@click.group(name="import")
def import_() -> None:
    """Record data of other systems as attested releases.

    \b
    prasasti import ocds releases.json
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
    out.say("import.rate", rate=round(report.read / seconds) if seconds else 0, seconds=f"{seconds:.1f}")
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


@click.group()
def export() -> None:
    """Read recorded data back in the forms that others use.

    \b
    prasasti export ocds --output records.json
    """


@export.command(name="ocds")
@click.option("--output", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Where the package goes.")
@click.option("--ocid", help="Only this process.")
@click.option("--buyer", metavar="ID", help="Only processes of this buyer, in the form of the lists (scheme-number).")
@click.option("--from", "since", type=click.DateTime(["%Y-%m-%d"]), help="Only releases dated on this day or later (UTC).")
@click.option("--to", "until", type=click.DateTime(["%Y-%m-%d"]), help="Only releases dated before this day (UTC).")
@click.option("--publisher", metavar="ID", help="Only releases of this publisher; a package is one publisher's.")
@click.option("--package", type=click.Choice(["record", "release"]), default="record", show_default=True, help="Kind of package.")
@click.option("--versioned", is_flag=True, help="Add the versioned release to each record.")
@click.option("--uri", default="", help="The package's uri; otherwise a urn of this ledger.")
@ledger_option
@command
def export_ocds(
    output: Path, ocid: str | None, buyer: str | None, since: datetime | None, until: datetime | None, publisher: str | None,
    package: str, versioned: bool, uri: str, ledger_folder: Path,
) -> None:  # fmt: skip
    """Write an OCDS package of what is recorded: records with their compiled releases, or the releases alone.

    \b
    prasasti export ocds --output records.json
    prasasti export ocds --ocid ocds-px0z7d-5052-5001-1 --output one.json
    prasasti export ocds --from 2026-01-01 --to 2027-01-01 --package release --output 2026.json
    """
    out = shell()
    if not output.parent.is_dir():
        out.fail("error.could_not", f"{output.parent} is not a folder; make it first", COULD_NOT)
    selection = Selection(publisher, ocid, buyer, _instant(since), _instant(until))
    with bootstrap.open_for_reading(ledger_folder) as ledger:
        if package == "record":
            report = export_records(ledger, selection, output, uri=uri, versioned=versioned)
        else:
            report = export_releases(ledger, selection, output, uri=uri)
    processes = report.records if package == "record" else "-"
    out.say("export.done", releases=report.releases, processes=processes, path=output)
    left_out = [
        {"entry": each.position, "ocid": each.ocid, "release_id": each.release_id, "problem": each.problems[0].problem}
        for each in report.left_out
    ]
    if left_out:
        out.say("export.left_out", count=len(left_out))
        for each in left_out[:SHOWN_ROWS]:
            out.line(f"  {each['entry']}  {each['ocid']}  {out.words.find('problem.' + str(each['problem']), str(each['problem']))}")
    out.finish({"output": str(output), "releases": report.releases, "records": report.records, "left_out": left_out})


@click.command()
@click.argument("ocid", required=False)
@ledger_option
@command
def show(ocid: str | None, ledger_folder: Path) -> None:
    """Tell one contract's story, line by line, each with its entry in the log; without OCID list what is recorded.

    \b
    prasasti show
    prasasti show ocds-px0z7d-5052-5001-1
    """
    with bootstrap.open_for_reading(ledger_folder) as ledger:
        if ocid is None:
            _list_processes(ledger)
            return
        try:
            story = tell_story(ledger, ocid)
        except NothingFits as problem:
            words = "show.unknown" if problem.known else "show.nothing"
            shell().fail("error.refused", shell().words(words, ocid=ocid, examples=", ".join(problem.known)), REFUSED)
        else:
            say_story(story)


def say_story(story: Story) -> None:
    """A story as a table for people, or as one object for programs."""
    out = shell()
    out.line(story.ocid)
    for key, name in (("show.publisher", story.publisher), ("show.buyer", story.buyer), ("show.supplier", ", ".join(story.suppliers))):
        if name:
            out.line(f"{out.words(key):<10}{name}")
    rows = [[out.day(line.time), str(line.position), spell_event(out, line), spell_amount(out, line.facts)] for line in story.lines]
    out.table([out.words(f"show.{name}") for name in ("date", "entry", "what", "amount")], rows, right=(1, 3))
    out.say("show.source")
    out.finish(
        {
            "ocid": story.ocid, "publisher": story.publisher, "buyer": story.buyer, "suppliers": story.suppliers,
            "lines": [{"time": line.time, "entry": line.position, "event": line.key, **line.facts} for line in story.lines],
        }
    )  # fmt: skip


def spell_event(out: Shell, line: StoryLine) -> str:
    """What happened, in words; codes of OCDS stand as they are, instants as days."""
    are_instants = line.key.endswith(("deadline_changed", "end_changed"))
    facts = {name: fact[:10] if are_instants and name in {"before", "after"} else fact for name, fact in line.facts.items()}
    if "before_amount" in facts:
        facts["before"] = out.words.amount(facts["before_amount"], facts["before_currency"])
    detail = out.words(f"story_detail.{line.key}", **facts).strip()
    return f"{out.words(f'story.{line.key}')}: {detail}" if detail else out.words(f"story.{line.key}")


def spell_amount(out: Shell, facts: dict[str, str]) -> str:
    """The amount of an event, as it is afterwards."""
    amount = facts.get("after_amount", facts.get("amount", ""))
    return out.words.amount(amount, facts.get("after_currency", facts.get("currency", ""))) if amount else ""


def _list_processes(ledger: Ledger) -> None:
    out = shell()
    releases: dict[str, list[RecordedRelease]] = {}
    for release in iterate_releases(ledger):
        releases.setdefault(release.ocid, []).append(release)
    if not releases:
        raise NothingFits(out.words("show.nothing"))
    rows = [[ocid, str(len(found)), found[-1].buyer, ", ".join(found[-1].tag)] for ocid, found in releases.items()]
    out.table([out.words(f"show.{name}") for name in ("process", "releases", "buyer", "newest")], rows[:200], right=(1,))
    if len(rows) > 200:
        out.say("import.more", count=len(rows) - 200)
    out.finish({"processes": [{"ocid": ocid, "releases": len(found), "buyer": found[-1].buyer} for ocid, found in releases.items()]})


def _instant(day: datetime | None) -> int | None:
    return int(day.replace(tzinfo=UTC).timestamp()) if day is not None else None
