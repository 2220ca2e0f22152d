"""The explorer: the committed page is what the library computes, controls act, numbers agree, nothing is loaded."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from browser import violations, watch
from scipy.stats import binom, norm

from claimcheck.register import find_root
from publishing import explorer
from publishing.explorer import one_pass, spec
from publishing.explorer.page import section

ROOT = find_root(Path(__file__))
PAGE = ROOT / explorer.PAGE
ADDRESS = PAGE.as_uri()
PANELS = ("tail", "length", "learn", "budget", "prompts", "step", "shortcut", "verifier")
TABLES = re.compile(r'(<script type="application/json" id="data">)(.*?)(</script>)', re.DOTALL)

in_browser = pytest.mark.xdist_group("explorer")


# ---- what is committed ----


@pytest.fixture(scope="session")
def rebuilt():
    return explorer.document(ROOT, explorer.panels())


def split(text):
    """The page without its tables, and the tables."""
    return TABLES.sub(r"\1\3", text), json.loads(TABLES.search(text).group(2))


def differences(new, old, where="data"):
    if isinstance(new, dict) and isinstance(old, dict) and list(new) == list(old):
        return [d for key in new for d in differences(new[key], old[key], f"{where}.{key}")]
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [d for i, pair in enumerate(zip(new, old, strict=True)) for d in differences(*pair, f"{where}[{i}]")]
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (new, old))
    same = abs(new - old) <= 2e-6 * max(abs(new), abs(old)) if numbers else new == old  # the last of six digits
    return [] if same else [f"{where}: {str(new)[:60]}, committed {str(old)[:60]}"]


def test_committed_page_is_what_make_explorer_writes(rebuilt):
    new_page, new_tables = split(rebuilt)
    old_page, old_tables = split(PAGE.read_text(encoding="utf-8"))
    assert new_page == old_page, "run make explorer"
    assert differences(new_tables, old_tables) == [], "run make explorer"


def test_page_is_small_and_asks_for_nothing():
    text = PAGE.read_text(encoding="utf-8")
    assert len(text.encode()) < 1_500_000
    assert not re.search(r"""<(script|img|iframe|link)\b[^>]*(src|href)=["'](?!data:,)""", text)
    assert "default-src 'none'" in text


def test_links_lead_to_notebooks_and_on_the_site_to_their_sections_and_back():
    text = PAGE.read_text(encoding="utf-8")
    targets = re.findall(r'href="(\.\./[^"]+)" data-section="([^"]+)"', text)
    assert len(targets) == text.count('href="../') == 16
    for target, _ in targets:
        assert (PAGE.parent / target).resolve().exists(), target
    there = explorer.for_site(text)
    assert "../" not in re.sub(r"<script.*?</script>", "", there, flags=re.DOTALL)
    assert re.findall(r'href="(\d\d_\w+)\.html#([\w-]+)"', there) == [
        (Path(target).stem, section) for target, section in targets]
    assert there.count('href="index.html"') == 1


def test_a_section_that_a_link_names_must_be_there():
    path = next((ROOT / "notebooks").glob("05_*.ipynb"))
    assert section(path, "The golden-ratio") == "the-golden-ratio-law"
    for beginning, count in (("The silver", 0), ("The", 4)):
        with pytest.raises(ValueError, match=f"{count} sections begin with '{beginning}', expected one"):
            section(path, beginning)


def test_embedded_numbers_have_six_digits_and_round_off_moves_none_of_them():
    rng = np.random.default_rng(1)
    values = np.concatenate([10.0 ** rng.uniform(-12, 12, 400), np.arange(1, 4000) / 4096, [0.1234565, 2.0000005]])
    for value in values:
        kept = spec.plain(value)
        assert kept == pytest.approx(value, rel=5.1e-6)
        if abs(value * 1e6 % 1 - 0.5) < 1e-9 or value < 1:  # ties, where round-off would decide
            assert spec.plain(value * (1 + 1e-11)) == spec.plain(value * (1 - 1e-11)) == kept
    assert spec.plain(123_456_789) == 123_456_789


@pytest.mark.parametrize("make", [
    lambda: spec.choose("?", [("a", "b")], 1), lambda: spec.axis("x", 0, 1, log=True), lambda: spec.axis("x", 2, 1),
    lambda: spec.axis("x", 0, 1, scale="cube"), lambda: spec.mark("pie", "x", [1], [1]),
    lambda: spec.choose_level("?", chart=0, x=1, levels=[1, 2], start=3, truth=1, unit="x"),
])
def test_parts_that_cannot_be_drawn_are_refused(make):
    with pytest.raises(ValueError, match=r"guess|axis|mark"):
        make()


def test_vendored_libraries_come_with_their_licences():
    vendor = ROOT / "lib/publishing/assets/vendor"
    licences = (vendor / "LICENSES.txt").read_text(encoding="utf-8")
    katex = (vendor / "katex" / "katex.min.js").read_text(encoding="utf-8")
    assert f'version:"{re.search(r"katex ([0-9.]+),", licences).group(1)}"' in katex
    assert (vendor / "katex" / "LICENSE").is_file()
    for path in vendor.glob("*.js"):
        version = re.search(r"v(\d+\.\d+\.\d+) Copyright", path.read_text(encoding="utf-8")[:200]).group(1)
        assert re.search(rf"^{re.escape(path.name)} .* {re.escape(version)},", licences, re.MULTILINE)


