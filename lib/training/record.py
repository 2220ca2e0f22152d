"""What a training leaves: log-probabilities of two paths per held-out prompt and checkpoint, and its origin.

Reading needs NumPy only. All curves (KL, coverage, Pass@N, tournaments) are computed from these numbers.
"""

import csv
import json
import os
import platform
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

UNIT = 1e-3
"""Log-probabilities are stored in whole thousandths of a nat."""

COVERAGE_AT, PASS_AT = (2, 3, 4, 6, 8, 16), (4, 8, 16)


@dataclass(frozen=True)
class Record:
    """One training: K checkpoints of the second phase, n held-out prompts with a deterministic data policy.

    Attributes
    ----------
    steps : ndarray of int, shape (K,)
    kinds : ndarray of int, shape (n,)
        Class of every held-out prompt: 0 majority rule, 1 minority rule.
    by_rule : ndarray, shape (K, 2, n)
        Log-probability, nats, of the path that the majority rule and the minority rule would take.
    about : dict
        Configuration, seed, versions, command, seconds.
    """

    steps: np.ndarray
    kinds: np.ndarray
    by_rule: np.ndarray
    about: dict

    @property
    def log_probs(self) -> np.ndarray:
        """Log-probability of the data policy's response, shape (K, n)."""
        return self.by_rule[:, self.kinds, np.arange(len(self.kinds))]

    def of_class(self, kind: int) -> "Record":
        """The same training on the held-out prompts of one class.

        Examples
        --------
        >>> r = Record(np.array([0]), np.array([0, 1]), np.log([[[0.5, 0.9], [0.5, 0.25]]]), {})
        >>> r.of_class(1).log_probs.round(3).tolist()
        [[-1.386]]
        """
        kept = self.kinds == kind
        return Record(self.steps, self.kinds[kept], self.by_rule[:, :, kept], self.about)

    @property
    def kl(self) -> np.ndarray:
        """KL divergence (= cross-entropy: the data policy is deterministic) at every checkpoint, nats, shape (K,)."""
        return -self.log_probs.mean(axis=1)

    def coverage(self, N) -> np.ndarray:
        """``Cov_N`` at every checkpoint: fraction of prompts whose response has probability at most 1/N."""
        edge = np.log(np.asarray(N, dtype=float))[..., None, None]
        return (-self.log_probs >= edge - 1e-12).mean(axis=-1)

    def pass_at(self, N) -> np.ndarray:
        """Pass@N at every checkpoint, computed (not sampled): mean of ``1 - (1 - p)^N``."""
        with np.errstate(divide="ignore"):
            miss = np.log1p(-np.exp(np.minimum(self.log_probs, 0.0)))
        return -np.expm1(np.asarray(N, dtype=float)[..., None, None] * miss).mean(axis=-1)


def write(path: Path, record: Record) -> None:
    """Write a record to an NPZ file; an interrupted write leaves the earlier file whole."""
    stored = np.rint(-record.by_rule / UNIT)
    if np.isnan(stored).any() or (stored < 0).any():
        raise ValueError("by_rule: expected log-probabilities, at most 0 and not NaN")
    whole = np.minimum(stored, np.iinfo(np.uint16).max).astype(np.uint16)
    change = np.diff(whole, axis=0, prepend=np.uint16(0))  # modulo 2^16: small numbers, a third smaller when compressed
    arrays = {"steps": record.steps.astype(np.int32), "kinds": record.kinds.astype(np.uint8),
              "change": np.stack([change & 255, change >> 8]).astype(np.uint8)}
    store(Path(path), record.about, arrays)


def read(path: Path) -> Record:
    """Read a record.

    Raises
    ------
    ValueError
        If the file is no record, or its parts do not fit together.
    """
    with opened(path, "a training") as (data, about):
        steps, kinds, (low, high) = (data[k] for k in ("steps", "kinds", "change"))
        stored = np.cumsum(low + (high.astype(np.uint16) << 8), axis=0, dtype=np.uint16)
    if stored.shape != (len(steps), 2, len(kinds)):
        wanted = (len(steps), 2, len(kinds))
        raise ValueError(f"{Path(path).name}: by_rule has shape {stored.shape}, expected {wanted}")
    return Record(steps, kinds, -UNIT * stored.astype(float), about)


def curves(record: Record) -> list[dict]:
    """Return one row per checkpoint: step, KL, Cov_N and Pass@N at the thresholds of this module."""
    cov, passed = record.coverage(COVERAGE_AT), record.pass_at(PASS_AT)
    return [{"seed": record.about["seed"], "step": int(step), "kl": f"{record.kl[k]:.4f}",
             **{f"cov_{N}": f"{cov[i, k]:.4f}" for i, N in enumerate(COVERAGE_AT)},
             **{f"pass_{N}": f"{passed[i, k]:.4f}" for i, N in enumerate(PASS_AT)}}
            for k, step in enumerate(record.steps)]


def write_curves(path: Path, rows: list[dict]) -> None:
    """Write rows of :func:`curves` as CSV."""
    def save(file):
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)

    replace(Path(path), save)


def in_units(logs: np.ndarray, unit: float) -> np.ndarray:
    """Log-probabilities as whole numbers of units below 0, at most 65535."""
    return np.minimum(np.rint(-logs / unit), np.iinfo(np.uint16).max).astype(np.uint16)


def versions(*modules) -> dict[str, str]:
    """Versions of Python and of these modules, for a record's origin."""
    return {"python": platform.python_version(), **{module.__name__: module.__version__ for module in modules}}


def store(path: Path, about: dict, arrays: dict[str, np.ndarray]) -> None:
    """Write arrays and their origin to an NPZ file; an interrupted write leaves the earlier file whole."""
    note = np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8)
    replace(path, lambda file: np.savez_compressed(file, about=note, **arrays), binary=True)


@contextmanager
def opened(path: Path, what: str):
    """Open an NPZ file for a ``with`` block, as (arrays, origin); whatever goes wrong in it is a ValueError."""
    try:
        with np.load(path, allow_pickle=False) as data:
            yield data, json.loads(data["about"].tobytes())
    except FileNotFoundError:
        raise ValueError(f"{Path(path).name}: no such record") from None
    except Exception as error:  # np.load raises many types; all mean that the file is no record
        raise ValueError(f"{Path(path).name}: not a record of {what} ({error})") from None


def replace(path: Path, save: Callable, binary: bool = False) -> None:
    """Write through ``save(file)`` into a temporary file, then put it in the place of ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    with open(temporary, "wb" if binary else "w", **({} if binary else {"encoding": "utf-8", "newline": ""})) as file:
        save(file)
    os.replace(temporary, path)
