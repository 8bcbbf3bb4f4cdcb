"""Says where code that must be deterministic touches what differs between machines, runs or Pythons.

Every node must reach the same app hash from the same blocks, today and in a replay decades from now. So ``core``,
``contracts``, ``rules`` (less its SQL back end) and the hashing that they share with the verifier use no clock,
randomness, files, network, environment, logging, floats, order of sets, addresses of objects, nor Unicode tables.

Owns the list of what is refused, each with its reason. Reads syntax only: a set is recognised where it is built or
annotated; one inside another container, or a float that a library hands over, is not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

PURE = ("prasasti/core", "prasasti/contracts", "prasasti/rules", "prasasti_verify/hashing.py")
SQL_BACK_END = "prasasti/rules/sql"

# Whatever is not named here may not be imported: that alone keeps out clock, randomness, files, network, environment,
# logging, threads, unicodedata, locale and every library that nobody has looked at.
ALLOWED_MODULES = frozenset(
    """__future__ abc base64 binascii bisect collections collections.abc dataclasses enum fractions functools hashlib
    heapq hmac itertools json msgspec msgspec.structs operator re struct types typing prasasti_verify.hashing""".split()
)
ALLOWED_PACKAGES = ("prasasti.core", "prasasti.contracts", "prasasti.rules")
# Of these only single names: the rest of each is random, or floats.
ALLOWED_NAMES = {
    "math": frozenset({"comb", "gcd", "isqrt", "lcm"}),
    "nacl.bindings": frozenset({"crypto_sign_open", "crypto_sign_BYTES", "crypto_sign_PUBLICKEYBYTES"}),
    "nacl.exceptions": frozenset({"BadSignatureError", "CryptoError"}),
}

FORBIDDEN_NAMES = {
    **dict.fromkeys(("open", "print", "input", "breakpoint", "__file__"), "reaches outside the process"),
    **dict.fromkeys(("eval", "exec", "compile", "__import__", "globals", "locals", "vars"), "hides what it touches from this check"),
    "hash": "differs with PYTHONHASHSEED",
    "id": "is an address in memory",
    "complex": "is made of floats",
}
UNICODE_METHODS = frozenset(
    """casefold lower upper title capitalize swapcase isalnum isalpha isdecimal isdigit isidentifier islower isnumeric
    isprintable isspace istitle isupper""".split()
)
WHITESPACE_METHODS = frozenset({"split", "rsplit", "strip", "lstrip", "rstrip"})
CASE_FLAGS = frozenset({"I", "IGNORECASE", "L", "LOCALE"})
FLOAT_FUNCTIONS = frozenset({"truediv", "itruediv", "fsum", "fmean"})

SET_TYPES = frozenset({"set", "frozenset", "Set", "FrozenSet", "AbstractSet", "MutableSet"})
SET_METHODS = frozenset({"union", "intersection", "difference", "symmetric_difference"})
ORDERED_CALLS = frozenset(
    """list tuple iter next enumerate zip map filter dict str repr join extend fromkeys chain from_iterable islice
    reduce accumulate pairwise deque""".split()
)
ORDER_FREE_CALLS = frozenset({"sorted", "len", "any", "all", "sum", "min", "max", "set", "frozenset"})


@dataclass(frozen=True)
class Finding:
    """One place that may differ between two nodes: line, kind, and what stands there with the reason."""

    line: int
    kind: str
    what: str


def find_pure_files(source: Path) -> list[Path]:
    """Files under ``src`` that must be deterministic."""
    found: list[Path] = []
    for part in PURE:
        place = source / part
        found += [place] if place.suffix else sorted(place.rglob("*.py"))
    return [path for path in found if not path.relative_to(source).as_posix().startswith(SQL_BACK_END)]


def find_set_names(module: ast.Module) -> set[str]:
    """Names of functions that return a set, fields and constants that hold one: known in every pure module."""
    names: set[str] = set()
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name, returns=ast.expr() as annotation) if _annotates_set(annotation):
                names.add(name)
            case ast.ClassDef(body=body) | ast.Module(body=body):
                names |= _find_bound_sets(body, frozenset())
    return names


def check(text: str, known_sets: frozenset[str] = frozenset()) -> list[Finding]:
    """Findings in a module's text, by line; ``known_sets`` are the set names of the modules it may import."""
    module = ast.parse(text)
    known = known_sets | find_set_names(module)
    checker = _Checker(_find_parents(module), known)
    checker.visit_body(module, frozenset(), known)
    return sorted(checker.findings, key=lambda finding: (finding.line, finding.kind))


