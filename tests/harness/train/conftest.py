"""Lend the miniature project to this room's tests, and leave the group of processes that engines of theirs formed."""

import pytest
from torch import distributed

from harness.train.together import leave
from tests.harness.miniature import miniature as miniature


@pytest.fixture(autouse=True, scope="module")
def left():
    yield
    if distributed.is_initialized():
        leave()
