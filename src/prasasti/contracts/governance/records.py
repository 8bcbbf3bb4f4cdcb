"""Records of ``governance`` beyond those of genesis, and the keys they stand under."""

from __future__ import annotations

from hashlib import sha256

from msgspec import Struct

from prasasti.core.contract import View, Write
from prasasti.core.genesis import ConsensusParts
from prasasti.core.types import Document, HexKey, Identifier, Role

CLOCK_KEY = "governance/clock/offset_seconds"
ROSTER_KEY = "governance/roster/members"
OPEN_PROPOSALS_KEY = "governance/proposals/open"
DEADLOCK_KEY = "governance/deadlock/kinds"
UPGRADE_KEY = "governance/upgrade/plan"
LOG_KEY_KEY = "governance/log/key"

OPEN, PASSED, VETOED, MISSED, REJECTED, WITHDRAWN = "open", "passed", "vetoed", "missed", "rejected", "withdrawn"
USED, LAPSED = "used", "lapsed"
ACT, ADOPT, DOCUMENT, RATIFY = "act", "adopt", "document", "ratify"
ACTIVE, DORMANT, LEAVING, SUSPENDED, REMOVED = "active", "dormant", "leaving", "suspended", "removed"
YES, NO, ABSTAIN, RECUSE = "yes", "no", "abstain", "recuse"


class ClockRecord(Struct, frozen=True):
    """How far a training ledger's time runs ahead of the engine's."""

    offset_seconds: int


class NamedDocumentRecord(Struct, frozen=True):
    """An accepted entry of the organisation named the document, first at ``since``."""

    since: int


class WithheldRecord(Struct, frozen=True):
    """The document is withheld since a time, on a legal basis."""

    legal_basis: str
    since: int


class RosterRecord(Struct, frozen=True):
    """Ids of the members that were not removed, sorted; those of genesis where there is no record."""

    members: list[str]


class ConductRecord(Struct, frozen=True):
    """Of a member: when votes closed that it left out, since it last cast one; whether it is silent; when it leaves, or 0."""

    leaves: int
    missed: list[int]
    silent: bool


class Voter(Struct, frozen=True, rename={"member_class": "class"}):
    """A member on a roll."""

    member_class: str
    id: str


class ProposalRecord(Struct, frozen=True):
    """A proposal, its roll as of its opening, and the resolution that it becomes.

    ``held`` names open ratifications of members on the roll that were silenced before they cast; ``joins`` the class
    that a newcomer would join; ``silences``, of a ratification, says that the member concerned cannot vote.
    ``notice_over`` and ``lapses`` are 0 until it passes, ``lapses`` also where it does not lapse.
    """

    action: str
    arguments: str
    closed: int
    concerned: str
    document: Document
    end: int
    fields: list[str]
    form: str
    held: list[str]
    joins: str
    kind: str
    lapses: int
    name: str
    notice_over: int
    opened: int
    proposer: str
    reason: str
    roll: list[Voter]
    silences: bool
    state: str
    subject: str


class VoteRecord(Struct, frozen=True):
    """A member's vote, the last that it cast."""

    choice: str
    reason: str
    time: int


class OpenProposalsRecord(Struct, frozen=True):
    """Ids of all open proposals, sorted."""

    proposals: list[str]


class SubjectRecord(Struct, frozen=True):
    """What stands of a subject: the open proposal, if any, and until when it may not be proposed again."""

    cool_off_until: int
    proposal: str


class AdoptedRecord(Struct, frozen=True):
    """A document that a resolution adopted under a name."""

    document: Document
    resolution: str
    since: int


class SuspensionRecord(Struct, frozen=True):
    """Of a member or a key. ``since`` is 0 while it is not suspended; ``ratification`` is "" once that is decided.

    ``spans`` are [from, until] of former suspensions, ``lapsed`` the time at which one was last not ratified, or 0.
    """

    lapsed: int
    ratification: str
    since: int
    spans: list[tuple[int, int]]
    until: int


class DeadlockRecord(Struct, frozen=True):
    """Kinds of vote that could not pass even if everybody who can cast said yes."""

    kinds: list[str]
    since: int


class ParameterChangeRecord(Struct, frozen=True):
    """A change of a parameter, as decided; ``before`` is what held until then, be it a default."""

    before: int | bool | str
    effective_from: int
    resolution: str
    time: int
    value: int | bool | str


