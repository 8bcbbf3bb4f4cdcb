"""Rows of governance: who may sign what, every refusal beside the nearest transaction that is accepted."""

from __future__ import annotations

OFFICER = {"governance.officer"}
HOLDER = {"identity.holder"}
EITHER = {"governance.auditor", "governance.officer"}
AT_ONCE = {"governance.auditor", "governance.officer", "governance.recovery"}
LEAVING = {"governance.officer", "identity.registrar"}

# The roles that may stand at each place among the signers, the other places being in order.
ALLOWED: dict[tuple[str, int], set[str]] = {
    ("governance.activate_contract", 0): HOLDER,
    ("governance.admit_member", 0): HOLDER,
    ("governance.admit_member", 1): {"identity.new_key"},
    ("governance.admit_member", 2): {"identity.new_key"},
    ("governance.advance_clock", 0): OFFICER,
    ("governance.leave", 0): LEAVING,
    ("governance.leave", 1): LEAVING,
    ("governance.plan_upgrade", 0): HOLDER,
    ("governance.propose", 0): OFFICER,
    ("governance.reinstate_member", 0): HOLDER,
    ("governance.remove_member", 0): HOLDER,
    ("governance.rotate_log_key", 0): HOLDER,
    ("governance.rotate_log_key", 1): {"identity.new_key"},
    ("governance.set_parameter", 0): HOLDER,
    ("governance.suspend_at_once", 0): AT_ONCE,
    ("governance.suspend_at_once", 1): AT_ONCE,
    ("governance.suspend_member", 0): HOLDER,
    ("governance.vote", 0): OFFICER,
    ("governance.wake", 0): OFFICER,
    ("governance.withdraw_proposal", 0): OFFICER,
    ("governance.withhold_document", 0): EITHER,
    ("governance.withhold_document", 1): EITHER,
}
