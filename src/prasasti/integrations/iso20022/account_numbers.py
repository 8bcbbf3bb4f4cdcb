"""Numbers of bank accounts: one form for each, whether one is an IBAN (ISO 13616), and how little of it is shown."""

from __future__ import annotations

import re

_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
# Max34Text of Othr/Id; what is left of a number without the marks that people put between its digits.
_NUMBER = re.compile(r"[A-Z0-9]{4,34}", re.ASCII)
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_MARKS = str.maketrans("", "", " .-/")
SHOWN_CHARACTERS = 4


class AccountProblem(ValueError):
    """Something that is no account's number. It does not say which, since numbers are not shown."""


def strip_marks(text: str) -> str:
    """A number as it is compared: in capitals, without what people put between its characters."""
    return text.upper().translate(_MARKS)


def read_number(text: str) -> str:
    """A number that somebody gives, as it is compared; AccountProblem where it is none, or an IBAN whose check digits fail."""
    number = strip_marks(text)
    if not _NUMBER.fullmatch(number):
        raise AccountProblem("an account's number has 4 to 34 letters and digits; spaces, dots, dashes and slashes may stand between")
    if _IBAN.fullmatch(number) and number[:2] in IBAN_LENGTHS and not is_iban(number):
        raise AccountProblem("the account's number looks like an IBAN, and its length or its check digits do not fit")
    return number


def is_iban(number: str) -> bool:
    """Whether a number is an IBAN: a country that has them, its length, check digits by ISO 7064 MOD 97-10."""
    if not _IBAN.fullmatch(number) or IBAN_LENGTHS.get(number[:2]) != len(number):
        return False
    return int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 == 1


def is_bic(text: str) -> bool:
    """Whether a bank's id has the form of ISO 9362; any other is a national one."""
    return _BIC.fullmatch(text) is not None


def mask(number: str) -> str:
    """What people see of a number: its last four characters."""
    return f"…{number[-SHOWN_CHARACTERS:]}" if number else ""


# The registry of IBANs, by country. Of a country that is not here a number is taken as a national one, which a bank can read too.
IBAN_LENGTHS = {
    country: int(length)
    for country, length in (
        each.split(":")
        for each in (
            "AD:24 AE:23 AL:28 AT:20 AZ:28 BA:20 BE:16 BG:22 BH:22 BR:29 BY:28 CH:21 CR:22 CY:28 CZ:24 DE:22 DK:18 DO:28 EE:20 EG:29 "
            "ES:24 FI:18 FO:18 FR:27 GB:22 GE:22 GI:23 GL:18 GR:27 GT:28 HR:21 HU:28 IE:22 IL:23 IQ:23 IS:26 IT:27 JO:30 KW:30 KZ:20 "
            "LB:28 LC:32 LI:21 LT:20 LU:20 LV:21 LY:25 MC:27 MD:24 ME:22 MK:19 MN:20 MR:27 MT:31 MU:30 NL:18 NO:15 OM:23 PK:24 PL:28 "
            "PS:29 PT:25 QA:29 RO:24 RS:22 RU:33 SA:24 SC:31 SD:18 SE:24 SI:19 SK:24 SM:27 SO:23 ST:25 SV:28 TL:23 TN:24 TR:26 UA:29 "
            "VA:22 VG:24 XK:20"
        ).split()
    )
}
