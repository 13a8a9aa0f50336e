"""Reports of what is refused as a whole: a gate that ends red leaves a red report, whoever refused and when."""

from xml.etree import ElementTree

import pytest

from harness.cli import slicing
from harness.cli.verbs.gate import slice_
from harness.cli.verbs.judge import verify
from harness.errors import InvalidEvidence
from harness.run import reproduce


@pytest.mark.parametrize("verb", [slice_, verify])
def test_a_reference_that_is_refused_as_a_whole_leaves_a_red_report(verb, tmp_path, monkeypatch, capsys):
    damaged = tmp_path / "reference"
    damaged.mkdir()
    (damaged / "manifest.json").write_text("{}")
    for reader in (slicing, reproduce):
        monkeypatch.setattr(reader, "REFERENCE", damaged)
    store = (f"store.folder={tmp_path / 'store'}", "store=folder")
    asked = f"{tmp_path / 'a.xml'},{tmp_path / 'a.md'},github"
    with pytest.raises(InvalidEvidence) as refused:
        verb("clip", "gqa", *store, report=asked)
    (case,) = ElementTree.parse(tmp_path / "a.xml").getroot()
    assert (case[0].tag, case[0].get("type"), case[0].get("message")) == ("error", "INVALID", str(refused.value))
    assert (tmp_path / "a.md").read_text().startswith("**INVALID**")
    assert capsys.readouterr().err.count("::error title=INVALID") == 1
