"""The rules as people read them are the rules as the program runs them: numbers, words, order, arguments, events, records."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import pytest

from prasasti.contracts import CONTRACTS, offices
from prasasti.contracts.identity import parameters
from prasasti.core import genesis
from prasasti.core.contract import Contract, Message, Rejection
from prasasti.core.types import Event
from prasasti.services.rules_page import build_rules_page
from tests.contracts.rules import ROOT, list_conditions, list_modules, list_records, list_sections, list_tables, read_rules
from tests.core.test_admission import ROWS

CONTRACT = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
NUMBER = re.compile(r"[a-z]+\.\d\d[a-z]?\.\d+")
TIME_CONDITIONS = (
    "governance.04.1", "governance.19.1", "governance.20.1",
    *(f"procurement.{number}" for number in (
        "04.1", "06.1", "08.1", "09.1", "10.1", "12.1", "16.1", "19.1", "21.1", "23.3", "25.1", "39.2", "40.2", "52.1",
    )),
)  # fmt: skip


def list_rejections(contract: Contract) -> list[Rejection]:
    """Every constant of the contract's rejections.py, and of those of its objects."""
    found = [value for module in list_modules(contract.name, "rejections") for value in vars(module).values()]
    return [value for value in found if isinstance(value, Rejection)]


def list_structs(contract: Contract, module: str) -> Iterator[type[msgspec.Struct]]:
    """Structs that modules of that name, the contract's and its objects', define themselves."""
    for each in list_modules(contract.name, module):
        for value in vars(each).values():
            if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == each.__name__:
                yield value


def order_of(number: str) -> tuple[int, int]:
    """Who may act at all comes first, then a message's own time condition, so that what is late is called late; then those of
    message 00, by number, then the message's own."""
    _, message, condition = number.split(".")
    if number.endswith(".00.1"):
        return (0, 0)
    return (1, 0) if number in TIME_CONDITIONS else (2 if message == "00" else 3, int(condition))


@CONTRACT
def test_every_refusal_stands_in_the_rules_in_the_same_words(contract: Contract) -> None:
    written = {(number, words) for number, words, _ in list_conditions(read_rules(contract.name))}
    assert written == {(rejection.number, rejection.condition) for rejection in list_rejections(contract)}
    assert all(len(reason) > 5 and reason.endswith(".") for _, _, reason in list_conditions(read_rules(contract.name)))


@CONTRACT
def test_numbers_are_unique_and_of_one_form(contract: Contract) -> None:
    rejections = list_rejections(contract)
    numbers = [rejection.number for rejection in rejections]
    assert len(numbers) == len(set(numbers))
    assert len({rejection.condition for rejection in rejections}) == len(rejections)
    assert all(NUMBER.fullmatch(number) and number.startswith(f"{contract.name}.") for number in numbers)
    messages = {message.number for message in contract.messages}
    assert len(messages) == len(contract.messages)
    assert {number.split(".")[1] for number in numbers} <= messages | {"00"}
    assert contract.lost_in_block.number == f"{contract.name}.00.1"


@CONTRACT
def test_every_refusal_is_used_in_its_own_message_and_in_order(contract: Contract) -> None:
    used: set[Rejection] = {contract.lost_in_block}
    for message in contract.messages:
        numbers = [rejection.number for rejection, _ in message.conditions]
        assert numbers == sorted(set(numbers), key=order_of)
        assert {number.split(".")[1] for number in numbers} <= {message.number, "00"}
        used |= {rejection for rejection, _ in message.conditions}
    assert used == set(list_rejections(contract))


@CONTRACT
def test_each_message_is_described_as_it_is(contract: Contract) -> None:
    """Number, arguments, roles, conditions in order, effects on standing, events."""
    sections = {section.action: section for section in list_sections(contract.name)}
    assert list(sections) == [f"{contract.name}.{message.name}" for message in contract.messages]
    for message in contract.messages:
        section = sections[f"{contract.name}.{message.name}"]
        assert section.number == message.number
        assert section.arguments == [field.encode_name for field in msgspec.structs.fields(message.arguments)]
        assert [(number, words) for number, words, _ in section.conditions] == [tuple(rejection) for rejection, _ in message.conditions]
        signers = section.text.partition("\nSigners: ")[2].partition("\n\n")[0]
        assert set(re.findall(r"`([a-z_]+\.[a-z_]+)`", signers)) == set(message.roles)
        assert signers.startswith(str(message.minimum_signers))
        standing = " ".join(section.text.split()).partition("On standing: ")[2].partition("Event")[0]
        assert re.findall(r"`([a-z_]+)`", standing) == [effect["effect"] for effect in message.effects]
        assert message.effects or standing.startswith("none")


