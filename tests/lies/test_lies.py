"""Every lie of the table is told about a real ledger and found by whom the table says, where it says, and by nobody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from prasasti_verify.hashing import sha256
from tests.lies.judges import replay, verify
from tests.lies.page import PAGE, render
from tests.lies.table import AUDIT, DISPUTE, JUDGES, KEPT, LIES, VERIFIER, Lie, Stage
from tests.lies.world import World


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(tmp_path_factory.mktemp("honest") / "ledger")


def judge(stage: Stage, kept: Path) -> dict[str, str | None]:
    """What each judge finds. The readers brought key and genesis hash with them."""
    kept.write_bytes(stage.kept)
    key = kept.with_name("given.vkey")
    key.write_bytes((stage.honest.public / "log.vkey").read_bytes())
    genesis_sha256 = sha256(stage.genesis).hex()
    return {
        VERIFIER: verify(stage.folder, key, genesis_sha256),
        KEPT: verify(stage.folder, key, genesis_sha256, [kept]),
        AUDIT: replay(stage.folder),
        DISPUTE: replay(stage.folder, [stage.disputed]) if stage.disputed is not None else None,
    }


def test_the_honest_ledger_is_in_order(honest: World, tmp_path: Path) -> None:
    assert judge(Stage(honest, tmp_path), tmp_path / "kept") == dict.fromkeys(JUDGES)


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
def test_a_lie_is_found_where_the_table_says(lie: Lie, honest: World, tmp_path: Path) -> None:
    stage = Stage(honest, tmp_path)
    kept = tmp_path / "kept"
    places = {"kept": kept, **lie.tell(stage)}
    found = judge(stage, kept)
    for name in JUDGES:
        told = found[name]
        if name in lie.found:
            assert told is not None, f"the {name} finds nothing"
            assert told.startswith(lie.found[name].format(**places)), f"{name}: {told}"
        elif name == KEPT and VERIFIER in lie.found:
            assert told is not None
        elif name == DISPUTE and AUDIT in lie.found:
            continue
        else:
            assert told is None, f"the {name} finds it too: {told}"


def test_rows_are_told_apart() -> None:
    assert len({lie.name for lie in LIES}) == len(LIES)
    assert all(lie.found and set(lie.found) <= set(JUDGES) for lie in LIES)


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "write it anew: python -m tests.lies"
