"""The command ``explain``: who should have won, and what is due under the contract, step by step, beside what was recorded."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Container, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from prasasti import bootstrap
from prasasti.cli.shell import REFUSED, Shell, clean, command, ledger_option, shell
from prasasti.contracts.procurement.evaluation.records import RankedRecord, RankingRecord, ranked_key, ranking_key
from prasasti.core.contract import View
from prasasti.services.audited_log import LedgerLog, PublishedLog, open_source
from prasasti.services.explained_entries import read_own_process
from prasasti.services.explained_log import Figure, read_process
from prasasti.services.explaining import Disagreement, Explanation, FindRanking, Line, Step, explain
from prasasti.services.ledger import Ledger
from prasasti.services.submitting import DraftProblem

SCORE_FACTS = ("technical", "points", "final", "threshold", "sum")
SHARE_FACTS = (
    "technical_bp", "price_bp", "preference_bp", "tkdn_bp", "weight_bp", "share_bp", "rate_bp", "cap_bp", "retention_bp",
)  # fmt: skip
MONEY_FACTS = (
    "price", "estimate", "ceiling", "stated", "unit_price", "before", "award", "amount", "gross", "recovery", "retention", "damages",
    "base", "taken", "in_all", "certified", "advance", "ordered", "taxes", "net", "change", "held", "advance_owed", "damages_owed",
)  # fmt: skip
# Of what is compared, what is money.
MONEY_COMPARED = (
    "price", "gross", "recovery", "retention", "damages", "base", "tax", "ordered", "milestones_sum", "advance_owed", "damages_owed",
    "unasked",
)  # fmt: skip
TIME_FACTS = ("time", "deadline", "ends")
CODED_FACTS = ("selection", "state", "reason", "why", "choice", "outcome", "slot")
WIDEST = 100


@click.command(name="explain")
@click.argument("ocid")
@click.argument("published", metavar="[FOLDER|URL]", required=False)
@ledger_option
@command
def explain_process(ocid: str, published: str | None, ledger_folder: Path) -> None:
    """Recompute who should have won in OCID, and what is due under its contracts, step by step, from the log alone.

    Of a published log where one is named, else of the ledger's own. Each step names its rule, the entries and documents that
    it rests on, and its arithmetic. Exit 1 where the record differs; the step is named.

    \b
    prasasti explain ocds-213czf-benches public
    prasasti explain ocds-213czf-benches --ledger ledger
    """
    out = shell()
    with ExitStack() as stack:
        find_ranking: FindRanking | None = None
        ledger: Ledger | None = None
        log: PublishedLog | LedgerLog
        if published is not None:
            log = PublishedLog(open_source(published))
        else:
            ledger = stack.enter_context(bootstrap.open_for_reading(ledger_folder))
            log, find_ranking = LedgerLog(ledger.database, ledger.documents), _read_rankings(ledger.view_stored(), ocid)
        told = read_process(log.genesis, enumerate(log.entries()), ocid) if ledger is None else read_own_process(ledger, ocid)
        explanation = explain(told, log.read_document, find_ranking)
    if explanation is None:
        raise DraftProblem(out.words("explain.unknown", ocid=ocid))
    say_explanation(out, explanation)
    out.finish(_as_json(explanation), 0 if explanation.differs is None else REFUSED)


def _read_rankings(state: View, ocid: str) -> FindRanking:
    """What the node recorded of a ranking, which is compared with what is computed."""

    def find(lot: str, number: int) -> list[str] | None:
        record = state.get(ranking_key(ocid, lot, number), RankingRecord)
        ranked = [state.get(ranked_key(ocid, lot, number, place), RankedRecord) for place in range(record.ranked if record else 0)]
        return [each.bidder for each in ranked if each is not None] if record is not None else None

    return find


def say_explanation(out: Shell, explanation: Explanation, names: Container[str] | None = None) -> None:
    """The steps, those of some names only where they are given, and what they come to."""
    out.say("explain.head", process=explanation.process, buyer=explanation.buyer)
    for number, step in enumerate(explanation.steps, 1):
        if names is None or step.name in names:
            _say_step(out, number, step, explanation.currency)
    if explanation.notes:
        out.line("")
        out.say("explain.notes")
        for note in explanation.notes:
            _say_wrapped(out, _spell_line(out, note, explanation.currency) + _spell_reference(out, note), "   ")
    out.line("")
    for result in explanation.results:
        facts = {
            "lot": result.lot, "state": spell_code(out, result.state), "computed": result.computed or "—",
            "awarded": result.awarded or "—", "price": _spell_money(out, result.awarded_price, explanation.currency),
        }  # fmt: skip
        key = "result_none" if not (result.computed or result.awarded) else "result_open" if not result.awarded else "result"
        _say_wrapped(out, out.words(f"explain.{key}", **facts), "")
    differs = explanation.differs
    if differs is None:
        out.say("explain.agrees" if len(explanation.steps) != 1 else "explain.agrees_one", steps=len(explanation.steps))
        return
    name = out.words(f"explain_step.{differs.name}")
    number, subject = explanation.steps.index(differs) + 1, f"; {differs.subject}" if differs.subject else ""
    _say_wrapped(out, out.words("explain.differs", step=name, number=number, lot=differs.lot or "—", subject=subject), "")


def _say_step(out: Shell, number: int, step: Step, currency: str) -> None:
    out.line("")
    title = out.words(f"explain_step.{step.name}")
    out.line(" · ".join(filter(None, (f"{number}. {title}", step.lot, step.subject))))
    rule = out.words("explain.rule", version=step.version, clauses="; ".join(step.clauses))
    _say_wrapped(out, rule, "   ")
    for figure in step.figures:
        _say_wrapped(out, _spell_figure(out, figure), "   ")
    for line in step.lines:
        _say_wrapped(out, _spell_line(out, line, currency) + _spell_reference(out, line), "   ")
    for found in step.disagreements:
        _say_wrapped(out, _spell_disagreement(out, found, currency), "!! ")
    if not step.disagreements:
        out.line("   " + out.words("explain.step_agrees"))


def _say_wrapped(out: Shell, text: str, indent: str) -> None:
    """Lines that fit the terminal; what cannot be broken, such as a hash, stands whole."""
    width = min(out.output.width, WIDEST)
    later = " " * (len(indent) + 2)
    for line in textwrap.wrap(clean(text), width, initial_indent=indent, subsequent_indent=later, break_long_words=False) or [indent]:
        out.line(line)


def _spell_figure(out: Shell, figure: Figure) -> str:
    source = out.words("explain.by_vote", position=figure.position) if figure.position >= 0 else out.words("explain.by_default")
    return out.words("explain.figure", name=figure.name, value=_spell_value(out, figure.value), clause=figure.clause, source=source)


def _spell_value(out: Shell, value: object) -> str:
    return out.words("explain.yes" if value else "explain.no") if isinstance(value, bool) else str(value)


def _spell_line(out: Shell, line: Line, currency: str) -> str:
    facts = {name: _spell_fact(out, name, value, currency) for name, value in line.facts.items()}
    return out.words(f"explain_line.{line.key}", **facts)


def _spell_fact(out: Shell, name: str, value: Any, currency: str) -> str:
    if name in MONEY_FACTS:
        return _spell_money(out, str(value), currency)
    if name == "evaluated_e8":
        return _spell_money(out, str(int(value) // 10**8), currency) + _spell_rest(int(value) % 10**8)
    if name == "scores":
        return " + ".join(_spell_fact(out, "sum", each, currency) for each in str(value).split(" + "))
    if name in SCORE_FACTS:
        return out.words.amount(_shift(str(value), 4), "").strip()
    if name in SHARE_FACTS:
        return out.words.amount(_shift(str(value), 2), "").strip() + " %"
    if name in TIME_FACTS:
        return out.time(int(value)) if value else "—"
    if name == "quantity":
        return out.words.amount(_shift(str(value), 3), "").strip()
    return spell_code(out, str(value)) if name in CODED_FACTS else str(value)


def _spell_rest(rest: int) -> str:
    """What an evaluated price has below a minor unit: it decides between two that are nearly equal."""
    return f" (+ {rest}e-8)" if rest else ""


def spell_code(out: Shell, code: str) -> str:
    """A code in words; of one with a subject, such as ``requirement:licence``, the subject stands beside."""
    stem, colon, subject = code.partition(":")
    return out.words.find(f"explain_code.{stem}", stem) + (f" ({subject})" if colon else "")


def _spell_reference(out: Shell, line: Line) -> str:
    told = [out.words("explain.entry", position=line.position)] if line.position >= 0 else []
    told += [out.words("explain.document", document=line.document[:16])] if line.document else []
    return f" [{', '.join(told)}]" if told else ""


def _spell_disagreement(out: Shell, found: Disagreement, currency: str) -> str:
    stem, _, subject = found.what.partition(" of ")
    what = out.words.find(f"explain_what.{stem.replace(' ', '_')}", stem) + (f" ({subject})" if subject else "")
    spell: Callable[[str], str] = (
        (lambda text: _spell_money(out, text, currency)) if stem in MONEY_COMPARED else (lambda text: _spell_truth(out, text))
    )
    return out.words(
        "explain.disagreement", what=what, computed=spell(found.computed), recorded=spell(found.recorded), position=found.position
    )


def _spell_truth(out: Shell, text: str) -> str:
    return {"True": out.words("explain.yes"), "False": out.words("explain.no")}.get(text, text)


def _spell_money(out: Shell, minor: str, currency: str) -> str:
    from prasasti.readmodel.money import find_decimals

    return out.words.amount(_shift(minor, find_decimals(currency)), currency) if minor else "—"


def _shift(digits: str, decimals: int) -> str:
    """An integer of small units in units, without decimals that are all zero."""
    if digits.startswith("-"):
        return "-" + _shift(digits[1:], decimals)
    if not digits.isdecimal() or not digits.isascii():
        return digits
    padded = digits.rjust(decimals + 1, "0")
    whole, fraction = padded[: len(padded) - decimals], padded[len(padded) - decimals :]
    return f"{whole}.{fraction}" if fraction.strip("0") else whole


def _as_json(explanation: Explanation) -> dict[str, Any]:
    differs = explanation.differs
    return {
        "ocid": explanation.process,
        "buyer": explanation.buyer,
        "currency": explanation.currency,
        "agrees": differs is None,
        "differs_in": _name_step(explanation, differs) if differs is not None else None,
        "steps": [_step_as_json(step) for step in explanation.steps],
        "lots": [result._asdict() for result in explanation.results],
        "notes": [_line_as_json(note) for note in explanation.notes],
    }


def _name_step(explanation: Explanation, step: Step) -> dict[str, Any]:
    return {"step": explanation.steps.index(step) + 1, "name": step.name, "lot": step.lot, "subject": step.subject}


def _step_as_json(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "lot": step.lot,
        "subject": step.subject,
        "contract_version": step.version,
        "clauses": list(step.clauses),
        "parameters": [
            {"name": each.name, "value": each.value, "clause": each.clause, "entry": each.position if each.position >= 0 else None}
            for each in step.figures
        ],
        "lines": [_line_as_json(line) for line in step.lines],
        "agrees": not step.disagreements,
        "disagreements": [found._asdict() for found in step.disagreements],
    }


def _line_as_json(line: Line) -> dict[str, Any]:
    facts: Mapping[str, object] = line.facts
    return {"what": line.key, **facts, "entry": line.position if line.position >= 0 else None, "document": line.document or None}
