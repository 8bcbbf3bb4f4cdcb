"""The log's entries, block and transaction, and the signed envelope in them (DSSE): form, id, signatures; not whose keys they are."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from prasasti_verify.notes import is_signed
from prasasti_verify.strict import HASH, IDENTIFIER, KEY, check_shape, decode_base64, decode_json, require, require_sorted

PAYLOAD_TYPE = "application/vnd.prasasti.transaction.v1+json"
_NAME = re.compile("[a-z_]{1,32}[.][a-z_]{1,64}")
_DOCUMENT = {"sha256": HASH, "size": int, "media_type": str}
_BLOCK = {
    "kind": "block", "height": int, "time": int, "previous_app_hash": HASH, "state_root": HASH, "transaction_count": int,
    "deadline_count": int, "events": [dict],
}  # fmt: skip
_TRANSACTION = {"kind": "transaction", "position": int, "time": int, "id": HASH, "envelope": object, "refusal": object, "events": [dict]}
_REFUSAL = {"action": _NAME, "actor": IDENTIFIER, "number": re.compile("[a-z_]{1,32}[.][0-9]{2}[a-z]?[.][0-9]{1,3}")}
_ENVELOPE = {"payload": str, "payloadType": PAYLOAD_TYPE, "signatures": [{"keyid": KEY, "sig": str}]}
_PAYLOAD = {
    "chain": str, "nonce": re.compile("[0-9a-f]{32}"), "expires": int, "action": _NAME, "actor": IDENTIFIER,
    "signers": [{"key": KEY, "role": str}], "arguments": dict,
}  # fmt: skip


# A block entry, its form checked.
def check_block(entry: Any, place: str) -> dict[str, Any]:
    require(type(entry) is dict and entry.get("kind") == "block", place, "is no block entry, though the block before it is complete")
    block: dict[str, Any] = check_shape(entry, _BLOCK, place)
    require(block["transaction_count"] or block["deadline_count"], place, "is a block with neither transaction nor deadline")
    return block


# A transaction entry, its form checked: an envelope, or a refusal and nothing of what was refused.
def check_transaction(entry: Any, place: str) -> dict[str, Any]:
    require(type(entry) is dict and entry.get("kind") == "transaction", place, "is no transaction, though its block has some to come")
    transaction: dict[str, Any] = check_shape(entry, _TRANSACTION, place)
    if transaction["refusal"] is not None:
        refusal = check_shape(transaction["refusal"], _REFUSAL, place, "refusal")
        require(transaction["envelope"] is None and not transaction["events"], place, "is refused, yet has an envelope or events")
        require(refusal["action"].split(".")[0] == refusal["number"].split(".")[0], place, "is refused by another contract's number")
    return transaction


# Payload of an accepted transaction, once its envelope's form, its id and every signature are found in order.
def open_envelope(entry: dict[str, Any], place: str) -> dict[str, Any]:
    envelope = check_shape(entry["envelope"], _ENVELOPE, place, "envelope")
    data = decode_base64(envelope["payload"], place)
    require(len(data) <= 45_000, place, "its payload exceeds 45,000 bytes")
    require(sha256(data).hexdigest() == entry["id"], place, "its id is not the hash of its payload")
    payload: dict[str, Any] = check_shape(decode_json(data, f"{place}, payload", canonical=False), _PAYLOAD, place, "payload")
    keyids, signers = [one["keyid"] for one in envelope["signatures"]], [signer["key"] for signer in payload["signers"]]
    require(1 <= len(keyids) <= 16, place, f"bears {len(keyids)} signatures")
    require_sorted(keyids, place, "its signatures")
    require(sorted(signers) == keyids, place, "is not signed by exactly the signers that it names: a signature was added or taken away")
    message = b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(data), data)  # DSSE's pre-authentication encoding.
    for keyid, sig in [(one["keyid"], decode_base64(one["sig"], place)) for one in envelope["signatures"]]:
        require(is_signed(bytes.fromhex(keyid), message, sig), place, f"the signature of {keyid[:16]}… does not verify: forged or altered")
    return payload


# SHA-256 and size of each document that arguments or events name: an object with exactly these three fields.
def find_documents(value: Any, place: str) -> Iterator[tuple[str, int]]:
    if type(value) is dict and value.keys() == _DOCUMENT.keys():
        check_shape(value, _DOCUMENT, place, "a document")
        yield value["sha256"], value["size"]
    elif type(value) is dict or type(value) is list:
        for child in value.values() if type(value) is dict else value:
            yield from find_documents(child, place)
