"""The bracket of the coverage from majorant and minorant alone: independent tokens, in floating point."""

import numpy as np
from numpy.typing import ArrayLike

from covtheory import validation
from covtheory.certificates.band_limited_tail import Tail, certify_tail, smallest_gap
from covtheory.certificates.bracket import Bracket, one_minus
from covtheory.certificates.tilted_product import TokenSum
from covtheory.coverage.rounding import FUNCTION, UNIT, tie

UNDECIDED = "no finite budget"


def band_limited_coverage(p: np.ndarray, q: np.ndarray, counts: np.ndarray, t: float, gap: float,
                          whole: np.ndarray | None = None) -> Bracket:
    """Bracket from majorant and minorant alone, whatever gap it reaches; ``counts`` of each row.

    ``whole`` are whole numbers to add up instead of log ratios, with no tie at ``t`` (:mod:`~.lattice`).

    Examples
    --------
    >>> half, skew = np.array([[0.5, 0.5]]), np.array([[0.25, 0.75]])
    >>> band_limited_coverage(half, skew, np.array([2]), np.log(3), 1e-2).contains(0.25)
    True
    """
    if t == -np.inf:
        return Bracket(1.0, 1.0, "certain", {"complement": (0.0, 0.0)})
    tokens, (low, high), reflect = tokens_at(p, q, counts, t, whole)
    lost = tokens.lost
    if not tokens.possible or t == np.inf or (not reflect and tokens.high < -tokens.window):
        high = min(1.0, (high + lost) * (1 + 2 * UNIT))
        return Bracket(low, high, "infinite ratios only", {"complement": one_minus(low, high)})
    if reflect and tokens.high < -tokens.window:
        return Bracket(one_minus(0.0, lost)[0] if lost else 1.0, 1.0, "certain", {"complement": (0.0, lost)})
    theta, capped = tokens.saddle()
    tail = certify_tail(tokens.tilt(theta), gap, 0.0 if reflect else low)
    if tail is None:
        return Bracket(low, 1.0, UNDECIDED, {"complement": one_minus(low, 1.0), "reflected": reflect, "theta": theta,
                                             "obstacle": f"no finite error budget at tilt {theta:.3g}"})
    return bracket_of_tail(tail, (low, high), reflect, capped, theta, gap, lost)


def tokens_at(p, q, counts, t, whole=None) -> tuple[TokenSum, tuple[float, float], bool]:
    """The sum to integrate, centred at the threshold, reflected if the threshold is below the mean."""
    at = t if np.isfinite(t) else 0.0  # the callers answer infinite thresholds themselves
    tokens = TokenSum(p, q, counts, at, whole=whole)
    infinite, reflect = tokens.p_inf, np.isfinite(t) and tokens.possible and tokens.moments(0.0)[1] > 0
    if reflect:
        tokens = TokenSum(p, q, counts, at, -1, whole)
    tokens.window += float(tie(at)) if whole is None else 0.0
    return tokens, infinite, bool(reflect)


def bracket_of_tail(
    tail: Tail, infinite: tuple[float, float], reflect: bool, capped: bool, theta: float, gap: float, lost: float = 0.0
) -> Bracket:
    """Turn the bracket of the tilted sum's tail into one of the coverage; ``lost`` is data mass that W leaves out.

    The exponential function's error is ``FUNCTION u``, and below 1e-300, where it has no relative error, the lower end
    is zero and the upper end larger by that.
    """
    floor, wide = smallest_gap(tail), 2 * FUNCTION * UNIT
    lower, upper, point = (float(np.exp(min(v, 0.0))) for v in (tail.log_lower, tail.log_upper, tail.log_point))
    lower = lower * (1 - wide) if lower > 1e-300 else 0.0
    upper = min(1.0, (upper + lost) * (1 + wide) + 1e-300)
    if reflect:
        complement, ends, point = (lower, upper), one_minus(lower, upper), 1 - point
    else:
        ends = (infinite[0] + lower) * (1 - 2 * UNIT), min(1.0, (infinite[1] + upper) * (1 + 2 * UNIT))
        complement, point = one_minus(*ends), point + infinite[0]
    point = float(np.clip(point, *ends))
    obstacle = f"probability within {2 * np.pi / tail.plan.step / tail.plan.K:.2g} nats of the threshold (an atom?)"
    if capped:
        obstacle = f"tilt {theta:.3g} would overflow: the threshold is next to the largest log ratio"
    elif floor > gap:
        obstacle = f"round-off alone costs {floor:.2g}"
    more = 10 * tail.parts["work"] if floor < gap / 10 else np.inf
    detail = {"theta": float(-theta if reflect else theta), "frequencies": tail.plan.K, "work": tail.parts["work"],
              "work_for_tenth_gap": more, "smallest_gap": floor, "point": point, "complement": complement,
              "log_tail": (tail.log_lower, tail.log_upper), "reflected": reflect, "plan": tail.plan,
              "obstacle": obstacle, **{k: tail.parts[k] for k in ("alias", "noise", "skipped", "kernel", "log_error")}}
    return Bracket(*ends, "band-limited majorant", detail)


def positions(p: ArrayLike, q: ArrayLike, H: int | None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Validated rows of distinct positions and how often each occurs.

    Examples
    --------
    >>> positions([0.5, 0.5], [0.25, 0.75], 3)[2]
    array([3])
    """
    p, q = validation.probabilities("p", p), validation.probabilities("q", q)
    validation.same_shape(p=p, q=q)
    if p.ndim == 1:
        return p[None], q[None], np.array([validation.count("H", H)])
    if H is not None and len(p) != H:
        raise ValueError(f"H: got {H}, expected {len(p)}, the rows of p")
    pairs, counts = np.unique(np.hstack([p, q]), axis=0, return_counts=True)
    return *np.split(pairs, 2, axis=1), counts
