"""One small collection a session, executed and verified once; tests damage copies of it."""

import pytest
from small_collection import copied, make


@pytest.fixture(scope="session")
def good(tmp_path_factory):
    root = tmp_path_factory.mktemp("collection")
    make(root)
    return root


@pytest.fixture
def copy(good, tmp_path):
    return copied(good, tmp_path / "copy")
