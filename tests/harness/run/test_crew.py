"""Shared jobs give what one process gives, in the jobs' order, whatever becomes of the copies."""

import os
import signal

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.run import crew


def children() -> set[int]:
    """Name this process's children, dead ones that nobody has waited for among them; other tests may have left some."""
    return {child.pid for child in psutil.Process().children()}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(), max_size=9), st.integers(1, 4))
def test_results_come_in_the_order_of_the_jobs(jobs, processes):
    assert crew.shared(jobs, lambda job: job * job, processes) == [job * job for job in jobs]


def test_copies_do_their_part():
    here, ours, theirs = os.getpid(), os.pipe(), os.pipe()

    def work(job):
        # Each waits in its first job until the other has one too.
        mine, others = (ours, theirs) if os.getpid() == here else (theirs, ours)
        os.write(mine[1], b"x")
        os.read(others[0], 1)
        return os.getpid()

    done = crew.shared([0, 1], work, 2)
    assert here in done
    assert len(set(done)) == 2
    for end in (*ours, *theirs):
        os.close(end)


@pytest.mark.parametrize("processes", [1, 3])
def test_the_error_is_that_of_the_first_job_that_fails(processes):
    def work(job):
        if job % 2:
            raise ValueError(f"job {job}")
        return job

    with pytest.raises(ValueError, match="job 3"):
        crew.shared([0, 2, 4, 3, 5, 6, 7], work, processes)


@pytest.mark.parametrize("ending", [lambda: os.kill(os.getpid(), signal.SIGKILL), lambda: os._exit(1)])
def test_what_is_lost_with_a_copy_is_done_here(ending):
    here = os.getpid()

    def work(job):
        if os.getpid() != here:
            ending()
        return job

    assert crew.shared(list(range(20)), work, 3) == list(range(20))


def test_a_result_that_does_not_travel_is_made_here():
    made = crew.shared(list(range(8)), lambda job: lambda: job, 2)
    assert [one() for one in made] == list(range(8))


def test_ctrl_c_ends_the_copies():
    here, copies, before = os.getpid(), os.pipe(), children()

    def work(job):
        if os.getpid() == here:
            os.read(copies[0], 1)
            raise KeyboardInterrupt
        os.write(copies[1], b"x")
        signal.pause()

    with pytest.raises(KeyboardInterrupt):
        crew.shared([0, 1], work, 2)
    assert children() == before
    for end in copies:
        os.close(end)


def test_a_crew_has_no_more_hands_than_processors(monkeypatch):
    for processors, found in ((1, 1), (2, 2), (64, crew.MOST)):
        monkeypatch.setattr("os.sched_getaffinity", lambda process, many=processors: set(range(many)))
        assert crew.hands() == found
