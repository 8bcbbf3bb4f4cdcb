"""A consortium for tests: founders that propose, vote, wait; every answer as one word (``core.ledger``)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Contract
from prasasti.core.encoding import encode_canonical
from tests.core.examples import DOCUMENT
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of

DAY = 86_400
FOUR = {"agency-1": "agency", "auditor-1": "auditor", "citizens-1": "citizens", "operator-1": "operator"}
EIGHT = FOUR | {"agency-2": "agency", "auditor-2": "auditor", "citizens-2": "citizens", "operator-2": "operator"}
ROLES = {
    "officer": ["governance.officer"],
    "registrar": ["identity.registrar"],
    "recovery": ["governance.recovery"],
    "auditor": ["governance.auditor"],
}


def found(classes: Mapping[str, str]) -> list[dict[str, Any]]:
    """Members of genesis, each with an officer, a registrar, a recovery key; auditors with an auditor too."""
    founders: list[dict[str, Any]] = []
    for member, member_class in sorted(classes.items()):
        handles = [handle for handle in ROLES if handle != "auditor" or member_class == "auditor"]
        keys: list[dict[str, Any]] = [{"handle": handle, "key": key_of(f"{member}/{handle}"), "roles": ROLES[handle]} for handle in handles]
        founders.append({"class": member_class, "id": member, "keys": sorted(keys, key=lambda key: str(key["key"]))})
    return founders


def officer(member: str) -> Signer:
    return (f"{member}/officer", "governance.officer")


def holder(name: str) -> Signer:
    return (name, "identity.holder")


def parameter(name: str, value: int | bool | str, effective_from: int) -> dict[str, Any]:
    """Arguments of 12 less the resolution."""
    return {"effective_from": effective_from, "name": name, "value": value}


def newcomer(
    member: str, member_class: str, group: str = "", handles: Sequence[str] = ("officer", "recovery", "registrar")
) -> dict[str, Any]:
    """Arguments of 08 less the resolution."""
    keys: list[dict[str, Any]] = [{"handle": handle, "key": key_of(f"{member}/{handle}"), "roles": ROLES[handle]} for handle in handles]
    keys.sort(key=lambda key: str(key["key"]))
    return {"class": member_class, "group": group or member, "keys": keys, "organisation": member}


def new_signers(member: str, handles: Sequence[str] = ("officer", "recovery", "registrar")) -> list[Signer]:
    return [(f"{member}/{handle}", "identity.new_key") for handle in handles]


class Consortium:
    """A ledger whose members vote. ``founders`` gives each its class."""

    def __init__(self, folder: Path, founders: Mapping[str, str] = FOUR, contracts: Sequence[Contract] = CONTRACTS, **changes: Any) -> None:
        self.founders = founders
        self.ledger = Ledger(folder, contracts, members=found(founders), **changes)

    @classmethod
    def of(cls, ledger: Ledger) -> Consortium:
        """The members of an opened ledger."""
        consortium = cls.__new__(cls)
        consortium.founders = {member.id: member.member_class for member in ledger.application.genesis.members}
        consortium.ledger = ledger
        return consortium

    @property
    def now(self) -> int:
        return self.ledger.time

    def do(self, action: str, arguments: Any, /, *signers: Signer) -> str:
        return self.ledger.do(f"governance.{action}", arguments, *signers)

    def wait(self, days: float = 0, seconds: int = 0) -> list[dict[str, Any]]:
        """Let time pass; events of the deadlines that are due then."""
        self.ledger.time += int(days * DAY) + seconds
        before = len(self.ledger.results)
        self.ledger.seal()
        return [event for result in self.ledger.results[before:] for event in json.loads(result.entries[0][1])["events"]]

    def propose(self, proposal: str, action: str, arguments: Any, /, by: str = "agency-1", days: float = 14, **changes: Any) -> str:
        """03 in the form act; ``arguments`` are those of the act less its resolution."""
        given = {
            "action": f"governance.{action}" if "." not in action else action,
            "arguments": encode_canonical(arguments).decode(),
            "document": DOCUMENT,
            "end": self.now + int(days * DAY),
            "fields": [],
            "form": "act",
            "name": "",
            "proposal": proposal,
            "reason": "improvement",
        }
        return self.do("propose", given | changes, officer(by))

    def adopt(self, proposal: str, name: str, by: str = "agency-1", days: float = 14, digest: str = "77" * 32) -> str:
        """03 in the form document."""
        document = DOCUMENT | {"sha256": digest}
        return self.propose(proposal, "", None, by, days, action="", arguments="", form="document", name=name, document=document)

    def vote(self, proposal: str, choice: str, *members: str, reason: str = "other") -> str:
        """04 of each member; the last one's answer, all before it being accepted."""
        answers = [self.do("vote", {"choice": choice, "proposal": proposal, "reason": reason}, officer(each)) for each in members]
        assert answers[:-1] == [ACCEPTED] * (len(members) - 1)
        return answers[-1]

    def resolve(self, proposal: str, action: str, arguments: Any, days: float = 14, voters: Sequence[str] = ()) -> str:
        """A proposal that all vote for; its state once its vote is closed and the notice over."""
        assert self.propose(proposal, action, arguments, days=days) == ACCEPTED
        assert self.vote(proposal, "yes", *(voters or [each["id"] for each in self.read(proposal)["roll"]])) == ACCEPTED
        while self.read(proposal)["state"] == "open":
            self.wait(seconds=max(1, self.read(proposal)["end"] - self.now))
        if self.read(proposal)["notice_over"] > self.now:
            self.wait(seconds=self.read(proposal)["notice_over"] - self.now)
        return str(self.read(proposal)["state"])

    def carry_out(self, proposal: str, action: str, arguments: Any, *signers: Signer) -> str:
        """The act that a resolution allows, sent by any holder."""
        return self.do(action, arguments | {"resolution": proposal}, *(signers or [holder("operator-1/registrar")]))

    def enact(self, proposal: str, action: str, arguments: Any, *signers: Signer, days: float = 14) -> str:
        """Resolve, then carry out."""
        assert self.resolve(proposal, action, arguments, days) == "passed"
        return self.carry_out(proposal, action, arguments, *signers)

    def record(self, key: str) -> Any:
        value = self.ledger.application.query(key)
        return None if value is None else json.loads(value)

    def read(self, proposal: str) -> dict[str, Any]:
        found: dict[str, Any] = self.record(f"governance/proposal/{proposal}")
        return found

    def standing(self, member: str) -> str:
        return str(self.record(f"governance/member/{member}")["standing"])

    def events(self) -> list[str]:
        """Names of the events of the newest block: its deadlines', then its transactions'."""
        newest = self.ledger.results[-1]
        entries = [json.loads(entry) for _, entry in newest.entries]
        return [event["event"].removeprefix("governance.") for entry in entries for event in entry["events"]]

    @property
    def deadlocked(self) -> list[str]:
        record = self.record("governance/deadlock/kinds")
        return record["kinds"] if record is not None else []
