"""Scenarios of the lifecycle's first half, each as a play of a purchase: section 7, numbers 1 to 3 and 7 to 13.

Owns which acts follow one another, which refusals are expected among them, and how each lot ends.
"""

from __future__ import annotations

from prasasti.services.rehearsing import RehearsalProblem
from prasasti.services.scenarios.order import COMMITTEE, FIRMS
from prasasti.services.scenarios.purchase import Purchase
from prasasti.services.scenarios.stage import Attempt

FIRST, SECOND, THIRD = FIRMS
# Scores of the three firms, by criterion: the first is the best, and above the estimate where a play says so.
SCORES = {FIRST: (900_000, 900_000), SECOND: (800_000, 700_000), THIRD: (700_000, 700_000)}


def play_late_block(purchase: Purchase) -> None:
    """1: the deadline's block comes three seconds late: the schedule closes the tender before an extension and a proposal."""
    purchase.begin()
    purchase.propose(FIRST, 290)
    late, _ = purchase.make_proposal(SECOND, 270)
    purchase.reach(purchase.record.deadline + 3)
    purchase.act_together(Attempt(purchase.make_amendment(7), "procurement.06.1"), Attempt(late, "procurement.08.1"))
    purchase.evaluate(FIRST)
    purchase.vote_all("adopt", "adopt", "adopt")
    purchase.notify(FIRST)
    purchase.end("decided", winner=FIRST)


def play_extension_in_time(purchase: Purchase) -> None:
    """1: an extension two seconds before the deadline stands, and so does a proposal three seconds after it."""
    purchase.begin()
    purchase.propose(FIRST, 290)
    deadline = purchase.record.deadline
    purchase.reach(deadline - 2)
    purchase.act_together(Attempt(purchase.make_amendment(7)))
    purchase.reach(deadline + 3)
    purchase.propose(SECOND, 270)
    purchase.evaluate(FIRST, SECOND)
    purchase.vote_all("adopt", "adopt", "adopt")
    purchase.notify(SECOND)
    purchase.end("decided", winner=SECOND)


def play_two_silent_trustees(purchase: Purchase) -> None:
    """2: two of five trustees are silent: three open. A share before the opening leaves no leaf."""
    purchase.begin()
    purchase.propose_all(290, 280, 270)
    size = purchase.ledger.database.size()
    purchase.share(purchase.order.trustees[0], refused="admission.10")
    if purchase.ledger.database.size() != size:
        raise RehearsalProblem("a share before the opening left a leaf in the log")
    purchase.pass_until(purchase.record.deadline)
    purchase.pass_until(purchase.record.opening)
    for trustee in (purchase.order.trustees[each] for each in (0, 2, 4)):
        purchase.share(trustee)
    purchase.declare_all()
    purchase.check_requirements(*FIRMS)
    purchase.vote_all("adopt", "adopt", "adopt")
    purchase.notify(THIRD)
    purchase.end("decided", winner=THIRD)


def play_silent_trustees(purchase: Purchase) -> None:
    """2: three of five are silent: the opening fails, nobody reads a price; when that is final a retender has a round of its own."""
    purchase.begin()
    purchase.propose_all(290, 280)
    purchase.pass_until(purchase.record.deadline)
    purchase.pass_until(purchase.record.opening)
    for trustee in purchase.order.trustees[:2]:
        purchase.share(trustee)
    purchase.pass_until(purchase.find_lot().grace_ends)
    purchase.end("failed", failure="j")
    purchase.publish(2, refused="procurement.03.1")
    purchase.pass_until(purchase.find_lot().window_ends)
    first_round = purchase.find_lot().proposal_round
    purchase.publish(2)
    if purchase.find_lot().proposal_round == first_round:
        raise RehearsalProblem("the retender has the round of the process that failed")
    purchase.propose_all(290, 280)
    purchase.end("open")


def play_complaint_after_draft(purchase: Purchase) -> None:
    """3: a complaint after the draft keeps the contract from being signed; upheld, award and draft end: the second in rank."""
    purchase.to_award()
    purchase.pass_days(2)
    contract = purchase.draft()
    purchase.guarantee(contract)
    purchase.pass_days(2)
    purchase.complain(SECOND)
    purchase.sign(contract, purchase.officer, refused="procurement.30.3")
    purchase.answer_complaint("upheld", remedy="next")
    purchase.notify(THIRD, award="second", refused="procurement.20.2")
    purchase.notify(SECOND, award="second")
    purchase.end("decided", winner=SECOND)


