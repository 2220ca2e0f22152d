"""Every public bound is the formula of its theorem: each constant, sign, default, domain and array shape.

The formulas are the tables of :mod:`identities`; what is chosen by a search (``tune``) is tested at the end. That a
bound holds is the notebooks' claim; most have slack, so a wrong constant may hold as well. Here the identity pins every
term of every bound, whatever the slack: sharp instances are not needed for that.
"""

import importlib
import inspect
import pkgutil
from itertools import groupby

import identities
import numpy as np
import pytest
from identities import autoregressive as autoregressive_formulas
from identities.table import exact, idle
from identities.two_scale import T1
from mpmath import isnan, mpf
from scipy.optimize import minimize

from covtheory import bounds
from covtheory.bounds import autoregressive, misspecification, two_point, two_scale, two_scale_tuned

TABLES = [importlib.import_module(f"identities.{module.name}") for module in pkgutil.iter_modules(identities.__path__)
          if module.name != "table"]
ROWS = [row for table in TABLES for row in table.ROWS]
SEARCHED = {"two_scale_tuned.tune", "two_scale.best_theta", "two_scale_best.best_scales",
            "autoregressive.ar_linear_coverage_tuned"}
every_row = pytest.mark.parametrize("row", ROWS, ids=[f"{row.name}-{row.source.replace(' ', '_')}" for row in ROWS])


def flat(value):
    """One list of arrays from a number, an array or a tuple of them."""
    return [np.asarray(v, dtype=float) for v in (value if isinstance(value, tuple) else (value,))]


def agree(row, got, arguments):
    truth = row.truth(arguments)
    got = flat(got)
    assert len(got) == len(truth)
    for value, want in zip(got, truth, strict=True):
        assert value.shape == ()
        number = mpf(float(value))
        same = number == want or abs(number - want) <= row.rtol * abs(want) + 1e-300 < mpf("inf")
        assert same, f"{arguments}: {float(value)!r}, expected {float(want)!r}"


def ends(interval):
    """The two ends, and whether each belongs to the interval."""
    low, high = (float(part) for part in interval[1:-1].split(","))
    return (low, interval[0] == "["), (high, interval[-1] == "]")


def refused(row, arguments, name):
    with pytest.raises(ValueError, match=rf"^{name}\b.*(got|shape|differ)"):
        row.bound(**arguments)


def test_every_public_function_of_the_bounds_has_a_row():
    public = set()
    for module in pkgutil.iter_modules(bounds.__path__):
        found = importlib.import_module(f"covtheory.bounds.{module.name}")
        public |= {f"{module.name}.{name}" for name, value in vars(found).items()
                   if inspect.isfunction(value) and value.__module__ == found.__name__ and not name.startswith("_")}
    assert {row.name for row in ROWS} | SEARCHED == public


@every_row
def test_every_argument_is_given_and_away_from_its_default(row):
    parameters = inspect.signature(row.bound).parameters
    assert set(parameters) == set(row.at)
    optional = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
    assert {name for name, value in optional.items() if value is not None} <= set(row.default) <= set(optional)
    for name, default in optional.items():
        assert any(arguments[name] != default for arguments in row.instances()), name


@every_row
def test_every_term_and_branch_of_the_formula_is_in_use(row):
    assert idle(row) == []


@every_row
def test_every_argument_counts(row):
    instances = row.instances()
    for name in row.at:
        numbers = [a for a in instances if isinstance(a[name], (float, int)) and not isinstance(a[name], bool)]
        moved = [{**a, name: a[name] + 1 if isinstance(a[name], int) else a[name] * 1.01} for a in numbers]
        assert not numbers or any(row.truth(a) != row.truth(b) for a, b in zip(numbers, moved, strict=True)), name


@every_row
def test_the_library_is_the_formula(row):
    for arguments in row.instances():
        agree(row, row.bound(**arguments), arguments)
    first = row.instances()[0]
    for name, values in row.also.items():
        for value in values:
            agree(row, row.bound(**{**first, name: value}), {**first, name: value})


@every_row
def test_defaults_are_the_documented_ones(row):
    for name, value in row.default.items():
        tried = 0
        for arguments in row.instances():
            short = {k: v for k, v in arguments.items() if k != name}
            try:
                got = row.bound(**short)
            except ValueError:  # this instance does not allow the default
                continue
            agree(row, got, {**short, name: value})
            tried += 1
        assert tried, name


@every_row
def test_arrays_give_what_numbers_give(row):
    key = lambda arguments: repr([arguments[k] for k in row.scalar])  # noqa: E731
    for _, group in groupby(sorted(row.instances(), key=key), key):
        group = list(group)
        columns = {k: group[0][k] if k in row.scalar else np.array([a[k] for a in group]) for k in row.at}
        if set(columns) == set(row.scalar):
            continue
        got = flat(row.bound(**columns))
        want = [flat(row.bound(**a)) for a in group]
        for i, value in enumerate(got):
            assert value.shape == (len(group),)
            np.testing.assert_allclose(value, [w[i] for w in want], rtol=1e-13)


