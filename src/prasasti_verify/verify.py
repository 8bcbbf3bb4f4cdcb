"""The checks of a published ledger, a fixed order of named steps, and those of single proof files.

Owns that order and what ties the parts together: blocks, app hashes, ids, documents, files. Leaves to the audit whether a contract's
rules allowed what was accepted, hence each state root after genesis.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from prasasti_verify import standing
from prasasti_verify.entries import check_block, check_transaction, find_documents, open_envelope
from prasasti_verify.genesis import compute_state_root, list_records, parse_genesis
from prasasti_verify.hashing import EMPTY_ROOT, compute_app_hash, extend_edge, fold_edge, sha256
from prasasti_verify.notes import ED25519, Checkpoint, Key, Policy, parse_checkpoint, parse_key, parse_policy, read_signature
from prasasti_verify.proofs import check_entry_proof, check_state_proof, find_list, find_record
from prasasti_verify.strict import HASH, CannotDo, Wrong, check_shape, decode_json, require, require_sorted
from prasasti_verify.tiles import WIDTH, Source, find, parse_tile_path, read, read_tile, split_tile, walk_entries

REFUSED_ID_SECONDS = 7 * 24 * 3600
ALTERED = "Published bytes were altered, dropped or moved after the log signed them."
SIGNED = "The log's key signed this although keys and rules in force do not allow it. Keep the checkpoint as evidence against its holder."
_witness = re.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*")
_document = re.compile("documents/sha256/([0-9a-f]{2})/(\\1[0-9a-f]{62})")


@dataclass(frozen=True)
class Given:
    """What the reader brings along, which comes before the folder's own copies; ``kept`` are other checkpoints by place."""

    key: Key | None = None
    policy: Policy | None = None
    genesis_sha256: str = ""
    kept: dict[str, Checkpoint] = field(default_factory=dict)
    is_closed: bool = False
    tiles_only: bool = False
    progress: Callable[[int, int], None] = lambda done, total: None


@dataclass
class Report:
    """What was found so far; ``meaning`` says what it means if the step at work finds something wrong."""

    subject: str = ""
    meaning: str = ""
    checked: Counter[str] = field(default_factory=Counter)
    left_to_audit: Counter[str] = field(default_factory=Counter)
    pending: int = 0
    taken_on_trust: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    shown: Any = None


@dataclass
class _Walk:
    # Where the walk over the entries stands. Memory grows with unexpired ids only: documents named lie in a temporary database.
    source: Source
    report: Report
    genesis: dict[str, Any]
    standing: standing.Standing
    state_root: bytes
    time: int
    heights: dict[int, int]
    former_time: int = 0
    former_root: bytes = b""
    height: int = 0
    left: int = 0
    is_moved: bool = False
    edge: tuple[bytes, ...] = ()
    leaves: list[bytes] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    ids_by_hour: dict[int, list[str]] = field(default_factory=dict)
    withheld: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(""))


