"""The page as a file: whole, alone, the same each time, and deaf to what names tell it."""

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from harness.report.page import all_tables, page
from tests.harness.report.studies import HOSTILE, ORIGIN, few, hostile, lattice, whole

VOID = {"meta", "input", "br", "link", "img"}
STUDIES = pytest.mark.parametrize("study", [lattice, few, hostile])


class Read(HTMLParser):
    """Read a page, hold every element to its end, and gather what a browser would act on."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.anchors, self.addresses, self.handlers, self.scripts = [], [], [], [], [], 0
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.open.append(tag)
        self.scripts += tag == "script"
        for name, value in attrs:
            self.ids += [value] if name == "id" else []
            self.handlers += [name] if name.startswith("on") or name == "style" else []
            if name in ("href", "src", "action", "data", "srcset"):
                (self.anchors if value.startswith("#") else self.addresses).append(value)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@STUDIES
def test_the_page_is_well_formed_alone_and_without_handlers(study):
    text = page(study(), ORIGIN)
    read = Read(text)
    assert read.scripts == 1
    assert read.handlers == []
    assert len(set(read.ids)) == len(read.ids)
    assert {anchor[1:] for anchor in read.anchors} <= set(read.ids)
    assert all(address.startswith(("data:text/", "data:application/x-tex")) for address in read.addresses)
    outside = set(re.findall(r"https?://[^\"'<\s]+", text))
    assert outside <= {"http://www.w3.org/2000/svg"}


@STUDIES
def test_equal_measures_give_equal_bytes(study):
    assert page(study(), ORIGIN) == page(study(), ORIGIN)


@STUDIES
def test_every_figure_is_well_formed_and_says_in_words_what_it_shows(study):
    text = page(study(), ORIGIN)
    figures = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert figures
    for figure in figures:
        root = ElementTree.fromstring(figure)
        title, description = (root.find(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc"))
        assert len(title.text) > 5
        assert len(description.text) > 20
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_the_policy_names_exactly_the_style_and_the_script_that_are_there():
    text = page(few(), ORIGIN)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text).group(1)
    for tag in ("style", "script"):
        inside = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL).group(1)
        assert b64encode(sha256(inside.encode()).digest()).decode() in policy
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_a_hostile_name_stays_a_name():
    text = page(hostile(), ORIGIN)
    assert HOSTILE not in text
    assert "alert(" in text
    assert "<script>alert" not in text
    Read(text)


def test_a_whole_lattice_leaves_nothing_out():
    text = page(whole(), ORIGIN)
    names = {table.name for table in all_tables(whole())}
    assert names >= {
        *("statements", "scores-retrained", "scores-masked", "roles", "utilization", "information-gap", "orders"),
        *("growth", "choices", "interactions", "pair-finder", "best-encoders", "shapley-by-benchmark"),
    }
    for name in (
        *("heat-retrained", "heat-masked", "plane", "rate-0", "gap", "order-alone", "order-left-out", "growth"),
        *("shapley-value", "masked-shapley-value", "interactions", "regret"),
    ):
        assert f'id="{name}-title"' in text
    assert set(whole()["unavailable"]) == {"residual", "readout", "effective_rank", "attention_divergence"}


def test_what_is_measured_of_trained_models_is_on_the_page_too():
    text = page(lattice(), ORIGIN)
    assert {table.name for table in all_tables(lattice())} >= {
        *("masking-operators", "masking-agreement", "attention"),
        *("effective-rank", "effective-rank-share", "rank-change", "pair-rank-change", "residual", "readouts"),
    }
    for name in ("operator-0", "operator-1", "operator-2", "attention", "ranks"):
        assert f'id="{name}-title"' in text
    assert "full model asked without the picture" in text
    assert not lattice()["unavailable"]
    assert not [table for table in all_tables(lattice()) if table.name == "unavailable"]


def test_a_poor_table_says_what_it_lacks_and_why():
    text = page(few(), ORIGIN)
    assert 'id="plane-title"' not in text
    assert 'id="capacity-title"' in text
    assert "Not to be had as a whole: necessity: 5 of the 5 retrained subsets it needs are missing" in text
    assert "cannot be asked" in text
    assert {table.name for table in all_tables(few())} >= {"statements", "unavailable", "roles"}


def test_a_table_can_be_taken_along_in_three_formats():
    text = page(few(), ORIGIN)
    found = dict(re.findall(r'download="([^"]+)" href="data:[^,]+base64,([^"]+)"', text))
    assert {"roles.csv", "roles.md", "roles.tex"} <= set(found)
    assert b64decode(found["roles.csv"]).decode().startswith("encoder,Capacity")
    assert rb"\toprule" in b64decode(found["roles.tex"])


def test_headings_never_skip_a_level():
    levels = [int(level) for level in re.findall(r"<h([1-6])", page(whole(), ORIGIN))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
