"""What is wrong with a user's file, and where: the commands print it and exit with status 2."""

from pathlib import Path


class Problem(ValueError):
    """A file that cannot be used; the message names the file and, where there is one, the line or row.

    Examples
    --------
    >>> print(Problem("scores.csv", "NaN in column 'n'", "line 7"))
    scores.csv, line 7: NaN in column 'n'
    """

    def __init__(self, path: str | Path, message: str, where: str = ""):
        super().__init__(f"{Path(path).name}{', ' + where if where else ''}: {message}")
