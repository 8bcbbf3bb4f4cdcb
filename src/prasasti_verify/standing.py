"""Genesis, and whose key may do what from there on, by interpreting the closed list of effects in each contract's table.json."""

# Owns chain, origin and first state root; keys, organisations, offices, parameters, tables in force. Judges neither a contract's own
# rules nor seats in one process.

import re
from collections.abc import Callable
from typing import Any

from prasasti_verify.hashing import bucket_of, hash_bucket, hash_bucket_leaf, hash_node, hash_record, sha256
from prasasti_verify.strict import HASH, IDENTIFIER, KEY, CannotDo, check_shape, decode_json, encode_json, require, require_sorted

KEYS = [{"handle": str, "key": KEY, "roles": [str]}]
_MEMBER = {"class": re.compile("agency|auditor|citizens|operator"), "id": IDENTIFIER, "keys": KEYS}
_ORGANISATION = {"id": IDENTIFIER, "keys": KEYS, "licence": str, "ocid_prefixes": [str], "publication_policy": str}
_GENESIS = {
    "bucket_bits": int, "consensus_parts": dict, "contracts": [{"name": IDENTIFIER, "table": HASH, "version": int}], "domain": str,
    "ledger": str, "log_key": KEY, "members": [_MEMBER], "organisations": [_ORGANISATION], "parameters": dict, "time": int,
    "training": bool,
}  # fmt: skip
HOLDER, NEW_KEY = "identity.holder", "identity.new_key"
# Each effect with its fields, which are paths save possession; "|" parts alternatives.
EFFECTS = {
    "bind_key": "key organisation possession roles", "end_key": "key", "grant": "key role", "end": "key role",
    "admit": "class keys organisation possession", "suspend": "organisation|key|key organisation",
    "reinstate": "organisation|key|key organisation", "remove": "organisation", "log_key": "height key|height key possession",
    "set_parameter": "effective_from name value", "activate": "contract height table version", "withhold": "sha256",
}  # fmt: skip
_VALUES = {
    "key": KEY, "organisation": IDENTIFIER, "roles": [str], "role": str, "class": str, "keys": KEYS, "height": int, "sha256": HASH,
    "name": IDENTIFIER, "value": object, "effective_from": int, "contract": IDENTIFIER, "version": int, "table": HASH,
}  # fmt: skip
_ACTION = {"number": str, "signers": {"minimum": int, "maximum": int, "roles": [str]}, "effects": [dict], "documents": [str]}
Fact = tuple[str, ...]
Effect = dict[str, Any]  # As in a table, each path replaced by the value found there.


# All that decides who may do what. ``facts`` maps ("bound", key), ("free key", key), ("free organisation", id), which is: not suspended,
# and ("role", key, role) to the height that made them so: they count in the blocks above it. ``owners`` are organisations by key, of
# ended keys too; parameters stand by instant, log keys and planned tables by height.
class Standing:
    # As genesis fixes it; the caller adds its tables with plan_table.
    def __init__(self, genesis: dict[str, Any]) -> None:
        self.facts, self.owners, self.organisations = dict[Fact, int](), dict[str, str](), set[str]()
        self.parameters: dict[str, list[tuple[int, Any]]] = {name: [(0, value)] for name, value in genesis["parameters"].items()}
        self.log_keys: list[tuple[int, str]] = [(0, genesis["log_key"])]
        self.tables, self.planned = dict[str, dict[str, Any]](), list[tuple[int, str, dict[str, Any]]]()
        for owner in genesis["members"] + genesis["organisations"]:
            apply_effect(self, {"effect": "admit", "organisation": owner["id"], "keys": owner["keys"]}, 0, "genesis.json")


# The genesis, its form checked, with the ``origin`` of its checkpoints and the ``chain`` that its envelopes name.
def parse_genesis(data: bytes, place: str = "genesis.json") -> dict[str, Any]:
    genesis: dict[str, Any] = check_shape(decode_json(data, place), _GENESIS, place)
    require(4 <= genesis["bucket_bits"] <= 22, place, "bucket_bits is not within 4 to 22")
    for name in ("max_expiry_seconds", "max_expiry_seconds_several", "max_gap_seconds"):
        check_shape(genesis["parameters"].get(name), int, place, f"the parameter {name}")
    owners = genesis["members"] + genesis["organisations"]
    for owner in owners:
        check_keys(owner["keys"], place)
    require_sorted(sorted(owner["id"] for owner in owners), place, "ids of members and organisations")
    for what, name in (("contracts", "name"), ("members", "id"), ("organisations", "id")):
        require_sorted([item[name] for item in genesis[what]], place, what)
    training = "prasasti-training" if genesis["training"] else "prasasti"
    return genesis | {"origin": f"{genesis['domain']}/{training}/{genesis['ledger']}", "chain": sha256(data)[:16].hex()}


# Keys as genesis and the effect ``admit`` hold them.
def check_keys(keys: Any, place: str) -> None:
    for key in check_shape(keys, KEYS, place, "keys"):
        require_sorted(key["roles"], place, "roles")
    require_sorted([key["key"] for key in keys], place, "keys")


