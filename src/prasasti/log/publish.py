"""Publishing: brings a folder of plain files to the tip of a ledger's log, so that a repetition makes any crash good.

Owns the order of the steps and the promise that the log's key signs one history only. The entries are durable in the
ledger before anything is published: the ledger is the stage (compare FiloSottile/sunlight, ``internal/ctlog``). Knows
no entry's meaning, nor how witnesses are asked for cosignatures (``witness_client``).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from prasasti.core.encoding import encode_canonical
from prasasti.core.genesis import compute_origin, decode_genesis
from prasasti.log.checkpoint import build_log_key, format_vkey, read_checkpoint, sign_checkpoint
from prasasti.log.files import Batch, Files, LocalFiles, UnexpectedContent, can_rename, clear_folder, make_folders
from prasasti.log.kept import KeptChanged, KeptCheckpoint, PublisherBusy
from prasasti.log.proofs import nodes_from_tiles, prove_consistency
from prasasti.log.source import DocumentSource, LogSigner, LogSource, NamedDocument, Withheld
from prasasti.log.tiles import ENTRIES, TILE_WIDTH, RightEdge
from prasasti.log.witness import format_note
from prasasti.log.witness_client import Cosigners, HistoryConflict
from prasasti.log.witness_policy import NOBODY, WitnessList, format_policy
from prasasti_verify.hashing import fold_edge, hash_leaf, sha256
from prasasti_verify.notes import Checkpoint, Key, parse_checkpoint, parse_policy, read_signature
from prasasti_verify.strict import Wrong
from prasasti_verify.tiles import tile_path

MAX_ENTRY_BYTES = 65_535  # A bundle gives each entry's length in 16 bits.
DOCUMENTS_TOGETHER = 256  # Documents staged before they are moved to their places.
INSIDE_STAGING = ".publishing"
PUBLISHED_NAMES = ("checkpoint", "documents", "genesis.json", "log.vkey", "policy", "tile", "withheld.json", "witness")

Progress = Callable[[int, int], None]


class PublishRefused(Exception):
    """Publishing would sign or show something inconsistent, or disturb foreign files. The message says what, where, what to do."""


class PublishBusy(PublishRefused):
    """Another process publishes, or did meanwhile: repeating it later helps."""


@dataclass(frozen=True)
class PublishSettings:
    """What is published beside the log. ``policy``: the file's bytes; ``tables``: hex hashes; ``witnesses``: name to vkey.

    ``key`` signs; ``former_keys`` did so before it, and what they signed is this log's history too.
    """

    key: Key
    genesis: bytes
    policy: bytes
    tables: tuple[str, ...]
    witnesses: Mapping[str, str] = field(default_factory=dict)
    former_keys: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Published:
    """What a run did. Sizes count entries, ``withheld`` documents; ``missing`` are those that the store does not have whole.

    ``cosigned``: witnesses whose cosignature the checkpoint bears; ``uncosigned``: the others, each with the reason.
    """

    size: int
    root: bytes
    previous_size: int
    files_written: int
    bytes_written: int
    withheld: int
    missing: tuple[NamedDocument, ...]
    cosigned: tuple[str, ...] = ()
    uncosigned: Mapping[str, str] = field(default_factory=dict)
    is_quorum_met: bool = True


def build_settings(genesis: bytes, listed: WitnessList = NOBODY, log_keys: Sequence[str] = ()) -> PublishSettings:
    """Settings of a ledger from its genesis.json and its list of witnesses; WitnessListProblem.

    ``log_keys``: hex, in the order in which they signed, the one in force last; genesis's alone unless given.
    """
    parsed = decode_genesis(genesis)
    *former, key = (build_log_key(compute_origin(parsed), bytes.fromhex(each)) for each in log_keys or [parsed.log_key])
    vkeys = {witness.name: format_vkey(witness.key) for witness in listed.witnesses}
    tables = tuple(contract.table for contract in parsed.contracts)
    return PublishSettings(key, genesis, format_policy(key, listed), tables, vkeys, tuple(former))


def publish(
    source: LogSource,
    documents: DocumentSource,
    folder: Path,
    signer: LogSigner,
    settings: PublishSettings,
    kept: KeptCheckpoint,
    *,
    all_documents: bool = False,
    files: Files | None = None,
    progress: Progress | None = None,
    cosigners: Cosigners | None = None,
    former_signer: LogSigner | None = None,
) -> Published:
    """Bring the folder from what its own checkpoint says to the tip of the log.

    Documents are those that the new entries name, or with ``all_documents`` those of all entries, to make good what was
    missing. ``progress`` is told entries done and entries to do. ``cosigners`` are asked for their cosignatures, and gone
    without where they do not answer in time. ``former_signer``, the log's key before ``signer``, signs the first checkpoint of
    the new key with it. Raises PublishRefused, what the signer raises, and the disk's OSError. Whatever it raises, and wherever
    it is killed, a repetition completes the folder.
    """
    folder = folder.absolute()
    try:
        with kept.locked():
            run = _Run(source, documents, folder, signer, settings, kept, files or LocalFiles(), cosigners, former_signer)
            return _publish(run, all_documents, progress)
    except Wrong as problem:
        raise PublishRefused(f"{problem}; publishing goes on only from checkpoints that this log signed") from problem
    except UnexpectedContent as problem:
        raise PublishRefused(
            f"{problem} holds other bytes than the ledger gives; find out who changed it, then publish into an empty folder"
        ) from problem
    except PublisherBusy as problem:
        raise PublishBusy(f"another process publishes from this ledger just now ({problem}); try again when it is done") from problem
    except HistoryConflict as problem:
        raise PublishRefused(str(problem)) from problem
    except KeptChanged as problem:
        raise PublishBusy(f"{problem} was replaced meanwhile by someone who did not hold its lock; publish again") from problem


@dataclass(frozen=True)
class _Run:
    """What a run works on."""

    source: LogSource
    documents: DocumentSource
    folder: Path
    signer: LogSigner
    settings: PublishSettings
    kept: KeptCheckpoint
    files: Files
    cosigners: Cosigners | None
    former_signer: LogSigner | None


def _publish(run: _Run, all_documents: bool, progress: Progress | None) -> Published:
    """The steps, under the lock.

    Up to the first ``kept.replace`` the folder holds what it held. A crash right after leaves a signed checkpoint that
    nobody has seen: the next run publishes its tiles, or those of it and of a newer one that extends it. A crash later
    leaves files that the public checkpoint does not cover yet, and cosignatures that are asked for again. The public
    checkpoint comes last: whoever sees it finds all that it covers.
    """
    files, folder, settings, kept = run.files, run.folder, run.settings, run.kept
    size = run.source.size()
    _check_signer(run.signer, settings)
    kept_note = kept.read()
    signed = None if kept_note is None else read_signed(kept_note, settings, str(kept.path))
    _check_signed(run.source, size, signed)
    shown_note = files.read(str(folder / "checkpoint"))
    shown = _read_shown(shown_note, folder, settings, kept, signed)
    _check_folder(files, folder, settings)
    edge = _load_edge(files, folder, shown)
    _check_witnesses(run, kept_note, size)
    staging = _prepare_staging(files, kept.folder / "staging", folder)
    tiles, others = Batch(files, folder, staging, "tile"), Batch(files, folder, staging, "other")
    try:
        root = _stage_log(run.source, size, tiles, edge, signed, progress)
        note = kept_note if kept_note and signed and _is_tip(signed, size, settings) else _sign(run, size, root, signed)
        kept.replace(kept_note, note)  # Also where it stands already: the run that put it there may not have made it durable.
        withheld = sorted(run.documents.withheld(size))
        start = 0 if all_documents or shown is None else shown.size
        missing = _write_documents(run.documents, start, size, others, settings, {each.sha256 for each in withheld})
        tiles.move()
        cosigned, uncosigned = _collect_cosignatures(run, note, size)
        if cosigned != note:
            kept.replace(note, cosigned)  # Single proofs are made under the kept checkpoint, and carry its cosignatures.
        # After the wait for witnesses: a new policy and the checkpoint that meets it are shown together, but for a moment.
        _write_description(files, folder, others, settings, withheld)
        if shown_note != cosigned:
            others.stage("checkpoint", cosigned, mutable=True)
            others.move()
    finally:
        tiles.close()
        others.close()
        _drop_staging(files, staging, folder)
    names = tuple(name for name in settings.witnesses if name not in uncosigned)
    return Published(
        size,
        root,
        shown.size if shown else 0,
        tiles.files_written + others.files_written,
        tiles.bytes_written + others.bytes_written,
        len(withheld),
        missing,
        names,
        uncosigned,
        _is_quorum_met(settings, names),
    )


def read_signed(note: bytes, settings: PublishSettings, place: str) -> Checkpoint:
    """A checkpoint signed by the log's key, or by one that was its key before."""
    checkpoint = parse_checkpoint(note, place)
    if any(read_signature(checkpoint, key, place) is not None for key in settings.former_keys):
        return checkpoint
    return read_checkpoint(note, settings.key, place)


