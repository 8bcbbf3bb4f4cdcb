"""A ledger with documents for the read model to tell: real blocks, real documents, publishers that change their minds."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from prasasti.contracts import index_by_table
from prasasti.contracts.procurement.rejections import TOO_MANY_VERSIONS
from prasasti.contracts.versions import choose_registry
from prasasti.core.contract import Record
from prasasti.core.genesis import decode_genesis
from prasasti.core.state import CommittedView
from prasasti.core.tree import Tree
from prasasti.integrations.ocds.attestation import recompute_parties
from prasasti.readmodel.database import dump, open_read_model
from prasasti.services.ledger import Ledger as OpenedLedger
from prasasti.services.projecting import catch_up
from prasasti.storage.documents import DocumentStore
from tests.core.ledger import ACCEPTED, Ledger

OFFICERS = {"publisher-1": "publisher-1/officer", "publisher-2": "publisher-2/officer"}
DAY = 86_400


class World:
    """A ledger's folder. Every act is a block of its own."""

    def __init__(self, folder: Path, ledger: Ledger | None = None) -> None:
        self.folder = folder
        self.ledger = ledger or Ledger(folder, bucket_bits=4)
        self.documents = DocumentStore.create(folder / "documents.sqlite")
        genesis = decode_genesis(self.ledger.genesis_bytes)
        self.opened = OpenedLedger(
            folder=folder, genesis_bytes=self.ledger.genesis_bytes, genesis=genesis, chain=self.ledger.chain,
            registry=choose_registry(genesis, index_by_table()), database=self.ledger.database, documents=self.documents,
            state=_Newest(self.ledger, genesis.bucket_bits), submit=lambda _: [], now=lambda: self.ledger.time,
        )  # fmt: skip

    def close(self) -> None:
        self.documents.close()
        self.ledger.close()

    def attest(self, release: dict[str, Any], *, publisher: str = "publisher-1", redaction_version: int = 1, **changes: Any) -> str:
        """Record a release; what its parties are is read from it, as the importer does, unless ``changes`` say otherwise."""
        buyer, suppliers = recompute_parties(release)
        body = json.dumps(release, ensure_ascii=False).encode()
        arguments = {
            "buyer": buyer, "date": 1_767_225_600, "ocid": release["ocid"], "publisher": publisher, "redaction_version": redaction_version,
            "release_id": release["id"], "suppliers": suppliers, "tag": release["tag"],
        }  # fmt: skip
        return self.attest_bytes(body, **(arguments | changes))

    def attest_bytes(self, body: bytes, **arguments: Any) -> str:
        """Record any bytes as a release; their SHA-256."""
        self.documents.put([(body, "application/json")])
        document = {"media_type": "application/json", "sha256": sha256(body).hexdigest(), "size": len(body)}
        signer = (f"{arguments['publisher']}/publisher", "procurement.publisher")
        outcome = self.ledger.do("procurement.attest_release", {**arguments, "document": document}, signer)
        # A document that is withheld may be named again here: the door that refuses it is not the contract's.
        assert outcome in (ACCEPTED, TOO_MANY_VERSIONS.number), outcome
        return str(document["sha256"])

    def withhold(self, digest: str, publisher: str = "publisher-1") -> str:
        """Withhold a document; its bytes stay stored here, which must make no difference."""
        signers = (OFFICERS[publisher], "governance.officer"), ("auditor-1/auditor", "governance.auditor")
        return self.ledger.do("governance.withhold_document", {"legal_basis": "UU 27/2022", "sha256": digest}, *signers)

    def do_something_else(self) -> None:
        """A block that no table tells."""
        self.ledger.do("governance.advance_clock", {"seconds": 5}, ("agency-1/officer", "governance.officer"))

    def catch_up(self, chunk_entries: int = 1_000, chunk_processes: int = 500) -> None:
        """Bring the read model in the ledger's folder to the tip, the documents that the rules brought forth being kept."""
        self.documents.put([(body, "application/json") for result in self.ledger.results for body in result.documents])
        model = open_read_model(self.folder)
        try:
            catch_up(self.opened, model, chunk_entries=chunk_entries, chunk_processes=chunk_processes)
        finally:
            model.close()

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of the read model in the ledger's folder."""
        return dump_folder(self.folder)

    def dump_anew(self, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of one made from nothing."""
        folder.mkdir()
        model = open_read_model(folder)
        try:
            catch_up(self.opened, model)
        finally:
            model.close()
        return dump_folder(folder)


class _Newest:
    """The newest committed state, as a reader sees it."""

    def __init__(self, ledger: Ledger, bucket_bits: int) -> None:
        self._ledger = ledger
        self._bucket_bits = bucket_bits

    def get(self, key: str, kind: type[Record]) -> Record | None:
        database = self._ledger.database
        return CommittedView(Tree(database.load_top(self._bucket_bits), database)).get(key, kind)


def dump_folder(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a folder's read model."""
    model = open_read_model(folder)
    try:
        with model.reading() as connection:
            return dump(connection)
    finally:
        model.close()


def make_release(process: int = 1, release: int = 1, **sections: Any) -> dict[str, Any]:
    """A release of its own process, with what ``sections`` say."""
    return {
        "ocid": f"ocds-abc123-{process}",
        "id": f"release-{release}",
        "date": "2026-01-02T03:04:05Z",
        "tag": ["contract"],
        "initiationType": "tender",
        **sections,
    }


def party(number: int, name: str, *roles: str) -> dict[str, Any]:
    """An organisation, to stand among the parties."""
    return {"id": f"party-{number}", "name": name, "roles": list(roles), "identifier": {"scheme": "XX", "id": str(number)}}


def money(amount: float | str, currency: str = "IDR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}