def play_debarred_winner(purchase: Purchase) -> None:
    """7: who is debarred elsewhere loses an award that is pending: it is withdrawn, the next in rank has it."""
    purchase.to_award()
    purchase.debar(THIRD)
    purchase.pass_until(purchase.find_award().standstill_ends)
    purchase.activate(refused="procurement.25.4")
    purchase.withdraw_award("debarred")
    purchase.notify(SECOND, award="second")
    purchase.end("decided", winner=SECOND)


def play_recused_member(purchase: Purchase) -> None:
    """8: a member is recused and there is no alternate: nobody votes until the authority seats another holder of the role."""
    purchase.begin()
    purchase.register("agency-1", "committee-4", "procurement.committee")
    purchase.propose_all(290, 280, 270)
    purchase.open()
    for member in COMMITTEE[:2]:
        purchase.declare(member)
    purchase.declare(COMMITTEE[2], bench_maker_1="relative")
    purchase.check_requirements(*FIRMS)
    purchase.vote(COMMITTEE[0], refused="procurement.18.1")
    purchase.seat(COMMITTEE[2], "committee-4", refused="procurement.13.2")
    purchase.declare("committee-4")
    purchase.seat(COMMITTEE[2], "committee-4")
    purchase.vote_all("adopt", "adopt", "adopt")
    purchase.notify(THIRD)
    purchase.end("decided", winner=THIRD)


def play_nobody_clean(purchase: Purchase) -> None:
    """8: a member is recused, nobody clean takes the seat: the authority may not have it evaluated anew, it fails the lot."""
    purchase.begin()
    purchase.propose_all(290, 280, 270)
    purchase.open()
    for member in COMMITTEE[:2]:
        purchase.declare(member)
    purchase.declare(COMMITTEE[2], bench_maker_1="owner")
    purchase.check_requirements(*FIRMS)
    purchase.decide("seat", "reevaluate", "no_clean_seat", refused="procurement.11.2")
    purchase.decide("seat", "fail", "no_clean_seat")
    purchase.end("failed", failure="m")


def play_tied_vote(purchase: Purchase) -> None:
    """8: adopt, reject, abstain, and in the second ballot again: the authority never picks; evaluated anew, it is adopted."""
    purchase.begin()
    purchase.propose_all(290, 280, 270)
    purchase.evaluate()
    purchase.vote_all("adopt", "reject", "abstain")
    purchase.decide("vote", "fail", "no_majority", refused="procurement.11.1")
    purchase.vote_all("adopt", "reject", "abstain")
    purchase.decide("vote", "keep", "no_majority", refused="procurement.11.2")
    purchase.decide("vote", "reevaluate", "no_majority")
    purchase.check_requirements(*FIRMS)
    purchase.vote_all("adopt", "adopt", "reject")
    purchase.notify(THIRD)
    purchase.end("decided", winner=THIRD)


def play_third_evaluation(purchase: Purchase) -> None:
    """8: two evaluations anew at most; instead of a third the lot fails."""
    purchase.begin()
    purchase.propose_all(290, 280, 270)
    purchase.evaluate()
    for number in range(3):
        for _ in range(2):
            purchase.vote_all("reject", "reject", "abstain")
        purchase.decide("vote", "reevaluate", "no_majority")
        if number < 2:
            purchase.check_requirements(*FIRMS)
    purchase.end("failed", failure="m")


def play_nobody_qualifies(purchase: Purchase) -> None:
    """9: all are out, the lot fails at once; until complaints are over its money stays reserved, then a retender stands."""
    purchase.begin()
    purchase.propose(FIRST, 280)
    purchase.open()
    purchase.declare_all()
    purchase.check_requirements(failing=[FIRST])
    purchase.end("failed", failure="c")
    purchase.publish(2, refused="procurement.03.1")
    purchase.pass_until(purchase.find_lot().window_ends)
    purchase.publish(2)
    purchase.propose(SECOND, 285)
    purchase.evaluate(SECOND)
    purchase.vote_all("adopt", "adopt", "adopt")
    purchase.notify(SECOND)
    purchase.end("decided", winner=SECOND)


def play_budget_cut(purchase: Purchase) -> None:
    """10: the budget is cut below what is reserved: neither award nor contract goes on, and the award is withdrawn."""
    purchase.to_award()
    purchase.pass_until(purchase.find_award().standstill_ends)
    purchase.change_budget(299)
    purchase.activate(refused="procurement.25.3")
    purchase.change_budget(300)
    purchase.activate()
    contract = purchase.draft()
    purchase.guarantee(contract)
    purchase.change_budget(299)
    purchase.sign(contract, purchase.officer, refused="procurement.30.4")
    purchase.withdraw_award("no_budget")
    purchase.end("evaluating")


