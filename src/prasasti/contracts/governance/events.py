"""Events of ``governance``."""

from __future__ import annotations

from prasasti.core.types import Event


class DocumentWithheld(Event, frozen=True, tag="governance.document_withheld"):
    """The bytes of a document leave the published folder; its hash stays in the log."""

    sha256: str


class ClockAdvanced(Event, frozen=True, tag="governance.clock_advanced"):
    """A training ledger's clock moved forward; ``offset_seconds`` is the new total."""

    offset_seconds: int


class Proposed(Event, frozen=True, tag="governance.proposed"):
    """A vote is open. ``subject`` is what a resolution will be compared with; ``voters`` counts the roll."""

    end: int
    kind: str
    proposal: str
    subject: str
    voters: int


class Voted(Event, frozen=True, tag="governance.voted"):
    """A member's vote counts, in place of any that it cast before."""

    choice: str
    member: str
    proposal: str


class ProposalWithdrawn(Event, frozen=True, tag="governance.proposal_withdrawn"):
    """A proposal ended without an outcome."""

    proposal: str


class VoteClosed(Event, frozen=True, tag="governance.vote_closed"):
    """A vote's outcome: passed, vetoed, missed or rejected."""

    outcome: str
    proposal: str


class ResolutionLapsed(Event, frozen=True, tag="governance.resolution_lapsed"):
    """Nobody used a resolution in time."""

    proposal: str


class MemberDormant(Event, frozen=True, tag="governance.member_dormant"):
    """A member that left out three votes is off later rolls until it wakes."""

    organisation: str


class MemberSilent(Event, frozen=True, tag="governance.member_silent"):
    """A member left out three votes; it stays on rolls, since nobody else of its kind is left, and counts as unable to cast."""

    organisation: str


class MemberAwake(Event, frozen=True, tag="governance.member_awake"):
    """A dormant or silent member is back."""

    organisation: str


class Deadlocked(Event, frozen=True, tag="governance.deadlocked"):
    """These kinds of vote, and no others, could not pass today even if everybody who can cast said yes."""

    kinds: list[str]


class DeadlockCured(Event, frozen=True, tag="governance.deadlock_cured"):
    """Every kind of vote can pass again."""

    time: int


class SuspendedAtOnce(Event, frozen=True, tag="governance.suspended_at_once"):
    """A member (``key`` empty) or a key (``organisation`` empty) is suspended, and its ratification open until ``end``."""

    decision: str
    end: int
    key: str
    organisation: str


class MemberSuspended(Event, frozen=True, tag="governance.member_suspended"):
    """A member is suspended until a time."""

    organisation: str
    until: int


class Reinstated(Event, frozen=True, tag="governance.reinstated"):
    """A suspension is over: of a member (``key`` empty) or of a key (``organisation`` empty)."""

    key: str
    organisation: str


class MemberAdmitted(Event, frozen=True, tag="governance.member_admitted"):
    """An organisation is a member, for a new term where it was one; ``term_ends`` is 0 without a term."""

    member_class: str
    organisation: str
    term_ends: int


class MemberRemoved(Event, frozen=True, tag="governance.member_removed"):
    """An organisation is no member any more, by a vote."""

    organisation: str


class MemberLeaving(Event, frozen=True, tag="governance.member_leaving"):
    """A member leaves at a time, and is off later rolls."""

    leaves: int
    organisation: str


class MemberLeft(Event, frozen=True, tag="governance.member_left"):
    """An organisation is no member any more, as it wished."""

    organisation: str


class ParameterSet(Event, frozen=True, tag="governance.parameter_set"):
    """A parameter has another value from a time on; ``before`` is what holds until then."""

    before: int | bool | str
    effective_from: int
    name: str
    value: int | bool | str


class ParameterInForce(Event, frozen=True, tag="governance.parameter_in_force"):
    """The value decided for a parameter holds."""

    name: str


class ContractActivated(Event, frozen=True, tag="governance.contract_activated"):
    """A contract version acts from the first block at or above a height."""

    contract: str
    height: int
    version: int


class UpgradePlanned(Event, frozen=True, tag="governance.upgrade_planned"):
    """A release is to run from a height on; height 0: no upgrade is planned any more."""

    height: int
    version: str


class LogKeyRotated(Event, frozen=True, tag="governance.log_key_rotated"):
    """Another key signs the checkpoints from a height on."""

    height: int
    key: str


class CeremonyAnnounced(Event, frozen=True, tag="governance.ceremony_announced"):
    """Keys will be replaced, unless struck, from a time on."""

    ceremony: str
    due: int


class CeremonyStruck(Event, frozen=True, tag="governance.ceremony_struck"):
    """An organisation's part fell out of a ceremony."""

    ceremony: str
    organisation: str


class CeremonyCompleted(Event, frozen=True, tag="governance.ceremony_completed"):
    """The keys of a ceremony act from the next block on; the former ones ended."""

    ceremony: str


class ValidatorNamed(Event, frozen=True, tag="governance.validator_named"):
    """A member's machine takes part in ordering blocks, with this power; of how many classes there are validators then."""

    class_count: int
    key: str
    organisation: str
    power: int