@dataclass
class _Checker:
    parents: dict[ast.AST, ast.AST]
    known: frozenset[str]
    findings: list[Finding] = field(default_factory=list)

    def add(self, node: ast.AST, kind: str, what: str) -> None:
        self.findings.append(Finding(getattr(node, "lineno", 0), kind, what))

    def visit_body(self, node: ast.AST, bound: frozenset[str], sets: frozenset[str]) -> None:
        """Check a node and all in it; ``bound`` are names of the functions around it, ``sets`` those that hold sets."""
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            bound |= _find_bound_names(node)
            sets = _find_local_sets(node, sets)
        self.check_import(node)
        self.check_name(node, bound)
        self.check_float(node)
        self.check_text(node)
        self.check_set(node, sets)
        for child in ast.iter_child_nodes(node):
            self.visit_body(child, bound, sets)

    def check_import(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if not _is_allowed_module(alias.name):
                    self.add(node, "import", f"{alias.name} is not on the list of what is deterministic")
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            for alias in node.names:
                if node.level or not (_is_allowed_module(module) or alias.name in ALLOWED_NAMES.get(module, ())):
                    self.add(node, "import", f"{module}.{alias.name} is not on the list of what is deterministic")

    def check_name(self, node: ast.AST, bound: frozenset[str]) -> None:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in bound and node.id in FORBIDDEN_NAMES:
            self.add(node, "name", f"{node.id} {FORBIDDEN_NAMES[node.id]}")

    def check_float(self, node: ast.AST) -> None:
        match node:
            case ast.Constant(value=float() | complex()):
                self.add(node, "float", f"{node.value!r} is no integer")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                self.add(node, "float", "/ makes a float: // or a fraction")
            case ast.BinOp(op=ast.Pow(), right=ast.UnaryOp(op=ast.USub())):
                self.add(node, "float", "a negative power makes a float")
            case ast.Name(id="float") if not self.is_type_question(node):
                self.add(node, "float", "floats differ by platform and have no place in hashed JSON")
            case ast.Attribute(attr=name) | ast.alias(name=name) if name in FLOAT_FUNCTIONS:
                self.add(node, "float", f"{name} makes a float")

    def is_type_question(self, node: ast.AST) -> bool:
        """``isinstance(x, float)`` and ``type(x) is float`` refuse floats: they make none."""
        parent = self.parents[node]
        if isinstance(parent, ast.Tuple | ast.BinOp):
            parent = self.parents[parent]
        return isinstance(parent, ast.Compare) or (isinstance(parent, ast.Call) and _called(parent) == "isinstance")

    def check_text(self, node: ast.AST) -> None:
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) | ast.Attribute(attr=name, value=ast.Name(id="str")) if name in UNICODE_METHODS:
                self.add(node, "text", f"{name} follows the Unicode tables of the Python that runs it: compare with ASCII")
            case ast.Call(func=ast.Attribute(attr=name), args=[]) if name in WHITESPACE_METHODS:
                self.add(node, "text", f"{name}() takes whitespace from the Unicode tables: name the characters")
            case ast.Constant(value=str() as text) if not isinstance(self.parents[node], ast.Expr):
                if re.search(r"\\[wWdDsSbB]", text):
                    self.add(node, "pattern", r"\w, \d, \s, \b follow the Unicode tables: [0-9A-Za-z_]")
                if re.search(r"\(\?[a-z]*i", text):
                    self.add(node, "pattern", "(?i) follows the Unicode tables")
            case ast.Attribute(attr=name, value=ast.Name(id="re")) if name in CASE_FLAGS:
                self.add(node, "pattern", f"re.{name} follows the Unicode tables or the locale")

    def check_set(self, node: ast.AST, sets: frozenset[str]) -> None:
        if isinstance(node, ast.expr) and _is_set(node, sets, self.known) and self.takes_order(node):
            self.add(node, "set", "the order of a set differs with PYTHONHASHSEED: sorted()")

    def takes_order(self, node: ast.expr) -> bool:
        """Whether the place where a set stands lets its order through."""
        match parent := self.parents[node]:
            case ast.For() | ast.AsyncFor():
                return parent.iter is node
            case ast.comprehension():
                around = self.parents[parent]
                return parent.iter is node and not isinstance(around, ast.SetComp) and not self.is_order_free(around)
            case ast.Call():
                return node in parent.args and _called(parent) in ORDERED_CALLS and not self.is_order_free(parent)
            case ast.Attribute(attr="pop"):
                return True
            case ast.Assign(targets=[ast.Tuple() | ast.List()]):
                return True
            case ast.Starred() | ast.YieldFrom() | ast.FormattedValue():
                return True
        return False

    def is_order_free(self, node: ast.AST) -> bool:
        parent = self.parents[node]
        if not (isinstance(parent, ast.Call) and node in parent.args and _called(parent) in ORDER_FREE_CALLS):
            return False
        # min and max with a key keep the first of equals.
        return _called(parent) not in ("min", "max") or not parent.keywords


