"""One valid transaction of every message, to be spoiled one field at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.core.ledger import START, Signer, key_of

REGISTRAR: Signer = ("agency-1/registrar", "identity.registrar")
OFFICER: Signer = ("agency-1/officer", "governance.officer")
PUBLISHER: Signer = ("publisher-1/publisher", "procurement.publisher")
PUBLISHERS_OFFICER: Signer = ("publisher-1/officer", "governance.officer")
AUDITOR: Signer = ("auditor-1/auditor", "governance.auditor")
NEW_KEY: Signer = ("agency-1/new", "identity.new_key")

DOCUMENT = {"media_type": "application/json", "sha256": "11" * 32, "size": 1_000}


class Example(NamedTuple):
    """Arguments and signers that admission accepts on a new ledger."""

    arguments: dict[str, Any]
    signers: tuple[Signer, ...]


def release(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Arguments of a release of publisher-1; another ``number`` is another process and document."""
    return {
        "buyer": "XX-1",
        "date": START - 86_400,
        "document": DOCUMENT | {"sha256": f"{number:064x}"},
        "ocid": f"ocds-abc123-{number}",
        "publisher": "publisher-1",
        "redaction_version": 1,
        "release_id": "r1",
        "suppliers": ["XX-2", "XX-3"],
        "tag": ["contract"],
    } | changes


def registration(name: str = "agency-1/new", **changes: Any) -> dict[str, Any]:
    """Arguments that register the key of a name for its organisation."""
    return {
        "handle": "person-1",
        "key": key_of(name),
        "organisation": name.partition("/")[0],
        "roles": ["governance.officer"],
    } | changes


BUILDERS: dict[str, Callable[[], Example]] = {
    "governance.advance_clock": lambda: Example({"seconds": 60}, (OFFICER,)),
    "governance.withhold_document": lambda: Example({"legal_basis": "a court", "sha256": "11" * 32}, (PUBLISHERS_OFFICER, AUDITOR)),
    "identity.end_key": lambda: Example({"key": key_of("agency-1/officer")}, (REGISTRAR,)),
    "identity.register_key": lambda: Example(registration(), (REGISTRAR, NEW_KEY)),
    "procurement.attest_release": lambda: Example(release(), (PUBLISHER,)),
}
