"""What the proofs' files say: which theorem proves which claim, what differs, which twin is refuted."""

import re
from json import dumps
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
RECORD = FOLDER.parents[1] / "references" / "proofs.toml"

_ITEM = re.compile(r"\(\* (claim|twin): ([\w-]+)\n?(.*?)\*\)\s*(?:Theorem|Lemma) (\w+)(.*?)\nProof\.", re.DOTALL)


class Proof(NamedTuple):
    """One theorem: claim id, theorem, file, which part of the claim, what differs, the refuted twin and its file, statement."""

    claim: str
    theorem: str
    file: str
    part: str
    differs: str
    twin: str
    twin_file: str
    statement: str


def imports(name: str) -> list[str]:
    """Return the files of the folder that a file imports."""
    text = (FOLDER / f"{name}.v").read_text(encoding="utf-8")
    return [word for line in re.findall(r"^From Coverage Require Import ([\w ]+)\.", text, re.MULTILINE) for word in line.split()]


def order() -> list[str]:
    """Return all files, each after those that it imports."""
    done: list[str] = []

    def visit(name):
        for other in imports(name):
            visit(other)
        if name not in done:
            done.append(name)

    for path in sorted(FOLDER.glob("*.v")):
        visit(path.stem)
    return done


def proofs() -> list[Proof]:
    """Return every theorem that a comment ties to a claim, in the order of the files.

    Raises
    ------
    ValueError
        If a claim has no twin, or a twin no claim.
    """
    found, twins = [], {}
    for path in sorted(FOLDER.glob("*.v")):
        text = path.read_text(encoding="utf-8")
        if len(re.findall(r"\(\* (?:claim|twin): ", text)) != len(items := _ITEM.findall(text)):
            raise ValueError(f"{path.name}: a comment 'claim:' or 'twin:' must stand right before its theorem")
        for kind, claim, note, name, body in items:
            if kind == "twin":
                twins[claim] = name, path.stem
                continue
            said = {key: re.sub(r"\s+", " ", value).strip() for key, value in re.findall(r"^\s*(part|differs): (.*?)(?=^\s*(?:part|differs):|\Z)", note, re.DOTALL | re.MULTILINE)}
            found.append(Proof(claim, name, path.stem, said.get("part", ""), said.get("differs", ""), "", "", f"Theorem {name}{body}"))
    refuted = {proof.claim for proof in found if proof.theorem.endswith("_is_false")}
    if lonely := ({proof.claim for proof in found} - refuted) ^ set(twins):
        raise ValueError(f"claims without a twin, or twins without a claim: {', '.join(sorted(lonely))}")
    return [proof._replace(twin=name, twin_file=file) for proof in found for name, file in [twins.get(proof.claim, ("", ""))]]


def stated(found: list[Proof]) -> str:
    """Return the record as TOML: one [[proof]] a theorem."""
    lines = ["# The route `kernel`: theorems that Rocq's kernel has checked, one [[proof]] each. Made by `make prove WRITE=1`",
             "# from the comments in lib/proofs; `make prove` compares. twin: the tempting wrong form, refuted on an instance."]
    for proof in found:
        lines += ["", "[[proof]]", f'claim = "{proof.claim}"', f'theorem = "{proof.theorem}"', f'file = "lib/proofs/{proof.file}.v"',
                  'assumptions = "the reals"']
        lines += [f"{key} = {dumps(value, ensure_ascii=False)}" for key, value in (("part", proof.part), ("differs", proof.differs), ("twin", proof.twin)) if value]
    return "\n".join(lines) + "\n"
