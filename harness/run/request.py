"""Say what a child process is asked to do, and what it tells while it does it: JSON both ways."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from harness.run.live import Live
from harness.schema.decoding import DecodingSpec
from harness.schema.encoder import EncoderCard, EncoderSpec
from harness.schema.entry import Entry, Operator
from harness.schema.frozen import Frozen, Seed
from harness.schema.machine import Accelerator, MachineSpec
from harness.schema.recipe import Canvas, DataSource, LanguageSpec, Training
from harness.schema.subset import Subset

USED = "system/"


class TrainRequest(Frozen):
    """Ask for one training; `data` holds the drawn sources, `work` is scratch that outlives a crash.

    `features` is where the trainings of a store share what frozen encoders said, `live` where it is shown as it runs.
    """

    training: Training
    machine: MachineSpec
    data: str
    work: str
    features: str = ""
    live: Live | None = None


class Ask(Frozen):
    """Ask one checkpoint one benchmark under one mask; the predictions go to `file`."""

    entry: Entry
    protocol: str
    file: str


class PredictRequest(Frozen):
    """Ask one checkpoint for the answers of several entries; empty `mirror` means the hub at pinned revisions.

    `only` names, for a benchmark, the ids of the questions to ask; all of them where it names none.
    """

    checkpoint: str
    weights: str
    accelerator: Accelerator
    decoding: DecodingSpec
    mirror: str
    asks: tuple[Ask, ...] = Field(min_length=1)
    only: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Looked(Frozen):
    """Name one view of a model: the encoders kept, and the operator that masks the others."""

    kept: Subset
    mask: Operator | None


class AttendRequest(Frozen):
    """Ask how far each view of a checkpoint moves the look of its answers, over the first questions with pictures."""

    checkpoint: str
    accelerator: Accelerator
    decoding: DecodingSpec
    mirror: str
    benchmark: str
    protocol: str
    questions: int = Field(ge=2)
    views: tuple[Looked, ...] = Field(min_length=1)


class RankRequest(Frozen):
    """Ask for the effective ranks of the pre-trained encoders and of checkpoints, over pictures of some benchmarks."""

    accelerator: Accelerator
    encoders: tuple[EncoderSpec, ...] = Field(min_length=1)
    seed: Seed
    checkpoints: tuple[str, ...]
    canvas: Canvas
    mirror: str
    benchmarks: tuple[str, ...] = Field(min_length=1)
    pictures: int = Field(ge=2)


READ_OUT = "readout/"
"""What stands before the name of a subset among the figures that a probe tells."""


class ProbeRequest(Frozen):
    """Ask how much of a source's cells every subset of a training's encoders reads out, before that training.

    `data` holds the drawn sources; of the source's pictures `fitted` are fitted to and `held` others held out.
    """

    training: Training
    accelerator: Accelerator
    source: DataSource
    data: str
    fitted: int = Field(ge=1)
    held: int = Field(ge=1)


class PretrainRequest(Frozen):
    """Ask for one shared part of the miniature to be made again; a language model also needs the recipe's layout."""

    part: str
    template: str
    grid: int
    place: float
    work: str


class GaugeRequest(Frozen):
    """Ask what the shared parts of the miniature can do: the encoders, then the language model in its layout."""

    encoders: tuple[EncoderSpec, ...]
    language: LanguageSpec
    grid: int
    place: float


class ConvertRequest(Frozen):
    """Ask for the safetensors file of an encoder that was published as a pickle; without a card, of a language model.

    A language model's `source` is the folder of its pickles, its `target` that of its configuration.
    """

    card: EncoderCard | None
    source: str
    target: str


class MirrorRequest(Frozen):
    """Ask for finished steps to be sent to the tracker, and for outputs of steps to be fetched back into a folder.

    `fetch` names each by its step and name.
    """

    store: str
    tracker: str
    experiment: str
    steps: tuple[str, ...]
    fetch: tuple[tuple[str, str], ...] = ()
    folder: str = ""


class Progress(Frozen):
    """Tell how far a task is: `note` is a short word beside the bar, such as the loss."""

    event: Literal["progress"] = "progress"
    task: str
    done: int
    total: int
    note: str = ""


class Finished(Frozen):
    """Tell that one ask (or the whole request) is done, with the files and figures it gave.

    Among the metrics are those of the machine, what the work took of it, under names that begin with `system/`.
    """

    event: Literal["finished"] = "finished"
    index: int
    files: dict[str, str]
    metrics: dict[str, float]
    curves: dict[str, list[float]]

    @property
    def found(self) -> dict[str, float]:
        """Return the metrics but those of the machine, which another run does not repeat."""
        return {name: value for name, value in self.metrics.items() if not name.startswith(USED)}


class Failed(Frozen):
    """Tell that the request failed, and with which exit code the harness should end."""

    event: Literal["failed"] = "failed"
    message: str
    exit_code: int


Event = Annotated[Progress | Finished | Failed, Field(discriminator="event")]
EVENT: TypeAdapter[Event] = TypeAdapter(Event)
