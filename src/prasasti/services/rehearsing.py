"""A consortium's first month on a training ledger: a vote with notice, a key lost and recovered, witnesses that cosign.

Owns the order of the steps and what each says. Every step is a message like any other; the clock, which a training ledger
may move, passes the days between them. The witnesses run in this process, each with a key and a folder of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.contracts.governance.records import parameter_key
from prasasti.core.admission import Inadmissible
from prasasti.core.encoding import encode_canonical
from prasasti.core.entries import Receipt
from prasasti.core.genesis import ParameterRecord
from prasasti.core.types import require
from prasasti.integrations.signers import Signer, create_training_key, open_training_key
from prasasti.log.checkpoint import format_vkey
from prasasti.log.witness_client import Reply, Send
from prasasti.log.witness_policy import WitnessList, choose_quorum, make_witness
from prasasti.services.governing import find_vote
from prasasti.services.ledger import Answer, Ledger
from prasasti.services.submitting import Signing, draft_payload, sign_payload
from prasasti.services.witnessing import Witness, open_witness
from prasasti_verify.notes import Key

PARAMETER, BEFORE, AFTER = "max_gap_seconds", 300, 600
PROPOSAL = "wider-gap"
VOTES = {"agency-1": "yes", "auditor-1": "yes", "citizens-1": "yes", "operator-1": "no"}
WHY = {"yes": "agreed", "no": "not_convinced"}
VOTE_DAYS, NOTICE_DAYS, WINDOW_DAYS = 14, 10, 3
LOST, RECOVERED = "citizens-1-registrar", "citizens-1-registrar-2"
SLACK_SECONDS = 3_600
TEXT = "text/plain"


class RehearsalProblem(Exception):
    """A step of the course was refused: the program contradicts itself, or the ledger is no new training ledger."""


@dataclass(frozen=True, slots=True)
class Course:
    """What happened. ``outcome`` is the vote's, as the schedule computed it; ``proved`` the last transaction's id."""

    votes: dict[str, str]
    outcome: str
    value: int | bool | str
    recovered: str
    proved: str


def run_course(ledger: Ledger) -> Course:
    """The whole course, on a training ledger as ``make_training_genesis`` founds it; RehearsalProblem."""
    actor = Actor(ledger)
    opened = ledger.now()
    end = opened + VOTE_DAYS * DAY_SECONDS + SLACK_SECONDS
    effective_from = end + (NOTICE_DAYS + 1) * DAY_SECONDS
    change = {"effective_from": effective_from, "name": PARAMETER, "value": AFTER}
    actor.propose(change, end)
    for member, choice in VOTES.items():
        actor.act(
            "governance.vote", {"choice": choice, "proposal": PROPOSAL, "reason": WHY[choice]}, (f"{member}-officer", "governance.officer")
        )

    # The sole registrar of the citizens' organisation lost its key: another member's registrar and the auditor vouch for it.
    actor.pass_time(end - ledger.now())
    lost, new = actor.key(LOST), create_training_key(ledger.keys_folder / f"{RECOVERED}.training.seed")
    recovery = {"document": actor.document("who identified whom, and how"), "key": new.public_key.hex(), "old": lost.public_key.hex()}
    actor.act(
        "identity.announce_recovery",
        recovery | {"recovery": "lost-1"},
        ("agency-1-registrar", "identity.registrar"),
        ("auditor-1-auditor", "governance.auditor"),
    )
    actor.act("governance.set_parameter", change | {"resolution": PROPOSAL}, ("operator-1-officer", "identity.holder"))
    actor.pass_time(WINDOW_DAYS * DAY_SECONDS + SLACK_SECONDS)
    actor.act(
        "identity.complete_recovery",
        {
            "handle": LOST, "held_back": [], "key": new.public_key.hex(), "old": lost.public_key.hex(), "organisation": "citizens-1",
            "recovery": "lost-1", "roles": ["identity.registrar"],
        },
        ("agency-1-registrar", "identity.holder"),
        (RECOVERED, "identity.new_key"),
    )  # fmt: skip

    # In the block that brings the new value, the recovered key does its work.
    actor.pass_time(effective_from - ledger.now())
    desk = create_training_key(ledger.keys_folder / "citizens-1-desk.training.seed")
    registered = actor.act(
        "identity.register_key",
        {"handle": "citizens-1-desk", "key": desk.public_key.hex(), "organisation": "citizens-1", "roles": ["governance.desk"]},
        (RECOVERED, "identity.registrar"),
        ("citizens-1-desk", "identity.new_key"),
    )
    vote = require(find_vote(ledger.state, ledger.registry, PROPOSAL, ledger.now()), PROPOSAL)
    record = require(ledger.state.get(parameter_key(PARAMETER), ParameterRecord), PARAMETER)
    return Course(dict(VOTES), vote.outcome, record.value_at(ledger.now()), new.public_key.hex(), registered.id)


@contextmanager
def open_witnesses(ledger: Ledger, folder: Path, log: Key, classes: Mapping[str, str]) -> Iterator[tuple[WitnessList, Send]]:
    """A witness for each member, whose class is given, on ``folder/<member>``, and how to ask it; its clock is the training ledger's."""
    with ExitStack() as stack:
        witnesses: dict[str, Witness] = {}
        listed = []
        for member in classes:
            place = folder / member
            place.mkdir(parents=True)
            signer = create_training_key(place / "witness.training.seed")
            name = f"witness.{member}.example"
            witnesses[name] = stack.enter_context(open_witness(place, name, signer, [log], ledger.now))
            listed.append(make_witness(member, f"http://{name}", format_vkey(witnesses[name].key), member))
        quorum = choose_quorum(list(classes), [member for member in classes if classes[member] == "citizens"])
        yield WitnessList(tuple(listed), tuple(quorum)), _answer_by(witnesses)