def _is_tip(signed: Checkpoint, size: int, settings: PublishSettings) -> bool:
    """Whether the kept checkpoint is the one to publish: after a change of keys, its text is signed once more."""
    return signed.size == size and read_signature(signed, settings.key, "the kept checkpoint") is not None


def _check_witnesses(run: _Run, kept_note: bytes | None, size: int) -> None:
    """Before anything is signed: no witness has seen what this log does not extend."""
    if run.cosigners is None:
        return

    def root_at(seen_size: int) -> bytes | None:
        edge = run.source.edge(seen_size)
        return None if edge is None else fold_edge(edge)

    run.cosigners.check_latest(run.settings.key.name, kept_note, size, root_at)


def _collect_cosignatures(run: _Run, note: bytes, size: int) -> tuple[bytes, Mapping[str, str]]:
    """The checkpoint with the cosignatures of today's witnesses, and why some are not there."""
    if run.cosigners is None:
        keys = (run.settings.key, *run.settings.former_keys)
        return format_note(parse_checkpoint(note, "the checkpoint"), keys), {}
    nodes = nodes_from_tiles(lambda path: run.files.read(f"{run.folder}/{path}"), size)
    collected = run.cosigners.collect(note, lambda old_size: prove_consistency(nodes, old_size, size))
    return collected.note, collected.missing


