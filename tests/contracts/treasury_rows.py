"""Rows of ``treasury`` for the tables that all contracts share: who may sign, what is refused."""

from __future__ import annotations

from typing import Any

from tests.contracts.plays import Play, Step, after, do, holder, in_one_block
from tests.core.examples import BUDGET, REGISTRAR, SCAN, budget, registration
from tests.core.ledger import ACCEPTED, Signer, key_of

LARGEST = str(2**63 - 1)
DRAWER = holder("agency-1/officer")
OTHERS_BUDGET: Signer = ("agency-1/new", "treasury.budget")

# The roles that may stand at each place among the signers.
ALLOWED: dict[tuple[str, int], set[str]] = {
    ("treasury.set_budget", 0): {"treasury.budget"},
    ("treasury.change_budget", 0): {"treasury.budget"},
    ("treasury.carry_over", 0): {"treasury.budget"},
    ("treasury.name_account", 0): {"procurement.bidder", "procurement.contractor"},
    ("treasury.verify_account", 0): {"treasury.payer"},
    ("treasury.approve", 0): {"treasury.approver"},
    ("treasury.make_batch", 0): {"treasury.payer"},
    ("treasury.pause_batch", 0): {"treasury.payer"},
    ("treasury.resume_batch", 0): {"treasury.payer"},
    ("treasury.send_batch", 0): {"treasury.payer"},
    ("treasury.record_statement", 0): {"treasury.payer"},
    # Which of the two stands where, 12.3 judges.
    ("treasury.resolve_item", 0): {"treasury.payer", "treasury.approver"},
    ("treasury.resolve_item", 1): {"treasury.payer", "treasury.approver"},
    ("treasury.record_receipt", 0): {"treasury.payer"},
}


def set_budget(line: str = "line-1", signer: Signer = BUDGET, **changes: Any) -> Play:
    return do("treasury.set_budget", budget(line, **changes), signer)


def change(amount: str, line: str = "line-1", signer: Signer = BUDGET, **changes: Any) -> Play:
    arguments = {"amount": amount, "document": SCAN, "line": line, "reason": "revision"} | changes
    return do("treasury.change_budget", arguments, signer)


def carry(amount: str, origin: str = "line-1", to: str = "next-1", signer: Signer = BUDGET) -> Play:
    return do("treasury.carry_over", {"amount": amount, "from": origin, "to": to}, signer)


def draw(what: str, reservation: str = "p-1:a", commitment: str = "", **amounts: str) -> Play:
    """Reserve, release, commit or ask; amounts by line, whose dash is an underscore here."""
    by_line = {line.replace("_", "-"): amount for line, amount in amounts.items()}
    return do(f"drawing.{what}", {"amounts": by_line, "commitment": commitment, "reservation": reservation}, DRAWER)


SET = set_budget()
NEXT = set_budget("next-1", year=2027, amount="50000")
BOTH = after(SET, NEXT)
RESERVED = after(SET, draw("reserve", line_1="70000"))
# Of 100,000 are committed 60,000 and free 40,000; of the next year's 50,000 all is free.
COMMITTED = after(BOTH, draw("commit", reservation="", commitment="c-1", line_1="60000"))
CARRIED = after(COMMITTED, carry("100000"))
REGISTER_OTHERS = do(
    "identity.register_key", registration(roles=["treasury.budget"]), REGISTRAR, ("agency-1/new", "identity.new_key")
)  # fmt: skip
END_BUDGET: Step = ("identity.end_key", {"key": key_of(BUDGET[0])}, (holder(BUDGET[0]),))

