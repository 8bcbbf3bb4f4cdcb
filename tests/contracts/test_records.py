"""What every record of a contract has to keep to, so that its bytes are the same on every machine."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import msgspec

from prasasti import contracts


def list_structs() -> Iterator[type[msgspec.Struct]]:
    """Every struct that a module of the contracts names, each once."""
    modules = [importlib.import_module(each.name) for each in pkgutil.walk_packages(contracts.__path__, f"{contracts.__name__}.")]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    yield from dict.fromkeys(each for each in found if issubclass(each, msgspec.Struct))


def test_no_default_is_left_out_that_is_told_by_identity() -> None:
    """msgspec leaves a field out where its value *is* the default: a text "0" that was computed is another object than the default, on
    one Python and not on the next, so the same state would have two encodings. Of these alone there is one object each."""
    leaving_out = [struct for struct in list_structs() if struct.__struct_config__.omit_defaults]
    defaults = {field.default for struct in leaving_out for field in msgspec.structs.fields(struct)} - {msgspec.NODEFAULT}
    assert leaving_out
    assert defaults <= {"", None, False}
