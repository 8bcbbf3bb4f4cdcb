"""Publishing with witnesses: their cosignatures, those that are away or lie, histories that they have seen otherwise."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest

from prasasti.contracts.governance.records import LogKeyRecord
from prasasti.log.checkpoint import build_log_key
from prasasti.log.files import LocalFiles
from prasasti.log.kept import KeptCheckpoint
from prasasti.log.publish import Published, PublishRefused, PublishSettings, build_settings, publish
from prasasti.log.witness import format_signature_line
from prasasti.log.witness_client import Cosigners, Reply, Send
from prasasti.log.witness_policy import WitnessList, choose_quorum
from prasasti.services.publishing import order_log_keys
from prasasti_verify.hashing import fold_edge
from prasasti_verify.notes import Checkpoint, parse_checkpoint, parse_key, parse_policy, read_signature
from tests.log.worlds import FailingFiles, Fault, MemoryDocuments, MemoryLog, SeedKey, build_genesis, check_published, make_entries
from tests.witness.worlds import LOG_KEY, Consortium, SignedLog, make_fork

NAMES = ("agency", "auditor", "operator", "citizens")
LOG = MemoryLog(make_entries(300))
NEVER = 10**9


class Publisher:
    """A ledger that publishes with the witnesses of a consortium."""

    def __init__(self, root: Path, consortium: Consortium) -> None:
        self.root = root
        self.folder = root / "log"
        self.consortium = consortium
        self.signer = SeedKey()
        self.settings = make_settings(consortium, NAMES)

    @property
    def kept(self) -> KeptCheckpoint:
        return KeptCheckpoint(self.root / "publisher")

    def publish(
        self,
        log: MemoryLog,
        *,
        settings: PublishSettings | None = None,
        cosigners: Cosigners | None = None,
        files: LocalFiles | None = None,
        folder: str = "log",
        signer: SeedKey | None = None,
    ) -> Published:
        kept = self.kept if files is None else KeptCheckpoint(self.kept.folder, files)
        return publish(
            log, MemoryDocuments([b"a table"]), self.root / folder, signer or self.signer, settings or self.settings, kept,
            files=files, cosigners=cosigners or self.consortium.cosigners(),
        )  # fmt: skip

    def shown(self) -> bytes:
        return (self.folder / "checkpoint").read_bytes()


def make_settings(consortium: Consortium, names: tuple[str, ...]) -> PublishSettings:
    listed = tuple(each for each in consortium.listed if each.name in names)
    quorum = tuple(choose_quorum(names, [name for name in names if name == "citizens"]))
    return build_settings(build_genesis(), WitnessList(listed, quorum))


@pytest.fixture
def consortium(tmp_path: Path) -> Iterator[Consortium]:
    with ExitStack() as stack:
        yield Consortium(stack, tmp_path / "witnesses", NAMES)


@pytest.fixture
def publisher(tmp_path: Path, consortium: Consortium) -> Publisher:
    return Publisher(tmp_path, consortium)


def list_cosigners(note: bytes, consortium: Consortium) -> list[str]:
    """Witnesses whose cosignature a checkpoint bears; each line that is there verifies."""
    checkpoint: Checkpoint = parse_checkpoint(note, "checkpoint")
    assert read_signature(checkpoint, LOG_KEY, "checkpoint") is not None
    found = [each.name for each in consortium.listed if read_signature(checkpoint, each.key, "checkpoint") is not None]
    assert len(checkpoint.lines) == len(found) + 1
    return found


def test_all_cosign_what_is_shown(publisher: Publisher, consortium: Consortium) -> None:
    for size in (0, 1, 120, 300):
        published = publisher.publish(LOG.first(size))
        assert (published.size, published.cosigned, published.uncosigned, published.is_quorum_met) == (size, NAMES, {}, True)
        assert list_cosigners(publisher.shown(), consortium) == list(NAMES)
        assert publisher.kept.read() == publisher.shown()  # Single proofs carry the cosignatures too.
        assert check_published(publisher.folder) == size
    policy = parse_policy((publisher.folder / "policy").read_bytes(), "policy")
    for each in consortium.listed:
        assert (
            parse_key((publisher.folder / "witness" / f"{each.name}.vkey").read_bytes(), "vkey") == policy.witnesses[each.name] == each.key
        )


def test_who_has_cosigned_is_not_asked_again(publisher: Publisher, consortium: Consortium) -> None:
    publisher.publish(LOG)
    note = publisher.shown()
    consortium.asked.clear()
    consortium.clock.now += 100
    publisher.publish(LOG)
    assert publisher.shown() == note  # The first time counts, from which readers tell how late the witnesses were.
    assert {method for _, method, _ in consortium.asked} == {"GET"}


def test_without_witnesses_nothing_is_asked(tmp_path: Path, publisher: Publisher, consortium: Consortium) -> None:
    publish(LOG, MemoryDocuments([b"a table"]), publisher.folder, publisher.signer, build_settings(build_genesis()), publisher.kept)
    assert consortium.asked == []
    assert list_cosigners(publisher.shown(), consortium) == []


def test_one_that_is_away_is_gone_without_and_made_good(publisher: Publisher, consortium: Consortium) -> None:
    consortium.away = {"auditor"}
    published = publisher.publish(LOG)
    assert published.cosigned == ("agency", "operator", "citizens")
    assert "cannot be reached" in published.uncosigned["auditor"]
    assert published.is_quorum_met
    before = parse_checkpoint(publisher.shown(), "").lines
    consortium.away = set()
    consortium.clock.now += 10
    signed = len(publisher.signer.signed)
    assert publisher.publish(LOG).cosigned == NAMES
    assert set(before) < set(parse_checkpoint(publisher.shown(), "").lines)
    assert len(publisher.signer.signed) == signed


def test_below_the_quorum_it_publishes_and_says_so(publisher: Publisher, consortium: Consortium) -> None:
    consortium.away = {"citizens"}
    assert not publisher.publish(LOG).is_quorum_met
    consortium.away = set(NAMES)
    assert not publisher.publish(LOG).is_quorum_met
    assert check_published(publisher.folder) == 300


def test_the_wait_is_bounded(publisher: Publisher, consortium: Consortium) -> None:
    never = Event()

    def answer_never(path: str, body: bytes | None) -> Reply:
        never.wait()
        return Reply(500, "", b"")

    consortium.instead["agency"] = answer_never
    try:
        published = publisher.publish(LOG, cosigners=consortium.cosigners(wait_seconds=1.0))
    finally:
        never.set()
    assert published.uncosigned == {"agency": "did not answer within 1 s"}
    assert published.cosigned == NAMES[1:]


def answer_with(status: int, body: bytes, content_type: str = "text/plain") -> Callable[[str, bytes | None], Reply]:
    return lambda path, _: Reply(404 if path.endswith("/checkpoint") else status, content_type, body)


def lie_with_another_key(consortium: Consortium) -> Callable[[str, bytes | None], Reply]:
    return lambda path, body: consortium.send("POST" if body else "GET", f"http://auditor.example/{path}", body, 1.0)


def lie_with_a_signature(consortium: Consortium, signature: bytes) -> Callable[[str, bytes | None], Reply]:
    return answer_with(200, format_signature_line(consortium.listed[0].key, signature))


LIES: dict[str, Callable[[Consortium], Callable[[str, bytes | None], Reply]]] = {
    "nothing": lambda _: answer_with(200, b""),
    "bytes": lambda _: answer_with(200, b"\xff\x00\n"),
    "another witness's": lie_with_another_key,
    "zeros": lambda c: lie_with_a_signature(c, bytes(72)),
    "a time and zeros": lambda c: lie_with_a_signature(c, (1_800_000_000).to_bytes(8, "big") + bytes(64)),
    "no base64": lambda c: answer_with(200, f"— {c.listed[0].key.name} AAA\n".encode()),
    "an error": lambda _: answer_with(500, b"sorry\x1b[31m"),
    "unknown": lambda _: answer_with(404, b""),
    "forbidden": lambda _: answer_with(403, b""),
    "a redirection": lambda _: answer_with(302, b""),
    "a size that moves": lambda _: answer_with(409, b"7\n", "text/x.tlog.size"),
    "a foreign checkpoint": lambda _: (
        lambda path, _: Reply(200, "text/plain", SignedLog(make_entries(9, b"foreign"), b"\x09" * 32).note(9))
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_no_cosignature_is_not_taken_for_one(publisher: Publisher, consortium: Consortium, lie: str) -> None:
    consortium.instead["agency"] = LIES[lie](consortium)
    published = publisher.publish(LOG)
    assert published.cosigned == NAMES[1:]
    assert list(published.uncosigned) == ["agency"]
    assert published.uncosigned["agency"].isprintable()
    assert list_cosigners(publisher.shown(), consortium) == list(NAMES[1:])


def show_nothing(consortium: Consortium) -> Send:
    """Witnesses that show no latest checkpoint, as the protocol allows."""

    def send(method: str, url: str, body: bytes | None, seconds: float) -> Reply:
        return consortium.send(method, url, body, seconds) if method == "POST" else Reply(404, "", b"")

    return send


@pytest.mark.parametrize("shows", [True, False], ids=["shown", "not-shown"])
@pytest.mark.parametrize("kept", [True, False], ids=["kept", "kept-lost"])
def test_an_older_copy_of_the_ledger_is_refused(publisher: Publisher, consortium: Consortium, shows: bool, kept: bool) -> None:
    """All of the ledger's folder was restored from a backup, its kept checkpoint too: only the witnesses know better."""
    publisher.publish(LOG.first(100))
    shutil.copytree(publisher.kept.folder, publisher.root / "backup")
    publisher.publish(LOG)
    shutil.rmtree(publisher.kept.folder)
    if kept:
        shutil.copytree(publisher.root / "backup", publisher.kept.folder)
    signed = len(publisher.signer.signed)
    for size in (100, 200):
        cosigners = consortium.cosigners(None if shows else show_nothing(consortium))
        with pytest.raises(PublishRefused, match="has cosigned 300 entries"):
            publisher.publish(LOG.first(size), cosigners=cosigners, folder="restored")
        assert not (publisher.root / "restored" / "checkpoint").exists()
    # Only where no witness shows anything, and nothing is kept to ask with, the key signs once more before it learns.
    assert (len(publisher.signer.signed) == signed) == (shows or kept)


