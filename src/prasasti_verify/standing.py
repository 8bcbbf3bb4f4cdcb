"""Whose key may do what at which block, by interpreting the closed list of effects in each contract's table.json.

Owns keys, organisations, offices, parameters, tables in force. Judges neither a contract's own rules nor seats in one process.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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


@dataclass(slots=True)
class Holder:
    """A key or an organisation. What is given at a height counts above it; what is taken counts no longer at once."""

    since: int
    organisation: str = ""
    roles: dict[str, int] = field(default_factory=dict)
    is_suspended: bool = False
    is_ended: bool = False


@dataclass(slots=True)
class Standing:
    """All that decides who may do what: parameters by instant, tables in force and planned, log keys by height."""

    keys: dict[str, Holder]
    organisations: dict[str, Holder]
    parameters: dict[str, list[tuple[int, Any]]]
    log_keys: list[tuple[int, str]]
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    planned: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)


class Effect(NamedTuple):
    """One effect of one entry, its paths replaced by the values found there."""

    name: str
    values: dict[str, Any]
    needs_possession: bool
    is_from_event: bool


def start_standing(genesis: dict[str, Any]) -> Standing:
    """Standing as genesis fixes it; the caller adds its tables with ``plan_table``."""
    owners = genesis["members"] + genesis["organisations"]
    keys = {key["key"]: Holder(0, owner["id"], dict.fromkeys(key["roles"], 0)) for owner in owners for key in owner["keys"]}
    parameters = {name: [(0, value)] for name, value in genesis["parameters"].items()}
    return Standing(keys, {owner["id"]: Holder(0) for owner in owners}, parameters, [(0, genesis["log_key"])])


def plan_table(standing: Standing, data: bytes, contract: str, version: int, height: int, place: str) -> None:
    """Read a contract's table.json, in force from the first block at or above the height; an unknown effect allows no verdict."""
    table = check_shape(decode_json(data, place), {"contract": contract, "version": int, "actions": dict}, place)
    require(table["version"] == version, place, f"is the table of version {table['version']}, not {version}")
    for name, action in table["actions"].items():
        for effect in check_shape(action, _ACTION, place, name)["effects"]:
            fields = " ".join(sorted(effect.keys() - {"effect", "from"}))
            is_typed = all(type(value) is (bool if name == "possession" else str) for name, value in effect.items())
            if not is_typed or not fields or fields not in EFFECTS.get(effect.get("effect", ""), "").split("|"):
                raise CannotDo(f"{place}: {contract}.{name} has an effect that this verifier does not know: {effect}. Get a newer one.")
    standing.planned = sorted([*standing.planned, (height, contract, table)], key=lambda plan: plan[0])


def start_block(standing: Standing, height: int) -> None:
    """Bring the tables into force that are due."""
    while standing.planned and standing.planned[0][0] <= height:
        _, contract, standing.tables[contract] = standing.planned.pop(0)


def find_action(standing: Standing, action: str, place: str) -> dict[str, Any]:
    """What the table in force says of an action."""
    contract, _, name = action.partition(".")
    found: dict[str, Any] | None = standing.tables.get(contract, {"actions": {}})["actions"].get(name)
    if found is None:
        raise Wrong(place, f"the action {action} stands in no table in force")
    return found


def find_parameter(standing: Standing, name: str, instant: int) -> Any:
    """Value of a parameter in force at an instant."""
    return next(value for since, value in reversed(standing.parameters[name]) if since <= instant)


def find_log_key(standing: Standing, height: int) -> bytes:
    """Key that signs a checkpoint whose last block has this height."""
    return bytes.fromhex([key for since, key in standing.log_keys if since <= height][-1])


def judge_signers(standing: Standing, payload: dict[str, Any], action: dict[str, Any], new: set[str], height: int, place: str) -> None:
    """Checks 8 and 9 of admission, the actor, and that the new keys, which are exempt from both, have signed themselves."""
    allowed, signers = action["signers"], payload["signers"]
    require(allowed["minimum"] <= len(signers) <= allowed["maximum"], place, f"{len(signers)} signers may not {payload['action']}")
    for signer in signers:
        require(signer["role"] in allowed["roles"], place, f"the role {signer['role']} may not {payload['action']}")
        fault = find_fault(standing, signer["key"], signer["role"], height) if signer["role"] != NEW_KEY else ""
        require(not fault, place, f"the key {signer['key'][:16]}… signs as {signer['role']}, but {fault}")
    signed_as_new = {signer["key"] for signer in signers if signer["role"] == NEW_KEY}
    require(signed_as_new == new, place, "the keys that sign as new keys are not those that the action binds")
    first = standing.keys.get(signers[0]["key"])
    is_actor = first and signers[0]["role"] != NEW_KEY and first.organisation == payload["actor"]
    require(is_actor, place, f"the first signer is not of the actor, {payload['actor']}")


def find_fault(standing: Standing, key_text: str, role: str, height: int) -> str:
    """Why a key may not sign in a role at this block; empty where it may."""
    key = standing.keys.get(key_text)
    if key is None:
        return "it is bound to nobody"
    owner = standing.organisations[key.organisation]
    if key.is_ended or key.is_suspended or owner.is_suspended:
        return "it has been ended" if key.is_ended else "it or its organisation is suspended"
    if max(key.since, owner.since) >= height:
        return "it counts only from the next block on"
    return "" if role == HOLDER or key.roles.get(role, height) < height else "it does not hold that role at this block"


