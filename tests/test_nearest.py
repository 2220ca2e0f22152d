"""Every claim whose source is this collection says what is closest in print, and what is new."""

import re
import shutil
from pathlib import Path

import pytest

from claimcheck.register import RegisterError, load_nearest, load_register
from publishing.index import nearest_in_print

ROOT = Path(__file__).parents[1]
REGISTER, NEAREST = load_register(ROOT), load_nearest(ROOT)


def test_every_claim_of_ours_says_what_is_closest_in_print():
    silent = [entry.id for entry in REGISTER.values() if entry.source_key == "thiscollection" and not entry.nearest]
    assert not silent, (f"search once for {', '.join(silent)}; give each nearest = 'NAME' below its id in claims.toml: "
                        f"a new table [nearest.NAME], or one of {', '.join(NEAREST)}")


def test_nothing_is_said_to_be_closest_to_itself():
    for name, nearest in NEAREST.items():
        assert "thiscollection" not in nearest.keys, name


@pytest.mark.parametrize("name", NEAREST)
def test_where_no_source_is_named_the_words_say_what_was_searched(name):
    if not NEAREST[name].keys:
        assert re.search(r"Searched: .+|arXiv \d{4}\.\d{5}", NEAREST[name].closest)


def test_the_identity_that_is_in_print_is_credited():
    nearest = NEAREST[REGISTER["pass-at-k-is-smoothed-coverage"].nearest]
    assert "dragoi2025beyond" in nearest.keys
    assert "Beta(1, k)" in nearest.closest


def test_the_page_of_verdicts_shows_every_group_with_its_claims():
    page = nearest_in_print(ROOT)
    assert page in (ROOT / "references" / "verdicts.md").read_text(encoding="utf-8")
    for entry in REGISTER.values():
        assert page.count(f"`{entry.id}`") == bool(entry.nearest), entry.id


@pytest.fixture
def copy(tmp_path):
    (tmp_path / "references").mkdir()
    for name in ("claims.toml", "references.bib"):
        shutil.copy(ROOT / "references" / name, tmp_path / "references" / name)
    return tmp_path


@pytest.mark.parametrize(("old", "new", "said"), [
    ('nearest = "cover-curve"', 'nearest = "no-such"', "nearest 'no-such', but there is no such table"),
    ('nearest = "cover-curve"\n', "", r"no claim names \[nearest.cover-curve\]"),
    ('keys = ["dragoi2025beyond"]', 'keys = ["nobody"]', "'nobody' is not in references/references.bib"),
    ('keys = ["dragoi2025beyond"]\n', "", "expected the fields keys, closest, new"),
    ("[nearest.cover-curve]\n", "[nearest.cover-curve]\nextra = 1\n", "expected the fields"),
    ('keys = ["dragoi2025beyond"]', 'keys = "dragoi2025beyond"', "keys is 'dragoi2025beyond', expected a list"),
])
def test_a_wrong_group_is_refused(copy, old, new, said):
    path = copy / "references" / "claims.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RegisterError, match=said):
        load_register(copy)


def test_a_collection_without_the_field_is_fine():
    example = ROOT / "lib" / "claimcheck" / "example"
    assert load_nearest(example) == {}
    assert load_register(example)
    assert nearest_in_print(example) == ""