def test_a_failed_build_leaves_the_page_alone(tmp_path, monkeypatch, capsys):
    (tmp_path / "references").mkdir()
    (tmp_path / explorer.PAGE).write_text("as it was")

    def broken():
        raise ValueError("an explorer table holds NaN")

    monkeypatch.setattr("publishing.explorer.page.PANELS", (broken,))
    assert explorer.build(tmp_path) == 1
    assert (tmp_path / explorer.PAGE).read_text() == "as it was"
    assert "NaN" in capsys.readouterr().err


@pytest.mark.parametrize("table", [{"by": ["m"], "v": [1, 2]}, {"by": ["n"], "v": [1, 2]},
                                   {"by": ["n", "n"], "v": [1, 2, 3]}])
def test_a_table_that_does_not_fit_its_controls_is_refused(table):
    with pytest.raises(ValueError, match=r"control|positions"):
        spec.panel("p", "?", "", [spec.control("n", "n", [1, 2, 3], 1)], [], [spec.number("x", table)], "", [], {})


def test_nan_and_unknown_starts_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        spec.table("n", [1.0, np.nan])
    with pytest.raises(ValueError, match="start"):
        spec.control("n", "n", [1, 2], 3)


# ---- in the browser: numbers ----

UP = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def go(page, address="", *, guess=False):
    """Open the page at an address; unless the test is about guessing, everything is drawn at once."""
    page.goto("about:blank")
    page.goto(ADDRESS + (address if guess else (address or "#") + "&open"))


def shown(page, panel):
    """The current numbers of a panel as {label: value}; the text agrees with the value to four digits."""
    rows = page.eval_on_selector_all(
        f"#{panel} .numbers > div",
        """rows => rows.map(({children: [label, value]}) =>
            [label.textContent, value.dataset.value, value.firstChild.data])""")
    found = {}
    for label, value, text in rows:
        found[label] = float(value) if value else None
        if value:
            if label == "draws that KL asks for" and float(value) >= 6:  # the value is the exponent
                assert text == "10" + f"{round(float(value))}".translate(UP), label
                continue
            if label == "draws that KL asks for":
                value = 10 ** float(value)
            digits = text.strip().replace(",", "").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
            assert float(digits.replace(" × 10", "e")) == pytest.approx(float(value), rel=6e-4), label
    return found


def near(value):
    return pytest.approx(value, rel=5.1e-6, abs=1e-9)


def token_sums(gap):
    """Log-ratio laws (values, P, Q) of the gappy and the broad model, without the library: binomial and convolution."""
    H, rare = 60, 1 / 600
    k = np.arange(H + 1)
    lift = np.log((1 - rare) / (1 - rare / gap))
    gappy = k * np.log(gap) + (H - k) * lift, binom.pmf(k, H, rare), binom.pmf(k, H, rare / gap)
    kl = H * (rare * np.log(gap) + (1 - rare) * lift)
    p = np.array([0.2 - rare, 0.3 + rare, 0.5])  # tilted by e^-t, 1, e^t
    tilt = np.linspace(0, 3, 200_001)
    kl_of = H * (np.log(p @ np.exp(np.outer([-1, 0, 1], tilt))) - (p[2] - p[0]) * tilt)
    t = np.interp(kl, kl_of, tilt)
    for _ in range(5):  # Newton, from the interpolated start
        w = p * np.exp(t * np.array([-1, 0, 1]))
        t -= (H * (np.log(w.sum()) - (p[2] - p[0]) * t) - kl) / (H * ((w[2] - w[0]) / w.sum() - (p[2] - p[0])))
    w = p * np.exp(t * np.array([-1, 0, 1]))
    P, Q = np.ones(1), np.ones(1)
    for _ in range(H):
        P, Q = np.convolve(P, p), np.convolve(Q, w / w.sum())
    return kl, {"gappy": gappy, "broad": (H * np.log(w.sum()) - t * np.arange(-H, H + 1), P, Q)}


def coverage(law, N):
    return law[1][law[0] >= np.log(N) - 1e-12].sum()


def worst_regret(law, N):
    order = np.argsort(-law[0])
    return max(0.0, (np.cumsum(law[1][order]) - 1 + (1 - np.minimum(np.cumsum(law[2][order]), 1)) ** N).max())


@in_browser
@pytest.mark.parametrize(("N", "gap", "model"), [(1024, 10_000, "gappy"), (2, 10_000, "broad"), (64, 100, "broad"),
                                                 (6144, 100_000, "gappy")])
def test_tail_numbers(page, N, gap, model):
    go(page, f"#tail&tail.N={N}&tail.gap={gap}&tail.model={model}")
    found, (kl, laws) = shown(page, "tail"), token_sums(gap)
    assert found["KL of both"] == near(kl)
    for name, law in laws.items():
        assert found[f"CovN {name}"] == near(coverage(law, N))
    law = laws[model]
    assert found["regret, exact"] == near(worst_regret(law, N))
    log_r, R = law[0], np.exp(np.linspace(1e-3, 40, 400_001))
    assert found["upper bound"] == near(law[1] @ np.maximum(1 - np.exp(-log_r), 0) ** N)
    assert found["lower bound"] == near(np.maximum(law[1] - N * law[2], 0).sum())
    by_kl = kl * ((1 - 1 / R) ** N / (np.log(R) - 1 + 1 / R)).max()
    assert found["from KL alone"] == pytest.approx(min(1, by_kl), rel=1e-6)
    ordered = [found[name] for name in ("lower bound", "regret, exact", "upper bound", "from KL alone")]
    assert (np.diff(ordered) >= -1e-5 * np.array(ordered[1:])).all()


