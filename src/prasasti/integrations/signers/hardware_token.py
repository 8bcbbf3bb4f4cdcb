"""Keys on a token or in a hardware security module, through its PKCS#11 library: an Ed25519 key that never leaves it.

Owns finding, making and using such a key (CKM_EDDSA, PKCS#11 3.0), and the words for what goes wrong. How it is named is
``pkcs11_uri``'s business. Sessions last as long as the process: closing one would log out every key on its token.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, MechanismFlag, ObjectClass, PrivateKey, PublicKey, Session, SignMixin, Token, TokenFlag

from prasasti.integrations.signers.interface import SEED_BYTES, SIGNATURE_BYTES, SignerProblem, check_signature
from prasasti.integrations.signers.pkcs11_uri import TokenKeyName, find_pin, parse_pkcs11_uri

Found = TypeVar("Found")

# The curve as an object identifier (RFC 8410), and as the printable string that some libraries give.
CURVE_OID = bytes.fromhex("06032b6570")
CURVES = (CURVE_OID, b"\x13\x0cedwards25519")
KEY_ID_BYTES = 8

PIN_REFUSALS = {
    pkcs11.PinIncorrect: "wrong PIN; it was tried once, and a token locks after a few wrong ones",
    pkcs11.PinInvalid: "wrong PIN: it has signs that this token does not take",
    pkcs11.PinLenRange: "wrong PIN: it is longer or shorter than this token's can be",
    pkcs11.PinLocked: "the PIN is locked after wrong ones; the token's security officer sets a new one",
    pkcs11.PinExpired: "the PIN has expired; set a new one with the token's own tool",
    pkcs11.UserPinNotInitialized: "the token has no user's PIN yet; set one with the token's own tool",
}
# What a token that was pulled out, or a library that lost its connection, answers. A new session may do.
LOST = (
    pkcs11.SessionHandleInvalid, pkcs11.SessionClosed, pkcs11.KeyHandleInvalid, pkcs11.ObjectHandleInvalid, pkcs11.UserNotLoggedIn,
    pkcs11.DeviceRemoved, pkcs11.DeviceError, pkcs11.TokenNotPresent, pkcs11.SlotIDInvalid,
)  # fmt: skip
# A witness signs in several threads. After a loss each would open a session anew, and try a PIN that was changed meanwhile,
# until the token locks.
_using = Lock()


class PinRefused(SignerProblem):
    """A PIN that the token did not take, and that is not tried again."""


class TokenSigner:
    """One Ed25519 key on a token. ``pin`` gives the PIN again where it comes from a file or the environment."""

    def __init__(self, name: TokenKeyName, key: SignMixin, public_key: bytes, pin: Callable[[], str] | None) -> None:
        self._name = name
        self._key = key
        self._public_key = public_key
        self._pin = pin

    @property
    def public_key(self) -> bytes:
        return self._public_key

    def sign(self, message: bytes) -> bytes:
        with _using:
            try:
                signature = self._key.sign(message, mechanism=Mechanism.EDDSA)
            except LOST as problem:
                self._open_again(problem)
                signature = _translate(self._name, lambda: self._key.sign(message, mechanism=Mechanism.EDDSA))
            except pkcs11.PKCS11Error as problem:
                raise _problem_of(self._name, problem) from problem
        if len(signature) != SIGNATURE_BYTES:
            raise SignerProblem(f"{self._name.words}: the token answered with something else than an Ed25519 signature")
        return check_signature(self._name.words, self._public_key, message, signature)

    def _open_again(self, lost: pkcs11.PKCS11Error) -> None:
        """A log's key serves for months, and a token may be gone for a moment. A PIN that a person typed was not kept."""
        if self._pin is None:
            cure = "put it back and start this command again"
            raise SignerProblem(f"{self._name.words}: the token is gone ({_spell(lost)}); {cure}") from lost
        try:
            key, public_key = _translate(self._name, lambda: _find_key(self._name, _open_session(self._name, self._pin or str)))
        except PinRefused:
            self._pin = None
            raise
        if public_key != self._public_key:
            raise SignerProblem(f"{self._name.words}: the token came back with another key, {public_key.hex()}")
        self._key = key

    def __repr__(self) -> str:
        return f"TokenSigner({self._public_key.hex()})"