def verify_ledger(source: Source, given: Given, report: Report) -> None:
    """Every check of a published folder, in this order; raises Wrong at the first place that is wrong."""
    report.meaning = "This is not the ledger that you asked for, or its genesis file was altered."
    genesis = _read_genesis(source, given, report)
    report.meaning = "Who may sign for this log is contradictory here: get its vkey and policy another way."
    key, policy, witnesses = _read_keys(source, genesis["origin"], given, report)
    report.meaning = "Nobody whom you accept vouches for the content of this folder."
    checkpoint = parse_checkpoint(read(source, "checkpoint"), "checkpoint")
    report.subject = f"{checkpoint.origin}, {checkpoint.size} entries, root {checkpoint.root.hex()}"
    cosigned = _judge_signatures(checkpoint, key, policy, "checkpoint", report)
    roots = {kept.size: EMPTY_ROOT for kept in given.kept.values()}
    if given.tiles_only:
        report.meaning = ALTERED
        for first, entries, _ in walk_entries(source, checkpoint.size, checkpoint.root, roots):
            report.checked["entries (their hashes only)"] += len(entries)
            given.progress(first, checkpoint.size)
        _judge_kept(given, checkpoint, roots, lambda size: key, report)
        return
    report.meaning = "The contracts' tables, by which all else is judged, are not those that genesis names."
    walk = _start_walk(source, genesis, {checkpoint.size: 0} | dict.fromkeys(roots, 0), report)
    report.meaning = ALTERED
    _judge_entries(walk, checkpoint, roots, given)
    report.meaning = "The log's entries name another key for its checkpoints, or somebody unknown has signed here."
    _judge_lines(walk, checkpoint, key, [*witnesses.values(), *policy.witnesses.values()])
    _judge_kept(given, checkpoint, roots, lambda size: _find_log_key(walk, key, size), report)
    report.meaning = "The list of withheld documents is not what the log says. The log itself is whole."
    _judge_withheld(walk, checkpoint.size, given)
    report.meaning = "A document's bytes were swapped or damaged. The log itself is whole."
    _judge_documents(walk)
    report.meaning = "Something lies here that the log does not account for. The log itself is whole."
    _judge_files(walk, checkpoint.size, witnesses, given)
    _warn_of_gaps(walk, cosigned)


def verify_entry(data: bytes, place: str, source: Source | None, given: Given, report: Report) -> None:
    """A tlog-proof: its entry stands in the log whose checkpoint it carries, and is sound in itself."""
    checkpoint, index, text = check_entry_proof(data, place)
    _judge_proof(checkpoint, place, source, given, report)
    entry, payload = decode_json(text, place), None
    if type(entry) is dict and entry.get("kind") == "transaction":
        require(check_transaction(entry, place)["position"] == index, place, f"its entry says another position than {index}")
        if entry["refusal"] is None:
            payload = open_envelope(entry, place)
            is_ours = given.genesis_sha256[:32] in ("", payload["chain"])
            require(is_ours, place, "was signed for another ledger (chain)")
            report.left_to_audit["signers whose standing only a check of the whole log shows"] += len(payload["signers"])
    else:
        check_block(entry, place)
    report.shown = {"index": index, "entry": entry, "payload": payload}


def verify_state(data: bytes, place: str, is_list: bool, source: Source | None, given: Given, report: Report) -> None:
    """A state proof, or a list proof: what the state holds under a checkpoint, or that it does not hold it."""
    proof = check_state_proof(data, place)
    _judge_proof(proof.checkpoint, place, source, given, report)
    if is_list:
        report.shown = {"list": proof.asked, "items": find_list(proof, place)}
    else:
        report.shown = {"key": proof.asked, "value": find_record(proof, proof.asked, place)}
        require(len(proof.buckets) == 1, place, "holds buckets that nobody asked for")


def _judge_proof(checkpoint: Checkpoint, place: str, source: Source | None, given: Given, report: Report) -> None:
    report.subject = f"{checkpoint.origin}, {checkpoint.size} entries, root {checkpoint.root.hex()}"
    key, policy, _ = _read_keys(source, checkpoint.origin, given, report)
    _judge_signatures(checkpoint, key, policy, place, report)


# The genesis file, held against the hash that the reader brings.
def _read_genesis(source: Source, given: Given, report: Report) -> dict[str, Any]:
    data = read(source, "genesis.json")
    found = sha256(data).hex()
    require(given.genesis_sha256 in ("", found), "genesis.json", f"has SHA-256 {found}, not the one that you gave")
    if not given.genesis_sha256:
        report.taken_on_trust.append(f"genesis.json (no --genesis was given), SHA-256 {found}")
    return parse_genesis(data)


