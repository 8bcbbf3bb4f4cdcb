"""Proofs that an entry is in the log and that the log only grew (RFC 6962, 2.1.1 and 2.1.2), and a proof as a file.

Owns which nodes a proof holds and how nodes are had: from published tiles, O(log n) of them, or else from all leaf
hashes. Whether a proof holds is judged by ``prasasti_verify.hashing``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable

from prasasti.log.source import LogSource
from prasasti.log.tiles import HASH_BYTES, TILE_WIDTH
from prasasti_verify.hashing import compute_root, extend_edge, fold_edge, hash_leaf, root_from_inclusion
from prasasti_verify.notes import parse_checkpoint
from prasasti_verify.tiles import tile_path

# Root of the perfect subtree of 2^height leaves that begins at leaf index × 2^height, asked for as (height, index).
Nodes = Callable[[int, int], bytes]


class ProofProblem(Exception):
    """A proof that cannot be made of what is there. The message says what is missing or does not fit."""


def prove_inclusion(nodes: Nodes, index: int, size: int) -> tuple[bytes, ...]:
    """Hashes from the leaf's sibling up to the root's child, for the entry at ``index`` in the tree of ``size``."""
    if not 0 <= index < size:
        raise ProofProblem(f"entry {index} does not lie within the {size} entries of the checkpoint")
    start, stop = 0, size
    aunts = []
    while stop - start > 1:
        split = start + _largest_power_below(stop - start)
        if index < split:
            aunts.append(compute_range_root(nodes, split, stop))
            stop = split
        else:
            aunts.append(compute_range_root(nodes, start, split))
            start = split
    return tuple(reversed(aunts))


def prove_consistency(nodes: Nodes, old_size: int, size: int) -> tuple[bytes, ...]:
    """Hashes that show the tree of ``old_size`` as a prefix of that of ``size``; none where they are equal or the old one is empty."""
    if not 0 <= old_size <= size:
        raise ProofProblem(f"a tree of {old_size} entries is no part of one of {size}")
    if old_size in (0, size):
        return ()
    start, stop = 0, size
    proof = []
    # Down to the subtree that ends where the old tree ends: all that lies beside the way is in the proof.
    while stop != old_size:
        split = start + _largest_power_below(stop - start)
        if old_size <= split:
            proof.append(compute_range_root(nodes, split, stop))
            stop = split
        else:
            proof.append(compute_range_root(nodes, start, split))
            start = split
    if start > 0:  # At 0 that subtree is the old tree itself, whose root the verifier has.
        proof.append(compute_range_root(nodes, start, stop))
    return tuple(reversed(proof))


def compute_range_root(nodes: Nodes, start: int, stop: int) -> bytes:
    """Root over leaves [start, stop) as a tree of their own; start is a multiple of the next power of two."""
    edge = []
    while start < stop:
        height = (stop - start).bit_length() - 1
        edge.append(nodes(height, start >> height))
        start += 1 << height
    return fold_edge(edge)


def nodes_from_tiles(read: Callable[[str], bytes | None], size: int) -> Nodes:
    """Nodes from the tiles of a published tree of ``size``; ``read`` gives a file's bytes by its path, None if absent.

    A node costs one tile: its whole level where the height is a multiple of 8, else the run of hashes beneath it.
    """

    def read_node(height: int, index: int) -> bytes:
        level, rest = divmod(height, 8)
        first = index << rest
        tile, offset = divmod(first, TILE_WIDTH)
        width = min(TILE_WIDTH, (size >> 8 * level) - tile * TILE_WIDTH)
        # A partial tile may have been removed once the full one was there.
        for path in dict.fromkeys((tile_path(level, tile, width), tile_path(level, tile))):
            hashes = read(path)
            if hashes is not None:
                run = [hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(offset, offset + (1 << rest))]
                if any(len(each) != HASH_BYTES for each in run):
                    raise ProofProblem(f"{path} is cut short")
                return compute_root(run)
        raise ProofProblem(f"{tile_path(level, tile, width)} is missing")

    return read_node


def nodes_from_source(source: LogSource) -> Nodes:
    """Nodes from the entries themselves: a proof reads each entry of the log once."""

    def compute_node(height: int, index: int) -> bytes:
        leaves = (hash_leaf(entry) for _, entry in source.entries(index << height, (index + 1) << height))
        return fold_edge(extend_edge((), 0, leaves))

    return compute_node


def prove_entry(source: LogSource, index: int, note: bytes, read: Callable[[str], bytes | None] | None = None) -> bytes:
    """An entry's proof as a file (C2SP tlog-proof), under the checkpoint ``note``, with the entry itself as ``extra``.

    ``read`` gives files of a published folder by their paths; without it every entry is read. The checkpoint's signature
    is the caller's to check. A proof that does not lead to the checkpoint's root is not written: ProofProblem says so.
    """
    checkpoint = parse_checkpoint(note, "the checkpoint")
    nodes = nodes_from_source(source) if read is None else nodes_from_tiles(read, checkpoint.size)
    aunts = prove_inclusion(nodes, index, checkpoint.size)
    entry = next((entry for _, entry in source.entries(index, index + 1)), None)
    if entry is None:
        raise ProofProblem(f"the ledger's database lacks entry {index}")
    if root_from_inclusion(index, checkpoint.size, hash_leaf(entry), aunts) != checkpoint.root:
        raise ProofProblem(f"entry {index} does not lead to the root of the checkpoint: the database or the tiles were altered")
    return format_proof(index, entry, aunts, note)


def format_proof(index: int, entry: bytes, aunts: Iterable[bytes], note: bytes) -> bytes:
    """Bytes of a tlog-proof."""
    lines = ["c2sp.org/tlog-proof@v1", f"extra {b64encode(entry).decode()}", f"index {index}"]
    lines += (b64encode(aunt).decode() for aunt in aunts)
    return "\n".join(lines).encode() + b"\n\n" + note


def _largest_power_below(count: int) -> int:
    """The largest power of two smaller than a count above 1."""
    return 1 << (count - 1).bit_length() - 1
