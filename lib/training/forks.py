"""Small networks that see one fork at a time, trained with token-level or sequence-level steps (notebook 10).

A response of H turns at H forks; a fork shows one of M symbols, each symbol has a sign that no one tells, and the right
turn is that sign times one hidden bit of the response, followed with probability sigmoid(2). A network sees the symbol
and not the turns before: it can know the bit only if its weights move while it answers. NumPy only; seconds.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit, log_expit

from claimcheck.register import find_root
from training.record import opened, store, versions

FILE = Path("references") / "forks.npz"
SYMBOLS, HIDDEN, LENGTH, TRUST = 24, 8, 64, 2.0
TOKEN_STEPS = DECODING_STEPS = (0.03, 0.1, 0.3, 1.0, 3.0)
SEQUENCE_STEPS = (0.01, 0.03, 0.1, 0.3)
UNIT = 1e-2
"""Log ratios are stored in hundredths of a nat, cut at 300."""


@dataclass
class ForkNets:
    """R networks side by side: the logit of turn + at symbol u is ``out . tanh(embed[u])``.

    Attributes
    ----------
    embed : ndarray, shape (R, SYMBOLS, HIDDEN)
        Rows of norm at most 3.
    out : ndarray, shape (R, HIDDEN)
        Of norm at most 1.
    """

    embed: np.ndarray
    out: np.ndarray

    @classmethod
    def draw(cls, seeds: list[int]) -> "ForkNets":
        """Small random weights, one network a seed."""
        rngs = [np.random.default_rng([seed, 0]) for seed in seeds]
        return cls(np.stack([0.5 * r.normal(size=(SYMBOLS, HIDDEN)) for r in rngs]),
                   np.stack([0.1 * r.normal(size=HIDDEN) for r in rngs])).projected()

    def rows(self, index) -> "ForkNets":
        """Copies of the networks ``index``."""
        return ForkNets(self.embed[index], self.out[index])

    def projected(self) -> "ForkNets":
        """Project all weights onto their balls, in place."""
        for weights, radius in ((self.embed, 3.0), (self.out, 1.0)):
            weights /= np.maximum(1.0, np.linalg.norm(weights, axis=-1, keepdims=True) / radius)
        return self

    def read(self, u: np.ndarray, y: np.ndarray, eta: np.ndarray) -> np.ndarray:
        """Take a step after every turn, in place; return ``log pi(y|u)`` of the decoder, nats, shape (R,).

        Parameters
        ----------
        u, y : ndarray, shape (R, H)
            Symbols, and turns +1 or -1.
        eta : ndarray, shape (R,)
            0 freezes.
        """
        rows, total = np.arange(len(u)), np.zeros(len(u))
        for symbol, turn in zip(u.T, y.T, strict=True):
            hidden = np.tanh(self.embed[rows, symbol])
            logit = turn * (self.out * hidden).sum(axis=1)
            total += log_expit(logit)
            pull = (eta * turn * expit(-logit))[:, None]
            moved = self.embed[rows, symbol] + pull * self.out * (1 - hidden**2)
            self.embed[rows, symbol] = moved / np.maximum(1.0, np.linalg.norm(moved, axis=1, keepdims=True) / 3.0)
            self.out += pull * hidden
            self.out /= np.maximum(1.0, np.linalg.norm(self.out, axis=1, keepdims=True))
        return total

    def step(self, u: np.ndarray, y: np.ndarray, eta: np.ndarray) -> None:
        """Take one step along the gradient of the whole response's log-likelihood, in place."""
        rows = np.arange(len(u))[:, None]
        hidden = np.tanh(self.embed[rows, u])
        pull = eta[:, None] * y * expit(-y * np.einsum("rhk,rk->rh", hidden, self.out))
        change = pull[..., None] * self.out[:, None] * (1 - hidden**2)
        self.out += np.einsum("rh,rhk->rk", pull, hidden)
        np.add.at(self.embed, (rows, u), change)
        self.projected()


