"""Admission: every check by at least one row, every field of every message spoiled in every way, every limit from both sides."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prasasti.contracts import CONTRACTS
from prasasti.core.admission import AdmissionContext, Inadmissible, admit, check_standing, decode_transaction
from prasasti.core.contract import Record
from prasasti.core.encoding import EncodingProblem, _decode_carefully, encode_canonical
from prasasti.core.entries import MAX_ENTRY_BYTES, MAX_EVENTS_BYTES, TRANSACTION, TransactionEntry, encode_entry
from prasasti.core.envelope import (
    MAX_ENVELOPE_BYTES,
    MAX_PAYLOAD_BYTES,
    MAX_SIGNATURES,
    PAYLOAD_TYPE,
    Envelope,
    Payload,
    Transaction,
    decode_envelope,
    decode_payload,
    encode_envelope,
)
from prasasti.core.genesis import KeyRecord, MemberRecord, OrganisationRecord
from prasasti.core.types import MAX_SAFE_INTEGER
from tests.contracts.procurement_rows import EXAMPLES as PROCUREMENT_EXAMPLES
from tests.contracts.procurement_rows import MAY_BE_EMPTY as PROCUREMENT_MAY_BE_EMPTY
from tests.contracts.procurement_rows import TOO_EARLY
from tests.contracts.selection import found as found_selection
from tests.core.examples import (
    AUDITOR,
    BUILDERS,
    NEW_KEY,
    OFFICER,
    PUBLISHERS_OFFICER,
    REGISTRAR,
    Example,
    registration,
    release,
)
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of, sign
from tests.core.rehearsal import REHEARSAL
from tests.core.spoiling import spoilt_objects
from tests.core.test_encoding import PIECES

# Order of the group of Ed25519 (RFC 8032, 5.1).
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493

CLOCK = "governance.advance_clock"
WITHHOLD = "governance.withhold_document"
REGISTER = "identity.register_key"
ATTEST = "procurement.attest_release"
STRANGER: Signer = ("agency-1/stranger", "governance.officer")
OPERATOR: Signer = ("operator-1/officer", "governance.officer")
OTHER_REGISTRAR: Signer = ("agency-1/officer", "identity.registrar")

Build = Callable[[Ledger], bytes]


def envelope_of(ledger: Ledger, action: str = CLOCK, **changes: Any) -> dict[str, Any]:
    """An envelope as an object, to be spoiled outside the payload."""
    example = BUILDERS[action]()
    found: dict[str, Any] = json.loads(ledger.sign(action, example.arguments, *example.signers, **changes))
    return found


def spoil(change: Callable[[dict[str, Any]], Any], action: str = CLOCK) -> Build:
    """An envelope that a function changed after it was signed."""

    def build(ledger: Ledger) -> bytes:
        envelope = envelope_of(ledger, action)
        changed = change(envelope)
        return encode_canonical(envelope if changed is None else changed)

    return build


def edit_envelope(change: Callable[[bytes], bytes]) -> Build:
    """An envelope whose bytes are changed."""
    return lambda ledger: change(encode_canonical(envelope_of(ledger)))


def edit_payload(change: Callable[[bytes], bytes], action: str = CLOCK) -> Build:
    """Payload bytes changed before they are signed, so that only their form is at fault."""

    def build(ledger: Ledger) -> bytes:
        example = BUILDERS[action]()
        data = encode_canonical(ledger.payload(action, example.arguments, *example.signers))
        return sign(change(data), [name for name, _ in example.signers])

    return build


def retouch(old: bytes, new: bytes, action: str = CLOCK) -> Build:
    """A piece of the payload replaced before it is signed."""

    def change(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return edit_payload(change, action)


def pad(size: int) -> Build:
    """A payload of exactly that many bytes: it need not be canonical, so spaces fill it."""
    return edit_payload(lambda data: data + b" " * (size - len(data)))


def pad_envelope(size: int) -> Build:
    return edit_envelope(lambda data: data + b" " * (size - len(data)))


def send(action: str, arguments: dict[str, Any] | None = None, /, *signers: Signer, **changes: Any) -> Build:
    """A transaction, signed as it should be; what is left out is the example's."""
    example = BUILDERS[action]()
    chosen = arguments if arguments is not None else example.arguments
    return lambda ledger: ledger.sign(action, chosen, *(signers or example.signers), **changes)


def expire(after: int, action: str = CLOCK) -> Build:
    return lambda ledger: send(action, expires=ledger.time + after)(ledger)


def drop_signature(envelope: dict[str, Any]) -> None:
    del envelope["signatures"][1]


def swap_signatures(envelope: dict[str, Any]) -> None:
    first, second = envelope["signatures"]
    first["sig"], second["sig"] = second["sig"], first["sig"]


def set_signature(change: Callable[[dict[str, Any]], None]) -> Build:
    return spoil(lambda envelope: change(envelope["signatures"][0]))


def signed_once(*signers: Signer) -> Build:
    return lambda ledger: sign(ledger.payload(CLOCK, {"seconds": 60}, *signers), [OFFICER[0]])


def add_signature(ledger: Ledger) -> bytes:
    example = BUILDERS[CLOCK]()
    payload = ledger.payload(CLOCK, example.arguments, *example.signers)
    return sign(payload, [OFFICER[0], "agency-1/registrar"])