def _is_quorum_met(settings: PublishSettings, names: tuple[str, ...]) -> bool:
    policy = parse_policy(settings.policy, "policy")
    return policy.is_met(policy.quorum, names)


def _check_signer(signer: LogSigner, settings: PublishSettings) -> None:
    if signer.public_key != settings.key.public:
        raise PublishRefused(
            f"the key given is {signer.public_key.hex()}, but this ledger's checkpoints are signed by {settings.key.public.hex()}"
            + (", by a vote; give that key, and the former one beside it (--key, twice)" if settings.former_keys else "")
        )


def _check_signed(source: LogSource, size: int, signed: Checkpoint | None) -> None:
    """Refuse a log that does not hold what was signed last. It reads no entry, so it comes first."""
    if signed is None:
        return
    if size < signed.size:
        raise PublishRefused(
            f"the ledger's database holds {size} entries, but a checkpoint of {signed.size} was signed: an older copy of the database "
            "was restored. Nothing is signed; restore the newest copy, or rebuild the ledger from a published folder"
        )
    edge = source.edge(signed.size)
    if edge is None or fold_edge(edge) != signed.root:
        raise PublishRefused(
            f"the ledger's first {signed.size} entries are not those whose checkpoint was signed: the database was altered, or is "
            "another ledger's. Nothing is signed; 'prasasti audit' of a published folder shows where they part"
        )


def _read_shown(
    note: bytes | None, folder: Path, settings: PublishSettings, kept: KeptCheckpoint, signed: Checkpoint | None
) -> Checkpoint | None:
    """The folder's own checkpoint: one that this ledger signed, not newer than the last one that it did."""
    place = str(folder / "checkpoint")
    if note is None:
        return None
    shown = read_signed(note, settings, place)
    if signed is None or shown.size > signed.size:
        last = f"of {signed.size} ({kept.path})" if signed else f"missing ({kept.path})"
        raise PublishRefused(
            f"{place} is of {shown.size} entries, but the last one that this ledger knows it signed is {last}: an older copy of the "
            "ledger's folder was restored, or another ledger signs with the same key. Nothing is signed"
        )
    if shown.size == signed.size and shown.root != signed.root:
        raise PublishRefused(
            f"{place} and {kept.path} are both signed, of one size and of different roots: the log's key has signed two histories. "
            "Nothing is signed; keep both files as evidence"
        )
    return shown


def _check_folder(files: Files, folder: Path, settings: PublishSettings) -> None:
    """Refuse a folder that holds something else than a published log, or another ledger's."""
    for name in files.list(str(folder)):
        if name not in PUBLISHED_NAMES and name != INSIDE_STAGING:
            raise PublishRefused(f"{folder / name} is no part of a published log; remove it, or publish into an empty folder")
        # Whoever may write here, a web server's user perhaps, could have what lies elsewhere cleared away by a link.
        if (folder / name).is_symlink():
            raise PublishRefused(f"{folder / name} is a link, which a published log never holds; find out who made it, and remove it")
    genesis = files.read(str(folder / "genesis.json"))
    if genesis is not None and genesis != settings.genesis:
        raise PublishRefused(f"{folder} is the published folder of another ledger: its genesis.json is not this ledger's")