# Log key, policy, and the folder's witnesses: the reader's before the folder's, whose own copies must agree among themselves.
def _read_keys(source: Source | None, origin: str, given: Given, report: Report) -> tuple[Key, Policy, dict[str, Key]]:
    policy, witnesses = given.policy, dict[str, Key]()
    key = given.key or next((log for log in policy.logs if log.name == origin), None) if policy else given.key
    if source:
        own_key, own_policy = parse_key(read(source, "log.vkey"), "log.vkey"), parse_policy(read(source, "policy"), "policy")
        witnesses = dict(own_policy.witnesses)
        require(own_policy.logs == (own_key,), "policy", "names another log than log.vkey")
        for name, witness in witnesses.items():
            require(_witness.fullmatch(name), "policy", f"has a witness whose name is no file's: {name!r}")
            is_same = parse_key(read(source, f"witness/{name}.vkey"), f"witness/{name}.vkey") == witness
            require(is_same, f"witness/{name}.vkey", "is another key than the policy's")
        require(key in (None, own_key), "log.vkey", "is not the key that you gave")
        if key is None:
            report.taken_on_trust.append(f"log.vkey (no --key was given): {own_key.name}, key {own_key.id().hex()}")
        if policy is None:
            report.taken_on_trust.append(f"policy (no --policy was given): quorum {own_policy.quorum}")
        key, policy = own_key, policy or own_policy
    if key is None:
        raise CannotDo(f"there is no key of the log {origin}: give --key, a --policy that names it, or the published folder")
    require(key.name == origin, "log.vkey", f"is a key of {key.name}, not of the log {origin}")
    return key, policy or Policy((key,), {}, {}, "none"), witnesses


# The log's signature, and as many cosignatures as the policy asks for; times of the cosignatures by witness.
def _judge_signatures(checkpoint: Checkpoint, key: Key, policy: Policy, place: str, report: Report) -> dict[str, int]:
    require(checkpoint.origin == key.name, place, f"is of the log {checkpoint.origin}, not of {key.name}")
    require(read_signature(checkpoint, key, place) is not None, place, f"is not signed by the log's key {key.id().hex()}")
    found = {name: read_signature(checkpoint, witness, place) for name, witness in policy.witnesses.items()}
    times = {name: seconds for name, seconds in found.items() if seconds is not None}
    require(policy.is_met(policy.quorum, times), place, f"has {len(times)} cosignatures, which do not meet the quorum {policy.quorum}")
    report.checked["signatures on the checkpoint"] += 1 + len(times)
    return times


# The standing and the state root before the first block, recomputed from genesis.
def _start_walk(source: Source, genesis: dict[str, Any], heights: dict[int, int], report: Report) -> _Walk:
    root = compute_state_root(list_records(genesis), genesis["bucket_bits"])
    walk = _Walk(source, report, genesis, standing.start_standing(genesis), root, genesis["time"], heights)
    walk.documents.execute("CREATE TABLE document (sha256 TEXT, size INTEGER, entry TEXT, UNIQUE (sha256, size))")
    for contract in genesis["contracts"]:
        data = _load_table(walk, "genesis.json", contract["table"])
        standing.plan_table(walk.standing, data, contract["name"], contract["version"], 0, f"table of {contract['name']}")
    return walk


# A contract's table.json lies among the documents.
def _load_table(walk: _Walk, place: str, digest: str) -> bytes:
    data = read(walk.source, _document_path(digest))
    require(sha256(data).hex() == digest, _document_path(digest), "does not hash to its name")
    _note_document(walk, digest, len(data), place)
    return data


def _document_path(digest: str) -> str:
    return f"documents/sha256/{digest[:2]}/{digest}"


def _note_document(walk: _Walk, digest: str, size: int, place: str) -> None:
    walk.documents.execute("INSERT OR IGNORE INTO document VALUES (?, ?, ?)", (digest, size, place))


