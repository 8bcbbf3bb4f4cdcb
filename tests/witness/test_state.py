"""What a witness remembers: across restarts, failures of each file call, requests at once, and hands in its folder."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from prasasti.log.checkpoint import build_log_key, format_vkey
from prasasti.log.witness_store import WitnessStateProblem, hash_origin
from prasasti.services.witnessing import Witness, read_log_key
from prasasti_verify.notes import COSIGNATURE, Checkpoint, parse_checkpoint
from tests.log.worlds import FailingFiles, Fault, SeedKey, make_entries
from tests.witness.worlds import LOG_KEY, NAME, ORIGIN, WITNESS_SEED, SignedLog, make_fork, read_cosignature, run_witness

LOG = SignedLog(make_entries(64))
FORK = make_fork(5, 64)
NEVER = 10**9


def read_kept(folder: Path) -> Checkpoint | None:
    path = folder / "log" / hash_origin(ORIGIN) / "checkpoint"
    return parse_checkpoint(path.read_bytes(), "kept") if path.exists() else None


def test_it_remembers_across_restarts(tmp_path: Path) -> None:
    with run_witness(tmp_path) as witness:
        assert witness.add_checkpoint(LOG.request(0, 30)).status == 200
    with run_witness(tmp_path) as witness:
        assert witness.add_checkpoint(LOG.request(0, 20)).status == 409
        assert witness.add_checkpoint(FORK.request(30, 40)).status == 422
        assert witness.add_checkpoint(LOG.request(30, 40)).status == 200


@pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed-but-persisted"])
@pytest.mark.parametrize("start", [0, 8], ids=["first", "grown"])
def test_a_death_at_any_file_call_forgets_nothing_answered(tmp_path: Path, start: int, persisted: bool) -> None:
    """Where it died after comparing, the checkpoint of the request stands or does not; what was cosigned before, always."""
    counted = FailingFiles(NEVER, persisted)
    prepare(tmp_path / "counted", start)
    with run_witness(tmp_path / "counted", files=counted) as witness:
        assert witness.add_checkpoint(LOG.request(start, 30)).status == 200
    kept_sizes = set()
    for fail_at in range(len(counted.log)):
        folder = tmp_path / f"{fail_at}"
        prepare(folder, start)
        files = FailingFiles(fail_at, persisted)
        with pytest.raises(Fault), run_witness(folder, files=files) as witness:
            witness.add_checkpoint(LOG.request(start, 30))
        kept = read_kept(folder)
        size = kept.size if kept is not None else 0
        assert size in (start, 30)
        kept_sizes.add(size)
        with run_witness(folder) as witness:
            # Another history gets no cosignature, wherever the first request died once its checkpoint stood.
            assert witness.add_checkpoint(FORK.request(size, 40)).status == (200 if size == 0 else 422)
            if size:
                assert witness.add_checkpoint(LOG.request(size, 40)).status == 200
    assert kept_sizes == {start, 30}


def prepare(folder: Path, size: int) -> None:
    """A witness that has cosigned so many entries."""
    if size:
        with run_witness(folder) as witness:
            assert witness.add_checkpoint(LOG.request(0, size)).status == 200


@pytest.mark.parametrize("persisted", [False, True], ids=["failed", "failed-but-persisted"])
def test_the_same_process_goes_on_after_a_failed_write(tmp_path: Path, persisted: bool) -> None:
    """A disk that was full for a while: the request that failed is repeated, and what it left is made durable first."""
    prepare(tmp_path, 8)
    counted = FailingFiles(NEVER, persisted)
    with run_witness(tmp_path, files=counted) as witness:
        assert witness.add_checkpoint(LOG.request(8, 9)).status == 200
    steps = len(counted.log)
    for number in range(steps):
        size = 9 + number
        files = FailingFiles(number, persisted)
        with run_witness(tmp_path, files=files) as witness:
            with pytest.raises(Fault):
                witness.add_checkpoint(LOG.request(size, size + 1))
            files.fail_at = NEVER
            before = len(files.log)
            answer = witness.add_checkpoint(LOG.request(size, size + 1))
            if answer.status == 409:
                assert answer.body == b"%d\n" % (size + 1)
                answer = witness.add_checkpoint(LOG.request(size + 1, size + 1))
            read_cosignature(answer, LOG.note(size + 1).partition(b"\n\n")[0] + b"\n")
            assert [name for name, _ in files.log[before:]][-4:] == ["create", "sync", "rename", "sync_folder"]


def test_of_two_histories_at_once_one_is_cosigned(tmp_path: Path) -> None:
    """The race that tlog-witness warns of, with every request well formed and proved."""
    for round_number in range(8):
        folder = tmp_path / f"{round_number}"
        with run_witness(folder) as witness, ThreadPoolExecutor(8) as pool:
            barrier = Barrier(8)
            bodies = [(LOG if number % 2 else FORK).request(0, 20 + number // 2) for number in range(8)]

            def ask(body: bytes, barrier: Barrier = barrier, witness: Witness = witness) -> int:
                barrier.wait()
                return witness.add_checkpoint(body).status

            statuses = list(pool.map(ask, bodies))
        winner = statuses.index(200)
        assert sorted(statuses) == [200] + [409] * 7
        kept = read_kept(folder)
        assert kept is not None
        assert kept.root == (LOG if winner % 2 else FORK).root(20 + winner // 2)


def test_many_at_once_never_roll_back(tmp_path: Path) -> None:
    """Requests race with sizes that they guess: the sizes cosigned, in the order of the state, never fall."""
    with run_witness(tmp_path) as witness, ThreadPoolExecutor(8) as pool:

        def grow(number: int) -> list[int]:
            cosigned = []
            for size in range(number - 1, 64, 8):
                old = 0
                while True:
                    answer = witness.add_checkpoint(LOG.request(old, size))
                    if answer.status != 409 or int(answer.body) > size:
                        break
                    old = int(answer.body)
                if answer.status == 200:
                    cosigned.append(size)
                    kept = read_kept(tmp_path)
                    assert kept is not None
                    assert kept.size >= size
                else:
                    assert answer.status == 409
            return cosigned

        assert {size for done in pool.map(grow, range(1, 9)) for size in done} >= {63}
        kept = read_kept(tmp_path)
        assert kept is not None
        assert kept.size == 63


def test_a_folder_serves_one_process_and_one_key(tmp_path: Path) -> None:
    with run_witness(tmp_path), pytest.raises(WitnessStateProblem, match="another witness process"), run_witness(tmp_path):
        pass
    for other in ({"name": "witness.example/two"}, {"seed": b"\x22" * 32}):
        with pytest.raises(WitnessStateProblem, match="belongs to the witness"), run_witness(tmp_path, **other):
            pass
    prepare(tmp_path, 8)
    (tmp_path / "witness.vkey").unlink()
    with pytest.raises(WitnessStateProblem, match="restore it"), run_witness(tmp_path):
        pass


@pytest.mark.parametrize("damage", ["cut", "other", "unsigned"])
def test_a_damaged_state_halts_it(tmp_path: Path, damage: str) -> None:
    """A state that was edited would let it cosign what it may not; it answers nothing rather than forget."""
    prepare(tmp_path, 8)
    path = tmp_path / "log" / hash_origin(ORIGIN) / "checkpoint"
    data = {"cut": path.read_bytes()[:40], "other": path.read_bytes().replace(b"\n8\n", b"\n4\n"), "unsigned": LOG.note(4)}
    path.write_bytes(data[damage])
    with run_witness(tmp_path) as witness:
        for request in (LOG.request(0, 30), LOG.request(4, 30), LOG.request(8, 30)):
            with pytest.raises(WitnessStateProblem, match="restore the witness's folder"):
                witness.add_checkpoint(request)


def test_a_name_or_key_in_two_roles_is_refused(tmp_path: Path) -> None:
    own_key = build_log_key(ORIGIN, SeedKey(WITNESS_SEED).public_key)
    cosigner = LOG_KEY._replace(kind=COSIGNATURE)
    for logs in ((own_key,), (LOG_KEY._replace(name=NAME),), (cosigner,), ()):
        with pytest.raises(WitnessStateProblem), run_witness(tmp_path / "w", logs=logs):
            pass
    for name in ("two words", "plus+sign", ""):
        with pytest.raises(WitnessStateProblem, match="name"), run_witness(tmp_path / "w", name=name):
            pass
    assert not (tmp_path / "w").exists()


def test_an_outside_signer_is_not_believed(tmp_path: Path) -> None:
    with run_witness(tmp_path) as witness:
        witness._signer = type("Liar", (), {"sign": lambda _, message: b"\0" * 64})()
        with pytest.raises(Exception, match="does not verify"):
            witness.add_checkpoint(LOG.request(0, 8))
        assert read_kept(tmp_path) is None


def test_log_keys_are_read_from_words_or_files(tmp_path: Path) -> None:
    path = tmp_path / "log.vkey"
    path.write_text(f"{format_vkey(LOG_KEY)}\n", encoding="utf-8")
    assert read_log_key(str(path)) == read_log_key(format_vkey(LOG_KEY)) == LOG_KEY
    with pytest.raises(WitnessStateProblem):
        read_log_key("a+b+c")
