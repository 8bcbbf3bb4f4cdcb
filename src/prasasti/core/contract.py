"""The shape that every contract shares: messages, conditions, refusals, outcomes, and the table.json made of them.

Owns the grammar; each contract's folder fills it in. A *condition* is a pure predicate with the refusal that its
failure means; a *process* function computes effects and runs only when every condition holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

from msgspec import Struct

from prasasti.core.encoding import encode_canonical
from prasasti.core.envelope import Signer
from prasasti.core.genesis import Genesis
from prasasti.core.parameters import Parameter, find_declared, index_parameters
from prasasti.core.types import Event

Record = TypeVar("Record", bound=Struct | int)


class Rejection(NamedTuple):
    """A numbered refusal of a contract, stable for ever; ``condition`` is what did not hold, in words for developers."""

    number: str
    condition: str


class View(Protocol):
    """Reads the state as the rules see it: committed records under what the current block has written so far."""

    def get(self, key: str, kind: type[Record]) -> Record | None: ...


class Call(Struct, frozen=True):
    """What a contract knows of the transaction or deadline that it judges. ``time`` is the block's, seconds UTC.

    ``transaction`` is the transaction's id, "" for a deadline; ``registry`` is of the contract versions that act in this
    block: what another contract declares is asked of it.
    """

    time: int
    height: int
    previous_app_hash: bytes
    chain: str
    genesis: Genesis
    transaction: str
    registry: Registry
    actor: str
    signers: tuple[Signer, ...]
    arguments: Any


class Write(NamedTuple):
    """A record to put under a key, or None to remove it; a list's count is a bare integer."""

    key: str
    record: Struct | int | None


class Outcome(NamedTuple):
    """Effects of an accepted message: writes, at most one a key, and events.

    ``documents`` are the bytes of documents that the rules themselves bring forth, such as an opened proposal: the
    events name them, and the node keeps them as it keeps those that a sender brings along.
    """

    writes: tuple[Write, ...] = ()
    events: tuple[Event, ...] = ()
    documents: tuple[bytes, ...] = ()


Condition = Callable[[View, Call], bool]
Process = Callable[[View, Call], Outcome]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a contract. ``effects`` and ``documents`` go into table.json as they stand (formats: table.json).

    ``before_log`` are those of its conditions that admission judges too: what fails there leaves no trace, since the
    message itself would tell what nobody may know yet.
    """

    name: str
    number: str
    arguments: type[Struct]
    roles: tuple[str, ...]
    process: Process
    minimum_signers: int = 1
    maximum_signers: int = 1
    conditions: tuple[tuple[Rejection, Condition], ...] = ()
    effects: tuple[Mapping[str, object], ...] = ()
    documents: tuple[str, ...] = ()
    before_log: tuple[tuple[Rejection, Condition], ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """A version of a contract. ``deadline`` runs one due record of the schedule, given its key's last part."""

    name: str
    version: int
    messages: tuple[Message, ...]
    lost_in_block: Rejection
    parameters: tuple[Parameter, ...] = ()
    deadline: Callable[[View, Call, str], Outcome] | None = None
    _by_name: Mapping[str, Message] = field(init=False)
    _declared: Mapping[str, Parameter] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {message.name: message for message in self.messages})
        object.__setattr__(self, "_declared", index_parameters(self.parameters))

    def find(self, name: str) -> Message | None:
        """The message of that name."""
        return self._by_name.get(name)

    def find_parameter(self, name: str) -> Parameter | None:
        """What the contract declares of a parameter of that name."""
        return find_declared(self._declared, name)


Registry = Mapping[str, Contract]


def find_message(registry: Registry, action: str) -> tuple[Contract, Message] | None:
    """Contract and message of an action ``contract.verb_noun``, or None."""
    name, _, verb = action.partition(".")
    contract = registry.get(name)
    message = contract.find(verb) if contract is not None else None
    return (contract, message) if contract is not None and message is not None else None


def find_parameter(registry: Registry, name: str) -> Parameter | None:
    """What the acting versions declare of a parameter, or None; no two contracts declare the same."""
    found = (contract.find_parameter(name) for contract in registry.values())
    return next((each for each in found if each is not None), None)


def evaluate(message: Message, view: View, call: Call) -> Rejection | None:
    """The first condition that does not hold, in the order of the message's table; None if all hold."""
    for rejection, holds in message.conditions:
        if not holds(view, call):
            return rejection
    return None


def encode_table(contract: Contract) -> bytes:
    """table.json of a contract version: what the verifier interprets (formats: table.json)."""
    return encode_canonical(
        {
            "contract": contract.name,
            "version": contract.version,
            "actions": {
                message.name: {
                    "number": message.number,
                    "signers": {
                        "minimum": message.minimum_signers,
                        "maximum": message.maximum_signers,
                        "roles": sorted(message.roles),
                    },
                    "effects": [dict(effect) for effect in message.effects],
                    "documents": sorted(message.documents),
                }
                for message in contract.messages
            },
        }
    )
