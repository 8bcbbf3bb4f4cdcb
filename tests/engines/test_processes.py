"""Processes that write to one ledger: killed at any moment, and two of them at once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from prasasti.bootstrap import create_ledger, open_for_reading
from prasasti.core.entries import read_accepted
from prasasti.core.state import Tip
from prasasti.core.types import find_documents
from prasasti.engines.parts import list_allowed_parts
from prasasti.services.check_state import check_state
from prasasti.services.ledger import Ledger
from prasasti.storage.connection import StorageProblem
from tests.core.ledger import build_genesis
from tests.engines.world import WITH_REHEARSAL, Envelopes, expect_receipt, found, open_ledger, read_tip

ROOT = Path(__file__).parents[2]
ROUNDS, LONG_ROUNDS, ROUNDS_A_LEDGER = 20, 1_000, 50


@contextmanager
def start_writer(folder: Path, seed: int) -> Iterator[subprocess.Popen[str]]:
    """A process that writes; it is killed at the end."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    command = [sys.executable, "-m", "tests.engines.writer", str(folder), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def write_and_kill(folder: Path, choose: random.Random) -> list[str]:
    """Start a writer, kill it (SIGKILL) at a moment chosen, also while it starts; the ids that it acknowledged."""
    with start_writer(folder, choose.getrandbits(32)) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(choose.choice([0, 1, 1 + choose.randrange(120), 1 + choose.randrange(120)]))]
        time.sleep(choose.random() * 0.02)
        process.kill()
        lines += process.stdout.readlines()
    assert all(line.endswith("\n") for line in lines), "each was written whole"
    return [line.strip() for line in lines if line != "open\n"]


def check_survived(folder: Path, acknowledged: list[str], before: Tip | None) -> Tip:
    """Everything acknowledged is recorded, every row agrees, the ledger goes on from where it stood, documents are there."""
    with open_for_reading(folder, WITH_REHEARSAL) as ledger:
        report = check_state(ledger.database)
        assert report.difference is None
        assert report.tip is not None
        assert [each for each in acknowledged if ledger.database.find_position(each) is None] == []
        if before is not None:
            assert report.tip.height >= before.height
            assert ledger.database.edge(before.size) == before.edge
        check_documents(ledger, before.size if before is not None else 0)
        return report.tip


def check_documents(ledger: Ledger, since: int) -> None:
    for _, entry in ledger.database.entries(since, ledger.database.size()):
        transaction = read_accepted(entry)
        for document in find_documents(transaction.payload["arguments"]) if transaction is not None else ():
            assert ledger.documents.read(document.sha256) is not None


def kill_rounds(folder: Path, rounds: int, seed: int) -> int:
    """Rounds of kill and recovery on one ledger; how many transactions were acknowledged."""
    choose = random.Random(seed)
    found(folder)
    acknowledged: list[str] = []
    tip = None
    for _ in range(rounds):
        acknowledged += write_and_kill(folder, choose)
        tip = check_survived(folder, acknowledged, tip)
    with open_ledger(folder) as ledger:
        expect_receipt(ledger.submit([Envelopes(ledger).put()])[0])
    check_survived(folder, acknowledged, tip)
    return len(acknowledged)


def test_twenty_kills_under_load_lose_nothing_acknowledged(tmp_path: Path) -> None:
    assert kill_rounds(tmp_path / "ledger", ROUNDS, seed=4) > ROUNDS * 10


@pytest.mark.long
def test_a_thousand_kills_under_load_lose_nothing_acknowledged(tmp_path: Path) -> None:
    for number in range(LONG_ROUNDS // ROUNDS_A_LEDGER):
        assert kill_rounds(tmp_path / str(number), ROUNDS_A_LEDGER, seed=number) > ROUNDS_A_LEDGER * 10


def test_a_second_writer_is_refused_until_the_first_dies(tmp_path: Path) -> None:
    """With words for whoever started it, from another process and the same; reading goes on; a kill frees the ledger."""
    folder = found(tmp_path / "ledger")
    with start_writer(folder, seed=1) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        acknowledged = process.stdout.readline().strip()
        for _ in range(2):
            with pytest.raises(StorageProblem, match=r"another process is writing to .*ledger"), open_ledger(folder):
                pass
        with pytest.raises(StorageProblem, match="another process is writing"):
            create_ledger(folder, build_genesis(WITH_REHEARSAL, consensus_parts=list_allowed_parts()), WITH_REHEARSAL)
        with open_for_reading(folder, WITH_REHEARSAL) as ledger:
            assert ledger.database.find_position(acknowledged) is not None
        process.kill()
        process.wait()
        with open_ledger(folder) as ledger:
            expect_receipt(ledger.submit([Envelopes(ledger).put()])[0])
            with pytest.raises(StorageProblem, match="another process is writing"), open_ledger(folder):
                pass
    with open_ledger(folder) as ledger:
        expect_receipt(ledger.submit([Envelopes(ledger).put()])[0])
    read_tip(folder)