def _answer_by(witnesses: dict[str, Witness]) -> Send:
    """Requests go to the witness whose name their address holds, as they would over HTTP."""

    def send(method: str, url: str, body: bytes | None, seconds: float) -> Reply:
        name, path = url.removeprefix("http://").split("/", 1)
        witness = witnesses[name]
        answer = witness.add_checkpoint(body or b"") if method == "POST" else witness.read_latest(path.partition("/")[0])
        return Reply(answer.status, answer.content_type, answer.body)

    return send


class Message(NamedTuple):
    """What is to be signed by (handle, role)."""

    action: str
    arguments: dict[str, Any]
    signers: tuple[tuple[str, str], ...]


class Actor:
    """Signs with the training ledger's keys, by their handles."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def key(self, handle: str) -> Signer:
        return open_training_key(self._ledger.keys_folder / f"{handle}.training.seed", training=True)

    def document(self, text: str) -> dict[str, Any]:
        (stored,) = self._ledger.documents.put([(text.encode(), TEXT)])
        return dict(msgspec.to_builtins(stored))

    def propose(self, change: dict[str, Any], end: int) -> None:
        self.act(
            "governance.propose",
            {
                "action": "governance.set_parameter", "arguments": encode_canonical(change).decode(), "document": self.document("why"),
                "end": end, "fields": [], "form": "act", "name": "", "proposal": PROPOSAL, "reason": "improvement",
            },
            ("agency-1-officer", "governance.officer"),
        )  # fmt: skip

    def pass_time(self, seconds: int) -> None:
        """The clock moves on; the block of the last second runs what fell due, which admission of the next message goes by."""
        for each in (seconds, 1):
            self.move_clock(each)

    def move_clock(self, seconds: int) -> None:
        """The clock moves on for the next block: what falls due runs in it, before its messages."""
        self.act("governance.advance_clock", {"seconds": seconds}, ("agency-1-officer", "governance.officer"))

    def act(self, action: str, arguments: dict[str, Any], *signers: tuple[str, str]) -> Receipt:
        """One message, signed by (handle, role)."""
        (answer,) = self.submit(Message(action, arguments, signers))
        if isinstance(answer, Inadmissible):
            raise RehearsalProblem(f"{action}: {answer.code}, {answer.found}")
        if answer.refusal is not None:
            raise RehearsalProblem(f"{action}: {answer.refusal.number}, {json.dumps(arguments)}")
        return answer

    def submit(self, *messages: Message) -> list[Answer]:
        """Messages of one block, signed; what the ledger answers to each."""
        return self._ledger.submit([self._sign(each) for each in messages])

    def _sign(self, message: Message) -> bytes:
        signings = [Signing(self.key(handle), role) for handle, role in message.signers]
        keys = [(signing.signer.public_key, signing.role) for signing in signings]
        payload = draft_payload(self._ledger, message.action, message.arguments, keys, self._ledger.now() + SLACK_SECONDS)
        return sign_payload(payload, signings)
