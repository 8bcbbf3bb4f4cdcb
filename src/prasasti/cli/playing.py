"""``pilot --scenario``: a scenario of the lifecycle, played on a training ledger of its own, and everything checked that comes of it.

Owns what is shown of a play. What a play is, and what it expects of the ledger, is ``services.scenarios``'s.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from shlex import quote
from typing import Any

from prasasti import bootstrap
from prasasti.cli.explaining import say_explanation, spell_code
from prasasti.cli.reading import say_story
from prasasti.cli.shell import COULD_NOT, REFUSED, Shell, open_key, training_key
from prasasti.cli.tracing import trace
from prasasti.cli.walkthrough import name_program, require_empty, run_command, run_verifier, say_head, say_next
from prasasti.integrations.ocds.attestation import recompute_parties
from prasasti.services.audit import audit
from prasasti.services.audited_log import PublishedLog, open_source
from prasasti.services.explained_log import read_process
from prasasti.services.explaining import explain
from prasasti.services.founding import LOG_KEY_NAME, TRAINING_BUCKET_BITS, make_training_genesis
from prasasti.services.publishing import publish_ledger
from prasasti.services.scenarios.purchase import Ending
from prasasti.services.scenarios.stage import BUYER, Signer, Told
from prasasti.services.scenarios.table import SCENARIOS, play

LIST = "list"
OCDS_NAME = "selection.json"
REGISTERING = "identity.register_"
# Steps of an explanation that say what was due; states of contracts that were signed.
DUES = ("advance", "certificate", "release", "replacement")
IN_FORCE = ("active", "handed_over", "completed", "ended")


def list_scenarios(out: Shell) -> None:
    """Names of all scenarios, with what happens in each; ``number`` is 0 where the lifecycle has none."""
    out.say("playing.list")
    rows = [[str(each.number or ""), name, out.words(f"scenario.{name}")] for name, each in SCENARIOS.items()]
    out.table([out.words(f"playing.{column}") for column in ("number", "name", "title")], rows, right=(0,))
    out.finish({
        "scenarios": [
            {"name": name, "number": each.number, "title": out.words(f"scenario.{name}")} for name, each in SCENARIOS.items()
        ],
    })  # fmt: skip


def play_scenario(out: Shell, name: str, output: Path) -> None:
    """Found, play, publish, verify, replay, explain, export, tell; whatever is wrong ends the command with 1."""
    scenario = SCENARIOS.get(name)
    if scenario is None:
        out.fail("error.could_not", out.words("playing.unknown", name=name), COULD_NOT)
        return
    require_empty(out, output)
    folder, published = output / "ledger", output / "published"
    title = out.words(f"scenario.{name}")
    out.say("playing.head" if scenario.number else "playing.head_unnumbered", number=scenario.number, title=title)

    say_head(out, out.words("playing.founded", profile=scenario.parameters["governance.profile"]))
    founded = int(time.time())
    genesis = make_training_genesis(
        folder / "keys", "scenario-1", founded, bootstrap.allowed_parts(), TRAINING_BUCKET_BITS, scenario.parameters
    )
    bootstrap.create_ledger(folder, genesis)

    say_head(out, out.words("playing.played"))
    told: list[Told] = []
    with bootstrap.open_for_writing(folder, clocks=bootstrap.make_standing_clocks(founded)) as ledger:
        with out.progress("playing.progress") as progress:

            def tell(each: Told) -> None:
                told.append(each)
                progress(len(told), 0)

            endings = play(scenario, ledger, tell)
        _say_acts(out, told)
        say_head(out, out.words("playing.ended"))
        for ending in endings:
            _say_ending(out, ending)

        say_head(out, out.words("playing.published"))
        log_signer = open_key(training_key(ledger, LOG_KEY_NAME), ledger)
        publish_ledger(ledger, published, log_signer)
    run_verifier(out, str(published), "--key", str(published / "log.vkey"))
    log = PublishedLog(open_source(str(published)))
    if not audit(log, bootstrap.registry_for(log.genesis), recompute_parties).is_sound:
        raise SystemExit(REFUSED)
    out.say("audit.done")

    say_head(out, out.words("playing.explained"))
    processes = list(dict.fromkeys(ending.process for ending in endings))
    for process in processes:
        explanation = explain(read_process(log.genesis, enumerate(log.entries()), process), log.read_document)
        if explanation is None or explanation.differs is not None:
            raise SystemExit(REFUSED)
        say_explanation(out, explanation, ("ranking", "failure", *DUES))
    _read_back(out, folder, processes)
    for process in dict.fromkeys(ending.process for ending in endings if ending.contract in IN_FORCE and not out.as_json):
        say_head(out, out.words("playing.traced"))
        run_command(out, folder, trace, process)
    say_next(out, _list_next(name, processes[-1], output))
    out.finish(_as_json(name, scenario.number, told, endings, output))


def _say_acts(out: Shell, told: Sequence[Told]) -> None:
    """Line by line, acts of one kind that follow one another in one line."""
    rows: list[list[str]] = []
    for (day, _), group in groupby(told, lambda each: (out.day(each.time), _list_alike(each))):
        alike = list(group)
        rows.append([day if not rows or day != _find_day(rows) else "", _spell_acts(out, alike)])
        if alike[0].refused:
            rows.append(["", "   " + _spell_refusal(out, alike[0].refused)])
    out.table(["", ""], rows)
    acts = [each for each in told if each.signers]
    refusals = sum(1 for each in acts if each.refused)
    out.say("playing.counted", acts=len(acts) - refusals, refusals=refusals)


def _find_day(rows: Iterable[Sequence[str]]) -> str:
    return [day for day, _ in rows if day][-1]


def _list_alike(told: Told) -> tuple[object, ...]:
    """What acts of one line have in common: all keys that are registered are one."""
    is_registering = told.action.startswith(REGISTERING)
    return (REGISTERING, "", ()) if is_registering else (told.action, told.refused, tuple(role for _, role in told.signers))


def _spell_acts(out: Shell, alike: Sequence[Told]) -> str:
    """Who does what, for which lots where there are several."""
    action = alike[0].action
    if action.startswith(REGISTERING):
        return out.words("playing.people", count=len(alike))
    name = action.partition(".")[2]
    what = out.words.find(f"act.{name}", out.words.find(f"played.{name}", name))
    if not alike[0].signers:
        return out.words("playing.by_schedule", what=what)
    signers = list(dict.fromkeys(each.signers for each in alike))
    who = [" + ".join(_spell_people(people, role) for role, people in _by_role(each)) for each in signers]
    if all(len(each) == 1 for each in signers):
        who = [_spell_people([handle for ((handle, _),) in signers], signers[0][0][1])]
    return f"{', '.join(who)}: {what}" + (f" (× {len(alike)})" if len(alike) > len(signers) else "")


def _by_role(signers: Sequence[Signer]) -> list[tuple[str, list[str]]]:
    return [(role, [handle for handle, _ in group]) for role, group in groupby(signers, lambda signer: signer[1])]


def _spell_people(handles: Sequence[str], role: str) -> str:
    return f"{', '.join(handles)} ({role.rpartition('.')[2]})"


def _spell_refusal(out: Shell, number: str) -> str:
    if number.startswith("admission."):
        return out.words("playing.not_admitted", words=out.words(number))
    return out.words("playing.refused", number=number, words=out.words(f"refusal.{number.replace('.', '_')}"))


def _say_ending(out: Shell, ending: Ending) -> None:
    facts = {"lot": ending.lot, "process": ending.process, "state": spell_code(out, ending.state)}
    if ending.failure:
        out.say("playing.lot_failed", number=f"27{ending.failure}", **facts)
    elif ending.winner:
        out.say("playing.lot_won", winner=ending.winner, **facts)
    else:
        out.say("playing.lot_ended", **facts)
    if ending.contract:
        out.say("playing.contract", state=out.words(f"contract_state.{ending.contract}"))


def _read_back(out: Shell, folder: Path, processes: Sequence[str]) -> None:
    """As open data, and as a story."""
    from prasasti.readmodel.queries import Conditions
    from prasasti.services.exporting import export_records
    from prasasti.services.reading import tell_story

    say_head(out, out.words("playing.exported"))
    with bootstrap.open_for_reading(folder) as ledger:
        path = folder.parent / OCDS_NAME
        exported = export_records(ledger, Conditions(publisher=BUYER), path)
        out.say("export.done", releases=exported.releases, processes=exported.records, path=path)
        say_head(out, out.words("playing.story"))
        for process in processes if not out.as_json else ():
            say_story(tell_story(ledger, process), f"{name_program()} show {process} --ledger {quote(str(folder))}")
            out.line("")


def _list_next(name: str, process: str, output: Path) -> list[tuple[str, str]]:
    program, published = name_program(), quote(str(output / "published"))
    return [
        (f"{program}-verify {published}", "pilot.try_verify"),
        (f"{program} explain {process} {published}", "pilot.try_explain"),
        (f"{program} show {process} --ledger {quote(str(output / 'ledger'))}", "playing.try_show"),
        (f"{program} pilot --scenario {LIST}", "playing.try_list"),
    ]


def _as_json(name: str, number: int, told: Sequence[Told], endings: Sequence[Ending], output: Path) -> dict[str, Any]:
    acts = [
        {
            "time": each.time, "action": each.action, "signers": [f"{handle} ({role})" for handle, role in each.signers], "lot": each.lot,
            "refused": each.refused or None,
        }
        for each in told
    ]  # fmt: skip
    return {
        "scenario": name, "number": number, "acts": acts, "lots": [ending._asdict() for ending in endings], "agrees": True,
        "published": str(output / "published"), "ocds": str(output / OCDS_NAME),
    }  # fmt: skip