@pytest.mark.parametrize("shows", [True, False], ids=["shown", "not-shown"])
def test_another_history_is_refused(publisher: Publisher, consortium: Consortium, shows: bool) -> None:
    publisher.publish(LOG.first(100))
    shutil.copytree(publisher.kept.folder, publisher.root / "backup")
    publisher.publish(LOG.first(200))
    shutil.rmtree(publisher.kept.folder)
    shutil.copytree(publisher.root / "backup", publisher.kept.folder)
    cosigners = consortium.cosigners(None if shows else show_nothing(consortium))
    with pytest.raises(PublishRefused, match="history"):
        publisher.publish(make_fork(150, 300).source, cosigners=cosigners, folder="restored")
    assert not (publisher.root / "restored" / "checkpoint").exists()
    assert shows == (len(publisher.signer.signed) == 2)


def test_a_fork_shown_to_one_witness_stops_the_publisher(publisher: Publisher, consortium: Consortium) -> None:
    """Somebody with the log's key had one witness cosign another history of the same size."""
    fork = make_fork(50, 100)
    assert consortium.served["operator"].add_checkpoint(fork.request(0, 100)).status == 200
    with pytest.raises(PublishRefused, match="operator shows a checkpoint of 100 entries"):
        publisher.publish(LOG.first(120))
    assert publisher.signer.signed == []