ROWS: dict[str, tuple[str, Play]] = {
    # treasury.00
    "a budget officer's key ended earlier in the block": (
        "treasury.00.1", in_one_block(END_BUDGET, ("treasury.set_budget", budget(), (BUDGET,)))),
    "carried over twice": ("treasury.00.2", after(CARRIED, carry("0"))),
    "carried over to what was carried over": (
        "treasury.00.2", after(CARRIED, set_budget("former-1", year=2025), carry("1", "former-1", "line-1"))),
    "a change of a line that nobody set": ("treasury.00.3", change("1")),
    "carried over from nothing": ("treasury.00.3", after(NEXT, carry("1"))),
    "carried over to nothing": ("treasury.00.3", after(SET, carry("1"))),
    "a change by a picture": ("treasury.00.5", after(SET, change("1", document=SCAN | {"media_type": "image/png"}))),
    "a change by a document of 8 MiB": (ACCEPTED, after(SET, change("1", document=SCAN | {"size": 8 * 2**20}))),
    "a change by a document beyond 8 MiB": ("treasury.00.5", after(SET, change("1", document=SCAN | {"size": 8 * 2**20 + 1}))),
    "a change for no reason": ("treasury.00.6", after(SET, change("1", reason="whim"))),
    # treasury.01
    "a budget": (ACCEPTED, SET),
    "a budget twice": ("treasury.01.1", after(SET, SET)),
    "a budget under another's id": ("treasury.01.1", after(SET, REGISTER_OTHERS, set_budget(signer=OTHERS_BUDGET, year=2027))),
    "an id in capitals": (ACCEPTED, after(SET, set_budget("LINE-1"))),
    "a budget of nothing": ("treasury.01.2", set_budget(amount="0")),
    "a budget of one": (ACCEPTED, set_budget(amount="1")),
    "the largest budget": (ACCEPTED, set_budget(amount=LARGEST)),
    # treasury.02
    "more": (ACCEPTED, after(SET, change("100001"))),
    "nothing any more": (ACCEPTED, after(SET, change("0"))),
    "what is committed": (ACCEPTED, after(COMMITTED, change("60000"))),
    "less than what is committed": ("treasury.02.1", after(COMMITTED, change("59999"))),
    "less than what is reserved": (ACCEPTED, after(RESERVED, change("1"))),
    "another's budget": ("treasury.02.2", after(SET, REGISTER_OTHERS, change("100001", signer=OTHERS_BUDGET))),
    "one's own budget": (ACCEPTED, after(REGISTER_OTHERS, set_budget(signer=OTHERS_BUDGET), change("1", signer=OTHERS_BUDGET))),
    # treasury.03
    "carried over": (ACCEPTED, CARRIED),
    "to the same year": ("treasury.03.1", after(SET, set_budget("line-2"), carry("1", to="line-2"))),
    "to the year after the next": ("treasury.03.1", after(SET, set_budget("line-2", year=2028), carry("1", to="line-2"))),
    "to the year before": ("treasury.03.1", after(SET, set_budget("line-2", year=2025), carry("1", to="line-2"))),
    "to itself": ("treasury.03.1", after(SET, carry("1", to="line-1"))),
    "all that is free": (ACCEPTED, after(BOTH, carry("100000"))),
    "more than is free": ("treasury.03.2", after(BOTH, carry("100001"))),
    "all but what is reserved": (ACCEPTED, after(NEXT, RESERVED, carry("30000"))),
    "of what is reserved": ("treasury.03.2", after(NEXT, RESERVED, carry("30001"))),
    "of a line cut below its reservations": ("treasury.03.2", after(NEXT, RESERVED, change("1"), carry("0"))),
    "to another currency": ("treasury.03.3", after(SET, set_budget("next-1", year=2027, currency="USD"), carry("1"))),
    "to another currency of the same worth": ("treasury.03.3", after(SET, set_budget("next-1", year=2027, currency="IDX"), carry("0"))),
    "as much as the commitments lack": (ACCEPTED, after(COMMITTED, carry("10000"))),
    "less than the commitments lack": ("treasury.03.4", after(COMMITTED, carry("9999"))),
    "to a line where all is reserved": ("treasury.03.4", after(COMMITTED, draw("reserve", next_1="50000"), carry("59999"))),
    "with all the commitments": (ACCEPTED, after(COMMITTED, draw("reserve", next_1="50000"), carry("60000"))),
    "from another's line": (
        "treasury.03.5", after(SET, REGISTER_OTHERS, set_budget("next-1", OTHERS_BUDGET, year=2027), carry("1", signer=OTHERS_BUDGET))),
    "to another's line": (
        "treasury.03.5", after(SET, REGISTER_OTHERS, set_budget("next-1", OTHERS_BUDGET, year=2027), carry("1"))),
    "to a line that would be too large": (
        "treasury.03.6", after(SET, set_budget("next-1", year=2027, amount=LARGEST), carry("1"))),
    "to a line that becomes the largest": (
        ACCEPTED, after(SET, set_budget("next-1", year=2027, amount=str(2**63 - 2)), carry("1"))),
}  # fmt: skip
