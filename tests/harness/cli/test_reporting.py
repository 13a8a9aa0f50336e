"""`harness report` as a shell sees it: any table in, one page out, and tables in three formats."""

import json

from tests.harness.analyse.planted import additive
from tests.harness.cli.test_analysing import harness, long_rows, written


def test_a_table_becomes_a_page_and_its_tables_and_again_the_same_bytes(tmp_path):
    table = written(tmp_path / "t.csv", long_rows(seeds=(0, 1)))
    words = ("report", table, "--replicates", "200", "--tables", tmp_path / "tables", "--json")
    pages = []
    for name in ("one.html", "two.html"):
        done = harness(*words, "--out", tmp_path / name)
        assert done.returncode == 0, done.stderr
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]
    told = json.loads(done.stdout)
    assert told["written"][0] == str(tmp_path / "two.html")
    assert {"roles.csv", "roles.md", "roles.tex"} <= {path.name for path in (tmp_path / "tables").iterdir()}
    assert "the best pair matches the full set to 1 point" in told["statements"]


def test_an_incomplete_table_has_a_page_too(tmp_path):
    rows = [row for row in long_rows(masked=False) if row[0].count("+") < 1]
    done = harness("report", written(tmp_path / "t.csv", rows), "--out", tmp_path / "page.html")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "page.html").read_text()
    assert "subsets it needs are missing" in text
    assert f"{additive()[1]:.2f}" in text


def test_readme_takes_no_other_table_and_a_bad_file_is_refused(tmp_path):
    table = written(tmp_path / "t.csv", long_rows())
    assert harness("report", table, "--readme", "--out", tmp_path / "p.html").returncode == 2
    (tmp_path / "v.json").write_text("{}")
    done = harness("report", table, "--verdicts", tmp_path / "v.json", "--out", tmp_path / "p.html")
    assert done.returncode == 40
    assert "no verdicts of harness verify --json" in done.stderr
    assert not (tmp_path / "p.html").exists()