def test_the_list_changes(publisher: Publisher, consortium: Consortium) -> None:
    publisher.publish(LOG, settings=make_settings(consortium, NAMES))
    listed, consortium.listed = consortium.listed, consortium.listed[1:]
    published = publisher.publish(LOG, settings=make_settings(consortium, NAMES[1:]))
    assert published.cosigned == NAMES[1:]
    assert list_cosigners(publisher.shown(), consortium) == list(NAMES[1:])
    assert sorted(path.name for path in (publisher.folder / "witness").iterdir()) == sorted(f"{name}.vkey" for name in NAMES[1:])
    consortium.listed = listed
    assert publisher.publish(LOG, settings=make_settings(consortium, NAMES)).cosigned == NAMES


def test_the_logs_key_is_rotated(tmp_path: Path) -> None:
    new_signer = SeedKey(b"\x05" * 32)
    new_key = build_log_key(LOG_KEY.name, new_signer.public_key)
    with ExitStack() as stack:
        consortium = Consortium(stack, tmp_path / "witnesses", NAMES, logs=(LOG_KEY, new_key))
        publisher = Publisher(tmp_path, consortium)
        publisher.publish(LOG.first(100))
        keys = order_log_keys(LOG_KEY.public.hex(), LogKeyRecord([LOG_KEY.public.hex()], 9, new_key.public.hex(), "r"), 9)
        listed = WitnessList(tuple(consortium.listed), tuple(choose_quorum(NAMES, ["citizens"])))
        rotated = build_settings(build_genesis(), listed, keys)
        assert (rotated.key, rotated.former_keys) == (new_key, (LOG_KEY,))
        for size in (100, 200):
            cosigners = Cosigners(consortium.listed, [new_key, LOG_KEY], 60.0, consortium.send)
            published = publisher.publish(LOG.first(size), settings=rotated, cosigners=cosigners, signer=new_signer)
            assert published.cosigned == NAMES
            checkpoint = parse_checkpoint(publisher.shown(), "checkpoint")
            assert read_signature(checkpoint, new_key, "checkpoint") is not None
            assert checkpoint.size == size
        with pytest.raises(PublishRefused):
            publisher.publish(LOG)  # The former key, which the settings of before the change name, goes on no more.