@every_row
def test_the_domain_is_guarded_and_closed_ends_belong_to_it(row):
    first = row.instances()[0]
    for name, interval in row.domain.items():
        (low, low_in), (high, high_in) = ends(interval)
        for end, inside, outward in ((low, low_in, -1), (high, high_in, 1)):
            if np.isinf(end):
                continue
            refused(row, {**first, name: end + outward * 1e-6}, name)
            if not inside:
                refused(row, {**first, name: end}, name)
                continue
            try:
                truth = row.truth({**first, name: end})
            except (ZeroDivisionError, ValueError):
                truth = None
            got = row.bound(**{**first, name: end})
            assert not any(np.isnan(v).any() for v in flat(got)), name
            if truth and not any(isnan(v) or abs(v) == mpf("inf") for v in truth):
                agree(row, got, {**first, name: end})
        refused(row, {**first, name: np.nan}, name)
    for name, change in row.refused:
        refused(row, {**first, **change}, name)


def test_exact_numbers_are_the_floats_they_come_from():
    assert exact([0.1, True, "kl", None]) == [mpf(0.1), True, "kl", None]


def net(rho):
    """A log size that falls with its scale, and is 0 from 9 on."""
    with np.errstate(divide="ignore"):
        return np.where(np.asarray(rho) < 9, 4 * np.log1p(30 / np.asarray(rho, dtype=float)), 0.0)


def cover(rho):
    """A one-sided cover that is smaller than the net."""
    return 0.3 * net(rho)


@pytest.mark.parametrize(("N", "n", "delta"), [(1e6, 400, 0.05), (30.0, 3000, None), (3.5, 10**7, 0.4)])
@pytest.mark.parametrize("one_sided", [None, cover])
def test_tuned_constants_are_valid_and_nearly_the_best(N, n, delta, one_sided):
    best = two_scale_tuned.tune(N, n, delta, net, one_sided)
    entropy = one_sided or net
    assert 0 < best.s < 1
    assert 0 < best.c < 0.5
    sizes = float(entropy(best.eps)), float(net(best.c * np.log(N)))
    exactly = T1(*exact([N, n, delta, *sizes, best.eps, best.s, best.c, best.theta, 0]))
    assert best.fine == pytest.approx(float(exactly[0]), rel=1e-10)
    assert best.coarse == pytest.approx(float(exactly[1]), rel=1e-10)
    assert best.total == best.fine + best.coarse

    def total(x):
        s, c, theta, eps = 1 / (1 + np.exp(-x[0])), 0.5 / (1 + np.exp(-x[1])), np.exp(x[2]), np.exp(x[3])
        try:
            return float(two_scale.two_scale(N, n, delta, entropy(eps), net(c * np.log(N)), eps=eps, s=s, c=c,
                                             theta=theta).total)
        except ValueError:  # no valid constants
            return np.inf

    start = np.log([best.s / (1 - best.s), best.c / (0.5 - best.c), best.theta, best.eps + 1e-9])
    polished = minimize(total, start, method="Nelder-Mead", options={"maxfev": 800, "xatol": 1e-6, "fatol": 1e-14})
    assert best.total <= 1.01 * polished.fun


def test_tuned_autoregressive_bound_uses_the_cover_of_its_class():
    d, B, H, n, N = 3, 1.5, 8, 10**4, 1e5
    for delta in (0.05, None):
        best = autoregressive.ar_linear_coverage_tuned(d, B, H, n, N, delta)
        cover = lambda alpha: autoregressive_formulas.log_cover(*exact([d, B, H]), alpha)  # noqa: E731
        s, c, theta, eps = exact([best.s, best.c, best.theta, best.eps])
        exactly = T1(*exact([N, n, delta]), cover(eps), cover(c * np.log(N)), eps, s, c, theta, 0)
        assert best.total == pytest.approx(float(sum(exactly)), rel=1e-10)
        assert best.total < autoregressive.ar_linear_coverage(d, B, H, n, N, delta)


def test_a_bound_of_several_terms_is_their_sum():
    assert two_scale.Terms(0.25, 0.5).total == 0.75
    assert two_scale_tuned.Tuned(1, 2, 3, 4, 0.25, 0.5).total == 0.75
    assert misspecification.ConvexTerms(0.125, 0.25, 0.5).total == 0.875


def test_every_named_divergence_is_known_and_a_function_works_as_well():
    assert {str(name) for name in two_point.NAMES} == {"kl", "hellinger", "tv", "chi2"}
    squared = lambda t: (t - 1) ** 2  # noqa: E731
    assert two_point.binary_divergence(squared, 0.6, 0.15) == pytest.approx(0.45**2 / 0.15 + 0.45**2 / 0.85)
    assert two_point.coverage_from_divergence(0.7, 9.0, squared) == pytest.approx(
        two_point.coverage_from_divergence(0.7, 9.0, "chi2"), rel=1e-9)
    with pytest.raises(ValueError, match="b: a callable f needs b strictly between"):
        two_point.binary_divergence(squared, 0.5, 1.0)
