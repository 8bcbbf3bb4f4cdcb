"""The checks of a published ledger, a fixed order of named steps, and those of single proof files."""

# Owns that order and what ties the parts together: blocks, app hashes, ids, documents, files. Leaves to the audit whether a contract's
# rules allowed what was accepted, hence each state root after genesis.

import re
import sqlite3
from argparse import Namespace
from collections import Counter, deque
from contextlib import closing, suppress
from typing import Any

from prasasti_verify import entries, notes, proofs, standing
from prasasti_verify.hashing import EMPTY_ROOT, compute_app_hash, extend_edge, fold_edge, sha256
from prasasti_verify.notes import Checkpoint, Key, Policy
from prasasti_verify.strict import HASH, CannotDo, Wrong, check_shape, decode_json, require, require_sorted
from prasasti_verify.tiles import WIDTH, Source, find, parse_tile_path, read, read_tile, split_tile, walk_entries, walk_hashes

REFUSED_ID_SECONDS = 7 * 24 * 3600
ALTERED = "Published bytes were altered, dropped or moved after the log signed them."
SIGNED = "The log's key signed this although rules do not allow it: keep the checkpoint. Or genesis.json, if on trust, is not the log's."
_file_name = re.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*")
_document_path = "documents/sha256/{0:.2}/{0}".format
_document = re.compile("documents/sha256/([0-9a-f]{2})/(\\1[0-9a-f]{62})")


# What was found so far; ``meaning`` says what it means if the step at work finds something wrong.
class Report:
    def __init__(self) -> None:
        self.subject, self.meaning, self.pending, self.shown = "", "", 0, dict[str, Any]()
        self.checked, self.left_to_audit = Counter[str](), Counter[str]()
        self.taken_on_trust, self.warnings, self.withheld, self.missing = list[str](), list[str](), list[str](), list[str]()


# Where the walk over the entries stands. Memory grows with unexpired ids only: documents named lie in a temporary database.
class _Walk:
    def __init__(self, source: Source, given: Namespace, report: Report, origins: dict[str, Any], documents: sqlite3.Connection) -> None:
        self.source, self.given, self.report, self.chain, self.documents = source, given, report, origins["chain"], documents
        root = standing.compute_state_root(standing.list_records(origins), origins["bucket_bits"])
        self.block = self.former = {"height": 0, "time": origins["time"], "state_root": root.hex()}
        self.left, self.is_moved, self.edge, self.leaves = 0, False, tuple[bytes, ...](), list[bytes]()
        self.ids, self.withheld = dict[str, int](), dict[str, dict[str, Any]]()
        self.documents.execute("CREATE TABLE document (sha256 TEXT, size INTEGER, entry TEXT, UNIQUE (sha256, size))")
        # ends: when the last block of each other checkpoint was sealed.
        self.standing, self.ends = standing.Standing(origins), {kept.size: origins["time"] for _, kept in given.previous}
        for name, version, table in [(item["name"], item["version"], item["table"]) for item in origins["contracts"]]:
            standing.plan_table(self.standing, self.load_table("genesis.json", table), name, version, 0, f"table of {name}")

    def load_table(self, place: str, digest: str) -> bytes:
        data = read(self.source, _document_path(digest))
        require(sha256(data).hex() == digest, _document_path(digest), "does not hash to its name")
        self.name_document(digest, len(data), place)
        return data

    def name_document(self, digest: str, size: int, place: str) -> None:
        self.documents.execute("INSERT OR IGNORE INTO document VALUES (?, ?, ?)", (digest, size, place))

    # What a later checkpoint will account for; in a folder that nobody writes nothing of the kind may lie.
    def note_pending(self, path: str, what: str) -> None:
        require(not self.given.closed, path, f"is pending ({what}), although nobody writes this folder (--closed)")
        self.report.pending += 1


