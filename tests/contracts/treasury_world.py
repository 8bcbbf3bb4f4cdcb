"""A treasury without a ledger: the contract's own messages and functions over records in memory, encoded as the state keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from prasasti.contracts.offices import Draft, key_key
from prasasti.contracts.treasury.budgets import can_commit, can_reserve, commit, release, reserve
from prasasti.contracts.treasury.messages import TREASURY
from prasasti.contracts.treasury.records import AccountRecord, BudgetLineRecord, account_key, line_key
from prasasti.core.contract import Call, Contract, Outcome, Record, evaluate
from prasasti.core.encoding import encode_canonical
from prasasti.core.entries import MAX_EVENTS_BYTES
from prasasti.core.envelope import Signer as EnvelopeSigner
from prasasti.core.genesis import KeyRecord, decode_genesis
from prasasti.core.types import require
from tests.core.examples import SCAN, budget
from tests.core.ledger import ACCEPTED, START, Signer, build_genesis, key_of

GENESIS = decode_genesis(build_genesis())


class World:
    """``View`` of its own records. Messages answer accepted or the refusal's number; functions, whether their predicate said yes."""

    def __init__(self) -> None:
        self.records: dict[str, bytes] = {}
        self.time = START

    def get(self, key: str, kind: type[Record]) -> Record | None:
        value = self.records.get(key)
        return msgspec.json.decode(value, type=kind) if value is not None else None

    def line(self, name: str) -> BudgetLineRecord:
        return require(self.get(line_key(name), BudgetLineRecord), name)

    def account(self, organisation: str) -> str:
        return require(self.get(account_key(organisation), AccountRecord), organisation).account

    def set(self, name: str, amount: int, organisation: str = "treasury-1", **changes: Any) -> str:
        return self._do("set_budget", budget(name, amount=str(amount), **changes), organisation)

    def change(self, name: str, amount: int, organisation: str = "treasury-1") -> str:
        arguments = {"amount": str(amount), "document": SCAN, "line": name, "reason": "revision"}
        return self._do("change_budget", arguments, organisation)

    def carry(self, amount: int, origin: str, to: str, organisation: str = "treasury-1") -> str:
        return self._do("carry_over", {"amount": str(amount), "from": origin, "to": to}, organisation)

    def reserve(self, reservation: str, amounts: Mapping[str, int]) -> bool:
        if not can_reserve(self, amounts):
            return False
        draft = Draft(self)
        reserve(draft, reservation, amounts)
        self._write(draft.outcome())
        return True

    def release(self, reservation: str, amounts: Mapping[str, int] | None = None) -> None:
        draft = Draft(self)
        release(draft, reservation, amounts)
        self._write(draft.outcome())

    def commit(self, reservation: str, commitment: str, amounts: Mapping[str, int]) -> bool:
        if not can_commit(self, reservation, commitment, amounts):
            return False
        draft = Draft(self)
        commit(draft, reservation, commitment, amounts)
        self._write(draft.outcome())
        return True

    def write(self, draft: Draft) -> None:
        """What a contract's functions wrote."""
        self._write(draft.outcome())

    def sign(self, contract: Contract, name: str, arguments: dict[str, Any], *signers: Signer) -> str:
        """A message of any contract by signers of the first one's organisation, whose keys anybody may have."""
        for each, _ in signers:
            organisation, _, handle = each.partition("/")
            self.records.setdefault(key_key(key_of(each)), encode_canonical(KeyRecord(handle, organisation, [], START)))
        keys = tuple(EnvelopeSigner(key_of(each), role) for each, role in signers)
        return self._judge(contract, name, arguments, signers[0][0].partition("/")[0], keys)

    def _do(self, name: str, arguments: dict[str, Any], organisation: str) -> str:
        return self._judge(TREASURY, name, arguments, organisation, ())

    def _judge(
        self, contract: Contract, name: str, arguments: dict[str, Any], organisation: str, signers: tuple[EnvelopeSigner, ...]
    ) -> str:
        message = require(contract.find(name), name)
        call = Call(
            time=self.time, height=1, previous_app_hash=bytes(32), chain="00" * 16, genesis=GENESIS, transaction="00" * 32, registry={},
            actor=organisation, signers=signers, arguments=msgspec.convert(arguments, message.arguments),
        )  # fmt: skip
        rejection = evaluate(message, self, call)
        if rejection is not None:
            return rejection.number
        outcome = message.process(self, call)
        assert len(encode_canonical(outcome.events)) <= MAX_EVENTS_BYTES
        self._write(outcome)
        return ACCEPTED

    def _write(self, outcome: Outcome) -> None:
        for key, record in outcome.writes:
            if record is None:
                self.records.pop(key, None)
            else:
                self.records[key] = encode_canonical(record)
