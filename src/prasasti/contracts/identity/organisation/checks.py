"""Conditions on organisations (13, 14, 16): each a pure predicate, one numbered refusal each (RULES.md)."""

from __future__ import annotations

from itertools import permutations

from prasasti.contracts.governance.records import member_key
from prasasti.contracts.identity.conditions import (
    find_class,
    find_key,
    find_organisation,
    is_founder,
    is_organisation_known,
)
from prasasti.contracts.identity.parameters import (
    CLOSING_REASONS,
    DAY_SECONDS,
    read_parameter,
)
from prasasti.contracts.identity.records import (
    PREFIXES_KEY,
    PrefixesRecord,
    QuotaRecord,
    quota_key,
)
from prasasti.contracts.offices import (
    REGISTRAR,
    find_exclusion,
    find_offices,
    is_role_allowed,
)
from prasasti.core.contract import Call, View
from prasasti.core.genesis import MemberRecord
from prasasti.core.types import require


def is_organisation_new(view: View, call: Call) -> bool:
    """13.1: an organisation's id is taken once."""
    return not is_organisation_known(view, call.arguments.organisation)


def has_registrar(view: View, call: Call) -> bool:
    """13.2: somebody there can register keys from the next block on."""
    return any(REGISTRAR in key.roles for key in call.arguments.keys)


def are_founding_roles_compatible(view: View, call: Call) -> bool:
    """13.3: as 01.4, over the keys of each person."""
    keys = call.arguments.keys
    return all(find_exclusion({role for each in keys if each.handle == key.handle for role in each.roles}) is None for key in keys)


def is_within_quota(view: View, call: Call) -> bool:
    """13.4: one organisation registers so many others a day."""
    record = view.get(quota_key(call.actor), QuotaRecord)
    count = record.count if record is not None and record.day == call.time // DAY_SECONDS else 0
    return count < read_parameter(view, "registrations_a_day", call.time)


def is_actor_member(view: View, call: Call) -> bool:
    """13.5, 14.2: the signer acts for a member."""
    return find_class(view, call.actor) != ""


def are_founding_roles_allowed(view: View, call: Call) -> bool:
    """13.6: each role is known and not a member's."""
    return all(is_role_allowed(role, "") for key in call.arguments.keys for role in key.roles)


def are_founding_keys_new(view: View, call: Call) -> bool:
    """13.7: as 01.2."""
    return all(find_key(view, key.key) is None for key in call.arguments.keys)


def is_known_organisation(view: View, call: Call) -> bool:
    """00.3: a member or another organisation has that id."""
    return is_organisation_known(view, call.arguments.organisation)


def are_prefixes_apart(view: View, call: Call) -> bool:
    """14.1: of any two prefixes neither begins the other; those it has already may be named again."""
    record = view.get(PREFIXES_KEY, PrefixesRecord)
    taken = [(prefix, owner) for prefix, owner in (record.owners if record is not None else {}).items()]
    # The prefix "" of a founder, which fits every ocid, was all founders' decision.
    taken += [(prefix, each.id) for each in call.genesis.organisations for prefix in each.ocid_prefixes if prefix]
    named = call.arguments.ocid_prefixes
    if any(two.startswith(one) for one, two in permutations(named, 2)):
        return False
    others = [(prefix, owner) for prefix, owner in taken if (owner, True) != (call.arguments.organisation, prefix in named)]
    return not any(one.startswith(two) or two.startswith(one) for one in named for two, _ in others)


def is_organisation_open(view: View, call: Call) -> bool:
    """00.2: the organisation was not closed before."""
    record = find_organisation(view, call.arguments.organisation)
    return record is None or record.standing == "active"


def is_closing_reason_known(view: View, call: Call) -> bool:
    """00.6: the reason is one of the codes."""
    return call.arguments.reason in CLOSING_REASONS


def is_no_member(view: View, call: Call) -> bool:
    """16.1: members come and go by votes."""
    return view.get(member_key(call.arguments.organisation), MemberRecord) is None


def do_closers_pair(view: View, call: Call) -> bool:
    """16.2: its registrar (or a founder, where it has none) and a registrar of another organisation, which is a member."""
    organisation = call.arguments.organisation

    def may_act(key: str, owner: str) -> bool:
        return owner == organisation or (is_founder(view, call, key) and not find_offices(view, call.genesis, organisation).registrars)

    signers = [(signer.key, require(find_key(view, signer.key), signer.key).organisation) for signer in call.signers]
    return any(
        may_act(key, owner) and other not in (owner, organisation) and find_class(view, other) != ""
        for (key, owner), (_, other) in permutations(signers, 2)
    )