def open_token_key(uri: str, ask_pin: Callable[[], str]) -> TokenSigner:
    """The key of a PKCS#11 URI; ``ask_pin`` is called where the URI names no source of the PIN. SignerProblem."""
    name = parse_pkcs11_uri(uri)
    key, public_key = _translate(name, lambda: _find_key(name, _open_session(name, ask_pin)))
    return _signer_of(name, key, public_key)


def create_token_key(uri: str, ask_pin: Callable[[], str]) -> TokenSigner:
    """Make a key on a token, not to be exported, under the label (and id) of a PKCS#11 URI; never a second one of that name."""
    name = parse_pkcs11_uri(uri)
    if name.label is None:
        raise SignerProblem(f"{name.words}: a new key has a label: object=LABEL")
    key, public_key = _translate(name, lambda: _make_key(name, _open_session(name, ask_pin, is_writing=True)))
    return _signer_of(name, key, public_key)


def _signer_of(name: TokenKeyName, key: SignMixin, public_key: bytes) -> TokenSigner:
    return TokenSigner(name, key, public_key, (lambda: find_pin(name, str)) if name.pin_source else None)


def _open_session(name: TokenKeyName, ask_pin: Callable[[], str], *, is_writing: bool = False) -> Session:
    """A session of the user on the token; its mechanism is looked for before a PIN is tried."""
    token = _find_token(name)
    if Mechanism.EDDSA not in token.slot.get_mechanisms():
        raise SignerProblem(f"{name.words}: the token {token.label!r} cannot sign with Ed25519 (its library offers no CKM_EDDSA)")
    pin = find_pin(name, ask_pin)
    try:
        return token.open(rw=is_writing, user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:
        # Another key on this token is open in this process: its login counts for all sessions.
        return token.open(rw=is_writing)


def _find_token(name: TokenKeyName) -> Token:
    try:
        slots = pkcs11.lib(str(name.module)).get_slots(token_present=True)
    except pkcs11.PKCS11Error as problem:
        raise SignerProblem(f"{name.module}: cannot be used as a PKCS#11 library: {_spell(problem)}") from problem
    tokens = [token for token in (slot.get_token() for slot in slots) if TokenFlag.TOKEN_INITIALIZED in token.flags]
    fitting = [token for token in tokens if name.token.items() <= _describe(token).items()]
    if len(fitting) != 1:
        known = ", ".join(f"token={token.label} serial={_describe(token)['serial']}" for token in tokens) or "none"
        raise SignerProblem(f"{name.words}: {len(fitting)} tokens are of that name; {name.module} shows: {known}")
    return fitting[0]


def _describe(token: Token) -> dict[str, str]:
    serial = token.serial.decode("utf-8", "replace").rstrip(" \0")
    return {"token": token.label, "manufacturer": token.manufacturer_id, "model": token.model, "serial": serial}


def _find_key(name: TokenKeyName, session: Session) -> tuple[SignMixin, bytes]:
    """The one private key of the name, and the public key that lies beside it under its id."""
    wanted = _key_attributes(name)
    keys = _search(session, {**wanted, Attribute.KEY_TYPE: KeyType.EC_EDWARDS})
    if len(keys) > 1:
        ids = ", ".join("id=" + "".join(f"%{byte:02x}" for byte in key.id) for key in keys)
        raise SignerProblem(f"{name.words}: {len(keys)} keys are of that name; add which: {ids}")
    if not keys:
        if _search(session, wanted):
            raise SignerProblem(f"{name.words}: this key is not an Ed25519 key, and the ledger takes no other")
        known = ", ".join(f"object={key.label}" for key in _search(session, {Attribute.KEY_TYPE: KeyType.EC_EDWARDS})) or "none"
        raise SignerProblem(f"{name.words}: the token holds no private key of that name; its Ed25519 keys: {known}")
    public_key = _read_public_key(name, session, keys[0])
    if not isinstance(keys[0], SignMixin):
        raise SignerProblem(f"{name.words}: the token does not let this key sign (CKA_SIGN is false)")
    return keys[0], public_key


def _read_public_key(name: TokenKeyName, session: Session, key: PrivateKey) -> bytes:
    template = {Attribute.CLASS: ObjectClass.PUBLIC_KEY, Attribute.KEY_TYPE: KeyType.EC_EDWARDS, Attribute.ID: key.id}
    publics = [each for each in session.get_objects(template) if isinstance(each, PublicKey)]
    if len(publics) != 1:
        raise SignerProblem(f"{name.words}: the token holds {len(publics)} public keys under this key's id; import the one with that id")
    if publics[0][Attribute.EC_PARAMS] not in CURVES:
        raise SignerProblem(f"{name.words}: this key is on another curve than Ed25519, and the ledger takes no other")
    # An octet string by the standard; some libraries give the 32 bytes alone.
    point = bytes(publics[0][Attribute.EC_POINT])
    point = point[2:] if point.startswith(b"\x04\x20") and len(point) == SEED_BYTES + 2 else point
    if len(point) != SEED_BYTES:
        raise SignerProblem(f"{name.words}: the public key has {len(point)} bytes, where an Ed25519 key has {SEED_BYTES}")
    return point


def _make_key(name: TokenKeyName, session: Session) -> tuple[SignMixin, bytes]:
    """Both halves come about in one call of the library: a crash leaves both or none, as its maker sees to."""
    for attribute, value in _key_attributes(name).items():
        if _search(session, {attribute: value}):
            raise SignerProblem(f"{name.words}: the token holds a key of that name already; a key is never overwritten")
    curve = session.create_domain_parameters(KeyType.EC_EDWARDS, {Attribute.EC_PARAMS: CURVE_OID}, local=True)
    curve.generate_keypair(
        id=name.key_id or secrets.token_bytes(KEY_ID_BYTES), label=name.label, store=True,
        capabilities=MechanismFlag.SIGN | MechanismFlag.VERIFY, mechanism=Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
        private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False, Attribute.PRIVATE: True},
    )  # fmt: skip
    return _find_key(name, session)


