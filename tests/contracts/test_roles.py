"""Every message in every role: allowed, or refused by check 9 of admission. The table is written out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from prasasti.contracts import CONTRACTS
from prasasti.contracts.offices import KNOWN_ROLES
from tests.core.examples import BUILDERS
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of

ROLES = (*KNOWN_ROLES, "identity.holder", "identity.new_key", "nobody.role")

# The roles that may stand at each place among the signers, the other places being in order.
ALLOWED: dict[tuple[str, int], set[str]] = {
    ("governance.advance_clock", 0): {"governance.officer"},
    ("governance.withhold_document", 0): {"governance.officer", "governance.auditor"},
    ("governance.withhold_document", 1): {"governance.officer", "governance.auditor"},
    ("identity.end_key", 0): {"identity.holder", "identity.registrar"},
    ("identity.register_key", 0): {"identity.registrar"},
    ("identity.register_key", 1): {"identity.new_key"},
    ("procurement.attest_release", 0): {"procurement.publisher"},
}
CELLS = list(product(ALLOWED, ROLES))
# Every organisation of the examples, so that only the role decides.
OWNERS = ("agency-1", "auditor-1", "publisher-1")


def owner_at(action: str, position: int) -> str:
    """Whose keys are tried at a place: of the first the actor's, of the others another's."""
    return BUILDERS[action]().signers[0][0].partition("/")[0] if position == 0 else "auditor-1"


def members() -> list[dict[str, Any]]:
    """Members that have one key for each role, named after it."""
    found: list[dict[str, Any]] = []
    for owner in OWNERS:
        keys: list[dict[str, Any]] = [{"handle": role, "key": key_of(f"{owner}/{role}"), "roles": [role]} for role in KNOWN_ROLES]
        found.append({"class": "agency", "id": owner, "keys": sorted(keys, key=lambda key: key["key"])})
    return found


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Admission changes nothing, so one ledger serves all cells."""
    ledger = Ledger(tmp_path_factory.mktemp("roles"), members=members(), organisations=[])
    yield ledger
    ledger.close()


def sign_as(ledger: Ledger, action: str, position: int, signer: Signer) -> bytes:
    """The example, all of its signers in order save one."""
    example = BUILDERS[action]()
    signers = [(f"{name.partition('/')[0]}/{role}" if role in KNOWN_ROLES else name, role) for name, role in example.signers]
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
    expected = ACCEPTED if role in ALLOWED[action, position] else "admission.9"
    assert ledger.check(sign_as(ledger, action, position, (holder, role))) == expected


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: f"{cell[0][0]} {cell[0][1]} {cell[1]}")
def test_no_key_acts_in_a_role_it_does_not_hold(ledger: Ledger, cell: tuple[tuple[str, int], str]) -> None:
    """Each message and role once more, by every key that has another role. ``identity.holder`` is every key's."""
    (action, position), role = cell
    owner = owner_at(action, position)
    for other in KNOWN_ROLES:
        if other != role:
            expected = ACCEPTED if role == "identity.holder" in ALLOWED[action, position] else "admission.9"
            assert ledger.check(sign_as(ledger, action, position, (f"{owner}/{other}", role))) == expected


def test_the_table_has_every_message_and_place() -> None:
    assert {action for action, _ in ALLOWED} == {f"{each.name}.{message.name}" for each in CONTRACTS for message in each.messages}
    for contract in CONTRACTS:
        for message in contract.messages:
            places = {position: roles for (action, position), roles in ALLOWED.items() if action == f"{contract.name}.{message.name}"}
            assert sorted(places) == list(range(message.maximum_signers)), "each place has its row"
            assert set().union(*places.values()) == set(message.roles)


@pytest.mark.parametrize(
    ("action", "places"), [(action, position + 1) for action, position in ALLOWED if (action, position + 1) not in ALLOWED]
)
def test_the_number_of_signers(ledger: Ledger, action: str, places: int) -> None:
    """One fewer and one more than the table says are refused."""
    example = BUILDERS[action]()
    signers = [(f"{name.partition('/')[0]}/{role}" if role in KNOWN_ROLES else name, role) for name, role in example.signers]
    spare: Signer = (f"{OWNERS[0]}/procurement.officer", signers[0][1])
    assert len(signers) == sum(each == action for each, _ in ALLOWED)
    assert ledger.check(ledger.sign(action, example.arguments, *signers)) == ACCEPTED
    assert ledger.check(ledger.sign(action, example.arguments, *signers, spare)) == "admission.9"
    if len(signers) > 1:
        assert ledger.check(ledger.sign(action, example.arguments, *signers[:-1])) == "admission.9"


def test_only_the_new_key_itself_proves_possession(tmp_path: Path) -> None:
    """Also where genesis gave somebody the role that nobody should hold."""
    changed = members()
    changed[0]["keys"].append({"handle": "prover", "key": key_of("agency-1/prover"), "roles": ["identity.new_key"]})
    changed[0]["keys"].sort(key=lambda key: key["key"])
    ledger = Ledger(tmp_path, members=changed, organisations=[])
    assert ledger.check(sign_as(ledger, "identity.register_key", 1, ("agency-1/new", "identity.new_key"))) == ACCEPTED
    assert ledger.check(sign_as(ledger, "identity.register_key", 1, ("agency-1/prover", "identity.new_key"))) == "admission.9"
