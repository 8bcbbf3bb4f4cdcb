"""An import or a publication killed at any moment loses nothing and doubles nothing: whoever runs it again comes to the same end."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.child import Ended, run_child
from tests.acceptance.commands import PUBLISHER, import_files, make_ledger, publish, run, run_json, verify
from tests.acceptance.published import hash_files, list_attestations, read_document, read_size
from tests.acceptance.synthetic import make_release, write_package
from tests.judges import run_fsck

RELEASES = 400
SEED = 20261124
LAST_STEPS = 80
EXPECTED = [(release["ocid"], release["id"]) for release in map(make_release, range(RELEASES))]


@dataclass(frozen=True)
class World:
    """A source, a ledger that holds all of it, published without disturbance."""

    source: Path
    ledger: Path
    published: Path
    whole: Ended
    counted: Ended


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_package(tmp_path_factory.mktemp("source") / "source.json", map(make_release, range(RELEASES)))


def list_kills(whole: Ended, counted: Ended, rounds: int) -> Iterator[dict[str, Any]]:
    """Moments within an undisturbed run: at a step, at one of the last ones, after a time. The steps are the same ones each time."""
    assert (whole.code, counted.code) == (0, 0), whole.output + counted.output
    chance = random.Random(SEED)
    stride = LAST_STEPS // rounds
    for number in range(rounds):
        yield {"step": chance.randrange(1, counted.steps)}
        yield {"step": counted.steps - chance.randrange(number * stride, (number + 1) * stride)}
        yield {"seconds": chance.uniform(0, whole.seconds)}


def count_recorded(ledger: Path) -> int:
    """Releases that a ledger holds, which must be sound."""
    found = run_json("check-state", "--ledger", ledger)
    assert found["wrong"] is None
    return int(found["entries"] - found["blocks"])


def test_an_import_is_killed_and_run_again(source: Path, tmp_path: Path) -> None:
    whole = run_child("import", "ocds", source, "--ledger", make_ledger(tmp_path / "whole"))
    counted = run_child("import", "ocds", source, "--ledger", make_ledger(tmp_path / "counted"), step=0)
    ledger = make_ledger(tmp_path / "ledger")
    recorded = [0]
    for kill in list_kills(whole, counted, rounds=3):
        ended = run_child("import", "ocds", source, "--ledger", ledger, **kill)
        assert ended.was_killed or ended.code == 0, ended.output
        recorded.append(count_recorded(ledger))
    assert recorded == sorted(recorded)
    assert any(0 < count < RELEASES for count in recorded), recorded

    kinds = import_files(ledger, source)["kinds"]
    assert (kinds["recorded"], kinds["unchanged"]) == (RELEASES - recorded[-1], recorded[-1])
    check_recorded_once(ledger, tmp_path / "published")


def test_an_import_stopped_at_the_keyboard_keeps_what_it_recorded(source: Path, tmp_path: Path) -> None:
    ledger = make_ledger(tmp_path / "ledger")
    for batch in (5, 2, 11):
        stopped = run_child("import", "ocds", source, "--ledger", ledger, interrupt_at_batch=batch)
        assert (stopped.code, "Traceback" in stopped.output) == (1, False), stopped.output
    recorded = count_recorded(ledger)
    assert 0 < recorded < RELEASES
    assert import_files(ledger, source)["kinds"]["unchanged"] == recorded
    check_recorded_once(ledger, tmp_path / "published")


def check_recorded_once(ledger: Path, folder: Path) -> None:
    """One entry a release, in their order; the publisher's list numbers them without a gap, by a proof that the verifier checks."""
    publish(ledger, folder)
    attested = list_attestations(folder)
    assert [(each["ocid"], each["release_id"]) for each in attested] == EXPECTED
    assert {each["event"] for each in attested} == {"attested"}
    assert len({read_document(folder, each["document"]["sha256"]) for each in attested}) == RELEASES
    assert verify(folder, "--closed")["verdict"] == "in order"
    assert run_json("audit", folder)["sound"]
    proof = folder.parent / "list.json"
    run("proof", "--list", f"procurement/publisher/{PUBLISHER}", "--output", proof, "--ledger", ledger)
    items = verify("--list", proof, "--key", folder / "log.vkey")["shown"]["items"]
    assert [(item["ocid"], item["release_id"]) for item in items] == EXPECTED