def _is_allowed_module(name: str) -> bool:
    return name in ALLOWED_MODULES or any(name == package or name.startswith(f"{package}.") for package in ALLOWED_PACKAGES)


def _find_parents(module: ast.Module) -> dict[ast.AST, ast.AST]:
    return {child: parent for parent in ast.walk(module) for child in ast.iter_child_nodes(parent)}


def _called(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _arguments(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[ast.arg]:
    listed = function.args
    yield from (*listed.posonlyargs, *listed.args, *listed.kwonlyargs)
    yield from (argument for argument in (listed.vararg, listed.kwarg) if argument)


def _find_bound_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    stored = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return stored | {argument.arg for argument in _arguments(function)}


def _find_local_sets(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, outer: frozenset[str]) -> frozenset[str]:
    sets = (outer - _find_bound_names(function)) | {
        argument.arg for argument in _arguments(function) if argument.annotation and _annotates_set(argument.annotation)
    }
    if isinstance(function, ast.Lambda):
        return sets
    for _ in range(3):  # A set handed from name to name is followed this far.
        sets |= _find_bound_sets(function.body, sets)
    return sets


def _find_bound_sets(body: list[ast.stmt], sets: frozenset[str]) -> frozenset[str]:
    """Names that these statements, but no class or function in them, give a set to."""
    names: set[str] = set()
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                continue
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation) if _annotates_set(annotation):
                names.add(name)
            case ast.Assign(targets=targets, value=value) if _is_set(value, sets, frozenset()):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.NamedExpr(target=ast.Name(id=name), value=value) if _is_set(value, sets, frozenset()):
                names.add(name)
        pending += ast.iter_child_nodes(node)
    return frozenset(names)


def _annotates_set(annotation: ast.expr) -> bool:
    match annotation:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in SET_TYPES
        case ast.Subscript(value=ast.Name(id="Final" | "ClassVar" | "Annotated"), slice=ast.Tuple(elts=[inner, *_]) | inner):
            return _annotates_set(inner)
        case ast.Subscript(value=value):
            return _annotates_set(value)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _annotates_set(left) or _annotates_set(right)
    return False


def _is_set(node: ast.expr, sets: frozenset[str], known: frozenset[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Name(id=name):
            return name in sets
        case ast.Attribute(attr=name):
            return name in known
        case ast.Call(func=ast.Name(id=name)):
            return name in ("set", "frozenset") or name in known
        case ast.Call(func=ast.Attribute(attr="copy", value=value)):
            return _is_set(value, sets, known)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in SET_METHODS or name in known
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.BitXor() | ast.Sub(), right=right):
            return any(_is_set(side, sets, known) or _is_view(side) for side in (left, right))
        case ast.BoolOp(values=values):
            return any(_is_set(value, sets, known) for value in values)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_set(body, sets, known) or _is_set(orelse, sets, known)
        case ast.NamedExpr(value=value):
            return _is_set(value, sets, known)
    return False


def _is_view(node: ast.expr) -> bool:
    """The keys or items of a dict keep its order; set operations on them make sets."""
    return isinstance(node, ast.Call) and _called(node) in ("keys", "items")
