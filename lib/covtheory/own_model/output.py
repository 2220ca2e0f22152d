"""How answers leave the program: text safe for any terminal, strict JSON, flat numbers for trackers, CSV, pictures."""

import csv
import io
import json
import math
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

PICTURES = (".png", ".svg")


def as_json(facts: dict) -> str:
    """Strict JSON; infinities become the strings "inf" and "-inf"."""
    return json.dumps(_plain(facts), indent=2, allow_nan=False)


def as_flat(facts: dict) -> str:
    """One JSON object ``key: number`` on one line, as trackers take it: ``cov/16``, ``kl/lower``; infinities left out.

    Examples
    --------
    >>> as_flat({"profile": [{"N": 16.0, "coverage": 0.5}], "kl": {"lower": 0.1, "upper": math.inf}})
    '{"cov/16": 0.5, "kl/lower": 0.1}'
    """
    return json.dumps({key: value for key, value in _leaves(facts, "") if math.isfinite(value)}, allow_nan=False)


def as_csv(rows: list[dict]) -> str:
    """Rows as CSV with a header line.

    Examples
    --------
    >>> as_csv([{"N": 2.0, "coverage": 0.5}])
    'N,coverage\\n2.0,0.5'
    """
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(dict.fromkeys(key for row in rows for key in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().rstrip("\n")


def say(text: str, stream) -> bool:
    """Print in what the stream can show; False if nobody listens any more.

    Raises
    ------
    OSError
        It cannot be written, for instance because the disk is full.
    """
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=stream, flush=True)
    except OSError as error:
        if stream is sys.stdout:  # or the interpreter complains when it closes it, with a status of its own
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if isinstance(error, BrokenPipeError):
            return False
        raise
    return True


def save_picture(fig, path: str | Path) -> None:
    """Write PNG or SVG by the ending: complete under its name, or not at all.

    Raises
    ------
    ValueError
        Another ending.
    OSError
        The folder does not exist or cannot be written.
    """
    import matplotlib

    from covtheory.figures import STYLE

    path = Path(path)
    if path.suffix.lower() not in PICTURES:
        raise ValueError(f"picture: got ending {path.suffix!r}, expected one of {', '.join(PICTURES)}")
    buffer = io.BytesIO()
    with matplotlib.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # a name in a script that the font has not
        fig.savefig(buffer, format=path.suffix[1:].lower())
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(buffer.getvalue())
        os.chmod(partial, 0o644)
        os.replace(partial, path)
    finally:
        Path(partial).unlink(missing_ok=True)


_SHORT = {"profile": "cov", "pass_at_k": "pass", "models": "", "groups": "", "checkpoints": ""}


def _leaves(value, path) -> Iterator[tuple[str, float]]:
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, (int, float)):
        yield path, value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _leaves(entry, "/".join(part for part in (path, _SHORT.get(key, key)) if part))
    elif isinstance(value, (list, tuple)):
        for entry in value:
            if isinstance(entry, dict) and entry:
                name, first = next(iter(entry.items()))
                label = f"{first:g}" if isinstance(first, float) else str(first)
                for key, inner in entry.items():
                    if key != name:
                        flat = isinstance(inner, (int, float))
                        named = flat and path and key not in ("coverage", "pass")
                        last = [] if flat and path else [_SHORT.get(key, key)]  # of models and groups, by its own name
                        parts = [f"{path}_{key}" if named else path, label, *last]
                        yield from _leaves(inner, "/".join(part for part in parts if part))


def _plain(value):
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, float) or hasattr(value, "dtype"):
        value = float(value)
        return value if math.isfinite(value) else str(value)
    return value
