"""What an opened envelope holds (sealed-proposals, 1): proposals of each slot and score sheets, as RFC 8785 JSON.

Owns shapes and ranges. Malformed is the sealer's fault and the same for every node: bytes that do not re-encode to
themselves are another shape. Arithmetic over items, files that are missing, and an early ``valid_until`` are the contract's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.procurement.sealing.sealer import Malformed
from prasasti.core.encoding import decode_canonical, make_decoder
from prasasti.core.types import (
    MAX_SAFE_INTEGER,
    Amount,
    Currency,
    HexHash,
    HexKey,
    Identifier,
    Instant,
    MediaType,
    is_within_bytes,
)

SLOT_PROPOSAL = "proposal"
SLOT_TECHNICAL = "technical"
SLOT_FINANCIAL = "financial"
SLOT_QUALIFICATION = "qualification"
SLOT_SCORES = "scores"

MAX_FILES = 8
MAX_ITEMS = 200
MAX_TITLE_BYTES = 200
MAX_SCORE = 1_000_000
SCORE_OUT = -1
# The authentication tag of the one chunk of an empty file.
MIN_ENCRYPTED_BYTES = 16

BasisPoints = Annotated[int, Meta(ge=0, le=10_000)]
Score = Annotated[int, Meta(ge=SCORE_OUT, le=MAX_SCORE)]


class SealedFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A file off the ledger and the key that opens it: ``sha256`` and ``size`` are of its encrypted bytes, ``plain_sha256`` of its own."""

    key: HexKey
    media_type: MediaType
    plain_sha256: HexHash
    sha256: HexHash
    size: Annotated[int, Meta(ge=MIN_ENCRYPTED_BYTES, le=MAX_SAFE_INTEGER)]
    title: str

    def __post_init__(self) -> None:
        if not is_within_bytes(self.title, MAX_TITLE_BYTES):
            raise ValueError(f"title takes 1 to {MAX_TITLE_BYTES} bytes")


Files = Annotated[list[SealedFile], Meta(max_length=MAX_FILES)]


class Proposal(Struct, frozen=True, forbid_unknown_fields=True):
    """Slots ``proposal`` and ``financial``. ``price`` and unit prices are minor units; ``items`` stand in the RFP's order."""

    currency: Currency
    price: Amount
    items: Annotated[list[tuple[Identifier, Amount]], Meta(max_length=MAX_ITEMS)]
    tkdn_bp: BasisPoints
    bmp_bp: BasisPoints
    valid_until: Instant
    files: Files


class Technical(Struct, frozen=True, forbid_unknown_fields=True):
    """Slot ``technical``: as a proposal, without price and items. Where ``financial`` repeats a field, that one counts."""

    currency: Currency
    tkdn_bp: BasisPoints
    bmp_bp: BasisPoints
    valid_until: Instant
    files: Files


class Qualification(Struct, frozen=True, forbid_unknown_fields=True):
    """Slot ``qualification``."""

    files: Files


class ScoreSheet(Struct, frozen=True, forbid_unknown_fields=True):
    """Slot ``scores``: by criterion one score for each opened proposal of the lot, ascending by organisation; −1 = out."""

    scores: dict[Identifier, list[Score]]


Contents = Proposal | Technical | Qualification

_proposals = make_decoder(Proposal)
_technicals = make_decoder(Technical)
_qualifications = make_decoder(Qualification)
_score_sheets = make_decoder(ScoreSheet)


def decode_contents(slot: str, plaintext: bytes, currency: str, items: Sequence[str]) -> Contents | Malformed:
    """A bidder's plaintext by its slot; ``currency`` and ``items`` are the RFP's, the items of this lot in the RFP's order."""
    if slot == SLOT_QUALIFICATION:
        return decode_qualification(plaintext)
    if slot == SLOT_TECHNICAL:
        return decode_technical(plaintext, currency)
    return decode_proposal(plaintext, currency, items)


def decode_proposal(plaintext: bytes, currency: str, items: Sequence[str]) -> Proposal | Malformed:
    """Slots proposal and financial; Malformed ``shape``, ``currency``, ``items`` (not the RFP's in its order) or ``price`` (0)."""
    proposal = decode_canonical(plaintext, _proposals)
    if proposal is None:
        return Malformed("shape")
    if proposal.currency != currency:
        return Malformed("currency")
    if [item for item, _ in proposal.items] != list(items):
        return Malformed("items")
    return Malformed("price") if proposal.price == "0" else proposal


def decode_technical(plaintext: bytes, currency: str) -> Technical | Malformed:
    """Slot technical; Malformed ``shape`` or ``currency``."""
    technical = decode_canonical(plaintext, _technicals)
    if technical is None:
        return Malformed("shape")
    return technical if technical.currency == currency else Malformed("currency")


def decode_qualification(plaintext: bytes) -> Qualification | Malformed:
    """Slot qualification; Malformed ``shape``."""
    return decode_canonical(plaintext, _qualifications) or Malformed("shape")


def decode_scores(plaintext: bytes, criteria: Sequence[str], is_out: Sequence[bool]) -> ScoreSheet | Malformed:
    """A score sheet; Malformed (void) ``shape``, ``criteria`` (not the RFP's), ``count`` or ``unscored``.

    ``is_out`` says of each opened proposal of the lot, ascending by organisation, whether it is out when scoring closes:
    its scores are ignored, while −1 for one that is not out is a score that is missing. ``count``: not one score each.
    """
    sheet = decode_canonical(plaintext, _score_sheets)
    if sheet is None:
        return Malformed("shape")
    if sorted(sheet.scores) != sorted(criteria):
        return Malformed("criteria")
    if any(len(scores) != len(is_out) for scores in sheet.scores.values()):
        return Malformed("count")
    is_missing = any(score == SCORE_OUT and not out for scores in sheet.scores.values() for score, out in zip(scores, is_out, strict=True))
    return Malformed("unscored") if is_missing else sheet