# The genesis state: exactly these records.
def list_records(genesis: dict[str, Any]) -> dict[str, Any]:
    since, active, organisations = genesis["time"], {"standing": "active"}, genesis["organisations"]
    owned = [(key, owner["id"]) for owner in genesis["members"] + organisations for key in owner["keys"]]
    return (
        {f"governance/contract/{item['name']}": _drop(item, "name") | {"height": 0} for item in genesis["contracts"]}
        | {f"governance/member/{item['id']}": _drop(item, "keys") | active for item in genesis["members"]}
        | {f"governance/parameter/{name}": {"since": since, "value": value} for name, value in genesis["parameters"].items()}
        | {f"identity/organisation/{item['id']}": _drop(item, "keys") | active for item in organisations}
        | {f"identity/key/{key['key']}": _drop(key, "key") | {"organisation": owner, "since": since} for key, owner in owned}
    )


def _drop(item: dict[str, Any], name: str) -> dict[str, Any]:
    return {field: value for field, value in item.items() if field != name}


# Root of the state tree that holds exactly these records.
def compute_state_root(records: dict[str, Any], bucket_bits: int) -> bytes:
    buckets: dict[int, list[bytes]] = {}
    for key in sorted(records):
        buckets.setdefault(bucket_of(key, bucket_bits), []).append(hash_record(key.encode(), sha256(encode_json(records[key]))))
    row, empty = {number: hash_bucket_leaf(hash_bucket(leaves)) for number, leaves in buckets.items()}, hash_bucket_leaf(hash_bucket([]))
    for _ in range(bucket_bits):
        row = {number: hash_node(row.get(2 * number, empty), row.get(2 * number + 1, empty)) for number in {at >> 1 for at in row}}
        empty = hash_node(empty, empty)
    return row.get(0, empty)


# Read a contract's table.json, in force from the first block at or above the height; an unknown effect allows no verdict.
def plan_table(standing: Standing, data: bytes, contract: str, version: int, height: int, place: str) -> None:
    table = check_shape(decode_json(data, place), {"contract": contract, "version": int, "actions": dict}, place)
    require(table["version"] == version, place, f"is the table of version {table['version']}, not {version}")
    for name, action in table["actions"].items():
        for effect in check_shape(action, _ACTION, place, name)["effects"]:
            fields = " ".join(sorted(effect.keys() - {"effect", "from"}))
            is_typed = all(type(value) is (bool if name == "possession" else str) for name, value in effect.items())
            if not is_typed or not fields or fields not in EFFECTS.get(effect.get("effect", ""), "").split("|"):
                raise CannotDo(f"{place}: {contract}.{name} has an effect that this verifier does not know: {effect}. Get a newer one.")
    standing.planned = sorted([*standing.planned, (height, contract, table)], key=lambda plan: plan[0])


# Bring the tables into force that are due.
def start_block(standing: Standing, height: int) -> None:
    while standing.planned and standing.planned[0][0] <= height:
        _, contract, standing.tables[contract] = standing.planned.pop(0)


# What the table in force says of an action.
def find_action(standing: Standing, action: str, place: str) -> Any:
    contract, _, name = action.partition(".")
    actions = standing.tables.get(contract, {"actions": {}})["actions"]
    require(name in actions, place, f"the action {action} stands in no table in force")
    return actions[name]


def find_parameter(standing: Standing, name: str, instant: int) -> Any:
    return next(value for since, value in reversed(standing.parameters[name]) if since <= instant)


# The key that signs a checkpoint whose last block has this height.
def find_log_key(standing: Standing, height: int) -> bytes:
    return bytes.fromhex([key for since, key in standing.log_keys if since <= height][-1])


# Checks 8 and 9 of admission, the actor, and that the new keys, which are exempt from both, have signed themselves.
def judge_signers(standing: Standing, payload: dict[str, Any], action: dict[str, Any], new: set[str], height: int, place: str) -> None:
    allowed, signers = action["signers"], payload["signers"]
    require(allowed["minimum"] <= len(signers) <= allowed["maximum"], place, f"{len(signers)} signers may not {payload['action']}")
    for key, role in [(signer["key"], signer["role"]) for signer in signers]:
        require(role in allowed["roles"], place, f"the role {role} may not {payload['action']}")
        owner = standing.owners.get(key, "")
        needed: list[tuple[Fact, str]] = [
            (("bound", key), "is not bound, or no longer, or only from the next block on"),
            (("free key", key), "is suspended"),
            (("free organisation", owner), f"belongs to {owner}, which is suspended"),
            (("role", key, role), "does not hold that role at this block"),
        ]
        for fact, fault in [] if role == NEW_KEY else needed[: 3 if role == HOLDER else 4]:
            require(standing.facts.get(fact, height) < height, place, f"the key {key[:16]}… signs as {role}, but {fault}")
    signed_as_new = {signer["key"] for signer in signers if signer["role"] == NEW_KEY}
    require(signed_as_new == new, place, "the keys that sign as new keys are not those that the action binds")
    is_actor = signers[0]["role"] != NEW_KEY and standing.owners[signers[0]["key"]] == payload["actor"]
    require(is_actor, place, f"the first signer is not of the actor, {payload['actor']}")


