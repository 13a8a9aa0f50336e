"""Evidence that is packed here is judged here, whatever seeds the reference keeps of an entry."""

import json

from harness.cli.verbs.judge import bundle, verify
from harness.config.places import REFERENCE
from harness.record.reference import Reference
from tests.harness.record.keys import pair


def test_every_stored_seed_of_an_entry_is_packed_and_judged(tmp_path, capsys):
    stored = [score.entry for score in Reference.load(REFERENCE).scores.values()]
    wanted = {one.seed for one in stored if (one.trained.slug, one.benchmark) == ("clip", "gqa")}
    assert len(wanted) > 1
    secret, public = pair(tmp_path)
    target = tmp_path / "evidence.zip"
    store = (f"store.folder={tmp_path / 'store'}", "store=folder")
    assert bundle(target, "clip", "gqa", *store, key=secret) == 0
    capsys.readouterr()
    assert verify(str(target), key=public, json=True) == 0
    judged = json.loads(capsys.readouterr().out)
    assert {one["entry"]["seed"] for one in judged["verdicts"]} == wanted
