"""Messages of ``governance``: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.governance import checks, rejections, transitions
from prasasti.contracts.governance.ceremony import messages as ceremony_messages
from prasasti.contracts.governance.change import messages as change_messages
from prasasti.contracts.governance.deadlines import run_deadline
from prasasti.contracts.governance.member import messages as member_messages
from prasasti.contracts.governance.parameters import MAX_LEGAL_BASIS_BYTES, PARAMETERS
from prasasti.contracts.governance.proposal import messages as proposal_messages
from prasasti.core.contract import Contract, Message
from prasasti.core.types import MAX_SAFE_INTEGER, HexHash, is_within_bytes


class WithholdDocument(Struct, frozen=True, forbid_unknown_fields=True):
    """01: the bytes of a recorded document leave the public; ``legal_basis`` ≤ 200 bytes names the law or order."""

    legal_basis: str
    sha256: HexHash

    def __post_init__(self) -> None:
        if not is_within_bytes(self.legal_basis, MAX_LEGAL_BASIS_BYTES):
            raise ValueError(f"legal_basis takes 1 to {MAX_LEGAL_BASIS_BYTES} bytes")


class AdvanceClock(Struct, frozen=True, forbid_unknown_fields=True):
    """02: on a training ledger, time runs ``seconds`` further ahead."""

    seconds: Annotated[int, Meta(ge=-MAX_SAFE_INTEGER, le=MAX_SAFE_INTEGER)]


OWN_MESSAGES = (
    Message(
        name="withhold_document",
        number="01",
        arguments=WithholdDocument,
        roles=("governance.auditor", "governance.officer"),
        minimum_signers=2,
        maximum_signers=2,
        conditions=(
            (rejections.NOT_NAMED_BY_ORGANISATION, checks.is_named_by_organisation),
            (rejections.IS_TABLE, checks.is_no_table),
            (rejections.WITHHELD_ALREADY, checks.is_not_withheld),
            (rejections.SIGNERS_DO_NOT_PAIR, checks.do_signers_pair),
        ),
        process=transitions.process_withhold_document,
        effects=({"effect": "withhold", "sha256": "sha256"},),
    ),
    Message(
        name="advance_clock",
        number="02",
        arguments=AdvanceClock,
        roles=("governance.officer",),
        conditions=(
            (rejections.NOT_TRAINING, checks.is_training),
            (rejections.ADVANCE_OUT_OF_RANGE, checks.is_advance_in_range),
        ),
        process=transitions.process_advance_clock,
    ),
)

GOVERNANCE = Contract(
    name="governance",
    version=1,
    lost_in_block=rejections.LOST_IN_BLOCK,
    parameters=PARAMETERS,
    messages=tuple(
        sorted(
            (*OWN_MESSAGES, *proposal_messages.MESSAGES, *member_messages.MESSAGES, *change_messages.MESSAGES, *ceremony_messages.MESSAGES),
            key=lambda message: message.number,
        )
    ),
    deadline=run_deadline,
)
