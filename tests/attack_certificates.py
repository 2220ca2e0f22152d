"""Random and adversarial cases against exact values; a bracket without the truth is printed and makes the exit code 1.

    python tests/attack_certificates.py --cases 100000 [--start 0] [--seed 0] [--kind NAME] [--quick]

Case i depends on the seed and on i only, so a run can be cut into pieces, and ``--start i --cases 1`` repeats one.
Every case asks several engines; an engine may refuse, it may not be wrong. ``tests/test_attack.py`` runs a short piece.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import attack_cases
import attack_edges
import mpmath
import numpy as np
from attack_cases import Case

from covtheory.certificates import ball_models, band_limited_tail, product_spectrum

KINDS = attack_cases.KINDS | attack_edges.KINDS

QUICK = ((product_spectrum, "MOST_VALUES", 2**17), (band_limited_tail, "MOST_WORK", 1e7),
         (ball_models, "MOST_VALUES", 2**12))
"""Limits beyond which engines give up early, which few cases need."""


def cases(start: int, n: int, seed: int = 0, kind: str | None = None) -> Iterator[tuple[int, Case]]:
    """Cases ``start``, ..., ``start + n - 1`` of a seed."""
    names, weights = list(KINDS), np.array([weight for _, weight in KINDS.values()], dtype=float)
    for i in range(start, start + n):
        rng = np.random.default_rng([seed, i])
        chosen = names[rng.choice(len(names), p=weights / weights.sum())]
        if kind in (None, chosen):
            yield i, KINDS[chosen][0](rng)


def attack(case: Case) -> Iterator[tuple[str, str, str]]:
    """Engine, verdict (``right``, ``refused``, ``FALSE``) and its words for each engine of a case."""
    for engine, call in case.engines:
        try:
            bracket = call()
        except (ValueError, ArithmeticError, ModuleNotFoundError) as error:
            yield engine, "refused", str(error)
            continue
        ends = float(bracket.lower), float(bracket.upper)
        sane = all(0 <= end <= 1 for end in ends)
        inside = sane and Fraction(ends[0]) <= case.truth[1] and case.truth[0] <= Fraction(ends[1])
        yield engine, "right" if inside else "FALSE", f"{bracket.method}: [{ends[0]!r}, {ends[1]!r}]"


def short(value: Fraction) -> str:
    """Twenty digits of a fraction of any size."""
    return mpmath.nstr(mpmath.mpf(value.numerator) / value.denominator, 20) if value else "0"


def main() -> int:
    """Run, print counts by kind and engine, and every false bracket."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, default in (("cases", 2000), ("start", 0), ("seed", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--kind", choices=list(KINDS))
    parser.add_argument("--quick", action="store_true", help="give up early, as tests do")
    options = parser.parse_args()
    if options.quick:
        for module, name, value in QUICK:
            setattr(module, name, value)
    counts, slow, begun = Counter(), Counter(), time.perf_counter()
    for i, case in cases(options.start, options.cases, options.seed, options.kind):
        before = time.perf_counter()
        for engine, verdict, words in attack(case):
            counts[case.kind, engine, verdict] += 1
            if verdict == "FALSE":
                print(f"FALSE: seed {options.seed} case {i} ({case.kind}, {engine}): {words}, exact "
                      f"{short(case.truth[0])}; {case.words}", flush=True)
        slow[case.kind] += time.perf_counter() - before
    for key in sorted({key[:2] for key in counts}):
        words = ", ".join(f"{counts[*key, v]} {v}" for v in ("right", "refused", "FALSE"))
        print(f"{key[0]:>20} {key[1]:>10}: {words}")
    wrong = sum(n for (*_, verdict), n in counts.items() if verdict == "FALSE")
    print(f"{options.cases} cases from {options.start} of seed {options.seed}, {sum(counts.values())} brackets, "
          f"{wrong} false, {time.perf_counter() - begun:.0f} s")
    print("seconds in engines: " + ", ".join(f"{kind} {seconds:.0f}" for kind, seconds in slow.items()))
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