def sign_with(name: str) -> Build:
    """Everything in order but for the key that made the signature under the officer's keyid."""

    def build(ledger: Ledger) -> bytes:
        envelope = envelope_of(ledger)
        other = json.loads(sign(b64decode(envelope["payload"]), [name]))
        envelope["signatures"][0]["sig"] = other["signatures"][0]["sig"]
        return encode_canonical(envelope)

    return build


def replace_keyid(ledger: Ledger) -> bytes:
    """A bystander signs the same payload: its own keyid is not among the signers."""
    return sign(b64decode(envelope_of(ledger)["payload"]), ["operator-1/officer"])


def add_order(signature: dict[str, Any]) -> None:
    """S + L verifies by the equation alone: RFC 8032, 5.1.7 asks for S < L."""
    value = b64decode(signature["sig"])
    s = int.from_bytes(value[32:], "little") + ED25519_ORDER
    signature["sig"] = b64encode(value[:32] + s.to_bytes(32, "little")).decode()


def bind_low_order_key(ledger: Ledger) -> bytes:
    """The neutral element as a key: R = identity, S = 0 would satisfy the equation for any message."""
    neutral = (1).to_bytes(32, "little")
    arguments = registration(key=neutral.hex())
    payload = ledger.payload(REGISTER, arguments, REGISTRAR)
    payload["signers"].append({"key": neutral.hex(), "role": "identity.new_key"})
    data = encode_canonical(payload)
    signature = b64decode(json.loads(sign(data, [REGISTRAR[0]]))["signatures"][0]["sig"])
    return encode_envelope(data, [(bytes.fromhex(key_of(REGISTRAR[0])), signature), (neutral, neutral + bytes(32))])


def change_payload(envelope: dict[str, Any]) -> None:
    payload = json.loads(b64decode(envelope["payload"]))
    payload["arguments"]["seconds"] += 1
    envelope["payload"] = b64encode(encode_canonical(payload)).decode()


def many_signers(count: int) -> Build:
    def build(ledger: Ledger) -> bytes:
        names = [f"agency-1/{number}" for number in range(count)]
        return ledger.sign(CLOCK, {"seconds": 60}, *((name, "governance.officer") for name in names))

    return build


def more_signatures_than_signers(ledger: Ledger) -> bytes:
    payload = ledger.payload(CLOCK, {"seconds": 60}, OFFICER)
    return sign(payload, [OFFICER[0], *(f"agency-1/{number}" for number in range(MAX_SIGNATURES))])


def repeat(ledger: Ledger) -> bytes:
    envelope = send(CLOCK)(ledger)
    assert ledger.seal(envelope) == [ACCEPTED]
    return envelope


def repeat_refused(ledger: Ledger) -> bytes:
    envelope = send(CLOCK, {"seconds": 0})(ledger)
    assert ledger.seal(envelope) == ["governance.02.2"]
    return envelope


def use_ended_key(ledger: Ledger) -> bytes:
    assert ledger.do("identity.end_key", {"key": key_of("agency-1/officer")}, REGISTRAR) == ACCEPTED
    return send(CLOCK)(ledger)


def close_door(ledger: Ledger) -> bytes:
    ledger.door = lambda transaction: "the document is not stored"
    return send(ATTEST)(ledger)


def use_up_quota(ledger: Ledger) -> bytes:
    refused = [ledger.sign(CLOCK, {"seconds": 0}, OFFICER) for _ in range(60)]
    assert ledger.seal(*refused) == ["governance.02.2"] * 60
    return send(CLOCK)(ledger)


NEWER = registration("agency-1/newer")
def share_nothing(ledger: Ledger) -> bytes:
    """A trustee's share of an envelope that is not there."""
    arguments = registration(roles=["procurement.trustee"])
    assert ledger.do("identity.register_key", arguments, REGISTRAR, NEW_KEY) == ACCEPTED
    share = {"envelope": "00" * 32, "index": 1, "point": "", "proof": ""}
    shares = {"lot": "lot-1", "process": "process-1", "shares": [share]}
    return ledger.sign("procurement.publish_opening_shares", shares, (NEW_KEY[0], "procurement.trustee"))


