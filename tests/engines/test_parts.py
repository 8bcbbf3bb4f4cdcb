"""Consensus parts: a node whose parts differ from those of genesis, or that judges signatures otherwise, does not start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from prasasti.bootstrap import create_ledger, open_for_reading
from prasasti.core.genesis import ConsensusParts
from prasasti.engines import parts
from prasasti.engines.parts import PartsDiffer, check_parts, does_verifier_judge_as_known, list_allowed_parts, read_own_parts
from tests.core.ledger import build_genesis
from tests.engines.world import WITH_REHEARSAL, HandClocks, found, open_ledger, read_tables

OWN = list_allowed_parts()
OTHERS: dict[str, tuple[dict[str, Any], str]] = {
    "ed25519_verdicts": ({"ed25519_verdicts": "00" * 32}, "ed25519_verdicts is [0-9a-f]{64}; this ledger allows 0000"),
    "libsodium": ({"libsodium": "1.0.99"}, "libsodium is .*; this ledger allows 1.0.99 only"),
    "msgspec": ({"msgspec": "0.1.0"}, "msgspec is .*; this ledger allows 0.1.0 only"),
    "pynacl": ({"pynacl": "9.9.9"}, "pynacl is .*; this ledger allows 9.9.9 only"),
    "python": ({"python": ["3.8", "3.9"]}, "Python is 3.*; this ledger allows 3.8, 3.9 only"),
}


def test_own_parts_are_allowed() -> None:
    check_parts(OWN)
    assert read_own_parts().python in OWN.python


@pytest.mark.parametrize("name", OTHERS)
def test_each_part_that_differs_is_named(tmp_path: Path, name: str) -> None:
    """Neither founded nor opened for writing; nothing is written, and reading decides nothing."""
    changes, message = OTHERS[name]
    allowed = msgspec.structs.replace(OWN, **changes)
    genesis_bytes = build_genesis(WITH_REHEARSAL, consensus_parts=allowed)
    with pytest.raises(PartsDiffer, match=message):
        create_ledger(tmp_path / "refused", genesis_bytes, WITH_REHEARSAL)
    assert not (tmp_path / "refused").exists()


@pytest.mark.parametrize("name", OTHERS)
def test_a_node_that_changed_since_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The ledger was founded by the same program with other parts."""
    changes, message = OTHERS[name]
    with monkeypatch.context() as patch:
        patch.setattr("prasasti.bootstrap.check_parts", lambda _: None)
        folder = found(tmp_path / "ledger", consensus_parts=msgspec.structs.replace(OWN, **changes))
    before = read_tables(folder)
    with pytest.raises(PartsDiffer, match=message), open_ledger(folder, HandClocks()):
        pass
    assert read_tables(folder) == before
    with open_for_reading(folder, WITH_REHEARSAL) as ledger:
        assert ledger.database.read_tip().height == 0


def test_an_unknown_pynacl_has_no_known_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a PyNaCl that nobody tested only the version is known; a genesis that it makes cannot name what it is not sure of."""
    monkeypatch.setattr("nacl.__version__", "1.7.0")
    own = read_own_parts()
    assert (own.pynacl, own.libsodium, own.ed25519_verdicts) == ("1.7.0", "", "")
    with pytest.raises(PartsDiffer, match=r"pynacl is 1\.7\.0"):
        check_parts(OWN)
    with pytest.raises(PartsDiffer, match="libsodium is unknown"):
        check_parts(ConsensusParts(OWN.ed25519_verdicts, OWN.libsodium, OWN.msgspec, "1.7.0", OWN.python))


L = parts.GROUP_ORDER


def verify_cofactorless_and_lax(signed: bytes, key: bytes) -> bytes:
    """As verifiers did that reduced S: takes the unreduced form of a good signature."""
    scalar = int.from_bytes(signed[32:64], "little") % L
    return bytes(crypto_sign_open(signed[:32] + scalar.to_bytes(32, "little") + signed[64:], key))


def accept_small_order(signed: bytes, key: bytes) -> bytes:
    """As ZIP-215 does: points of small order are points."""
    if signed[:64] == b"\x01" + b"\x00" * 63 and key == b"\x01" + b"\x00" * 31:
        return signed[64:]
    return bytes(crypto_sign_open(signed, key))


def accept_all(signed: bytes, key: bytes) -> bytes:
    return signed[64:]


def refuse_all(signed: bytes, key: bytes) -> bytes:
    raise BadSignatureError


@pytest.mark.parametrize("verifier", [verify_cofactorless_and_lax, accept_small_order, accept_all, refuse_all])
def test_the_self_test_finds_another_verifier(monkeypatch: pytest.MonkeyPatch, verifier: Callable[[bytes, bytes], bytes]) -> None:
    """Forms on which Ed25519 libraries disagree (RFC 8032, 5.1.7; ZIP-215), and verifiers that are no verifiers."""
    assert does_verifier_judge_as_known()
    monkeypatch.setattr(parts, "crypto_sign_open", verifier)
    assert not does_verifier_judge_as_known()
    with pytest.raises(PartsDiffer, match="self-test"):
        check_parts(OWN)
