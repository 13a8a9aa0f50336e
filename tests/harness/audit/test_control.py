import pytest

from tests.harness.audit.control import honest, power
from tests.harness.audit.simulated import PLANTS


def test_honest_tables_are_never_called_impossible_or_inconsistent():
    found = honest(150, seed=9)
    assert found.severities["impossible"] == 0
    assert found.severities["inconsistent"] == 0
    assert found.severities["unexplained"] <= 6


@pytest.mark.parametrize("name", PLANTS)
def test_planted_errors_are_found(name):
    named, grave = power(name, 12, seed=9)
    assert named >= 0.9
    assert grave >= 0.9