def _key_attributes(name: TokenKeyName) -> dict[Attribute, object]:
    wanted: dict[Attribute, object] = {Attribute.LABEL: name.label, Attribute.ID: name.key_id}
    return {attribute: value for attribute, value in wanted.items() if value is not None}


def _search(session: Session, attributes: dict[Attribute, object]) -> list[PrivateKey]:
    return [each for each in session.get_objects({**attributes, Attribute.CLASS: ObjectClass.PRIVATE_KEY}) if isinstance(each, PrivateKey)]


def _translate(name: TokenKeyName, use: Callable[[], Found]) -> Found:
    try:
        return use()
    except pkcs11.PKCS11Error as problem:
        raise _problem_of(name, problem) from problem


def _problem_of(name: TokenKeyName, problem: pkcs11.PKCS11Error) -> SignerProblem:
    if type(problem) in PIN_REFUSALS:
        return PinRefused(f"{name.words}: {PIN_REFUSALS[type(problem)]}")
    if isinstance(problem, (pkcs11.MechanismInvalid, pkcs11.FunctionNotSupported)):
        return SignerProblem(f"{name.words}: the token cannot do that with Ed25519 ({_spell(problem)})")
    return SignerProblem(f"{name.words}: the token refused: {_spell(problem)}")


def _spell(problem: pkcs11.PKCS11Error) -> str:
    """The library's code in words, and what it says of it. Neither is ever told a PIN back."""
    return str(problem) or re.sub("(?<=[a-z])(?=[A-Z])", " ", type(problem).__name__).lower()
