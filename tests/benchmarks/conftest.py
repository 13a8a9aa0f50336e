import pytest

from benchmarks.card import Benchmark
from benchmarks.load import Loaded, load
from benchmarks.mini import mirror as mini_mirror
from benchmarks.mini import mixture as mini_mixture
from benchmarks.table import BENCHMARKS

SEED = 0


@pytest.fixture(scope="session")
def mirror(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mini") / "mirror"
    mini_mirror.draw(folder, SEED)
    return folder


@pytest.fixture(scope="session")
def mixture(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mini") / "mixture"
    mini_mixture.draw(folder, SEED, count=600)
    return folder


@pytest.fixture(scope="session")
def opened(mirror) -> dict[str, Loaded]:
    return {benchmark.name: load(benchmark, mirror) for benchmark in BENCHMARKS}


@pytest.fixture(params=BENCHMARKS, ids=lambda benchmark: benchmark.name)
def benchmark_card(request) -> Benchmark:
    return request.param


@pytest.fixture
def samples(benchmark_card, opened):
    return opened[benchmark_card.name].samples