@in_browser
@pytest.mark.parametrize(("H", "n", "N"), [(64, 100, 16), (8, 3, 1024), (32_768, 10_000, 2)])
def test_length_numbers(page, H, n, N):
    go(page, f"#length&length.H={H}&length.n={n}&length.N={N}")
    found, p = shown(page, "length"), np.e / (np.e + 1 / np.e)
    token = p * np.log(2 * p) + (1 - p) * np.log(2 * (1 - p))
    ones = np.arange(H + 1)
    ratio = ones * np.log(2 * p) + (H - ones) * np.log(2 * (1 - p))
    kl = H * token / (2 * n)
    assert found["KL"] == near(kl)
    assert found["CovN"] == near(binom.pmf(ones, H, p)[ratio >= np.log(N)].sum() / (2 * n))
    assert found["largest possible, 1/(2n)"] == near(1 / (2 * n))
    assert found["bound from KL"] == near(min(1, kl / (np.log(N) - 1 + 1 / N)))
    assert found["draws that KL asks for"] == near(H * token / np.log(10))


@in_browser
@pytest.mark.parametrize(("n", "N", "H"), [(1024, 256, 64), (8, 4, 8), (16_384, 1_048_576, 512)])
def test_prompts_numbers(page, n, N, H):
    from covtheory.bounds.two_scale_tuned import tune
    from covtheory.instances.prompt_coins import PromptCoins

    go(page, f"#prompts&prompts.n={n}&prompts.N={N}&prompts.H={H}")
    found, coins = shown(page, "prompts"), PromptCoins(H)
    cov = coins.coverage([n], [float(N)])
    kl = coins.kl([n])
    for label, low, high, width in (("expected KL", kl.lower[0], kl.upper[0], 0.04),
                                    ("expected CovN", cov.lower[0, 0], cov.upper[0, 0], 5e-4),
                                    ("of it from seen prompts", cov.fine[0, 0], cov.fine_upper[0, 0], 5e-4)):
        assert low <= found[label] * (1 + 1e-5)
        assert found[label] <= low * (1 + width) * (1 + 1e-5) + 1e-9
        assert found[label] == pytest.approx(high, rel=width)  # the page knows the enclosure of another threshold grid
    assert found["two-scale theorem"] == near(min(1, tune(float(N), n, None, coins.log_cover).total))
    eps = np.geomspace(1e-6, 10, 200)
    hellinger = 2 * (1 - np.exp(-((coins.log_cover(eps) + 1) / n + eps))).min()
    assert found["classical theorem"] == near(min(1, hellinger / (1 - N**-0.5) ** 2))


@in_browser
@pytest.mark.parametrize(("n", "N", "fold"), [(20, 256, 100), (1, 2, 10), (200, 2, 10_000), (5, 1_048_576, 1_000)])
def test_learning_numbers(page, n, N, fold):
    """The race of two exponentials by its density on a grid, no formula of the library."""
    go(page, f"#learn&learn.n={n}&learn.N={N}&learn.fold={fold}")
    found = shown(page, "learn")

    def covered(m):
        a, b = (1 + 4 * m) ** 0.5 / 2 - 0.5, (1 + 4 * m) ** 0.5 / 2 + 0.5
        y = np.linspace(0, 60 / b, 2_000_001)
        return np.trapezoid(b * np.exp(-b * y) * np.exp(-a * (np.log(N) + y)), y)

    assert found["E CovN"] == near(covered(n))
    assert found["after one example (the fall by definition)"] == near(covered(1))
    assert found["left by n examples, share"] == near(covered(n) / covered(1))
    assert found["the same by way of KL"] == near(1 / n)
    assert found["E KL"] == near(1 / n)
    assert found["what E KL promises for CovN"] == near(min(1, 1 / n / (np.log(N) - 1 + 1 / N)))
    assert found["examples needed, by way of KL"] == fold
    needed = int(found["examples needed"])
    assert covered(needed) * fold <= covered(1) * (1 + 1e-6)
    assert needed == 1 or covered(needed - 1) * fold > covered(1)


