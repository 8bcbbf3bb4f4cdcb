"""Rows of reports and samples: who may sign, what is refused, one example of each message."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from prasasti.contracts.draws import AUDIT, compute_draw
from tests.contracts.plays import Play
from tests.contracts.procurement_agreement_rows import Act, draft, on, publish, sign, waiting
from tests.contracts.selection import LOT, MINUTES, OFFICER, PROCESS, Selection, signer
from tests.core.ledger import ACCEPTED, Signer

SCAN = MINUTES | {"media_type": "application/zip"}
DESK: Signer = ("citizens-1/desk", "governance.desk")
AUDITOR: Signer = ("auditor-1/auditor", "governance.auditor")
LISTED = "procurement/contracts/bidder-2"
ROOT = "5a" * 32


def reporting(report: str = "report-1", by: Signer = DESK, **changes: Any) -> Act:
    """A desk takes in a report on the contract, or on what ``changes`` say."""
    told = {name: changes.pop(name) for name in ("contract", "lot", "officer", "place", "process") if name in changes}
    about = told if {"contract", "place", "process"} & told.keys() else {"contract": "contract-1"} | told
    arguments = {"about": about, "document": MINUTES, "named": False, "report": report} | changes
    return lambda selection: selection.do("procurement.take_in_report", arguments, by)


def answering(report: str = "report-1", by: Signer = OFFICER, document: dict[str, Any] = MINUTES) -> Act:
    arguments = {"document": document, "report": report}
    return lambda selection: selection.do("procurement.answer_report", arguments, by)


def draw(units: int, most: int, listed: str = LISTED, root: str = ROOT) -> list[int]:
    return compute_draw(AUDIT, sha256(listed.encode()).digest(), bytes.fromhex(root), units, most)


def sampling(drawn: list[int] | None = None, by: Signer = AUDITOR, **changes: Any) -> Act:
    """An auditor looked at the one contract of the supplier."""
    arguments = {
        "differing": 0, "drawn": draw(1, 1) if drawn is None else drawn, "examined": 1, "findings": MINUTES, "list": LISTED,
        "log_root": ROOT, "size": 40,
    } | changes  # fmt: skip
    return lambda selection: selection.do("procurement.record_sample", arguments, by)


def many(reports: int) -> Act:
    """So many reports on the process, all but the last accepted; the last one's outcome."""

    def act(selection: Selection) -> str:
        answers = [reporting(f"report-{number}", process=PROCESS)(selection) for number in range(reports)]
        assert set(answers[:-1]) <= {ACCEPTED}
        return answers[-1]

    return act


ALLOWED: dict[tuple[str, int], set[str]] = {
    ("procurement.take_in_report", 0): {"governance.desk"},
    ("procurement.answer_report", 0): {"governance.auditor", "procurement.officer"},
    ("procurement.record_sample", 0): {"governance.auditor"},
}