# Every check of a published folder, in this order; raises Wrong at the first place that is wrong. ``given`` are the command's options.
def verify_ledger(source: Source, given: Namespace, report: Report) -> None:
    report.meaning = "This is not the ledger that you asked for, or its genesis file was altered."
    data = read(source, "genesis.json")
    found, origins = sha256(data).hex(), standing.parse_genesis(data)
    require(given.genesis in ("", found), "genesis.json", f"has SHA-256 {found}, not the one that you gave")
    report.taken_on_trust += [] if given.genesis else [f"genesis.json (no --genesis was given), SHA-256 {found}"]
    report.meaning = "Who may sign for this log is contradictory here: get its vkey and policy another way."
    key, policy, witnesses = _read_keys(source, origins["origin"], given, report)
    report.meaning = "Nobody whom you accept vouches for the content of this folder."
    checkpoint = notes.parse_checkpoint(read(source, "checkpoint"), "checkpoint")
    _judge_signatures(checkpoint, key, policy, "checkpoint", report)
    report.meaning = ALTERED
    roots = {kept.size: EMPTY_ROOT for _, kept in given.previous}
    if given.tiles_only:
        for done in walk_hashes(source, checkpoint.size, checkpoint.root, roots):
            report.checked["entries, by their hashes only"] = done
            given.progress(done, checkpoint.size)
        _judge_kept(given, checkpoint, roots, [key], report)
        return
    with closing(sqlite3.connect("")) as documents:
        walk = _Walk(source, given, report, origins, documents)
        _judge_entries(walk, checkpoint, roots)
        report.meaning = "The log's entries name another key for its checkpoints, or somebody unknown has signed here."
        log_keys = _judge_lines(walk, checkpoint, key, [*witnesses.values(), *policy.witnesses.values()])
        _judge_kept(given, checkpoint, roots, log_keys, report)
        report.meaning = "Beside the log, which is whole, something was swapped, damaged, left over or put here by somebody."
        _judge_withheld(walk, checkpoint.size)
        _judge_documents(walk)
        _judge_files(walk, checkpoint.size, witnesses)
        report.warnings += ["foreign files and old partial tiles were not looked for: a site cannot be listed"] if source.is_site else []
        # Witnesses should see a checkpoint soon after its last block: this one, and each other that was given.
        moments = [(policy.read_times(one, place)[1], one.size) for place, one in (("checkpoint", checkpoint), *given.previous)]
        gaps = [met_at - walk.ends.get(size, walk.block["time"]) for met_at, size in moments if met_at]
        limit = standing.find_parameter(walk.standing, "max_gap_seconds", walk.block["time"])
        report.checked.update({"largest gap, in seconds, from a last block to the quorum's cosignatures": max(gaps)} if gaps else {})
        report.warnings += [f"the quorum cosigned {gap} s after the last block, limit {limit} s" for gap in gaps if abs(gap) > limit]


# A tlog-proof: its entry stands in the log whose checkpoint it carries, and is sound in itself.
def verify_entry(data: bytes, place: str, source: Source | None, given: Namespace, report: Report) -> None:
    checkpoint, index, text = proofs.check_entry_proof(data, place)
    _judge_signatures(checkpoint, *_read_keys(source, checkpoint.origin, given, report)[:2], place, report)
    entry, payload = decode_json(text, place), None
    if type(entry) is dict and entry.get("kind") == "transaction":
        require(entries.check_transaction(entry, place)["position"] == index, place, f"its entry says another position than {index}")
        if entry["refusal"] is None:
            payload = entries.open_envelope(entry, place)
            require(given.genesis[:32] in ("", payload["chain"]), place, "was signed for another ledger (chain)")
            report.left_to_audit["signers whose standing only a check of the whole log shows"] += len(payload["signers"])
    else:
        entries.check_block(entry, place)
    report.shown = {"index": index, "entry": entry, "payload": payload}


# A state proof, or a list proof: what the state holds under a checkpoint, or that it does not hold it.
def verify_state(data: bytes, place: str, source: Source | None, given: Namespace, report: Report) -> None:
    proof = proofs.check_state_proof(data, place)
    _judge_signatures(proof["checkpoint"], *_read_keys(source, proof["checkpoint"].origin, given, report)[:2], place, report)
    if given.list:
        report.shown = {"list": proof["list"], "items": proofs.find_list(proof, place)}
    else:
        report.shown = {"key": proof["list"], "value": proofs.find_record(proof, proof["list"], place)}
        require(len(proof["buckets"]) == 1, place, "holds buckets that nobody asked for")