ROWS: dict[str, tuple[str, Build]] = {
    "a payload of 45,000 bytes": (ACCEPTED, pad(MAX_PAYLOAD_BYTES)),
    "a payload of 45,001 bytes": ("admission.1", pad(MAX_PAYLOAD_BYTES + 1)),
    "an envelope of 65,536 bytes": (ACCEPTED, pad_envelope(MAX_ENVELOPE_BYTES)),
    "an envelope of 65,537 bytes": ("admission.1", pad_envelope(MAX_ENVELOPE_BYTES + 1)),
    "a gigantic envelope": ("admission.1", lambda _: b"[" * 10_000_000),
    "no bytes": ("admission.2", lambda _: b""),
    "noise": ("admission.2", lambda _: b"\xff\xfe\x00"),
    "no object": ("admission.2", lambda _: b"[]"),
    "an envelope of null": ("admission.2", lambda _: b"null"),
    "a byte order mark": ("admission.2", edit_envelope(lambda data: b"\xef\xbb\xbf" + data)),
    "trailing bytes": ("admission.2", edit_envelope(lambda data: data + b"x")),
    "an envelope that is no UTF-8": ("admission.2", edit_envelope(lambda data: data.replace(b"payloadType", b"payload\xffype"))),
    "an envelope with a key twice": ("admission.2", edit_envelope(lambda data: data.replace(b"{", b'{"payload":"",', 1))),
    "an envelope of depth 33": ("admission.2", lambda _: b"[" * 33 + b"]" * 33),
    "an envelope of depth 10^4": ("admission.2", lambda _: b"[" * 10_000 + b"]" * 10_000),
    "an unknown field of depth 10^4": ("admission.2", edit_envelope(lambda data: b'{"a":' + b"[" * 9_999 + b"]" * 9_999 + b"," + data[1:])),
    "another payload type": ("admission.2", spoil(lambda envelope: envelope.update(payloadType="application/json"))),
    "the payload type in capitals": ("admission.2", spoil(lambda envelope: envelope.update(payloadType=PAYLOAD_TYPE.upper()))),
    "an unknown field of the envelope": ("admission.2", spoil(lambda envelope: envelope.update(note=""))),
    "a payload without padding": ("admission.2", lambda ledger: retouch_base64(ledger, lambda text: text.rstrip("="))),
    "a payload with loose bits": ("admission.2", lambda ledger: retouch_base64(ledger, loosen)),
    "a payload with a line break": ("admission.2", lambda ledger: retouch_base64(ledger, lambda text: text[:76] + "\n" + text[76:])),
    "a payload in url-safe base64": ("admission.2", lambda ledger: retouch_base64(ledger, lambda text: "-_" + text[2:])),
    "no signatures": ("admission.2", spoil(lambda envelope: envelope.update(signatures=[]))),
    "17 signatures": ("admission.2", more_signatures_than_signers),
    "a key that signs twice": ("admission.2", spoil(lambda envelope: envelope["signatures"].append(envelope["signatures"][0]))),
    "a keyid in capitals": ("admission.2", set_signature(lambda signature: signature.update(keyid=signature["keyid"].upper()))),
    "a keyid of 63 digits": ("admission.2", set_signature(lambda signature: signature.update(keyid=signature["keyid"][:63]))),
    "a keyid that is no hex": ("admission.2", set_signature(lambda signature: signature.update(keyid="g" * 64))),
    "a keyid of other digits": ("admission.2", set_signature(lambda signature: signature.update(keyid="\uff11" * 64))),
    "a signature of 63 bytes": ("admission.2", set_signature(lambda signature: signature.update(sig=b64encode(bytes(63)).decode()))),
    "a signature of 65 bytes": ("admission.2", set_signature(lambda signature: signature.update(sig=b64encode(bytes(65)).decode()))),
    "a signature without padding": ("admission.2", set_signature(lambda signature: signature.update(sig=signature["sig"].rstrip("=")))),
    "a signature with loose bits": ("admission.2", set_signature(lambda signature: signature.update(sig=loosen(signature["sig"])))),
    "an unknown field of a signature": ("admission.2", set_signature(lambda signature: signature.update(cert=""))),
    "a payload that is no JSON": ("admission.2", lambda _: sign(b"seconds", [OFFICER[0]])),
    "a payload of no bytes": ("admission.2", lambda _: sign(b"", [OFFICER[0]])),
    "a payload with trailing bytes": ("admission.2", edit_payload(lambda data: data + b"}")),
    "a payload with a byte order mark": ("admission.2", edit_payload(lambda data: b"\xef\xbb\xbf" + data)),
    "a payload that is no UTF-8": ("admission.2", retouch(b"agency-1", b"agency\xff1")),
    "2^64": ("admission.2", retouch(b":60}", b":18446744073709551616}")),
    "2^53": ("admission.2", retouch(b":60}", b":9007199254740992}")),
    "-2^53": ("admission.2", retouch(b":60}", b":-9007199254740992}")),
    "2^53-1 seconds": (ACCEPTED, retouch(b":60}", b":9007199254740991}")),
    "a float": ("admission.2", retouch(b":60}", b":60.5}")),
    "a whole float": ("admission.2", retouch(b":60}", b":60.0}")),
    "an exponent": ("admission.2", retouch(b":60}", b":1e3}")),
    "NaN": ("admission.2", retouch(b":60}", b":NaN}")),
    "a lone surrogate": ("admission.2", retouch(b"a court", b"\\ud834", WITHHOLD)),
    "a surrogate in UTF-8": ("admission.2", retouch(b"a court", b"\xed\xa0\xb4", WITHHOLD)),
    "a raw NUL": ("admission.2", retouch(b"a court", b"\x00", WITHHOLD)),
    "an escaped NUL in an identifier": ("admission.3", retouch(b'"actor":"agency-1"', b'"actor":"agency\\u0000"')),
    "an escaped NUL in an ocid": ("admission.3", retouch(b"ocds-abc123-1", b"ocds-abc123-\\u0000", ATTEST)),
    "an escaped NUL in opaque text": (ACCEPTED, retouch(b"a court", b"\\u0000", WITHHOLD)),
    "a key twice in the payload": ("admission.2", retouch(b'"actor":', b'"actor":"agency-1","actor":')),
    "a key twice in the arguments": ("admission.2", retouch(b'"seconds":60', b'"seconds":60,"seconds":60')),
    "a key twice, one escaped": ("admission.2", retouch(b'"seconds":60', b'"seconds":60,"second\\u0073":60')),
    "a key twice in a document": ("admission.2", retouch(b'"size":1000', b'"size":1000,"size":1000', ATTEST)),
    "a payload of depth 33": ("admission.2", retouch(b":60}", b":" + b"[" * 33 + b"]" * 33 + b"}")),
    "a payload of depth 10^4": ("admission.2", retouch(b":60}", b":" + b"[" * 10_000 + b"]" * 10_000 + b"}")),
    "a payload that is a list": ("admission.3", lambda _: sign(b"[]", [OFFICER[0]])),
    "an unknown contract": ("admission.3", send(CLOCK, action="weather.make_rain")),
    "an unknown action": ("admission.3", send(CLOCK, action="governance.make_rain")),
    "an action without a dot": ("admission.3", send(CLOCK, action="governance")),
    "another's arguments": ("admission.3", send(CLOCK, {"key": "11" * 32})),
    "a signer twice": ("admission.3", signed_once(OFFICER, OFFICER)),
    "no signers": ("admission.3", send(CLOCK, signers=[])),
    "17 signers": ("admission.3", signed_once(*((f"a/{number}", "governance.officer") for number in range(17)))),
    "a signer's key in capitals": ("admission.3", send(CLOCK, signers=[{"key": "AB" * 32, "role": "governance.officer"}])),
    "a hash in capitals": ("admission.3", send(WITHHOLD, {"legal_basis": "a court", "sha256": "AA" * 32})),
    "a nonce in capitals": ("admission.3", send(CLOCK, nonce="AA" * 16)),
    "an identifier with a final newline": ("admission.3", send(CLOCK, actor="agency-1\n")),
    "an identifier beyond ASCII": ("admission.3", send(CLOCK, actor="agency-\u0661")),
    "roles out of order": ("admission.3", send(REGISTER, registration(roles=["identity.registrar", OFFICER[1]]))),
    "a role twice": ("admission.3", send(REGISTER, registration(roles=["governance.officer"] * 2))),
    "suppliers out of order": ("admission.3", send(ATTEST, release(suppliers=["b", "a"]))),
    "tags out of order": ("admission.3", send(ATTEST, release(tag=["tender", "award"]))),
    "another ledger's chain": ("admission.4", send(CLOCK, chain="00" * 16)),
    "expired": ("admission.5", expire(-1)),
    "expiring now": ("admission.5", expire(0)),
    "expiring in a second": (ACCEPTED, expire(1)),
    "expiring in a day": (ACCEPTED, expire(86_400)),
    "expiring later than a day": ("admission.5", expire(86_401)),
    "several signers, expiring in a week": (ACCEPTED, expire(604_800, WITHHOLD)),
    "several signers, expiring later than a week": ("admission.5", expire(604_801, WITHHOLD)),
    "the same payload again": ("admission.6", repeat),
    "a refused payload again": ("admission.6", repeat_refused),
    "signatures in another order": (ACCEPTED, spoil(lambda envelope: envelope["signatures"].reverse(), WITHHOLD)),
    "a signature stripped": ("admission.7", spoil(drop_signature, WITHHOLD)),
    "a signature added": ("admission.7", add_signature),
    "signatures swapped": ("admission.7", spoil(swap_signatures, WITHHOLD)),
    "a signature of another key": ("admission.7", sign_with("operator-1/officer")),
    "a signature of zeros": ("admission.7", set_signature(lambda signature: signature.update(sig=b64encode(bytes(64)).decode()))),
    "a signature with S beyond the order": ("admission.7", set_signature(add_order)),
    "a key of low order": ("admission.7", bind_low_order_key),
    "a payload changed after signing": ("admission.7", spoil(change_payload)),
    "a bystander's signature": ("admission.7", replace_keyid),
    "a key that is not registered": ("admission.8", send(CLOCK, None, STRANGER)),
    "an ended key": ("admission.8", use_ended_key),
    "another organisation's name": ("admission.8", send(CLOCK, actor="operator-1")),
    "an unknown organisation's name": ("admission.8", send(CLOCK, actor="agency-2")),
    "a second signer that is not registered": ("admission.8", send(WITHHOLD, None, PUBLISHERS_OFFICER, ("auditor-1/stranger", AUDITOR[1]))),
    "a new key that acts": ("admission.8", send(REGISTER, None, NEW_KEY, REGISTRAR, actor="agency-1")),
    "a role that may not": ("admission.9", send(CLOCK, None, REGISTRAR)),
    "a role that the key does not hold": ("admission.9", send(CLOCK, None, (REGISTRAR[0], OFFICER[1]))),
    "one signer too few": ("admission.9", send(WITHHOLD, None, PUBLISHERS_OFFICER)),
    "one signer too many": ("admission.9", send(CLOCK, None, OFFICER, OPERATOR)),
    "16 signers where one acts": ("admission.8", many_signers(16)),
    "a new key that does not sign": ("admission.9", send(REGISTER, None, REGISTRAR, OTHER_REGISTRAR)),
    "another key signs as the new one": ("admission.9", send(REGISTER, NEWER, REGISTRAR, (OFFICER[0], NEW_KEY[1]))),
    "an unregistered key signs as the new one": ("admission.8", send(REGISTER, NEWER, REGISTRAR, NEW_KEY)),
    "a share of an envelope that nobody sealed": ("admission.10", share_nothing),
    "what the door refuses": ("admission.11", close_door),
    "an actor over its quota": ("admission.12", use_up_quota),
}  # fmt: skip


