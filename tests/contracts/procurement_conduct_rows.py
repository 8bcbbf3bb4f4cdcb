"""Rows of violations and debarments: who may sign, what is refused, one example of each message."""

from __future__ import annotations

from typing import Any

from tests.contracts.plays import Play
from tests.contracts.procurement_agreement_rows import Act, activate, award, by_contractor, by_officer, draft, on, publish, sign, waiting
from tests.contracts.selection import AUTHORITY, DAY, LOT, MILLION, MINUTES, OFFICER, PROCESS, signer
from tests.core.ledger import ACCEPTED, START, Signer

SCAN = MINUTES | {"media_type": "application/zip"}
AUDITOR: Signer = ("auditor-1/auditor", "governance.auditor")
OTHER_AUTHORITY: Signer = ("agency-2/authority", "procurement.authority")
BIDDER: Signer = ("bidder-2/bidder", "procurement.bidder")
YEAR = 365 * DAY


def notify(violation: str = "violation-1", by: Signer = OFFICER, **changes: Any) -> Act:
    """Tell an organisation what it did; in the process, where nothing else is said."""
    subject = {} if "contract" in changes or by[1] == AUDITOR[1] else {"process": PROCESS}
    arguments = {"document": MINUTES, "ground": "false_document", "organisation": "bidder-2", "violation": violation} | subject | changes
    return lambda selection: selection.do("procurement.notify_violation", arguments, by)


def reply(violation: str = "violation-1", by: Signer = BIDDER, **changes: Any) -> Act:
    return lambda selection: selection.do("procurement.reply_violation", {"document": MINUTES, "violation": violation} | changes, by)


def debar(debarment: str = "debarment-1", seconds: int = YEAR, by: Signer = AUTHORITY, **changes: Any) -> Act:
    """Debar for so long."""

    def act(selection: Any) -> str:
        arguments = {
            "act": "debar", "debarment": debarment, "document": MINUTES, "ground": "false_document", "organisation": "bidder-2",
            "until": selection.ledger.time + seconds, "violation": "violation-1",
        } | changes  # fmt: skip
        arguments = {name: each for name, each in arguments.items() if each is not None}
        return str(selection.do("procurement.debar", arguments, by))

    return act


def lift(seconds: int = YEAR, **changes: Any) -> Act:
    """Lift a debarment that was decided in this block's second."""
    return debar(seconds=seconds, **({"act": "lift", "violation": None} | changes))


HEARD = (notify(), reply())

ALLOWED: dict[tuple[str, int], set[str]] = {
    ("procurement.debar", 0): {"procurement.authority"},
    ("procurement.notify_violation", 0): {"governance.auditor", "procurement.officer"},
    ("procurement.reply_violation", 0): {"procurement.bidder", "procurement.contractor"},
}

