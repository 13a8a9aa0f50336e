"""Say which subsets each measure needs, so that an incomplete lattice is told what it cannot give, and why."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.analyse import masks
from harness.analyse.lattice import Lattice, View

Wanted = Callable[[int], Iterable[int]]


def _leave_one_out(n: int) -> list[int]:
    return [masks.full(n), *masks.without_each(n).tolist()]


def _leave_two_out(n: int) -> list[int]:
    pairs = [masks.full(n) ^ int(pair) for pair in masks.of_size(n, 2)]
    # Of two encoders nothing is left when both go, and the baseline stands for that.
    return [*_leave_one_out(n), *(mask for mask in pairs if mask)]


def _all(n: int) -> range:
    return range(1, 2**n)


def _singles(n: int) -> list[int]:
    return masks.singles(n).tolist()


def _pairs(n: int) -> list[int]:
    return masks.of_size(n, 2).tolist()


def _singles_and_pairs(n: int) -> list[int]:
    return [*_singles(n), *_pairs(n)]


def _pairs_and_full(n: int) -> list[int]:
    return [*_pairs(n), masks.full(n)]


def _few_and_full(n: int) -> list[int]:
    return sorted({*_singles_and_pairs(n), masks.full(n)})


@dataclass(frozen=True, slots=True)
class Need:
    """Name a measure and the subsets it takes from each view."""

    measure: str
    of: tuple[tuple[View, Wanted], ...]

    def why_not(self, lattice: Lattice) -> str:
        """Return why the lattice cannot give the measure as a whole, empty where it can."""
        n = len(lattice.pool)
        return "; ".join(told for view, wanted in self.of if (told := lattice.lacking(view, wanted(n))))


NEEDS: tuple[Need, ...] = (
    Need("capacity", (("retrained", _singles),)),
    Need("necessity", (("retrained", _leave_one_out),)),
    Need("relative_necessity", (("retrained", _leave_one_out),)),
    Need("conditional_utilization_rate", (("masked", _leave_one_out),)),
    Need("floor_corrected_utilization_rate", (("masked", _leave_one_out),)),
    Need("information_gap", (("masked", _leave_one_out),)),
    Need("shapley_value", (("retrained", _all),)),
    Need("shapley_interaction", (("retrained", _all),)),
    Need("masked_shapley_value", (("masked", _all),)),
    Need("removal_interaction", (("retrained", _leave_two_out),)),
    Need("gain_of_further_encoder", (("retrained", _all),)),
    Need("best_pair_against_full", (("retrained", _pairs_and_full),)),
    Need("two_highest_capacities", (("retrained", _singles_and_pairs),)),
    Need("best_encoder", (("retrained", _singles),)),
    Need("oracle_routing", (("retrained", _singles),)),
    Need("best_masked_view", (("masked", _all),)),
    Need("harm", (("masked", _leave_one_out),)),
    Need("recovered_by_two", (("masked", _few_and_full),)),
    Need("ranking_agreement", (("retrained", _all), ("masked", _all))),
    Need("pair_finder", (("retrained", _singles_and_pairs),)),
    Need("residual", (("retrained", _all),)),
)


def unavailable(lattice: Lattice) -> dict[str, str]:
    """Return for every measure that is not to be had as a whole the sentence that says why."""
    return {need.measure: why for need in NEEDS if (why := need.why_not(lattice))}
