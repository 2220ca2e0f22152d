"""What the source of a cell tells before it runs: checks that come out well whatever is computed.

Names that a cell assigns once are read as what they stand for, copies and arithmetic with constants as what they are
of.
"""

import ast
import functools
import inspect
import re
from collections import Counter
from collections.abc import Iterator

import claimcheck
from claimcheck.gate import expression
from claimcheck.gate.expression import bare, base, called, moving, same, whole, word

PARTS = {name: tuple(inspect.signature(getattr(claimcheck, name)).parameters)[1:3] for name in (
    "at_most", "at_least", "equal", "exceeds", "symbolic", "frequency_at_most", "proved")}
PARTS |= {"within": ("value", "low", "high"), "contains": ("lower", "value", "upper")}
"""The arguments of each comparison that are compared, in the order of the call, after the label."""

ORDERED = ("at_most", "at_least", "exceeds")
FUNCTIONS = {*PARTS, "claim"}
SEEDED = {"default_rng", "RandomState", "Generator", "SeedSequence", "PCG64", "MT19937", "Philox", "SFC64"}
INSIDE = {"setattr", "delattr", "exec", "eval", "compile", "globals", "vars", "__setattr__", "__dict__", "__code__",
          "__defaults__", "__globals__", "__kwdefaults__", "environ", "putenv", "monkeypatch", "mock"}
"""Names by which a cell reaches inside what checks it."""

_OF_INTEREST = re.compile(
    rf"\b({'|'.join((*FUNCTIONS, *SEEDED, *INSIDE))}|claimcheck)\b|\b(np|numpy|math|scipy)(\.\w+)+\s*=[^=]")
_LIMITS = {"at_most": ("minimum", "min", "clip", "fmin"), "at_least": ("maximum", "max", "clip", "fmax"),
           "exceeds": ("maximum", "max", "clip", "fmax")}
_ORDERS = ("less", "less_equal", "greater", "greater_equal")
_NUMBERS = ("isnan", "isfinite", "isinf")


def faults(source: str) -> Iterator[str]:
    """Yield, in words, every check of a cell that cannot fail, and every way in which the cell meddles with checking.

    Examples
    --------
    >>> list(faults("claim('a-b').states(at_most('x', v, v.copy()), equal('y', v, w))"))
    ["at_most('x', ...) compares a thing with itself"]
    >>> list(faults("at_most('x', v, b, active=v > 0), at_most('y', v, 2 * w)"))
    []
    """
    if not _OF_INTEREST.search(source):
        return
    try:
        cell = _cell(source)
    except SyntaxError:  # the run itself says so
        return
    for check in cell.checks:
        yield from (f"{check.reads} {text}" for text in check.faults())
    yield from cell.teeth_without_a_statement()
    yield from cell.meddling()


def unshown(sources: list[str], labels: list[str]) -> list[str]:
    """Return the checks of a notebook, as they read, whose label is in no record: computed for nothing, or never.

    Examples
    --------
    >>> unshown(["if False: at_most('x', v, w)", "at_most(f'draws {n}', v, w)"], ["draws 7"])
    ["at_most('x', ...)"]
    """
    found = []
    for source in filter(_OF_INTEREST.search, sources):
        try:
            checks = _cell(source).checks
        except SyntaxError:
            continue
        found += [check.reads for check in checks if (pattern := check.label()) is not None
                  and not any(re.fullmatch(pattern, label, re.DOTALL) for label in labels)]
    return found


