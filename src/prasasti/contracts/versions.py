"""Which version of each contract acts at which height, and which consensus parts a node may have there.

Owns the choice: what genesis names, then what activations and upgrades say. The versions and parts at hand are the caller's.
Versions that acted once are needed for replay for ever; of the parts, those in force at a log's end count, since who replays
an old log has today's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prasasti.contracts.governance.parameters import CONTRACT_NAMES
from prasasti.contracts.governance.records import ActivationRecord, activation_key
from prasasti.contracts.governance.upgrades import find_consensus_parts
from prasasti.core.contract import Contract, View
from prasasti.core.genesis import ConsensusParts, ContractRecord, Genesis

CheckParts = Callable[[ConsensusParts], None]


class ContractMismatch(Exception):
    """A contract version acts that this program does not have; the message says which."""


class ContractVersions(dict[str, Contract]):
    """The contract versions that act at some height, by name (``core.contract.Registry``); it does not change."""

    def __init__(
        self, acting: Mapping[str, Contract], first: Mapping[str, Contract], first_parts: ConsensusParts,
        contracts_by_table: Mapping[str, Contract], check_parts: CheckParts,
    ) -> None:  # fmt: skip
        super().__init__(acting)
        self._first, self._first_parts = first, first_parts
        self._contracts_by_table, self._check_parts = contracts_by_table, check_parts
        self._checked_parts: ConsensusParts | None = None

    def at(self, view: View, height: int) -> ContractVersions:
        """The versions that act at a height, by the state before it; ContractMismatch where one is not at hand."""
        changed = {}
        for name in CONTRACT_NAMES:
            activation = view.get(activation_key(name), ActivationRecord)
            if activation is None:
                continue
            if activation.height <= height:
                changed[name] = self._find(name, activation.version, activation.table)
            elif (record := view.get(f"governance/contract/{name}", ContractRecord)) is not None:
                changed[name] = self._find(name, record.version, record.table)
        acting = {**self._first, **changed}
        if acting == self:
            return self
        return ContractVersions(acting, self._first, self._first_parts, self._contracts_by_table, self._check_parts)

    def require_parts(self, view: View, height: int) -> None:
        """What ``check_parts`` raises where this process may not judge a height, by the state before it."""
        parts = find_consensus_parts(view, self._first_parts, height)
        if parts != self._checked_parts:  # Asked at each block, and a self-test of signatures is no small thing.
            self._check_parts(parts)
            self._checked_parts = parts

    def _find(self, name: str, version: int, table: str) -> Contract:
        return _find_contract(self._contracts_by_table, name, version, table)


def choose_registry(
    genesis: Genesis, contracts_by_table: Mapping[str, Contract], check_parts: CheckParts = lambda _: None
) -> ContractVersions:
    """The contract versions that genesis names, by name; ContractMismatch where one is not at hand.

    ``check_parts`` raises where this process lacks the parts that it is given.
    """
    chosen = {each.name: _find_contract(contracts_by_table, each.name, each.version, each.table) for each in genesis.contracts}
    return ContractVersions(chosen, chosen, genesis.consensus_parts, contracts_by_table, check_parts)


def _find_contract(contracts_by_table: Mapping[str, Contract], name: str, version: int, table: str) -> Contract:
    contract = contracts_by_table.get(table)
    if contract is None or (contract.name, contract.version) != (name, version):
        raise ContractMismatch(f"the ledger names {name} version {version} with table {table}, which this program does not have")
    return contract
