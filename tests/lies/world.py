"""The ledger that lies are told about: a small training ledger, published at three sizes.

Everything is made by the product: contracts, application, documents, publisher. Keys, times and nonces are fixed, so
that two runs give the same bytes, and a run of a changed story gives the other history that a liar tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from prasasti import bootstrap
from prasasti.contracts import CONTRACTS
from prasasti.core.admission import decode_transaction
from prasasti.core.contract import Contract, encode_table
from prasasti.core.envelope import Transaction
from prasasti.services.publishing import publish_ledger
from prasasti.storage.documents import DOCUMENTS_NAME, DocumentStore
from prasasti.storage.ledger_database import DATABASE_NAME
from prasasti_verify.hashing import sha256
from tests.core.ledger import ACCEPTED, Ledger, Signer, key_of, signing_key

AGENCY_REGISTRAR = ("agency-1/registrar", "identity.registrar")
AGENCY_OFFICER = ("agency-1/officer", "governance.officer")
SECOND_REGISTRAR = ("agency-1/registrar-2", "identity.registrar")
AUDITOR = ("auditor-1/auditor", "governance.auditor")
PUBLISHER = ("publisher-1/publisher", "procurement.publisher")
PUBLISHER_OFFICER = ("publisher-1/officer", "governance.officer")
ATTEST = "procurement.attest_release"
REGISTER = "identity.register_key"
# So many entries without effect fill the first tile, which holds 256.
REPETITIONS = 240


@dataclass(frozen=True)
class Release:
    """A release of another system, made up for this ledger."""

    number: int
    buyer: str = "ID-100"
    suppliers: tuple[str, ...] = ("ID-200",)
    title: str = "benches for the park"
    prefix: str = "ocds-abc123-"

    @property
    def body(self) -> bytes:
        """Its document."""
        release = {
            "awards": [{"id": "1", "suppliers": [{"id": supplier} for supplier in self.suppliers]}],
            "buyer": {"id": self.buyer},
            "id": f"release-{self.number}",
            "ocid": f"{self.prefix}{self.number}",
            "tender": {"id": "1", "title": self.title},
        }
        return json.dumps(release, sort_keys=True, separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of the document."""
        return sha256(self.body).hex()

    def arguments(self, **changes: Any) -> dict[str, Any]:
        """Those of its attestation."""
        return {
            "buyer": self.buyer,
            "date": 1_767_225_600,
            "document": {"media_type": "application/json", "sha256": self.digest, "size": len(self.body)},
            "ocid": f"{self.prefix}{self.number}",
            "publisher": "publisher-1",
            "redaction_version": 1,
            "release_id": f"release-{self.number}",
            "suppliers": sorted(self.suppliers),
            "tag": ["contract"],
        } | changes


@dataclass(frozen=True)
class Step:
    """One transaction of the story. ``is_forced``: only a node that skips admission takes it in; ``spoil``: its signature is altered."""

    name: str
    action: str
    arguments: dict[str, Any]
    signers: tuple[Signer, ...]
    outcome: str = ACCEPTED
    changes: dict[str, Any] = field(default_factory=dict)
    is_forced: bool = False
    is_spoilt: bool = False


@dataclass(frozen=True)
class Block:
    """Steps that one block holds, so many seconds after the block before."""

    steps: tuple[Step, ...]
    seconds: int = 60
    is_published: bool = False


Story = tuple[Block, ...]


def register(key: str, roles: Sequence[str], registrar: Signer = AGENCY_REGISTRAR, **changes: Any) -> Step:
    """A registrar registers the key of a person, named ``organisation/handle``."""
    organisation, _, handle = key.partition("/")
    arguments = {"handle": handle, "key": key_of(key), "organisation": organisation, "roles": sorted(roles)}
    step = Step(f"register {key}", REGISTER, arguments, (registrar, (key, "identity.new_key")))
    return replace(step, **changes)


def attest(release: Release, name: str = "", **changes: Any) -> Step:
    """The publisher attests a release."""
    step = Step(name or f"attest {release.number}", ATTEST, release.arguments(), (PUBLISHER,))
    return replace(step, **changes)


RELEASES = tuple(Release(number, f"ID-{100 + number % 3}", (f"ID-{200 + number % 4}",)) for number in range(20))
WITHHELD = RELEASES[2]
MENDED = replace(RELEASES[1], title="benches")
REWRITTEN = replace(RELEASES[0], suppliers=("ID-999",))

