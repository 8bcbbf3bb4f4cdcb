"""Keys on a token (SoftHSM 2): what they sign PyNaCl verifies, they stay where they are, and every failure has its words."""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pkcs11
import pytest
from click.testing import CliRunner
from nacl.signing import SigningKey, VerifyKey
from pkcs11 import Attribute, KeyType, MechanismFlag, ObjectClass

from prasasti.cli import prasasti
from prasasti.integrations.signers import SignerProblem, create_token_key, open_signer
from tests.integrations.signers.softhsm import OFFICER_PIN, PIN, SoftHsm

MESSAGE = b"DSSEv1 5 probe 3 abc"
SEED = bytes(range(32))
TOKEN = "Brankas A"


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    """Two tokens. One Ed25519 key each by SoftHSM's own tool; on the first, further keys of several kinds."""
    folder = tmp_path_factory.mktemp("hsm")
    kept = {name: os.environ.get(name) for name in ("SOFTHSM2_CONF", "TOKEN_PIN", "WRONG_PIN")}
    os.environ.update({"SOFTHSM2_CONF": f"{folder}/softhsm2.conf", "TOKEN_PIN": PIN, "WRONG_PIN": PIN + "x"})
    try:
        hsm = SoftHsm(folder)
        hsm.make_token(TOKEN)
        hsm.make_token("Brankas B")
        hsm.import_seed(TOKEN, "log", "01", SEED)
        hsm.import_seed(TOKEN, "twice", "02", bytes(32))
        hsm.import_seed(TOKEN, "twice", "0A", bytes([1]) * 32)
        hsm.import_seed(TOKEN, "lonely", "04", bytes([2]) * 32, "--no-public-key")
        with hsm.session(TOKEN) as session:
            parameters = {Attribute.EC_PARAMS: bytes.fromhex("06082a8648ce3d030107")}
            curve = session.create_domain_parameters(KeyType.EC, parameters, local=True)
            curve.generate_keypair(id=b"\x05", label="p-256", store=True)
            edwards = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: bytes.fromhex("06032b6570")}, local=True)
            edwards.generate_keypair(
                id=b"\x06", label="mute", store=True, capabilities=MechanismFlag.VERIFY,
                mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
            )  # fmt: skip
        yield hsm
        pkcs11.lib(str(hsm.library)).finalize()
    finally:
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def give_pin() -> str:
    return PIN


def never_asked() -> str:
    raise AssertionError("no PIN is asked for here")


def test_token_signs_what_pynacl_verifies(hsm: SoftHsm) -> None:
    signer = open_signer(hsm.uri(TOKEN, object="log"), give_pin)
    assert signer.public_key == bytes(SigningKey(SEED).verify_key)
    for message in (MESSAGE, b"", b"\x00" * 45_000):
        assert signer.sign(message) == SigningKey(SEED).sign(message).signature  # Ed25519 is deterministic (RFC 8032).
    assert repr(signer) == f"TokenSigner({signer.public_key.hex()})"


def test_several_keys_of_one_token_in_one_process(hsm: SoftHsm) -> None:
    asked = iter([PIN, PIN])
    first, second = (open_signer(hsm.uri(TOKEN, object="twice", id=key_id), lambda: next(asked)) for key_id in ("%02", "%0a"))
    assert next(asked, None) is None
    assert (first.public_key, second.public_key) == (bytes(SigningKey(bytes(32)).verify_key), bytes(SigningKey(b"\x01" * 32).verify_key))
    for signer in (first, second, first):
        VerifyKey(signer.public_key).verify(MESSAGE, signer.sign(MESSAGE))


def test_a_key_made_on_a_token_stays_there(hsm: SoftHsm) -> None:
    uri = hsm.uri("Brankas B", pin_source="env:TOKEN_PIN", object="petugas é;1")
    signer = create_token_key(uri, never_asked)
    VerifyKey(signer.public_key).verify(MESSAGE, signer.sign(MESSAGE))
    for again in (uri, hsm.uri("Brankas B", object="petugas é;1", id="%09")):
        with pytest.raises(SignerProblem, match="never overwritten"):
            create_token_key(again, give_pin)
    hsm.restart()
    assert open_signer(uri, never_asked).public_key == signer.public_key
    hsm.restart()
    with hsm.session("Brankas B") as session:
        keys = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY}))
        assert [(key[Attribute.EXTRACTABLE], key[Attribute.SENSITIVE], key[Attribute.LOCAL]) for key in keys] == [(False, True, True)]
        with pytest.raises(pkcs11.AttributeSensitive):
            keys[0][Attribute.VALUE]
    with pytest.raises(SignerProblem, match="a new key has a label"):
        create_token_key(hsm.uri("Brankas B", id="%07"), give_pin)


