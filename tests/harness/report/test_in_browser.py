"""The page as a real browser shows it: drawn, no wider than its window, sorted by its own script, whole without it.

A headless Chromium is needed (Debian: `chromium`); where there is none these tests are skipped with that reason.
What was seen is kept as pictures in the folder that `HARNESS_SCREENSHOTS` names, else in the test's own.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from harness.report.entries import joined
from harness.report.page import page
from tests.harness.report.studies import ORIGIN, few, whole
from tests.harness.report.test_entries import score, verdict

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = next(filter(None, map(shutil.which, BROWSERS)), None)
SECONDS = 120
PROBE = """
const rows = () => [...document.querySelectorAll("#entries tbody tr")];
const seen = () => rows().filter((row) => !row.hidden).map((row) => row.cells[2].textContent);
const heads = [...document.querySelectorAll("#entries thead th")];
const press = (name) => heads.find((head) => head.textContent === name).querySelector("button").click();
press("stored"); const up = seen(); press("stored"); const down = seen();
const words = document.querySelector("#entries input");
words.value = "gqa"; words.dispatchEvent(new Event("input")); const filtered = seen();
document.title = JSON.stringify({ up, down, filtered,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  drawn: [...document.querySelectorAll("svg")].every((one) => one.getBoundingClientRect().height > 40) });
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason=f"no headless browser: none of {', '.join(BROWSERS)} is installed"),
]


@pytest.fixture
def pictures(tmp_path) -> Path:
    folder = Path(os.environ.get("HARNESS_SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def browse(file: Path, *words: str, width: int = 1280, height: int = 2400, profile: Path) -> str:
    done = subprocess.run(
        [
            str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
            f"--user-data-dir={profile}", f"--window-size={width},{height}", *words, file.as_uri(),
        ],
        capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def entries():
    rows = [score("gqa"), score("chartqa"), score("ai2d")]
    rows = [one.model_copy(update={"value": value}) for one, value in zip(rows, (30.0, 9.5, 100.0), strict=True)]
    return joined(rows, [verdict("MATCH", rows[0]), verdict("MISMATCH", rows[1])])


def with_probe(text: str) -> str:
    """Let a second script press what a reader would press; the page's own policy is taken out for it."""
    open_ = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    return open_.replace("</body>", f"<script>{PROBE}</script></body>")


@pytest.mark.parametrize(("study", "width"), [(whole, 1280), (whole, 500), (few, 1280)])
def test_the_page_is_drawn(study, width, tmp_path, pictures):
    file = tmp_path / "page.html"
    file.write_text(page(study(), ORIGIN, entries()))
    picture = pictures / f"{study.__name__}-{width}.png"
    browse(file, f"--screenshot={picture}", width=width, profile=tmp_path / "profile")
    seen = np.asarray(Image.open(picture).convert("RGB"))
    assert seen.shape[1] == width
    # Ground, ink and figures: a page that failed to load is one colour.
    assert len(np.unique(seen.reshape(-1, 3), axis=0)) > 50
    assert (seen[:1200] != seen[0, 0]).any(axis=-1).mean() > 0.02


def test_entries_sort_by_number_and_filter_by_word_and_nothing_sticks_out_of_a_narrow_window(tmp_path):
    file = tmp_path / "page.html"
    file.write_text(with_probe(page(whole(), ORIGIN, entries())))
    shown = browse(file, "--dump-dom", width=500, profile=tmp_path / "profile")
    told = re.search(r"<title>(\{.*?\})</title>", shown)
    assert told is not None
    assert told.group(1).replace("&quot;", '"') == (
        '{"up":["ChartQA","GQA","AI2D"],"down":["AI2D","GQA","ChartQA"],"filtered":["GQA"],"wide":0,"drawn":true}'
    )


def test_without_its_script_the_page_shows_every_entry(tmp_path):
    file = tmp_path / "page.html"
    file.write_text(re.sub(r"<script>.*?</script>", "", page(whole(), ORIGIN, entries()), flags=re.DOTALL))
    shown = browse(file, "--dump-dom", profile=tmp_path / "profile")
    assert shown.count("data-outcome") == 3
    assert re.search(r'id="entries-controls" hidden', shown)