# Log key, policy, and the folder's witnesses: the reader's before the folder's, whose own copies must agree among themselves.
def _read_keys(source: Source | None, origin: str, given: Namespace, report: Report) -> tuple[Key, Policy, dict[str, Key]]:
    policy, witnesses = given.policy, dict[str, Key]()
    key = given.key or next((log for log in policy.logs if log.name == origin), None) if policy else given.key
    require(key or not policy or not policy.logs, "--policy", f"names no log {origin}")
    if source:
        own_key, own_policy = notes.parse_key(read(source, "log.vkey"), "log.vkey"), notes.parse_policy(read(source, "policy"), "policy")
        witnesses = dict(own_policy.witnesses)
        require(own_policy.logs == (own_key,), "policy", "names another log than log.vkey")
        for name, path in [(name, f"witness/{name}.vkey") for name in witnesses]:
            require(_file_name.fullmatch(name), "policy", f"has a witness whose name is no file's: {name!r}")
            require(notes.parse_key(read(source, path), path) == witnesses[name], path, "is another key than the policy's")
        require(key in (None, own_key), "log.vkey", "is not the key that you gave")
        report.taken_on_trust += [] if key else [f"log.vkey (no --key was given): {own_key.name}, key {own_key.id().hex()}"]
        report.taken_on_trust += [] if policy else [f"policy (no --policy was given): quorum {own_policy.quorum}"]
        key, policy = own_key, policy or own_policy
    if key is None:
        raise CannotDo(f"there is no key of the log {origin}: give --key, a --policy that names it, or the published folder")
    require(key.name == origin, "log.vkey", f"is a key of {key.name}, not of the log {origin}")
    return key, policy or Policy((key,), {}, {}, "none"), witnesses


# The log's signature, and as many cosignatures as the policy asks for.
def _judge_signatures(checkpoint: Checkpoint, key: Key, policy: Policy, place: str, report: Report) -> None:
    report.subject = f"{checkpoint.origin}, {checkpoint.size} entries, root {checkpoint.root.hex()}"
    require(checkpoint.origin == key.name, place, f"is of the log {checkpoint.origin}, not of {key.name}")
    require(notes.read_signature(checkpoint, key, place) is not None, place, f"is not signed by the log's key {key.id().hex()}")
    times = policy.read_times(checkpoint, place)[0]
    require(policy.is_met(policy.quorum, times), place, f"has {len(times)} cosignatures, which do not meet the quorum {policy.quorum}")
    report.checked["signatures on the checkpoint"] += 1 + len(times)


# Every tile and every entry, in one walk.
def _judge_entries(walk: _Walk, checkpoint: Checkpoint, roots: dict[int, bytes]) -> None:
    bundles = walk_entries(walk.source, checkpoint.size, checkpoint.root, roots)
    for first, bundle, leaves in bundles:
        try:
            for position, entry, leaf in zip(range(first, first + WIDTH), bundle, leaves, strict=False):
                judge = _judge_transaction if walk.left else _judge_block
                judge(walk, decode_json(entry, f"entry {position}"), position, f"entry {position}")
                walk.leaves.append(leaf)
        except Wrong:
            # Files altered so as to fit each other fail further on in the walk, at the latest at the root.
            with suppress(Wrong):
                deque(bundles, 0)
                walk.report.meaning = SIGNED
            raise
        walk.report.checked["entries"] += len(bundle)
        walk.given.progress(first + len(bundle), checkpoint.size)
    walk.report.meaning = SIGNED
    require(not walk.left, "checkpoint", f"ends within block {walk.block['height']}, of which {walk.left} transactions are not here")


# A block entry: its height and time, the app hash before it, what its deadlines did.
def _judge_block(walk: _Walk, entry: Any, position: int, place: str) -> None:
    block, former = entries.check_block(entry, place), walk.block
    require(block["height"] == former["height"] + 1, place, f"is not block {former['height'] + 1}: some was dropped, doubled or moved")
    require(block["time"] >= former["time"], place, "is earlier than the block before it")
    walk.edge = extend_edge(walk.edge, position - len(walk.leaves), walk.leaves)
    walk.leaves.clear()
    app_hash = compute_app_hash(bytes.fromhex(former["state_root"]), fold_edge(walk.edge)).hex()
    require(block["previous_app_hash"] == app_hash, place, "its previous_app_hash does not follow from genesis and the entries before it")
    if block["time"] // 3600 > former["time"] // 3600:
        walk.ids = {used: until for used, until in walk.ids.items() if until > block["time"]}
    walk.ends |= {end: block["time"] for end in [position + 1 + block["transaction_count"]] if end in walk.ends}
    walk.block, walk.former, walk.left, walk.is_moved = block, former, block["transaction_count"], block["deadline_count"] > 0
    standing.start_block(walk.standing, block["height"])
    _take(walk, standing.list_deadline_effects(walk.standing, block["events"], place), block["events"], place)
    walk.report.checked["blocks"] += 1


