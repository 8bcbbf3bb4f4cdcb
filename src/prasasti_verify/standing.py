"""Whose key may do what at which block, by interpreting the closed list of effects in each contract's table.json."""

# Owns keys, organisations, offices, parameters, tables in force. Judges neither a contract's own rules nor seats in one process.

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from prasasti_verify.genesis import KEYS, check_keys
from prasasti_verify.strict import HASH, IDENTIFIER, KEY, CannotDo, Wrong, check_shape, decode_json, require

HOLDER, NEW_KEY = "identity.holder", "identity.new_key"
# Each effect with its fields, which are paths save possession; "|" parts alternatives.
EFFECTS = {
    "bind_key": "key organisation possession roles", "end_key": "key", "grant": "key role", "end": "key role",
    "admit": "class keys organisation possession", "suspend": "organisation|key|key organisation",
    "reinstate": "organisation|key|key organisation", "remove": "organisation", "log_key": "height key",
    "set_parameter": "effective_from name value", "activate": "contract height table version", "withhold": "sha256",
}  # fmt: skip
_VALUES = {
    "key": KEY, "organisation": IDENTIFIER, "roles": [str], "role": str, "class": str, "keys": KEYS, "height": int, "sha256": HASH,
    "name": IDENTIFIER, "value": object, "effective_from": int, "contract": IDENTIFIER, "version": int, "table": HASH,
}  # fmt: skip
_SIGNERS = {"minimum": int, "maximum": int, "roles": [str]}
_ACTION = {"number": str, "signers": _SIGNERS, "effects": [dict], "documents": [str]}
Fact = tuple[str, ...]
Effect = dict[str, Any]  # As in a table, each path replaced by the value found there.


# All that decides who may do what. ``facts`` maps ("bound", key), ("free key", key), ("free organisation", id), free of suspension, and
# ("role", key, role) to the height that made them so: they count in the blocks above it. ``owners`` are organisations by key, of
# ended keys too; parameters stand by instant, log keys and planned tables by height.
@dataclass(slots=True)
class Standing:
    facts: dict[Fact, int]
    owners: dict[str, str]
    organisations: set[str]
    parameters: dict[str, list[tuple[int, Any]]]
    log_keys: list[tuple[int, str]]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    planned: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)


# Standing as genesis fixes it; the caller adds its tables with plan_table.
def start_standing(genesis: dict[str, Any]) -> Standing:
    parameters = {name: [(0, value)] for name, value in genesis["parameters"].items()}
    standing = Standing({}, {}, set(), parameters, [(0, genesis["log_key"])])
    for owner in genesis["members"] + genesis["organisations"]:
        _admit(standing, owner["id"], owner["keys"], 0, "genesis.json")
    return standing


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
def find_action(standing: Standing, action: str, place: str) -> dict[str, Any]:
    contract, _, name = action.partition(".")
    found: dict[str, Any] | None = standing.tables.get(contract, {"actions": {}})["actions"].get(name)
    if found is None:
        raise Wrong(place, f"the action {action} stands in no table in force")
    return found


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


# Change the standing as the effect says (withholding apart); ``load`` gets the bytes of a table by its hash.
def apply_effect(standing: Standing, effect: Effect, height: int, load: Callable[[str], bytes], place: str) -> None:
    name, facts, key, organisation = effect["effect"], standing.facts, effect.get("key", ""), effect.get("organisation", "")
    is_known = not key or key in standing.owners or name in ("bind_key", "log_key")
    require(is_known, place, f"changes the standing of a key that was never bound: {key}")
    is_known = not organisation or organisation in standing.organisations or name == "admit"
    require(is_known, place, f"changes the standing of an organisation that was never admitted: {organisation}")
    match name:
        case "bind_key" | "admit":
            keys = effect["keys"] if name == "admit" else [{"handle": "", "key": key, "roles": sorted(effect["roles"])}]
            _admit(standing, organisation, keys, height, place)
        case "end_key":
            facts.pop(("bound", key), None)
        case "grant":
            facts.setdefault(("role", key, effect["role"]), height)
        case "end":
            facts.pop(("role", key, effect["role"]), None)
        case "suspend" | "reinstate":
            require(key or organisation, place, f"{name}s nobody")
            for what, target in [(what, effect[what]) for what in ("key", "organisation") if what in effect]:
                if name == "suspend":
                    facts.pop((f"free {what}", target), None)
                else:
                    facts.setdefault((f"free {what}", target), height)
        case "remove":
            for fact in [fact for fact in facts if fact[0] == "role" and standing.owners[fact[1]] == organisation]:
                if fact[2].startswith("governance.") and fact[2] != "governance.officer":
                    del facts[fact]
        case "log_key":
            standing.log_keys.append((effect["height"], key))
        case "set_parameter":
            history = standing.parameters.setdefault(effect["name"], [])
            is_alike = all(type(value) is type(effect["value"]) for _, value in history)
            require(is_alike, place, f"sets the parameter {effect['name']} to a value of another type")
            history.append((effect["effective_from"], effect["value"]))
            history.sort(key=lambda change: change[0])
        case "activate":
            data, place = load(effect["table"]), f"table of {effect['contract']}, version {effect['version']}"
            plan_table(standing, data, effect["contract"], effect["version"], effect["height"], place)


def _admit(standing: Standing, organisation: str, keys: list[Any], height: int, place: str) -> None:
    check_keys(keys, place)
    if organisation not in standing.organisations:
        standing.organisations.add(organisation)
        standing.facts["free organisation", organisation] = height
    for key, roles in [(item["key"], item["roles"]) for item in keys]:
        require(key not in standing.owners, place, f"binds the key {key[:16]}… a second time")
        standing.owners[key] = organisation
        standing.facts |= dict.fromkeys([("bound", key), ("free key", key), *(("role", key, role) for role in roles)], height)


# One instance for each element of a list on the way of the paths; paths through one list go through it together.
def _resolve(effect: Effect, root: Any, place: str) -> list[Effect]:
    paths = {name: effect[name] for name in effect if name in _VALUES}
    columns = {name: _look(root, path.split("."), name in ("roles", "keys")) if path else [""] for name, path in paths.items()}
    lengths = {len(column) for column in columns.values()} - {1}
    require(len(lengths) <= 1, place, f"{effect['effect']}: its paths lead to lists of unequal length")
    found = [{name: column[at % len(column)] for name, column in columns.items()} for at in range(max(lengths, default=1))]
    if "|" in EFFECTS[effect["effect"]]:
        found = [{name: value for name, value in values.items() if value} for values in found]
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
