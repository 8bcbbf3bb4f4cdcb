"""A vote changes the log's key while the log is followed: nothing is interrupted, and what was kept before stays good."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

import msgspec
import pytest

from prasasti import bootstrap
from prasasti.contracts import CONTRACTS
from prasasti.core.contract import encode_table
from prasasti.log.checkpoint import build_log_key, format_vkey
from prasasti.log.publish import Published, PublishRefused, build_settings
from prasasti.log.source import LogSigner
from prasasti.log.witness_policy import WitnessList, choose_quorum
from prasasti.services.publishing import follow_ledger, prove_transaction, publish_ledger
from prasasti.storage.documents import DocumentStore
from prasasti_verify.notes import Key, parse_checkpoint, read_signature
from tests.contracts.governing import FOUR, holder, officer
from tests.contracts.governing import Consortium as Members
from tests.core.examples import DOCUMENT
from tests.core.ledger import ACCEPTED, key_of
from tests.lies.world import LogSigner as Signer
from tests.verify.running import run
from tests.witness.worlds import Consortium

PATIENCE_SECONDS = 60.0
NEW = "agency-1/log"
TICK = ("governance.advance_clock", {"seconds": 1}, officer("agency-1"))


class World:
    """Members that voted for a new key of the log from a height on, witnesses that know both keys, a folder."""

    def __init__(self, root: Path, stack: ExitStack) -> None:
        self.folder, self.public = root / "ledger", root / "public"
        (self.folder / "made").mkdir(parents=True)
        self.members = Members(self.folder / "made", FOUR, consensus_parts=msgspec.to_builtins(bootstrap.allowed_parts()))
        (self.folder / "ledger.sqlite").symlink_to(self.members.ledger.path)
        with closing(DocumentStore.create(self.folder / "documents.sqlite")) as documents:
            documents.put((encode_table(contract), "application/json") for contract in CONTRACTS)
        self.old = build_settings(self.members.ledger.genesis_bytes).key
        self.new = build_log_key(self.old.name, bytes.fromhex(key_of(NEW)))
        self.witnesses = Consortium(stack, root / "witnesses", tuple(FOUR), logs=(self.old, self.new))
        self.listed = WitnessList(tuple(self.witnesses.listed), tuple(choose_quorum(tuple(FOUR), ["citizens-1"])))
        self.height = self.members.ledger.application.info().height + 40
        signers = (holder("operator-1/registrar"), (NEW, "identity.new_key"))
        arguments = {"height": self.height, "key": key_of(NEW)}
        assert self.members.enact("rotate", "rotate_log_key", arguments, *signers, days=28) == ACCEPTED
        while self.members.ledger.application.info().height < self.height - 2:
            self.tick()

    def tick(self) -> None:
        assert self.members.ledger.do(*TICK) == ACCEPTED

    @property
    def size(self) -> int:
        return self.members.ledger.application.info().size

    def publish(self, *signers: LogSigner) -> Published:
        with bootstrap.open_for_reading(self.folder) as ledger:
            return publish_ledger(ledger, self.public, *signers, witnesses=self.listed, send=self.witnesses.send)

    def signed_by(self) -> list[Key]:
        checkpoint = parse_checkpoint((self.public / "checkpoint").read_bytes(), "checkpoint")
        return [key for key in (self.old, self.new) if read_signature(checkpoint, key, "checkpoint") is not None]

    def check(self, *arguments: object) -> None:
        """The verifier finds all in order, but the members' reasons, which nobody wrote."""
        genesis = sha256(self.members.ledger.genesis_bytes).hexdigest()
        _, report = run(self.public, "--genesis", genesis, *arguments)
        assert (report["verdict"], report["problem"]) == ("documents are missing", "")
        assert all(DOCUMENT["sha256"] in each for each in report["missing"])

    def keep(self, name: str) -> Path:
        """A copy of the checkpoint and of its key, as a reader keeps them."""
        for each in ("checkpoint", "log.vkey", "policy"):
            shutil.copy(self.public / each, self.public.parent / f"{name}.{each}")
        return self.public.parent / f"{name}.checkpoint"

    @contextmanager
    def followed(self, *signers: LogSigner) -> Iterator[Callable[[], None]]:
        """Publishing goes on in a thread; what is given waits until all is published and cosigned."""
        stop, shown = Event(), list[Published]()
        problems: list[Exception] = []

        def follow() -> None:
            try:
                with bootstrap.open_for_reading(self.folder) as ledger:
                    follow_ledger(
                        lambda: self.publish(*signers), ledger.database.size, stop,
                        report=shown.append, report_problem=problems.append, poll_seconds=0.01,
                    )  # fmt: skip
            except PublishRefused as problem:
                problems.append(problem)

        def wait() -> None:
            until = time.monotonic() + PATIENCE_SECONDS
            while not shown or shown[-1].size < self.size:
                assert not problems, problems
                assert time.monotonic() < until
                time.sleep(0.01)
            assert (shown[-1].cosigned, shown[-1].uncosigned) == (tuple(FOUR), {})

        thread = Thread(target=follow)
        thread.start()
        try:
            yield wait
        finally:
            stop.set()
            thread.join()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ExitStack() as stack:
        made = World(tmp_path, stack)
        yield made
        made.members.ledger.close()


