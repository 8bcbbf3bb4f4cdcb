"""What a new process knows of the past: used ids, refusals counted, both rebuilt from the log."""

from __future__ import annotations

from pathlib import Path

import pytest

from prasasti.core.transition import REFUSED_ID_KEPT_SECONDS
from prasasti.engines.application import Application
from prasasti.engines.embedded import EngineHalted
from tests.core.ledger import START
from tests.engines.world import (
    HOUR_SECONDS,
    OTHER,
    Envelopes,
    HandClocks,
    expect_code,
    expect_receipt,
    found,
    open_database,
    open_ledger,
    read_tables,
)

NOW = START + 60
QUOTA = 60

each_process = pytest.mark.parametrize("is_new", [False, True], ids=["same-process", "new-process"])


class Node:
    """A ledger with its clock, whose process ends and starts again where ``is_new``."""

    def __init__(self, folder: Path, is_new: bool) -> None:
        self.folder = found(folder)
        self.clocks = HandClocks(NOW)
        self.is_new = is_new
        self._open()

    def _open(self) -> None:
        self._opened = open_ledger(self.folder, self.clocks)
        self.ledger = self._opened.__enter__()
        self.make = Envelopes(self.ledger)

    def pass_seconds(self, seconds: int) -> None:
        self.clocks.pass_seconds(seconds)
        if self.is_new:
            self.close()
            self._open()

    def close(self) -> None:
        self._opened.__exit__(None, None, None)


@each_process
def test_an_actor_over_its_quota_waits_an_hour(tmp_path: Path, is_new: bool) -> None:
    """Sixty refusals recorded: nothing of it is admitted, of others everything, until the first is an hour old."""
    node = Node(tmp_path / "ledger", is_new)
    try:
        node.ledger.submit([node.make.put(text="refuse") for _ in range(QUOTA - 1)])
        node.pass_seconds(10)
        last = expect_receipt(node.ledger.submit([node.make.put(text="refuse")])[0])
        assert last.refusal is not None, "the sixtieth is still recorded"
        for seconds in (0, 5, HOUR_SECONDS - 16):
            node.pass_seconds(seconds)
            assert expect_code(node.ledger.submit([node.make.put()])[0]) == "admission.12"
            expect_receipt(node.ledger.submit([node.make.sign("rehearsal.put", {"texts": {"a": "one"}}, OTHER)])[0])
        node.pass_seconds(1)
        expect_receipt(node.ledger.submit([node.make.put()])[0])
        assert expect_receipt(node.ledger.submit([node.make.put(text="refuse")])[0]).refusal is not None
    finally:
        node.close()


@each_process
@pytest.mark.parametrize("text", ["one", "refuse"], ids=["accepted", "refused"])
def test_an_id_is_used_while_its_envelope_could_be_admitted(tmp_path: Path, is_new: bool, text: str) -> None:
    """Recorded once, it comes back as recorded until its envelope has expired, and as expired from then on."""
    node = Node(tmp_path / "ledger", is_new)
    try:
        envelope = node.make.put(text=text, expires=NOW + 7_200)
        expect_receipt(node.ledger.submit([envelope])[0])
        for seconds, code in ((0, "admission.6"), (7_199, "admission.6"), (1, "admission.5"), (REFUSED_ID_KEPT_SECONDS, "admission.5")):
            node.pass_seconds(seconds)
            assert expect_code(node.ledger.submit([envelope])[0]) == code
            expect_receipt(node.ledger.submit([node.make.put()])[0])
    finally:
        node.close()


def count_ids(node: Node) -> int:
    """Ids that the application still knows as used."""
    application = node.ledger.state._application  # type: ignore[attr-defined]
    assert isinstance(application, Application)
    return len(application._ids._until)


@each_process
def test_ids_that_expired_are_forgotten(tmp_path: Path, is_new: bool) -> None:
    """Memory is of the unexpired ones only: a node that runs for years does not grow by what it recorded."""
    node = Node(tmp_path / "ledger", is_new)
    try:
        node.ledger.submit([node.make.put(expires=NOW + 10_000) for _ in range(50)])
        assert count_ids(node) == 50
        node.pass_seconds(2 * REFUSED_ID_KEPT_SECONDS)
        expect_receipt(node.ledger.submit([node.make.put()])[0])
        node.pass_seconds(10)
        assert count_ids(node) == 1
    finally:
        node.close()


def test_an_id_that_the_index_forgot_is_not_recorded_twice(tmp_path: Path) -> None:
    """The list of used ids in a block's row was altered: the id's place in the log is known apart, and the engine halts."""
    folder = found(tmp_path / "ledger")
    with open_ledger(folder, HandClocks(NOW)) as ledger:
        envelope = Envelopes(ledger).put()
        recorded = expect_receipt(ledger.submit([envelope])[0]).id
    with open_database(folder) as database:
        altered = recorded.translate(str.maketrans("0123456789abcdef", "123456789abcdef0"))
        statement = "UPDATE block SET ids = CAST(replace(CAST(ids AS TEXT), ?, ?) AS BLOB) WHERE height = 1"
        database._connection.execute(statement, (recorded, altered))
    before = read_tables(folder)
    with open_ledger(folder, HandClocks(NOW)) as ledger, pytest.raises(EngineHalted, match=r"position\.id"):
        ledger.submit([envelope])
    assert read_tables(folder) == before