def list_effects(effects: list[Any], arguments: dict[str, Any], events: list[Any], place: str) -> list[Effect]:
    """A table's effects, each with the values that it finds in the arguments or in the events that it names."""
    found: list[Effect] = []
    for effect in effects:
        roots = [event for event in events if f"event {event.get('event')}" == effect["from"]] if "from" in effect else [arguments]
        found += [instance for root in roots for instance in _resolve(effect, root, place)]
    return found


def list_deadline_effects(standing: Standing, events: list[Any], place: str) -> list[Effect]:
    """Effects of a block's deadlines: each that any action in force takes from such events, once."""
    actions = [action for table in standing.tables.values() for action in table["actions"].values()] if events else []
    effects = [effect for action in actions for effect in action["effects"] if "from" in effect]
    return list_effects([effect for at, effect in enumerate(effects) if effect not in effects[:at]], {}, events, place)


def list_new_keys(effects: list[Effect]) -> set[str]:
    """Keys that must themselves have signed, as new keys."""
    values = [effect.values for effect in effects if effect.needs_possession]
    return {item["key"] for found in values for item in found.get("keys", [found])}


def apply_effect(standing: Standing, effect: Effect, height: int, load: Callable[[str], bytes], place: str) -> None:
    """Change the standing as the effect says (withholding apart); ``load`` gets the bytes of a table by its hash."""
    given, name = effect.values, effect.name
    key, organisation = given.get("key", ""), given.get("organisation", "")
    is_known = (not key or key in standing.keys or name == "log_key") != (name == "bind_key")
    require(is_known, place, f"binds a key a second time, or changes one that was never bound: {key}")
    is_known = not organisation or organisation in standing.organisations or name == "admit"
    require(is_known, place, f"changes the standing of an organisation that was never admitted: {organisation}")
    match name:
        case "bind_key":
            standing.keys[key] = Holder(height, organisation, dict.fromkeys(given["roles"], height))
        case "admit":
            check_keys(given["keys"], place)
            standing.organisations.setdefault(organisation, Holder(height))
            for item in given["keys"]:
                require(item["key"] not in standing.keys, place, f"binds a key a second time: {item['key']}")
                standing.keys[item["key"]] = Holder(height, organisation, dict.fromkeys(item["roles"], height))
        case "end_key":
            standing.keys[key].is_ended = True
        case "grant":
            standing.keys[key].roles.setdefault(given["role"], height)
        case "end":
            standing.keys[key].roles.pop(given["role"], None)
        case "suspend" | "reinstate":
            require(given, place, f"{name}s nobody")
            for holder in filter(None, (standing.keys.get(key), standing.organisations.get(organisation))):
                holder.since = height if holder.is_suspended and name == "reinstate" else holder.since
                holder.is_suspended = name == "suspend"
        case "remove":
            for holder in [holder for holder in standing.keys.values() if holder.organisation == organisation]:
                lost = {role for role in holder.roles if role.startswith("governance.")} - {"governance.officer"}
                holder.roles = {role: since for role, since in holder.roles.items() if role not in lost}
        case "log_key":
            standing.log_keys.append((given["height"], key))
        case "set_parameter":
            history = standing.parameters.setdefault(given["name"], [])
            is_alike = all(type(value) is type(given["value"]) for _, value in history)
            require(is_alike, place, f"sets the parameter {given['name']} to a value of another type")
            history.append((given["effective_from"], given["value"]))
            history.sort(key=lambda change: change[0])
        case "activate":
            data, contract = load(given["table"]), given["contract"]
            plan_table(standing, data, contract, given["version"], given["height"], f"table of {contract}, version {given['version']}")


# One instance for each element of a list on the way of the paths; paths through one list go through it together. A list at the end
# of a path stands for its elements too, save where a list is what is asked for.
def _resolve(effect: dict[str, Any], root: Any, place: str) -> Iterator[Effect]:
    paths = {name: path.split(".") for name, path in effect.items() if name not in ("effect", "from", "possession")}
    for name, path in paths.items():
        for depth in range(1, len(path) + (name not in ("roles", "keys"))):
            if type(elements := _look(root, path[:depth])) is list:
                for element in elements:
                    yield from _resolve(effect, _replace(root, path[:depth], element), place)
                return
    values = {name: "" if path == [""] else _look(root, path) for name, path in paths.items()}
    if "|" in EFFECTS[effect["effect"]]:
        values = {name: value for name, value in values.items() if value}
    for name, value in values.items():
        check_shape(value, _VALUES[name], place, f"{effect['effect']}: {name}")
    yield Effect(effect["effect"], values, effect.get("possession", False), "from" in effect)


def _look(node: Any, path: list[str]) -> Any:
    for step in path:
        node = node.get(step) if type(node) is dict else None
    return node


def _replace(node: Any, path: list[str], value: Any) -> Any:
    return {**node, path[0]: _replace(node[path[0]], path[1:], value)} if path else value