# A transaction entry: its place in the block, its id, and what it did or by what number it was refused.
def _judge_transaction(walk: _Walk, entry: Any, position: int, place: str) -> None:
    transaction = entries.check_transaction(entry, place)
    require(transaction["position"] == position, place, f"says that it stands at {transaction['position']}")
    require(transaction["time"] == walk.block["time"], place, "has another time than its block")
    require(transaction["id"] not in walk.ids, place, "has the id of an earlier transaction: it was doubled")
    if refusal := transaction["refusal"]:
        standing.find_action(walk.standing, refusal["action"], place)
        require(refusal["actor"] in walk.standing.organisations, place, f"its actor {refusal['actor']} is unknown")
        walk.ids[transaction["id"]] = walk.block["time"] + REFUSED_ID_SECONDS
        walk.report.left_to_audit["refusals (their senders hold the envelopes)"] += 1
    else:
        walk.ids[transaction["id"]], walk.is_moved = _judge_accepted(walk, transaction, position, place), True
    walk.left -= 1
    is_true = walk.left or walk.is_moved or walk.block["state_root"] == walk.former["state_root"]
    require(is_true, place, "ends a block that refused everything and yet changed the state root")


# Checks 4 to 9 of admission, then what the action did to the standing; when the envelope expires.
def _judge_accepted(walk: _Walk, transaction: dict[str, Any], position: int, place: str) -> int:
    payload, now, counts = entries.open_envelope(transaction, place), walk.block["time"], walk.report.checked
    require(payload["chain"] == walk.chain, place, "was signed for another ledger (chain)")
    name = "max_expiry_seconds_several" if len(payload["signers"]) > 1 else "max_expiry_seconds"
    # A change of the parameter counts from this block's deadlines on, or from the next block: either limit will do.
    latest = now + max(standing.find_parameter(walk.standing, name, instant) for instant in (walk.former["time"], now))
    require(now < payload["expires"] <= latest, place, "was accepted after it had expired, or expires too late")
    action = standing.find_action(walk.standing, payload["action"], place)
    effects = standing.list_effects(action["effects"], payload["arguments"], transaction["events"], place)
    standing.judge_signers(walk.standing, payload, action, standing.list_new_keys(effects), walk.block["height"], place)
    _take(walk, effects, [payload["arguments"], transaction["events"]], f"{place} of {payload['actor']}")
    for digest in [effect["sha256"] for effect in effects if effect["effect"] == "withhold"]:
        walk.withheld.setdefault(digest, {"sha256": digest, "entry": position, "legal_basis": payload["arguments"].get("legal_basis", "")})
    counts.update({"accepted transactions": 1, "their signatures": len(payload["signers"])})
    walk.report.left_to_audit["seats not checked"] += sum(signer["role"] == standing.HOLDER for signer in payload["signers"])
    return int(payload["expires"])


# Apply effects to the standing, and note the documents that arguments and events name.
def _take(walk: _Walk, effects: list[standing.Effect], texts: Any, place: str) -> None:
    for digest, size in entries.find_documents(texts, place):
        walk.name_document(digest, size, place)
    for effect in effects:
        standing.apply_effect(walk.standing, effect, walk.block["height"], place, lambda digest: walk.load_table(place, digest))
        walk.report.left_to_audit["effects taken from events"] += "from" in effect


# The vkey's key is in force at the tip, and each signature line is right and made by a witness or by a key that was this log's.
# A stranger's line of another length than Ed25519's is of another type (tlog-cosignature's ML-DSA-44): ignored, and never counted.
def _judge_lines(walk: _Walk, checkpoint: Checkpoint, key: Key, witnesses: list[Key]) -> list[Key]:
    in_force = standing.find_log_key(walk.standing, walk.block["height"])
    require(key.public == in_force, "log.vkey", f"is not the key that genesis and entries name: {in_force.hex()}")
    log_keys = [Key(key.name, notes.ED25519, bytes.fromhex(text)) for _, text in walk.standing.log_keys]
    known = {(one.name, one.id()): one for one in witnesses + log_keys}
    for name, key_id in [line[:2] for line in checkpoint.lines if line[:2] in known or len(line[2]) in (64, 72)]:
        require((name, key_id) in known, "checkpoint", f"bears a signature line of {name} {key_id.hex()}, whom nothing here makes known")
        notes.read_signature(checkpoint, known[name, key_id], "checkpoint")
    return log_keys