def play_budget_restored(purchase: Purchase) -> None:
    """10: the treasury restores what it cut, and the contract is signed; below what is committed it may not cut."""
    purchase.to_award()
    purchase.pass_until(purchase.find_award().standstill_ends)
    purchase.activate()
    contract = purchase.draft()
    purchase.guarantee(contract)
    purchase.sign(contract, purchase.officer)
    supplier = (THIRD, "procurement.contractor")
    purchase.change_budget(299)
    purchase.sign(contract, supplier, refused="procurement.30.4")
    purchase.change_budget(300)
    purchase.sign(contract, supplier)
    purchase.change_budget(269, refused="treasury.02.1")
    purchase.end("decided", winner=THIRD, contract="active")


def play_missing_file(purchase: Purchase) -> None:
    """11: a file that two stores promised is missing, and neither delivers: the lot fails. One with one receipt was not taken."""
    firm = _lose_file(purchase)
    drawing = purchase.encrypt("Drawing of the bench")
    purchase.propose(firm, 285, files=[(drawing, 1)], refused="procurement.08.4")
    purchase.propose(firm, 285, files=[(drawing, 2)])
    purchase.open()
    purchase.declare_all()
    purchase.report_missing(firm, drawing)
    purchase.check_requirements(firm, refused="procurement.00.3")
    purchase.pass_days(10)
    purchase.confirm_file(firm, drawing, refused="procurement.00.2")
    purchase.end("failed", failure="k")


def play_missing_file_found(purchase: Purchase) -> None:
    """11: one of the stores delivers after all: the lot goes on."""
    firm = _lose_file(purchase)
    drawing = purchase.encrypt("Drawing of the bench")
    purchase.propose(firm, 285, files=[(drawing, 2)])
    purchase.open()
    purchase.declare_all()
    purchase.report_missing(firm, drawing)
    purchase.check_requirements(firm, refused="procurement.00.3")
    purchase.confirm_file(firm, drawing)
    purchase.check_requirements(firm)
    purchase.vote_all("adopt", "adopt", "adopt")
    purchase.notify(firm)
    purchase.end("decided", winner=firm)


def _lose_file(purchase: Purchase) -> str:
    """A request, and two stores; who proposes."""
    purchase.register_people()
    purchase.register_stores()
    purchase.announce()
    purchase.publish()
    return FIRST


def play_above_estimate(purchase: Purchase) -> None:
    """12: the proposal that would be scored best is above the buyer's estimate, which binds: out at the opening."""
    purchase.begin()
    purchase.propose_all(310, 280, 270)
    purchase.open()
    purchase.declare_all()
    purchase.check_requirements(SECOND, THIRD)
    purchase.score(SCORES | {FIRST: None})
    purchase.open_scores()
    purchase.vote_all("adopt", "adopt", "adopt")
    purchase.notify(SECOND)
    purchase.end("decided", winner=SECOND)


def play_above_estimate_generic(purchase: Purchase) -> None:
    """12: where the estimate does not bind, the same proposal wins."""
    purchase.begin()
    purchase.propose_all(310, 280, 270)
    purchase.open()
    purchase.declare_all()
    purchase.check_requirements(*FIRMS)
    purchase.score(SCORES)
    purchase.open_scores()
    purchase.vote_all("adopt", "adopt", "adopt")
    purchase.notify(FIRST)
    purchase.end("decided", winner=FIRST)


def play_appeal(purchase: Purchase) -> None:
    """13: one is rejected and appeals, another complains meanwhile; the appeal is upheld, and what else is open is moot."""
    purchase.to_award()
    purchase.register("agency-1", "reviewer", "procurement.reviewer")
    purchase.complain(FIRST)
    purchase.answer_complaint("rejected")
    purchase.appeal(FIRST, "complaint-1", "bond-1")
    if purchase.find_lot().suspended != ["appeal"]:
        raise RehearsalProblem("an appeal should suspend the lot")
    purchase.complain(SECOND, "complaint-2")
    purchase.answer_complaint("rejected", "complaint-2")
    purchase.complain(SECOND, "complaint-3")
    purchase.declare("reviewer", "reviewer")
    purchase.seat("", "reviewer", "reviewer", "other")
    purchase.decide_appeal("upheld", "next")
    if purchase.find_complaint("complaint-3").outcome != "moot":
        raise RehearsalProblem("what is open beside an appeal that is upheld should be moot")
    purchase.notify(SECOND, award="second")
    purchase.end("decided", winner=SECOND)
