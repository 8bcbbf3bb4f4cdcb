"""What a witness decides (C2SP tlog-witness): whether it cosigns a checkpoint, and what it answers where it does not.

Owns the form of a request and the order of the checks. Pure: the latest checkpoint, the key and the time are inputs;
``witness_store`` keeps the state, ``prasasti.services.witnessing`` brings both together.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from prasasti.log.source import LogSigner
from prasasti_verify.hashing import EMPTY_ROOT, hash_node
from prasasti_verify.notes import COSIGNATURE, Checkpoint, Key, parse_checkpoint, read_signature
from prasasti_verify.strict import Wrong, decode_base64

MAX_PROOF_LINES = 63
MAX_REQUEST_BYTES = 65_536
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
_old_size = re.compile("old (0|[1-9][0-9]{0,15})")

# Origin to the keys by which the log may sign: several where its key was rotated.
LogKeys = Mapping[str, Sequence[Key]]


class Request(NamedTuple):
    """A parsed ``add-checkpoint``. ``note``: the checkpoint's bytes as they came; ``proof``: hashes from leaf to root."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes
    checkpoint: Checkpoint


class Answer(NamedTuple):
    """An answer over HTTP."""

    status: int
    body: bytes
    content_type: str = TEXT


def parse_request(body: bytes) -> Request | Answer:
    """The parts of an ``add-checkpoint``; 400 says what is malformed."""
    head, separator, note = body.partition(b"\n\n")
    if not separator:
        return refuse(400, "the request has no empty line between proof and checkpoint")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        return refuse(400, "the old size and the proof are ASCII")
    old_size = _old_size.fullmatch(first)
    if old_size is None:
        return refuse(400, "the first line is 'old' and a size in decimal")
    if len(lines) > MAX_PROOF_LINES:
        return refuse(400, f"a proof has {MAX_PROOF_LINES} lines at most")
    try:
        proof = tuple(decode_base64(line, "a proof line") for line in lines)
        checkpoint = parse_checkpoint(note, "the checkpoint")
    except Wrong as problem:
        return refuse(400, str(problem))
    if any(len(each) != 32 for each in proof):
        return refuse(400, "each proof line is the base64 of 32 bytes")
    return Request(int(old_size[1]), proof, note, checkpoint)


def judge_log(checkpoint: Checkpoint, logs: LogKeys) -> Key | Answer:
    """The known key that signed the checkpoint; lines by unknown keys are ignored."""
    keys = logs.get(checkpoint.origin)
    if not keys:
        return refuse(404, f"the log {checkpoint.origin} is not one that this witness knows")
    try:
        signed = [key for key in keys if read_signature(checkpoint, key, "the checkpoint") is not None]
    except Wrong as problem:
        return refuse(403, str(problem))
    return signed[-1] if signed else refuse(403, "no key that this witness knows for the log has signed the checkpoint")


def judge_growth(request: Request, latest: Checkpoint | None) -> Answer | None:
    """Why the checkpoint does not extend the latest one that was cosigned; None where it does."""
    size, root = request.checkpoint.size, request.checkpoint.root
    latest_size, latest_root = (latest.size, latest.root) if latest is not None else (0, EMPTY_ROOT)
    if request.old_size > size:
        return refuse(400, f"the old size {request.old_size} is above the checkpoint's, {size}")
    if request.old_size != latest_size:
        return Answer(409, b"%d\n" % latest_size, SIZE)
    # A first checkpoint of no entries is held against the empty tree's root here, too.
    if not is_consistent(latest_size, latest_root, size, root, request.proof):
        return refuse(422, f"the proof does not show that the {latest_size} entries cosigned before are the first of these {size}")
    return None


def is_consistent(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether a consistency proof shows the old tree as the beginning of the other (RFC 9162, 2.1.4.2, in its steps)."""
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT and (size > 0 or root == EMPTY_ROOT)
    if old_size == size:
        return not proof and old_root == root
    if old_size > size or not proof:
        return False
    # Of a perfect old tree the proof leaves out the root, which the verifier has.
    is_perfect = old_size & (old_size - 1) == 0
    path = [old_root, *proof] if is_perfect else list(proof)
    old_node, node = old_size - 1, size - 1
    while old_node & 1:
        old_node, node = old_node >> 1, node >> 1
    old_found = found = path[0]
    for sibling in path[1:]:
        if node == 0:
            return False
        if old_node & 1 or old_node == node:
            old_found, found = hash_node(sibling, old_found), hash_node(sibling, found)
            while old_node and not old_node & 1:
                old_node, node = old_node >> 1, node >> 1
        else:
            found = hash_node(found, sibling)
        old_node, node = old_node >> 1, node >> 1
    return node == 0 and old_found == old_root and found == root


def cosign(checkpoint: Checkpoint, key: Key, signer: LogSigner, seconds: int) -> bytes:
    """The signature line of a cosignature (C2SP tlog-cosignature, type 0x04) as of a POSIX time."""
    signature = signer.sign(format_cosigned(checkpoint.body, seconds))
    return format_signature_line(key, seconds.to_bytes(8, "big") + signature)


def format_cosigned(body: bytes, seconds: int) -> bytes:
    """What a cosigner signs."""
    return b"cosignature/v1\ntime %d\n" % seconds + body


def format_signature_line(key: Key, signature: bytes) -> bytes:
    """A note's signature line, with its newline."""
    return f"— {key.name} {b64encode(key.id() + signature).decode()}\n".encode()


def format_request(old_size: int, proof: Sequence[bytes], note: bytes) -> bytes:
    """The body of an ``add-checkpoint``."""
    lines = [b"old %d\n" % old_size, *(b64encode(each) + b"\n" for each in proof)]
    return b"".join(lines) + b"\n" + note


def format_note(checkpoint: Checkpoint, keys: Sequence[Key], lines: bytes = b"") -> bytes:
    """The checkpoint with the lines of these keys only, in their order, and further ``lines``."""
    kept = {(name, key_id): signature for name, key_id, signature in checkpoint.lines}
    own = [format_signature_line(key, kept[key.name, key.id()]) for key in keys if (key.name, key.id()) in kept]
    return checkpoint.body + b"\n" + b"".join(own) + lines


def build_witness_key(name: str, public_key: bytes) -> Key:
    """A cosigner's key."""
    return Key(name, COSIGNATURE, public_key)


def refuse(status: int, reason: str) -> Answer:
    """A refusal in words."""
    return Answer(status, f"{reason}\n".encode())