def responses(rng: np.random.Generator, n: int, H: int = LENGTH) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw symbols and turns, shape (n, H), and ``log pi_D`` of each response, nats, shape (n,).

    Examples
    --------
    >>> u, y, log_p = responses(np.random.default_rng(0), 3, H=5)
    >>> u.shape, sorted(set(y.ravel().tolist())), bool((log_p < 0).all())
    ((3, 5), [-1.0, 1.0], True)
    """
    sign = np.repeat([1.0, -1.0], SYMBOLS // 2)[np.random.default_rng(5).permutation(SYMBOLS)]
    u, bit = rng.integers(0, SYMBOLS, (n, H)), rng.choice([-1.0, 1.0], (n, 1))
    followed = np.where(rng.random((n, H)) < expit(TRUST), 1.0, -1.0)
    return u, bit * sign[u] * followed, log_expit(TRUST * followed).sum(axis=1)


def run(seeds: int = 6, samples: int = 1000, held_out: int = 200) -> dict[str, np.ndarray]:
    """Train and score; return log ratios by training step, seed and held-out response.

    ``token`` (2, steps, seeds, held_out): networks trained with token-level steps, frozen, and decoded with the step of
    their training. ``sequence`` (1 + decoding steps, steps, seeds, held_out): trained with one step a response; frozen,
    and decoded with every step of ``DECODING_STEPS``.
    """
    token, sequence = (np.repeat(steps, seeds) for steps in (TOKEN_STEPS, SEQUENCE_STEPS))
    one, other = (ForkNets.draw(list(range(seeds)) * (len(eta) // seeds)) for eta in (token, sequence))
    for t in range(samples):
        drawn = [responses(np.random.default_rng([seed, 1, t]), 1)[:2] for seed in range(seeds)]
        u, y = (np.concatenate(part) for part in zip(*drawn, strict=True))
        for nets, eta, move in ((one, token, ForkNets.read), (other, sequence, ForkNets.step)):
            copies = len(eta) // seeds
            move(nets, np.tile(u, (copies, 1)), np.tile(y, (copies, 1)), eta)
    u, y, log_p = responses(np.random.default_rng(1_000_003), held_out)

    def score(nets, eta):
        out = [log_p - nets.rows(np.full(held_out, k)).read(u, y, np.full(held_out, e)) for k, e in enumerate(eta)]
        return np.reshape(out, (-1, seeds, held_out))

    return {"token": np.stack([score(one, 0 * token), score(one, token)]),
            "sequence": np.stack([score(other, 0 * sequence + e) for e in (0.0, *DECODING_STEPS)])}


def load(root: Path | None = None) -> tuple[dict[str, np.ndarray], dict]:
    """Return the committed log ratios, nats, and their origin."""
    with opened((find_root() if root is None else Path(root)) / FILE, "forks") as (data, about):
        return {name: UNIT * data[name].astype(float) for name in ("token", "sequence")}, about


def main(arguments: list[str] | None = None) -> int:
    """Train, and write the record; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.forks", description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--samples", type=int, default=1000, help="responses of a training (default 1000)")
    parser.add_argument("--out", type=Path, help=f"default: {FILE} of the checkout")
    options = parser.parse_args(arguments)
    if min(options.seeds, options.samples) < 1:
        parser.error("--seeds and --samples: expected whole numbers >= 1")
    ratios = run(options.seeds, options.samples)
    about = {"command": f"python -m training.forks --seeds {options.seeds} --samples {options.samples}",
             "token_steps": TOKEN_STEPS, "sequence_steps": SEQUENCE_STEPS, "decoding_steps": DECODING_STEPS,
             "symbols": SYMBOLS, "hidden": HIDDEN, "length": LENGTH,
             "versions": versions(np)}
    target = options.out or find_root(Path.cwd()) / FILE
    store(target, about, {name: np.rint(np.clip(v, -300, 300) / UNIT).astype(np.int16) for name, v in ratios.items()})
    print(f"wrote {target.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
