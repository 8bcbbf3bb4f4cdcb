"""Go programs of other authors accept the published log as it grows, and compute the very proofs that we do."""

from __future__ import annotations

import base64
from collections.abc import Callable
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import pytest

from prasasti.log.proofs import compute_range_root, nodes_from_tiles, prove_consistency, prove_inclusion
from tests.acceptance.commands import import_files, make_ledger, publish, run, verify
from tests.acceptance.published import read_entries, read_size
from tests.acceptance.synthetic import make_release, write_package
from tests.judges import run_fsck, run_sumdb

# Each import is one block, so one entry more than it has releases. Sizes end just before, at and after the edges of tiles.
IMPORTS = {4: 5, 249: 255, 1: 257, 42: 300, 211: 512, 2: 515}


@pytest.mark.outside
def test_judges_agree_with_our_proofs_at_every_size(tmp_path: Path) -> None:
    ledger, published = make_ledger(tmp_path / "ledger"), tmp_path / "published"
    sizes: list[int] = []
    first = 0
    for count, size in IMPORTS.items():
        import_files(ledger, write_package(tmp_path / "source.json", map(make_release, range(first, first + count))))
        first += count
        assert publish(ledger, published)["size"] == size
        assert run_fsck(published).startswith(f"fsck accepts {size} entries of ")
        sizes.append(size)
        compare_proofs(published, sizes)
    compare_files(ledger, published, tmp_path)


def compare_proofs(published: Path, sizes: list[int]) -> None:
    """Inclusion of every entry in the newest tree, consistency of every pair of trees, every root: theirs and ours are equal."""
    size = sizes[-1]
    found = run_sumdb(published, sizes[:-1])
    nodes = nodes_from_tiles(reader(published), size)
    assert found["size"] == size
    assert found["roots"] == {each: compute_range_root(nodes, 0, each).hex() for each in sizes}
    assert found["inclusion"] == {index: as_hex(prove_inclusion(nodes, index, size)) for index in range(size)}
    assert found["consistency"] == {pair: as_hex(prove_consistency(nodes, *pair)) for pair in combinations(sizes, 2)}


def compare_files(ledger: Path, published: Path, folder: Path) -> None:
    """The files that ``prasasti proof`` writes, for entries at the edges of blocks and tiles, say the same."""
    entries = read_entries(published)
    size = read_size(published)
    chosen = [index for index in (1, 4, 6, 254, 256, 258, 259, 299, 511, 513, size - 1) if entries[index]["kind"] == "transaction"]
    assert len(chosen) > 6
    inclusion = run_sumdb(published, indexes=chosen)["inclusion"]
    for index in chosen:
        path = folder / f"{index}.tlog-proof"
        identifier = sha256(base64.b64decode(entries[index]["envelope"]["payload"])).hexdigest()
        run("proof", identifier, "--output", path, "--ledger", ledger)
        lines = path.read_text(encoding="utf-8").partition("\n\n")[0].splitlines()
        assert (lines[0], lines[2]) == ("c2sp.org/tlog-proof@v1", f"index {index}")
        assert [base64.b64decode(line).hex() for line in lines[3:]] == inclusion[index]
        assert verify("--proof", path, "--key", published / "log.vkey")["shown"]["entry"] == entries[index]


def reader(folder: Path) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        return (folder / path).read_bytes() if (folder / path).exists() else None

    return read


def as_hex(hashes: tuple[bytes, ...]) -> list[str]:
    return [each.hex() for each in hashes]
