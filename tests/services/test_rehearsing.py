"""The consortium's course: outcomes are the ledger's own, and witnesses hold the publisher to what they have seen."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prasasti import bootstrap
from prasasti.core.genesis import KeyRecord
from prasasti.integrations.signers import open_training_key
from prasasti.log.publish import PublishRefused, build_settings
from prasasti.services.founding import LOG_KEY_NAME, TRAINING_MEMBERS, make_training_genesis
from prasasti.services.ledger import Ledger
from prasasti.services.publishing import publish_ledger
from prasasti.services.rehearsing import AFTER, LOST, RehearsalProblem, open_witnesses, run_course
from prasasti_verify.notes import parse_policy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    genesis = make_training_genesis(folder / "keys", "course", int(time.time()), bootstrap.allowed_parts(), 4)
    bootstrap.create_ledger(folder, genesis)
    return folder


@pytest.fixture
def ledger(folder: Path) -> Iterator[Ledger]:
    with bootstrap.open_for_writing(folder) as opened:
        yield opened


def key_of(ledger: Ledger, handle: str) -> str:
    return open_training_key(ledger.keys_folder / f"{handle}.training.seed", training=True).public_key.hex()


def test_the_course_ends_with_a_new_value_and_a_new_key(ledger: Ledger) -> None:
    course = run_course(ledger)
    assert (course.outcome, course.value) == ("used", AFTER)
    lost = ledger.state.get(f"identity/key/{key_of(ledger, LOST)}", KeyRecord)
    recovered = ledger.state.get(f"identity/key/{course.recovered}", KeyRecord)
    assert lost is not None
    assert lost.until is not None
    assert recovered is not None
    assert (recovered.handle, recovered.roles, recovered.until) == (LOST, ["identity.registrar"], None)


def test_a_second_course_is_refused_and_says_where(ledger: Ledger) -> None:
    run_course(ledger)
    with pytest.raises(RehearsalProblem, match=r"governance\.propose"):
        run_course(ledger)


def test_the_witnesses_cosign_by_a_quorum_with_a_citizen_and_hold_the_publisher(folder: Path, tmp_path: Path) -> None:
    older = shutil.copytree(folder, tmp_path / "older")
    with bootstrap.open_for_writing(folder) as ledger:
        run_course(ledger)
        signer = open_training_key(ledger.keys_folder / f"{LOG_KEY_NAME}.training.seed", training=True)
        log = build_settings(ledger.genesis_bytes).key
        with open_witnesses(ledger, tmp_path / "witnesses", log, TRAINING_MEMBERS) as (witnesses, send):
            published = publish_ledger(ledger, tmp_path / "published", signer, witnesses=witnesses, send=send)
            assert not published.uncosigned
            policy = parse_policy((tmp_path / "published" / "policy").read_bytes(), "policy")
            assert len(policy.witnesses) == len(TRAINING_MEMBERS)
            with bootstrap.open_for_writing(older) as behind, pytest.raises(PublishRefused, match=r"has cosigned [0-9]+ entries"):
                publish_ledger(behind, tmp_path / "again", signer, witnesses=witnesses, send=send)