STORY: Story = (
    Block((register("agency-1/officer-2", ["procurement.officer"]), register("agency-1/registrar-2", ["identity.registrar"]))),
    Block(tuple(attest(release) for release in RELEASES[:4])),
    Block(
        (
            attest(Release(50, prefix="ocds-zzz999-"), "attest under a foreign prefix", outcome="procurement.45.1"),
            register("agency-1/officer-2", ["procurement.officer"], name="register a key again", outcome="identity.01.2"),
            attest(RELEASES[4], "attest with an unknown tag", arguments=RELEASES[4].arguments(tag=["rumour"]), outcome="procurement.45.2"),
        )
    ),
    Block(
        (
            attest(MENDED, "attest an update", arguments=MENDED.arguments(redaction_version=2)),
            attest(REWRITTEN, "attest a contradiction"),
            *(attest(release) for release in RELEASES[4:7]),
        ),
        is_published=True,
    ),
    Block(
        (
            Step("end registrar-2", "identity.end_key", {"key": key_of(SECOND_REGISTRAR[0])}, ((SECOND_REGISTRAR[0], "identity.holder"),)),
            register("agency-1/officer-3", ["procurement.officer"], SECOND_REGISTRAR, outcome="identity.00.1"),
        )
    ),
    Block(
        (
            Step(
                "withhold", "governance.withhold_document", {"legal_basis": "court order 7/2026", "sha256": WITHHELD.digest},
                (PUBLISHER_OFFICER, AUDITOR),
            ),
        )
    ),
    Block((Step("advance the clock", "governance.advance_clock", {"seconds": 3_600}, (AGENCY_OFFICER,)),)),
    Block(tuple(attest(RELEASES[3], f"attest 3 again, {number}") for number in range(REPETITIONS)), is_published=True),
    Block((register("publisher-1/publisher-2", ["procurement.publisher"], AGENCY_REGISTRAR),)),
    Block(tuple(attest(release) for release in RELEASES[7:11])),
    Block((attest(Release(51, prefix="ocds-zzz999-"), "attest under a foreign prefix again", outcome="procurement.45.1"),)),
    Block(tuple(attest(release) for release in RELEASES[11:14]), is_published=True),
)  # fmt: skip


def spoil_signature(envelope: bytes) -> bytes:
    """The envelope with another first signature, of the same form."""
    at = envelope.index(b'"sig":"') + len(b'"sig":"')
    return envelope[:at] + (b"B" if envelope[at : at + 1] == b"A" else b"A") + envelope[at + 1 :]


class LogSigner:
    """The log's key, or a liar's own."""

    def __init__(self, name: str = "log") -> None:
        self._key = signing_key(name)

    @property
    def public_key(self) -> bytes:
        return self._key.verify_key.encode()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message).signature


class World:
    """A story as a ledger that runs these contracts tells it, with every checkpoint that was published."""

    def __init__(
        self, folder: Path, story: Story = STORY, contracts: Sequence[Contract] = CONTRACTS, documents: Iterable[bytes] = ()
    ) -> None:
        self.folder = folder
        self.public = folder / "public"
        (folder / "database").mkdir(parents=True)
        parts = msgspec.to_builtins(bootstrap.allowed_parts())
        self.ledger = Ledger(folder / "database", contracts, consensus_parts=parts)
        (folder / DATABASE_NAME).symlink_to(self.ledger.path)
        self.positions: dict[str, int] = {}
        self.envelopes: dict[str, bytes] = {}
        self.checkpoints: list[bytes] = []
        self._contracts = contracts
        self._store_documents([*documents, *(release.body for release in (*RELEASES, MENDED, REWRITTEN))])
        for block in story:
            self._seal(block)
            if block.is_published:
                self._publish()
        self.ledger.close()

    @property
    def entries(self) -> list[bytes]:
        """The log."""
        with bootstrap.open_for_reading(self.folder, self._contracts) as ledger:
            return [entry for _, entry in ledger.database.entries(0, ledger.database.size())]

    def _store_documents(self, bodies: Iterable[bytes]) -> None:
        store = DocumentStore.create(self.folder / DOCUMENTS_NAME)
        store.put((body, "application/json") for body in [*map(encode_table, self._contracts), *bodies])
        store.close()

    def _seal(self, block: Block) -> None:
        """One block; a forced step goes round admission, as on a node whose operator took the checks out."""
        ledger = self.ledger
        ledger.time += block.seconds
        first = ledger.application.info().size + 1
        transactions = []
        for offset, step in enumerate(block.steps):
            envelope = self.envelopes[step.name] = self._sign(step)
            checked = ledger.application.check_tx(envelope, ledger.time)
            transaction = decode_transaction(envelope, ledger.application.registry) if step.is_forced else checked
            assert isinstance(transaction, Transaction), (step.name, transaction)
            assert step.is_forced == (not isinstance(checked, Transaction)), (step.name, checked)
            self.positions[step.name] = first + offset
            transactions.append(transaction)
        result = ledger.application.finalize_block(ledger.application.info().height + 1, ledger.time, transactions)
        ledger.application.commit(ledger.time)
        outcomes = [receipt.refusal.number if receipt.refusal is not None else ACCEPTED for receipt in result.receipts]
        assert outcomes == [step.outcome for step in block.steps]

    def _sign(self, step: Step) -> bytes:
        changes = {"nonce": sha256(step.name.encode())[:16].hex()} | step.changes
        envelope = self.ledger.sign(step.action, step.arguments, *step.signers, **changes)
        return spoil_signature(envelope) if step.is_spoilt else envelope

    def _publish(self) -> None:
        with bootstrap.open_for_reading(self.folder, self._contracts) as ledger:
            publish_ledger(ledger, self.public, LogSigner())
        self.checkpoints.append((self.public / "checkpoint").read_bytes())
