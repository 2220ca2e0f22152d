"""The pytest plugin that makes strict nbval mean something: compares claim records and collects them.

Loaded with ``-p covtheory.claims.nbval_hook``. One nbval run then compares text exactly, compares the records of the
claims within a tolerance, and writes them to the file named by ``--claim-records``.
"""

import json
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from covtheory.claims.claim import GOOD, MIME
from covtheory.claims.ledger import differences, write_text

_TEXT = ("text/plain", "text/markdown", "text/latex", "text/html", "image/png", "image/svg+xml", "stdout")


def pytest_addoption(parser):
    group = parser.getgroup("covtheory")
    group.addoption("--claim-records", help="write the records of all claims that ran to this JSON file")
    group.addoption("--verdicts-only", action="store_true",
                    help="fresh seed: compare the verdicts of claims, not the text of outputs")


def pytest_configure(config):
    config.stash[_RECORDS] = []


def pytest_collectstart(collector):
    if isinstance(collector, IPyNbFile):
        collector.skip_compare += (MIME,)
        if collector.config.getoption("--verdicts-only"):
            collector.skip_compare += _TEXT


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    try:
        return (yield)
    finally:
        if isinstance(item, IPyNbCell):
            _collect(item)


def pytest_sessionfinish(session):
    if target := session.config.getoption("--claim-records"):
        write_text(Path(target), json.dumps(session.config.stash[_RECORDS]))


def _collect(item):
    new, old = _records(item.test_outputs or []), _records(item.cell.outputs)
    notebook = Path(str(item.fspath)).name[:2]
    item.config.stash[_RECORDS] += [{**record, "shown_in": notebook} for record in new]
    if item.config.getoption("--verdicts-only"):
        new, old = ([{"id": r["id"], "status": r["status"]} for r in records] for records in (new, old))
    found = differences(new, old, "claim")
    found += [f"{record['id']}: {record['status']}" for record in new if record["status"] not in GOOD]
    if found:
        item.raise_cell_error("Claim records differ from the stored ones or do not hold", "\n".join(found))


def _records(outputs):
    return [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]


_RECORDS = pytest.StashKey[list]()
