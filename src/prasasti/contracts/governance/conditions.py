"""Conditions that several messages of ``governance`` share (RULES.md, 00)."""

from __future__ import annotations

from collections.abc import Sequence

from prasasti.contracts.governance.parameters import MAX_DOCUMENT_BYTES
from prasasti.contracts.governance.records import OPEN, ProposalRecord, proposal_key
from prasasti.contracts.governance.roster import find_member
from prasasti.core.contract import Call, Condition, View


def is_document_fit(view: View, call: Call) -> bool:
    """00.5: a document, where there is one, is no larger than a reader can be asked to fetch."""
    document = call.arguments.document
    return document is None or document.size <= MAX_DOCUMENT_BYTES


def is_reason_among(codes: Sequence[str]) -> Condition:
    """00.6: the reason is one of the codes."""
    return lambda view, call: call.arguments.reason in codes


def is_proposal_known(view: View, call: Call) -> bool:
    """00.3: there is such a proposal."""
    return view.get(proposal_key(call.arguments.proposal), ProposalRecord) is not None


def is_proposal_open(view: View, call: Call) -> bool:
    """00.2: the proposal was neither closed nor withdrawn; one that is not there is judged by 00.3."""
    record = view.get(proposal_key(call.arguments.proposal), ProposalRecord)
    return record is None or record.state == OPEN


def is_member_known(view: View, call: Call) -> bool:
    """00.3: there is such a member."""
    return find_member(view, call.arguments.organisation) is not None
