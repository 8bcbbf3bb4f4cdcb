"""Records of proposals and of the envelopes that hold them, and the numbered list of a lot's bidders."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.procurement.process import digest, lot_name, process_key
from prasasti.contracts.procurement.shapes import ConsortiumMember, SealedFile, Trustee


class SlotRecord(Struct, frozen=True):
    """What stands in one slot of a proposal: the latest envelope, the round it is sealed to, how many there were, and what became of
    it. A slot that is sealed to another round than its lot's counts no more."""

    envelope: str
    files: list[SealedFile]
    round: str
    size: int
    slot: str
    state: str
    submitted: int
    versions: int


class OutcomeRecord(Struct, frozen=True):
    """Whether a proposal meets a requirement, as the committee recorded it in an evaluation of its lot."""

    evaluation: int
    passed: bool
    reason: str
    requirement: str


class OfferRecord(Struct, frozen=True):
    """What an opened proposal says. ``price`` as stated, ``evaluated`` after the arithmetic; minor units."""

    bmp_bp: int
    currency: str
    evaluated: str
    price: str
    tkdn_bp: int
    valid_until: int


class OfferItemsRecord(Struct, frozen=True):
    """Unit prices of an opened proposal, in the order of the request's items."""

    items: list[tuple[str, str]]


class ProposalRecord(Struct, frozen=True):
    """A bidder's proposal for a lot; ``out`` tells why it is out, "" while it is in, ``out_since`` from when on (0: it
    never came in). ``number``: its place in the lot's list;
    ``opened`` counts its envelopes that were opened, ``earlier`` names those that were before proposals were asked for anew;
    ``technical`` is its technical score, 0 without."""

    bidder: str
    earlier: list[str]
    lot: str
    members: list[ConsortiumMember]
    number: int
    offer: OfferRecord | None
    opened: int
    out: str
    out_since: int
    outcomes: list[OutcomeRecord]
    process: str
    slots: list[SlotRecord]
    technical: int


class EnvelopeRecord(Struct, frozen=True):
    """An envelope. ``sealed`` (standard base64) is "" once it is opened; ``shares`` are indices of trustees, as they came;
    ``secret`` (hex) is what an opened one gives to the tie hash."""

    lot: str
    process: str
    purpose: str
    round: str
    sealed: str
    sealer: str
    secret: str
    shares: list[int]
    slot: str
    state: str


class ShareRecord(Struct, frozen=True):
    """A trustee's share of one envelope, until it is opened."""

    point: str
    proof: str


class MissingFileRecord(Struct, frozen=True):
    """A file that its stores promised to keep, and that the committee cannot get: since when, and since when it has it, 0 before."""

    envelope: str
    found: int
    lot: str
    process: str
    reported: int
    sha256: str
    size: int


class MissingFilesRecord(Struct, frozen=True):
    """How many files of a lot are missing; while there are any, the lot is suspended."""

    missing: int


class ProcessTrusteesRecord(Struct, frozen=True):
    """Every key that a round of a process ever named, once each; ``live``: an envelope of it can be due still."""

    keys: list[Trustee]
    live: bool


class TrusteeKeyRecord(Struct, frozen=True):
    """A trustee's key: how many ``live`` processes name it; until when it is to be destroyed, and when it was, 0 before."""

    destroyed: int
    due: int
    key_id: str
    live: int
    organisation: str


class PartRecord(Struct, frozen=True):
    """In whose proposal for a lot an organisation takes part."""

    bidder: str


class ListedBid(Struct, frozen=True):
    """Item of a lot's list of bidders."""

    bidder: str


def proposal_key(process: str, lot: str, bidder: str) -> str:
    """Key of a ProposalRecord."""
    return f"procurement/proposal/{digest(process, lot, bidder)}"


def offer_items_key(process: str, lot: str, bidder: str) -> str:
    """Key of an OfferItemsRecord; it shares the proposal's home."""
    return f"{proposal_key(process, lot, bidder)}/items"


def envelope_key(envelope: str) -> str:
    """Key of an EnvelopeRecord: sealed bytes have a home of their own (ledger-core: State tree)."""
    return f"procurement/sealed/{envelope}"


def share_key(envelope: str, index: int) -> str:
    """Key of a ShareRecord; all of an envelope share its home."""
    return f"procurement/sealed/{envelope}/share:{index}"


def missing_file_key(name: str) -> str:
    """Key of a MissingFileRecord; each has a home of its own, since a lot may have thousands of files."""
    return f"procurement/missing/{name}"


def name_missing_file(envelope: str, sha256: str) -> str:
    """Short name of a file of an envelope."""
    return digest(envelope, sha256)


def missing_files_key(process: str, lot: str) -> str:
    """Key of a MissingFilesRecord; the name of a lot has a colon, that of a file has none."""
    return f"procurement/missing/{lot_name(process, lot)}"


def process_trustees_key(process: str) -> str:
    """Key of a ProcessTrusteesRecord; it shares the process's home."""
    return f"{process_key(process)}/trustees"


def trustee_key_key(name: str) -> str:
    """Key of a TrusteeKeyRecord."""
    return f"procurement/trustee_key/{name}"


def name_trustee_key(organisation: str, key_id: str) -> str:
    """Short name of a trustee's key."""
    return digest(organisation, key_id)


def part_key(process: str, lot: str, organisation: str) -> str:
    """Key of a PartRecord."""
    return f"procurement/part/{digest(process, lot, organisation)}"


def bids_of(process: str, lot: str) -> str:
    """Identifier of a lot's list of bidders, ``procurement/bids/<this>``."""
    return lot_name(process, lot)
