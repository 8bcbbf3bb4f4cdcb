"""What is voted on: reading a proposal into its kind and its subject, the same way for 03 and for every close.

Owns which arguments of this contract's own messages are well formed. Of other contracts' messages it sees JSON only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from prasasti.contracts.governance.change.messages import ActivateContract, PlanUpgrade, RotateLogKey, SetParameter
from prasasti.contracts.governance.member.messages import AdmitMember, ReinstateMember, RemoveMember, SuspendMember
from prasasti.contracts.governance.parameters import CONTRACT_NAMES, OWN_CONTRACTS, is_parameter_well_formed
from prasasti.contracts.governance.records import ACT, ADOPT, ProposalRecord
from prasasti.contracts.governance.resolutions import compute_act_subject
from prasasti.contracts.governance.voting import compute_tag
from prasasti.core.contract import View
from prasasti.core.encoding import EncodingProblem, decode_strict, encode_canonical
from prasasti.core.parameters import Value

SET_PARAMETER = "governance.set_parameter"
MEMBER_ACTS: Mapping[str, type[msgspec.Struct]] = {
    "governance.admit_member": AdmitMember,
    "governance.reinstate_member": ReinstateMember,
    "governance.remove_member": RemoveMember,
    "governance.suspend_member": SuspendMember,
}
ACTS: Mapping[str, type[msgspec.Struct]] = {
    **MEMBER_ACTS,
    "governance.activate_contract": ActivateContract,
    "governance.plan_upgrade": PlanUpgrade,
    "governance.rotate_log_key": RotateLogKey,
    SET_PARAMETER: SetParameter,
}
DOCUMENT_KINDS = {"charter": "constitution", "release": "rule", "review": "rule", "standard": "ordinary"}


class Motion(NamedTuple):
    """What a proposal asks: kind of vote, subject, the member concerned and the class joined, or ""."""

    kind: str
    subject: str
    concerned: str = ""
    joins: str = ""


def read_motion(view: View, proposal: Any) -> Motion | None:
    """Kind and subject of the arguments of 03; None where it is not well formed, or goes below a floor."""
    if proposal.form == ACT:
        return _read_act(view, proposal.action, proposal.arguments)
    contract = proposal.action.partition(".")[0]
    if proposal.form == ADOPT:
        if contract not in CONTRACT_NAMES or contract in OWN_CONTRACTS:
            return None
        parts = [bytes.fromhex(each[2:]) if each.startswith("h:") else each[2:].encode() for each in proposal.fields]
        return Motion("rule", compute_tag(contract, "adopt", *parts))
    sort = proposal.name.partition(".")[0]
    parts = [proposal.name.encode(), bytes.fromhex(proposal.document.sha256)]
    return Motion(DOCUMENT_KINDS[sort], compute_tag("governance", "document", *parts))


def read_setting(proposal: Any) -> tuple[str, Value] | None:
    """Name and value that a well-formed proposal (03's arguments, or its record) would set; None where it sets no parameter."""
    if proposal.action != SET_PARAMETER or proposal.form != ACT:
        return None
    arguments = decode_strict(proposal.arguments.encode())
    return arguments["name"], arguments["value"]


def read_changed(record: ProposalRecord) -> dict[str, Value]:
    """This contract's parameters that an act would change, for counting by the figures that it leads to."""
    setting = read_setting(record)
    return dict([setting]) if setting is not None and setting[0].startswith("governance.") else {}


def _read_act(view: View, action: str, text: str) -> Motion | None:
    try:
        arguments = decode_strict(text.encode())
    except EncodingProblem:
        return None
    if not isinstance(arguments, dict) or "resolution" in arguments or encode_canonical(arguments) != text.encode():
        return None
    contract = action.partition(".")[0]
    if contract not in CONTRACT_NAMES or contract == "identity":
        return None
    if contract == "governance":
        if action not in ACTS:
            return None
        try:
            msgspec.convert(arguments | {"resolution": "r"}, ACTS[action])
        except msgspec.ValidationError:
            return None
    if action == SET_PARAMETER and not is_parameter_well_formed(view, arguments["name"], arguments["value"]):
        return None
    subject = compute_act_subject(action, text.encode())
    if action in MEMBER_ACTS:
        joins = arguments["class"] if action == "governance.admit_member" else ""
        return Motion("member", subject, arguments["organisation"], joins)
    return Motion(_find_kind(action, arguments), subject)


def _find_kind(action: str, arguments: Mapping[str, Any]) -> str:
    if action == "governance.rotate_log_key":
        return "constitution"
    if action == SET_PARAMETER:
        return "constitution" if arguments["name"].partition(".")[0] in OWN_CONTRACTS else "rule"
    if action == "governance.activate_contract":
        return "constitution" if arguments["contract"] in OWN_CONTRACTS else "rule"
    return "rule"
