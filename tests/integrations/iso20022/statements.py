"""Statements and status reports as a bank might write them, for tests that need ones which no bank would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from prasasti.integrations.iso20022.amounts import spell_amount

SPACE = "urn:iso:std:iso:20022:tech:xsd"


class Line(NamedTuple):
    """An entry: less than 0 for what left."""

    entry: str
    amount_minor: int
    reference: str
    account: str


def write_statement(
    account: str, lines: Sequence[Line], currency: str = "IDR", opening_minor: int = 10**15, day: str = "2026-01-01"
) -> bytes:
    """A camt.053.001.08 of one day that adds up."""
    closing_minor = opening_minor + sum(line.amount_minor for line in lines)
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_spell(minor, currency)}<Dt><Dt>{day}</Dt></Dt></Bal>"
        for code, minor in (("OPBD", opening_minor), ("CLBD", closing_minor))
    )
    body = "".join(_write_line(line, currency, day) for line in lines)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{SPACE}:camt.053.001.08"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>S-1</MsgId><CreDtTm>{day}T20:00:00Z</CreDtTm></GrpHdr><Stmt><Id>S-1</Id>"
        f"<Acct>{write_account(account)}<Ccy>{currency}</Ccy></Acct>{balances}{body}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def write_report(file: str, payments: Iterable[tuple[str, str, str]], group: tuple[str, str] = ("", "")) -> bytes:
    """A pain.002.001.10: references with status and reason, and the whole file's."""
    listed = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{status}</TxSts>{_write_reason(reason)}</TxInfAndSts>"
        for reference, status, reason in payments
    )
    status = f"<GrpSts>{group[0]}</GrpSts>" if group[0] else ""
    return (
        f'<Document xmlns="{SPACE}:pain.002.001.10"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>R-1</MsgId><CreDtTm>2026-01-01T10:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{file}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{status}{_write_reason(group[1])}"
        f"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{file}</OrgnlPmtInfId>{listed}</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def write_account(number: str) -> str:
    """An account's element, an IBAN or another number."""
    return f"<Id><IBAN>{number}</IBAN></Id>" if number[:2].isalpha() else f"<Id><Othr><Id>{escape(number)}</Id></Othr></Id>"


def _write_line(line: Line, currency: str, day: str) -> str:
    side = "CdtrAcct" if line.amount_minor < 0 else "DbtrAcct"
    party = f"<RltdPties><{side}>{write_account(line.account)}</{side}></RltdPties>" if line.account else ""
    amount = _spell(line.amount_minor, currency)
    return (
        f"<Ntry>{amount}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{escape(line.entry)}</AcctSvcrRef>"
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>"
        f"<NtryDtls><TxDtls><Refs><EndToEndId>{escape(line.reference)}</EndToEndId></Refs>{amount}{party}</TxDtls></NtryDtls></Ntry>"
    )


def _spell(minor: int, currency: str) -> str:
    side = "CRDT" if minor >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{spell_amount(abs(minor), currency)}</Amt><CdtDbtInd>{side}</CdtDbtInd>'


def _write_reason(code: str) -> str:
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""