class _Cell:
    """A parsed cell: what its names stand for, and its checks."""

    def __init__(self, source):
        self.tree = ast.parse(source)
        self.nodes = list(ast.walk(self.tree))
        stored = Counter(node.id for node in self.nodes
                         if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
        self.stands = {node.targets[0].id: node.value for node in self.nodes if isinstance(node, ast.Assign)
                       and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
                       and stored[node.targets[0].id] == 1}
        self.checks = [_Check(self, node) for node in self.nodes if isinstance(node, ast.Call) and called(node) in PARTS
                       and getattr(getattr(node.func, "value", None), "id", "claimcheck") == "claimcheck"]

    def read(self, node):
        """Return an expression with names replaced by what they stand for."""
        return expression.read(node, self.stands)

    def teeth_without_a_statement(self):
        """Yield the teeth whose changed side is computed from the other side: rejected whatever the statement says."""
        for call in self.nodes:
            if not isinstance(call, ast.Call) or called(call) != "tooth" or len(call.args) < 2:
                continue
            checks = [check for check in self.checks if check.call.args and same(check.call.args[0], call.args[1])]
            for change in call.keywords:
                others = [side for check in checks if change.arg in check.sides for name, side in check.sides.items()
                          if name != change.arg and (len(check.sides) == 2 or "value" in (name, change.arg))]
                if any(same(base(change.value), base(side)) for side in others if moving(base(side))):
                    yield f"tooth {ast.unparse(call.args[0])}: its {change.arg} is computed from the other side"

    def meddling(self):
        """Yield what may swallow a check, stand in for one, reach inside one, or draw what the seed does not decide."""
        heads = {id(node.func) for node in self.nodes if isinstance(node, ast.Call)}
        for node in self.nodes:
            if (isinstance(node, ast.Try) and node.handlers) or (
                    isinstance(node, ast.With) and any("suppress" in ast.dump(item) for item in node.items)):
                held = {id(inner) for part in node.body for inner in ast.walk(part)}
                yield from (f"{check.reads} stands where its error is swallowed" for check in self.checks
                            if id(check.call) in held)
            if isinstance(node, ast.Name) and node.id in FUNCTIONS and id(node) not in heads:
                yield f"{node.id} is used under another name or replaced"
            if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.alias, ast.arg)):
                own = getattr(node, "name", getattr(node, "arg", ""))
                renamed = getattr(node, "asname", None)
                if {renamed, own if renamed or not isinstance(node, ast.alias) else None} & FUNCTIONS:
                    yield f"{own} is used under another name or replaced"
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and self._foreign(node):
                yield f"{ast.unparse(node)} is changed, which is not the notebook's own"
            if (inner := word(node)) in INSIDE:
                yield f"{inner} does not belong in a notebook: it reaches inside what is checked"
            if isinstance(node, ast.Call) and called(node) in SEEDED and not self._seeded(node):
                yield f"{ast.unparse(node)[:60]}: the run's seed decides nothing: seed a generator with it"

    def _foreign(self, node):
        """Whether an attribute belongs to claimcheck, to what computes, to an outcome or a claim."""
        imported = {(name.asname or name.name).split(".")[0] for part in self.nodes
                    if isinstance(part, ast.ImportFrom) and (part.module or "").startswith("claimcheck")
                    for name in part.names}
        while isinstance(node, ast.Attribute):
            node = node.value
        made = self.read(node)
        return word(node) in {*imported, "claimcheck", "np", "numpy", "math", "scipy"} or called(made) in FUNCTIONS

    def _seeded(self, node):
        parts = [self.read(argument) for argument in (*node.args, *(given.value for given in node.keywords))]
        return bool(parts) and all(any(called(inner) in ("seed", "generator", "spawn") for inner in ast.walk(part))
                                   for part in parts[:1])


@functools.lru_cache(maxsize=64)
def _cell(source):
    return _Cell(source)


class _Check:
    """A comparison as it reads in a cell."""

    def __init__(self, cell, call):
        self.cell, self.call, self.kind = cell, call, called(call)
        words = {given.arg: given.value for given in call.keywords}
        self.sides = dict(zip(PARTS[self.kind], call.args[1:], strict=False))
        self.sides |= {name: words[name] for name in PARTS[self.kind] if name in words}
        self.active = words.get("active")
        self.reads = f"{self.kind}({ast.unparse(call.args[0]) if call.args else ''}, ...)"

    def label(self) -> str | None:
        """Return a regular expression for the label, None where the source does not tell."""
        node = self.call.args[0] if self.call.args else None
        if isinstance(node, ast.Constant):
            return re.escape(str(node.value))
        if isinstance(node, ast.JoinedStr):
            return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else ".*"
                           for part in node.values)
        return None

    def faults(self):
        """Yield what keeps this check from failing."""
        if len(self.sides) < 2 or self.kind in ("frequency_at_most", "proved"):
            return
        sides = {name: self.cell.read(side) for name, side in self.sides.items()}
        if self.kind in ("within", "contains"):
            ends = [end for name, end in sides.items() if name != "value"]
            if any(same(base(end), base(sides["value"])) for end in ends if moving(base(end))):
                yield "has ends computed from its value"
            return
        (first, one), (second, other) = sides.items()
        if same(bare(one), bare(other)):
            yield "compares a thing with itself"
            return
        if self.kind in ORDERED:
            if same(base(one), base(other)) and moving(base(one)):
                yield "has one side computed from the other"
            if any(isinstance(node, ast.Call) and called(node) in _LIMITS[self.kind]
                   and any(same(bare(argument), bare(other)) for argument in node.args) for node in ast.walk(one)):
                yield f"has a {first} cut off at its {second}"
            yield from self._masks(one, other)

    def _masks(self, one, other):
        """Yield if the instances are chosen by how they come out: by ``active``, an index, or a condition inside."""
        chosen = [self.cell.read(self.active)] if self.active is not None else []
        for side in (one, other):
            chosen += [node.slice for node in ast.walk(side) if isinstance(node, ast.Subscript)]
            chosen += [node.args[0] for node in ast.walk(side) if called(node) in ("where", "compress") and node.args]
        if not chosen:
            return
        parts = [[base(node) for node in ast.walk(side) if isinstance(node, ast.expr)] for side in (one, other)]
        for node in (inner for mask in chosen for inner in ast.walk(mask)):
            if isinstance(node, ast.Compare) and len(node.comparators) == 1:
                pair = [node.left, node.comparators[0]]
            elif called(node) in _ORDERS and len(node.args) == 2:
                pair = node.args
            else:
                if called(node) in _NUMBERS and any(same(base(node.args[0]), whole(side)) for side in (one, other)):
                    yield "is judged only where its numbers are numbers: name the hypothesis that leaves out the others"
                continue
            pair = [base(part) for part in pair]
            for a, b in (pair, pair[::-1]):
                if (same(a, whole(one)) and same(b, whole(other))) or (
                        any(same(a, part) for part in parts[0]) and same(b, whole(other)) and moving(a)):
                    yield "is judged only where it holds: its instances are chosen by comparing its own two sides"
                    return
