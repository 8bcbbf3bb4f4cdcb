"""Payments to a bank (pain.001.001.09): a batch of transfers out of one account, written as a stream.

Owns the message's form. A file is complete or not there: it is written under another name and renamed, so that a crash leaves a
file that nobody takes for one (``.part``). Memory does not grow with the number of transfers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from prasasti.integrations.iso20022.account_numbers import is_bic, is_iban
from prasasti.integrations.iso20022.amounts import spell_amount

MESSAGE: Final = "pain.001.001.09"
MAX_ID_CHARACTERS: Final = 35
MAX_NAME_CHARACTERS: Final = 140
_TRANSFERS_AT_ONCE: Final = 200


class BankAccount(NamedTuple):
    """An account's number in its one form, and its bank: a BIC, or a national id."""

    number: str
    bank: str


class Payee(NamedTuple):
    """Who is paid, or pays: the name that a bank shows, the id that the ledger knows, the account."""

    name: str
    organisation: str
    account: BankAccount


class Transfer(NamedTuple):
    """One payment: its reference (EndToEndId, at most 35 characters), minor units, the payee, and what for (Ustrd)."""

    reference: str
    amount_minor: int
    payee: Payee
    remittance: str


class PaymentOrder(NamedTuple):
    """What a file orders in all: its id (at most 35 characters; the same for the same batch, so that a bank sees a second copy),
    when it was made (ISO 8601, with Z), on which day it is to be carried out, who pays, and how many transfers of which sum."""

    message: str
    created: str
    execution_date: str
    payer: Payee
    currency: str
    transfers: int
    sum_minor: int


class SumDiffers(ValueError):
    """The transfers are not those that the order announced; no file is left."""


def write_payment_file(path: Path, order: PaymentOrder, transfers: Iterable[Transfer]) -> str:
    """Write a pain.001 to a path where nothing stands yet, and return its SHA-256 in hex. OSError; SumDiffers.

    A crash before the rename leaves ``.part``, which the next attempt overwrites; after it the file is complete and on disk.
    """
    part = path.with_name(f"{path.name}.part")
    digest, count, sum_minor = sha256(), 0, 0
    with part.open("wb") as file:

        def put(text: str) -> None:
            data = text.encode()
            digest.update(data)
            file.write(data)

        put(_spell_head(order))
        pending: list[str] = []
        for transfer in transfers:
            count += 1
            sum_minor += transfer.amount_minor
            pending.append(_spell_transfer(transfer, order.currency))
            if len(pending) == _TRANSFERS_AT_ONCE:
                put("".join(pending))
                pending.clear()
        put("".join(pending) + "</PmtInf></CstmrCdtTrfInitn></Document>\n")
        file.flush()
        os.fsync(file.fileno())
    if (count, sum_minor) != (order.transfers, order.sum_minor):
        part.unlink()
        raise SumDiffers(f"{count} transfers of {sum_minor} minor units, where {order.transfers} of {order.sum_minor} were announced")
    part.replace(path)
    return digest.hexdigest()


def make_id(text: str) -> str:
    """A text as an id that a bank takes: itself, or where it is longer than 35 characters the first 32 hex digits of its SHA-256."""
    return text if len(text) <= MAX_ID_CHARACTERS else sha256(text.encode()).hexdigest()[:32]


def _spell_head(order: PaymentOrder) -> str:
    payer, total = order.payer, spell_amount(order.sum_minor, order.currency)
    message, party = escape(order.message), _spell_party(order.payer)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{MESSAGE}"><CstmrCdtTrfInitn>\n'
        f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{order.created}</CreDtTm><NbOfTxs>{order.transfers}</NbOfTxs>"
        f"<CtrlSum>{total}</CtrlSum><InitgPty>{party}</InitgPty></GrpHdr>\n"
        f"<PmtInf><PmtInfId>{message}</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{order.transfers}</NbOfTxs><CtrlSum>{total}</CtrlSum>"
        f"<ReqdExctnDt><Dt>{order.execution_date}</Dt></ReqdExctnDt><Dbtr>{party}</Dbtr>"
        f"<DbtrAcct>{_spell_account(payer.account)}<Ccy>{order.currency}</Ccy></DbtrAcct>"
        f"<DbtrAgt>{_spell_bank(payer.account)}</DbtrAgt>\n"
    )


def _spell_transfer(transfer: Transfer, currency: str) -> str:
    payee, reference = transfer.payee, escape(transfer.reference)
    agent = f"<CdtrAgt>{_spell_bank(payee.account)}</CdtrAgt>" if payee.account.bank else ""
    return (
        f"<CdtTrfTxInf><PmtId><InstrId>{reference}</InstrId><EndToEndId>{reference}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="{currency}">{spell_amount(transfer.amount_minor, currency)}</InstdAmt></Amt>'
        f"{agent}<Cdtr>{_spell_party(payee)}</Cdtr><CdtrAcct>{_spell_account(payee.account)}</CdtrAcct>"
        f"<RmtInf>{_spell_remittance(transfer.remittance)}</RmtInf></CdtTrfTxInf>\n"
    )


def _spell_party(party: Payee) -> str:
    """Max140Text for a name; GenericOrganisationIdentification has 35 characters for an id."""
    organisation = escape(make_id(party.organisation))
    return f"<Nm>{escape(party.name[:MAX_NAME_CHARACTERS])}</Nm><Id><OrgId><Othr><Id>{organisation}</Id></Othr></OrgId></Id>"


def _spell_account(account: BankAccount) -> str:
    if is_iban(account.number):
        return f"<Id><IBAN>{account.number}</IBAN></Id>"
    return f"<Id><Othr><Id>{account.number}</Id></Othr></Id>"


def _spell_bank(account: BankAccount) -> str:
    """A BIC, or a member of a clearing system; a bank that is not named is ``NOTPROVIDED``, as payers of one bank write it."""
    if is_bic(account.bank):
        return f"<FinInstnId><BICFI>{account.bank}</BICFI></FinInstnId>"
    if account.bank:
        return f"<FinInstnId><ClrSysMmbId><MmbId>{escape(account.bank)}</MmbId></ClrSysMmbId></FinInstnId>"
    return "<FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId>"


def _spell_remittance(text: str) -> str:
    """Max140Text each, as many as the text needs."""
    return "".join(f"<Ustrd>{escape(text[start : start + 140])}</Ustrd>" for start in range(0, len(text), 140))
