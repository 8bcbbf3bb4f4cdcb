"""The page of messages and roles, made of the contracts' own tables, so that it cannot say anything else.

Pure: writes no file. A test compares the committed ``docs/messages-and-roles.md`` with what this makes.
"""

from __future__ import annotations

from collections.abc import Sequence

from prasasti.contracts import CONTRACTS
from prasasti.contracts.offices import KNOWN_ROLES, ROLE_CLASSES
from prasasti.core.admission import HOLDER_ROLE, NEW_KEY_ROLE
from prasasti.core.contract import Contract, Message

HEAD = """\
# Messages and roles

Made from the tables of the contracts by `prasasti.services.rules_page`; a test keeps it current. Which message takes how
many signers, each in which role, and what it changes about who may sign. What else must hold stands in each contract's
RULES.md; what a signer is told otherwise, in [refusals](refusals.md).
"""

TAIL = f"""
- `{HOLDER_ROLE}`: every key in standing, for whichever organisation. The message's own conditions say which of them.
- `{NEW_KEY_ROLE}`: the key that the message binds, which proves itself by signing. No key holds this role.
- Effects on standing are those that the verifier interprets from the published tables. A key or role that is given counts
  from the next block on; what is ended counts no longer at once.
"""


def build_rules_page(contracts: Sequence[Contract] = CONTRACTS) -> str:
    """Markdown of the page, without a machine's or a day's trace."""
    roles = list_roles(contracts)
    lines = [_row("message", "signers", *roles, "effect on standing"), _row(*["---"] * (len(roles) + 3))]
    for contract in contracts:
        lines += [_describe_message(contract, message, roles) for message in contract.messages]
    idle = [role for role in KNOWN_ROLES if role not in roles]
    notes = [f"- `{role}`: for members of the class {member_class} only.\n" for role, member_class in ROLE_CLASSES.items()]
    notes += [f"- `{role}` can be given, but no message is for it yet.\n" for role in idle]
    return "\n".join([HEAD, *lines]) + "\n" + TAIL + "".join(notes)


def list_roles(contracts: Sequence[Contract]) -> list[str]:
    """Every role that a table names, sorted."""
    return sorted({role for contract in contracts for message in contract.messages for role in message.roles})


def _describe_message(contract: Contract, message: Message, roles: Sequence[str]) -> str:
    fewest, most = message.minimum_signers, message.maximum_signers
    signers = str(fewest) if fewest == most else f"{fewest} to {most}"
    effects = ", ".join(f"`{effect['effect']}`" for effect in message.effects)
    allowed = ("yes" if role in message.roles else "" for role in roles)
    return _row(f"{message.number} `{contract.name}.{message.name}`", signers, *allowed, effects)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