def test_a_log_that_is_followed_changes_its_key(world: World, tmp_path: Path) -> None:
    """Before the height, at it, after it: who signs; the verifier, kept checkpoints, witnesses, proofs and the next start."""
    with world.followed(Signer(), Signer(NEW)) as wait_until_published:
        wait_until_published()
        assert world.signed_by() == [world.old]
        early = world.keep("early")
        world.check("--key", tmp_path / "early.log.vkey", "--policy", tmp_path / "early.policy")
        with bootstrap.open_for_reading(world.folder) as ledger:
            identifier = world.members.ledger.results[-1].receipts[-1].id
            (tmp_path / "early.proof").write_bytes(prove_transaction(ledger, identifier))
        world.tick()
        wait_until_published()
        assert world.signed_by() == [world.old], "the block before the height"
        world.tick()
        wait_until_published()
        assert world.signed_by() == [world.old, world.new], "the height's checkpoint bears both signatures"
        handover = world.keep("handover")
        world.check("--key", world.public / "log.vkey", "--previous", early)
        world.tick()
        wait_until_published()
        assert world.signed_by() == [world.new]
    late = ("--key", world.public / "log.vkey", "--policy", world.public / "policy")
    world.check(*late, "--previous", early, "--previous", handover)
    assert (world.public / "log.vkey").read_text() == f"{format_vkey(world.new)}\n"
    # What was proved under the former key stays proved by it; the new one proves the same entry anew.
    assert run("--proof", tmp_path / "early.proof", "--key", tmp_path / "early.log.vkey")[0] == 0
    with bootstrap.open_for_reading(world.folder) as ledger:
        (tmp_path / "late.proof").write_bytes(prove_transaction(ledger, identifier))
    assert run("--proof", tmp_path / "late.proof", *late)[0] == 0
    # Who knows the former key alone is told so, and does not take the folder for right.
    code, told = run(world.public, "--key", tmp_path / "early.log.vkey")
    assert (code, told["problem"]) == (1, "log.vkey: is not the key that you gave")
    # The ledger opens for writing on the kept checkpoint of either key.
    world.members.ledger.database.close()
    with bootstrap.open_for_writing(world.folder) as ledger:
        assert ledger.database.size() == world.size


def test_the_former_key_is_lost(world: World) -> None:
    """The new one signs alone."""
    world.publish(Signer())
    for _ in range(2):
        world.tick()
    world.publish(Signer(NEW))
    assert world.signed_by() == [world.new]


def test_the_new_key_was_not_given(world: World) -> None:
    """Publishing stops with a word that says which key, and that votes chose it; nothing is signed."""
    world.publish(Signer())
    for _ in range(2):
        world.tick()
    with pytest.raises(PublishRefused, match=f"signed by {key_of(NEW)}, by a vote; give that key, and the former one beside it"):
        world.publish(Signer())
    assert world.signed_by() == [world.old]
    world.publish(Signer(NEW), Signer())
    assert world.signed_by() == [world.old, world.new], "in whichever order they are given"