@CONTRACT
def test_every_event_is_described_with_its_fields(contract: Contract) -> None:
    described = re.findall(r"^Events?: (.*?)(?:\n\n|\Z)", read_rules(contract.name), re.MULTILINE | re.DOTALL)
    # Several names before one pair of braces share its fields.
    found = {
        (name, tuple(re.split(r",\s+", fields)))
        for text in described
        for names, fields in re.findall(r"([^{}]*)\{([^}]*)\}", text)
        for name in re.findall(r"`([a-z]+\.[a-z_]+)`", names)
    }
    events = [event for event in list_structs(contract, "events") if issubclass(event, Event)]
    assert found == {(event.__struct_config__.tag, event.__struct_fields__) for event in events}


@CONTRACT
def test_every_record_is_described_with_its_fields(contract: Contract) -> None:
    """Also shared ones and those of genesis that stand under the contract's name; and homes beyond 256 are argued."""
    text = " ".join(f"{record}" for _, record, _ in list_records(contract.name))
    described = {name: tuple(re.split(r",\s*", fields)) for name, fields in re.findall(r"([A-Z]\w+) \{([^}]*)\}", text)}
    own = {struct.__name__: struct for struct in list_structs(contract, "records")}
    elsewhere = {**vars(genesis), **vars(offices)}
    shared = {name: struct for name, struct in elsewhere.items() if name in described and name not in own}
    expected = {
        name: tuple(field.encode_name + ("" if field.required else "?") for field in msgspec.structs.fields(struct))
        for name, struct in {**own, **shared}.items()
    }
    assert described == expected
    rules = read_rules(contract.name)
    assert ("**More than 256 in a home.**" in rules) != ("No home holds more than 256." in rules)
    assert all(key.startswith(f"{contract.name}/") and bound for key, _, bound in list_records(contract.name))


def test_every_genesis_record_stands_in_the_rules_of_its_contract() -> None:
    written = {
        name for contract in CONTRACTS for _, record, _ in list_records(contract.name) for name in re.findall(r"[A-Z]\w+Record", record)
    }
    assert {name for name in vars(genesis) if name.endswith("Record")} <= written


def test_every_role_of_a_table_can_be_given_to_a_key() -> None:
    """Less what nobody holds or everybody has. Which are idle, the page of messages and roles says."""
    used = {role for contract in CONTRACTS for message in contract.messages for role in message.roles}
    assert used - {"identity.new_key", "identity.holder"} <= set(offices.KNOWN_ROLES)


def test_the_rules_name_the_roles_that_not_everybody_can_give() -> None:
    part = read_rules("identity").partition("\n## Roles\n")[2].partition("\n## ")[0]
    written = {role for row in list_tables(part) for role in re.findall(r"`([a-z_.]+)`", row[0])}
    assert written == {role for role in offices.KNOWN_ROLES if not offices.is_role_allowed(role, "")}


def test_the_rules_name_every_exclusion_and_parameter() -> None:
    """The tables of identity's RULES.md against the program's."""
    rules = read_rules("identity")
    pairs: set[tuple[str, str]] = set()
    for one, other in list_tables(rules.partition("\n## Exclusions\n")[2].partition("\n## ")[0]):
        left, right = (re.findall(r"`([a-z_.]+)`", cell) for cell in (one, other))
        if other == "every role that is not governance's":
            right = [role for role in offices.KNOWN_ROLES if not role.startswith("governance.")]
        pairs |= {(a, b) for a in left for b in (left if other == "each other" else right) if a != b}
    assert pairs | {(b, a) for a, b in pairs} == offices.EXCLUSIONS
    rows = list_tables(rules.partition("\n## Parameters\n")[2].partition("\n## ")[0])
    written = {name.strip("`"): (int(default), tuple(map(int, bounds.split(", ")))) for name, default, bounds, _ in rows}
    assert written == {each.name: (each.default, (each.least, each.most)) for each in parameters.PARAMETERS}


def test_every_admission_check_is_described() -> None:
    """docs/refusals.md against the codes that the sources answer with; each has a row in the tests of admission."""
    rows = list_tables((ROOT / "docs" / "refusals.md").read_text(encoding="utf-8"))
    described = [row[0] for row in rows if row[0].startswith("admission.")]
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "prasasti").rglob("*.py"))
    assert len(described) == len(set(described))
    assert set(described) == set(re.findall(r'Inadmissible\(\s*"(admission\.\d+)"', sources))
    assert set(described) <= {code for code, _ in ROWS.values()}


def test_the_page_of_messages_and_roles_is_current() -> None:
    """If not: ``python -c "from prasasti.services.rules_page import build_rules_page as b; print(b(), end='')"`` into it."""
    page = ROOT / "docs" / "messages-and-roles.md"
    assert page.read_text(encoding="utf-8") == build_rules_page()


def test_the_page_says_yes_exactly_where_the_table_does() -> None:
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in build_rules_page().splitlines() if line.startswith("|")]
    head, _, *rows = lines
    assert [row[0] for row in rows] == [f"{message.number} `{each.name}.{message.name}`" for each in CONTRACTS for message in each.messages]
    messages: list[Message] = [message for each in CONTRACTS for message in each.messages]
    for row, message in zip(rows, messages, strict=True):
        assert {role for role, cell in zip(head, row, strict=True) if cell == "yes"} == set(message.roles)
