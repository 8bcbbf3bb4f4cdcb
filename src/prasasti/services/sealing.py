"""Sealing on the client's side: proposals and score sheets before they are sent, shares before a trustee signs them.

Owns that nobody seals what the ledger would refuse or find malformed, and that a sealer opened its own bytes first.
Asks no ledger: the round, the lot's items and the criteria come from the caller, who read them there.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct, ValidationError, convert, to_builtins

from prasasti.contracts.procurement.sealing.contents import (
    SLOT_SCORES,
    Contents,
    ScoreSheet,
    SealedFile,
    decode_contents,
    decode_scores,
)
from prasasti.contracts.procurement.sealing.framing import Round, compute_context, compute_envelope_id, compute_round
from prasasti.contracts.procurement.sealing.sealer import MAX_PLAINTEXT_BYTES, Malformed, Sealer, Share
from prasasti.contracts.procurement.sealing.suites import SEALERS, choose_sealer
from prasasti.core.encoding import encode_canonical
from prasasti.core.types import ensure
from prasasti.services.personal_data import find_personal_data
from prasasti.services.sealed_files import KEY_BYTES, encrypt_file

SEAL_RANDOM_BYTES = 32
SHARE_RANDOM_BYTES = 64

_FOUND = {
    "currency": "which is not the one that the tender asks for",
    "items": "which are not those of the lot, each once, in the tender's order",
    "price": "which is 0",
    "criteria": "which are not the tender's",
    "count": "since each criterion takes one score for each opened proposal of the lot",
    "unscored": "since -1 stands where a proposal is not out",
}


class SealingProblem(ValueError):
    """What must not be sealed, shared or sent; the message says why. Nothing was."""


class SealedSlot(NamedTuple):
    """An envelope that opens, for message 08 or 16. ``files`` are (sha256, size) of the encrypted bytes, to be sent to two stores."""

    context: bytes
    envelope_id: bytes
    sealed: bytes
    plaintext: bytes
    files: tuple[tuple[str, int], ...]


def seal_file(source: Path, folder: Path, title: str, media_type: str) -> SealedFile:
    """Encrypt a file under a fresh key to ``folder/<SHA-256 of the encrypted bytes>``; SealingProblem, OSError.

    A crash leaves bytes in the folder that no envelope names: they can be removed.
    """
    key = secrets.token_bytes(KEY_BYTES)
    unnamed = folder / f"{secrets.token_hex(16)}.encrypted"
    try:
        digests = encrypt_file(source, unnamed, key)
        listed = {
            "key": key.hex(),
            "media_type": media_type,
            "plain_sha256": digests.plain_sha256,
            "sha256": digests.sha256,
            "size": digests.size,
            "title": title,
        }
        try:
            file = convert(listed, SealedFile)
        except ValidationError as problem:
            raise SealingProblem(f"{source.name} cannot be listed in a proposal: {problem}") from None
        unnamed.replace(folder / digests.sha256)
    finally:
        unnamed.unlink(missing_ok=True)
    return file


def seal_proposal(
    round_: Round, lot: str, slot: str, organisation: str, contents: Contents, currency: str, items: Sequence[str], suite: int
) -> SealedSlot:
    """A bidder's envelope for a slot of a lot; SealingProblem. ``currency`` and ``items`` are the RFP's, as it orders them.

    ``contents`` lists files as ``seal_file`` returned them; ``organisation`` leads where several propose together.
    """
    for path, what in find_personal_data([file.title for file in contents.files], "the title of files"):
        raise SealingProblem(f"{path} looks like {what}; an opened proposal is public, and nothing was sealed")
    plaintext = encode_canonical(contents)
    _require_wellformed(decode_contents(slot, plaintext, currency, items), contents)
    return _seal(round_, lot, slot, organisation, plaintext, suite, tuple([(file.sha256, file.size) for file in contents.files]))


def seal_scores(
    round_: Round, lot: str, organisation: str, handle: str, sheet: ScoreSheet, criteria: Sequence[str], is_out: Sequence[bool], suite: int
) -> SealedSlot:
    """A committee member's score sheet; SealingProblem. ``criteria`` and ``is_out`` as ``decode_scores`` takes them, as they are now."""
    plaintext = encode_canonical(sheet)
    _require_wellformed(decode_scores(plaintext, criteria, is_out), sheet)
    return _seal(round_, lot, SLOT_SCORES, f"{organisation}:{handle}", plaintext, suite, ())