def test_a_key_made_under_an_id_is_found_by_it(hsm: SoftHsm) -> None:
    made = create_token_key(hsm.uri("Brankas B", object="by-id", id="%c0%01"), give_pin)
    assert open_signer(hsm.uri("Brankas B", id="%c0%01"), give_pin).public_key == made.public_key
    with pytest.raises(SignerProblem, match="never overwritten"):
        create_token_key(hsm.uri("Brankas B", object="other", id="%c0%01"), give_pin)


@pytest.mark.parametrize(
    ("token", "key", "reason"),
    [
        ("Brankas C", {"object": "log"}, r"0 tokens are of that name; .* token=Brankas A serial="),
        (TOKEN, {"object": "absent"}, "no private key of that name; its Ed25519 keys: .*object=log"),
        (TOKEN, {"object": "log", "id": "%02"}, "no private key of that name"),
        (TOKEN, {"object": "twice"}, "2 keys are of that name; add which: id=%0[2a], id=%0[2a]"),
        (TOKEN, {"object": "p-256"}, "not an Ed25519 key"),
        (TOKEN, {"object": "lonely"}, "holds 0 public keys under this key's id"),
        (TOKEN, {"object": "mute"}, "does not let this key sign"),
    ],
)
def test_key_that_cannot_be_used(hsm: SoftHsm, token: str, key: dict[str, str], reason: str) -> None:
    with pytest.raises(SignerProblem, match=reason):
        open_signer(hsm.uri(token, **key), give_pin)


def test_a_name_that_fits_two_tokens(hsm: SoftHsm) -> None:
    uri = f"pkcs11:model=SoftHSM%20v2;object=log?module-path={hsm.library}"
    with pytest.raises(SignerProblem, match="2 tokens are of that name"):
        open_signer(uri, never_asked)


def test_library_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "lib.so"
    path.write_bytes(b"no library")
    with pytest.raises(SignerProblem, match="cannot be used as a PKCS#11 library"):
        open_signer(f"pkcs11:object=a?module-path={path}", never_asked)


