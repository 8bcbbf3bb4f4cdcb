"""The published files: where they lie (a folder, a URL), the paths of tiles, and the walk over all entries (C2SP tlog-tiles)."""

# Owns that every tile at every level is what the entries hash to, and the log root too. Knows no entry's meaning.

import os
import re
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from http.client import HTTPException
from operator import add
from struct import unpack
from typing import Any, BinaryIO
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from prasasti_verify.hashing import extend_edge, fold_edge
from prasasti_verify.strict import CannotDo, Wrong, require

WIDTH, SPAN = 256, 64 * 256
_LEAF, _NODE = sha256(b"\x00"), sha256(b"\x01")
_path = re.compile(r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


# A published folder, on disk or behind an HTTP server; CannotDo where it is neither.
class Source:
    def __init__(self, where: str) -> None:
        self.where, self.is_site = where.rstrip("/"), where.startswith(("http://", "https://"))
        if not self.is_site and not os.path.isdir(where):
            raise CannotDo(f"{where} is neither a folder nor a URL")

    # None where the file is not there. A server gets three tries.
    def open(self, path: str) -> BinaryIO | None:
        where, problem = f"{self.where}/{path}", Exception()
        if not self.is_site:
            return open(where, "rb", buffering=0) if os.path.isfile(where) else None
        for wait_seconds in (0, 1, 4):
            time.sleep(wait_seconds)
            try:
                answer: BinaryIO = urlopen(Request(where, headers={"Accept-Encoding": "identity"}), timeout=60)
                return answer
            except (OSError, HTTPException, ValueError) as caught:  # ValueError: an address that is none, also of a redirection.
                problem = caught
                if isinstance(caught, HTTPError):
                    caught.close()
                    if caught.code in (404, 410):
                        return None
        raise CannotDo(f"{where}: {problem}")

    # Paths of all in a folder that is no plain subfolder; a site cannot be listed.
    def list(self) -> Iterator[str]:
        for parent, folders, files in () if self.is_site else os.walk(self.where):
            folders.sort()
            for name in sorted(files + [name for name in folders if os.path.islink(os.path.join(parent, name))]):
                yield os.path.relpath(os.path.join(parent, name), self.where).replace(os.sep, "/")


# Bytes of a file; None where it is not there.
def find(source: Source, path: str, limit_bytes: int = 1 << 27) -> bytes | None:
    if (stream := source.open(path)) is None:
        return None
    pieces: list[bytes] = []
    with stream:
        while piece := stream.read(1 << 20):
            pieces.append(piece)
            require(sum(map(len, pieces)) <= limit_bytes, path, f"is larger than {limit_bytes:,} bytes")
        # http.client counts in `length` what the server still owes: a connection that broke off is no short file.
        if getattr(stream, "length", None):
            raise CannotDo(f"{path}: the connection broke off")
    return b"".join(pieces)


# Bytes of a file that must be there.
def read(source: Source, path: str) -> bytes:
    if (data := find(source, path)) is None:
        raise Wrong(path, "is missing")
    return data


# Path of a tile, or of a bundle where the level is ``entries``.
def tile_path(level: int | str, index: int, width: int = WIDTH) -> str:
    groups = f"{index % 1000:03d}"
    while index := index // 1000:
        groups = f"x{index % 1000:03d}/{groups}"
    return f"tile/{level}/{groups}" + (f".p/{width}" if width < WIDTH else "")


# Level (or "entries"), index and width of a tile's path; None where it is none.
def parse_tile_path(path: str) -> tuple[int | str, int, int] | None:
    if (match := _path.fullmatch(path)) is None:
        return None
    tile = match[1] if match[1] == "entries" else int(match[1]), int(re.sub("[x/]", "", match[2])), int(match[3] or WIDTH)
    return tile if tile_path(*tile) == path else None


# Path and first ``width`` parts of a tile or bundle: of the partial one or, where that was deleted, of the full one.
def read_tile(source: Source, level: int | str, index: int, width: int) -> tuple[str, list[bytes]]:
    for candidate in dict.fromkeys((width, WIDTH)):
        path = tile_path(level, index, candidate)
        if (data := find(source, path)) is not None:
            return path, split_tile(data, level, candidate, path)[:width]
    raise Wrong(tile_path(level, index, width), "is missing")


# Hashes of a tile, or entries of a bundle, which must be ``width`` many.
def split_tile(data: bytes, level: int | str, width: int, path: str) -> list[bytes]:
    if level != "entries":
        require(len(data) == 32 * width, path, f"does not hold exactly {width} whole hashes")
        return [*unpack("32s" * width, data)]
    parts, at, end = [], 0, len(data)
    while at + 1 < end:
        start = at + 2
        at = start + (data[at] << 8 | data[at + 1])
        parts.append(data[start:at])
    require(at == end and len(parts) == width, path, f"does not hold exactly {width} whole entries")
    return parts


# Position of the first, entries and leaf hashes of each bundle, once they agree with their tile of level 0.
# Exhausted without Wrong, it has shown that these entries hash to the tiles of every level and to ``root``. It fills in the roots
# of the smaller sizes that ``roots`` has as keys.
def walk_entries(source: Source, size: int, root: bytes, roots: dict[int, bytes]) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    row, leaves = list[bytes](), list[bytes]()  # Roots of the full tiles: 32 bytes for 256 entries is all that is kept of them.
    for first, entries, leaves in _walk_bundles(source, range(0, size, WIDTH), size):
        yield first, entries, leaves
        row += [_fold(leaves)] if len(leaves) == WIDTH else []
    _judge_levels(source, size, root, roots, row, leaves)


# The same of entries that nobody reads further, by as many processes as there are processors: how many entries are done.
def walk_hashes(source: Source, size: int, root: bytes, roots: dict[int, bytes]) -> Iterator[int]:
    row, tail = list[bytes](), list[bytes]()
    with ProcessPoolExecutor() as pool:
        for done, *span in (pool.map if size > SPAN else map)(partial(_hash_span, source, size), range(0, size, SPAN)):
            row, tail = row + span[0], span[1]
            yield done
    _judge_levels(source, size, root, roots, row, tail)


# How many entries are done after a span; roots of its full tiles, leaves of its last.
def _hash_span(source: Source, size: int, start: int) -> tuple[int, list[bytes], list[bytes]]:
    spans = [leaves for _, _, leaves in _walk_bundles(source, range(start, min(start + SPAN, size), WIDTH), size)]
    return start + sum(map(len, spans)), [_fold(leaves) for leaves in spans if len(leaves) == WIDTH], spans[-1]


def _walk_bundles(source: Source, firsts: Iterable[int], size: int) -> Iterator[tuple[int, list[bytes], list[bytes]]]:
    for first in firsts:
        path, entries = read_tile(source, "entries", first // WIDTH, min(WIDTH, size - first))
        tile, hashes = read_tile(source, 0, first // WIDTH, len(entries))
        leaves = _hash_all(_LEAF, entries)
        odd = next((at for at, leaf in enumerate(leaves) if leaf != hashes[at]), 0) if leaves != hashes else None
        require(odd is None, f"entry {first + (odd or 0)} ({path})", f"does not hash to its leaf in {tile}")
        yield first, entries, leaves


# The tiles above level 0 and the log's root, by the roots of the full tiles below and the leaves of the last tile.
def _judge_levels(source: Source, size: int, root: bytes, roots: dict[int, bytes], row: list[bytes], leaves: list[bytes]) -> None:
    for wanted in [wanted for wanted in roots if 0 < wanted <= size]:
        full, rest = divmod(wanted, WIDTH)
        part = read_tile(source, 0, full, min(WIDTH, size - full * WIDTH))[1][:rest] if rest else []
        roots[wanted] = fold_edge([*extend_edge((), 0, row[:full]), *extend_edge((), 0, part)])
    edge, level = extend_edge((), 0, leaves if len(leaves) < WIDTH else []), 0
    while row:
        level += 1
        chunks = [row[at : at + WIDTH] for at in range(0, len(row), WIDTH)]
        for index, chunk in enumerate(chunks):
            path, hashes = read_tile(source, level, index, len(chunk))
            require(hashes == chunk, path, "does not follow from the tiles below it")
        edge = extend_edge((), 0, chunks.pop() if len(chunks[-1]) < WIDTH else []) + edge
        row = [_fold(chunk) for chunk in chunks]
    require(fold_edge(edge) == root, "checkpoint", "signs another root than that of the entries here")


# Root over a power of two of hashes.
def _fold(row: list[bytes]) -> bytes:
    while len(row) > 1:
        row = _hash_all(_NODE, map(add, row[::2], row[1::2]))
    return row[0]


# The hashes of RFC 6962, 2.1, many at a time: a copy of the begun hash is cheaper than a new one over prefix and part.
def _hash_all(begun: Any, parts: Iterable[bytes]) -> list[bytes]:
    hashes, copy = [], begun.copy
    for part in parts:
        digest = copy()
        digest.update(part)
        hashes.append(digest.digest())
    return hashes
