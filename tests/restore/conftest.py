"""One world for all tests of restoring, which change copies of it alone."""

from __future__ import annotations

import pytest

from tests.restore.world import World, build_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The ledger and its publications."""
    return build_world(tmp_path_factory.mktemp("restore"))