def retouch_base64(ledger: Ledger, change: Callable[[str], str]) -> bytes:
    """A payload whose base64 ends in one padding, its text changed."""
    data = encode_canonical(ledger.payload(CLOCK, {"seconds": 60}, OFFICER))
    data += b" " * (2 - len(data) % 3)
    envelope = json.loads(sign(data, [OFFICER[0]]))
    assert envelope["payload"].endswith("=")
    changed = change(envelope["payload"])
    assert changed != envelope["payload"]
    return encode_canonical(envelope | {"payload": changed})


def loosen(text: str) -> str:
    """The same bytes by a lenient reader: the bits that padding cuts off are set."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = text.rstrip("=")
    return body[:-1] + alphabet[alphabet.index(body[-1]) + 1] + text[len(body) :]


@pytest.mark.parametrize("name", ROWS)
def test_each_row(tmp_path: Path, name: str) -> None:
    code, build = ROWS[name]
    ledger = Ledger(tmp_path)
    envelope = build(ledger)
    before = ledger.application.info()
    assert ledger.check(envelope) == code
    assert ledger.application.info() == before
    height = before.height + 1
    is_taken = code in (ACCEPTED, "admission.11")
    assert ledger.application.process_proposal(height, ledger.time, [envelope]) is is_taken, "the door alone is no part of consensus"


SET_PARAMETER = "governance.set_parameter"
MAY_BE_EMPTY = {
    (ATTEST, "arguments.buyer empty"),
    ("identity.register_publisher", "arguments.publication_policy empty"),
    # A parameter is a number, a truth or a text; a veto may be nobody's.
    *((SET_PARAMETER, f"arguments.value {other}") for other in ("= true", "= 7", "empty")),
    *PROCUREMENT_MAY_BE_EMPTY,
}


@pytest.mark.parametrize("action", BUILDERS)
def test_every_field_is_checked(tmp_path: Path, action: str) -> None:
    """Check 3 finds each of them, and says where; a payload with its fields in another order is the same."""
    is_selected = action in PROCUREMENT_EXAMPLES or action.startswith("treasury.")
    ledger = found_selection(tmp_path) if is_selected else Ledger(tmp_path)
    example = BUILDERS[action]()
    payload = ledger.payload(action, example.arguments, *example.signers)
    names = [name for name, _ in example.signers]
    accepted = "admission.10" if action in TOO_EARLY else ACCEPTED
    assert ledger.check(sign(payload, names)) == accepted
    backwards = json.dumps(dict(reversed(payload.items())), indent=2).encode()
    assert ledger.check(sign(backwards, names)) == accepted
    found: dict[str, str] = {}
    places: list[str] = []
    for name, spoilt in spoilt_objects(payload):
        answer = decode_transaction(sign(spoilt, names), ledger.application.registry)
        found[name] = answer.code if isinstance(answer, Inadmissible) else ACCEPTED
        if found[name] == "admission.1" and name.endswith("too long"):
            del found[name]  # The payload as a whole was too large before the field was.
        elif isinstance(answer, Inadmissible):
            places.append(answer.found)
    assert {name for name, code in found.items() if code != "admission.3"} == {name for each, name in MAY_BE_EMPTY if each == action}
    assert [place for place in places if "$" not in place and "field `" not in place] == []
    assert len(found) > 60


def test_every_field_of_the_envelope_is_checked(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    envelope = envelope_of(ledger)
    found = {name: ledger.check(encode_canonical(spoilt)) for name, spoilt in spoilt_objects(envelope)}
    assert set(found.values()) == {"admission.2"}
    assert len(found) > 25


BOUNDS: list[tuple[str, str, Any, bool]] = [
    (CLOCK, "seconds", MAX_SAFE_INTEGER, True),
    (CLOCK, "seconds", -MAX_SAFE_INTEGER, True),
    (WITHHOLD, "legal_basis", "x" * 200, True),
    (WITHHOLD, "legal_basis", "x" * 201, False),
    (WITHHOLD, "legal_basis", "\U0001e4ee" * 50, True),
    (WITHHOLD, "legal_basis", "\U0001e4ee" * 50 + "x", False),
    (REGISTER, "handle", "h" * 128, True),
    (REGISTER, "handle", "h" * 129, False),
    (REGISTER, "organisation", "o" * 128, True),
    (REGISTER, "organisation", "o" * 129, False),
    (REGISTER, "roles", [], False),
    (REGISTER, "roles", [f"some.role_{letter}" for letter in "abcdefghijklmnop"], True),
    (REGISTER, "roles", [f"some.role_{letter}" for letter in "abcdefghijklmnopq"], False),
    (REGISTER, "roles", ["x" * 32 + "." + "y" * 32], True),
    (REGISTER, "roles", ["x" * 33 + ".y"], False),
    (REGISTER, "roles", ["x." + "y" * 33], False),
    (REGISTER, "roles", ["Some.role"], False),
    (ATTEST, "ocid", "o" * 128, True),
    (ATTEST, "ocid", "o" * 129, False),
    (ATTEST, "ocid", "\u00e9" * 64, True),
    (ATTEST, "ocid", "\u00e9" * 64 + "o", False),
    (ATTEST, "ocid", "o\x7f", False),
    (ATTEST, "release_id", "r" * 256, True),
    (ATTEST, "release_id", "r" * 257, False),
    (ATTEST, "release_id", "\U0001e4ee\U0001e4ec", True),
    (ATTEST, "publisher", "p" * 100, True),
    (ATTEST, "publisher", "p" * 101, False),
    (ATTEST, "buyer", "", True),
    (ATTEST, "buyer", "b" * 100, True),
    (ATTEST, "buyer", "b" * 101, False),
    (ATTEST, "suppliers", [], True),
    (ATTEST, "suppliers", ["s" * 100], True),
    (ATTEST, "suppliers", ["s" * 101], False),
    (ATTEST, "suppliers", [""], False),
    (ATTEST, "suppliers", [f"s{number:02}" for number in range(50)], True),
    (ATTEST, "suppliers", [f"s{number:02}" for number in range(51)], False),
    (ATTEST, "tag", [], False),
    (ATTEST, "tag", [f"t{number:02}" for number in range(16)], True),
    (ATTEST, "tag", [f"t{number:02}" for number in range(17)], False),
    (ATTEST, "tag", ["t" * 64], True),
    (ATTEST, "tag", ["t" * 65], False),
    (ATTEST, "date", 0, True),
    (ATTEST, "date", MAX_SAFE_INTEGER, True),
    (ATTEST, "date", -1, False),
    (ATTEST, "redaction_version", 1, True),
    (ATTEST, "redaction_version", 9_999, True),
    (ATTEST, "redaction_version", 0, False),
    (ATTEST, "redaction_version", 10_000, False),
    (ATTEST, "document", {"media_type": "application/json", "sha256": "11" * 32, "size": 0}, False),
    (ATTEST, "document", {"media_type": "application/json", "sha256": "11" * 32, "size": MAX_SAFE_INTEGER}, True),
    (ATTEST, "document", {"media_type": "Application/JSON", "sha256": "11" * 32, "size": 1}, False),
    (ATTEST, "document", {"media_type": "json", "sha256": "11" * 32, "size": 1}, False),
]


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: f"{bound[0]} {bound[1]} {str(bound[2])[:20]!a} {bound[3]}")
def test_each_limit_from_both_sides(tmp_path: Path, bound: tuple[str, str, Any, bool]) -> None:
    action, field, value, is_taken = bound
    ledger = Ledger(tmp_path)
    example = BUILDERS[action]()
    envelope = ledger.sign(action, example.arguments | {field: value}, *example.signers)
    answer = decode_transaction(envelope, ledger.application.registry)
    assert (answer.code if isinstance(answer, Inadmissible) else ACCEPTED) == (ACCEPTED if is_taken else "admission.3")


def test_the_first_check_that_fails_decides(tmp_path: Path) -> None:
    """An envelope wrong in every way is told of one fault after the other, in the stated order."""
    ledger = Ledger(tmp_path)
    used = repeat(ledger)
    ledger.do("identity.end_key", {"key": key_of("agency-1/officer")}, REGISTRAR)
    for _ in range(60):
        ledger.do(CLOCK, {"seconds": 0}, ("operator-1/officer", "governance.officer"))
    ledger.door = lambda _: "closed"
    stranger: Signer = ("operator-1/stranger", "identity.registrar")

    def build(changes: dict[str, Any], signer: Signer = stranger, names: list[str] | None = None) -> bytes:
        payload = encode_canonical(ledger.payload(CLOCK, {"seconds": 0}, signer, **changes))
        return sign(payload.replace(b'"expires":0', b'"expires":0.5') if "note" in changes else payload, names or [signer[0]])

    wrong: dict[str, Any] = {"chain": "00" * 16, "expires": 0, "arguments": {}}
    codes = [ledger.check(build({**wrong, "note": "x" * MAX_PAYLOAD_BYTES}, names=["log"]))]
    codes.append(ledger.check(build({**wrong, "note": "x"}, names=["log"])))
    for fixed in ("arguments", "chain", "expires"):
        codes.append(ledger.check(build(dict(wrong), names=["log"])))
        del wrong[fixed]
    codes.append(ledger.check(used))
    codes.append(ledger.check(build({}, names=["log"])))
    codes.append(ledger.check(build({})))
    codes.append(ledger.check(build({}, ("operator-1/officer", "identity.registrar"))))
    codes.append(ledger.check(build({}, OPERATOR)))
    codes.append(ledger.check(send(ATTEST)(ledger)))
    assert codes == [f"admission.{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 11)]


def test_a_copied_id_cannot_be_used_up(tmp_path: Path) -> None:
    """A bystander may send the payload with signatures of its own in any way: the sender's envelope still goes in, once."""
    ledger = Ledger(tmp_path)
    envelope = send(WITHHOLD)(ledger)
    data = b64decode(json.loads(envelope)["payload"])
    copies = [
        sign(data, names) for names in (["log"], [PUBLISHERS_OFFICER[0]], [AUDITOR[0], "log"], [PUBLISHERS_OFFICER[0], AUDITOR[0], "log"])
    ]
    forged = json.loads(envelope)
    swap_signatures(forged)
    copies.append(encode_canonical(forged))
    assert ledger.seal(*copies) == ["admission.7"] * len(copies)
    assert ledger.seal(*copies, envelope, envelope) == [*["admission.7"] * len(copies), "governance.01.1", "admission.6"]
    assert [ledger.check(each) for each in (*copies, envelope)] == ["admission.6"] * (len(copies) + 1)


