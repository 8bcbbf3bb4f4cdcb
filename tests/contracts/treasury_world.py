"""A treasury without a ledger: the contract's own messages and functions over records in memory, encoded as the state keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from prasasti.contracts.offices import Draft
from prasasti.contracts.treasury.budgets import can_commit, can_reserve, commit, release, reserve
from prasasti.contracts.treasury.messages import TREASURY
from prasasti.contracts.treasury.records import BudgetLineRecord, line_key
from prasasti.core.contract import Call, Outcome, Record, evaluate
from prasasti.core.encoding import encode_canonical
from prasasti.core.genesis import decode_genesis
from prasasti.core.types import require
from tests.core.examples import SCAN, budget
from tests.core.ledger import ACCEPTED, START, build_genesis

GENESIS = decode_genesis(build_genesis())


class World:
    """``View`` of its own records. Messages answer accepted or the refusal's number; functions, whether their predicate said yes."""

    def __init__(self) -> None:
        self.records: dict[str, bytes] = {}

    def get(self, key: str, kind: type[Record]) -> Record | None:
        value = self.records.get(key)
        return msgspec.json.decode(value, type=kind) if value is not None else None

    def line(self, name: str) -> BudgetLineRecord:
        return require(self.get(line_key(name), BudgetLineRecord), name)

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

    def _do(self, name: str, arguments: dict[str, Any], organisation: str) -> str:
        message = require(TREASURY.find(name), name)
        call = Call(
            time=START, height=1, previous_app_hash=bytes(32), chain="00" * 16, genesis=GENESIS, transaction="00" * 32, registry={},
            actor=organisation, signers=(), arguments=msgspec.convert(arguments, message.arguments),
        )  # fmt: skip
        rejection = evaluate(message, self, call)
        if rejection is not None:
            return rejection.number
        self._write(message.process(self, call))
        return ACCEPTED

    def _write(self, outcome: Outcome) -> None:
        for key, record in outcome.writes:
            if record is None:
                self.records.pop(key, None)
            else:
                self.records[key] = encode_canonical(record)