def _load_edge(files: Files, folder: Path, shown: Checkpoint | None) -> RightEdge:
    """The rightmost tiles that the folder's checkpoint covers, checked against its root."""
    if shown is None:
        return RightEdge()
    edge = RightEdge.load(shown.size, lambda path: files.read(f"{folder}/{path}"))
    if isinstance(edge, str):
        raise PublishRefused(f"{folder}/{edge}, which the folder's checkpoint covers, is missing or damaged; publish into an empty folder")
    if edge.compute_root() != shown.root:
        raise PublishRefused(f"the tiles at the end of {folder} do not lead to the root of its checkpoint; publish into an empty folder")
    return edge


def _prepare_staging(files: Files, beside_kept: Path, folder: Path) -> Path:
    """An empty staging folder from which files can be renamed into the folder; what an earlier run left is removed.

    It lies in the publisher's folder, so that no unfinished file ever shows in the published one; only where that is on
    another file system does it lie inside. A folder that cannot be written raises OSError here, before anything is signed.
    """
    nearest = next(place for place in (folder, *folder.parents) if place.is_dir())
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, "cannot be written: it is read-only or another user's", str(nearest))
    inside = folder / INSIDE_STAGING
    for place in (beside_kept, inside):
        clear_folder(files, place)
    files.remove_folder(str(inside))
    files.make_folder(str(beside_kept))
    if can_rename(files, beside_kept, nearest):
        return beside_kept
    make_folders(files, str(inside))
    return inside


def _drop_staging(files: Files, staging: Path, folder: Path) -> None:
    """Remove what is left staged; what cannot be removed waits for the next run, and must not hide why this one ended."""
    with suppress(OSError):
        clear_folder(files, staging)
        if staging.parent == folder:
            files.remove_folder(str(staging))