class ActivationRecord(Struct, frozen=True):
    """The version of a contract that acts from ``height``, later than that of its ContractRecord."""

    height: int
    resolution: str
    table: str
    version: int


class TableRecord(Struct, frozen=True):
    """A table.json that was activated."""

    contract: str
    version: int


class UpgradeRecord(Struct, frozen=True):
    """The upgrade that is planned: from ``height`` on the parts are these, before it the former ones; height 0: cancelled."""

    consensus_parts: ConsensusParts
    former_parts: ConsensusParts
    height: int
    release: str
    resolution: str
    version: str


class LogKeyRecord(Struct, frozen=True):
    """The key that signs checkpoints from ``height``; ``former`` are all that signed before it, oldest first."""

    former: list[str]
    height: int
    key: str
    resolution: str


class ValidatorRecord(Struct, frozen=True):
    """A member's machine that takes part in ordering blocks."""

    key: str
    since: int


class CeremonyKey(Struct, frozen=True, forbid_unknown_fields=True):
    """A key that a ceremony would bind: for whom, to whom, in which roles."""

    handle: Identifier
    key: HexKey
    organisation: Identifier
    roles: list[Role]


class CeremonyRecord(Struct, frozen=True):
    """A ceremony: announced when, completed when or 0, its keys less those of organisations that struck."""

    announced: int
    completed: int
    document: Document
    keys: list[CeremonyKey]
    struck: list[str]


def named_document_key(digest: str, organisation: str) -> str:
    """Key of a NamedDocumentRecord; all of a document share its home."""
    return f"governance/document/{digest}/{organisation}"


def withheld_key(digest: str) -> str:
    """Key of a WithheldRecord."""
    return f"governance/withheld/{digest}"


def conduct_key(member: str) -> str:
    """Key of a ConductRecord."""
    return f"governance/conduct/{member}"


def member_key(member: str) -> str:
    """Key of a MemberRecord."""
    return f"governance/member/{member}"


def proposal_key(proposal: str) -> str:
    """Key of a ProposalRecord."""
    return f"governance/proposal/{proposal}"


def vote_key(proposal: str, member: str) -> str:
    """Key of a VoteRecord; all of a proposal share its home."""
    return f"governance/proposal/{proposal}/{member}"


def subject_key(subject: str) -> str:
    """Key of a SubjectRecord."""
    return f"governance/subject/{subject}"


def adopted_key(name: str) -> str:
    """Key of an AdoptedRecord."""
    return f"governance/adopted/{name}"


def suspension_key(organisation: str, key: str) -> str:
    """Key of the SuspensionRecord of an organisation, or of a key where that is given."""
    return f"governance/key_suspension/{key}" if key else f"governance/suspension/{organisation}"


def parameter_key(name: str) -> str:
    """Key of a ParameterRecord."""
    return f"governance/parameter/{name}"


def coming_key(name: str) -> str:
    """Key of the ComingValue of a parameter that has no record of its own yet."""
    return f"governance/coming/{name}"


def change_key(name: str, number: int) -> str:
    """Key of the n-th ParameterChangeRecord (ledger-core: Numbered lists)."""
    return f"governance/change/{name}:{number // 256}/{number}"


def change_count_key(name: str) -> str:
    """Key of the count of a parameter's changes."""
    return f"governance/change/{name}/count"


def validator_key(member: str) -> str:
    """Key of a ValidatorRecord."""
    return f"governance/validator/{member}"


def ceremony_key(ceremony: str) -> str:
    """Key of a CeremonyRecord."""
    return f"governance/ceremony/{ceremony}"


def activation_key(contract: str) -> str:
    """Key of an ActivationRecord."""
    return f"governance/activation/{contract}"


def table_key(digest: str) -> str:
    """Key of a TableRecord."""
    return f"governance/table/{digest}"


def digest_id(organisation: str) -> str:
    """An organisation's id where a key has no room for the whole."""
    return sha256(organisation.encode()).hexdigest()[:32]


def note_document(view: View, organisation: str, document: Document, time: int) -> tuple[Write, ...]:
    """Writes that remember which organisation recorded a document, so that it can have it withheld (DESIGN: Text)."""
    key = named_document_key(document.sha256, organisation)
    if view.get(key, NamedDocumentRecord) is not None:
        return ()
    return (Write(key, NamedDocumentRecord(time)),)
