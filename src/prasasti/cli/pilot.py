"""The command ``pilot``: the main job on a small purchase, from founding to the contract's story, each step shown.

Owns the order of the steps. Every step is what the command of its name does, called in this process, save the
verifier: it runs as the separate program that it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from shlex import quote

import click

from prasasti import bootstrap
from prasasti.cli.explaining import say_explanation
from prasasti.cli.open_data import say_import
from prasasti.cli.playing import LIST, list_scenarios, play_scenario
from prasasti.cli.publishing import say_published
from prasasti.cli.reading import list_, say_story, search, totals
from prasasti.cli.shell import REFUSED, Shell, command, open_key, shell, training_key
from prasasti.cli.tables import say_tables
from prasasti.cli.tracing import trace
from prasasti.cli.walkthrough import name_program, require_empty, run_command, run_verifier, say_head, say_next
from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.integrations.adapter import AdapterOptions, find_adapters, strip_provenance
from prasasti.integrations.mock_bank import BIC, IBAN, open_bank
from prasasti.integrations.ocds.attestation import AttestationSettings, recompute_parties
from prasasti.log.publish import build_settings
from prasasti.log.witness_store import hash_origin
from prasasti.services.adapting import import_tables
from prasasti.services.audit import audit
from prasasti.services.audited_log import PublishedLog, open_source
from prasasti.services.buying_benches import BUYER as BENCHES_BUYER
from prasasti.services.buying_benches import PARAMETERS as BENCHES_PARAMETERS
from prasasti.services.buying_benches import PROCESS, Benches, Tell, buy_benches
from prasasti.services.delivering_benches import deliver_benches
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import explain
from prasasti.services.founding import LOG_KEY_NAME, TRAINING_BUCKET_BITS, TRAINING_MEMBERS, TRAINING_PUBLISHER, make_training_genesis
from prasasti.services.importing import Importer, read_redaction_key
from prasasti.services.ledger import Ledger
from prasasti.services.paying.accounts import make_account
from prasasti.services.publishing import prove_transaction, publish_ledger
from prasasti.services.rehearsing import (
    AFTER,
    BEFORE,
    LOST,
    NOTICE_DAYS,
    PARAMETER,
    VOTE_DAYS,
    WINDOW_DAYS,
    Course,
    open_witnesses,
    run_course,
)
from prasasti.services.scenarios.order import LINE, TREASURY

SAMPLE = "park-benches.json"
OCID = "ocds-bench1-taman-kota-2026-001"
BUYER = "ID-NPWP-0012345678901000"
TABLES = "inaproc"
CITIZENS = "citizens-1"
UTC_OFFSET = "+07:00"
# What the treasury has at its bank: more than any contract of the story costs.
BANK_BALANCE_MINOR = 10**12


@click.command()
@click.option("--output", default="pilot", show_default=True, type=click.Path(path_type=Path), metavar="FOLDER", help="A new folder.")
@click.option("--scenario", metavar="NAME", help=f"Play a scenario of the lifecycle instead; '{LIST}' names them.")
@command
def pilot(output: Path, scenario: str | None) -> None:
    """Record, select, deliver and pay a small purchase, publish it, verify it, read it back: all of it in one new folder.

    \b
    prasasti pilot --output pilot
    prasasti pilot --scenario list                              what can go otherwise
    prasasti pilot --scenario debarred-winner --output played   play it, and check what comes of it
    """
    out = shell()
    if scenario == LIST:
        list_scenarios(out)
        return
    if scenario is not None:
        play_scenario(out, scenario, output)
        return
    require_empty(out, output)
    folder, published = output / "ledger", output / "published"
    out.say("pilot.title")

    _head(out, "founded")
    genesis = make_training_genesis(
        folder / "keys", "pilot-1", int(time.time()), bootstrap.allowed_parts(), TRAINING_BUCKET_BITS, BENCHES_PARAMETERS
    )
    bootstrap.create_ledger(folder, genesis)
    (output / "releases.json").write_bytes(files("prasasti.cli").joinpath("samples", SAMPLE).read_bytes())

    _head(out, "recorded")
    started = time.monotonic()
    with bootstrap.open_for_writing(folder) as ledger:
        redaction_key = read_redaction_key(ledger.keys_folder / f"{TRAINING_PUBLISHER}.redaction.key")
        settings = AttestationSettings(TRAINING_PUBLISHER, redaction_key, default_scheme="ID")
        importer = Importer(ledger, open_key(training_key(ledger, TRAINING_PUBLISHER), ledger), settings)
        say_import(out, importer.run([output / "releases.json"]), time.monotonic() - started)

        _head(out, "tables")
        out.say("pilot.tables_of", folder=Path("samples") / TABLES)
        started = time.monotonic()
        adapter = find_adapters()[TABLES]
        with as_file(files("prasasti.cli").joinpath("samples", TABLES)) as tables:
            adaptation = adapter.adapt(tables, AdapterOptions(adapter.ocid_prefix, UTC_OFFSET))
        settings = AttestationSettings(TRAINING_PUBLISHER, redaction_key, default_scheme=adapter.default_scheme)
        importer = Importer(ledger, importer.signer, settings, strip=strip_provenance)
        say_tables(out, adapter, import_tables(importer, adaptation, adapter.faults), time.monotonic() - started)

        _head(out, "governed")
        course = run_course(ledger)
        say_course(out, course)

        _head(out, "selected")
        benches = say_benches(out, ledger)

        _head(out, "delivered")
        say_delivery(out, benches, output / "treasury")

        _head(out, "published")
        log_signer = open_key(training_key(ledger, LOG_KEY_NAME), ledger)
        log_key = build_settings(ledger.genesis_bytes).key
        with open_witnesses(ledger, output / "witnesses", log_key, TRAINING_MEMBERS) as (witnesses, send):
            result = publish_ledger(ledger, published, log_signer, witnesses=witnesses, send=send)
        say_published(out, result, published)
        (output / "receipt.tlog-proof").write_bytes(prove_transaction(ledger, course.proved))

    _head(out, "verified")
    seen = output / "witnesses" / CITIZENS / "log" / hash_origin(log_key.name) / "checkpoint"
    trusted = ["--key", str(published / "log.vkey"), "--policy", str(published / "policy")]
    out.line("$ prasasti-verify published --policy policy --previous CHECKPOINT-OF-THE-CITIZENS-WITNESS")
    run_verifier(out, str(published), *trusted, "--previous", str(seen))
    out.line("$ prasasti-verify --proof receipt.tlog-proof --policy policy")
    run_verifier(out, "--proof", str(output / "receipt.tlog-proof"), *trusted)

    _head(out, "audited")
    log = PublishedLog(open_source(str(published)))
    report = audit(log, bootstrap.registry_for(log.genesis), recompute_parties)
    if not report.is_sound:
        raise SystemExit(REFUSED)
    out.say("audit.done")

    _head(out, "explained")
    explanation = explain(read_process(log.genesis, enumerate(log.entries()), PROCESS), log.read_document)
    if explanation is None or explanation.differs is not None:
        raise SystemExit(REFUSED)
    say_explanation(out, explanation, ("ranking", "certificate"))

    from prasasti.readmodel.queries import Conditions
    from prasasti.services.exporting import export_records
    from prasasti.services.reading import tell_story

    _head(out, "exported")
    with bootstrap.open_for_reading(folder) as ledger:
        for publisher, name in ((BENCHES_BUYER, "benches.json"), (TRAINING_PUBLISHER, "records.json")):
            exported = export_records(ledger, Conditions(publisher=publisher), output / name)
            out.say("export.done", releases=exported.releases, processes=exported.records, path=output / name)
        _head(out, "story")
        say_story(tell_story(ledger, PROCESS), f"{name_program()} show {PROCESS} --ledger {quote(str(folder))}")
        out.line("")
        say_story(tell_story(ledger, OCID))
    if not out.as_json:
        _head(out, "traced")
        run_command(out, output / "ledger", trace, benches.contracts[0])
        _ask(out, output)
    _say_next(out, output)


def say_benches(out: Shell, ledger: Ledger) -> Benches:
    """A contractor is selected for two lots, each step named as it is done."""
    with out.progress("pilot.selecting") as progress:
        outcome = buy_benches(ledger, _tell_steps(out, progress))
    for lot, (firm, price_minor) in outcome.winners.items():
        out.say("pilot.won", lot=lot, firm=firm, price=_spell_rupiah(out, int(price_minor)))
    return outcome


def say_delivery(out: Shell, benches: Benches, folder: Path) -> None:
    """Both contracts are delivered, and paid through a bank of another author's; the treasury's own files lie in a folder."""
    ledger = benches.purchase.ledger
    own = make_account(TREASURY, IBAN, BIC)
    with out.progress("pilot.delivering") as progress, open_bank(ledger.now() - DAY_SECONDS, "IDR", BANK_BALANCE_MINOR) as bank:
        delivered = deliver_benches(benches.purchase, benches.contracts, bank, folder, own, _tell_steps(out, progress))
    for each in delivered:
        facts = {name: _spell_rupiah(out, getattr(each, f"{name}_minor")) for name in ("price", "paid", "withheld")}
        out.say("pilot.contract", contract=each.contract, state=out.words(f"contract_state.{each.state}"), orders=each.orders, **facts)
    out.say("pilot.kept_apart", folder=folder)


def _tell_steps(out: Shell, progress: Callable[[int, int], None]) -> Tell:
    def tell(step: str, done: int, total: int) -> None:
        progress(done, total)
        if step:
            out.say(f"pilot.step_{step}")

    return tell


def _spell_rupiah(out: Shell, amount_minor: int) -> str:
    return f"IDR {out.words.amount(str(amount_minor // 100), '').strip()}"


def say_course(out: Shell, course: Course) -> None:
    """A vote class by class, what it changed, and the key that was recovered."""
    votes = ", ".join(f"{member} {out.words(f'choice.{choice}')}" for member, choice in course.votes.items())
    out.say("pilot.voted", name=PARAMETER, before=BEFORE, after=AFTER, votes=votes)
    out.say("pilot.in_force", vote_days=VOTE_DAYS, notice_days=NOTICE_DAYS, name=PARAMETER, value=course.value)
    out.say("pilot.recovered", handle=LOST, days=WINDOW_DAYS, key=course.recovered[:16])


def _ask(out: Shell, output: Path) -> None:
    """A search, a total, and a list with its proof."""
    _head(out, "asked")
    run_command(out, output / "ledger", search, "--price-rise", "--limit", "3")
    run_command(out, output / "ledger", totals, "--by", "stage")
    _head(out, "whole")
    run_command(out, output / "ledger", list_, "--buyer", BUYER, "--prove", str(output / "all.json"))
    out.line("$ prasasti-verify --list all.json published")
    run_verifier(out, "--list", str(output / "all.json"), str(output / "published"))


def _head(out: Shell, step: str) -> None:
    say_head(out, out.words(f"pilot.{step}"))


def _say_next(out: Shell, output: Path) -> None:
    """FILE is the reader's own."""
    program = name_program()
    ledger = f"--ledger {quote(str(output / 'ledger'))}"
    say_next(out, [
        (f"{program}-verify {quote(str(output / 'published'))}", "pilot.try_verify"),
        (f"{program} explain {PROCESS} {quote(str(output / 'published'))}", "pilot.try_explain"),
        (f"{program} trace {LINE} {ledger}", "pilot.try_trace"),
        (f"{program} tasks {ledger}", "pilot.try_tasks"),
        (f"{program} proof --list procurement/buyer/{BUYER} --output all.json {ledger}", "pilot.try_list"),
        (f"{program} export ocds --ocid {OCID} --output one.json {ledger}", "pilot.try_export"),
        (f"{program} import ocds FILE {ledger}", "pilot.try_own"),
        (f"{program} pilot --scenario {LIST}", "pilot.try_scenario"),
    ])  # fmt: skip
