"""Messages of ``procurement``: arguments, roles, conditions in order, effects on standing."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.procurement import checks, rejections, transitions
from prasasti.contracts.procurement.agreement.messages import AGREEMENT_MESSAGES
from prasasti.contracts.procurement.award.messages import AWARD_MESSAGES
from prasasti.contracts.procurement.change.messages import CHANGE_MESSAGES
from prasasti.contracts.procurement.conduct.messages import CONDUCT_MESSAGES
from prasasti.contracts.procurement.deadlines import run_deadline
from prasasti.contracts.procurement.delivery.messages import DELIVERY_MESSAGES
from prasasti.contracts.procurement.evaluation.messages import EVALUATION_MESSAGES
from prasasti.contracts.procurement.parameters import MAX_OCID_BYTES, MAX_RELEASE_ID_BYTES, MAX_SUPPLIERS, PARAMETERS
from prasasti.contracts.procurement.payment.messages import PAYMENT_MESSAGES
from prasasti.contracts.procurement.plan.messages import PLAN_MESSAGES
from prasasti.contracts.procurement.proposal.messages import PROPOSAL_MESSAGES
from prasasti.contracts.procurement.reports.messages import REPORTS_MESSAGES
from prasasti.contracts.procurement.tender.messages import TENDER_MESSAGES
from prasasti.core.contract import Contract, Message
from prasasti.core.types import Code, Document, Instant, is_ascending, is_within_bytes

# No control characters: they would swell sixfold in an event, and nobody needs them in an id.
PlainText = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f]+\Z")]
# A list adds its page to the id, and the part of the key stays an identifier (formats: Keys in the state).
Party = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._:-]{1,100}\Z")]
OptionalParty = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._:-]{0,100}\Z")]


class AttestRelease(Struct, frozen=True, forbid_unknown_fields=True):
    """45: an OCDS release of another system, as a document after redaction (procurement: Attested releases).

    ``date`` is the release's own, seconds UTC; ``buyer`` ("" for none) and ``suppliers`` are as the document names
    them, in the form of the lists; ``redaction_version`` is that of the rules that removed personal data.
    """

    buyer: OptionalParty
    date: Instant
    document: Document
    ocid: PlainText
    publisher: Party
    redaction_version: Annotated[int, Meta(ge=1, le=9999)]
    release_id: PlainText
    suppliers: Annotated[list[Party], Meta(max_length=MAX_SUPPLIERS)]
    tag: Annotated[list[Code], Meta(min_length=1, max_length=16)]

    def __post_init__(self) -> None:
        if not is_within_bytes(self.ocid, MAX_OCID_BYTES):
            raise ValueError(f"ocid takes 1 to {MAX_OCID_BYTES} bytes")
        if not is_within_bytes(self.release_id, MAX_RELEASE_ID_BYTES):
            raise ValueError(f"release_id takes 1 to {MAX_RELEASE_ID_BYTES} bytes")
        if not is_ascending(self.suppliers):
            raise ValueError("suppliers are sorted bytewise, each once")
        if not is_ascending(self.tag):
            raise ValueError("tag is sorted bytewise, each once")


OWN_MESSAGES = (
    Message(
        name="attest_release",
        number="45",
        arguments=AttestRelease,
        roles=("procurement.publisher",),
        conditions=(
            (rejections.DOCUMENT_UNFIT, checks.is_document_fit),
            (rejections.NOT_PUBLISHER, checks.is_registered_publisher),
            (rejections.TAG_UNKNOWN, checks.are_tags_known),
            (rejections.TOO_MANY_VERSIONS, checks.has_room_for_version),
            (rejections.RUNS_HERE, checks.runs_elsewhere),
        ),
        process=transitions.process_attest_release,
        documents=("document",),
    ),
)

PROCUREMENT = Contract(
    name="procurement",
    version=1,
    lost_in_block=rejections.NOT_IN_SEAT,
    messages=tuple(
        sorted(
            (
                *OWN_MESSAGES,
                *PLAN_MESSAGES,
                *TENDER_MESSAGES,
                *PROPOSAL_MESSAGES,
                *EVALUATION_MESSAGES,
                *AWARD_MESSAGES,
                *AGREEMENT_MESSAGES,
                *CONDUCT_MESSAGES,
                *DELIVERY_MESSAGES,
                *PAYMENT_MESSAGES,
                *CHANGE_MESSAGES,
                *REPORTS_MESSAGES,
            ),
            key=lambda message: message.number,
        )
    ),
    parameters=PARAMETERS,
    deadline=run_deadline,
)
