"""The consensus parts that nodes may have: genesis's, then those of the upgrades that members decided (14).

Owns reading the plan. A node compares them with its own parts (``engines.parts``).
"""

from __future__ import annotations

from prasasti.contracts.governance.records import UPGRADE_KEY, UpgradeRecord
from prasasti.core.contract import View
from prasasti.core.genesis import ConsensusParts


def find_consensus_parts(view: View, first: ConsensusParts, height: int) -> ConsensusParts:
    """The parts that a node may have at a height, by the state before it; genesis allows the first."""
    plan = view.get(UPGRADE_KEY, UpgradeRecord)
    if plan is None:
        return first
    return plan.consensus_parts if 0 < plan.height <= height else plan.former_parts