def rival_wins(m, N, d=400, n=100_000):
    """P[the best of 2^d rivals beats the truth]: the gain's law by powers of a characteristic function, no library."""
    p, g = m * d / n, np.sqrt(2 / np.pi) / np.sqrt(n)
    total = 0.0
    for rare in range(int(n * p + 12 * np.sqrt(n * p) + 20)):
        rows = n - rare
        i = np.arange(-1500 + (rows + 1500) % 2, 1501, 2)  # the sum of one sign over all rows; sd 316
        size = np.arange(0, 1501)
        one = np.zeros(1501)
        np.add.at(one, abs(i), binom.pmf((rows + i) // 2, rows, 0.5))
        mean, sd = one @ size, np.sqrt(one @ size**2 - (one @ size) ** 2)
        bar = rare * np.log(N) - rows * (np.log1p(-p / N) - np.log1p(-p)) - rows * d / 2 * np.log1p(-g * g)
        needs = bar / (0.5 * np.log((1 + g) / (1 - g)))
        skew = one @ (size - mean) ** 3 / sd**3 / np.sqrt(d)
        x = (needs - d * mean) / (sd * np.sqrt(d))
        total += binom.pmf(rare, n, p) * (norm.sf(x) + skew / 6 * (x * x - 1) * norm.pdf(x))  # Edgeworth
    return total


@in_browser
@pytest.mark.parametrize(("N", "m"), [(64, 0.08), (4, 0.32), (2**40, 0.005), (1024, 0.06)])
def test_budget_numbers(page, N, m):
    go(page, f"#budget&budget.N={N}&budget.m={m}")
    found, price = shown(page, "budget"), np.log(N) - 1 + 1 / N
    assert found["budget d/π"] == near(400 / np.pi)
    assert found["net price of one rare sample"] == near(price)
    assert found["rare samples, expected"] == near(400 * m)
    assert found["net price of all of them"] == near(400 * m * price)
    assert found["then CovN"] == near(m * 0.004)
    assert found["KL of the miss"] == near(m * 0.004 * price)
    assert found["missed with probability"] == pytest.approx(rival_wins(m, N), abs=2e-3)


def test_the_budget_s_curve_is_the_mass_that_half_of_the_fits_miss_and_steps_are_the_ladder():
    tables = split(PAGE.read_text(encoding="utf-8"))[1]["budget"]
    marks = {mark["name"]: mark for mark in tables["charts"][0]["marks"]}
    half = marks["missed by half of the fits"]
    for price, mass, N in zip(half["x"][2::6], half["y"][2::6], 4.0 ** np.arange(1, 21)[2::6], strict=True):
        assert price == near(np.log(N) - 1 + 1 / N)
        assert rival_wins(mass, N) == pytest.approx(0.5, abs=0.03)  # a median between two atoms of the rare count
    steps = marks["one model, all N at once"]
    logs = np.array([2, 3, 4, 5, 6, 7, 8, 9, 10, 12]) * np.log(10)
    assert steps["y"] == [near(v) for v in np.repeat(0.0688 / logs, 2)]
    assert steps["x"][1::2] == [near(L - 1 + np.exp(-L)) for L in logs]
    assert steps["x"][2::2] == steps["x"][1:-1:2]


def by_hand(eta_bar, H, normalised, most=4000, B=40.0, N=16.0):
    """Log ratios of 00...0 after 1..most steps on the oscillating text, in plain numpy."""
    side = np.sqrt(1 - (4 / 7) ** 2)
    v = np.array([[1, 0], [4 / 7, side], [4 / 7, -side]])
    theta, out = v[1], []
    for _ in range(most):
        p = np.exp(B * v @ theta - (B * v @ theta).max())
        g = H * B * (v[0] - p @ v / p.sum())
        size = 1 / (32 * B) / (2 * B * np.log(N) + np.linalg.norm(g)) if normalised else eta_bar / (H * B)
        theta = theta + size * g
        theta = theta / max(1, np.linalg.norm(theta))
        scores, truth = B * v @ theta, B * v @ v[0]
        out.append(H * (truth[0] - np.log(np.exp(truth).sum()) - scores[0] + np.log(np.exp(scores).sum())))
    return np.array(out)


def first_below(ratio, N=16.0):
    below = np.flatnonzero(ratio < np.log(N))
    return 1 + below[0] if below.size else None


@in_browser
@pytest.mark.parametrize(("step", "H"), [(0.2, 256), (0.0125, 1024), (8, 64), (64, 4096)])
def test_step_numbers(page, step, H):
    go(page, f"#step&step.step={step}&step.H={H}")
    found, plain = shown(page, "step"), by_hand(step, H, False)
    assert found["SGD, oscillating text"] == first_below(plain)
    assert found["normalised, oscillating text"] == first_below(by_hand(step, H, True))
    assert found["log ratio after 4,000 steps, SGD"] == near(plain[-1])
    theta, visits, edge = np.log(H / (4 * np.log(16))) / 30 - 1 / 30, 0, None
    while edge is None and visits <= one_pass.MOST_SLOW:
        if H * (np.log1p(np.exp(-30 * theta)) - np.log1p(np.exp(-15))) < np.log(16):
            edge = visits
        theta, visits = min(1.0, theta + step / (H * 900) * 30 * H / (1 + np.exp(30 * theta))), visits + 1
    assert found["SGD, crawling text"] == edge
    if found["SGD, oscillating text"] is None:
        assert "never covered in 4,000 steps" in page.inner_text("#step .numbers")
        assert "never covered" in page.inner_text("#step-chart-0 .plot")


def test_normalised_sgd_needs_the_same_number_of_visits_at_every_length():
    tables = split(PAGE.read_text(encoding="utf-8"))[1]["step"]
    visits = next(mark["y"] for mark in tables["charts"][1]["marks"] if mark["name"] == "normalised, crawling")
    assert 50_000 < min(visits) < max(visits) < 1.4 * min(visits)


@in_browser
@pytest.mark.parametrize(("q", "N"), [(0.5, 8), (0.9, 8), (0.9, 12), (0.58, 4), (0.98, 2)])
def test_shortcut_numbers(page, q, N):
    go(page, f"#shortcut&shortcut.q={q}&shortcut.N={N}")
    found = shown(page, "shortcut")
    assert found["KL"] == near(-0.9 * np.log(q) - 0.1 * np.log(1 - q))
    assert found["CovN"] == near(0.9 * (q <= 1 / N) + 0.1 * (1 - q <= 1 / N))
    assert found["Pass@N"] == near(1 - 0.9 * (1 - q) ** N - 0.1 * q**N)
    assert found["missed"] == near(0.9 * (1 - q) ** N + 0.1 * q**N)
    assert found["best q for Pass@N, on a grid of 0.005"] == pytest.approx(1 / (1 + 9 ** (-1 / (N - 1))), abs=0.0026)


@in_browser
@pytest.mark.parametrize(("kappa", "H", "error"), [(2, 6, "siblings"), (8, 4, "levels"), (1, 3, "siblings"),
                                                   (16, 5, "siblings")])
def test_verifier_numbers(page, kappa, H, error):
    go(page, f"#verifier&verifier.kappa={kappa}&verifier.H={H}&verifier.error={error}")
    found = shown(page, "verifier")
    node = np.arange(2 ** (H + 1) - 1)  # in heap order; odd ones are first children
    n, parent, depth = len(node), (node - 1) // 2, np.log2(node + 1).astype(int)
    sign = np.where(node % 2, 1.0, -1.0) if error == "siblings" else (-1.0) ** (depth - 1)
    factor = float(kappa) ** sign
    W = np.where(depth == H, 1.0, factor) * 0.5**depth
    A = np.zeros((n, n))
    for u in range(1, n):
        A[u, parent[u]] = A[parent[u], u] = W[u]
    degree = A.sum(axis=1)
    P, law, leaves = np.eye(n) / 2 + A / (2 * degree[:, None]), degree / degree.sum(), depth == H
    gap = 1 - np.sort(np.linalg.eigvalsh(np.eye(n) / 2 + A / (2 * np.sqrt(np.outer(degree, degree)))))[-2]
    assert found["spectral gap"] == near(gap)
    assert found["its bound"] == near(np.sin(np.pi / (4 * H)) ** 2 / kappa**2)
    T = np.ceil(2 * (kappa * H) ** 2 * np.log(np.sqrt(2) * kappa**2 * H**1.5 / 0.05))
    assert found["T of the theorem"] == T
    k, mixing = np.arange(H), int(found["mixing time"])
    share = kappa**2 / (1 + kappa**2) if error == "siblings" else 0.5
    assert found["forwards, distance"] == near(
        np.abs(binom.pmf(k, H - 1, share) - binom.pmf(k, H - 1, 0.5)).sum() / 2)
    now = np.linalg.matrix_power(P, mixing - 1)[0]
    assert np.abs(now - law).sum() / 2 > 0.05 * law[leaves].sum() >= np.abs(now @ P - law).sum() / 2
    at_T = np.linalg.matrix_power(P, int(T))[0][leaves]
    assert found["walk after T steps, distance"] == near(np.abs(at_T / at_T.sum() - 0.5**H).sum() / 2)
    absorbed = np.linalg.solve(np.eye((~leaves).sum()) - P[np.ix_(~leaves, ~leaves)], P[np.ix_(~leaves, leaves)])[0]
    assert found["first answer, distance"] == near(np.abs(absorbed - 0.5**H).sum() / 2)


# ---- in the browser: behaviour ----


def until(page, condition):
    """Wait until a JavaScript expression is true (the page's policy forbids the driver's own way of doing so)."""
    for _ in range(100):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {condition}")


def pictures(page, panel):
    """The drawn curves and dots, without the names, the axes' numbers and the marker of the control."""
    return page.eval_on_selector_all(
        f"#{panel} .plot path, #{panel} .plot circle",
        """all => all.filter(e => !e.closest(".names"))
            .map(e => ["d", "cx", "cy", "transform"].map(name => e.getAttribute(name)))""")


@in_browser
def test_every_control_moves_the_picture_and_the_numbers_by_keyboard(page):
    go(page)
    for panel in PANELS:
        for field in page.query_selector_all(f"#{panel} [data-control]"):
            name, before = field.get_attribute("id"), (pictures(page, panel), page.inner_text(f"#{panel} .numbers"))
            field.focus()
            at_end = field.evaluate("f => Number(f.value) === Number(f.max || f.length - 1)")
            page.keyboard.press("ArrowUp" if at_end else "ArrowDown")
            if pictures(page, panel) == before[0]:  # a slider at its start: down is to the left
                page.keyboard.press("ArrowUp")
            after = pictures(page, panel), page.inner_text(f"#{panel} .numbers")
            assert before[0] != after[0], f"{name}: the picture did not change"
            assert before[1] != after[1], f"{name}: the numbers did not change"
    assert page.problems == []


@in_browser
def test_every_position_of_every_control_draws(page):
    go(page)
    for panel in PANELS:
        for field in page.query_selector_all(f"#{panel} [data-control]"):
            seen = field.evaluate("""field => {
                const last = Number(field.max || field.length - 1), found = [];
                for (let i = 0; i <= last; i++) {
                    field.value = i;
                    field.dispatchEvent(new Event("input", {bubbles: true}));
                    found.push(field.closest("section").querySelectorAll(".plot svg path").length);
                }
                return found;
            }""")
            assert min(seen) > 0
    assert page.problems == []
    assert not re.search("NaN|undefined|null", page.inner_text("main"))


@in_browser
def test_address_keeps_the_state(page):
    go(page)
    for name, key in (("learn-n", "End"), ("learn-N", "Home"), ("verifier-kappa", "End")):
        page.focus(f"#{name}")
        page.keyboard.press(key)
    page.select_option("#tail-model", "1")
    until(page, "location.hash.includes('tail.model=broad')")
    address, numbers = page.evaluate("location.hash"), [shown(page, panel) for panel in PANELS]
    assert page.get_attribute("#tail .here", "href") == address
    assert set(address[1:].split("&")) == {"tail", "learn.n=200", "learn.N=2", "verifier.kappa=16",
                                           "tail.model=broad", "open"}
    go(page, address)
    assert [shown(page, panel) for panel in PANELS] == numbers
    page.click("#learn button[type=reset]")
    assert shown(page, "learn")["E KL"] != numbers[2]["E KL"]
    assert shown(page, "verifier") == numbers[7]
    until(page, "!location.hash.includes('learn.n')")
    page.evaluate("location.hash = '#shortcut&shortcut.q=0.9'")
    until(page, "document.querySelector('#shortcut output').textContent === '0.9'")
    assert page.problems == []


BAD = ("#learn&learn.N=abc&learn.n=7", "#&&=&.=&tail.N=&tail.=3", "#tail&tail.N=%E0%A4%A", "#" + "x" * 5000,
       "#__proto__.N=4&constructor.name=x&toString", "#learn.__proto__=4&learn.n=-1", "#<img src=x onerror=alert(1)>")


@in_browser
def test_bad_addresses_are_ignored(page):
    go(page)
    good = [shown(page, panel) for panel in PANELS]
    for bad in BAD:
        go(page, bad)
        assert [shown(page, panel) for panel in PANELS] == good, bad
        assert page.problems == [], bad


@in_browser
def test_nothing_is_requested_and_nothing_is_reported(page):
    go(page)
    page.click("nav a >> nth=2")
    page.click("#prompts summary >> nth=0")
    page.wait_for_selector("#prompts-chart-0 td")  # the toggle event comes after the click
    assert len(page.query_selector_all("#prompts-chart-0 td")) == 12 * 6
    assert {url.partition("#")[0] for url in page.requested if url != "about:blank"} == {ADDRESS}
    assert page.problems == []


@in_browser
def test_no_sideways_scrolling_and_no_label_cut_off_at_any_width(page):
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, "#step&step.step=8")
    for width in (390, 320, 800, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        until(page, "Math.abs(document.querySelector('#verifier svg').getAttribute('width')"
                    " - document.querySelector('#verifier figure').clientWidth) < 1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("""() => [...document.querySelectorAll(".plot text")].filter(text => {
            const box = text.getBoundingClientRect();
            return box.left < -1 || box.right > document.documentElement.clientWidth + 1;
        }).map(text => text.textContent)""") == [], f"a label is cut off at {width}"


# ---- in the browser: dragging, guessing, reading off ----


def knob(page, selector):
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


KNOBS = [(panel, place, name) for panel, place, name in (
    ("tail", 0, "N"), ("tail", 1, "N"), ("length", 0, "H"), ("length", 1, "H"), ("learn", 0, "n"), ("learn", 1, "N"),
    ("budget", 0, "N"), ("budget", 1, "m"), ("prompts", 0, "n"), ("prompts", 1, "N"), ("step", 1, "H"),
    ("shortcut", 0, "q"), ("shortcut", 1, "q"), ("verifier", 0, "H"), ("verifier", 1, "kappa"))]


@in_browser
def test_every_panel_with_draws_on_an_axis_has_a_knob_there(page):
    go(page)
    there = page.eval_on_selector_all("[data-knob]", """all => all.map(k => [k.closest("section").id,
        Number(k.closest("figure").id.slice(-1)), k.dataset.knob])""")
    assert [tuple(one) for one in there] == KNOBS
    tables = split(PAGE.read_text(encoding="utf-8"))[1]
    for panel in PANELS:
        for place, chart in enumerate(tables[panel]["charts"]):
            if "draws N" in chart["x"]["label"] or "log N" in chart["x"]["label"]:
                assert (panel, place, "N") in KNOBS


@in_browser
@pytest.mark.parametrize(("panel", "place", "name"), KNOBS)
def test_a_knob_is_dragged_by_pointer_and_keyboard(page, panel, place, name):
    go(page)
    selector, field = f'#{panel}-chart-{place} [data-knob="{name}"]', page.locator(f"#{panel}-{name}")
    page.locator(f"#{panel}-chart-{place}").scroll_into_view_if_needed()
    start, numbers = field.input_value(), page.inner_text(f"#{panel} .numbers")
    far = page.evaluate(f"document.querySelector('#{panel}-chart-{place} svg').getBoundingClientRect().right")
    x, y = knob(page, selector)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(far, y + 40, steps=6)  # beyond the end of the axis: the last position
    page.mouse.up()
    top = field.get_attribute("max")
    assert field.input_value() == top != "0"
    assert start == top or page.inner_text(f"#{panel} .numbers") != numbers
    page.keyboard.press("ArrowLeft")  # the knob has the focus
    assert int(field.input_value()) == int(top) - 1
    page.keyboard.press("Home")
    assert field.input_value() == "0"
    page.keyboard.press("End")
    page.keyboard.press("PageDown")
    assert int(field.input_value()) == int(top) - 3
    handle = page.locator(selector)
    assert handle.get_attribute("aria-valuenow") == field.input_value()
    assert handle.get_attribute("aria-valuetext") == page.inner_text(f'output[for="{panel}-{name}"]')
    assert page.problems == []


@in_browser
def test_a_knob_stands_where_its_line_stands_at_every_position(page):
    go(page)
    for panel, place, name in KNOBS:
        for position in (0, 2, 4):
            page.evaluate("""([panel, name, position]) => { const f = document.getElementById(`${panel}-${name}`);
                f.value = position; f.dispatchEvent(new Event("input", {bubbles: true})); }""", [panel, name, position])
            gap = page.evaluate("""([panel, place, name]) => {
                const figure = document.getElementById(`${panel}-chart-${place}`);
                const k = figure.querySelector(`[data-knob="${name}"]`).getBoundingClientRect();
                const lines = [...figure.querySelectorAll("svg line")].map(l => l.getBoundingClientRect())
                    .filter(b => b.height > 150).map(b => Math.abs(b.left - k.left - k.width / 2));
                return Math.min(...lines);
            }""", [panel, place, name])
            assert gap < 1.5, (panel, place, position)


def touch(page, session, path):
    for i, (x, y) in enumerate(path):
        session.send("Input.dispatchTouchEvent", {"type": "touchMove" if i else "touchStart",
                                                  "touchPoints": [{"x": x, "y": y}]})
        page.wait_for_timeout(30)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(60)


@in_browser
def test_a_finger_drags_sideways_and_scrolls_up_and_down(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    watch(page)
    go(page)
    session = context.new_cdp_session(page)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    page.evaluate("document.getElementById('learn-chart-1').scrollIntoView()")
    x, y = knob(page, '#learn-chart-1 [data-knob="N"]')
    before = page.evaluate("scrollY")
    touch(page, session, [(x, y), (x + 30, y), (x + 60, y), (x + 300, y)])
    assert page.input_value("#learn-N") == "19"
    touch(page, session, [(x + 20, y + 120), (x + 10, y + 120), (x - 20, y + 120), (60, y + 120)])  # in the picture
    assert page.input_value("#learn-N") in {"0", "1"}
    assert page.evaluate("scrollY") == before
    at = page.input_value("#learn-N")
    touch(page, session, [(x + 60, y + 160 - 20 * i) for i in range(9)])
    assert page.evaluate("scrollY") > before + 40
    assert page.input_value("#learn-N") == at, "scrolling over the picture moved N"
    assert page.problems == []
    context.close()


@in_browser
@pytest.mark.parametrize("panel", PANELS)
def test_on_a_phone_every_slider_and_every_picture_are_in_sight_together(page, panel):
    page.set_viewport_size({"width": 390, "height": 844})
    go(page)
    page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    for place in (0, 1):
        page.evaluate(f"document.getElementById('{panel}-chart-{place}').scrollIntoView()")
        found = page.evaluate("""([panel, place]) => {
            const figure = document.querySelector(`#${panel}-chart-${place} .stage`).getBoundingClientRect();
            const form = document.querySelector(`#${panel} form`);
            const fields = [...form.querySelectorAll("[data-control]")].map(f => f.getBoundingClientRect());
            return [Math.min(...fields.map(f => f.top)), Math.max(...fields.map(f => f.bottom)),
                    form.getBoundingClientRect().bottom, figure.top, figure.bottom];
        }""", [panel, place])
        top, bottom, form, chart_top, chart_bottom = found
        assert 0 <= top < bottom <= form <= chart_top + 1, found
        assert chart_bottom <= 844, found


@in_browser
def test_nothing_of_the_truth_is_drawn_before_the_guess(page):
    go(page, guess=True)
    tables = split(PAGE.read_text(encoding="utf-8"))[1]
    for panel in PANELS:
        secret = {mark["name"] for chart in tables[panel]["charts"] for mark in chart["marks"] if mark.get("secret")}
        known = {mark["name"] for chart in tables[panel]["charts"] for mark in chart["marks"] if not mark.get("secret")}
        assert secret - {""}, f"{panel} has nothing to guess"
        texts = " ".join(page.eval_on_selector_all(f"#{panel} .plot .names text", "all => all.map(t => t.textContent)"))
        assert not any(name.replace("_", "") in texts for name in secret - known - {""})
        hidden = [entry["label"] for entry in tables[panel]["numbers"] if entry["secret"]]
        shown_numbers = page.eval_on_selector_all(f"#{panel} .numbers dd", "all => all.map(d => d.textContent)")
        assert shown_numbers.count("?") == len(hidden) >= 1
        assert page.locator(f"#{panel} .see").is_hidden()
        assert page.locator(f"#{panel} .guess").is_visible()
        page.click(f"#{panel} summary >> nth=1")
        heads = page.eval_on_selector_all(f"#{panel} th", "all => all.map(h => h.textContent)")
        assert not set(heads) & (secret - known - {""})
    assert page.problems == []


@in_browser
@pytest.mark.parametrize("panel", [name for name in PANELS if name != "learn"])
def test_each_guess_gets_its_own_reply_and_the_truth_is_drawn(page, panel):
    guess = split(PAGE.read_text(encoding="utf-8"))[1][panel]["guess"]
    assert len(set(guess["replies"])) == len(guess["options"]) >= 3
    for i, reply in enumerate(guess["replies"]):
        assert reply.startswith("Yes: ") == (i == guess["right"])
        go(page, guess=True)
        before = len(page.query_selector_all(f"#{panel} .plot path"))
        page.click(f'#{panel} [data-guess="{i}"]')
        assert page.inner_text(f"#{panel} .reply") == f"Your guess: {guess['options'][i]}. {reply}"
        assert len(page.query_selector_all(f"#{panel} .plot path")) > before
        assert page.locator(f"#{panel} .guess").is_hidden()
        assert "?" not in page.inner_text(f"#{panel} .numbers")
        assert page.locator(f"#{panel} .see").is_visible()


@in_browser
def test_the_law_is_guessed_by_dragging(page):
    go(page, guess=True)
    page.locator("#learn-chart-1").scroll_into_view_if_needed()
    x, y = knob(page, "#learn-chart-1 .level")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=5)
    page.mouse.up()
    said = int(page.inner_text('output[for="learn-guess"]'))
    assert 5 < said < 30
    page.keyboard.press("ArrowDown")  # the knob has the focus
    less = int(page.inner_text('output[for="learn-guess"]'))
    assert less < said
    assert page.locator("#learn-chart-1 .level").get_attribute("aria-valuetext") == f"{less} examples"
    page.click("#learn [data-guess]")
    truth = page.inner_text("#learn .reply")
    assert truth.startswith(f"Your guess: {less} examples. It is 3")
    assert page.locator("#learn-chart-1 .level").is_hidden()
    go(page, "#learn&learn.N=65536&learn.fold=100")
    assert shown(page, "learn")["examples needed"] == 3


@in_browser
def test_guesses_are_skipped_one_by_one_all_at_once_or_by_a_link_to_a_state(page):
    go(page, guess=True)
    page.click("#length .skip-guess")
    assert page.locator("#length .guess").is_hidden()
    assert page.locator("#length .reply").is_hidden()
    assert page.locator("#tail .guess").is_visible()
    page.click("#open-all")
    assert page.locator(".guess:visible").count() == 0
    assert page.locator("#open-all").is_hidden()
    until(page, "location.hash.endsWith('open')")
    go(page, "#learn", guess=True)
    assert page.locator("#learn .guess").is_visible()
    go(page, "#learn&learn.N=65536&guess", guess=True)  # a lecturer's link for a poll
    assert page.locator("#learn .guess").is_visible()
    assert page.inner_text('output[for="learn-N"]') == "65,536"
    go(page, "#learn&learn.N=65536", guess=True)
    assert page.locator("#learn .guess").is_hidden()
    assert page.locator("#tail .guess").is_visible()
    assert page.problems == []


@in_browser
def test_the_pointer_reads_off_what_the_table_says(page):
    go(page)
    page.locator("#prompts-chart-1").scroll_into_view_if_needed()
    x, y = knob(page, '#prompts-chart-1 [data-knob="N"]')
    page.mouse.move(x + 1, y + 90)
    said = page.inner_text("#prompts-chart-1 .readout").splitlines()
    assert said[0] == "draws N: 256"
    found = shown(page, "prompts")
    rows = dict(line.split(": ") for line in said[1:])
    assert set(rows) == {"KL (nats)", "classical theorem", "two-scale theorem", "CovN", "CovN, seen prompts"}
    assert float(rows["KL (nats)"]) == pytest.approx(found["expected KL"], rel=6e-4)
    assert float(rows["CovN"]) == pytest.approx(found["expected CovN"], rel=6e-4)
    page.mouse.move(2, 2)
    assert page.locator("#prompts-chart-1 .readout").is_hidden()
    go(page, guess=True)
    page.locator("#prompts-chart-1").scroll_into_view_if_needed()
    page.mouse.move(x + 1, knob(page, '#prompts-chart-1 [data-knob="N"]')[1] + 90)
    assert "Cov" not in page.inner_text("#prompts-chart-1 .readout"), "the truth before the guess"


# ---- accessibility ----


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("guess", [True, False])
def test_axe_finds_nothing(page, scheme, width, guess):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 844})
    go(page, guess=guess)
    assert violations(page) == []


def luminance(colour):
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_of_text_and_curves(page, scheme):
    page.emulate_media(color_scheme=scheme)
    go(page)
    names = ["back", "field", "text", "soft", "link", "black", "blue", "orange", "green", "pink", "grey", "focus"]
    colours = page.evaluate("""names => {
        const probe = document.body.appendChild(document.createElement("i"));
        return Object.fromEntries(names.map(name => {
            probe.style.color = `var(--${name})`;
            return [name, getComputedStyle(probe).color];
        }));
    }""", names)
    for name in set(colours) - {"back", "field"}:
        for ground in ("back", "field"):
            a, b = sorted((luminance(colours[name]), luminance(colours[ground])), reverse=True)
            assert (a + 0.05) / (b + 0.05) >= 4.5, f"{scheme}: {name} on {ground}"
    assert (luminance(colours["back"]) > 0.5) == (scheme == "light")


@in_browser
def test_labels_headings_and_descriptions(page):
    go(page)
    assert page.evaluate("[...document.querySelectorAll('[data-control]')].every(f => f.labels.length === 1)")
    levels = page.eval_on_selector_all("h1,h2,h3", "all => all.map(h => h.tagName)")
    assert levels == ["H1"] + ["H2"] * len(PANELS)
    assert page.evaluate("[...document.querySelectorAll('h2')].every(h => h.textContent.endsWith('?'))")
    pictured = page.eval_on_selector_all(".plot svg", "all => all.map(s => [s.getAttribute('role'), s.ariaLabel])")
    assert len(pictured) == 2 * len(PANELS)
    for role, label in pictured:
        assert role == "img"
        assert len(label.split()) > 10
        assert "axis: " in label
    assert page.query_selector("svg g[aria-label]") is None  # a group without a role may have no name
    assert len(page.query_selector_all('[role=status][aria-live=polite]')) == len(PANELS)
    assert page.get_attribute("#tail-N", "aria-valuetext") == "1,024"
    assert page.get_attribute("html", "lang") == "en"
    ids = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert len(ids) == len(set(ids))


@in_browser
def test_without_javascript_the_page_says_so(browser):
    context = browser.new_context(java_script_enabled=False)
    found = context.new_page()
    found.goto(ADDRESS)
    assert "need JavaScript" in found.inner_text("header")
    context.close()
