"""Which scenarios there are, by name, and what ledger each is played on.

A new one is a line here: its number in section 7 of the lifecycle, its play, and words under ``[scenario]`` in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from prasasti.core.parameters import Value
from prasasti.services.ledger import Ledger
from prasasti.services.rehearsing import RehearsalProblem
from prasasti.services.scenarios import selections
from prasasti.services.scenarios.order import FIVE_TRUSTEES, Order, make_parameters
from prasasti.services.scenarios.purchase import Ending, Purchase
from prasasti.services.scenarios.stage import Tell, tell_nobody


@dataclass(frozen=True, slots=True)
class Scenario:
    """A play: ``number`` is the lifecycle's, ``parameters`` what its ledger's genesis names."""

    number: int
    play: Callable[[Purchase], None]
    order: Order = field(default_factory=Order)
    parameters: Mapping[str, Value] = field(default_factory=make_parameters)


FIVE = Order(trustees=FIVE_TRUSTEES)
RATED = Order(rated=True)
SCENARIOS: Mapping[str, Scenario] = {
    "late-block": Scenario(1, selections.play_late_block),
    "extension-in-time": Scenario(1, selections.play_extension_in_time),
    "two-silent-trustees": Scenario(2, selections.play_two_silent_trustees, FIVE),
    "silent-trustees": Scenario(2, selections.play_silent_trustees, FIVE),
    "complaint-after-draft": Scenario(3, selections.play_complaint_after_draft),
    "debarred-winner": Scenario(7, selections.play_debarred_winner),
    "recused-member": Scenario(8, selections.play_recused_member, Order(alternates=())),
    "nobody-clean": Scenario(8, selections.play_nobody_clean, Order(alternates=())),
    "tied-vote": Scenario(8, selections.play_tied_vote),
    "third-evaluation": Scenario(8, selections.play_third_evaluation),
    "nobody-qualifies": Scenario(9, selections.play_nobody_qualifies),
    "budget-cut": Scenario(10, selections.play_budget_cut),
    "budget-restored": Scenario(10, selections.play_budget_restored),
    "missing-file": Scenario(11, selections.play_missing_file),
    "missing-file-found": Scenario(11, selections.play_missing_file_found),
    "above-estimate": Scenario(12, selections.play_above_estimate, RATED),
    "above-estimate-generic": Scenario(12, selections.play_above_estimate_generic, RATED, make_parameters("generic")),
    "appeal": Scenario(13, selections.play_appeal, Order(kind="works")),
}


def play(scenario: Scenario, ledger: Ledger, tell: Tell = tell_nobody) -> list[Ending]:
    """Play it on a new training ledger of its parameters; how the lots ended. RehearsalProblem where anything is not as it says.

    The ledger's clock stands still between acts (``bootstrap.make_standing_clocks``): a play counts seconds.
    """
    purchase = Purchase(ledger, scenario.order, tell)
    scenario.play(purchase)
    purchase.finish()
    if not purchase.endings:
        raise RehearsalProblem("the play says of no lot how it ends")
    return purchase.endings