def test_signatures_in_any_order_are_the_same_transaction(tmp_path: Path) -> None:
    """The entry's envelope is canonical, whatever order and spacing it was sent in."""
    ledger = Ledger(tmp_path)
    envelope = send(WITHHOLD)(ledger)
    value = json.loads(envelope)
    value["signatures"].reverse()
    other = json.dumps(value, indent=1).encode()
    first, second = (decode_transaction(data, ledger.application.registry) for data in (envelope, other))
    assert isinstance(first, Transaction)
    assert isinstance(second, Transaction)
    assert first.envelope_json == second.envelope_json == envelope
    assert first.id == second.id


def test_a_key_given_in_a_block_counts_from_the_next(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    arguments = registration(roles=["governance.officer"])
    register = ledger.sign(REGISTER, arguments, REGISTRAR, NEW_KEY)
    use = ledger.sign(CLOCK, {"seconds": 1}, (NEW_KEY[0], "governance.officer"))
    assert ledger.seal(register, use) == [ACCEPTED, "admission.8"]
    assert ledger.seal(use) == [ACCEPTED]


def test_a_refused_id_stays_used_until_its_envelope_has_expired(tmp_path: Path) -> None:
    """Also after a restart, and after the memory of ids was cleared of what is old."""
    ledger = Ledger(tmp_path)
    first = ledger.sign(WITHHOLD, {"legal_basis": "x", "sha256": "22" * 32}, PUBLISHERS_OFFICER, AUDITOR, expires=ledger.time + 604_800)
    assert ledger.seal(first) == ["governance.01.1"]
    for _ in range(6):
        ledger.time += 86_400
        assert ledger.do(CLOCK, {"seconds": 1}, OFFICER) == ACCEPTED
        assert ledger.check(first) == "admission.6"
        ledger.restart()
        assert ledger.check(first) == "admission.6"
    ledger.time += 86_400 - 1
    assert ledger.check(first) == "admission.6"
    ledger.time += 1
    assert ledger.check(first) == "admission.5"


def test_an_accepted_id_stays_used_until_its_envelope_has_expired(tmp_path: Path) -> None:
    """Ids that are old are forgotten as blocks go by; one whose envelope is still good never is."""
    ledger = Ledger(tmp_path)
    envelope = ledger.sign(CLOCK, {"seconds": 1}, OFFICER, expires=ledger.time + 86_400)
    assert ledger.seal(envelope) == [ACCEPTED]
    for _ in range(11):
        ledger.time += 7_200
        assert ledger.do(CLOCK, {"seconds": 1}, OFFICER) == ACCEPTED
        assert ledger.check(envelope) == "admission.6"
    ledger.time += 7_199
    assert ledger.do(CLOCK, {"seconds": 1}, OFFICER) == ACCEPTED
    assert ledger.check(envelope) == "admission.6"
    ledger.time += 1
    assert ledger.check(envelope) == "admission.5"


def test_the_quota_counts_an_hour_of_block_time(tmp_path: Path) -> None:
    """60 recorded refusals; admission's own leave no trace and do not count; a restart forgets none."""
    ledger = Ledger(tmp_path)

    def refuse() -> bytes:
        return ledger.sign(CLOCK, {"seconds": 0}, OFFICER)

    assert ledger.seal(*(refuse() for _ in range(59))) == ["governance.02.2"] * 59
    assert ledger.seal(*(send(CLOCK, chain="00" * 16)(ledger) for _ in range(5))) == ["admission.4"] * 5
    assert ledger.check(refuse()) == ACCEPTED
    ledger.time += 10
    assert ledger.seal(refuse()) == ["governance.02.2"]
    ledger.restart()
    assert ledger.check(refuse()) == "admission.12"
    assert ledger.check(send("identity.end_key")(ledger)) == "admission.12", "the actor's, whichever key or message"
    assert ledger.check(send(ATTEST)(ledger)) == ACCEPTED, "not another actor's"
    ledger.time += 3_600 - 11
    assert ledger.check(refuse()) == "admission.12"
    ledger.time += 1
    assert ledger.check(refuse()) == ACCEPTED, "an hour after the first 59"
    ledger.time -= 1
    assert ledger.check(refuse()) == "admission.12", "asking about a later time forgets nothing"


class Records:
    """A state given as a dict."""

    def __init__(self, **records: Any) -> None:
        self.records = records

    def get(self, key: str, kind: type[Record]) -> Record | None:
        record: Record | None = self.records.get(key)
        return record


@pytest.mark.parametrize(
    ("records", "stands"),
    [
        ({"governance/member/agency-1": MemberRecord("agency", "agency-1", "active")}, True),
        ({"governance/member/agency-1": MemberRecord("agency", "agency-1", "suspended")}, False),
        ({"identity/organisation/agency-1": OrganisationRecord("agency-1", "", [], "", "active")}, True),
        ({"identity/organisation/agency-1": OrganisationRecord("agency-1", "", [], "", "suspended")}, False),
        ({}, False),
    ],
)
def test_the_organisation_must_be_active(tmp_path: Path, records: dict[str, Any], stands: bool) -> None:
    """Check 8, which later contracts' suspensions rely on."""
    ledger = Ledger(tmp_path)
    transaction = ledger.application.check_tx(send(CLOCK)(ledger), ledger.time)
    assert isinstance(transaction, Transaction)
    key = KeyRecord("officer", "agency-1", ["governance.officer"], 0)
    view = Records(**records, **{f"identity/key/{key_of(OFFICER[0])}": key})
    context = AdmissionContext(
        ledger.chain, ledger.application.genesis, ledger.time, view, ledger.application.registry, lambda _: False, lambda _actor, _since: 0
    )
    assert (check_standing(transaction, context) is None) is stands


def test_the_largest_entry_fits_into_the_log() -> None:
    """Largest payload, 16 signatures, 2,048 bytes of events, every number at its longest."""
    data = b"x" * MAX_PAYLOAD_BYTES
    envelope = encode_envelope(data, [(bytes([number]) * 32, b"\xff" * 64) for number in range(MAX_SIGNATURES)])
    events = b'["' + b"x" * (MAX_EVENTS_BYTES - 4) + b'"]'
    entry = TransactionEntry(
        msgspec.Raw(envelope), msgspec.Raw(events), "f" * 64, TRANSACTION, MAX_SAFE_INTEGER, None, MAX_SAFE_INTEGER
    )  # fmt: skip
    assert MAX_ENTRY_BYTES - 1_000 < len(encode_entry(entry)) <= MAX_ENTRY_BYTES
    assert len(envelope) <= MAX_ENVELOPE_BYTES


@st.composite
def spoilt_json(draw: st.DrawFn) -> tuple[type[Envelope] | type[Payload], bytes]:
    """An envelope or payload as JSON: canonical or spaced, whole or with pieces replaced, sometimes by numbers that are too large."""
    ledger = SPOILT[0]
    action = draw(st.sampled_from(sorted(BUILDERS)))
    example = BUILDERS[action]()
    kind: type[Envelope] | type[Payload] = Payload if draw(st.booleans()) else Envelope
    value = ledger.payload(action, example.arguments, *example.signers) if kind is Payload else envelope_of(ledger, action)
    data = encode_canonical(value) if draw(st.booleans()) else json.dumps(value, indent=draw(st.sampled_from([None, 1]))).encode()
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(data)))
        data = data[:start] + draw(PIECES) + data[start + draw(st.integers(0, 3)) :]
    return kind, data