# A table's effects, each with the values that it finds in the arguments or in the events that it names.
def list_effects(effects: list[Any], arguments: dict[str, Any], events: list[Any], place: str) -> list[Effect]:
    found: list[Effect] = []
    for effect in effects:
        roots = [event for event in events if f"event {event.get('event')}" == effect["from"]] if "from" in effect else [arguments]
        found += [instance for root in roots for instance in _resolve(effect, root, place)]
    return found


# Effects of a block's deadlines: each that any action in force takes from such events, once.
def list_deadline_effects(standing: Standing, events: list[Any], place: str) -> list[Effect]:
    actions = [action for table in standing.tables.values() for action in table["actions"].values()] if events else []
    effects = [effect for action in actions for effect in action["effects"] if "from" in effect]
    return list_effects([effect for at, effect in enumerate(effects) if effect not in effects[:at]], {}, events, place)


# Keys that must themselves have signed, as new keys.
def list_new_keys(effects: list[Effect]) -> set[str]:
    return {item["key"] for effect in effects if effect.get("possession") for item in effect.get("keys", [effect])}


# Change the standing as the effect says (withholding apart); ``load`` gets the bytes of a table by its hash. What names an unknown key or
# organisation changes nothing: no right can follow from it.
def apply_effect(standing: Standing, effect: Effect, height: int, place: str, load: Callable[[str], bytes] | None = None) -> None:
    name, facts, key, organisation = effect["effect"], standing.facts, effect.get("key", ""), effect.get("organisation", "")
    match name:
        case "bind_key" | "admit":
            check_keys(effect.get("keys", []), place)
            if name == "admit" and organisation not in standing.organisations:
                standing.organisations.add(organisation)
                facts["free organisation", organisation] = height
            for key, roles in [(item["key"], item["roles"]) for item in effect.get("keys", [effect])]:
                require(key not in standing.owners, place, f"binds the key {key[:16]}… a second time")
                standing.owners[key] = organisation
                facts |= dict.fromkeys([("bound", key), ("free key", key), *(("role", key, role) for role in roles)], height)
        case "end_key" | "end" | "suspend":
            for fact in _list_facts(effect):
                facts.pop(fact, None)
        case "grant" | "reinstate":
            for fact in _list_facts(effect):
                facts.setdefault(fact, height)
        case "remove":
            for fact in [fact for fact in facts if fact[0] == "role" and standing.owners.get(fact[1]) == organisation]:
                if fact[2].startswith("governance.") and fact[2] != "governance.officer":
                    del facts[fact]
        case "log_key":
            standing.log_keys.append((effect["height"], key))
        case "set_parameter":
            history = standing.parameters.setdefault(effect["name"], [])
            history.append((effect["effective_from"], effect["value"]))
            require(len({type(value) for _, value in history}) == 1, place, f"sets {effect['name']} to a value of another type")
            history.sort(key=lambda change: change[0])
        case "activate" if load:
            data, place = load(effect["table"]), f"table of {effect['contract']}, version {effect['version']}"
            plan_table(standing, data, effect["contract"], effect["version"], effect["height"], place)


def _list_facts(effect: Effect) -> list[Fact]:
    if effect["effect"] == "end_key":
        return [("bound", effect["key"])]
    if "role" in effect:
        return [("role", effect["key"], effect["role"])]
    return [(f"free {what}", effect[what]) for what in ("key", "organisation") if what in effect]


# One instance for each element of a list on the way of the paths; paths through one list go through it together.
def _resolve(effect: Effect, root: Any, place: str) -> list[Effect]:
    paths = {name: effect[name] for name in effect if name in _VALUES}
    columns = {name: _look(root, path.split("."), name in ("roles", "keys")) if path else [""] for name, path in paths.items()}
    lengths = {len(column) for column in columns.values()} - {1}
    found = [{name: column[at % len(column)] for name, column in columns.items()} for at in range(max(lengths, default=1))]
    if "|" in EFFECTS[effect["effect"]]:
        found = [{name: value for name, value in values.items() if value} for values in found]
    require(len(lengths) <= 1 and all(found), place, f"{effect['effect']}: its paths lead to nobody, or to lists of unequal length")
    for name, value in [item for values in found for item in values.items()]:
        check_shape(value, _VALUES[name], place, f"{effect['effect']}: {name}")
    return [{name: effect[name] for name in effect if name not in _VALUES} | values for values in found]


# Values at the end of a path; a list there counts as its elements, save where a list is what is asked for.
def _look(node: Any, path: list[str], wants_list: bool) -> list[Any]:
    for at, step in enumerate(path):
        if type(node) is list:
            return [value for element in node for value in _look(element, path[at:], wants_list)]
        node = node.get(step) if type(node) is dict else None
    return node if type(node) is list and not wants_list else [node]
