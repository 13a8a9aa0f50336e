"""A sweep's jobs: which subsets with how many seeds, and which views of them."""

import pytest

from harness.config.compose import compose
from harness.errors import UsageError
from harness.run.jobs import lay_out
from harness.schema.study import Study
from harness.schema.subset import Subset, lattice
from harness.schema.view import View


@pytest.fixture(scope="module")
def study() -> Study:
    return compose(["sweep.seeds=1", "sweep.edge_seeds=3", "sweep.masked_seeds=1"])


def test_the_whole_lattice_is_31_trainings_and_12_more_seeds_of_the_edges(study):
    jobs = lay_out(study, lattice(study.recipe.pool), "all-masks")
    seeds = [job.training.seed for job in jobs]
    assert seeds == sorted(seeds)
    assert [seeds.count(seed) for seed in (0, 1, 2)] == [31, 6, 6]
    assert {len(job.training.trained) for job in jobs if job.training.seed} == {4, 5}
    assert len({job.training.digest for job in jobs}) == len(jobs)


def test_the_first_seed_of_the_lattice_holds_976_entries_of_the_papers_and_two_baselines(study):
    first = [job for job in lay_out(study, lattice(study.recipe.pool), "all-masks") if job.training.seed == 0]
    views = [view for job in first for view in job.views]
    of_the_papers = [view for view in views if view.kept.names]
    assert (16 * len(of_the_papers), 16 * len(views)) == (976, 976 + 32)


def test_each_job_starts_with_its_unmasked_view_and_only_the_first_full_set_has_masks(study):
    for job in lay_out(study, lattice(study.recipe.pool), "all-masks"):
        assert job.views[0] == View(job.training.trained)
        full = len(job.training.trained) == 5 and job.training.seed == 0
        assert len(job.views) == (33 if full else 1)
        assert len(set(job.views)) == len(job.views)


def test_large_subsets_come_first(study):
    jobs = [job for job in lay_out(study, lattice(study.recipe.pool), "none") if job.training.seed == 0]
    sizes = [len(job.training.trained) for job in jobs]
    assert sizes == sorted(sizes, reverse=True)


def test_seeds_count_from_the_studys_own():
    study = compose(["seed=7", "sweep.edge_seeds=2"])
    jobs = lay_out(study, [Subset.parse("all", study.recipe.pool)], "none")
    assert [job.training.seed for job in jobs] == [7, 8]


def test_a_mask_that_is_no_word_of_a_sweep_is_refused(study):
    with pytest.raises(UsageError, match="came 'clip'"):
        lay_out(study, lattice(study.recipe.pool), "clip")