@pytest.fixture(scope="module")
def world(source: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Nothing was published from ``ledger`` itself: each test publishes from a copy."""
    folder = tmp_path_factory.mktemp("world")
    assert run_child("import", "ocds", source, "--ledger", make_ledger(folder / "ledger")).code == 0
    whole, counted = (shutil.copytree(folder / "ledger", folder / name) for name in ("whole", "counted"))
    first = run_child("publish", "--to", folder / "published", "--ledger", whole)
    second = run_child("publish", "--to", folder / "other", "--ledger", counted, step=0)
    return World(source, folder / "ledger", folder / "published", first, second)


def test_a_publication_is_killed_and_run_again(world: World, tmp_path: Path) -> None:
    """Each round kills one publication and the next that should make it good; the third brings the very bytes of an undisturbed one."""
    expected = hash_files(world.published)
    moments = list(list_kills(world.whole, world.counted, rounds=3))
    killed = 0
    for number, (first, second) in enumerate(zip(moments, reversed(moments), strict=True)):
        ledger = shutil.copytree(world.ledger, tmp_path / f"ledger-{number}")
        folder = tmp_path / f"published-{number}"
        for kill in (first, second):
            ended = run_child("publish", "--to", folder, "--ledger", ledger, **kill)
            assert ended.was_killed or ended.code == 0, ended.output
            killed += ended.was_killed
            if (folder / "checkpoint").exists():
                assert verify(folder)["verdict"] == "in order"
            unexpected = {path: digest for path, digest in hash_files(folder).items() if expected.get(path) != digest}
            assert unexpected == {}
        publish(ledger, folder)
        assert hash_files(folder) == expected
    assert killed > len(moments) / 2
    assert verify(world.published, "--closed")["verdict"] == "in order"


def grow_and_kill(world: World, folder: Path) -> tuple[Path, Path]:
    """A ledger that grows while each publication of it is killed, and its published folder once a last one was let be.

    Sizes cross 512, so that a publication may have signed a checkpoint, not shown it, and tiles are full when the next one comes.
    """
    ledger = shutil.copytree(world.ledger, folder / "ledger")
    published = folder / "published"
    publish(ledger, published)
    for number, kill in enumerate(list_kills(world.whole, world.counted, rounds=2)):
        first = RELEASES + 30 * number
        import_files(ledger, write_package(folder / "more.json", map(make_release, range(first, first + 30))))
        size = read_size(published)
        (folder / "seen").write_bytes((published / "checkpoint").read_bytes())
        run_child("publish", "--to", published, "--ledger", ledger, **kill)
        assert verify(published, "--previous", folder / "seen")["verdict"] == "in order"
        assert read_size(published) >= size
    publish(ledger, published)
    return ledger, published


def test_a_growing_log_survives_killed_publications(world: World, tmp_path: Path) -> None:
    ledger, published = grow_and_kill(world, tmp_path)
    assert verify(published, "--previous", tmp_path / "seen", "--closed")["verdict"] == "in order"
    publish(ledger, tmp_path / "anew")
    anew, grown = hash_files(tmp_path / "anew"), hash_files(published)
    assert read_size(published) > 512
    assert {path: grown.get(path) for path in anew} == anew
    assert all(".p/" in path for path in grown.keys() - anew.keys())


@pytest.mark.outside
def test_fsck_accepts_what_was_killed_and_published_again(world: World, tmp_path: Path) -> None:
    _, published = grow_and_kill(world, tmp_path)
    assert run_fsck(published).startswith(f"fsck accepts {read_size(published)} entries of ")
