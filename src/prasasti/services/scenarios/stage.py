"""A training ledger on which a scenario is played: acts whose answers are expected, a clock that is moved, and what is told of both.

Owns acting. An act that the ledger answers otherwise than the play expects ends the play (RehearsalProblem), a refusal as well
as what should have been refused. What the schedule did in between is read off the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from prasasti.contracts.governance.parameters import DAY_SECONDS
from prasasti.core.admission import Inadmissible
from prasasti.core.entries import Receipt
from prasasti.integrations.signers import create_training_key
from prasasti.services.ledger import Answer, Ledger
from prasasti.services.rehearsing import Actor, Message, RehearsalProblem

BUYER = "agency-1"
# What begins the head of a block, whose events are the schedule's.
BLOCK_HEAD = b'{"deadline_count"'
OF_PURCHASES = ("procurement.", "treasury.")
Signer = tuple[str, str]


class Told(NamedTuple):
    """An act, or what the schedule did (``signers`` empty, ``action`` the event's name), at a time, seconds UTC.

    ``refused`` is the number of the refusal that came and was expected, "" where it was accepted.
    """

    time: int
    action: str
    signers: tuple[Signer, ...]
    lot: str
    refused: str


Tell = Callable[[Told], None]


def tell_nobody(_: Told) -> None:
    """What a play tells where nobody listens."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A message, and the refusal that the play expects: "" that it stands."""

    message: Message
    refused: str = ""


class Stage:
    """Acts on a training ledger, signed by its keys."""

    def __init__(self, ledger: Ledger, tell: Tell = tell_nobody) -> None:
        self.ledger = ledger
        self.actor = Actor(ledger)
        self._tell = tell
        self._told_entries = ledger.database.size()

    # -- acts -------------------------------------------------------------------------------------------------------------

    def act(self, action: str, arguments: dict[str, Any], *signers: Signer, refused: str = "") -> Receipt | None:
        """One message; its receipt, None where it was not even admitted, as expected."""
        (answer,) = self.act_together(Attempt(Message(action, arguments, signers), refused))
        return None if isinstance(answer, Inadmissible) else answer

    def act_together(self, *attempts: Attempt) -> list[Answer]:
        """Messages of one block."""
        answers = self.actor.submit(*(each.message for each in attempts))
        self._tell_schedule()
        for attempt, answer in zip(attempts, answers, strict=True):
            number, found = _read_answer(answer)
            action, arguments, signers = attempt.message
            if number != attempt.refused:
                expected = f"be refused by {attempt.refused}" if attempt.refused else "stand"
                raise RehearsalProblem(f"{action} should {expected}; the ledger says: {number or 'it stands'} {found}; {arguments}")
            time = answer.time if isinstance(answer, Receipt) else self.ledger.now()
            self._tell(Told(time, action, signers, str(arguments.get("lot", "")), number))
        return answers

    def document(self, text: str) -> dict[str, Any]:
        """A document that an act names."""
        return self.actor.document(text)

    def store(self, data: bytes, media_type: str) -> dict[str, Any]:
        """A document of any kind, as an act names it."""
        (stored,) = self.ledger.documents.put([(data, media_type)])
        return dict(msgspec.to_builtins(stored))

    def key_id(self, handle: str) -> str:
        """The id of a handle's key."""
        return self.actor.key(handle).public_key.hex()

    # -- time -------------------------------------------------------------------------------------------------------------

    def pass_days(self, days: int) -> None:
        """Days pass; what fell due ran."""
        self.pass_until(self.ledger.now() + days * DAY_SECONDS)

    def pass_until(self, time: int) -> None:
        """The time comes, seconds UTC, and is over: what fell due ran."""
        if time > self.ledger.now():
            self.actor.pass_time(time - self.ledger.now())
        self._tell_schedule()

    def reach(self, time: int) -> None:
        """The next block is at a time."""
        self.actor.move_clock(time - self.ledger.now())

    def finish(self) -> None:
        """Nothing is acted any more: what the schedule did last is told."""
        self._tell_schedule()

    def _tell_schedule(self) -> None:
        """Tell what the schedule did to purchases in the blocks since the last act."""
        start, self._told_entries = self._told_entries, self.ledger.database.size()
        for _, data in self.ledger.database.entries(start, self._told_entries):
            if data.startswith(BLOCK_HEAD):
                entry = msgspec.json.decode(data)
                for event in entry["events"]:
                    if str(event["event"]).startswith(OF_PURCHASES):
                        self._tell(Told(entry["time"], str(event["event"]), (), str(event.get("lot", "")), ""))

    # -- people -----------------------------------------------------------------------------------------------------------

    def register(self, organisation: str, handle: str, role: str, registrar: str = "") -> None:
        """A key for a person or machine of an organisation that is there."""
        self.act(
            "identity.register_key",
            {"handle": handle, "key": self._make_key(handle), "organisation": organisation, "roles": [role]},
            (registrar or f"{organisation}-registrar", "identity.registrar"),
            (handle, "identity.new_key"),
        )

    def found(self, organisation: str, *roles: str) -> None:
        """An organisation, with one key that has all of its roles under the organisation's name."""
        self.act(
            "identity.register_organisation",
            {
                "class": "",
                "keys": [{"handle": organisation, "key": self._make_key(organisation), "roles": sorted([*roles, "identity.registrar"])}],
                "organisation": organisation,
            },
            (f"{BUYER}-registrar", "identity.registrar"),
            (organisation, "identity.new_key"),
        )

    def _make_key(self, handle: str) -> str:
        return create_training_key(self.ledger.keys_folder / f"{handle}.training.seed").public_key.hex()


def _read_answer(answer: Answer) -> tuple[str, str]:
    """The number of a refusal, or the code of what was not admitted, and what it says; "" where the message stands."""
    if isinstance(answer, Inadmissible):
        return answer.code, answer.found
    return (answer.refusal.number, "") if answer.refusal is not None else ("", "")
