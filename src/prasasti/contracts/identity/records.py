"""Records of ``identity`` beyond those of genesis, and the keys they stand under."""

from __future__ import annotations

from msgspec import Struct

from prasasti.core.contract import Call, View, Write
from prasasti.core.genesis import KeyRecord, list_founders

REGISTRAR_ROLE = "identity.registrar"


class RegistrarsRecord(Struct, frozen=True):
    """Registrars' keys of an organisation, registered and ended since genesis."""

    ended: int
    registered: int


def key_key(key: str) -> str:
    """Key of a KeyRecord."""
    return f"identity/key/{key}"


def registrars_key(organisation: str) -> str:
    """Key of a RegistrarsRecord."""
    return f"identity/registrars/{organisation}"


def count_registrars(view: View, call: Call, organisation: str) -> int:
    """Registrars' keys of an organisation that stand."""
    founders = [founder for founder in list_founders(call.genesis) if founder.id == organisation]
    founding = sum(REGISTRAR_ROLE in key.roles for founder in founders for key in founder.keys)
    record = view.get(registrars_key(organisation), RegistrarsRecord)
    return founding + (record.registered - record.ended if record is not None else 0)


def count_change(view: View, key: KeyRecord, registered: int, ended: int) -> tuple[Write, ...]:
    """Writes that keep the count of registrars when a key comes or goes."""
    if REGISTRAR_ROLE not in key.roles:
        return ()
    record = view.get(registrars_key(key.organisation), RegistrarsRecord) or RegistrarsRecord(0, 0)
    return (Write(registrars_key(key.organisation), RegistrarsRecord(record.ended + ended, record.registered + registered)),)
