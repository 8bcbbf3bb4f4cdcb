"""Status reports of payments (pain.002.001, versions 03 to 15): what a bank says of a file that it got, before any money moves.

Owns how group, batch and payment statuses come together. A rejection of a file as one that was sent already says nothing of its
payments: the first copy may have been carried out, so nothing in such a report counts as rejected.
"""

from __future__ import annotations

from typing import BinaryIO, Final, NamedTuple

from prasasti.integrations.iso20022.reading import FileProblem, Found, Wanted, iterate_elements

REJECTED: Final = "RJCT"
# ExternalStatusReason1Code: the file, or the payment, was sent before.
DUPLICATES: Final = ("DUPL", "AM05", "DU01", "DU02", "DU03", "DU04", "DU05")
_REASON = {"Rsn": {"Cd": "reason*", "Prtry": "reason*"}}
WANTED = {
    "CstmrPmtStsRpt": {
        "GrpHdr": Wanted("header", {"MsgId": "id", "CreDtTm": "created"}),
        "OrgnlGrpInfAndSts": Wanted("group", {"OrgnlMsgId": "file", "GrpSts": "status", "StsRsnInf": _REASON}),
        "OrgnlPmtInfAndSts": Wanted(
            "batch",
            {
                "OrgnlPmtInfId": "batch", "PmtInfSts": "status", "StsRsnInf": _REASON,
                "TxInfAndSts": Wanted("transaction", {"OrgnlEndToEndId": "reference", "TxSts": "status", "StsRsnInf": _REASON}),
            },
        ),
    }
}  # fmt: skip


class PaymentStatus(NamedTuple):
    """What a bank says of one payment, by its reference: a status code of ISO 20022 (RJCT is rejected), and a reason's code."""

    reference: str
    status: str
    reason: str

    @property
    def is_rejected(self) -> bool:
        """Whether it will not be carried out; not where the bank says that it had it before."""
        return self.status == REJECTED and self.reason not in DUPLICATES


class StatusReport(NamedTuple):
    """A pain.002: its own id, the file that it is about, the status of the whole file, and of the payments that it names."""

    report: str
    created: str
    file: str
    status: str
    reason: str
    payments: list[PaymentStatus]

    @property
    def is_file_rejected(self) -> bool:
        """Whether no payment of the file will be carried out; not where the bank says that it had the file before."""
        return self.status == REJECTED and self.reason not in DUPLICATES

    @property
    def is_duplicate(self) -> bool:
        """Whether the bank says that it had the file before."""
        return self.status == REJECTED and self.reason in DUPLICATES


def read_status_report(source: BinaryIO) -> StatusReport:
    """A whole pain.002; FileProblem where it is none, or names a payment twice with two answers."""
    header: dict[str, str] = {}
    group: Found | None = None
    payments: dict[str, PaymentStatus] = {}
    pending: list[Found] = []
    for found in iterate_elements(source, {"pain.002": WANTED}):
        if found.name == "header":
            header = found.values
        elif found.name == "group":
            group = found
        elif found.name == "transaction":
            pending.append(found)
        elif found.name == "batch":
            # A batch's own status stands for payments that have none.
            for transaction in pending:
                _add(payments, transaction, found.values)
            pending.clear()
    if group is None or not group.values.get("file") or not header.get("id"):
        raise FileProblem("the status report does not say which file it is about (OrgnlGrpInfAndSts/OrgnlMsgId); ask the bank")
    answer = group.values
    return StatusReport(
        header["id"], header.get("created", ""), answer["file"], answer.get("status", ""), answer.get("reason*", ""), [*payments.values()]
    )  # fmt: skip


def _add(payments: dict[str, PaymentStatus], found: Found, batch: dict[str, str]) -> None:
    reference = found.values.get("reference", "")
    if not reference:
        return
    is_own = "status" in found.values
    answer = found.values if is_own else batch
    told = PaymentStatus(reference, answer.get("status", ""), answer.get("reason*", ""))
    if payments.setdefault(reference, told) != told:
        raise FileProblem(f"line {found.line}: the status report names {reference} twice, with two answers; ask the bank which holds")
