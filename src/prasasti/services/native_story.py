"""What ``show`` tells of a native process beyond its releases: who did what under which figures, the rankings' arithmetic, what waits.

Owns which figures decided which event. Acts come from the log; figures, rankings and what waits are read off the state, in
which a figure is read as of the time that the process keeps it for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, select

from prasasti.contracts.governance.parameters import read_profile
from prasasti.contracts.offices import key_key
from prasasti.contracts.people import Person
from prasasti.contracts.procurement.agreement.records import AgreementRecord, agreement_key
from prasasti.contracts.procurement.evaluation.effects import BELOW
from prasasti.contracts.procurement.evaluation.records import RankedRecord, RankingRecord, ranked_key, ranking_key
from prasasti.contracts.procurement.parameters import PARAMETERS, find_value
from prasasti.contracts.procurement.process import SCORES, ProcessRecord, find_lot, find_process
from prasasti.core.contract import View
from prasasti.core.genesis import KeyRecord
from prasasti.core.parameters import find_declared, index_parameters
from prasasti.core.types import require
from prasasti.integrations.ocds.native.entries import Name, NativeEntry, find_name, list_given_names
from prasasti.readmodel.tables import native_entries
from prasasti.services.deriving import list_below, read_document, read_entries
from prasasti.services.later_tags import Flag, list_flags
from prasasti.services.ledger import Ledger
from prasasti.services.task import Task
from prasasti.services.tasks import Found, list_tasks

# Facts that are amounts, in the process's currency.
MONEY_FACTS: Final = ("price", "gross", "accepted", "change", "recovery", "retention", "damages", "freed")
# The topics of the figures that decided an event; those that differ by kind are the kind's own.
FIGURES: Final[Mapping[str, tuple[str, ...]]] = {
    "plan_announced": ("direct_limit",),
    "tender_published": ("submission_days", "estimate_age_days", "committee_minimum"),
    "tender_amended": ("submission_extension_days",),
    "deadline_extended": ("submission_extension_days",),
    "opening_begun": ("opening_grace_days",),
    "lot_opened": ("estimate_binds",),
    "ballot_opened": ("ballot_days",),
    "scoring_ended": ("scoring_days", "scoring_extension_days"),
    "award_notified": ("standstill_days", "standstill_in_working_days"),
    "award_activated": ("signing_days", "signing_in_working_days"),
    "complaint_filed": ("complaint_answer_days",),
    "complaint_closed": ("appeal_allowed", "appeal_days"),
    "appeal_filed": ("appeal_answer_days", "appeal_bond_bp"),
    "appeal_decided": ("appeal_silence",),
    "file_missing": ("file_grace_days",),
    "qualification_decided": ("standstill_days",),
    "lot_failed": ("standstill_days",),
    "contract_lapsed": ("signing_days",),
    "evidence_submitted": ("inspection_due_days",),
    "invoice_filed": ("certification_due_days",),
    "milestone_inspected": ("witness_from", "witness_due_days"),
    "contract_amended": ("amendment_cap_bp",),
    "advance_taken": ("advance_most_bp",),
    "report_taken_in": ("report_answer_days",),
}
GROUNDS_CLAUSE: Final = "Perpres 16/2018 Pasal 51(2)"
_DECLARED: Final = index_parameters(PARAMETERS)


class Rule(Struct, frozen=True):
    """A figure that decided something: the parameter, its value then, and the clause that it is from ("" where it was voted)."""

    name: str
    value: str
    clause: str


class PutOut(Struct, frozen=True):
    """A bidder whose proposal an act put out, and why: a code, after a colon what of."""

    bidder: str
    reason: str


class Act(Struct, frozen=True):
    """A message, or what the schedule did: ``what`` is the message's name or the event's; ``signers`` as ``handle (role)``.

    ``time`` is the block's, seconds UTC; ``facts`` are those of the event that say most (lot, outcome, ground, until).
    """

    position: int
    time: int
    what: str
    actor: str
    signers: list[str]
    facts: dict[str, str]
    rules: list[Rule]
    put_out: list[PutOut]


class LotRanking(Struct, frozen=True):
    """A published ranking of a lot: its number, the evaluation, and each proposal's arithmetic (``RankedRecord``)."""

    lot: str
    ranking: int
    evaluation: int
    published: int
    proposals: list[RankedRecord]


class NativeStory(Struct, frozen=True):
    """Acts in the order of the log, rankings by lot and number in the process's ``currency``, and what waits as of ``told``; ``flags``
    of what was attested later, which change nothing."""

    told: int
    currency: str
    acts: list[Act]
    rankings: list[LotRanking]
    tasks: list[Task]
    flags: list[Flag]


def tell_native(ledger: Ledger, connection: Connection, process: int, ocid: str) -> NativeStory | None:
    """The story of a native process; None for one that is not."""
    query = select(native_entries.c.position).where(native_entries.c.process == process).order_by(native_entries.c.position)
    positions = [int(position) for position in connection.execute(query).scalars()]
    if not positions:
        return None
    entries = list(read_entries(ledger, positions))
    view = ledger.view_stored()
    record = find_process(view, ocid)
    questions = [(ocid, entry.arguments["question"]) for entry in entries if entry.action == "ask_question"]
    violations = [entry.arguments["violation"] for entry in entries if entry.action == "notify_violation"]
    given = list(dict.fromkeys(name for entry in entries for name in list_given_names(entry)))
    contracts, reports = ([name.id for name in given if name.kind == kind] for kind in ("contract", "report"))
    tasks = list_tasks(view, Found([ocid], questions, violations, contracts, reports, []), ledger.now())
    names = {Name("process", ocid), *(name for entry in entries if entry.action for name in list_given_names(entry) if name.kind != "plan")}
    acts = [act for entry in entries for act in _list_acts(ledger, view, names, record, entry)]
    flags = list_flags(view, ocid, record, _list_declared(entries), ledger.now()) if record is not None else []
    agreements = [view.get(agreement_key(contract), AgreementRecord) for contract in contracts]
    currency = record.currency if record is not None else next((each.currency for each in agreements if each is not None), "")
    return NativeStory(ledger.now(), currency, acts, list(_list_rankings(view, ocid, record)), tasks, flags)


