"""Who acts: a pseudonym within an organisation, and whose key signed. What contracts that stand apart share about people."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from prasasti.contracts.offices import find_bound_key
from prasasti.core.contract import Call, View
from prasasti.core.envelope import Signer
from prasasti.core.types import Identifier

# An organisation that takes part is named in lists, which add a page to it (formats: Keys in the state).
Organisation = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9._:-]{1,100}\Z")]


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who acts: a pseudonym within an organisation."""

    handle: Identifier
    organisation: Organisation


def find_person(view: View, signer: Signer) -> Person:
    """Whose key signed."""
    record = find_bound_key(view, signer.key)
    return Person(record.handle, record.organisation)


def list_people(view: View, call: Call, role: str) -> list[Person]:
    """People who signed in a role, in the order of the signers."""
    return [find_person(view, signer) for signer in call.signers if signer.role == role]


def list_signers(view: View, call: Call) -> list[Person]:
    """Everybody who signed, in the order of the signers."""
    return [find_person(view, signer) for signer in call.signers]
