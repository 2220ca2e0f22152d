"""What the proofs' files say: which theorem proves which claim, what differs, which twin is refuted."""

import re
from functools import cache
from json import dumps
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
RECORD = FOLDER.parents[1] / "references" / "proofs.toml"
FORBIDDEN = re.compile(r"\b(Admitted|admit|give_up|Axioms?|Parameters?|Conjectures?|Hypothes[ie]s|Variables?|Unset"
                       r"|bypass_check|Declare ML)\b")
"""Words that let a proof be left out, or an axiom in."""

AXIOMS = (
    "ClassicalDedekindReals.sig_forall_dec", "ClassicalDedekindReals.sig_not_dec", "Classical_Prop.classic",
    "FunctionalExtensionality.functional_extensionality_dep",
)
"""The only axioms that a theorem may rest on: those of the standard library's real numbers."""

HEAD = """# The route `kernel`: theorems that Rocq's kernel has checked, one [[proof]] each. `make prove WRITE=1` makes
# this from the comments in lib/proofs; `make prove` compares. twin, wrong: the tempting wrong form, its fault."""

_ITEM = re.compile(r"\(\* (claim|twin): ([\w-]+)(?: of (\w+))?\n?(.*?)\*\)\s*(?:Theorem|Lemma) (\w+)(.*?)\nProof\.",
                   re.DOTALL)
_NOTE = re.compile(r"^\s*(part|differs): (.*?)(?=^\s*(?:part|differs):|\Z)", re.DOTALL | re.MULTILINE)
_IMPORTS = re.compile(r"^From Coverage Require Import ([\w ]+)\.", re.MULTILINE)


_SECTION = re.compile(r"\bSection (\w+)\.(.*?)\bEnd \1\.", re.DOTALL)
_GIVEN = re.compile(r"\b(?:Context|Hypothes[ie]s|Variables?)\b(.*?)\.(?=\s)", re.DOTALL)
PLAIN = ("{A B : Type} (same : forall a b : B, {a = b} + {a <> b})", "{A : Type}")
"""What a section may give its theorems unseen: anything else would be a hypothesis that no recorded statement shows."""


class Proof(NamedTuple):
    """One theorem: which part of which claim it proves, what differs, its file, the twin, its file, its fault."""

    claim: str
    theorem: str
    file: str
    part: str
    differs: str
    twin: str
    twin_file: str
    wrong: str
    statement: str

    @property
    def assumptions(self) -> str:
        """The axioms that the theorem may rest on, in words."""
        return "the reals" + ", machine numbers" * (self.theorem in with_interval())


def imports(name: str) -> list[str]:
    """Return the files of the folder that a file imports."""
    text = (FOLDER / f"{name}.v").read_text(encoding="utf-8")
    return [word for line in _IMPORTS.findall(text) for word in line.split()]


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
        If a theorem has no twin, neither its own (``twin: claim of theorem``) nor its claim's (a theorem
        ``..._is_false`` refutes by itself), if a twin belongs to no theorem, or a comment does not stand before one.
    """
    found, twins = [], {}
    for path in sorted(FOLDER.glob("*.v")):
        text = path.read_text(encoding="utf-8")
        if len(re.findall(r"\(\* (?:claim|twin): ", text)) != len(items := _ITEM.findall(text)):
            raise ValueError(f"{path.name}: a comment 'claim:' or 'twin:' must stand right before its theorem")
        for section in (match.group() for match in _SECTION.finditer(text)):
            if _ITEM.search(section) and (hidden := set(map(str.strip, _GIVEN.findall(section))) - set(PLAIN)):
                raise ValueError(f"{path.name}: a theorem of the record hides the hypothesis {sorted(hidden)[0]}")
        for kind, claim, of, note, name, body in items:
            if kind == "twin":
                twins[claim, of] = name, path.stem, " ".join(note.split())
                continue
            said = {key: " ".join(value.split()) for key, value in _NOTE.findall(note)}
            found.append(Proof(claim, name, path.stem, said.get("part", ""), said.get("differs", ""), "", "", "",
                               f"Theorem {name}{body}"))
    keys = [next((key for key in ((proof.claim, proof.theorem), (proof.claim, "")) if key in twins), None)
            for proof in found]
    lonely = [proof.theorem for proof, key in zip(found, keys, strict=True)
              if key is None and not proof.theorem.endswith("_is_false")]
    lonely += [name for key, (name, *_) in twins.items() if key not in keys]
    if lonely:
        raise ValueError(f"theorems without a twin, or twins without a theorem: {', '.join(lonely)}")
    return [proof._replace(twin=twins[key][0], twin_file=twins[key][1], wrong=twins[key][2]) if key else proof
            for proof, key in zip(found, keys, strict=True)]


def enclosures() -> set[tuple[str, str]]:
    """Return (file, lemma) for every number that a comment ``(* constant: ...`` ties to the library."""
    item = re.compile(r"\(\* constant: .*?\*\)\s*Lemma (\w+)", re.DOTALL)
    return {(path.stem, name) for path in FOLDER.glob("*.v") for name in item.findall(path.read_text(encoding="utf-8"))}


@cache
def with_interval() -> set[str]:
    """Return the theorems and lemmas whose proofs call the tactic ``interval``, themselves or through another."""
    parts = (part for path in FOLDER.glob("*.v")
             for part in re.split(r"^(?:Theorem|Lemma) ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:])
    texts = {re.match(r"\w+", part).group(): part for part in parts}
    found = {name for name, text in texts.items() if re.search(r"\binterval\b", text)}
    while more := {name for name, text in texts.items() if found & set(re.findall(r"\w+", text))} - found:
        found |= more
    return found


def stated(found: list[Proof]) -> str:
    """Return the record as TOML: one [[proof]] a theorem."""
    lines = [HEAD, f"axioms = {dumps(AXIOMS)}"]
    for proof in found:
        facts = {"claim": proof.claim, "theorem": proof.theorem, "file": f"lib/proofs/{proof.file}.v",
                 "assumptions": proof.assumptions, "part": proof.part, "differs": proof.differs, "twin": proof.twin,
                 "wrong": proof.wrong}
        said = (f"{key} = {dumps(value, ensure_ascii=False)}" for key, value in facts.items() if value)
        lines += ["", "[[proof]]", *said, f"statement = '''\n{proof.statement}'''"]
    return "\n".join(lines) + "\n"


def forbidden(text: str) -> str:
    """Return the first word that lets a proof be left out or an axiom in; comments and section variables do not count.

    Examples
    --------
    >>> forbidden("Lemma a : 0 = 1. Admitted."), forbidden("(* no Axiom *) Lemma a : 0 = 0. Proof. easy. Qed.")
    ('Admitted', '')
    >>> forbidden('Definition a := "(*"%string. Unset Guard Checking. Definition b := "*)"%string.')
    'a string that opens a comment'
    """
    if re.search(r'"[^"\n]*\(\*', text):
        return "a string that opens a comment"
    plain = re.sub(r"\(\*.*?\*\)", "", text, flags=re.DOTALL)
    plain = re.sub(r"^Section (\w+)\..*?^End \1\.", lambda part: re.sub(r"(?m)^Hypothesis ", "Given ", part.group()),
                   plain, flags=re.DOTALL | re.MULTILINE)
    found = FORBIDDEN.search(plain)
    return found.group() if found else ""
