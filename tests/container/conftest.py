"""A folder for results that whoever runs inside may write."""

import pytest


@pytest.fixture
def store(tmp_path):
    folder = tmp_path / "store"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    return folder