@pytest.mark.parametrize("pin", [PIN + "x", "1", "x" * 300, "\x00"])
def test_wrong_pin_is_said_and_shown_nowhere(
    hsm: SoftHsm, pin: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    hsm.restart()
    with pytest.raises(SignerProblem, match="wrong PIN") as caught:
        open_signer(hsm.uri(TOKEN, object="log"), lambda: pin)
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text + "".join(capfd.readouterr())
    assert len(pin) == 1 or pin not in shown


def test_a_token_without_the_mechanism_is_refused_before_a_pin_is_tried(hsm: SoftHsm) -> None:
    hsm.configure("CKM_RSA_PKCS")
    hsm.restart()
    try:
        with pytest.raises(SignerProblem, match="cannot sign with Ed25519"):
            open_signer(hsm.uri(TOKEN, object="log"), never_asked)
    finally:
        hsm.configure()
        hsm.restart()


def test_a_token_that_was_gone_for_a_moment(hsm: SoftHsm) -> None:
    """A log's key serves for months: with a source of the PIN it goes on; a PIN that a person typed was not kept."""
    kept, typed = open_signer(hsm.uri(TOKEN, object="log", pin_source="env:TOKEN_PIN"), never_asked), None
    hsm.restart()
    VerifyKey(kept.public_key).verify(MESSAGE, kept.sign(MESSAGE))
    typed = open_signer(hsm.uri(TOKEN, object="log"), give_pin)
    hsm.restart()
    with pytest.raises(SignerProblem, match=r"the token is gone .* start this command again"):
        typed.sign(MESSAGE)


def test_a_pin_that_is_wrong_afterwards_is_tried_once(hsm: SoftHsm, tmp_path: Path) -> None:
    pin_file = tmp_path / "pin"
    pin_file.write_text(PIN)
    pin_file.chmod(0o600)
    signer = open_signer(hsm.uri(TOKEN, object="log", pin_source=f"file:{pin_file}"), never_asked)
    pin_file.write_text(PIN + "x")
    hsm.restart()
    with pytest.raises(SignerProblem, match="wrong PIN"):
        signer.sign(MESSAGE)
    pin_file.write_text(PIN)
    with pytest.raises(SignerProblem, match="start this command again"):
        signer.sign(MESSAGE)


def test_of_several_threads_that_lost_the_token_one_opens_it_and_one_tries_a_pin(hsm: SoftHsm, tmp_path: Path) -> None:
    """A witness signs in several threads; a wrong PIN, tried by each of them, would lock the token."""
    pin_file = tmp_path / "pin"
    pin_file.write_text(PIN)
    pin_file.chmod(0o600)
    signer = open_signer(hsm.uri(TOKEN, object="log", pin_source=f"file:{pin_file}"), never_asked)

    def sign(number: int) -> str:
        try:
            VerifyKey(signer.public_key).verify(b"%d" % number, signer.sign(b"%d" % number))
        except SignerProblem as problem:
            return str(problem)
        return ""

    with ThreadPoolExecutor(8) as pool:
        hsm.restart()
        assert set(pool.map(sign, range(64))) == {""}
        pin_file.write_text(PIN + "x")
        hsm.restart()
        refused = list(pool.map(sign, range(64)))
    assert sum("wrong PIN" in each for each in refused) == 1
    assert sum("the token is gone" in each for each in refused) == 63


def test_another_key_that_came_back_is_not_used(hsm: SoftHsm) -> None:
    hsm.import_seed("Brankas B", "changing", "31", b"\x31" * 32)
    signer = open_signer(hsm.uri("Brankas B", object="changing", pin_source="env:TOKEN_PIN"), never_asked)
    hsm.restart()
    with hsm.session("Brankas B") as session:
        for each in session.get_objects({Attribute.LABEL: "changing"}):
            each.destroy()
    hsm.import_seed("Brankas B", "changing", "31", b"\x32" * 32)
    with pytest.raises(SignerProblem, match="came back with another key"):
        signer.sign(MESSAGE)


def test_commands_use_a_token(hsm: SoftHsm, tmp_path: Path) -> None:
    """An officer's key that is made on a token, registered with its own signature, and signs alone and after others."""

    def run(*arguments: str | Path, code: int = 0, stdin: str | None = None) -> dict[str, object]:
        result = CliRunner().invoke(prasasti, ["--language", "en", "--json", *map(str, arguments)], input=stdin)
        assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
        assert PIN not in result.output
        answer: dict[str, object] = json.loads(result.stdout)
        return answer

    hsm.restart()
    uri, ledger = hsm.uri("Brankas B", object="officer"), tmp_path / "ledger"
    run("init", ledger, "--training", "--bucket-bits", "8")
    public_key = run("key", "make", uri, stdin=f"{PIN}\n")["public_key"]
    hsm.restart()
    assert run("key", "show", uri, stdin=f"{PIN}\n")["public_key"] == public_key
    arguments = {"handle": "officer-7", "key": public_key, "organisation": "agency-1", "roles": ["governance.officer"]}
    registrar = f"identity.registrar={ledger}/keys/agency-1-registrar.training.seed"
    draft = tmp_path / "draft.json"
    words = ("submit", "identity.register_key", "-a", json.dumps(arguments), "-s", registrar, "-s", f"identity.new_key={public_key}")
    run(*words, "--draft", draft, "--ledger", ledger)
    hsm.restart()
    run("submit", "--envelope", draft, "-s", uri, "--ledger", ledger, stdin=f"{PIN}\n")
    hsm.restart()
    clock = ("submit", "governance.advance_clock", "-a", '{"seconds": 60}', "--ledger", ledger, "-s")
    run(*clock, f"governance.officer={hsm.uri('Brankas B', object='officer', pin_source='env:TOKEN_PIN')}")
    hsm.restart()
    refused = run(*clock, f"governance.officer={hsm.uri('Brankas B', object='officer', pin_source='env:WRONG_PIN')}", code=2)
    assert "wrong PIN" in str(refused["error"])
    assert OFFICER_PIN not in str(refused)
