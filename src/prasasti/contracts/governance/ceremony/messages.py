"""Messages of ``governance`` about ceremonies: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.governance import conditions, rejections
from prasasti.contracts.governance.ceremony import checks, transitions
from prasasti.contracts.governance.parameters import MAX_CEREMONY_KEYS, MAX_FORMER_KEYS
from prasasti.contracts.governance.records import CeremonyKey
from prasasti.contracts.offices import MAX_ROLES
from prasasti.core.contract import Message
from prasasti.core.envelope import MAX_SIGNATURES
from prasasti.core.types import Code, Document, HexKey, is_ascending

Keys = Annotated[list[CeremonyKey], Meta(min_length=1, max_length=MAX_CEREMONY_KEYS)]


def _require_keys(keys: list[CeremonyKey]) -> None:
    if not is_ascending([key.key for key in keys]):
        raise ValueError("keys are sorted bytewise, each once")
    if not all(is_ascending(key.roles) and 1 <= len(key.roles) <= MAX_ROLES for key in keys):
        raise ValueError(f"a key has 1 to {MAX_ROLES} roles, sorted bytewise, each once")


class AnnounceCeremony(Struct, frozen=True, forbid_unknown_fields=True):
    """18: these keys will speak for members whose officers', registrars' and auditors' keys are lost."""

    ceremony: Code
    document: Document
    keys: Keys

    def __post_init__(self) -> None:
        _require_keys(self.keys)


class Strike(Struct, frozen=True, forbid_unknown_fields=True):
    """19: whoever holds a key of an organisation takes that organisation's part out of a ceremony."""

    ceremony: Code


class CompleteCeremony(Struct, frozen=True, forbid_unknown_fields=True):
    """20: the announced keys, less those struck, sign; ``ended`` are the former ones, sorted, which end."""

    ceremony: Code
    ended: Annotated[list[HexKey], Meta(max_length=MAX_FORMER_KEYS)]
    keys: Keys

    def __post_init__(self) -> None:
        _require_keys(self.keys)
        if not is_ascending(self.ended):
            raise ValueError("ended is sorted bytewise, each once")


MESSAGES = (
    Message(
        name="announce_ceremony",
        number="18",
        arguments=AnnounceCeremony,
        roles=("governance.recovery",),
        minimum_signers=2,
        maximum_signers=MAX_SIGNATURES,
        conditions=(
            (rejections.WRONG_STATE, checks.is_ceremony_id_free),
            (rejections.DOCUMENT_TOO_LARGE, conditions.is_document_fit),
            (rejections.TOO_FEW_RECOVER, checks.do_enough_recover),
            (rejections.NOT_MEMBERS_OFFICES, checks.are_members_offices),
            (rejections.CEREMONY_KEY_BOUND, checks.are_keys_new),
            (rejections.CEREMONY_EXCLUDED, checks.exclude_offices_nothing),
        ),
        process=transitions.process_announce_ceremony,
        documents=("document",),
    ),
    Message(
        name="strike",
        number="19",
        arguments=Strike,
        roles=("identity.holder",),
        conditions=(
            (rejections.STRIKE_TOO_LATE, checks.is_within_window),
            (rejections.WRONG_STATE, checks.is_announced),
            (rejections.UNKNOWN_REFERENCE, checks.is_ceremony_known),
            (rejections.NOT_OWN_PART, checks.has_own_part),
        ),
        process=transitions.process_strike,
    ),
    Message(
        name="complete_ceremony",
        number="20",
        arguments=CompleteCeremony,
        roles=("identity.holder", "identity.new_key"),
        minimum_signers=2,
        maximum_signers=1 + MAX_CEREMONY_KEYS,
        conditions=(
            (rejections.CEREMONY_NOT_DUE, checks.is_window_over),
            (rejections.WRONG_STATE, checks.is_announced),
            (rejections.UNKNOWN_REFERENCE, checks.is_ceremony_known),
            (rejections.NOT_AS_ANNOUNCED, checks.are_keys_as_announced),
            (rejections.NOT_FORMER_KEYS, checks.are_ended_the_former),
            (rejections.NEW_KEY_BOUND, checks.are_keys_new),
        ),
        process=transitions.process_complete_ceremony,
        effects=(
            {"effect": "end_key", "key": "ended"},
            {"effect": "bind_key", "key": "keys.key", "organisation": "keys.organisation", "possession": True, "roles": "keys.roles"},
        ),
    ),
)
