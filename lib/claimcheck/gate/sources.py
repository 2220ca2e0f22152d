"""What the source of a cell tells before it runs: a check whose two sides are one expression."""

import ast

COMPARISONS = ("at_most", "at_least", "equal", "exceeds")
_COPIES = ("copy", "array", "asarray", "float", "list", "tuple", "abs")


def self_comparisons(source: str) -> list[str]:
    """Return the checks of a cell that compare a thing with itself, by their labels as written.

    Copies do not hide it: ``v.copy()``, ``np.array(v)``, ``float(v)``, ``v + 0`` and ``1 * v`` all read as ``v``.

    Examples
    --------
    >>> self_comparisons("claim('a-b').states(at_most('x', v, v.copy()), equal('y', v, w))")
    ["at_most('x', ...)"]
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:  # the run itself says so
        return []
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in COMPARISONS:
            named = [word.value for word in node.keywords if word.arg in ("value", "bound", "expected")]
            sides = [*node.args[1:3], *named]
            if len(sides) == 2 and ast.dump(_bare(sides[0])) == ast.dump(_bare(sides[1])):
                found.append(f"{_name(node.func)}({ast.unparse(node.args[0]) if node.args else ''}, ...)")
    return found


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