ROWS: dict[str, tuple[str, Play]] = {
    # procurement.30.5
    "a contractor that is debarred": ("procurement.30.5", on(draft, *HEARD, debar(), by_officer)),
    "a contractor that is debarred no longer": (ACCEPTED, on(draft, *HEARD, debar(), lift(), by_officer)),
    "a contract that stands before the debarment": (ACCEPTED, on(sign, *HEARD, debar())),
    # procurement.42
    "debarred": (ACCEPTED, on(award, *HEARD, debar())),
    "debarred by another buyer": ("procurement.00.1", on(award, *HEARD, debar(by=OTHER_AUTHORITY))),
    "debarred by any authority, on an auditor's notice": (
        ACCEPTED, on(award, notify(by=AUDITOR), reply(), debar(by=OTHER_AUTHORITY))),
    "debarred twice for one violation": ("procurement.00.2", on(award, *HEARD, debar(), debar("debarment-2"))),
    "debarred for another violation": (
        ACCEPTED,
        on(award, *HEARD, debar(), notify("violation-2"), reply("violation-2"), debar("debarment-2", violation="violation-2"))),
    "debarred under an id that is used": (
        "procurement.00.2", on(award, *HEARD, debar(), notify("violation-2"), reply("violation-2"), debar(violation="violation-2"))),
    "debarred by a document that nobody reads": ("procurement.00.5", on(award, *HEARD, debar(document=SCAN))),
    "debarred for no ground": ("procurement.00.6", on(award, *HEARD, debar(ground="whim"))),
    "debarred for another ground": ("procurement.42.1", on(award, *HEARD, debar(ground="collusion"))),
    "debarred for two years": (ACCEPTED, on(award, *HEARD, debar(seconds=730 * DAY))),
    "debarred for longer": ("procurement.42.1", on(award, *HEARD, debar(seconds=730 * DAY + 1))),
    "debarred for a year, not having signed": (
        ACCEPTED, on(award, notify(ground="not_signing"), reply(), debar(ground="not_signing"))),
    "debarred for longer, not having signed": (
        "procurement.42.1", on(award, notify(ground="not_signing"), reply(), debar(ground="not_signing", seconds=YEAR + 1))),
    "debarred until now": ("procurement.42.1", on(award, *HEARD, debar(seconds=0))),
    "debarred before it could reply": ("procurement.42.2", on(award, notify(), debar())),
    "debarred after it did not reply": (ACCEPTED, on(award, notify(), waiting(20), debar())),
    "debarred without a notice": ("procurement.42.2", on(award, debar(violation=None))),
    "debarred on another's notice": ("procurement.42.2", on(award, *HEARD, debar(organisation="bidder-1"))),
    "lifted": (ACCEPTED, on(award, *HEARD, debar(), lift())),
    "lifted by another buyer": ("procurement.00.1", on(award, *HEARD, debar(), lift(by=OTHER_AUTHORITY))),
    "lifted twice": ("procurement.00.2", on(award, *HEARD, debar(), lift(), lift())),
    "lifted from another": ("procurement.00.2", on(award, *HEARD, debar(), lift(organisation="bidder-1"))),
    "lifted what is none": ("procurement.00.2", on(award, lift())),
    "lifted after its time": (
        "procurement.00.2",
        on(award, *HEARD, debar(seconds=DAY), waiting(1), lambda world: lift(until=world.ledger.time)(world))),
    "lifted with another ground": ("procurement.42.1", on(award, *HEARD, debar(), lift(ground="collusion"))),
    "lifted with another time": ("procurement.42.1", on(award, *HEARD, debar(), lift(YEAR + 1))),
    # procurement.51
    "a violation": (ACCEPTED, on(award, notify())),
    "a violation in a contract": (ACCEPTED, on(draft, notify(contract="contract-1"))),
    "a violation by a contract that lapsed unsigned": (
        ACCEPTED, on(draft, waiting(25), notify(contract="contract-1", ground="not_signing"))),
    "a violation that an auditor saw": (ACCEPTED, on(award, notify(by=AUDITOR, process=PROCESS))),
    "a violation that an auditor saw elsewhere": (ACCEPTED, on(award, notify(by=AUDITOR))),
    "a violation that another officer saw": ("procurement.00.1", on(award, notify(by=signer("officer-2", "officer")))),
    "a violation that an officer saw elsewhere": (
        "procurement.00.1",
        on(award, lambda world: world.do("procurement.notify_violation", {
            "document": MINUTES, "ground": "other", "organisation": "bidder-2", "violation": "violation-1"}, OFFICER))),
    "a violation in a contract of another's": (
        "procurement.00.1", on(draft, notify(contract="contract-1", by=("agency-2/officer", "procurement.officer")))),
    "a violation under an id that is used": ("procurement.00.2", on(award, notify(), notify())),
    "a violation in no contract": ("procurement.00.2", on(award, notify(contract="contract-1"))),
    "a violation in no process": ("procurement.00.2", on(award, notify(process="nothing", by=AUDITOR))),
    "a violation by nobody": ("procurement.00.2", on(award, notify(by=AUDITOR, organisation="nobody"))),
    "a violation in a document that nobody reads": ("procurement.00.5", on(award, notify(document=SCAN))),
    "a violation of no ground": ("procurement.00.6", on(award, notify(ground="whim"))),
    "a violation by somebody who takes no part": ("procurement.51.3", on(award, notify(organisation="bidder-1"))),
    "a violation in a contract by somebody who takes no part": (
        "procurement.51.3", on(draft, notify(contract="contract-1", organisation="bidder-1"))),
    "a violation by who withdrew": (
        ACCEPTED,
        on(publish, lambda world: world.propose("bidder-2", 280 * MILLION),
           lambda world: world.do("procurement.withdraw_sealed", {"lot": LOT, "process": PROCESS, "slot": "proposal"}, BIDDER),
           notify(ground="withdrawal"))),
    # procurement.52
    "a reply": (ACCEPTED, on(award, notify(), reply())),
    "a reply by the contractor's director": (ACCEPTED, on(award, notify(), reply(by=("bidder-2/director", "procurement.contractor")))),
    "a reply by another": ("procurement.00.1", on(award, notify(), reply(by=("bidder-1/bidder", "procurement.bidder")))),
    "a reply to nothing": ("procurement.00.1", on(award, reply())),
    "a reply after its time": ("procurement.52.1", on(award, notify(), waiting(20), reply())),
    "a second reply": ("procurement.00.2", on(award, notify(), reply(), reply())),
    "a reply that nobody reads": ("procurement.00.5", on(award, notify(), reply(document=SCAN))),
    # What a debarment stops elsewhere.
    "a proposal of who is debarred": (
        "procurement.08.2", on(publish, notify(by=AUDITOR), reply(), debar(), lambda world: world.propose("bidder-2", 280 * MILLION))),
    "an award of who is debarred": ("procurement.25.4", on(award, *HEARD, debar(), waiting(10), lambda world: world.activate())),
    "a contract that was not debarred": (ACCEPTED, on(activate, lambda world: world.draft(280 * MILLION), by_officer, by_contractor)),
}  # fmt: skip

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.debar": (
        {
            "act": "debar", "debarment": "debarment-1", "document": MINUTES, "ground": "false_document", "organisation": "bidder-2",
            "until": START + YEAR,
        },
        (AUTHORITY,),
    ),
    "procurement.notify_violation": (
        {"document": MINUTES, "ground": "false_document", "organisation": "bidder-2", "violation": "violation-1"}, (OFFICER,),
    ),
    "procurement.reply_violation": ({"document": MINUTES, "violation": "violation-1"}, (BIDDER,)),
}  # fmt: skip
