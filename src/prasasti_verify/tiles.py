"""The published files: where they lie (a folder, a URL), the paths of tiles, and the walk over all entries (C2SP tlog-tiles).

Owns that every tile at every level is what the entries hash to, and the log root too. Knows no entry's meaning.
"""

import os
import re
import time
from collections.abc import Iterator
from hashlib import sha256
from http.client import HTTPException
from typing import BinaryIO
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from prasasti_verify.hashing import EMPTY_ROOT, extend_edge, fold_edge
from prasasti_verify.strict import CannotDo, Wrong, require

WIDTH = 256
MAX_FILE_BYTES = 1 << 27

_path = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class Source:
    """A published folder, on disk or behind an HTTP server."""

    def __init__(self, where: str) -> None:
        self.where, self.is_site = where.rstrip("/"), where.startswith(("http://", "https://"))
        if not self.is_site and not os.path.isdir(where):
            raise CannotDo(f"{where} is neither a folder nor a URL")

    def open(self, path: str) -> BinaryIO | None:
        """The file; None where it is not there."""
        where = f"{self.where}/{path}"
        if self.is_site:
            return _fetch(where)
        return open(where, "rb") if os.path.isfile(where) else None

    def list(self) -> Iterator[str]:
        """Paths of all in a folder that is no plain subfolder."""
        for parent, folders, files in os.walk(self.where):
            folders.sort()
            for name in sorted(files + [name for name in folders if os.path.islink(os.path.join(parent, name))]):
                yield os.path.relpath(os.path.join(parent, name), self.where).replace(os.sep, "/")


def _fetch(url: str) -> BinaryIO | None:
    problem = Exception()
    for wait_seconds in (0, 1, 4):
        time.sleep(wait_seconds)
        try:
            answer: BinaryIO = urlopen(Request(url, headers={"Accept-Encoding": "identity"}), timeout=60)
            return answer
        except (OSError, HTTPException) as caught:
            problem = caught
            if isinstance(caught, HTTPError) and caught.code in (404, 410):
                return None
    raise CannotDo(f"{url}: {problem}")


def find(source: Source, path: str, limit_bytes: int = MAX_FILE_BYTES) -> bytes | None:
    """Bytes of a file; None where it is not there."""
    stream = source.open(path)
    if stream is None:
        return None
    pieces, size = [], 0
    with stream:
        while piece := stream.read(1 << 18):
            pieces.append(piece)
            size += len(piece)
            require(size <= limit_bytes, path, f"is larger than {limit_bytes:,} bytes")
        # http.client counts in `length` what the server still owes: a connection that broke off is no short file.
        if getattr(stream, "length", None):
            raise CannotDo(f"{path}: the connection broke off")
    return b"".join(pieces)


def read(source: Source, path: str) -> bytes:
    """Bytes of a file that must be there."""
    data = find(source, path)
    if data is None:
        raise Wrong(path, "is missing")
    return data


def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Path of a tile, or of a bundle where the level is ``entries``."""
    groups = f"{index % 1000:03d}"
    while index := index // 1000:
        groups = f"x{index % 1000:03d}/{groups}"
    return f"tile/{level}/{groups}" + (f".p/{width}" if width < WIDTH else "")


def parse_tile_path(path: str) -> tuple[int | str, int, int] | None:
    """Level (or ``entries``), index and width of a tile's path; None where it is none."""
    if (match := _path.fullmatch(path)) is None:
        return None
    level = match[1] if match[1] == "entries" else int(match[1])
    tile = level, int(re.sub("[x/]", "", match[2])), int(match[3] or WIDTH)
    return tile if tile_path(*tile) == path else None


def read_tile(source: Source, level: int | str, index: int, width: int) -> tuple[str, list[bytes]]:
    """Path and first ``width`` parts of a tile or bundle: of the partial one or, where that was deleted, of the full one."""
    for candidate in dict.fromkeys((width, WIDTH)):
        path = tile_path(level, index, candidate)
        data = find(source, path)
        if data is not None:
            return path, split_tile(data, level, candidate, path)[:width]
    raise Wrong(tile_path(level, index, width), "is missing")


def split_tile(data: bytes, level: int | str, width: int, path: str) -> list[bytes]:
    """Hashes of a tile, or entries of a bundle, which must be ``width`` many."""
    parts, at, end = [], 0, len(data)
    while at < end:
        start = at if level != "entries" else at + 2
        at = start + 32 if level != "entries" else start + int.from_bytes(data[at:start], "big")
        parts.append(data[start:at])
    require(at == end and len(parts) == width, path, f"does not hold exactly {width} whole {'entries' if level == 'entries' else 'hashes'}")
    return parts


def walk_entries(source: Source, size: int, root: bytes, roots: dict[int, bytes]) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    """Position of the first, entries and leaf hashes of each bundle, once they agree with the tiles of every level.

    Exhausted without Wrong, it has shown that these entries hash to ``root``. It fills in the roots of the smaller sizes that
    ``roots`` has as keys. Memory is a tile a level.
    """
    tiles: list[list[bytes]] = []
    leaves: list[bytes] = []
    for first in range(0, size, WIDTH):
        path, entries = read_tile(source, "entries", first // WIDTH, min(WIDTH, size - first))
        leaves = [sha256(b"\x00" + entry).digest() for entry in entries]
        tile, hashes = read_tile(source, 0, first // WIDTH, len(leaves))
        if hashes != leaves:
            offset = next(at for at, leaf in enumerate(leaves) if leaf != hashes[at])
            raise Wrong(f"entry {first + offset} ({path})", f"does not hash to its leaf in {tile}")
        for wanted in roots:
            if first < wanted <= first + len(leaves):
                roots[wanted] = _fold(tiles, leaves[: wanted - first])
        yield first, entries, leaves
        level = 0
        while len(leaves) == WIDTH:
            subtree, leaves = _fold_full(leaves), []
            tiles += [[]] if level == len(tiles) else []
            tiles[level].append(subtree)
            level += 1
            if len(tiles[level - 1]) == WIDTH:
                _check_tile(source, level, (first >> 8 * level) // WIDTH, tiles[level - 1])
                leaves, tiles[level - 1] = tiles[level - 1], []
    for level, partial in enumerate(tiles, 1):
        if partial:
            _check_tile(source, level, size >> 8 * (level + 1), partial)
    require((_fold(tiles, leaves) if size else EMPTY_ROOT) == root, "checkpoint", "signs another root than that of the entries here")


def _check_tile(source: Source, level: int, index: int, hashes: list[bytes]) -> None:
    path, found = read_tile(source, level, index, len(hashes))
    require(found == hashes, path, "does not follow from the tiles below it")


def _fold_full(row: list[bytes]) -> bytes:
    while len(row) > 1:
        pairs = iter(row)
        row = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return row[0]


def _fold(tiles: list[list[bytes]], leaves: list[bytes]) -> bytes:
    # The open tile of each level, from the top down to the leaves, is a part of the log's right edge.
    return fold_edge([subtree for tile in (*reversed(tiles), leaves) for subtree in extend_edge((), 0, tile)])
