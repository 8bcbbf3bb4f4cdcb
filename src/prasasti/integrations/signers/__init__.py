"""Keys at rest and in use: one interface, and the ways to reach a key.

Owns how the place of a key is written. Which key may do what is the ledger's state's business.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prasasti.integrations.signers.external import open_external_key
from prasasti.integrations.signers.interface import SeedSigner, Signer, SignerProblem
from prasasti.integrations.signers.key_file import (
    AGE_SUFFIX,
    TRAINING_SUFFIX,
    create_age_key,
    create_training_key,
    open_age_key,
    open_training_key,
    write_new_secret,
)
from prasasti.integrations.signers.pkcs11_uri import SCHEME as TOKEN_SCHEME
from prasasti.integrations.signers.pkcs11_uri import refuse_pin
from prasasti.integrations.signers.ssh_agent import open_agent_key

__all__ = [
    "SeedSigner", "Signer", "SignerProblem",
    "create_age_key", "create_token_key", "create_training_key", "is_token_key", "open_signer", "open_training_key", "write_new_secret",
]  # fmt: skip

AGENT_PREFIX = "ssh-agent:"
COMMAND_PREFIX = "command:"


def open_signer(location: str, passphrase: Callable[[], str], *, training: bool = False) -> Signer:
    """The key at a location; SignerProblem says what is wrong with it.

    ``NAME.age``: an age file, for which ``passphrase`` is called once. ``NAME.training.seed``: a seed in clear, taken
    only where ``training``. ``ssh-agent:KEY``: the agent's key of that hex public key or comment. ``command:WORDS``:
    an external signer (see ``external``). ``pkcs11:…``: a key on a token, by its PKCS#11 URI (see ``pkcs11_uri``), whose PIN
    ``passphrase`` gives unless the URI says from where. Secrets come from there only, so that none stands in an argument.
    """
    refuse_pin(location)
    if location.startswith(AGENT_PREFIX):
        return open_agent_key(location.removeprefix(AGENT_PREFIX))
    if location.startswith(COMMAND_PREFIX):
        return open_external_key(location.removeprefix(COMMAND_PREFIX))
    if is_token_key(location):
        # Only who has a token loads what speaks to it.
        from prasasti.integrations.signers.hardware_token import open_token_key

        return open_token_key(location, passphrase)
    if location.endswith(TRAINING_SUFFIX):
        return open_training_key(Path(location), training)
    if location.endswith(AGE_SUFFIX):
        return open_age_key(Path(location), passphrase)
    raise SignerProblem(
        f"{location}: not the place of a key; it is NAME{AGE_SUFFIX}, {AGENT_PREFIX}KEY, {COMMAND_PREFIX}WORDS, {TOKEN_SCHEME}…, "
        f"or on a training ledger NAME{TRAINING_SUFFIX}"
    )


def create_token_key(location: str, ask_pin: Callable[[], str]) -> Signer:
    """A new key on the token that a PKCS#11 URI names; SignerProblem."""
    from prasasti.integrations.signers import hardware_token

    return hardware_token.create_token_key(location, ask_pin)


def is_token_key(location: str) -> bool:
    """Whether a location is a PKCS#11 URI. Its scheme is of any case (RFC 3986): what might name a PIN is never taken for a file."""
    return location[: len(TOKEN_SCHEME)].lower() == TOKEN_SCHEME