# Every tile and every entry, in one walk.
def _judge_entries(walk: _Walk, checkpoint: Checkpoint, roots: dict[int, bytes], given: Given) -> None:
    bundles = walk_entries(walk.source, checkpoint.size, checkpoint.root, roots)
    for first, entries, leaves in bundles:
        try:
            for position, entry, leaf in zip(range(first, first + WIDTH), entries, leaves, strict=False):
                place = f"entry {position}"
                judge = _judge_transaction if walk.left else _judge_block
                judge(walk, decode_json(entry, place), position, place)
                walk.leaves.append(leaf)
        except Wrong:
            # Files altered so as to fit each other fail further on in the walk, at the latest at the root.
            with suppress(Wrong):
                for _ in bundles:
                    pass
                walk.report.meaning = SIGNED
            raise
        walk.report.checked["entries"] += len(entries)
        given.progress(first, checkpoint.size)
    walk.report.meaning = SIGNED
    require(not walk.left, "checkpoint", f"ends within block {walk.height}, of which {walk.left} transactions are not here")
    walk.heights[checkpoint.size] = walk.height


# A block entry: its height and time, the app hash before it, what its deadlines did.
def _judge_block(walk: _Walk, entry: Any, position: int, place: str) -> None:
    block = check_block(entry, place)
    is_next = block["height"] == walk.height + 1
    require(is_next, place, f"has height {block['height']} after {walk.height}: blocks were dropped, doubled or moved")
    require(block["time"] >= walk.time, place, "is earlier than the block before it")
    if position in walk.heights:
        walk.heights[position] = walk.height
    walk.edge = extend_edge(walk.edge, position - len(walk.leaves), walk.leaves)
    walk.leaves.clear()
    app_hash = compute_app_hash(walk.state_root, fold_edge(walk.edge)).hex()
    require(block["previous_app_hash"] == app_hash, place, "its previous_app_hash does not follow from genesis and the entries before it")
    walk.former_time, walk.time, walk.height, walk.left = walk.time, block["time"], block["height"], block["transaction_count"]
    walk.former_root, walk.state_root, walk.is_moved = walk.state_root, bytes.fromhex(block["state_root"]), block["deadline_count"] > 0
    for hour in [hour for hour in walk.ids_by_hour if (hour + 1) * 3600 <= walk.time]:
        walk.ids.difference_update(walk.ids_by_hour.pop(hour))
    standing.start_block(walk.standing, walk.height)
    _take(walk, standing.list_deadline_effects(walk.standing, block["events"], place), block["events"], place)
    walk.report.checked["blocks"] += 1


