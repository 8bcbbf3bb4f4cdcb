"""Commands of whoever runs a ledger: ``backup``, ``restore``."""

from __future__ import annotations

import time
from errno import ENOENT
from pathlib import Path

import click

from prasasti import bootstrap
from prasasti.cli.shell import Shell, command, ledger_option, shell
from prasasti.contracts import CONTRACTS
from prasasti.integrations.ocds.attestation import recompute_parties
from prasasti.services.audited_log import PublishedLog, open_source
from prasasti.services.backing_up import BackedUp, back_up, is_backup
from prasasti.services.restoring import Restored, restore_backup, restore_published
from prasasti_verify.strict import Wrong
from prasasti_verify.tiles import Source, read

SHOWN_DOCUMENTS = 10


@click.command()
@click.option("--to", "folder", required=True, type=click.Path(path_type=Path), metavar="FOLDER", help="A new folder for the copy.")
@click.option("--keys", "keys_to", type=click.Path(path_type=Path), metavar="FOLDER", help="Copy the keys, too, into this folder.")
@ledger_option
@command
def backup(folder: Path, keys_to: Path | None, ledger_folder: Path) -> None:
    """Copy the ledger into a new folder, also while it is written to, and compare the copy.

    Databases, documents and the last signed checkpoint are copied; keys only where --keys names a place of their own.

    \b
    prasasti backup --to backups/monday
    prasasti restore --from backups/monday --ledger restored
    """
    out = shell()
    with bootstrap.open_for_reading(ledger_folder) as ledger, out.progress("backup.progress") as progress:
        done = back_up(ledger, folder, int(time.time()), keys_to, progress)
    _say_backup(out, done, folder, keys_to)
    manifest = done.manifest
    out.finish(
        {
            "backup": str(folder), "chain": manifest.chain, "height": manifest.height, "size": manifest.size,
            "app_hash": manifest.app_hash, "documents": done.documents, "bytes": sum(file.bytes for file in manifest.files),
            "keys": done.keys,
        }
    )  # fmt: skip


@click.command()
@click.option("--from", "place", required=True, metavar="FOLDER|URL", help="A published log, or a backup.")
@click.option("--checkpoint", "checkpoints", multiple=True, metavar="FILE|URL", help="A signed checkpoint that it must hold.")
@ledger_option
@command
def restore(place: str, checkpoints: tuple[str, ...], ledger_folder: Path) -> None:
    """Rebuild a ledger from its published log, or from a backup.

    Every rule, signature and hash of a published log is checked on the way. What is behind the last signed checkpoint (in
    DIR/publisher, or given) is refused: give the newest that a witness or reader has.

    \b
    prasasti restore --from public --ledger restored
    prasasti restore --from public --checkpoint public/checkpoint --ledger restored-too
    """
    out = shell()
    notes = {each: _read_note(each) for each in checkpoints}
    with bootstrap.open_to_restore(ledger_folder), out.progress("restore.progress") as progress:
        if is_backup(Path(place)):
            restored = restore_backup(Path(place), ledger_folder, notes, progress)
        else:
            log = PublishedLog(open_source(place))
            registry = bootstrap.registry_for(log.genesis)
            restored = restore_published(log, ledger_folder, registry, CONTRACTS, recompute_parties, notes, progress)
    _say_restored(out, restored, ledger_folder)
    out.finish(
        {
            "ledger": str(ledger_folder), "chain": restored.chain, "height": restored.tip.height, "size": restored.tip.size,
            "app_hash": restored.tip.app_hash.hex(), "transactions": restored.transactions, "documents": restored.documents,
            "withheld": restored.withheld, "compared": list(restored.compared),
            "missing": [{"entry": position, "sha256": digest} for position, digest in restored.missing],
            "doubtful": [str(difference) for difference in restored.doubtful],
        }
    )  # fmt: skip


def _say_backup(out: Shell, done: BackedUp, folder: Path, keys_to: Path | None) -> None:
    manifest = done.manifest
    out.say("backup.done", folder=folder, size=manifest.size, documents=done.documents, height=manifest.height)
    out.say("backup.app_hash", app_hash=manifest.app_hash)
    if keys_to is None:
        out.say("backup.no_keys")
    elif done.keys:
        out.say("backup.keys", count=done.keys, folder=keys_to)
    else:
        out.say("backup.keys_elsewhere")


def _say_restored(out: Shell, restored: Restored, folder: Path) -> None:
    out.say("restore.done", folder=folder, size=restored.tip.size, height=restored.tip.height, documents=restored.documents)
    out.say("restore.chain", chain=restored.chain)
    out.say("restore.app_hash", app_hash=restored.tip.app_hash.hex())
    if restored.withheld:
        out.say("restore.withheld", count=restored.withheld)
    for position, digest in restored.missing[:SHOWN_DOCUMENTS]:
        out.say("restore.missing", position=position, digest=digest)
    if len(restored.missing) > SHOWN_DOCUMENTS:
        out.say("restore.more_missing", count=len(restored.missing))
    for difference in restored.doubtful[:SHOWN_DOCUMENTS]:
        out.say("restore.doubtful", difference=difference)
    if restored.compared:
        for place in restored.compared:
            out.say("restore.compared", place=place)
    else:
        out.say("restore.not_compared")


def _read_note(place: str) -> bytes:
    """A checkpoint's bytes, from a file or an address."""
    if not place.startswith(("http://", "https://")):
        return Path(place).read_bytes()
    folder, _, name = place.rpartition("/")
    try:
        return read(Source(folder), name)
    except Wrong as problem:
        raise FileNotFoundError(ENOENT, "no checkpoint is there", place) from problem
