"""Mutation campaign: every small change mutmut can make to the theory's library, and which a unit test notices.

    make mutants                                   # hours; stop it whenever you like, it goes on where it was
    python tests/mutants/campaign.py 'covtheory.bounds.*'      # a part, for instance one part a machine
    python tests/mutants/campaign.py --report                  # only write the page from what has run

Why mutmut and not cosmic-ray: both were tried on one module. mutmut forks from a process that has everything loaded
and runs only the tests that reach the changed function: 0.15 s of processor time a mutant, against 2.4 s of a fresh
pytest; it never touches the sources (cosmic-ray, killed midway, left its mutant in the file); and it remembers results
by the hash of each function, so that a later campaign runs only what changed. Its price: no change to module-level
constants (the identities of the bounds pin those), and no workers on other machines: workers are local, and machines
share by taking different patterns. mutmut imports from ``src`` only, hence the copy under build/mutants.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAGE, PAGE = ROOT / "build" / "mutants", ROOT / "references" / "mutants.md"
PACKAGES = ("covtheory/bounds", "covtheory/certificates", "covtheory/coverage", "covtheory/own_model",
            "claimcheck")
EXPLAINED = Path(__file__).with_name("explained.toml")
NO_UNIT_TESTS = ("book", "collection", "exercises_all", "explorer", "gate", "slides", "slides_browser", "student",
                 "teaching", "train_record", "notebook_01")
LEFT_OUT = ("tests/test_bound_identities.py::test_every_public_function_of_the_bounds_has_a_row",
            "tests/test_own_model.py::test_commands_run_outside_a_checkout_and_draw")
"""One counts functions, of which mutmut adds some; one needs the library installed."""
KILLED = ("killed", "timeout", "segfault", "caught by type check")


def unit_tests() -> list[str]:
    """Test files that import one of the packages and start no kernel, browser or training."""
    words = [f"{package.replace('/', '.')}" for package in PACKAGES]
    return sorted(f"tests/{path.name}" for path in (ROOT / "tests").glob("test_*.py")
                  if path.stem.removeprefix("test_") not in NO_UNIT_TESTS
                  and any(word in path.read_text(encoding="utf-8") for word in words))


def stage() -> None:
    """Bring the copy up to date; mutmut's memory in its folder ``mutants`` stays."""
    STAGE.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name, copy in (("lib", "src"), ("tests", "tests"), ("references", "references")):
        shutil.rmtree(STAGE / copy, ignore_errors=True)
        shutil.copytree(ROOT / name, STAGE / copy, ignore=ignore)
    for name in ("conftest.py", "README.md"):
        shutil.copy2(ROOT / name, STAGE / name)
    options = ["--override-ini=addopts=", "-p", "no:cacheprovider", "-n0"]
    options += [word for test in LEFT_OUT for word in ("--deselect", test)]
    only = [f"src/{package}/*.py" for package in PACKAGES if (ROOT / "lib" / package).is_dir()]
    listed = lambda words: "[" + ", ".join(f'"{word}"' for word in words) + "]"  # noqa: E731
    settings = f"""
[tool.mutmut]
source_paths = ["src"]
only_mutate = {listed(only)}
also_copy = ["conftest.py", "README.md", "references"]
pytest_add_cli_args = {listed(options)}
pytest_add_cli_args_test_selection = {listed(unit_tests())}
"""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").replace('where = ["lib"]', 'where = ["src"]')
    (STAGE / "pyproject.toml").write_text(project + settings, encoding="utf-8")


def mutmut(*arguments: str, capture: bool = False) -> subprocess.CompletedProcess:
    """Run mutmut in the copy, one thread a process."""
    threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
    return subprocess.run([sys.executable, "-m", "mutmut", *arguments], cwd=STAGE, text=True, check=False,
                          capture_output=capture, env={**os.environ, **threads, "PYTHONHASHSEED": "0"})


def results() -> dict[str, str]:
    """Status of every mutant by name."""
    text = mutmut("results", "--all", "true", capture=True).stdout
    return dict(re.findall(r"^\s+(\S+): (.+)$", text, flags=re.MULTILINE))


def change(name: str) -> tuple[str, str]:
    """What the mutant took away and what it put there."""
    lines = mutmut("show", name, capture=True).stdout.splitlines()
    return tuple(" ".join(line[1:].strip() for line in lines if re.match(rf"\{sign}(?!{re.escape(sign * 2)})", line))
                 for sign in "-+")


def place(name: str) -> tuple[str, str]:
    """Module and function of a mutant's name."""
    module, _, function = name.rpartition(".")
    return module, re.sub(r"^x_?|__mutmut_\d+$", "", function).replace("ǁ", ".").strip(".")


def page(status: dict[str, str]) -> str:
    """The published page: the score by module, and each survivor with its explanation."""
    rules = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["rule"]
    modules = defaultdict(Counter)
    for name, verdict in status.items():
        modules[place(name)[0]]["killed" if verdict in KILLED else verdict] += 1
    lines = ["| module | mutants run | killed | survive | reached by no test | not run yet |",
             "|---|---|---|---|---|---|"]
    total = Counter()
    for module, count in [*sorted(modules.items()), ("all", total)]:
        total.update(count if module != "all" else {})
        run = sum(count.values()) - count["not checked"]
        lines.append(f"| {module} | {run} | {count['killed']} | {count['survived']} | {count['no tests']} "
                     f"| {count['not checked']} |")
    left, told = [], Counter()
    for name in sorted(name for name, verdict in status.items() if verdict == "survived"):
        module, function = place(name)
        old, new = change(name)
        why = next((rule["why"] for rule in rules if re.search(rule["where"], f"{module}.{function}")
                    and re.search(rule["change"], new)), None)
        told[why] += 1
        if why is None:
            left.append(f"- `{module}.{function}`: `{old}` became `{new}`")
    reasons = [f"- {number} x {why}" for why, number in told.most_common() if why]
    head = ("# Mutants\n\nWritten by `make mutants`; explanations are in tests/mutants/explained.toml. What was "
            "planted by hand, constant by constant, is in tests/mutants/planted.toml.\n\n")
    run = max(1, sum(total.values()) - total["not checked"])
    score = f"{total['killed']} of {run} mutants that were run are killed by a unit test ({total['killed'] / run:.1%})."
    parts = [score, "\n".join(lines), "## Survivors that are explained", "\n".join(reasons or ["None."]),
             "## Survivors that are open", "\n".join(left or ["None."])]
    return head + "\n\n".join(parts) + "\n"


def main() -> int:
    """Stage, run what is left, write the page."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("patterns", nargs="*", help="names of mutants, * allowed (default: all)")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--report", action="store_true", help="run nothing, write the page")
    options = parser.parse_args()
    status = 0
    if not options.report:
        stage()
        status = mutmut("run", "--max-children", str(options.workers), *options.patterns).returncode
    found = results()
    if found:
        PAGE.write_text(page(found), encoding="utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