def test_a_key_signs_from_its_height_on() -> None:
    record = LogKeyRecord(["aa", "bb"], 9, "cc", "a resolution")
    assert order_log_keys("aa", None, 9) == ["aa"]
    assert [order_log_keys("aa", record, height)[-1] for height in (7, 8, 9, 10)] == ["bb", "bb", "cc", "cc"]


@pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed-but-persisted"])
def test_crash_at_every_call(tmp_path: Path, persisted: bool) -> None:
    """What is shown stays whole; no two histories are signed or cosigned; a repetition ends with all cosignatures."""
    counted = FailingFiles(NEVER, persisted)
    with ExitStack() as stack:
        consortium = Consortium(stack, tmp_path / "witnesses", NAMES)
        publisher = Publisher(tmp_path / "counted", consortium)
        publisher.publish(LOG.first(250))
        publisher.publish(LOG.first(259), files=counted)
    for fail_at in range(len(counted.log)):
        root = tmp_path / f"{fail_at}"
        with ExitStack() as stack:
            consortium = Consortium(stack, root / "witnesses", NAMES)
            publisher = Publisher(root, consortium)
            publisher.publish(LOG.first(250))
            with pytest.raises(Fault):
                publisher.publish(LOG.first(259), files=FailingFiles(fail_at, persisted))
            assert check_published(publisher.folder) in (250, 259)
            assert list_cosigners(publisher.shown(), consortium) == list(NAMES)
            assert publisher.publish(LOG.first(259)).cosigned == NAMES
            assert list_cosigners(publisher.shown(), consortium) == list(NAMES)
            assert publisher.kept.read() == publisher.shown()
            assert publisher.publish(LOG).cosigned == NAMES
            for body in publisher.signer.signed:
                signed = parse_checkpoint(body + "\n— nobody AAAAAAA=\n".encode(), "signed")
                assert signed.root == fold_edge(LOG.edges[signed.size])