def make_share(round_: Round, lot: str, slot: str, sealer: str, sealed: bytes, envelope_id: bytes, trustee: str, secret: bytes) -> Share:
    """A trustee's share of an envelope that is due; SealingProblem. ``secret``: the trustee's 32-byte seed, unused by suite 00.

    That the opening has begun and the envelope is due, the caller has read in a cosigned checkpoint: an early share
    gives the proposal away to whoever sees it. Steps: 1 index; 2 context and id; 3 the ledger's own check; 4 the share, checked.
    """
    index = next((position for position, each in enumerate(round_.trustees, 1) if each.organisation == trustee), None)
    if index is None:
        raise SealingProblem(f"{trustee} is no trustee of this round")
    context = compute_context(compute_round(*round_), lot, slot, sealer)
    if compute_envelope_id(context, sealed) != envelope_id:
        raise SealingProblem(f"the envelope {envelope_id.hex()} is not what {sealer} sealed for lot {lot}, slot {slot} of this round")
    suite = choose_sealer(sealed)
    reason = "suite" if suite is None else suite.check(round_, context, sealed)
    if suite is None or reason is not None:
        raise SealingProblem(f"the envelope {envelope_id.hex()} should never have been accepted: {reason}; tell the auditor, give no share")
    share = suite.share(round_, context, sealed, index, secret, secrets.token_bytes(SHARE_RANDOM_BYTES))
    problem = suite.check_share(round_, context, sealed, share)
    if problem is not None:
        raise SealingProblem(
            f"the share that this key makes is not {trustee}'s in this round: {problem}; is it the key that the round names?"
        )
    return share


def _require_wellformed(decoded: Struct | Malformed, contents: Struct) -> None:
    """SealingProblem where the ledger would find the contents malformed at the opening, when nobody can mend them."""
    if isinstance(decoded, Malformed):
        found = _describe_shape(contents) if decoded.reason == "shape" else _FOUND[decoded.reason]
        raise SealingProblem(f"it would be malformed once opened: {decoded.reason}, {found}; nothing was sealed")
    ensure(decoded == contents, "what was encoded reads back as something else")


def _describe_shape(contents: Struct) -> str:
    try:
        convert(to_builtins(contents), type(contents))
    except ValidationError as problem:
        return str(problem)
    return f"{', '.join(to_builtins(contents))} are not the fields of the slot"


def _seal(
    round_: Round, lot: str, slot: str, sealer_name: str, plaintext: bytes, suite: int, files: tuple[tuple[str, int], ...]
) -> SealedSlot:
    """Seal, check as the ledger will, and open as t trustees would: only bytes that passed all three are returned."""
    sealer: Sealer | None = SEALERS.get(suite)
    if sealer is None:
        raise SealingProblem(f"there is no suite {suite:02x} here, only {', '.join(f'{each:02x}' for each in SEALERS)}")
    if len(plaintext) > MAX_PLAINTEXT_BYTES:
        raise SealingProblem(f"it has {len(plaintext)} bytes in all, at most {MAX_PLAINTEXT_BYTES} are sealed: put long texts into files")
    context = compute_context(compute_round(*round_), lot, slot, sealer_name)
    sealed, own_shares = sealer.seal(round_, context, plaintext, secrets.token_bytes(SEAL_RANDOM_BYTES))
    reason = sealer.check(round_, context, sealed)
    ensure(reason is None, f"bytes just sealed are refused: {reason}")
    opened = sealer.open(round_, context, sealed, own_shares)
    ensure(not isinstance(opened, Malformed) and opened.plaintext == plaintext, "bytes just sealed do not open to what was sealed")
    return SealedSlot(context, compute_envelope_id(context, sealed), sealed, plaintext, files)