# A transaction entry: its place in the block, its id, and what it did or by what number it was refused.
def _judge_transaction(walk: _Walk, entry: Any, position: int, place: str) -> None:
    transaction = check_transaction(entry, place)
    require(transaction["position"] == position, place, f"says that it stands at {transaction['position']}")
    require(transaction["time"] == walk.time, place, "has another time than its block")
    if refusal := transaction["refusal"]:
        standing.find_action(walk.standing, refusal["action"], place)
        require(refusal["actor"] in walk.standing.organisations, place, f"its actor {refusal['actor']} is unknown")
        used_until = walk.time + REFUSED_ID_SECONDS
        walk.report.left_to_audit["refusals (their senders hold the envelopes)"] += 1
    else:
        used_until, walk.is_moved = _judge_accepted(walk, transaction, position, place), True
    require(transaction["id"] not in walk.ids, place, "has the id of an earlier transaction: it was doubled")
    walk.ids.add(transaction["id"])
    walk.ids_by_hour.setdefault(used_until // 3600, []).append(transaction["id"])
    walk.left -= 1
    is_true = walk.left or walk.is_moved or walk.state_root == walk.former_root
    require(is_true, place, f"ends block {walk.height}, which refused everything and yet changed the state root")


# Checks 4 to 9 of admission, then what the action did to the standing; when the envelope expires.
def _judge_accepted(walk: _Walk, transaction: dict[str, Any], position: int, place: str) -> int:
    payload = open_envelope(transaction, place)
    require(payload["chain"] == walk.genesis["chain"], place, "was signed for another ledger (chain)")
    name = "max_expiry_seconds_several" if len(payload["signers"]) > 1 else "max_expiry_seconds"
    # A change of the parameter counts from this block's deadlines on, or from the next block: either limit will do.
    latest = walk.time + max(standing.find_parameter(walk.standing, name, instant) for instant in (walk.former_time, walk.time))
    require(walk.time < payload["expires"] <= latest, place, "was accepted after it had expired, or expires too late")
    action = standing.find_action(walk.standing, payload["action"], place)
    effects = standing.list_effects(action["effects"], payload["arguments"], transaction["events"], place)
    standing.judge_signers(walk.standing, payload, action, standing.list_new_keys(effects), walk.height, place)
    _take(walk, effects, [payload["arguments"], transaction["events"]], f"{place} of {payload['actor']}")
    for digest in [effect.values["sha256"] for effect in effects if effect.name == "withhold"]:
        item = {"sha256": digest, "entry": position, "legal_basis": payload["arguments"].get("legal_basis", "")}
        walk.withheld.setdefault(digest, item)
    walk.report.checked["accepted transactions"] += 1
    walk.report.checked["their signatures"] += len(payload["signers"])
    walk.report.left_to_audit["seats not checked"] += sum(signer["role"] == standing.HOLDER for signer in payload["signers"])
    return int(payload["expires"])


# Apply effects to the standing, and note the documents that arguments and events name.
def _take(walk: _Walk, effects: list[standing.Effect], texts: Any, place: str) -> None:
    for digest, size in find_documents(texts, place):
        _note_document(walk, digest, size, place)
    for effect in effects:
        standing.apply_effect(walk.standing, effect, walk.height, partial(_load_table, walk, place), place)
        walk.report.left_to_audit["effects taken from events"] += effect.is_from_event


# The vkey's key is in force at the tip, and each signature line is right and made by a witness or by a key that was this log's.
def _judge_lines(walk: _Walk, checkpoint: Checkpoint, key: Key, witnesses: list[Key]) -> None:
    require(key == _find_log_key(walk, key, checkpoint.size), "log.vkey", f"is not the key in force at height {walk.height}")
    known = [*witnesses, *(Key(key.name, ED25519, bytes.fromhex(text)) for _, text in walk.standing.log_keys)]
    for name, key_id, _ in checkpoint.lines:
        is_known = (name, key_id) in {(one.name, one.id()) for one in known}
        require(is_known, "checkpoint", f"bears a signature line of {name} {key_id.hex()}, whom nothing here makes known")
    for one in known:
        read_signature(checkpoint, one, "checkpoint")


def _find_log_key(walk: _Walk, key: Key, size: int) -> Key:
    return Key(key.name, ED25519, standing.find_log_key(walk.standing, walk.heights.get(size, walk.height)))


# Each other checkpoint is signed by this log, not ahead of this folder, and of the same history.
def _judge_kept(given: Given, checkpoint: Checkpoint, roots: dict[int, bytes], find_key: Callable[[int], Key], report: Report) -> None:
    report.meaning = "The log was rolled back, or shows different readers different histories. Keep both checkpoints as evidence."
    for place, kept in given.kept.items():
        key = find_key(kept.size)
        is_ours = kept.origin == key.name and read_signature(kept, key, place) is not None
        require(is_ours, place, f"is not signed by this log's key {key.id().hex()}: another log, or another history of this one")
        is_behind = kept.size > checkpoint.size
        require(not is_behind, place, f"covers {kept.size} entries, the folder {checkpoint.size}: it is behind or was rolled back")
        require(roots[kept.size] == kept.root, place, f"signs another root for the first {kept.size} entries: two histories, a fork")
        report.checked["other checkpoints"] += 1


# withheld.json lists exactly the documents that entries withhold.
def _judge_withheld(walk: _Walk, size: int, given: Given) -> None:
    place, shape = "withheld.json", [{"sha256": HASH, "entry": int, "legal_basis": str}]
    listed = check_shape(decode_json(read(walk.source, place), place), shape, place)
    require_sorted([item["sha256"] for item in listed], place, "its items")
    early = [item for item in listed if item["entry"] >= size]
    due = list(walk.withheld.values())
    odd = [item for item in listed if item not in due and item not in early] + [item for item in due if item not in listed]
    require(not odd, place, f"and the entries disagree on what is withheld: {odd[:1]}")
    for item in early:
        _note_pending(walk, place, f"entry {item['entry']}, which withholds a document", given)


# Each document named is there, whole, or withheld. One that is merely missing is told apart from a broken log.
def _judge_documents(walk: _Walk) -> None:
    for digest, size, entry in walk.documents.execute("SELECT * FROM document ORDER BY rowid"):
        data, path = find(walk.source, _document_path(digest), size), _document_path(digest)
        if data is None:
            (walk.report.withheld if digest in walk.withheld else walk.report.missing).append(f"{entry}: {path}")
            continue
        require(len(data) == size and sha256(data).hex() == digest, path, f"is not the document that {entry} names")
        walk.report.checked["documents"] += 1
        if digest in walk.withheld:
            walk.report.warnings.append(f"{path}: withheld by entry {walk.withheld[digest]['entry']}, yet its bytes still lie here")


# Each file in a folder is accounted for.
def _judge_files(walk: _Walk, size: int, witnesses: dict[str, Key], given: Given) -> None:
    if walk.source.is_site:
        walk.report.warnings.append("foreign files and old partial tiles were not looked for: a site cannot be listed")
        return
    known = {"checkpoint", "genesis.json", "log.vkey", "policy", "withheld.json", *(f"witness/{name}.vkey" for name in witnesses)}
    for path in walk.source.list():
        if tile := parse_tile_path(path):
            _judge_tile_file(walk, path, *tile, size, given)
        elif _document.fullmatch(path):
            if not walk.documents.execute("SELECT 1 FROM document WHERE sha256 = ?", (path[-64:],)).fetchone():
                require(sha256(read(walk.source, path)).hex() == path[-64:], path, "does not hash to its name")
                _note_pending(walk, path, "a document that no entry names yet", given)
        else:
            require(path in known, path, "is a file that nothing accounts for")


# Old partial tiles, and those wider than the checkpoint, agree with what it covers, of which the walk has made sure.
def _judge_tile_file(walk: _Walk, path: str, level: int | str, index: int, width: int, size: int, given: Given) -> None:
    covered = min(max((size >> (0 if level == "entries" else 8 * int(level))) - index * WIDTH, 0), WIDTH)
    walk.report.checked["tiles and bundles"] += 1
    if width != covered:
        parts = split_tile(read(walk.source, path), level, width, path)
        sure = read_tile(walk.source, level, index, covered)[1] if covered else []
        require(parts[:covered] == sure[:width], path, "does not agree with the tile that the checkpoint covers")
    if width > covered:
        _note_pending(walk, path, "a tile wider than the checkpoint", given)


# What a later checkpoint will account for; in a folder that nobody writes nothing of the kind may lie.
def _note_pending(walk: _Walk, path: str, what: str, given: Given) -> None:
    require(not given.is_closed, path, f"is pending ({what}), although nobody writes this folder (--closed)")
    walk.report.pending += 1


# Witnesses should see a checkpoint soon after its last block.
def _warn_of_gaps(walk: _Walk, cosigned: dict[str, int]) -> None:
    limit = standing.find_parameter(walk.standing, "max_gap_seconds", walk.time)
    for name, seconds in cosigned.items():
        if abs(seconds - walk.time) > limit:
            walk.report.warnings.append(f"{name} cosigned {seconds - walk.time} s after the last block, where {limit} s is the limit")
