"""The pytest plugin that makes strict nbval mean something: numbers, records and pictures compared, records collected.

Loaded with ``-p claimcheck.gate.nbval_hook``. One nbval run then compares printed text by
:mod:`claimcheck.printed`, records by :mod:`claimcheck.record` and pictures by
:mod:`claimcheck.gate.pictures`, and writes the records to the file named by ``--claim-records``. What a claim prints
is derived from its record, so the record is compared, and the stored text must be the reading of the stored record.
"""

import base64
import json
import os
import secrets
from pathlib import Path

import nbval.kernel
import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from claimcheck.files import write_text
from claimcheck.gate import pictures
from claimcheck.printed import Printed, agree
from claimcheck.record import GOOD, MIME, SEAL, differences, line, unsealed, verdicts

_TEXT = ("text/plain", "text/markdown", "text/latex", "text/html", "image/png", "image/svg+xml", "stdout")
_RECORDS, _UNSEEN = pytest.StashKey[list](), pytest.StashKey[int]()


def pytest_addoption(parser):
    group = parser.getgroup("claimcheck")
    group.addoption("--claim-records", help="write the records of all claims that ran to this JSON file")
    group.addoption("--verdicts-only", action="store_true",
                    help="fresh seed: compare the verdicts of claims, not the text of outputs")


def pytest_configure(config):
    config.stash[_RECORDS], config.stash[_UNSEEN] = [], 0
    nbval.kernel.pformat = type  # it formats every message for a log that nobody reads: a fifth of a run's time
    os.environ[SEAL] = secrets.token_hex(16)  # inherited by the kernels that nbval starts


def pytest_unconfigure(config):
    os.environ.pop(SEAL, None)


def pytest_ignore_collect(collection_path, config):
    """Look at nothing in the checkout but the notebooks asked for."""
    return not any(Path(asked).is_relative_to(collection_path) for asked in config.args) or None


def pytest_collectstart(collector):
    if isinstance(collector, IPyNbFile) and collector.config.getoption("--verdicts-only"):
        collector.skip_compare += _TEXT


def pytest_itemcollected(item):
    if isinstance(item, IPyNbCell):
        compare = item.compare_outputs
        item.sanitize = lambda text: Printed(text) if isinstance(text, str) else text
        item.compare_outputs = lambda test, ref, skip=None: compare(_without_records(test), _without_records(ref), skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    if not isinstance(item, IPyNbCell):
        return (yield)
    try:
        result = yield
    except Exception:
        if _stopped(item):
            _collect(item)
            raise  # the cell's own error says why there is no verdict
        _judge(item)
        raise
    _judge(item)
    return result


def pytest_sessionfinish(session):
    if target := session.config.getoption("--claim-records"):
        stash = session.config.stash
        write_text(Path(target), json.dumps({"records": stash[_RECORDS], "unseen": stash[_UNSEEN]}))


def _stopped(item) -> bool:
    """Whether a cell has no outputs to judge: it raised, took too long, or there was no kernel for it."""
    return item.test_outputs is None or item.parent.timed_out or any(
        output["output_type"] == "error" for output in item.test_outputs)


def _collect(item) -> tuple[list[dict], list[str]]:
    """Return the records of a cell that ran, kept for the run's file too, and which of them no claim of it made."""
    opened = [unsealed(sealed) for sealed in _data(item.test_outputs, MIME)]
    notebook = Path(str(item.fspath)).name[:2]
    item.config.stash[_RECORDS] += [{**record, "shown_in": notebook} for record, _ in opened]
    return [record for record, _ in opened], [f"{record.get('id')}: the record was not made by a claim of this run"
                                              for record, genuine in opened if not genuine]


def _judge(item):
    """Collect the records of a cell that ran; raise if they or the pictures differ from the stored ones."""
    only_verdicts = item.config.getoption("--verdicts-only")
    fresh, found = _collect(item)
    stored = _data(item.cell.outputs, MIME)
    found += [f"{record['id']}: {record['status']}: {'; '.join(record['problems'])}" for record in fresh
              if record["status"] not in GOOD]
    if [r["id"] for r in fresh] != [r.get("id") for r in stored]:
        found.append(f"claims shown: {[r['id'] for r in fresh]}, stored: {[r.get('id') for r in stored]}")
    else:
        for new, old in zip(fresh, stored, strict=True):
            ours, theirs = (verdicts(new), verdicts(old)) if only_verdicts else (new, old)
            if lines := differences(ours, theirs):
                found += [f"{new['id']}: {text}" for text in lines]
                found.append(f"{new['id']}: ran with {new['arithmetic']}; stored with {old.get('arithmetic', '?')}")
    found += [f"{record.get('id')}: the stored text is not the reading of the stored record"
              for record, text in _pairs(item.cell.outputs) if not _reads(record, text)]
    found += [f"{record.get('id')}: shown beside {', '.join(sorted(beside))}" for record, beside in
              ((output["data"][MIME], set(output["data"]) - {MIME, "text/plain"}) for output in item.cell.outputs
               if MIME in output.get("data", {})) if beside]
    if not only_verdicts:
        alts, sizes = ([[get(output["metadata"].get("image/png", {})) for output in outputs or []
                         if "image/png" in output.get("data", {})]
                        for outputs in (item.test_outputs, item.cell.outputs)] for get in (_alt, _shown_size))
        if len(alts[0]) != len(alts[1]) or not all(map(agree, *alts)):
            found.append(f"alternative texts of pictures: {alts[0]}, stored: {alts[1]}")
        if len(sizes[0]) != len(sizes[1]) or not all(map(_alike, *sizes)):
            found.append(f"sizes at which pictures are shown: {sizes[0]}, stored: {sizes[1]}")
        images = list(zip(_data(item.test_outputs, "image/png"), _data(item.cell.outputs, "image/png"), strict=False))
        alike = pictures.as_pinned(item.config.rootpath / "requirements.txt")
        item.config.stash[_UNSEEN] += 0 if alike else len(images)
        found += [f"picture {number}: {text}" for number, (new, old) in enumerate(images, start=1)
                  if (text := pictures.differences(base64.b64decode(new), _bytes(old), alike))]
    if found:
        item.raise_cell_error("Claims or pictures differ from the stored ones or do not hold", "\n".join(found))


def _alt(about) -> str:
    return about.get("alt", "")


def _shown_size(about) -> dict:
    return {name: value for name, value in about.items() if name != "alt"}


def _alike(ours, theirs) -> bool:
    """Whether two pictures are shown at one size; the gaps between panels are where letters end, within two pixels."""
    (here, there), gaps = ({**ours}, {**theirs}), []
    for about in (here, there):
        gaps.append(about.pop("panels", []))
    return here == there and len(gaps[0]) == len(gaps[1]) and all(
        abs(one - other) <= pictures.REACH for one, other in zip(*gaps, strict=True))


def _data(outputs, mime):
    return [output["data"][mime] for output in outputs or [] if mime in output.get("data", {})]


def _pairs(outputs):
    return [(output["data"][MIME], output["data"].get("text/plain")) for output in outputs or []
            if MIME in output.get("data", {})]


def _reads(record, text) -> bool:
    try:
        return line(record) == text
    except (KeyError, TypeError, ValueError):
        return False


def _bytes(text) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return b""


def _without_records(outputs):
    return [output for output in outputs if MIME not in output.get("data", {})]
