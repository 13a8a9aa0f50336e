"""A disk that takes nothing more is the machine's fault, and the message says what to do."""

import errno
import os

import pytest
from cyclopts import App

from harness.cli.guard import guarded
from harness.errors import HarnessError, MachineError


def program(number: int) -> App:
    app = App(result_action="return_value", exit_on_error=False, print_error=False)

    @app.default
    def write():
        raise OSError(number, os.strerror(number), "/results/objects/ab")

    return app


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "HARNESS_STORE"),
        (errno.EDQUOT, "HARNESS_STORE"),
        (errno.EROFS, "mount a folder at /results"),
        (errno.EACCES, "--user"),
    ],
)
def test_a_disk_that_takes_nothing_is_refused_with_3_and_a_remedy(number, remedy, capsys):
    assert guarded(program(number), []) == 3
    told = capsys.readouterr().err
    assert told.startswith("harness: ")
    assert "/results/objects/ab" in told
    assert remedy in told


def test_a_writer_that_wraps_the_fault_does_not_hide_it(capsys):
    app = App(result_action="return_value", exit_on_error=False, print_error=False)

    @app.default
    def write():
        try:
            raise OSError(errno.EACCES, "denied", "/results/x")
        except OSError as error:
            raise HarnessError("could not write /results/x") from error

    assert guarded(app, []) == 3
    assert "--user" in capsys.readouterr().err


def test_any_other_fault_of_the_system_stays_what_it_is():
    assert MachineError.of_disk(OSError(errno.ENOENT, "absent")) is None
    with pytest.raises(FileNotFoundError):
        guarded(program(errno.ENOENT), [])
