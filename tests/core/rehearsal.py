"""A contract for tests alone: it writes and removes any record, names documents, and schedules deadlines.

What the product's contracts do with deadlines and removals is a part of what the core must do right.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.governance.records import note_document
from prasasti.core.contract import Call, Contract, Message, Outcome, Rejection, View, Write
from prasasti.core.state import schedule_key
from prasasti.core.types import Document, Event, Identifier, Instant, ensure, require

LOST_IN_BLOCK = Rejection("rehearsal.00.1", "a signer's key, role or standing was lost earlier in the block")
UNWANTED = Rejection("rehearsal.01.1", "the text is 'refuse'")


class ThingRecord(Struct, frozen=True):
    """Any text."""

    text: str


class PlanRecord(Struct, frozen=True):
    """What a deadline does: write how many events of which length, schedule which others."""

    event_bytes: int
    events: int
    following: list[tuple[int, str]]


class DoneRecord(Struct, frozen=True):
    """The deadline ran as the n-th, in a block of that time, ``things`` records standing in the counted home."""

    number: int
    time: int
    text: str


class Put(Struct, frozen=True, forbid_unknown_fields=True):
    """01: put texts under keys of ``rehearsal/thing/``; an empty text removes."""

    texts: dict[str, str]


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """02: schedule deadlines (time, key), each with the same plan."""

    deadlines: list[tuple[Instant, Identifier]]
    event_bytes: Annotated[int, Meta(ge=0, le=300)] = 60
    events: Annotated[int, Meta(ge=0, le=1_000)] = 1
    following: list[tuple[Instant, Identifier]] = []


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """03: name a document, as any organisation; the one of a ledger without publishers."""

    document: Document


class Cancel(Struct, frozen=True, forbid_unknown_fields=True):
    """04: take deadlines off the schedule."""

    deadlines: list[tuple[Instant, Identifier]]


class Break(Struct, frozen=True, forbid_unknown_fields=True):
    """05: contradict yourself."""


class Ran(Event, frozen=True, tag="rehearsal.ran"):
    """A deadline ran."""

    key: str
    padding: str


class Put1(Event, frozen=True, tag="rehearsal.put"):
    """Records were put."""

    count: int


def thing_key(rest: str) -> str:
    return f"rehearsal/thing/{rest}"


def is_wanted(view: View, call: Call) -> bool:
    return "refuse" not in call.arguments.texts.values()


def process_put(view: View, call: Call) -> Outcome:
    writes = tuple(Write(thing_key(key), ThingRecord(text) if text else None) for key, text in call.arguments.texts.items())
    return Outcome(writes, (Put1(len(writes)),))


def process_schedule(view: View, call: Call) -> Outcome:
    arguments = call.arguments
    plan = PlanRecord(arguments.event_bytes, arguments.events, arguments.following)
    writes = [Write(schedule_key(time, "rehearsal", key), plan) for time, key in arguments.deadlines]
    writes += [Write(f"rehearsal/plan/{key}", plan) for _, key in arguments.deadlines]
    return Outcome(tuple(writes))


def process_name(view: View, call: Call) -> Outcome:
    return Outcome(note_document(view, call.actor, call.arguments.document, call.time))


def process_cancel(view: View, call: Call) -> Outcome:
    return Outcome(tuple(Write(schedule_key(time, "rehearsal", key), None) for time, key in call.arguments.deadlines))


def process_break(view: View, call: Call) -> Outcome:
    ensure(False, "a bug that was asked for")
    return Outcome()


def run_deadline(view: View, call: Call, key: str) -> Outcome:
    """Leave a numbered trace, events as long as planned, and the deadlines that follow (with no events of their own)."""
    plan = require(view.get(f"rehearsal/plan/{key}", PlanRecord), key)
    number = view.get("rehearsal/count/all", int) or 0
    thing = view.get(thing_key("seen"), ThingRecord)
    done = DoneRecord(number, call.time, thing.text if thing is not None else "")
    writes = [Write("rehearsal/count/all", number + 1), Write(f"rehearsal/done/{key}", done)]
    follower = PlanRecord(60, 1, [])
    for time, following in plan.following:
        writes += [Write(schedule_key(time, "rehearsal", following), follower), Write(f"rehearsal/plan/{following}", follower)]
    padding = "x" * max(0, plan.event_bytes - len(f'{{"event":"rehearsal.ran","key":"{key}","padding":""}}'))
    return Outcome(tuple(writes), tuple(Ran(key, padding) for _ in range(plan.events)))


HOLDER = ("identity.holder",)
REHEARSAL = Contract(
    name="rehearsal",
    version=1,
    lost_in_block=LOST_IN_BLOCK,
    messages=(
        Message("put", "01", Put, HOLDER, process_put, conditions=((UNWANTED, is_wanted),)),
        Message("schedule", "02", Schedule, HOLDER, process_schedule),
        Message("name", "03", Name, HOLDER, process_name, documents=("document",)),
        Message("cancel", "04", Cancel, HOLDER, process_cancel),
        Message("break_down", "05", Break, HOLDER, process_break),
    ),
    deadline=run_deadline,
)