def _stage_log(source: LogSource, size: int, batch: Batch, edge: RightEdge, signed: Checkpoint | None, progress: Progress | None) -> bytes:
    """Stage the tiles and bundles right of the edge up to ``size``, and return the root there; the edge grows with them.

    Every hash is computed from the entries' bytes. Partial tiles are made for ``size`` and for the kept checkpoint's,
    which may have been signed by a run that did not come to its end.
    """
    shown_size = edge.size
    start = position = shown_size - shown_size % TILE_WIDTH
    cuts = {shown_size, size, *range(start + TILE_WIDTH, size, TILE_WIDTH), *([signed.size] if signed is not None else [])}
    entries = source.entries(start, size)
    bundle: list[bytes] = []
    for cut in sorted(each for each in cuts if start < each <= size):
        rows = list(islice(entries, cut - position))
        leaves = [hash_leaf(entry) for _, entry in rows]
        _check_rows(position, rows, leaves)
        bundle += [part for _, entry in rows for part in (len(entry).to_bytes(2, "big"), entry)]
        position += len(rows)
        if cut <= shown_size:
            _check_published(edge, leaves)
            continue
        full_tiles = edge.extend(leaves)
        for tile in full_tiles:
            batch.stage(tile.path, b"".join(tile.hashes))
        if full_tiles:
            batch.stage(tile_path(ENTRIES, position // TILE_WIDTH - 1), b"".join(bundle))
            bundle.clear()
            if progress is not None:
                progress(position - start, size - start)
        if signed is not None and position == signed.size:
            _check_root(edge, signed.root, "the checkpoint that was signed last")
            _stage_partial(batch, edge, bundle)
    if position != size:
        raise PublishRefused(f"entry {position} is missing from the ledger's database, which says that it holds {size}")
    end = source.edge(size)
    if end is None:
        raise PublishRefused(f"no block of the ledger ends at entry {size}, its last; the database is damaged")
    _check_root(edge, fold_edge(end), "the log that the ledger stored with its last block")
    if shown_size < size and (signed is None or signed.size != size):
        _stage_partial(batch, edge, bundle)
    if progress is not None:
        progress(size - start, size - start)
    return edge.compute_root()


def _check_rows(position: int, rows: list[tuple[bytes, bytes]], leaves: list[bytes]) -> None:
    """Each entry against the leaf stored with it, and the length that a bundle can tell."""
    for offset, (leaf, (stored_leaf, entry)) in enumerate(zip(leaves, rows, strict=True), position):
        if leaf != stored_leaf:
            raise PublishRefused(f"entry {offset}: its bytes do not hash to the leaf stored with it; the database was altered")
        if len(entry) > MAX_ENTRY_BYTES:
            raise ValueError(f"entry {offset} has {len(entry)} bytes; a bundle takes {MAX_ENTRY_BYTES} at most")


def _check_published(edge: RightEdge, leaves: list[bytes]) -> None:
    """The first entries of the last bundle, which the folder holds already, against its tile."""
    for position, leaf in enumerate(leaves, edge.size - len(leaves)):
        if leaf != edge.leaf(position):
            raise PublishRefused(f"entry {position} is not the one that was published; the database was altered")


def _check_root(edge: RightEdge, root: bytes, whose: str) -> None:
    if edge.compute_root() != root:
        raise PublishRefused(f"the ledger's first {edge.size} entries do not hash to the root of {whose}; the database was altered")


def _stage_partial(batch: Batch, edge: RightEdge, bundle: list[bytes]) -> None:
    for tile in edge.list_partial():
        batch.stage(tile.path, b"".join(tile.hashes))
    if bundle:
        batch.stage(tile_path(ENTRIES, edge.size // TILE_WIDTH, edge.size % TILE_WIDTH), b"".join(bundle))


def _sign(run: _Run, size: int, root: bytes, signed: Checkpoint | None) -> bytes:
    """The new checkpoint; what an outside signer answers is not believed unseen.

    The first one that a new key signs bears the former key's signature too, where that is at hand (governance-lifecycle: 16):
    whoever knows only the former key finds the entry that names the new one in what it vouches for.
    """
    signers = [(run.settings.key, run.signer)]
    former = run.settings.former_keys[-1:]
    is_first = signed is not None and read_signature(signed, run.settings.key, "the kept checkpoint") is None
    if former and is_first and run.former_signer is not None:
        signers.append((former[0], run.former_signer))
    note = b""
    for key, signer in signers:
        line = sign_checkpoint(key, size, root, signer)
        read_checkpoint(line, key, "the checkpoint just signed")
        note += line if not note else line.partition(b"\n\n")[2]
    return note


def _write_documents(
    documents: DocumentSource, start: int, stop: int, batch: Batch, settings: PublishSettings, withheld: set[str]
) -> tuple[NamedDocument, ...]:
    """Write the documents that genesis and the entries name; those that the store does not have whole are returned."""
    missing: dict[str, NamedDocument] = {}
    tables = (NamedDocument(None, table) for table in settings.tables)
    for named in chain(tables, documents.named(start, stop)):
        if named.sha256 in withheld or named.sha256 in missing:
            continue
        data = documents.read(named.sha256)
        if data is None or sha256(data).hex() != named.sha256:
            missing[named.sha256] = named
            continue
        batch.stage(format_document_path(named.sha256), data)
        if len(batch) >= DOCUMENTS_TOGETHER:
            batch.move()
    batch.move()
    return tuple(missing.values())


def _write_description(files: Files, folder: Path, batch: Batch, settings: PublishSettings, withheld: list[Withheld]) -> None:
    """Write what is said of the log beside it, and take away the bytes of withheld documents."""
    batch.stage("genesis.json", settings.genesis)
    batch.stage("log.vkey", f"{format_vkey(settings.key)}\n".encode(), mutable=True)
    for name, vkey in sorted(settings.witnesses.items()):
        batch.stage(f"witness/{name}.vkey", f"{vkey}\n".encode(), mutable=True)
    batch.stage("policy", settings.policy, mutable=True)
    batch.stage("withheld.json", encode_canonical([each._asdict() for each in withheld]), mutable=True)
    batch.move()
    # A crash before this line leaves bytes that withheld.json says are gone: every run looks for them again.
    batch.remove(format_document_path(each.sha256) for each in withheld)
    known = {f"{name}.vkey" for name in settings.witnesses}
    batch.remove(f"witness/{name}" for name in files.list(f"{folder}/witness") if name not in known)


def format_document_path(sha256_hex: str) -> str:
    """Where a document is published."""
    return f"documents/sha256/{sha256_hex[:2]}/{sha256_hex}"
