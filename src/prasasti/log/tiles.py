"""The rightmost tiles of a tree that grows (C2SP tlog-tiles): all that making the tiles to the right of them needs.

Owns which tiles a size has and what they hold. Pure: reading and writing are the caller's; paths are the verifier's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from prasasti_verify.hashing import extend_edge, fold_edge
from prasasti_verify.tiles import tile_path

TILE_WIDTH = 256
HASH_BYTES = 32
ENTRIES = "entries"


@dataclass(frozen=True)
class Tile:
    """A tile's place and content. Level 0 holds leaf hashes; a higher one, the roots of full tiles of the level below."""

    level: int
    index: int
    hashes: list[bytes]

    @property
    def path(self) -> str:
        """Where it is published; partial where it holds fewer than 256 hashes."""
        return tile_path(self.level, self.index, len(self.hashes))


def list_partial_tiles(size: int) -> list[tuple[int, int, int]]:
    """Level, index and width of the partial tiles of a tree of this size, lowest level first; none is empty."""
    partial = []
    level = 0
    while size:
        if size % TILE_WIDTH:
            partial.append((level, size // TILE_WIDTH, size % TILE_WIDTH))
        size //= TILE_WIDTH
        level += 1
    return partial


class RightEdge:
    """The partial tiles of a tree at one size; it grows by leaf hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._levels: list[list[bytes]] = [[]]

    @classmethod
    def load(cls, size: int, read: Callable[[str], bytes | None]) -> RightEdge | str:
        """Edge of a published tree from its partial tiles, or the path of the first that is missing or of a wrong length.

        The caller compares ``compute_root`` with a signed root before it believes what was read.
        """
        edge = cls()
        edge.size = size
        for level, index, width in list_partial_tiles(size):
            path = tile_path(level, index, width)
            hashes = read(path)
            if hashes is None or len(hashes) != width * HASH_BYTES:
                return path
            edge._level(level).extend(hashes[start : start + HASH_BYTES] for start in range(0, len(hashes), HASH_BYTES))
        return edge

    def leaf(self, position: int) -> bytes:
        """Leaf hash of a position in the partial tile of level 0."""
        return self._levels[0][position % TILE_WIDTH]

    def extend(self, leaves: Sequence[bytes]) -> tuple[Tile, ...]:
        """Append leaf hashes, to the end of a tile at most; the tiles that this makes full, lowest level first."""
        self._levels[0] += leaves
        self.size += len(leaves)
        return () if self.size % TILE_WIDTH else tuple(self._take_full_tiles())

    def list_partial(self) -> list[Tile]:
        """The partial tiles at this size, lowest level first."""
        return [Tile(level, index, self._levels[level].copy()) for level, index, _ in list_partial_tiles(self.size)]

    def compute_root(self) -> bytes:
        """Root of the tree at this size."""
        return fold_edge([subtree for hashes in reversed(self._levels) for subtree in extend_edge((), 0, hashes)])

    def _level(self, level: int) -> list[bytes]:
        while len(self._levels) <= level:
            self._levels.append([])
        return self._levels[level]

    def _take_full_tiles(self) -> Iterator[Tile]:
        level = 0
        while len(hashes := self._level(level)) == TILE_WIDTH:
            yield Tile(level, self.size // TILE_WIDTH ** (level + 1) - 1, hashes)
            self._levels[level] = []
            level += 1
            self._level(level).append(_fold_full(hashes))


def _fold_full(hashes: list[bytes]) -> bytes:
    """Root over the hashes of a full tile (RFC 6962, 2.1), row by row: faster than one leaf after the other."""
    while len(hashes) > 1:
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]
