"""One entry of the table from nothing, in the closed image: trained, answered, judged, and recorded as that image's."""

import json
import time

import pytest

from harness.record.store import Store
from tests.container.closed import IMAGE, TARGET, engine, needs_image, run

pytestmark = [*needs_image, pytest.mark.skipif(TARGET != "cpu", reason="only an image with torch trains")]
NAME = "harness-entry"


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_an_entry_is_reproduced_closed_and_every_record_names_the_image(store, record_property):
    options = (f"--name={NAME}", "--shm-size=1g", f"--env=HARNESS_IMAGE_DIGEST={IMAGE}")
    began = time.monotonic()
    try:
        done = run(
            *("reproduce", "clip+pix2struct", "chartqa", "--json"),
            mounts=[(store, "/results")],
            options=options,
            kept=True,
        )
        record_property("wall_s", round(time.monotonic() - began))
        changed = engine("diff", NAME)
    finally:
        engine("rm", "--force", NAME)
    assert done.stdout, done.stderr[-4000:]
    verdict = json.loads(done.stdout)
    assert "outcome" in verdict, done.stderr[-4000:]
    assert (done.returncode, verdict["outcome"], verdict["regime"]) == (0, "MATCH", "retrain"), done.stderr[-4000:]
    # Nothing of the container's own file system changed; what was written lies in the mounted folder.
    assert (changed.returncode, changed.stdout) == (0, ""), changed.stderr
    made = list(Store(store).records())
    assert {"train", "predict", "score"} <= {record.kind for record in made}
    assert {record.fingerprint.image for record in made} == {IMAGE}
    assert {(record.fingerprint.dirty, len(record.fingerprint.commit or "")) for record in made} == {(False, 40)}
