"""Records of what happens to a contract besides its delivery: amendments, notices to the contractor, defects."""

from __future__ import annotations

from msgspec import Struct

from prasasti.contracts.people import Person
from prasasti.core.types import Document

# Lists of a contract.
AMENDMENTS, NOTICES = "amendments", "notices"
# What an officer tells a contractor (38), and what officer and inspector say of what was delivered (40).
NOTICE, SUSPEND, RESUME, CHANCE = "notice", "suspend", "resume", "chance"
HAND_OVER, ACCEPT, DEFECT = "hand_over", "accept", "defect"


class AmendmentRecord(Struct, frozen=True):
    """``procurement/amendment/<contract>:<amendment>``: what an amendment changed of the price, which is ``price`` since.

    ``counted`` is what the cap is held against: all changes up to this one, less those that an ``exception`` ("" without) allowed.
    """

    amendment: str
    change: str
    counted: str
    document: Document
    exception: str
    number: int
    price: str
    reason: str
    time: int


class ListedAmendment(Struct, frozen=True):
    """Item of a contract's list of amendments."""

    amendment: str


class NoticeRecord(Struct, frozen=True):
    """Item of a contract's list of notices: what the contractor was told, why and until when; ``ground`` is "", ``until`` 0 without."""

    act: str
    document: Document
    ground: str
    told_by: list[Person]
    time: int
    until: int


def amendment_key(contract: str, amendment: str) -> str:
    """Key of an AmendmentRecord."""
    return f"procurement/amendment/{contract}:{amendment}"
