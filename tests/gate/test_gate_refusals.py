"""A full disk, a folder that may not be written, a file in the way: one sentence, status 1, nothing lost."""

import errno
import os
import tempfile
from pathlib import Path

import pytest
from nbclient import NotebookClient
from small_collection import assert_red, notebook

from claimcheck import files
from claimcheck.__main__ import main
from claimcheck.gate.skeleton import new
from claimcheck.gate.update import update

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("gate")]


def refuse(number):
    def call(*arguments, **options):
        raise OSError(number, os.strerror(number), str((*arguments, "here")[0]))
    return call


def contents(root: Path) -> dict[str, bytes]:
    """Everything but the reports of a run, which may be new; the ledger is not one of them."""
    reports = {"junit.xml", "report.html", "seconds.json"}
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*")
            if path.is_file() and path.name not in reports and "__pycache__" not in path.parts}


@pytest.mark.parametrize("place", [(os, "replace"), (os, "fdopen"), (tempfile, "mkstemp"), (Path, "write_bytes"),
                                   (tempfile, "mkdtemp")], ids=lambda place: place[1])
@pytest.mark.parametrize(("number", "word"), [
    (errno.ENOSPC, "no space left on the disk of"), (errno.EACCES, "may not be written"),
    (errno.EROFS, "may not be written"),
])
def test_a_refused_file_is_one_sentence_and_nothing_is_lost(copy, capsys, monkeypatch, place, number, word):
    before = contents(copy)
    monkeypatch.setattr(*place, refuse(number))
    said = assert_red(copy, capsys, word, "the last good ledger is untouched")
    assert said.count(word) == 1
    monkeypatch.undo()
    assert contents(copy) == before


def test_a_refused_update_leaves_notebook_ledger_and_readme(copy, capsys, monkeypatch):
    before = contents(copy)
    monkeypatch.setattr(NotebookClient, "execute", lambda self, **options: None)
    monkeypatch.setattr(os, "replace", refuse(errno.ENOSPC))
    assert update(copy) == 1
    said = capsys.readouterr().err
    assert "update: no space left on the disk of" in said
    assert "no notebook and no ledger is half-written" in said
    monkeypatch.undo()
    assert contents(copy) == before


def test_a_picture_that_cannot_be_replaced_stays(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"old")
    monkeypatch.setattr(os, "replace", refuse(errno.ENOSPC))
    with pytest.raises(OSError, match="No space left"):
        files.write_bytes(tmp_path / "a.png", b"new")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_build_being_a_file_is_one_sentence(copy, capsys):
    (copy / "build").rename(copy / "kept")
    (copy / "build").write_text("mine")
    for command in ("verify", "update"):
        assert run(copy, command) == 1
        said = capsys.readouterr().err
        assert f"{command}: {copy / 'build' / 'runs'}: a file stands where a folder is needed" in said
    assert (copy / "build").read_text() == "mine"


def rights_are_heeded() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        try:
            return not (Path(folder) / "new").write_text("x")
        except OSError:
            return True


@pytest.mark.skipif(not rights_are_heeded(), reason="this user, or this system, writes where it may not: root, Windows")
@pytest.mark.parametrize("command", ["verify", "update", "new"])
def test_a_read_only_checkout_is_one_sentence(copy, capsys, command):
    before = contents(copy)
    folders = [copy, *(path for path in copy.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert run(copy, command) == 1
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert "may not be written" in capsys.readouterr().err
    assert contents(copy) == before


def test_a_new_notebook_on_a_full_disk_is_one_sentence(copy, capsys, monkeypatch):
    monkeypatch.setattr(os, "replace", refuse(errno.ENOSPC))
    assert run(copy, "new") == 1
    assert "claimcheck: no space left on the disk of" in capsys.readouterr().err
    assert [path.name for path in (copy / "notebooks").iterdir()] == [notebook(copy).name]
    monkeypatch.undo()
    assert new(copy, "02", "Bound it") == 0


def test_what_a_killed_run_left_goes_after_a_day_and_not_before(tmp_path):
    old, young = (tmp_path / "build" / "runs" / name for name in ("run-old", "run-young"))
    for folder in (old, young):
        (folder / "inside").mkdir(parents=True)
    os.utime(old, (0, 0))
    with files.scratch(tmp_path) as one, files.scratch(tmp_path) as two:
        assert one != two
        assert (old.exists(), young.exists(), Path(one).exists()) == (False, True, True)
    assert not Path(one).exists()


def run(root: Path, command: str) -> int:
    here = Path.cwd()
    os.chdir(root)
    try:
        return main([command, *(("02", "Bound it") if command == "new" else ())])
    finally:
        os.chdir(here)
