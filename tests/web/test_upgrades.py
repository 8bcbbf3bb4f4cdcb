"""What votes let act while a node runs: the next version of a contract without a restart, or a halt before what it cannot judge."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from prasasti import bootstrap
from prasasti.contracts import CONTRACTS
from prasasti.core.contract import Contract, find_message
from prasasti.storage.documents import DocumentStore
from prasasti.web.client import open_remote
from tests.contracts.governing import FOUR, Consortium, holder, officer
from tests.contracts.test_activation import NEXT, TABLE
from tests.core.examples import CONSENSUS_PARTS
from tests.core.ledger import ACCEPTED
from tests.engines.world import WITH_REHEARSAL
from tests.web.world import PATIENCE_SECONDS, make_envelope, serving, start_process

ACTIVATION = {"contract": "procurement", "table": TABLE, "version": 2}
OWN_PARTS = msgspec.to_builtins(bootstrap.allowed_parts())
UPGRADE = {"consensus_parts": CONSENSUS_PARTS | {"pynacl": OWN_PARTS["pynacl"]}, "release": "release.2", "version": "2"}
TICK = ("governance.advance_clock", {"seconds": 1}, officer("agency-1"))
BLOCKS_AHEAD = 2


def vote(folder: Path, action: str, arguments: dict[str, Any], contracts: Sequence[Contract] = CONTRACTS) -> tuple[bytes, int]:
    """A ledger whose members decided an act; its genesis, and the height that is two blocks ahead."""
    folder.mkdir()
    place = folder / "made"
    place.mkdir()
    consortium = Consortium(place, FOUR, contracts, consensus_parts=OWN_PARTS)
    application = consortium.ledger.application
    assert consortium.adopt("release", "release.2") == ACCEPTED
    assert consortium.vote("release", "yes", *FOUR) == ACCEPTED
    consortium.wait(14)
    height = application.info().height + 40
    assert consortium.enact("act", action, arguments | {"height": height}) == ACCEPTED
    while application.info().height < height - 1 - BLOCKS_AHEAD:
        assert consortium.ledger.do(*TICK) == ACCEPTED
    consortium.ledger.close()
    shutil.move(consortium.ledger.path, folder / "ledger.sqlite")
    shutil.rmtree(place)
    DocumentStore.create(folder / "documents.sqlite").close()
    return consortium.ledger.genesis_bytes, height


def test_a_node_goes_on_with_the_next_version(tmp_path: Path) -> None:
    """It takes the new messages, also of the program that asks it over HTTP, and describes them, without a restart."""
    contracts = (*WITH_REHEARSAL, NEXT)
    _, height = vote(tmp_path / "ledger", "activate_contract", ACTIVATION, WITH_REHEARSAL)
    greet = ("procurement.greet", {"name": "all"}, holder("agency-1/officer"))
    registry_for = partial(bootstrap.registry_for, contracts=contracts)
    with serving(tmp_path, is_published=False, contracts=contracts) as served:
        with open_remote(served.address, registry_for) as remote:
            assert find_message(remote.registry, "procurement.greet") is None
        early = served.submit(served.envelopes.sign(*greet))
        assert (early.status_code, early.json()["code"]) == (422, "admission.3")
        for _ in range(BLOCKS_AHEAD):
            assert served.submit(served.envelopes.sign(*TICK)).is_success
        assert served.submit(served.envelopes.sign(*greet)).json()["receipt"]["height"] == height
        with open_remote(served.address, registry_for) as remote:
            assert find_message(remote.registry, "procurement.greet") is not None
        until = time.monotonic() + PATIENCE_SECONDS
        while "procurement.greet" not in str(served.client.get("/v1/messages").json()):
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.mark.parametrize(
    ("action", "arguments", "words"),
    [
        ("activate_contract", ACTIVATION, f"procurement version 2 with table {TABLE}, which this program does not have"),
        ("plan_upgrade", UPGRADE, r"libsodium is [^ ]+; this ledger allows .* only"),
    ],
    ids=["version", "parts"],
)
def test_a_node_halts_before_what_it_cannot_judge(tmp_path: Path, action: str, arguments: dict[str, Any], words: str) -> None:
    """The block before is recorded; the word says what is lacking; exit 3, and no start until it is there."""
    genesis, height = vote(tmp_path / "ledger", action, arguments)
    with start_process(tmp_path / "ledger", genesis) as served:
        tick: Callable[[], bytes] = lambda: make_envelope(served.chain, *TICK)  # noqa: E731
        statuses = [served.post(tick())[0] for _ in range(BLOCKS_AHEAD)]
        assert served.process.wait(PATIENCE_SECONDS) == 3
        assert re.search(words, served.log.read_text())
    assert statuses == [200, 503]
    with bootstrap.open_for_reading(tmp_path / "ledger", (*CONTRACTS, NEXT)) as ledger:
        assert ledger.database.read_tip().height == height - 1
    with (
        pytest.raises((bootstrap.ContractMismatch, bootstrap.PartsDiffer), match=words),
        bootstrap.open_for_writing(tmp_path / "ledger"),
    ):
        pass
