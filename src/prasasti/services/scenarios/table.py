"""Which scenarios there are, by name, and what ledger each is played on.

A new one is a line here: its number in section 7 of the lifecycle, its play, and words under ``[scenario]`` in both languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from prasasti.core.parameters import Value
from prasasti.services.ledger import Ledger
from prasasti.services.rehearsing import RehearsalProblem
from prasasti.services.scenarios import deliveries, selections
from prasasti.services.scenarios.order import FIVE_TRUSTEES, MILLION, Order, make_parameters
from prasasti.services.scenarios.purchase import Ending, Purchase
from prasasti.services.scenarios.stage import Tell, tell_nobody


@dataclass(frozen=True, slots=True)
class Scenario:
    """A play: ``number`` is the lifecycle's, 0 where it has none, ``parameters`` what its ledger's genesis names."""

    number: int
    play: Callable[[Purchase], None]
    order: Order = field(default_factory=Order)
    parameters: Mapping[str, Value] = field(default_factory=make_parameters)


FIVE = Order(trustees=FIVE_TRUSTEES)
RATED = Order(rated=True)
LARGE = Order(lots={"central": 1_200})
WITNESSED = Order(witnessed=True)
# Half of the contract is enough for a second witness to be asked.
WITNESS_FROM = make_parameters(**{"procurement.witness_from": str(100 * MILLION)})
SCENARIOS: Mapping[str, Scenario] = {
    "late-block": Scenario(1, selections.play_late_block),
    "extension-in-time": Scenario(1, selections.play_extension_in_time),
    "two-silent-trustees": Scenario(2, selections.play_two_silent_trustees, FIVE),
    "silent-trustees": Scenario(2, selections.play_silent_trustees, FIVE),
    "complaint-after-draft": Scenario(3, selections.play_complaint_after_draft),
    "amendments": Scenario(4, deliveries.play_amendments, LARGE),
    "amendments-generic": Scenario(4, deliveries.play_amendments_generic, LARGE, make_parameters("generic")),
    "rejected-twice": Scenario(5, deliveries.play_rejected_twice),
    "bounced-payment": Scenario(6, deliveries.play_bounced_payment),
    "debarred-winner": Scenario(7, selections.play_debarred_winner),
    "debarred-contractor": Scenario(7, deliveries.play_debarred_contractor),
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
    "terminated": Scenario(14, deliveries.play_terminated),
    "doubt-lifted": Scenario(0, deliveries.play_doubt_lifted, WITNESSED, WITNESS_FROM),
    "silent-witness": Scenario(0, deliveries.play_silent_witness, WITNESSED, WITNESS_FROM),
    "late-delivery": Scenario(0, deliveries.play_late_delivery),
    "paid-outside": Scenario(0, deliveries.play_paid_outside),
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
