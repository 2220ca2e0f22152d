"""What the source of a cell tells before it runs: a check of one expression with itself, or where it comes out well."""

import ast

COMPARISONS = ("at_most", "at_least", "equal", "exceeds", "symbolic")
SIDES = ("value", "bound", "expected", "left", "right")
_COPIES = ("copy", "array", "asarray", "float", "list", "tuple", "abs")


def self_comparisons(source: str) -> list[str]:
    """Return the checks of a cell that compare a thing with itself, by their labels as written.

    Copies do not hide it: ``v.copy()``, ``np.array(v)``, ``float(v)``, ``v + 0`` and ``1 * v`` all read as ``v``.

    Examples
    --------
    >>> self_comparisons("claim('a-b').states(at_most('x', v, v.copy()), equal('y', v, w))")
    ["at_most('x', ...)"]
    """
    return [call for call, sides, _ in _checks(source) if sides[0] == sides[1]]


def own_verdicts(source: str) -> list[str]:
    """Return the checks of a cell whose ``active`` compares their own two sides: they hold wherever they are judged.

    Examples
    --------
    >>> own_verdicts("at_most('x', v, b, active=v <= b), at_most('y', v, b, active=v > 0)")
    ["at_most('x', ...)"]
    """
    return [call for call, sides, active in _checks(source) for node in ast.walk(active)
            if isinstance(node, ast.Compare) and len(node.comparators) == 1
            and sorted(map(_told, (node.left, *node.comparators))) == sorted(sides)]


def _checks(source):
    """Yield the comparisons of a cell: how they read, their two sides, and what stands for ``active``."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # the run itself says so
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in COMPARISONS:
            words = {word.arg: word.value for word in node.keywords}
            sides = [*node.args[1:3], *(words[name] for name in SIDES if name in words)]
            if len(sides) == 2:
                yield (f"{_name(node.func)}({ast.unparse(node.args[0]) if node.args else ''}, ...)",
                       [_told(side) for side in sides], words.get("active", ast.Constant(None)))


def _told(node) -> str:
    return ast.dump(_bare(node))


def _name(function) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))


def _bare(node):
    """Strip copies and neutral arithmetic from an expression."""
    if isinstance(node, ast.Call) and _name(node.func) in _COPIES and len(node.args) == 1:
        return _bare(node.args[0])
    if isinstance(node, ast.Call) and _name(node.func) == "copy" and isinstance(node.func, ast.Attribute):
        return _bare(node.func.value)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
        return _bare(node.operand)
    if isinstance(node, ast.BinOp):
        for kept, other, side in ((node.left, node.right, "right"), (node.right, node.left, "left")):
            neutral = getattr(other, "value", None)
            zero = isinstance(node.op, ast.Add) or (isinstance(node.op, ast.Sub) and side == "right")
            one = isinstance(node.op, ast.Mult) or (isinstance(node.op, (ast.Div, ast.Pow)) and side == "right")
            if isinstance(other, ast.Constant) and ((zero and neutral == 0) or (one and neutral == 1)):
                return _bare(kept)
    return node
