"""Variants: what a machine can imitate, what has an effect, and that a notebook that hangs on last digits turns red."""

import os
import platform

import pytest
from two_notebooks import build

from claimcheck.arithmetic import AS_IT_COMES
from claimcheck.gate import oldest
from claimcheck.gate.platforms import Run, computing, effect, elsewhere, first_difference, platforms, variants
from claimcheck.kernel import perturbed

NEW = {"loops": ["X86_V3", "X86_V4", "AVX512_ICL"], "blas": ["openblas"]}
LINUX = platform.system() == "Linux" and platform.machine() == "x86_64"

HANGS = "print(*map(repr, np.exp(values[:10]).tolist()))"
WARNS = ("import sys, warnings\n"
         "warnings.warn_explicit('old', DeprecationWarning, np.__file__, 1)\n"
         "if 'claimcheck.kernel.perturbed' in sys.modules:\n    warnings.warn('our own')\nprint('mean')")


def named(told):
    return {variant.name: variant for variant in variants(told)}


@pytest.mark.skipif(not LINUX, reason="the variants of x86-64 Linux")
def test_a_machine_with_everything_can_imitate_everything():
    found = named(NEW)
    assert [name for name, variant in found.items() if variant.missing and name != "two-threads"] == []
    assert found["avx2"].variables["NPY_DISABLE_CPU_FEATURES"] == "X86_V4 AVX512_ICL"
    assert found["sse-nehalem"].variables["NPY_DISABLE_CPU_FEATURES"] == "X86_V3 X86_V4 AVX512_ICL"
    assert found["sse-nehalem"].variables["OPENBLAS_CORETYPE"] == "Nehalem"
    assert found["shipped"].variables == {}
    assert all(variant.variables[AS_IT_COMES] == "as-it-comes" for name, variant in found.items() if name != "shipped")


@pytest.mark.skipif(not LINUX, reason="the variants of x86-64 Linux")
@pytest.mark.parametrize(("told", "missing"), [
    ({"loops": ["X86_V3"], "blas": ["openblas"]}, {"avx2", "skylakex"}),
    ({"loops": [], "blas": ["openblas"]}, {"avx2", "skylakex", "sse", "sse-nehalem", "zen"}),
    ({"loops": NEW["loops"], "blas": []}, {"zen", "skylakex", "nehalem", "sse-nehalem"}),
])
def test_what_a_machine_cannot_imitate_is_skipped_with_the_reason(told, missing):
    found = named(told)
    assert {name for name in found if found[name].missing and name != "two-threads"} == missing


def test_another_processor_imitates_no_x86(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    found = named({"loops": ["ASIMDHP"], "blas": ["openblas"]})
    assert found["zen"].missing == "this processor is aarch64, not x86-64"
    assert found["perturbed"].missing
    assert found["unpinned"].missing == ""


def test_platforms_elsewhere_are_those_this_machine_is_not(monkeypatch):
    for system, machine, here in (("Linux", "x86_64", {"x86-64 Linux"}), ("Darwin", "arm64", {"ARM", "macOS"}),
                                  ("Windows", "AMD64", {"Windows"}), ("Linux", "aarch64", {"ARM"})):
        monkeypatch.setattr(platform, "system", lambda system=system: system)
        monkeypatch.setattr(platform, "machine", lambda machine=machine: machine)
        assert set(elsewhere()) == {"ARM", "macOS", "musl", "Windows", "x86-64 Linux"} - here


def test_computing_sets_the_variants_variables_drops_the_callers_and_puts_all_back(monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Prescott")
    monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", "AVX2")
    before = dict(os.environ)
    with computing({"OPENBLAS_CORETYPE": "Zen"}):
        assert os.environ["OPENBLAS_CORETYPE"] == "Zen"
        assert "NPY_DISABLE_CPU_FEATURES" not in os.environ
    assert dict(os.environ) == before


def test_a_variant_without_effect_is_said_to_have_none():
    digits = {"shipped": {"exp": "1", "dot": "1"}, "zen": {"exp": "1", "dot": "1"}, "sse": {"exp": "2", "dot": "1"}}
    assert effect("shipped", digits) == "the reference"
    assert effect("zen", digits) == "no effect beyond shipped"
    assert effect("sse", digits) == "1 of 2 functions differ from shipped"


def test_a_run_without_a_report_is_told_by_its_last_line():
    run = Run("01_see", False, 1.0, [], "", "something\nthe kernel died")
    assert first_difference(run) == ["the kernel died"]


def test_oldest_without_its_python_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(oldest, "interpreter", lambda: None)
    (tmp_path / oldest.PINS).parent.mkdir()
    (tmp_path / oldest.PINS).write_text("")
    assert oldest.run(tmp_path) == 1
    assert "--oldest needs Python 3.11" in capsys.readouterr().err


def test_unknown_variant_is_a_clear_error(tmp_path_factory, capsys, small):
    assert platforms(small, names=["avx3"]) == 1
    assert "no variant 'avx3'; there are shipped, unpinned," in capsys.readouterr().err


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return build(tmp_path_factory.mktemp("small") / "collection")


@pytest.mark.slow
@pytest.mark.skipif(bool(perturbed.available()), reason="needs the perturbed arithmetic")
def test_a_sound_collection_is_green_under_a_perturbed_arithmetic_and_no_verdict_is_cached(small, capsys):
    assert platforms(small, names=["shipped", "perturbed"], workers=2) == 0
    said = capsys.readouterr().out
    assert "2 of 2 variants green, 0 skipped" in said
    assert "functions differ from shipped" in said
    assert not (small / "build" / "cache").exists()
    assert AS_IT_COMES not in os.environ


@pytest.mark.slow
@pytest.mark.skipif(bool(perturbed.available()), reason="needs the perturbed arithmetic")
def test_a_printed_last_digit_turns_a_variant_red_and_says_where(tmp_path, capsys):
    root = build(tmp_path / "collection", printed=HANGS)
    assert platforms(root, "01", ["shipped", "perturbed"]) == 1
    said = capsys.readouterr().out
    assert "1 of 2 variants green" in said
    red = said[said.index("RED in 1 of 1"):]
    assert "01_see_a_small_thing: Cell 2:" in red
    assert "mismatch" in red


@pytest.mark.slow
@pytest.mark.skipif(bool(perturbed.available()), reason="needs the perturbed arithmetic")
def test_a_dependencys_warning_is_reported_and_our_own_is_a_difference(tmp_path, capsys):
    root = build(tmp_path / "collection", printed=WARNS)
    assert platforms(root, "01", ["shipped"]) == 0
    assert "numpy/__init__.py: DeprecationWarning: old" in capsys.readouterr().out
    assert platforms(root, "01", ["perturbed"]) == 1
    assert "stderr" in capsys.readouterr().out