def _list_declared(entries: Sequence[NativeEntry]) -> dict[Person, int]:
    """Who declared interests in a process, and when first."""
    declared: dict[Person, int] = {}
    for entry in entries:
        for name, event in entry.events:
            if name == "interests_declared":
                declared.setdefault(Person(event["handle"], event["organisation"]), entry.time)
    return declared


def _list_acts(ledger: Ledger, view: View, names: set[Name], record: ProcessRecord | None, entry: NativeEntry) -> Iterator[Act]:
    """One a message, with the figures of all that followed; one an event for what the schedule did."""
    kind = str(entry.arguments.get("kind", "")) or (record.kind if record is not None else "")
    own = [(name, event) for name, event in entry.events if entry.action or find_name(event) in names]
    groups = [(entry.action, own)] if entry.action else [(name, [(name, event)]) for name, event in own]
    published = record.published if record is not None else entry.time
    for what, events in groups:
        time = min(published, entry.time) if what == "announce_plan" else published
        rules = {rule.name: rule for name, _ in events for rule in _list_rules(view, name, kind, time)}
        if any(name == "lot_failed" for name, _ in events):
            rules[GROUNDS_CLAUSE] = Rule("ground", _join(events, "ground"), GROUNDS_CLAUSE)
        yield Act(
            entry.position, entry.time, what, entry.actor, [_spell_signer(view, each.key, each.role) for each in entry.signers],
            _choose_facts(entry.arguments, events), list(rules.values()), list(_list_put_out(ledger, view, entry, events)),
        )  # fmt: skip


def _list_rules(view: View, event: str, kind: str, time: int) -> Iterator[Rule]:
    for topic in FIGURES.get(event, ()):
        by_kind = f"procurement.{kind}.{topic}"
        name = by_kind if by_kind in _DECLARED else f"procurement.{topic}"
        declared = require(find_declared(_DECLARED, name), name)
        profile = read_profile(view)
        default, clause = next((pair for each, pair in declared.profiles.items() if each == profile), (declared.default, declared.clause))
        found = find_value(view, name, time)
        yield Rule(name, str(default if found is None else found), clause if found is None or found == default else "")


def _list_put_out(ledger: Ledger, view: View, entry: NativeEntry, events: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[PutOut]:
    """Whom outcomes put out (15), then whom the ledger did: at the opening, by its document, or below a threshold, by its records."""
    for outcome in entry.arguments["outcomes"] if entry.action == "record_requirements" else ():
        if not outcome["pass"]:
            yield PutOut(outcome["bidder"], f"requirement:{outcome['requirement']}")
    for name, event in events:
        body = read_document(ledger, event["document"]["sha256"]) if name == "envelopes_opened" else None
        held = msgspec.json.decode(body) if body is not None else {"envelopes": [], "excluded": []}
        for envelope in held["envelopes"]:
            if envelope["malformed"] and envelope["slot"] != SCORES:
                yield PutOut(envelope["sealer"], f"malformed:{envelope['malformed']}")
        yield from (PutOut(each["bidder"], each["reason"]) for each in held["excluded"])
        yield from (PutOut(bidder, BELOW) for bidder, _ in list_below(view, name, event))


FACTS: Final = (
    "lot", "bidder", "slot", "question", "complaint", "appeal", "award", "contract", "guarantee", "choice", "outcome", "remedy", "ground",
    "reason", "decision", "seat", "milestone", "finding", "act", "certificate", "invoice", "amendment", "order", "line", "batch", "bank",
    "item", "payment", "report", "sp2d", "ntpn", *MONEY_FACTS,
)  # fmt: skip
_ENDS: Final = ("deadline", "ends", "standstill_ends", "signing_ends", "window_ends", "due", "grace_ends", "until")
"""Fields of events that say until when; ``due`` of an opening counts envelopes."""


def _choose_facts(arguments: dict[str, Any], events: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, str]:
    facts: dict[str, str] = {}
    for told in (arguments, *(event for _, event in events)):
        facts.update((name, str(told[name])) for name in FACTS if isinstance(told.get(name), str | int) and told[name] != "")
    ends = [event[name] for what, event in events for name in _ENDS if name in event and not (name == "due" and "slot" in event)]
    ends = [end for end in ends if isinstance(end, int) and end > 1_000_000_000]
    return facts | ({"until": str(max(ends))} if ends else {})


def _join(events: Sequence[tuple[str, dict[str, Any]]], field: str) -> str:
    return ", ".join(dict.fromkeys(str(event[field]) for _, event in events if field in event))


def _spell_signer(view: View, key: str, role: str) -> str:
    record = view.get(key_key(key), KeyRecord)
    return f"{record.handle if record is not None else key[:8]} ({role.rpartition('.')[2]})"


def _list_rankings(view: View, ocid: str, record: ProcessRecord | None) -> Iterator[LotRanking]:
    for name in record.lots if record is not None else ():
        lot = require(find_lot(view, ocid, name), name)
        for number in range(1, lot.ranking + 1):
            ranking = require(view.get(ranking_key(ocid, name, number), RankingRecord), f"ranking {number}")
            ranked = [require(view.get(ranked_key(ocid, name, number, place), RankedRecord), name) for place in range(ranking.ranked)]
            yield LotRanking(name, number, ranking.evaluation, ranking.published, ranked)
