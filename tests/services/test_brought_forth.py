"""Documents that the rules bring forth: the node keeps them before their block, publishes them; they are verified, audited, restored.

The opening of a selection, told through an opened ledger: engine, door, stores and publisher are the product's own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from prasasti import bootstrap
from prasasti.contracts import CONTRACTS
from prasasti.core.admission import Inadmissible
from prasasti.core.encoding import encode_canonical
from prasasti.core.envelope import encode_envelope, encode_pae
from prasasti.engines.embedded import EngineHalted
from prasasti.integrations.ocds.attestation import recompute_parties
from prasasti.services.audit import AuditReport, audit
from prasasti.services.audited_log import LedgerLog, PublishedLog, open_source
from prasasti.services.ledger import Ledger as OpenLedger
from prasasti.services.publishing import publish_ledger
from prasasti.services.restoring import restore_published
from prasasti.storage.documents import DOCUMENTS_NAME, DocumentStore
from prasasti.storage.ledger_database import DATABASE_NAME
from tests.contracts.procurement_proposal_rows import Bench
from tests.contracts.selection import TRUSTEES, found
from tests.core.ledger import ACCEPTED, START, Signer, key_of, signing_key
from tests.engines.world import Crash, HandClocks, each_way, hook_writers
from tests.lies.world import LogSigner
from tests.verify.running import check, find_wrong

REQUEST, DRAFT = b"a request for benches", b"a draft of the contract"


class Node:
    """An opened ledger as ``Bench`` needs it: a message a block, time by hand."""

    def __init__(self, ledger: OpenLedger, clocks: HandClocks, first_nonce: int = 1) -> None:
        self.ledger = ledger
        self.chain = ledger.chain
        self.clocks = clocks
        self.application = SimpleNamespace(state=SimpleNamespace(view=ledger.state))
        self._nonce = first_nonce

    @property
    def time(self) -> int:
        return int(self.clocks.wall)

    @time.setter
    def time(self, time: int) -> None:
        self.clocks.pass_seconds(time - self.clocks.wall)

    def sign(self, action: str, arguments: Any, *signers: Signer) -> bytes:
        self._nonce += 1
        payload = {
            "action": action, "actor": signers[0][0].partition("/")[0], "arguments": arguments, "chain": self.chain,
            "expires": self.time + 3_600, "nonce": f"{self._nonce:032x}",
            "signers": [{"key": key_of(name), "role": role} for name, role in signers],
        }  # fmt: skip
        data = encode_canonical(payload)
        signed = [(bytes.fromhex(key_of(name)), signing_key(name).sign(encode_pae(data)).signature) for name, _ in signers]
        return encode_envelope(data, signed)

    def do(self, action: str, arguments: Any, *signers: Signer) -> str:
        (answer,) = self.ledger.submit([self.sign(action, arguments, *signers)])
        if isinstance(answer, Inadmissible):
            return answer.code
        return answer.refusal.number if answer.refusal is not None else ACCEPTED

    def seal(self) -> None:
        """A block for the deadlines that are due: of a message that is refused, as a withdrawal of nothing is."""
        arguments = {"lot": "lot-1", "process": "ocds-213czf-none", "slot": "proposal"}
        assert self.do("procurement.withdraw_sealed", arguments, ("bidder-4/bidder", "procurement.bidder")).startswith("procurement.")


@dataclass(frozen=True)
class Scene:
    """A ledger one share before its opening: the folder, the envelope that opens, and the time."""

    folder: Path
    envelope: bytes
    time: int


@contextmanager
def opened(folder: Path, time: int) -> Iterator[OpenLedger]:
    with bootstrap.open_for_writing(folder, clocks=HandClocks(time).clocks) as ledger:
        yield ledger


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    root = tmp_path_factory.mktemp("brought-forth")
    with closing(found(root, parts=msgspec.to_builtins(bootstrap.allowed_parts()))) as template:
        bootstrap.create_ledger(root / "ledger", template.genesis_bytes)
    clocks = HandClocks(START + 60)
    with bootstrap.open_for_writing(root / "ledger", clocks=clocks.clocks) as ledger:
        named = ledger.documents.put([(REQUEST, "text/plain"), (DRAFT, "text/plain")])
        bench = Bench(Node(ledger, clocks))  # type: ignore[arg-type]
        documents = [{"document": msgspec.to_builtins(each), "title": "Document"} for each in named]
        assert bench.ask(documents=documents) == ACCEPTED
        assert bench.submit("bidder-1") == ACCEPTED
        assert bench.submit("bidder-2", plaintext=b"{}") == ACCEPTED
        bench.begin()
        assert bench.give(TRUSTEES[0]) == ACCEPTED
        shares = [{"envelope": each, "index": 2, "point": "", "proof": ""} for each in sorted(bench.envelopes.values())]
        arguments = {"lot": "lot-1", "process": "ocds-213czf-benches", "shares": shares}
        node: Any = bench.ledger
        envelope = node.sign("procurement.publish_opening_shares", arguments, (f"{TRUSTEES[1]}/trustee", "procurement.trustee"))
        return Scene(root / "ledger", envelope, node.time)


def copy(scene: Scene, tmp_path: Path, name: str = "ledger") -> Path:
    return Path(shutil.copytree(scene.folder, tmp_path / name))


def open_envelopes(folder: Path, scene: Scene) -> str:
    """The last share is given; the hash of the document that it brings forth."""
    with opened(folder, scene.time) as ledger:
        (answer,) = ledger.submit([scene.envelope])
        assert not isinstance(answer, Inadmissible)
        assert answer.refusal is None
        digest: str = msgspec.json.decode(answer.events)[0]["document"]["sha256"]
        return digest


def publish(folder: Path, target: Path) -> Path:
    with bootstrap.open_for_reading(folder) as ledger:
        assert publish_ledger(ledger, target, LogSigner()).missing == ()
    return target


def replay(log: LedgerLog | PublishedLog) -> AuditReport:
    return audit(log, bootstrap.registry_for(log.genesis), recompute_parties)


def list_digests(folder: Path) -> set[str]:
    with closing(DocumentStore.open(folder / DOCUMENTS_NAME, write=False)) as store:
        return {digest.hex() for digest in store.digests()}


def test_what_an_opening_brings_forth_is_published_and_verified(scene: Scene, tmp_path: Path) -> None:
    """The independent verifier takes it as a document that an entry names; the audit recomputes it to the last byte."""
    folder = copy(scene, tmp_path)
    digest = open_envelopes(folder, scene)
    published = publish(folder, tmp_path / "public")
    path = published / "documents" / "sha256" / digest[:2] / digest
    envelopes = msgspec.json.decode(path.read_bytes())["envelopes"]
    assert sorted(bool(each["malformed"]) for each in envelopes) == [False, True]
    report = check(published, "--closed")
    assert report["missing"] == []
    audited = replay(PublishedLog(open_source(str(published))))
    assert audited.is_sound, audited
    assert audited.documents == 1
    with bootstrap.open_for_reading(folder) as ledger:
        assert replay(LedgerLog(ledger.database, ledger.documents)).is_sound


def test_an_altered_or_missing_document_is_found(scene: Scene, tmp_path: Path) -> None:
    folder = copy(scene, tmp_path)
    digest = open_envelopes(folder, scene)
    published = publish(folder, tmp_path / "public")
    path = published / "documents" / "sha256" / digest[:2] / digest
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"28000000000", b"27000000000"))
    assert digest in find_wrong(published)
    (difference,) = replay(PublishedLog(open_source(str(published)))).documents_wrong
    assert digest in str(difference)
    path.unlink()
    report = replay(PublishedLog(open_source(str(published))))
    assert [missing for _, missing in report.documents_missing] == [digest]
    assert report.difference is None
    assert not report.is_sound


def test_what_is_brought_forth_is_restored_without_a_copy(scene: Scene, tmp_path: Path) -> None:
    """The rules bring it forth again, where the published log has lost it; what was withheld stays away."""
    folder = copy(scene, tmp_path)
    digest = open_envelopes(folder, scene)
    published = publish(folder, tmp_path / "public")
    (published / "documents" / "sha256" / digest[:2] / digest).unlink()
    restored = restore(published, tmp_path / "restored")
    assert restored.missing == ()
    assert digest in list_digests(tmp_path / "restored")
    with opened(folder, scene.time) as ledger:
        node = Node(ledger, HandClocks(scene.time), first_nonce=10**6)
        signers = (("agency-1/clerk", "governance.officer"), ("auditor-1/auditor", "governance.auditor"))
        withheld = {"legal_basis": "court order 7/2026", "sha256": digest}
        assert node.do("governance.withhold_document", withheld, *signers) == ACCEPTED
    published = publish(folder, tmp_path / "again")
    assert replay(PublishedLog(open_source(str(published)))).documents_withheld == 1
    restored = restore(published, tmp_path / "restored-again")
    assert (restored.missing, restored.withheld) == ((), 1)
    assert digest not in list_digests(tmp_path / "restored-again")


def restore(published: Path, folder: Path) -> Any:
    with bootstrap.open_to_restore(folder):
        log = PublishedLog(open_source(str(published)))
        return restore_published(log, folder, bootstrap.registry_for(log.genesis), CONTRACTS, recompute_parties, {})


@each_way
def test_a_crash_between_the_document_and_its_block(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, persisted: bool
) -> None:
    """It leaves a document that no entry names; the same share, sent again, brings the same one forth."""
    before = read_plain_tip(scene.folder)
    folder = copy(scene, tmp_path)
    crash = Crash(1, persisted, is_armed=False)
    with monkeypatch.context() as patch:
        hook_writers(patch, crash, name=DATABASE_NAME)
        with opened(folder, scene.time) as ledger:
            crash.is_armed = True
            with pytest.raises(EngineHalted, match="that the test asked for"):
                ledger.submit([scene.envelope])
    assert read_plain_tip(folder) == before
    (left,) = list_digests(folder) - list_digests(scene.folder)
    assert open_envelopes(folder, scene) == left
    assert check(publish(folder, tmp_path / "public"), "--closed")["missing"] == []


@each_way
def test_a_crash_that_keeps_no_document_leaves_no_block(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, persisted: bool
) -> None:
    """Whichever write of the document fails: an entry never names what the store does not hold."""
    before = read_plain_tip(scene.folder)
    for at in range(1, 9):
        folder = copy(scene, tmp_path, str(at))
        crash = Crash(at, persisted, is_armed=False)
        with monkeypatch.context() as patch:
            hook_writers(patch, crash, name=DOCUMENTS_NAME)
            with opened(folder, scene.time) as ledger:
                crash.is_armed = True
                with suppress(EngineHalted):
                    ledger.submit([scene.envelope])
        if len(crash.seen) < at:
            assert at > 3, "a transaction of one statement"
            return
        assert read_plain_tip(folder) == before
        digest = open_envelopes(folder, scene)
        assert digest in list_digests(folder)
    raise AssertionError("the document takes too many writes")


def read_plain_tip(folder: Path) -> Any:
    with bootstrap.open_for_reading(folder) as ledger:
        return ledger.database.read_tip().tip