def judge_form(read: Callable[[], Any]) -> str:
    """The value, or at which of the checks 2 and 3 it fails."""
    try:
        return repr(read())
    except EncodingProblem:
        return "admission.2"
    except ValueError:
        return "admission.3"


@given(data=st.data())
def test_the_fast_way_to_a_payload_is_the_careful_one(data: st.DataObject) -> None:
    """Canonical bytes are decoded into their types at once; the answer is that of the long way, the kind of fault too."""
    kind, text = data.draw(spoilt_json())
    careful = judge_form(lambda: msgspec.convert(_decode_carefully(text), kind))
    if kind is Payload:
        assert judge_form(lambda: decode_payload(text)) == careful
    elif careful.startswith("admission"):
        assert judge_form(lambda: decode_envelope(text)) == "admission.2"
    else:
        answer = judge_form(lambda: decode_envelope(text)[0])
        assert answer in (careful, "admission.2")


@given(st.binary(max_size=300))
def test_no_bytes_at_all_raise(data: bytes) -> None:
    """Whatever anybody sends, the answer is a value; and 1 or 2 unless it is an envelope."""
    registry = {contract.name: contract for contract in (*CONTRACTS, REHEARSAL)}
    answer = decode_transaction(data, registry)
    assert isinstance(answer, Inadmissible)
    assert answer.code == "admission.2"


