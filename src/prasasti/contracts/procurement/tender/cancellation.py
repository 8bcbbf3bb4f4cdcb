"""Effects of 07: what ends with a lot that is cancelled.

Stands apart from the other transitions, since what is open about an award is closed by the folder of awards, which builds on them.
"""

from __future__ import annotations

from msgspec.structs import replace

from prasasti.contracts.offices import Draft
from prasasti.contracts.procurement.award.effects import close_matters
from prasasti.contracts.procurement.lots import cancel_award, note_documents, put_lot
from prasasti.contracts.procurement.process import CANCELLED, get_lot, lot_name
from prasasti.contracts.procurement.rounds import release_keys
from prasasti.contracts.procurement.tender import events
from prasasti.contracts.treasury.budgets import release
from prasasti.core.contract import Call, Outcome, View


def process_cancel_tender(view: View, call: Call) -> Outcome:
    """07: the lots are cancelled, their money is free, and nothing of them is opened any more. An award that was not final, and
    its draft, go with them; what was complained about is moot. One event tells of all lots: with those of what ends with each,
    twenty would not fit into an entry."""
    draft, arguments = Draft(view), call.arguments
    for name in arguments.lots:
        _, lot = cancel_award(draft, get_lot(draft, arguments.process, name), "cancelled")
        _, lot = close_matters(draft, call, lot)
        put_lot(draft, replace(lot, award="", state=CANCELLED, suspended=[]))
        release(draft, lot_name(arguments.process, name))
    release_keys(draft, call, arguments.process)
    note_documents(draft, call, arguments.document)
    return draft.outcome(events.LotsCancelled(arguments.lots, arguments.process))
