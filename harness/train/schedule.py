"""Scale the learning rate: a pure function of the step, so that a resumed run needs no scheduler state."""

import math

from harness.schema.recipe import Stage


def scale(stage: Stage, step: int) -> float:
    """Return the factor of the peak rate at a step counted from 0.

    Linear warm-up over ceil(warmup x steps) steps, then 1 (`constant`) or a cosine to zero (`cosine`).
    """
    ramp = math.ceil(stage.warmup * stage.steps)
    if stage.schedule == "constant":
        return min(1.0, (step + 1) / max(1, ramp))
    return cosine(step, stage.steps, ramp)


def cosine(step: int, steps: int, ramp: int) -> float:
    """Return a linear warm-up over `ramp` steps, then 0.5 (1 + cos(pi t)), t from 0 to 1 over the steps after it."""
    if step < ramp:
        return (step + 1) / ramp
    return 0.5 * (1 + math.cos(math.pi * (step - ramp) / max(1, steps - ramp)))