ROWS: dict[str, tuple[str, Play]] = {
    # procurement.48
    "a report on a contract": (ACCEPTED, on(sign, reporting())),
    "a report on a contract's site": (ACCEPTED, on(sign, reporting(contract="contract-1", place="park-7"))),
    "a report on a process": (ACCEPTED, on(publish, reporting(process=PROCESS, named=True))),
    "a report on a lot": (ACCEPTED, on(publish, reporting(lot=LOT, process=PROCESS))),
    "a report on a place alone": (ACCEPTED, on(publish, reporting(place="park-7"))),
    "a report on a contract that is a draft": (ACCEPTED, on(draft, reporting())),
    "a report twice": ("procurement.00.2", on(publish, reporting(process=PROCESS), reporting(process=PROCESS))),
    "a report in a format that nobody reads": ("procurement.00.5", on(publish, reporting(process=PROCESS, document=SCAN))),
    "a report on no contract": ("procurement.48.1", on(publish, reporting())),
    "a report on no process": ("procurement.48.1", on(publish, reporting(process="nothing"))),
    "a report on no lot": ("procurement.48.1", on(publish, reporting(lot="lot-2", process=PROCESS))),
    "the fiftieth report of a day": (ACCEPTED, on(publish, many(50))),
    "the fifty-first report of a day": ("procurement.48.3", on(publish, many(51))),
    "the fifty-first report on the next day": (ACCEPTED, on(publish, many(50), waiting(1), reporting("report-50", process=PROCESS))),
    # procurement.49
    "a report is answered": (ACCEPTED, on(sign, reporting(), answering())),
    "a report on a process is answered": (ACCEPTED, on(publish, reporting(process=PROCESS), answering())),
    "a report is answered late": (ACCEPTED, on(sign, reporting(), waiting(20), answering())),
    "a report that nobody took in": ("procurement.00.1", on(sign, answering())),
    "a report answered by another officer": ("procurement.00.1", on(sign, reporting(), answering(by=signer("officer-2", "officer")))),
    "a report that is the officer's, answered by an auditor": ("procurement.00.1", on(sign, reporting(), answering(by=AUDITOR))),
    "a report about the officer, answered by the officer": ("procurement.00.1", on(sign, reporting(officer=True), answering())),
    "a report about the officer, answered by an auditor": (ACCEPTED, on(sign, reporting(officer=True), answering(by=AUDITOR))),
    "a report on a place, answered by an auditor": (ACCEPTED, on(publish, reporting(place="park-7"), answering(by=AUDITOR))),
    "a report on a place, answered by an officer": ("procurement.00.1", on(publish, reporting(place="park-7"), answering())),
    "a report answered twice": ("procurement.00.2", on(sign, reporting(), answering(), answering())),
    "an answer in a format that nobody reads": ("procurement.00.5", on(sign, reporting(), answering(document=SCAN))),
    # procurement.54
    "a sample": (ACCEPTED, on(sign, sampling())),
    "a sample of a list that did not grow": (ACCEPTED, on(sign, sampling(units=1))),
    "a sample of some reports": (
        ACCEPTED,
        on(publish, many(9), sampling(draw(7, 3, f"procurement/process_reports/{PROCESS}"),
                                      list=f"procurement/process_reports/{PROCESS}", units=7))),
    "a sample of an empty list": ("procurement.00.2", on(draft, sampling())),
    "a sample twice": ("procurement.00.2", on(sign, sampling(), sampling(differing=1))),
    "a sample of another root": (ACCEPTED, on(sign, sampling(), sampling(log_root="6b" * 32))),
    "findings in a format that nobody reads": ("procurement.00.5", on(sign, sampling(findings=SCAN))),
    "a sample that nobody drew": ("procurement.54.2", on(sign, sampling([1]))),
    "a sample of more than there is": ("procurement.54.2", on(sign, sampling([0, 1], units=2))),
    "a sample drawn from more than there was": (
        "procurement.54.2",
        on(publish, many(9), sampling(draw(9, 3, f"procurement/process_reports/{PROCESS}"),
                                      list=f"procurement/process_reports/{PROCESS}", units=7))),
    "a sample in another order": (
        "procurement.54.2",
        on(publish, many(9), sampling(draw(7, 3, f"procurement/process_reports/{PROCESS}")[::-1],
                                      list=f"procurement/process_reports/{PROCESS}", units=7))),
}  # fmt: skip

EXAMPLES: dict[str, tuple[dict[str, Any], tuple[Signer, ...]]] = {
    "procurement.take_in_report": (
        {"about": {"contract": "contract-1"}, "document": MINUTES, "named": False, "report": "report-1"}, (DESK,)),
    "procurement.answer_report": ({"document": MINUTES, "report": "report-1"}, (OFFICER,)),
    "procurement.record_sample": (
        {
            "differing": 0, "drawn": [0], "examined": 1, "findings": MINUTES, "list": LISTED, "log_root": ROOT, "size": 40,
        },
        (AUDITOR,),
    ),
}  # fmt: skip
