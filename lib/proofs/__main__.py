"""``make prove``: compile every proof, ask the kernel what the theorems assume, compare with references/proofs.toml.

``python lib/proofs`` needs no package, only ``coqc``. ``--write`` renews the record, ``--check`` runs coqchk too.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import which

sys.path.insert(0, str(Path(__file__).parent))
from reading import AXIOMS, FOLDER, RECORD, enclosures, forbidden, imports, order, proofs, stated, with_interval

ROOT = FOLDER.parents[1]
BUILD = ROOT / "build" / "proofs"
PACKAGES = "coq libcoq-interval libcoq-coquelicot"
MISSING = f"make prove: coqc is missing. On Debian or Ubuntu: apt-get install --no-install-recommends {PACKAGES}"
PRIMITIVE = re.compile(r"^(PrimInt63|PrimFloat|Uint63|Uint63Axioms|FloatAxioms|FloatOps|Sint63)\.|^(int|float)$")
"""The kernel's own machine numbers and their specification, with which the tactic ``interval`` computes."""

FLAGS = ["-w", "-ambiguous-paths,-deprecated", "-Q", str(BUILD), "Coverage"]


def coqc(path: Path) -> str:
    """Compile one file and return what it printed.

    Raises
    ------
    SystemExit
        If Rocq refuses the file: its message, with the place.
    """
    done = subprocess.run(["coqc", *FLAGS, path.name], cwd=path.parent, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"make prove: {path.name} does not compile\n{done.stderr or done.stdout}")
    return done.stdout


def compile_all(jobs: int) -> None:
    """Compile the files into build/proofs, each as soon as those that it imports are done; skip what is newer."""
    BUILD.mkdir(parents=True, exist_ok=True)
    ready: dict[str, object] = {}
    with ThreadPoolExecutor(jobs) as pool:
        for name in order():
            ready[name] = pool.submit(_compile, name, [ready[other] for other in imports(name)])
        for done in ready.values():
            done.result()


def _compile(name: str, before: list) -> float:
    newest = max([task.result() for task in before], default=0.0)
    source, copy = FOLDER / f"{name}.v", BUILD / f"{name}.v"
    text, made = source.read_text(encoding="utf-8"), BUILD / f"{name}.vo"
    if made.exists() and copy.exists() and copy.read_text(encoding="utf-8") == text and made.stat().st_mtime > newest:
        return made.stat().st_mtime
    made.unlink(missing_ok=True)
    copy.write_text(text, encoding="utf-8")
    coqc(copy)
    return made.stat().st_mtime


def assumptions(names: list[tuple[str, str]]) -> set[str]:
    """Ask the kernel what the theorems (file, name), all together, rest on: the names of the axioms.

    One question for all, since an answer walks through the whole library of the reals each time.
    """
    asking = BUILD / "asking.v"
    asking.write_text("".join(f"From Coverage Require {file}.\n" for file in sorted({file for file, _ in names}))
                      + f"Definition all := ({', '.join(f'@Coverage.{file}.{name}' for file, name in names)}).\n"
                      + "Print Assumptions all.\n", encoding="utf-8")
    said = coqc(asking)
    if not said.startswith(("Axioms:", "Closed under the global context")):
        sys.exit(f"make prove: Print Assumptions said {said[:200]!r}")
    lines = [line for line in said.splitlines()[1:] if line and not line[0].isspace()]
    if odd := [line for line in lines if not re.match(r"[\w.']+(\s*:|$)", line)]:  # "... is assumed to be guarded."
        sys.exit(f"make prove: the kernel says: {odd[0]}")
    return {re.match(r"[\w.']+", line).group() for line in lines}


def recheck(everything: bool = False) -> str:
    """Let coqchk, a small checker that shares no code with the tactics, check the compiled files from nothing.

    The libraries that they import (Coq's, Coquelicot, Flocq, Interval) are taken as they are unless ``everything``,
    which takes many minutes. Returns what coqchk says of the whole context.

    Raises
    ------
    SystemExit
        If it refuses a file, or if anything rests on type-in-type, an unguarded fixpoint or an assumed positivity.
    """
    names = [part for name in order() for part in ([] if everything else ["-norec"]) + [f"Coverage.{name}"]]
    done = subprocess.run(["coqchk", "-silent", "-o", *FLAGS[2:], *names], cwd=BUILD, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"make prove: coqchk refuses\n{done.stderr or done.stdout}")
    found = re.findall(r"^\* ((?:Constants|Inductives).*?): (\S.*)$", done.stdout + done.stderr, re.MULTILINE)
    if len(found) != 3 or any(value != "<none>" for _, value in found):
        sys.exit(f"make prove: coqchk says {done.stdout}{done.stderr}")
    return f"{len(order())} files are right; " + "; ".join(f"{name}: none" for name, _ in found)


def main() -> None:
    """Run the whole check; the exit status is 0 only if everything is proved and the record is right."""
    parser = argparse.ArgumentParser(prog="make prove")
    parser.add_argument("--write", action="store_true", help="renew references/proofs.toml")
    parser.add_argument("--compile", action="store_true", help="compile only")
    parser.add_argument("--check", nargs="?", const="own", choices=("own", "all"),
                        help="run coqchk as well, on the compiled files or, with 'all', on the libraries too")
    options = parser.parse_args()
    if which("coqc") is None or (options.check and which("coqchk") is None):
        sys.exit(MISSING)
    for path in sorted(FOLDER.glob("*.v")):
        if bad := forbidden(path.read_text(encoding="utf-8")):
            sys.exit(f"make prove: {path.name} contains {bad}")
    start, found = time.monotonic(), proofs()
    jobs = min(2, os.cpu_count() or 1)
    compile_all(jobs)
    if options.compile:
        return
    twins = {(proof.twin_file, proof.twin) for proof in found if proof.twin}
    names = {(proof.file, proof.theorem) for proof in found} | twins | enclosures()
    computed = {(file, name) for file, name in names if name in with_interval()}
    for group, more in ((computed, PRIMITIVE), (names - computed, None)):
        beyond = sorted(assumptions(sorted(group)) - set(AXIOMS))
        if wrong := [axiom for axiom in beyond if not (more and more.match(axiom))]:
            sys.exit(f"make prove: a theorem assumes {', '.join(wrong)}; ask each with Print Assumptions")
    if options.check:
        print(f"coqchk: {recheck(everything=options.check == 'all')}")
    record = stated(found)
    if options.write:
        RECORD.write_text(record, encoding="utf-8")
    elif not RECORD.exists() or RECORD.read_text(encoding="utf-8") != record:
        sys.exit("make prove: references/proofs.toml is not what the proofs say; make prove WRITE=1 renews it")
    print(f"{len({proof.claim for proof in found})} claims, {len(found)} theorems, {len(twins)} twins refuted: checked "
          f"by the kernel in {time.monotonic() - start:.0f} s; no axiom but those of the reals")


if __name__ == "__main__":
    main()
