"""State proofs and list proofs (formats: State proof, list proof): what the state holds, under a signed checkpoint.

Owns making the files. They hold whole buckets, so that they show absence and that a list is complete; the verifier
judges them. The ledger keeps one state, that of its newest block: a proof is for the checkpoint that ends with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from prasasti.contracts.procurement.records import LIST_PAGE_ITEMS
from prasasti.core.encoding import encode_canonical
from prasasti.core.genesis import decode_genesis
from prasasti.core.state import CommittedView
from prasasti.core.tree import Tree
from prasasti.log.proofs import Nodes, ProofProblem, prove_inclusion
from prasasti.storage.ledger_database import BlockRow, LedgerDatabase
from prasasti_verify.hashing import compute_root, root_from_inclusion, sha256
from prasasti_verify.notes import Checkpoint, parse_checkpoint

_PART = "[A-Za-z0-9._:-]{1,128}"
_key = re.compile(rf"{_PART}/{_PART}/{_PART}(?:/{_PART})*")
_list_name = re.compile(rf"{_PART}/{_PART}/{_PART}")


def format_state_proof(database: LedgerDatabase, note: bytes, key: str) -> bytes:
    """File that shows the record under a key, or that there is none, as of a checkpoint, whose whole text ``note`` is.

    ProofProblem where that is not a key, or the checkpoint not that of the newest block. ``core.tree.StateMismatch``
    where the stored state does not match its hashes. Who signed the checkpoint is not judged here.
    """
    if _key.fullmatch(key) is None:
        raise ProofProblem(f"{key[:100]!r} is no key of the state: contract/kind/id, or more parts, each an identifier")
    return _format_proof(database, note, key, lambda _: [key])


def format_list_proof(database: LedgerDatabase, note: bytes, name: str) -> bytes:
    """File that shows a numbered list ``contract/list/id`` whole; the list of an id that has none is empty. Raises as above."""
    if _list_name.fullmatch(name) is None:
        raise ProofProblem(f"{name[:100]!r} is no list: contract/list/id, such as procurement/buyer/ID-1")
    return _format_proof(database, note, name, lambda view: _list_keys(view, name))


def _format_proof(database: LedgerDatabase, note: bytes, asked: str, list_keys: Callable[[CommittedView], list[str]]) -> bytes:
    checkpoint = parse_checkpoint(note, "the checkpoint")
    with database.snapshot():
        block = _prove_last_block(database, checkpoint)
        tree = Tree(database.load_top(decode_genesis(database.read_genesis()).bucket_bits), database)
        view = CommittedView(tree)
        keys = list_keys(view)
        numbers = dict.fromkeys(tree.bucket_number(key) for key in keys)
        asked_keys = dict.fromkeys(keys)
        buckets = [_show_bucket(tree, number, asked_keys) for number in numbers]
    return encode_canonical({"block": block, "buckets": buckets, "checkpoint": note.decode(), "list": asked})


def _list_keys(view: CommittedView, name: str) -> list[str]:
    """Keys of a list's count and items, in that order (ledger-core: Numbered lists)."""
    count_key = f"{name}/count"
    count = view.read(count_key)
    items = range(msgspec.json.decode(count, type=int) if count is not None else 0)
    return [count_key, *(f"{name}:{number // LIST_PAGE_ITEMS}/{number}" for number in items)]


def _show_bucket(tree: Tree, number: int, asked: Mapping[str, None]) -> dict[str, object]:
    """A whole bucket: what is asked for with its value, the rest with its value's hash."""
    records = []
    for key, _, value in tree.find_bucket(number).check_all():
        records.append({"key": key, "value": value.decode()} if key in asked else {"key": key, "hash": sha256(value).hex()})
    return {"aunts": [aunt.hex() for aunt in tree.top.aunts(number)], "bucket": number, "records": records}


def _prove_last_block(database: LedgerDatabase, checkpoint: Checkpoint) -> dict[str, object]:
    """The newest block's entry and its inclusion in the checkpoint's log."""
    size = database.size()
    if size != checkpoint.size:
        raise ProofProblem(
            f"the checkpoint covers {checkpoint.size} entries and the ledger has {size}; only its newest state can be proved: publish first"
        )
    if size == 0:
        raise ProofProblem("the ledger has no entry yet, so that no checkpoint can vouch for its state")
    row = database.read_block_at(size - 1)
    (leaf, entry), *transactions = database.entries(row.first, size)
    before = database.edge(row.first)
    if before is None:
        raise ProofProblem(f"the database lacks the block that ends before entry {row.first}: 'prasasti check-state' says more")
    aunts = prove_inclusion(_nodes_of_last_block(row, before, [leaf, *(each for each, _ in transactions)]), row.first, size)
    if root_from_inclusion(row.first, size, leaf, aunts) != checkpoint.root:
        raise ProofProblem(
            f"entry {row.first} does not lead to the root of the checkpoint: it signs another log, or the database was altered"
        )
    return {"aunts": [aunt.hex() for aunt in aunts], "entry": entry.decode(), "index": row.first}


def _nodes_of_last_block(row: BlockRow, before: Sequence[bytes], leaves: Sequence[bytes]) -> Nodes:
    """Nodes beside the way of the block's entry: to its left the right edge of the log before it, to its right its transactions."""
    left: dict[tuple[int, int], bytes] = {}
    start = 0
    for subtree in before:
        height = (row.first - start).bit_length() - 1
        left[height, start >> height] = subtree
        start += 1 << height

    def find_node(height: int, index: int) -> bytes:
        if (height, index) in left:
            return left[height, index]
        at = (index << height) - row.first
        return compute_root(leaves[at : at + (1 << height)])

    return find_node
