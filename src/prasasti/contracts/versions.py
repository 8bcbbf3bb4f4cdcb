"""Which version of each contract acts at which height: what genesis names, then what activations say.

Owns the choice; the versions at hand are the caller's. Versions that acted once are needed for replay for ever.
"""

from __future__ import annotations

from collections.abc import Mapping

from prasasti.contracts.governance.parameters import CONTRACT_NAMES
from prasasti.contracts.governance.records import ActivationRecord, activation_key
from prasasti.core.contract import Contract, View
from prasasti.core.genesis import ContractRecord, Genesis


class ContractMismatch(Exception):
    """A contract version acts that this program does not have; the message says which."""


class ContractVersions(dict[str, Contract]):
    """The contract versions that act at some height, by name (``core.contract.Registry``); it does not change."""

    def __init__(self, acting: Mapping[str, Contract], genesis: Mapping[str, Contract], contracts_by_table: Mapping[str, Contract]) -> None:
        super().__init__(acting)
        self._genesis, self._contracts_by_table = genesis, contracts_by_table

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
        acting = {**self._genesis, **changed}
        return self if acting == self else ContractVersions(acting, self._genesis, self._contracts_by_table)

    def _find(self, name: str, version: int, table: str) -> Contract:
        return _find_contract(self._contracts_by_table, name, version, table)


def choose_registry(genesis: Genesis, contracts_by_table: Mapping[str, Contract]) -> ContractVersions:
    """The contract versions that genesis names, by name; ContractMismatch where one is not at hand."""
    chosen = {each.name: _find_contract(contracts_by_table, each.name, each.version, each.table) for each in genesis.contracts}
    return ContractVersions(chosen, chosen, contracts_by_table)


def _find_contract(contracts_by_table: Mapping[str, Contract], name: str, version: int, table: str) -> Contract:
    contract = contracts_by_table.get(table)
    if contract is None or (contract.name, contract.version) != (name, version):
        raise ContractMismatch(f"the ledger names {name} version {version} with table {table}, which this program does not have")
    return contract
