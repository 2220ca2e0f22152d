"""What an expression of a source is of, below copies and arithmetic with constants: by syntax alone."""

import ast
import operator

_COPIES = ("copy", "array", "asarray", "float", "list", "tuple", "abs", "round", "sorted", "full_like", "ravel")


def read(node: ast.AST, stands: dict[str, ast.expr], depth: int = 3) -> ast.AST:
    """Return an expression in which names are replaced by what they stand for, so many times over; it is not changed.

    Examples
    --------
    >>> stands = {"v": ast.parse("2 * w", mode="eval").body}
    >>> ast.unparse(read(ast.parse("v + u", mode="eval").body, stands))
    '2 * w + u'
    """
    if isinstance(node, ast.Name):
        stood = stands.get(node.id) if depth and isinstance(node.ctx, ast.Load) else None
        return node if stood is None else read(stood, stands, depth - 1)
    changed = {}
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            new = read(value, stands, depth)
        elif isinstance(value, list):
            new = [read(part, stands, depth) if isinstance(part, ast.AST) else part for part in value]
            new = value if all(map(operator.is_, new, value)) else new
        else:
            continue
        if new is not value:
            changed[field] = new
    return type(node)(**{**dict(ast.iter_fields(node)), **changed}) if changed else node


def word(node: ast.AST) -> str:
    """Return a name, or the last part of a dotted one; of anything else, nothing."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def called(node: ast.AST) -> str:
    """Return what a call calls; of anything else, nothing."""
    return word(node.func) if isinstance(node, ast.Call) else ""


def same(a: ast.AST, b: ast.AST) -> bool:
    """Return whether two expressions read the same."""
    return ast.dump(a) == ast.dump(b)


def moving(node: ast.AST) -> bool:
    """Return whether an expression is more than a constant."""
    return not isinstance(node, ast.Constant)


def bare(node: ast.expr) -> ast.expr:
    """Strip copies and neutral arithmetic: ``v.copy()``, ``float(v)``, ``v + 0`` and ``1 * v`` all are ``v``.

    Examples
    --------
    >>> ast.unparse(bare(ast.parse("1 * np.array(v).copy() + 0", mode="eval").body))
    'v'
    """
    return _strip(node, lambda op, number, side: (number == 0 and _adds(op, side))
                  or (number == 1 and _scales(op, side)))


def base(node: ast.expr) -> ast.expr:
    """Strip copies and all arithmetic with constants.

    Examples
    --------
    >>> ast.unparse(base(ast.parse("(1.1 * v - 0.3) / 2", mode="eval").body))
    'v'
    """
    return _strip(node, lambda op, number, side: _adds(op, side) or _scales(op, side))


def whole(node: ast.expr) -> ast.expr:
    """Return the base of what instances are picked from: ``v`` for ``2 * v[n > 3]``."""
    node = base(node)
    while isinstance(node, ast.Subscript):
        node = base(node.value)
    return node


def _strip(node, neutral):
    if isinstance(node, ast.Call) and called(node) in _COPIES and node.args:
        return _strip(node.args[0], neutral)
    if isinstance(node, ast.Call) and called(node) == "copy" and isinstance(node.func, ast.Attribute):
        return _strip(node.func.value, neutral)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.UAdd):
        return _strip(node.operand, neutral)
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Mult) and 0 in (getattr(side, "value", None) for side in (node.left, node.right)):
            return ast.Constant(0)
        for kept, other, side in ((node.left, node.right, "right"), (node.right, node.left, "left")):
            if isinstance(other, ast.Constant) and not isinstance(kept, ast.Constant) and neutral(
                    node.op, other.value, side):
                return _strip(kept, neutral)
    return node


def _adds(op, side):
    return isinstance(op, ast.Add) or (isinstance(op, ast.Sub) and side == "right")


def _scales(op, side):
    return isinstance(op, ast.Mult) or (isinstance(op, (ast.Div, ast.Pow)) and side == "right")
