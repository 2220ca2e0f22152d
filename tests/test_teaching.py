"""The teaching guide covers every lecture section, claim and exercise, and its minutes and plans add up."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from claimcheck.gate.contract import notebooks
from claimcheck.register import find_root
from classroom.teaching import faults, lectures, skeleton

ROOT = find_root(Path(__file__))
GUIDE = (ROOT / "references" / "teaching.md").read_text(encoding="utf-8")


def test_guide_is_complete_and_true_to_the_notebooks():
    found = faults(ROOT, GUIDE)
    assert not found, "references/teaching.md:\n" + "\n".join(found)


@pytest.mark.parametrize(("pattern", "replacement", "said"), [
    (r"## 05\. .*?(?=^## 06)", "", "no chapter of 05_watch"),
    (r"### The golden-ratio law.*?(?=^### )", "", "no section 'The golden-ratio law'"),
    (r"### The golden-ratio law", "### The silver law", "05: no lecture section 'The silver law'"),
    (r"`golden-ratio-law`", "none", "claim 'golden-ratio-law' is taught by no section"),
    (r"`golden-ratio-law`", "`golden-ratio-lw`", "claim 'golden-ratio-lw' is not registered"),
    (r"- \*\*Board:\*\* Two alarm clocks.*?\n", "", "field Board is missing or empty"),
    (r"\*\*Minutes:\*\* 12 (?=[^\n]*`visited-prompts`)", "**Minutes:** 22 ", "its sections add up to 85"),
    (r"\*\*Minutes:\*\* 75, exercises 30", "**Minutes:** 75, exercises 35", "'exercises 35' is not the minutes"),
    (r"\| 05-c \|.*?\n", "", "no rubric of exercise 05-c"),
    (r"\| 05-c \| [^|]+\|", "| 05-c | |", "the rubric of 05-c needs"),
    (r"\| 05-c \|", "| 05-z |", "the notebook has no exercise 05-z"),
    (r"\*\*Exercise:\*\* 05-c", "**Exercise:** none", "exercise 05-c goes with no section"),
    (r"0\.8505", "0.8506", "Misconception quotes 0.8506, which is not in the notebook"),
    (r"\| 1 \| – \| \*questions\* \| 10 \|", "| 1 | – | *questions* | 11 |", "1: 76 minutes, expected 75"),
    (r"\| 8 \| 08 \| all \| 60 \|", "| 8 | 08 | all | 61 |", "08 takes 60 minutes, not 61"),
    (r"The golden-ratio law; Why", "The silver law; Why", "notebook 05 has no section 'The silver law'"),
    (r"\*\*total\*\* \| \| \| \*\*225\*\*", "**total** | | | **226**", "the total is 225"),
    (r"## Course plans.*?(?=^## 01)", "", "'## Course plans' needs one lecture"),
    (r"\Z", "\n## 99. A notebook that is gone\n", "chapter '99. A notebook that is gone' belongs to no notebook"),
], ids=lambda text: "")
def test_planted_fault_is_found(pattern, replacement, said):
    planted = re.sub(pattern, replacement, GUIDE, count=1, flags=re.MULTILINE | re.DOTALL)
    assert planted != GUIDE
    assert said in "\n".join(faults(ROOT, planted))


def test_missing_chapter_says_what_to_add():
    path = notebooks(ROOT)[0]
    nb = nbformat.read(path, as_version=4)
    text = skeleton(nb)
    for heading, claims in lectures(nb).items():
        assert f"### {heading}\n" in text
        assert all(f"`{id}`" in text for id in claims)
    assert "| 01-a | ... | ... | ... |" in text
    filled = re.sub(r"^## 01\. .*?(?=^## 02)", lambda match: text + "\n\n", GUIDE, flags=re.MULTILINE | re.DOTALL)
    said = "\n".join(faults(ROOT, filled))
    assert "no chapter" not in said
    assert ": no section" not in said
    assert "field Board is missing or empty" in said
    assert "the rubric of 01-a needs what full, half and no credit look like" in said


def states(text):
    """The states of the explorer that a text links to: panel, then control and key of each that is moved."""
    return [(panel, re.findall(r"(\w+)\.(\w+)=([^&)]+)", rest)) for panel, rest in
            re.findall(r"explorer\.html#(\w+)((?:&[^)\s]+)?)\)", text)]


LINKING = [ROOT / "references" / "teaching.md", *sorted((ROOT / "references").glob("slides/*.md"))]


@pytest.mark.parametrize("path", LINKING, ids=lambda path: path.name)
def test_explorer_has_every_state_that_is_linked(path):
    page = (ROOT / "references" / "explorer.html").read_text(encoding="utf-8")
    panels = json.loads(re.search(r'id="data"[^>]*>(.*?)</script>', page, re.DOTALL).group(1))
    for panel, moved in states(path.read_text(encoding="utf-8")):
        for of, control, key in moved:
            keys = {entry["id"]: entry["keys"] for entry in panels[of]["controls"]}
            assert of == panel, (panel, of)
            assert key in keys[control], (of, control, key)
        assert panel in panels


def test_guide_links_lead_somewhere_and_tables_have_four_columns():
    for target in re.findall(r"\]\(((?!https?:|#)[^)]+)\)", GUIDE):
        assert (ROOT / "references" / target.partition("#")[0]).exists(), target
    for line in GUIDE.splitlines():
        assert not line.startswith("|") or line.count("|") == 5, line