# Each other checkpoint is signed by this log, not ahead of this folder, and of the same history.
def _judge_kept(given: Namespace, checkpoint: Checkpoint, roots: dict[int, bytes], log_keys: list[Key], report: Report) -> None:
    report.meaning = "The log was rolled back, or shows different readers different histories. Keep both checkpoints as evidence."
    for place, kept in given.previous:
        is_ours = kept.origin == checkpoint.origin and any(notes.read_signature(kept, key, place) is not None for key in log_keys)
        require(is_ours, place, "is not signed by a key of this log: it is of another log, or of another history of this one")
        require(kept.size <= checkpoint.size, place, f"covers {kept.size} entries, the folder {checkpoint.size}: behind or rolled back")
        require(roots[kept.size] == kept.root, place, f"signs another root for the first {kept.size} entries: two histories, a fork")
        report.checked["other checkpoints"] += 1


# withheld.json lists exactly the documents that entries withhold.
def _judge_withheld(walk: _Walk, size: int) -> None:
    place, shape, due = "withheld.json", [{"sha256": HASH, "entry": int, "legal_basis": str}], list(walk.withheld.values())
    listed = check_shape(decode_json(read(walk.source, place), place), shape, place)
    require_sorted([item["sha256"] for item in listed], place, "its items")
    early = [item for item in listed if item["entry"] >= size]
    odd = [item for item in listed if item not in due and item not in early] + [item for item in due if item not in listed]
    require(not odd, place, f"and the entries disagree on what is withheld: {odd[:1]}")
    for item in early:
        walk.note_pending(place, f"entry {item['entry']}, which withholds a document")


# Each document named is there, whole, or withheld. One that is merely missing is told apart from a broken log.
def _judge_documents(walk: _Walk) -> None:
    for digest, size, entry in walk.documents.execute("SELECT * FROM document ORDER BY rowid"):
        data, path = find(walk.source, _document_path(digest), min(size, 1 << 27)), _document_path(digest)
        if data is None:
            (walk.report.withheld if digest in walk.withheld else walk.report.missing).append(f"{entry}: {path}")
        else:
            require(len(data) == size and sha256(data).hex() == digest, path, f"is not the document that {entry} names")
            walk.report.warnings += [f"{path}: withheld, yet it is here"] if digest in walk.withheld else []
            walk.report.checked["documents"] += 1


# Each file in a folder is accounted for.
def _judge_files(walk: _Walk, size: int, witnesses: dict[str, Key]) -> None:
    known = {"checkpoint", "genesis.json", "log.vkey", "policy", "withheld.json", *(f"witness/{name}.vkey" for name in witnesses)}
    for path in walk.source.list():
        if tile := parse_tile_path(path):
            _judge_tile_file(walk, path, *tile, size)
        elif not _document.fullmatch(path):
            require(path in known, path, "is a file that nothing accounts for")
        elif not walk.documents.execute("SELECT 1 FROM document WHERE sha256 = ?", (path[-64:],)).fetchone():
            require(sha256(read(walk.source, path)).hex() == path[-64:], path, "does not hash to its name")
            walk.note_pending(path, "a document that no entry names yet")


# Old partial tiles, and those wider than the checkpoint, agree with what it covers, of which the walk has made sure.
def _judge_tile_file(walk: _Walk, path: str, level: int | str, index: int, width: int, size: int) -> None:
    covered = min(max((size >> (0 if level == "entries" else 8 * int(level))) - index * WIDTH, 0), WIDTH)
    walk.report.checked["tiles and bundles"] += 1
    if width != covered:
        parts = split_tile(read(walk.source, path), level, width, path)
        sure = read_tile(walk.source, level, index, covered)[1] if covered else []
        require(parts[:covered] == sure[:width], path, "does not agree with the tile that the checkpoint covers")
    if width > covered:
        walk.note_pending(path, "a tile wider than the checkpoint")
