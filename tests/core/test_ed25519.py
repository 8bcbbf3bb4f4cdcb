"""Which edge cases of Ed25519 the ledger's verifier accepts: fixed for ever, or two nodes would split (C2SP/CCTV)."""

from __future__ import annotations

import json
from hashlib import sha256

import nacl
import pytest
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from prasasti.core.encoding import encode_canonical
from prasasti.core.envelope import Transaction, encode_pae, is_signed
from prasasti.engines.parts import KNOWN_PYNACL, check_parts, list_allowed_parts, read_own_parts
from tests.core.ledger import build_genesis, key_of, signing_key
from tests.core.worked_example import build_genesis as build_example
from tests.judges import shared

VERDICTS = "9111cd3acbe211e15031707588bc9d68cb7b0c2d8f500fad1ebfedfc4362ffab"


def is_accepted(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


def test_the_verdicts_are_those_that_genesis_names() -> None:
    """The 914 in file order as characters 0 and 1, msg as ASCII (ledger-core: Starting)."""
    cases = json.loads(shared("cctv-ed25519", "ed25519vectors.json").read_text(encoding="utf-8"))
    verdicts = "".join(
        str(int(is_accepted(bytes.fromhex(case["key"]), bytes.fromhex(case["sig"]), case["msg"].encode("ascii")))) for case in cases
    )
    assert (len(cases), verdicts.count("1")) == (914, 43)
    assert sha256(verdicts.encode()).hexdigest() == VERDICTS
    assert [case["number"] for case in cases] == list(range(914))


def test_every_genesis_names_them() -> None:
    assert nacl.__version__ == "1.6.2"
    assert KNOWN_PYNACL["1.6.2"][1] == VERDICTS == read_own_parts().ed25519_verdicts == list_allowed_parts().ed25519_verdicts
    assert json.loads(build_example())["consensus_parts"]["ed25519_verdicts"] == VERDICTS
    check_parts(list_allowed_parts())


@pytest.mark.parametrize("spoilt", ["nothing", "signature", "message", "key", "one of two"])
def test_an_envelope_is_signed_only_if_every_signature_verifies(spoilt: str) -> None:
    """``is_signed`` asks the same verifier, over the pre-authentication encoding, for each signature."""
    data = encode_canonical({"genesis": build_genesis().hex()[:100]})
    pairs = [(bytes.fromhex(key_of(name)), signing_key(name).sign(encode_pae(data)).signature) for name in ("a", "b")]
    if spoilt == "signature":
        pairs[0] = (pairs[0][0], pairs[0][1][:-1] + bytes([pairs[0][1][-1] ^ 1]))
    if spoilt == "key":
        pairs[0] = (bytes.fromhex(key_of("c")), pairs[0][1])
    if spoilt == "one of two":
        pairs[1] = (pairs[1][0], pairs[0][1])
    transaction = Transaction("", None, None, data, tuple(pairs), b"")  # type: ignore[arg-type]
    if spoilt == "message":
        transaction = Transaction("", None, None, data + b" ", tuple(pairs), b"")  # type: ignore[arg-type]
    assert is_signed(transaction) is (spoilt == "nothing")
