import subprocess
import sys

import pytest

from benchmarks.errors import UnknownName
from benchmarks.table import BENCHMARKS, GROUPS, VARIANTS, find, select


def test_every_benchmark_is_found_by_its_name():
    for benchmark in BENCHMARKS:
        assert find(benchmark.name) is benchmark


def test_a_misspelt_benchmark_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'chartqa'"):
        find("chartqq")


def test_a_misspelt_protocol_is_answered_with_the_nearest():
    with pytest.raises(UnknownName, match="Did you mean 'lmms_eval'"):
        find("gqa").protocol("lmmseval")


def test_all_is_the_union_of_the_groups_in_table_order():
    assert select("all") == BENCHMARKS == select(GROUPS)


def test_selecting_ignores_order_and_repetition():
    general = tuple(benchmark for benchmark in BENCHMARKS if benchmark.group == "general")
    assert select(["chartqa", "gqa", "general"]) == select("general,chartqa") == (*general, find("chartqa"))


def test_a_variant_is_found_by_its_name_alone():
    for variant in VARIANTS:
        assert find(variant.name) is variant
        assert variant not in select("all")
        assert select(["gqa", variant.name]) == (find("gqa"), variant)


@pytest.mark.parametrize("words", ["", [], "gqa,mmbanch"])
def test_selecting_nothing_or_something_unknown_is_wrong_use(words):
    with pytest.raises(UnknownName) as caught:
        select(words)
    assert caught.value.exit_code == 2


def test_the_table_imports_quickly_and_without_heavy_packages():
    heavy = "('torch', 'datasets', 'pyarrow', 'transformers', 'pandas')"
    code = f"import sys, benchmarks.table; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_loading_a_mirror_imports_neither_torch_nor_datasets():
    code = "import sys, benchmarks.load; print([n for n in ('torch', 'datasets', 'pandas') if n in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
