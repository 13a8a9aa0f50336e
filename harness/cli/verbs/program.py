"""Build the command line from the table of its verbs.

Trailing `key=value` words are Hydra overrides. The answer goes to standard output, the story to standard error.
"""

from collections.abc import Callable
from inspect import getdoc
from types import MappingProxyType

from cyclopts import App

from harness.cli.verbs import data, gate, grid, judge, look, mark, measure, run
from harness.config import locks

QUESTION = "What does each vision encoder of a multi-encoder VLM contribute, and can someone else get the same numbers?"
VERBS: MappingProxyType[str, Callable[..., int]] = MappingProxyType(
    {
        "reproduce": run.reproduce,
        "train": run.train,
        "evaluate": run.evaluate,
        "sweep": grid.sweep,
        "status": grid.status,
        "why": grid.why,
        "fsck": grid.fsck,
        "gc": grid.gc,
        "calibrate": run.calibrate,
        "accept": run.accept,
        "prepare": run.prepare,
        "convert": run.convert,
        "pin": data.pin,
        "scan": data.scan,
        "verify": judge.verify,
        "slice": gate.slice_,
        "bundle": judge.bundle,
        "compare": judge.compare,
        "audit": judge.audit,
        "analyse": measure.analyse,
        "rank": measure.rank,
        "ranks": measure.ranks,
        "probe": measure.probe,
        "attend": measure.attend,
        "report": measure.report,
        "score": mark.score,
        "mark": mark.mark,
        "export": mark.export,
        "list": look.list_,
        "show": look.show,
        "plan": look.plan,
        "doctor": look.doctor,
    }
)


def program() -> App:
    """Build the program that reads a command line and returns its exit code."""
    app = App(
        name="harness",
        version=locks.full_version,
        # Markdown would run the examples of a verb together, and nobody could copy one.
        help_format="plaintext",
        help=QUESTION,
        help_epilogue="Start with: harness reproduce clip+pix2struct chartqa",
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        suppress_keyboard_interrupt=False,
    )
    for name, verb in VERBS.items():
        app.command(verb, name=name, help=_told(verb))
    return app


def _told(verb: Callable[..., int]) -> str:
    """Return what a verb says of itself: prose as wide as the screen, each example on a line of its own."""
    parts = (getdoc(verb) or "").split("\n\n")
    return "\n\n".join(one if one.startswith("Example") else " ".join(one.split()) for one in parts)


app = program()
