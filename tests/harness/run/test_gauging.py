"""What a child measures of the parts is written down as it came, and nothing of what the child itself took."""

import sys

from harness.config.compose import compose
from harness.record.store import Store
from harness.run import gauging
from harness.run.gauging import gauge
from harness.schema.gate import GateRecord
from tests.harness.run import standing_in
from tests.harness.run.grids import Told


def test_the_figures_of_every_part_are_written_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(standing_in.install(tmp_path)))
    monkeypatch.setattr(gauging, "RECORD", str(tmp_path / "gates.json"))
    monkeypatch.setenv("PYTHONPATH", str(standing_in.ROOT))
    record = gauge(compose(["store=folder"]), Store(tmp_path / "store"), Told())
    assert len(record.parts) == 6
    assert {str(part.measured) for part in record.parts.values()} == {"{'skill': 0.5}"}
    assert GateRecord.from_json((tmp_path / "gates.json").read_bytes(), "gates") == record
