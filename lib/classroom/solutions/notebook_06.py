"""Solutions of notebook 06, computed by the library."""

import numpy as np

from covtheory.bounds.autoregressive import inherent_variance_bound, log_cover
from covtheory.instances.autoregressive import RarePrompts
from covtheory.learners.autoregressive_linear import frank_wolfe_gap

SCALE = 0.25 * np.log(2.0**20)
TEXT = RarePrompts(d=1, H=100, B=3.0, mu=1.0, theta_star=np.log(99.0) / 6)
RARE = RarePrompts(d=8, H=2048, B=4.0, mu=1e-3, theta_star=0.3)


def _expected_coverage() -> float:
    weight, _, theta = RARE.fitted_law(1000)
    return float(RARE.d * RARE.mu * weight @ RARE.prompt_coverage(theta, 2.0**20))


ENTRIES = {
    "06-a": (
        lambda: float(log_cover(2, 1.0, 64, SCALE)),
        {
            "The radius is alpha/(2BH): both tokens of a ratio move, so the factor is 4, not 2.": lambda: float(
                log_cover(2, 1.0, 32, SCALE)
            ),
            "That is the size at scale log N; the theorem covers at a quarter of it.": lambda: float(
                log_cover(2, 1.0, 64, 4 * SCALE)
            ),
            "That is one coordinate; multiply by d.": lambda: float(log_cover(1, 1.0, 64, SCALE)),
            "H is missing: the log ratio adds up over 64 tokens.": lambda: float(log_cover(2, 1.0, 1, SCALE)),
        },
    ),
    "06-b": (
        lambda: TEXT.inherent_variance,
        {
            "That is the ceiling B^2 H; these tokens are nearly decided.": lambda: float(
                inherent_variance_bound(3.0, 100)
            ),
            "A token +-1 has variance 4p(1 - p), not p(1 - p).": lambda: TEXT.inherent_variance / 4,
            "The features have length 3: multiply by B^2 = 9.": lambda: TEXT.inherent_variance / 9,
            "That is the standard deviation.": lambda: float(np.sqrt(TEXT.inherent_variance)),
        },
    ),
    "06-c": (
        _expected_coverage,
        {
            "Most rare prompts are seen: multiply by P(never seen) = (1 - 1/1000)^1000.": lambda: RARE.d * RARE.mu,
            "That is the probability that one prompt is missed; weigh it with the mass of the prompts.": lambda: float(
                (1 - RARE.mu) ** 1000
            ),
            "That is one prompt; there are eight.": lambda: _expected_coverage() / RARE.d,
        },
    ),
    "06-d": (
        lambda: frank_wolfe_gap([0.8, 0.6], [3.0, 4.0]),
        {
            "That is the gradient's length, the gap at theta = 0: subtract <gradient, theta>.": lambda: (
                frank_wolfe_gap([0.0, 0.0], [3.0, 4.0])
            ),
            "Theta already lies along the gradient in part: subtract <gradient, theta>, do not add it.": lambda: float(
                5.0 + np.dot([0.8, 0.6], [3.0, 4.0])
            ),
            "Theta moves to the best point, it does not leave the ball: the gap is |g| - <g, theta>.": lambda: float(
                np.dot([0.8, 0.6], [3.0, 4.0])
            ),
        },
    ),
}

WORKED = {
    "06-a":
        r"The net is at scale $\alpha=\frac14\log2^{20}=3.465736$. With $r=\alpha/(2BH)$ the bound is "
        r"$d\log(1+\frac2r)=d\log(1+\frac{4BH}\alpha)$, that is $2\log(1+256/3.465736)=2\cdot4.315700=8.6314$.",
    "06-b":
        r"A sign with $P(+1)=0.99$ has variance $4\cdot0.99\cdot0.01=0.0396$; the feature is three times the sign, "
        r"so multiply by 9: 0.3564 a token. A hundred independent tokens: 35.64, far below the ceiling $B^2H=900$. "
        r"The answer is 35.64.",
    "06-c":
        r"Long responses to a prompt that was never seen have ratios beyond any $N$; those to a seen one are "
        r"fitted. So coverage tends to the missing mass "
        r"$d\mu(1-\mu)^n=0.008\cdot0.999^{1000}=0.008\cdot0.3677=0.002942$.",
    "06-d":
        r"Concavity bounds the gain by $\max_{\|\theta'\|\le1}\langle g,\theta'-\theta\rangle=\|g\|-\langle "
        r"g,\theta\rangle$, the Frank-Wolfe gap. $\|(3,4)\|=5$ and $\langle g,\theta\rangle=2.4+2.4=4.8$, so at "
        r"most 0.2.",
}
"""The steps of every solution, Markdown; they end with the value."""