@given(data=st.data())
def test_no_spoilt_envelope_raises(data: st.DataObject) -> None:
    """An envelope with bytes changed, within its base64 too, is refused or, where it is still the same, admitted."""
    ledger = SPOILT[0]
    action = data.draw(st.sampled_from(sorted(BUILDERS)))
    example: Example = BUILDERS[action]()
    payload = bytearray(encode_canonical(ledger.payload(action, example.arguments, *example.signers)))
    for _ in range(data.draw(st.integers(0, 3))):
        payload[data.draw(st.integers(0, len(payload) - 1))] = data.draw(st.integers(0, 255))
    envelope = bytearray(sign(bytes(payload), [name for name, _ in example.signers]))
    for _ in range(data.draw(st.integers(0, 2))):
        envelope[data.draw(st.integers(0, len(envelope) - 1))] = data.draw(st.integers(0, 255))
    context = ledger.application._context(ledger.time)
    answer = admit(bytes(envelope), context)
    assert isinstance(answer, Inadmissible | Transaction)
    if isinstance(answer, Transaction):
        assert answer.payload.chain == ledger.chain
        assert answer.envelope_json == encode_envelope(answer.payload_bytes, answer.signatures)


SPOILT: list[Ledger] = []


@pytest.fixture(autouse=True, scope="module")
def _one_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A ledger for the property above, which changes nothing."""
    SPOILT.append(Ledger(tmp_path_factory.mktemp("spoilt")))
    yield
    SPOILT.pop().close()


def test_every_message_has_an_example() -> None:
    assert set(BUILDERS) == {f"{contract.name}.{message.name}" for contract in CONTRACTS for message in contract.messages}
