"""The strict check of a release against `model`, and the few mends of what real publishers get wrong.

Owns: `validate_release` (every problem with its path), `mend_release` (the tolerances, each of which is reported), `find_fields_used`.
Everything is derived from the types of `model`, none of its fields is named here, save the ocid. Does not own: reading files,
personal data. A mend never guesses: it applies only where one reading is possible, and what it leaves is refused by the check.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, TypeAlias, cast

import msgspec
from msgspec import inspect

from prasasti.integrations.ocds import model
from prasasti.integrations.ocds.canonical import JsonFault, Number, is_bounded_number, parse_json
from prasasti.integrations.ocds.codelists import CODELISTS
from prasasti.integrations.ocds.problems import Notice, Problem

MAX_PROBLEMS: Final = 100
"""More of one release help nobody."""

Trail: TypeAlias = "tuple[Trail, str | int] | None"
"""A path as it is walked: spelled out only where something is found."""

_LANGUAGE: Final = "(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[A-Za-z]{4}|[A-Za-z]{5,8})"
_SCRIPT_AND_REGION: Final = "(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
_VARIANTS: Final = "(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
_EXTENSIONS: Final = "(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*"
_PRIVATE_USE: Final = "x(?:-[A-Za-z0-9]{1,8})+"
LANGUAGE_TAG: Final = re.compile(f"{_LANGUAGE}{_SCRIPT_AND_REGION}{_VARIANTS}{_EXTENSIONS}(?:-{_PRIVATE_USE})?|{_PRIVATE_USE}")
"""RFC 5646, 2.1, as the standard uses it for translations."""

DATE_TIME: Final = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-9]{2})[Tt](?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9])"
    r"(?P<fraction>\.[0-9]+)?(?P<zone>[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
"""RFC 3339, 5.6, without leap seconds; the zone may be missing here, which only `mend_release` allows."""

_JSON_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_CAPITAL_PREFIX: Final = re.compile(r"(?i:ocds-[a-z0-9]{6})")
_DROPPED: Final = object()


class Shape(msgspec.Struct, frozen=True, eq=False):
    """What the standard says of one place: the JSON types allowed there and what else holds of each."""

    kinds: frozenset[str]
    min_length: int = 0
    codelist: str = ""
    format: str = ""
    translatable: bool = False
    unique: bool = False
    struct: type[model.Model] | None = None
    item: Shape | None = None


class ObjectShape(msgspec.Struct, frozen=True, eq=False):
    """``plain`` are the Python types of which any value will do, by field: most values need no more than that look."""

    fields: dict[str, Shape]
    required: tuple[str, ...]
    plain: dict[str, frozenset[type]]


def validate_release(release: bytes | dict[str, Any]) -> list[Problem]:
    """Every problem of a release (its bytes, or what `parse_json` made of them), in document order; empty when it is valid."""
    value: Any = release
    if isinstance(release, bytes):
        try:
            value = parse_json(release.decode("utf-8"))
        except UnicodeDecodeError as error:
            return [Problem("", "not_json", f"byte {error.start} is not UTF-8")]
        if isinstance(value, JsonFault):
            return [Problem(value.path, value.fault, value.detail)]
    problems: list[Problem] = []
    _check(value, Shape(frozenset({"object"}), struct=model.Release), None, problems)
    return problems[:MAX_PROBLEMS]


def _check(value: Any, shape: Shape, trail: Trail, problems: list[Problem]) -> None:
    kind = kind_of(value)
    if kind not in shape.kinds and not (kind == "integer" and "number" in shape.kinds):
        problems.append(Problem(spell(trail), "wrong_type", f"{kind}, not {' or '.join(sorted(shape.kinds))}"))
    elif kind == "string":
        _check_text(value, shape, trail, problems)
    elif kind == "array":
        _check_list(value, shape, trail, problems)
    elif kind == "object" and shape.struct is not None:
        _check_object(value, shape.struct, trail, problems)


def _check_text(value: str, shape: Shape, trail: Trail, problems: list[Problem]) -> None:
    if len(value) < shape.min_length:
        problems.append(Problem(spell(trail), "empty_text"))
    if shape.codelist and value not in CODELISTS[shape.codelist]:
        problems.append(Problem(spell(trail), "unknown_code", f"{value[:100]} ({shape.codelist})"))
    if shape.format == "date-time" and not is_date_time(value):
        problems.append(Problem(spell(trail), "not_a_date_time", value[:100]))
    if shape.format == "email" and "@" not in value:
        problems.append(Problem(spell(trail), "not_an_email", value[:100]))


def _check_list(value: list[Any], shape: Shape, trail: Trail, problems: list[Problem]) -> None:
    if len(value) < shape.min_length:
        problems.append(Problem(spell(trail), "empty_list"))
    if shape.unique and len(value) > 1 and _repeats(value):
        problems.append(Problem(spell(trail), "repeated_item"))
    if shape.item is not None:
        for index, item in enumerate(value):
            if len(problems) < MAX_PROBLEMS:
                _check(item, shape.item, (trail, index), problems)


def _repeats(items: list[Any]) -> bool:
    """Whether two items are the same to JSON Schema; objects whose ids are different texts are not, whatever else they hold."""
    ids = {item.get("id") for item in items if type(item) is dict and type(item.get("id")) is str}
    return len(ids) < len(items) and len({_comparable(item) for item in items}) < len(items)


def _check_object(value: dict[str, Any], struct: type[model.Model], trail: Trail, problems: list[Problem]) -> None:
    shape = object_shape(struct)
    for name in shape.required:
        if name not in value:
            problems.append(Problem(spell((trail, name)), "missing_field"))
    plain = shape.plain
    for name, item in value.items():
        if type(item) in plain.get(name, _NO_TYPES):
            continue
        field = field_shape(shape, name)
        if field is None:
            problems.append(Problem(spell((trail, name)), "unknown_field"))
        else:
            _check(item, field, (trail, name), problems)


def field_shape(shape: ObjectShape, name: str) -> Shape | None:
    """The shape of a field, or of a translation of it (`title_es`); None where the standard has no such field."""
    field = shape.fields.get(name)
    if field is not None:
        return field
    base, _, language = name.partition("_")
    field = shape.fields.get(base)
    if field is not None and field.translatable and LANGUAGE_TAG.fullmatch(language):
        return Shape(frozenset({"string", "null"}))
    return None


def is_date_time(text: str) -> bool:
    match = DATE_TIME.fullmatch(text)
    return match is not None and match["zone"] is not None and _is_day(match)


def _is_day(match: re.Match[str]) -> bool:
    year, day = int(match["year"]), int(match["day"])
    return year > 0 and day >= 1 and (day <= 28 or day <= calendar.monthrange(year, int(match["month"]))[1])


def kind_of(value: Any) -> str:
    """The JSON Schema type of a value; an integer is a number without fraction and exponent, as draft 4 has it."""
    kind = _KIND_OF_TYPE.get(type(value))
    if kind is not None:
        return kind
    if isinstance(value, Number):
        return "integer" if value.is_integer else "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, dict):
        return "object"
    if isinstance(value, list):
        return "array"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    raise TypeError(f"{type(value).__name__} is no value of a parsed release")


_KIND_OF_TYPE: Final = {str: "string", dict: "object", list: "array", type(None): "null", bool: "boolean"}


def _comparable(value: Any) -> Any:
    """A hashable stand-in: two are equal when JSON Schema calls the values equal (1 and 1.0 are, 1 and true are not)."""
    if isinstance(value, dict):
        return ("object", frozenset((key, _comparable(item)) for key, item in value.items()))
    if isinstance(value, list):
        return ("array", tuple(_comparable(item) for item in value))
    if isinstance(value, bool):
        return ("boolean", value)
    return Number(str(value)) if isinstance(value, int) else value


def spell(trail: Trail) -> str:
    """A walked path in words: `awards[0].value.amount`."""
    steps: list[str | int] = []
    while trail is not None:
        trail, step = trail
        steps.append(step)
    path = ""
    for step in reversed(steps):
        path += f"[{step}]" if isinstance(step, int) else f".{step[:100]}" if path else step[:100]
    return path


def mend_release(release: dict[str, Any], *, drop_unknown_fields: bool = False) -> tuple[dict[str, Any], list[Notice]]:
    """A release with the tolerances of real data applied, and one notice for each; the given release stays as it is.

    A number as text becomes that number; a list of one object where an object belongs becomes the object; a null list or object,
    which the standard does not allow, is left out; a date without zone becomes UTC; the ocid's prefix becomes lower case. On
    request, fields that the model does not know are left out.
    """
    notices: list[Notice] = []
    mended = _mend_object(release, model.Release, None, notices, drop_unknown_fields)
    ocid = mended.get("ocid")
    if isinstance(ocid, str) and normalize_ocid(ocid) != ocid:
        mended["ocid"] = normalize_ocid(ocid)
        notices.append(Notice("ocid", "ocid_prefix_in_capitals", ocid[:11]))
    return mended, notices


def normalize_ocid(ocid: str) -> str:
    """The ocid with its prefix (`ocds-` and six characters) in lower case, the rest as it is."""
    match = _CAPITAL_PREFIX.match(ocid)
    return ocid[: match.end()].lower() + ocid[match.end() :] if match else ocid


def _mend_object(value: dict[str, Any], struct: type[model.Model], trail: Trail, notices: list[Notice], drop: bool) -> dict[str, Any]:
    shape = object_shape(struct)
    mended = {}
    for name, item in value.items():
        field = field_shape(shape, name)
        if field is None and drop:
            notices.append(Notice(spell((trail, name)), "unknown_field_dropped"))
            continue
        new = item if field is None else _mend(item, field, (trail, name), notices, drop)
        if new is not _DROPPED:
            mended[name] = new
    return mended


def _mend(value: Any, shape: Shape, trail: Trail, notices: list[Notice], drop: bool) -> Any:
    if value is None and "null" not in shape.kinds:
        if "array" in shape.kinds or "object" in shape.kinds:
            notices.append(Notice(spell(trail), "null_list" if "array" in shape.kinds else "null_object"))
            return _DROPPED
    elif isinstance(value, str):
        return _mend_text(value, shape, trail, notices)
    elif isinstance(value, list) and shape.struct is not None and shape.item is None:
        if not value:
            notices.append(Notice(spell(trail), "empty_list_for_object"))
            return _DROPPED
        if len(value) == 1 and isinstance(value[0], dict):
            notices.append(Notice(spell(trail), "list_for_object"))
            return _mend_object(value[0], shape.struct, trail, notices, drop)
    elif isinstance(value, list) and shape.item is not None:
        return _mend_items(value, shape.item, trail, notices, drop)
    elif isinstance(value, dict) and shape.struct is not None:
        return _mend_object(value, shape.struct, trail, notices, drop)
    return value


def _mend_items(value: list[Any], shape: Shape, trail: Trail, notices: list[Notice], drop: bool) -> list[Any]:
    """A null within a list stays, so that the check refuses it: leaving it out would move what follows."""
    mended = [None if item is None else _mend(item, shape, (trail, index), notices, drop) for index, item in enumerate(value)]
    return [item for item in mended if item is not _DROPPED]


def _mend_text(value: str, shape: Shape, trail: Trail, notices: list[Notice]) -> str | Number:
    wants_number = "string" not in shape.kinds and not shape.kinds.isdisjoint(("number", "integer"))
    if wants_number and _JSON_NUMBER.fullmatch(value) and is_bounded_number(value):
        notices.append(Notice(spell(trail), "number_as_text"))
        return Number(value)
    if shape.format == "date-time":
        match = DATE_TIME.fullmatch(value)
        if match is not None and match["zone"] is None and _is_day(match):
            notices.append(Notice(spell(trail), "date_without_zone"))
            return value + "Z"
    return value


def find_fields_used(release: dict[str, Any]) -> set[tuple[str, str]]:
    """The fields that stand in a valid release, as (name of the model's object, name of the field)."""
    return set(_fields_used(release, model.Release))


def _fields_used(value: dict[str, Any], struct: type[model.Model]) -> Iterator[tuple[str, str]]:
    shape = object_shape(struct)
    for name, item in value.items():
        field = shape.fields.get(name)
        if field is None:
            continue
        yield struct.__name__, name
        inner = field.item if field.item is not None else field
        if inner.struct is not None:
            for element in item if isinstance(item, list) else [item]:
                if isinstance(element, dict):
                    yield from _fields_used(element, inner.struct)


@cache
def object_shape(struct: type[model.Model]) -> ObjectShape:
    """The shapes of an object's fields, from the types of `model`."""
    fields = cast(inspect.StructType, inspect.type_info(struct)).fields
    shapes = {field.name: _describe(field.type) for field in fields}
    return ObjectShape(
        fields=shapes,
        required=tuple(field.name for field in fields if field.required),
        plain={name: frozenset(_list_plain_types(shape)) for name, shape in shapes.items()},
    )


_NO_TYPES: Final[frozenset[type]] = frozenset()


def _list_plain_types(shape: Shape) -> Iterator[type]:
    """Types of values that `_check` would find nothing wrong with, whatever they are."""
    if "null" in shape.kinds:
        yield type(None)
    if "boolean" in shape.kinds:
        yield bool
    if "number" in shape.kinds:
        yield Number
    if "string" in shape.kinds and not (shape.min_length or shape.codelist or shape.format in ("date-time", "email")):
        yield str


def _describe(described: inspect.Type) -> Shape:
    if isinstance(described, inspect.UnionType):
        return _join([_describe(member) for member in described.types])
    if isinstance(described, inspect.Metadata):
        extra = described.extra or {}
        return msgspec.structs.replace(_describe(described.type), **extra)
    if isinstance(described, inspect.StructType):
        return Shape(frozenset({"object"}), struct=cast(type[model.Model], described.cls))
    if isinstance(described, inspect.ListType):
        return Shape(frozenset({"array"}), min_length=described.min_length or 0, item=_describe(described.item_type))
    if isinstance(described, inspect.StrType):
        return Shape(frozenset({"string"}), min_length=described.min_length or 0)
    return Shape(frozenset(_KINDS[type(described)]))


_KINDS: Final[dict[type[inspect.Type], tuple[str, ...]]] = {
    inspect.AnyType: ("string", "number", "boolean", "null", "object", "array"),
    inspect.BoolType: ("boolean",),
    inspect.DecimalType: ("number",),
    inspect.DictType: ("object",),
    inspect.FloatType: ("number",),
    inspect.IntType: ("integer",),
    inspect.NoneType: ("null",),
}


def _join(shapes: list[Shape]) -> Shape:
    """One shape of the members of a union; no union of the model has two lists, two objects or two texts."""
    joined = shapes[0]
    for shape in shapes[1:]:
        joined = Shape(
            kinds=joined.kinds | shape.kinds,
            min_length=max(joined.min_length, shape.min_length),
            codelist=joined.codelist or shape.codelist,
            format=joined.format or shape.format,
            translatable=joined.translatable or shape.translatable,
            unique=joined.unique or shape.unique,
            struct=joined.struct or shape.struct,
            item=joined.item or shape.item,
        )
    return joined
