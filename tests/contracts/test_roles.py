"""Every message in every role: allowed, or refused by check 9 of admission. The table is written out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts import CONTRACTS
from prasasti.contracts.offices import KNOWN_ROLES
from prasasti.core.contract import find_message
from prasasti.core.envelope import MAX_SIGNATURES
from prasasti.core.types import require
from tests.contracts.governance_rows import ALLOWED as GOVERNANCE_ALLOWED
from tests.contracts.identity_rows import ALLOWED as IDENTITY_ALLOWED
from tests.contracts.procurement_rows import ALLOWED as PROCUREMENT_ALLOWED
from tests.contracts.procurement_rows import TOO_EARLY
from tests.contracts.treasury_rows import ALLOWED as TREASURY_ALLOWED
from tests.core.examples import BUILDERS
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of

ROLES = (*KNOWN_ROLES, "identity.holder", "identity.new_key", "nobody.role")

# The roles that may stand at each place among the signers, the other places being in order.
ALLOWED: dict[tuple[str, int], set[str]] = {
    **GOVERNANCE_ALLOWED,
    **IDENTITY_ALLOWED,
    **TREASURY_ALLOWED,
    **PROCUREMENT_ALLOWED,
    ("procurement.attest_release", 0): {"procurement.publisher"},
}
CELLS = list(product(ALLOWED, ROLES))
# Roles in which several people of one organisation sign one message.
REPEATED = ("procurement.committee",)
# Every organisation of the examples, so that only the role decides.
OWNERS = tuple(sorted({name.partition("/")[0] for build in BUILDERS.values() for name, _ in build().signers}))


def owner_at(action: str, position: int) -> str:
    """Whose keys are tried at a place: of the first the actor's, of the others another's."""
    return BUILDERS[action]().signers[0][0].partition("/")[0] if position == 0 else "auditor-1"


def members() -> list[dict[str, Any]]:
    """Members that have one key for each role, named after it, and spare registrars."""
    found: list[dict[str, Any]] = []
    for owner in OWNERS:
        keys: list[dict[str, Any]] = [{"handle": role, "key": key_of(f"{owner}/{role}"), "roles": [role]} for role in KNOWN_ROLES]
        keys += [
            {"handle": f"registrar-{number}", "key": key_of(f"{owner}/identity.registrar {number}"), "roles": ["identity.registrar"]}
            for number in range(1, MAX_SIGNATURES + 1)
        ]
        keys += [
            {"handle": f"{role} {number}".replace(" ", "-"), "key": key_of(f"{owner}/{role} {number}"), "roles": [role]}
            for role in REPEATED
            for number in range(2, MAX_SIGNATURES + 1)
        ]
        found.append({"class": "agency", "id": owner, "keys": sorted(keys, key=lambda key: key["key"])})
    return found


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Admission changes nothing, so one ledger serves all cells."""
    ledger = Ledger(tmp_path_factory.mktemp("roles"), members=members(), organisations=[])
    yield ledger
    ledger.close()


def accepted(action: str) -> str:
    """What admission answers where roles and signers are right; what would tell too much it refuses after them, on a new ledger."""
    return "admission.10" if action in TOO_EARLY else ACCEPTED


def stand_in(signers: Sequence[Signer]) -> list[Signer]:
    """The keys of this ledger that sign for those of an example, each once."""
    found: list[Signer] = []
    for name, role in signers:
        owner = name.partition("/")[0]
        key = name if role == "identity.new_key" else f"{owner}/{role if role in KNOWN_ROLES else KNOWN_ROLES[0]}"
        taken = sum(each.startswith(key) and other == role for each, other in found) if role in REPEATED else 0
        found.append((f"{key} {taken + 1}" if taken else key, role))
    return found


