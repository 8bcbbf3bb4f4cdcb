"""Commands that found a ledger and make keys: ``init``, ``key``."""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path

import click

from prasasti import bootstrap
from prasasti.cli.shell import COULD_NOT, Shell, ask_passphrase, command, shell
from prasasti.contracts.offices import AUDITOR
from prasasti.core.genesis import compute_chain, compute_origin
from prasasti.integrations.signers import create_age_key, create_token_key, create_training_key, is_token_key, open_signer
from prasasti.integrations.signers.key_file import AGE_SUFFIX
from prasasti.services.founding import (
    DEFAULT_BUCKET_BITS,
    TRAINING_BUCKET_BITS,
    build_genesis,
    make_redaction_key,
    make_training_genesis,
    read_founders,
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--training", is_flag=True, help="Found a training ledger: four members and a publisher, keys in clear under FOLDER/keys.")
@click.option("--founders", type=click.Path(path_type=Path), metavar="FILE", help="Found a ledger by this file (TOML) of members and keys.")
@click.option("--genesis", type=click.Path(path_type=Path), metavar="FILE", help="Join a ledger by its genesis.json.")
@click.option("--name", default="training-1", show_default=True, help="Id of the training ledger.")
@click.option("--bucket-bits", type=click.IntRange(4, 22), help="Size of the state tree, as a power of two; fixed for the ledger's life.")
@command
def init(folder: Path, training: bool, founders: Path | None, genesis: Path | None, name: str, bucket_bits: int | None) -> None:
    """Found a ledger in FOLDER.

    \b
    prasasti init ledger --training
    prasasti init ledger --founders founders.toml
    prasasti init ledger --genesis genesis.json

    Each founder makes keys with 'prasasti key make' and hands over the public ones. Roles: docs/messages-and-roles.md.
    The founders' file names them:

    \b
    domain = "ledger.example.org"
    ledger = "contracts"
    log_key = "PUBLIC KEY"              # the log's own, of no member
    [[members]]
    id = "agency-1"
    class = "agency"                    # or auditor, citizens, operator
    keys = [
      {handle = "officer-1", key = "PUBLIC KEY", roles = ["governance.officer"]},
      {handle = "registrar-1", key = "PUBLIC KEY", roles = ["identity.registrar"]},
    ]
    [[members]]
    id = "auditor-1"
    class = "auditor"
    keys = [
      {handle = "auditor-1", key = "PUBLIC KEY", roles = ["governance.auditor"]},
      {handle = "registrar-1", key = "PUBLIC KEY", roles = ["identity.registrar"]},
    ]
    [[organisations]]                   # who publishes and is no member
    id = "publisher-1"
    ocid_prefixes = ["ocds-213czf-"]    # without one it can publish nothing
    licence = "https://creativecommons.org/licenses/by/4.0/"
    keys = [
      {handle = "desk-1", key = "PUBLIC KEY", roles = ["procurement.publisher"]},
    ]
    """
    if sum((training, founders is not None, genesis is not None)) != 1:
        raise click.UsageError("give one of --training, --founders FILE, --genesis FILE")
    bootstrap.require_free(folder)
    if genesis is not None:
        genesis_bytes = genesis.read_bytes()
    elif founders is not None:
        bits = bucket_bits or DEFAULT_BUCKET_BITS
        genesis_bytes = build_genesis(read_founders(founders), int(time.time()), bootstrap.allowed_parts(), bits)
    else:
        bits = bucket_bits or TRAINING_BUCKET_BITS
        genesis_bytes = make_training_genesis(folder / "keys", name, int(time.time()), bootstrap.allowed_parts(), bits)
    made = bootstrap.create_ledger(folder, genesis_bytes)
    digest = sha256(genesis_bytes).hexdigest()
    out = shell()
    out.say("init.done", origin=compute_origin(made), folder=folder)
    out.say("init.chain", chain=compute_chain(genesis_bytes))
    out.say("init.genesis", digest=digest)
    if training:
        out.say("init.training", keys=folder / "keys")
    if not any(AUDITOR in key.roles for member in made.members for key in member.keys):
        out.say("init.no_auditor")
    out.say("init.next" if training else "init.next_with_keys", folder=folder)
    out.finish({"folder": str(folder), "origin": compute_origin(made), "chain": compute_chain(genesis_bytes), "genesis": digest})


@click.group()
def key() -> None:
    """Make and show keys; enrol, rotate, recover and revoke them; watch what one signs.

    \b
    prasasti key make officer.age
    prasasti key show officer.age
    prasasti key enrol officer.age --organisation agency-1 --handle officer-7 --role procurement.officer -r registrar.age
    """


@key.command()
@click.argument("place", metavar="PATH")
@click.option("--redaction", is_flag=True, help="Make a publisher's redaction key, which marks natural persons, instead of a signing key.")
@command
def make(place: str, redaction: bool) -> None:
    """Make a key in the new file PATH, or on a token.

    PATH ends with .age (encrypted under a passphrase, which is asked for) or, for training ledgers, .training.seed; or is a
    PKCS#11 URI (RFC 7512), whose key never leaves its token.

    \b
    prasasti key make officer.age
    prasasti key make 'pkcs11:token=TOKEN;object=officer?module-path=/usr/lib/softhsm/libsofthsm2.so'
    prasasti key make --redaction publisher.redaction.key
    """
    out, path = shell(), Path(place)
    if redaction and is_token_key(place):
        raise click.UsageError("a redaction key is a file, not a key on a token")
    if is_token_key(place):
        token_signer = create_token_key(place, lambda: ask_passphrase(place))
        out.say("key.made_on_token", place=place)
        out.say("key.public", key=token_signer.public_key.hex())
        out.finish({"location": place, "public_key": token_signer.public_key.hex()})
        return
    if redaction:
        make_redaction_key(path)
        out.say("key.made", path=path)
        out.finish({"path": str(path)})
        return
    if path.name.endswith(".training.seed"):
        signer = create_training_key(path)
    else:
        _require_new_age_file(out, path)
        passphrase = ask_passphrase(str(path))
        if passphrase != ask_passphrase(out.words("key.again")):
            out.fail("error.could_not", out.words("key.differ"), COULD_NOT)
        signer = create_age_key(path, passphrase)
    out.say("key.made", path=path)
    out.say("key.public", key=signer.public_key.hex())
    out.finish({"path": str(path), "public_key": signer.public_key.hex()})


def _require_new_age_file(out: Shell, path: Path) -> None:
    """Nobody types a passphrase for a file that cannot be made."""
    if not path.name.endswith(AGE_SUFFIX):
        out.fail("error.could_not", out.words("key.suffix", path=path), COULD_NOT)
    if path.exists():
        out.fail("error.could_not", out.words("key.exists", path=path), COULD_NOT)
    if not path.parent.is_dir():
        out.fail("error.could_not", out.words("error.no_folder", folder=path.parent), COULD_NOT)


@key.command(name="show")
@click.argument("location")
@command
def show_key(location: str) -> None:
    """Print the public key at LOCATION: a file, ssh-agent:KEY, command:WORDS, or a PKCS#11 URI.

    \b
    prasasti key show officer.age
    prasasti key show 'pkcs11:token=TOKEN;object=officer?module-path=/usr/lib/softhsm/libsofthsm2.so'
    """
    signer = open_signer(location, lambda: ask_passphrase(location), training=True)
    shell().say("key.public", key=signer.public_key.hex())
    shell().finish({"location": location, "public_key": signer.public_key.hex()})
