"""What is wrong with a user's file, and where: the commands print it and exit with status 2."""

from pathlib import Path


def plain(text: object, most: int = 400) -> str:
    """Text from a file, safe on a terminal: control characters escaped, cut at ``most`` characters.

    Examples
    --------
    >>> plain("a\\x1b[31mb"), plain("abcdef", 4)
    ('a\\\\x1b[31mb', 'abc…')
    """
    text = str(text)
    text = text if len(text) <= most else text[:most - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Problem(ValueError):
    """A file that cannot be used; the message names the file and, where there is one, the line or row.

    Examples
    --------
    >>> print(Problem("scores.csv", "NaN in column 'n'", "line 7"))
    scores.csv, line 7: NaN in column 'n'
    """

    def __init__(self, path: str | Path, message: str, where: str = ""):
        super().__init__(plain(f"{Path(path).name}{', ' + where if where else ''}: {message}"))

    def __reduce__(self):
        return _again, self.args


def _again(text):
    """The problem with this text, as it comes from another process."""
    problem = Problem("", "")
    problem.args = (text,)
    return problem