def sign_as(ledger: Ledger, action: str, position: int, signer: Signer) -> bytes:
    """The example, all of its signers in order save one."""
    example = BUILDERS[action]()
    signers = stand_in(example.signers)
    signers[position] = signer
    return ledger.sign(action, example.arguments, *signers)


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell[0][0]} {cell[0][1]} {cell[1]}")
def test_each_cell(ledger: Ledger, cell: tuple[tuple[str, int], str]) -> None:
    """The signer's key holds the role, if it is one that can be held: only the table decides."""
    (action, position), role = cell
    example = BUILDERS[action]()
    name, own_role = example.signers[position]
    owner = owner_at(action, position)
    holder = name if role == own_role == "identity.new_key" else f"{owner}/{role if role in KNOWN_ROLES else KNOWN_ROLES[0]}"
    expected = accepted(action) if role in ALLOWED[action, position] else "admission.9"
    assert ledger.check(sign_as(ledger, action, position, (holder, role))) == expected


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell[0][0]} {cell[0][1]} {cell[1]}")
def test_no_key_acts_in_a_role_it_does_not_hold(ledger: Ledger, cell: tuple[tuple[str, int], str]) -> None:
    """Each message and role once more, by every key that has another role. ``identity.holder`` is every key's."""
    (action, position), role = cell
    owner = owner_at(action, position)
    for other in KNOWN_ROLES:
        if other != role:
            expected = accepted(action) if role == "identity.holder" in ALLOWED[action, position] else "admission.9"
            assert ledger.check(sign_as(ledger, action, position, (f"{owner}/{other}", role))) == expected


def test_the_table_has_every_message_and_place() -> None:
    assert {action for action, _ in ALLOWED} == {f"{each.name}.{message.name}" for each in CONTRACTS for message in each.messages}
    for contract in CONTRACTS:
        for message in contract.messages:
            action = f"{contract.name}.{message.name}"
            places = {position: roles for (each, position), roles in ALLOWED.items() if each == action}
            assert sorted(places) == list(range(len(BUILDERS[action]().signers))), "each place has its row"
            assert set().union(*places.values()) == set(message.roles)


@pytest.mark.parametrize("action", BUILDERS)
def test_the_number_of_signers(ledger: Ledger, action: str) -> None:
    """As many as the example has, or as the table allows; one fewer or one more than it says are refused."""
    _, message = require(find_message({contract.name: contract for contract in CONTRACTS}, action), action)
    example = BUILDERS[action]()
    signers = stand_in(example.signers)
    role = next((each for each in ("identity.registrar", "identity.holder") if each in message.roles), signers[0][1])
    owner = signers[0][0].partition("/")[0]
    spares: list[Signer] = [(f"{owner}/identity.registrar {number}", role) for number in range(1, MAX_SIGNATURES + 1)]
    fewest, most = message.minimum_signers, message.maximum_signers
    assert fewest <= len(signers) <= most
    assert ledger.check(ledger.sign(action, example.arguments, *signers)) == accepted(action)
    if role in ("identity.registrar", "identity.holder"):
        filled = [*signers, *spares[: most - len(signers)]]
        assert ledger.check(ledger.sign(action, example.arguments, *filled)) == accepted(action)
    crowd = [*signers, *spares[: most + 1 - len(signers)]]
    assert ledger.check(ledger.sign(action, example.arguments, *crowd)) == ("admission.9" if most < MAX_SIGNATURES else "admission.2")
    if fewest > 1:
        assert ledger.check(ledger.sign(action, example.arguments, *signers[: fewest - 1])) == "admission.9"


def test_only_the_new_key_itself_proves_possession(tmp_path: Path) -> None:
    """Also where genesis gave somebody the role that nobody should hold."""
    changed = members()
    changed[0]["keys"].append({"handle": "prover", "key": key_of("agency-1/prover"), "roles": ["identity.new_key"]})
    changed[0]["keys"].sort(key=lambda key: key["key"])
    ledger = Ledger(tmp_path, members=changed, organisations=[])
    assert ledger.check(sign_as(ledger, "identity.register_key", 1, ("agency-1/new", "identity.new_key"))) == ACCEPTED
    assert ledger.check(sign_as(ledger, "identity.register_key", 1, ("agency-1/prover", "identity.new_key"))) == "admission.9"
