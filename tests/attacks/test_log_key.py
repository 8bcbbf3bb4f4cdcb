"""A key of the log out of its time: the next one before its height, the former one after it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from prasasti.log.checkpoint import build_log_key, format_vkey, sign_checkpoint
from prasasti.log.proofs import prove_consistency
from prasasti.log.publish import PublishRefused
from prasasti.log.witness import format_request
from prasasti.log.witness_policy import WitnessList
from prasasti.services.witnessing import Witness
from prasasti_verify.notes import Key, parse_checkpoint
from tests.lies.world import LogSigner
from tests.log.worlds import SeedKey, make_entries
from tests.verify.running import run
from tests.witness.test_log_key import NEW, World
from tests.witness.worlds import LOG_KEY, SignedLog, make_fork, run_witness


def forge(world: World, key: Key, signer: LogSigner) -> str:
    """The published checkpoint, signed by another key and shown with it; what the verifier says."""
    shown = parse_checkpoint((world.public / "checkpoint").read_bytes(), "checkpoint")
    (world.public / "checkpoint").write_bytes(sign_checkpoint(key, shown.size, shown.root, signer))
    (world.public / "log.vkey").write_text(f"{format_vkey(key)}\n")
    (world.public / "policy").write_text(f"log {format_vkey(key)}\nquorum none\n")
    _, report = run(world.public)
    return str(report["problem"])


def test_neither_key_signs_out_of_its_time(tmp_path: Path) -> None:
    """Not by the publisher's hand, and not by a thief's: entries say whose time it is."""
    with ExitStack() as stack:
        world = World(tmp_path, stack)
        stack.callback(world.members.ledger.close)
        world.listed = WitnessList((), ("quorum none",))
        with pytest.raises(PublishRefused, match="but this ledger's checkpoints are signed by"):
            world.publish(LogSigner(NEW))
        world.publish(LogSigner(NEW), LogSigner())
        assert world.signed_by() == [world.old]
        kept = (world.public / "checkpoint").read_bytes(), (world.public / "log.vkey").read_bytes(), (world.public / "policy").read_bytes()
        assert "is not the key that genesis and entries name" in forge(world, world.new, LogSigner(NEW))
        for name, content in zip(("checkpoint", "log.vkey", "policy"), kept, strict=True):
            (world.public / name).write_bytes(content)
        for _ in range(3):
            world.tick()
        world.publish(LogSigner(NEW))
        assert "is not the key that genesis and entries name" in forge(world, world.old, LogSigner())


def test_a_witness_that_still_knows_a_stolen_former_key_stops_the_log_and_without_it_does_not(tmp_path: Path) -> None:
    """Why the former key is taken from each witness too (operator's guide): a thief's growth is cosigned like any other."""
    log, fork = SignedLog(make_entries(12)), make_fork(8, 12)
    new_signer = SeedKey(b"\x51" * 32)
    new = build_log_key(LOG_KEY.name, new_signer.public_key)
    genuine = sign_checkpoint(new, 8, log.root(8), new_signer)
    later = format_request(8, prove_consistency(log.nodes, 8, 12), sign_checkpoint(new, 12, log.root(12), new_signer))

    def steal(witness: Witness) -> int:
        assert witness.add_checkpoint(format_request(0, (), genuine)).status == 200
        return witness.add_checkpoint(fork.request(8, 12)).status

    with run_witness(tmp_path / "both", logs=(LOG_KEY, new)) as witness:
        assert steal(witness) == 200
        assert witness.add_checkpoint(later).status == 409
    with run_witness(tmp_path / "one", logs=(new,)) as witness:
        assert steal(witness) == 403
        assert witness.add_checkpoint(later).status == 200
