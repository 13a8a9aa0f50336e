"""Show finished steps in MLflow: the one file that imports it.

MLflow is a window, not a source: the store decides what is done, and a tracker that is down or wrong changes no number
and fails no run; `mirror` says what became of it. Sending is idempotent: a run carries its step's digest as a tag and
is closed last, so a step is sent once, and a half-sent run is removed and sent again. Runs hang together as the work
does: answers are children of the training whose weights gave them, a score is a child of its answers, whose run shows
its value too.

The default backend is SQLite inside the store's folder (MLflow's plain file store is retired). Importing MLflow takes
two seconds and a new database two more, so callers import this module only when there is something to send.
"""

import json
import os
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from filelock import FileLock

from harness.errors import InvalidEvidence
from harness.record import checkpoints, durable
from harness.record.store import Store
from harness.schema.frozen import canonical
from harness.schema.run import RunRecord

# MLflow reads these when it is imported: no usage reports, no bars, nothing below a warning (alembic's migrations
# included), and a server that is down is given up after seconds instead of seven retries.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")

with warnings.catch_warnings():
    # It is for MLflow's authors to act on what their own imports deprecate.
    warnings.simplefilter("ignore")
    from mlflow import MlflowClient
    from mlflow.entities import Dataset, DatasetInput, Metric, Param
    from mlflow.exceptions import MlflowException
    from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID
    from sqlalchemy.exc import SQLAlchemyError

STEP_TAG = "harness.step"
KIND_TAG = "harness.kind"
WEIGHTS_TAG, ANSWERS_TAG = "harness.weights", "harness.predictions"
ANSWERS = "predictions.parquet"
CURVES = "losses.json"
FIGURES = "figures.json"
TROUBLE = (MlflowException, SQLAlchemyError, OSError, AttributeError)
"""What a tracker raises that is away or busy; the last, where two processes make the tables of one database at once."""
URI_VARIABLE = "MLFLOW_TRACKING_URI"
METRICS_A_BATCH = 1000
PARAMETERS_A_BATCH = 100
VALUE_LIMIT = 6000
DATASET_DIGEST_LIMIT = 36


@dataclass(frozen=True, slots=True)
class Mirrored:
    """Say what became of one step at the tracker: `why` is empty unless it failed."""

    outcome: Literal["sent", "already there", "failed"]
    tracker: str
    run: str
    why: str


def tracker_uri(tracker: str, store: Store) -> str:
    """Return the tracking URI: the one configured, else `MLFLOW_TRACKING_URI`, else SQLite in the store's folder."""
    return tracker or os.environ.get(URI_VARIABLE, "") or f"sqlite:///{_home(store) / 'mlflow.db'}"


def mirror(store: Store, step: str, tracker: str, experiment: str) -> Mirrored:
    """Send a finished step: parameters, metrics, curves, and as artifacts its outputs, fingerprint and record.

    An output called `losses.json`, lists of numbers by name, is also sent as metrics, one value a training step; one
    called `figures.json`, lists of points (step, value), likewise. Never raises for what a tracker does.

    Raises:
        InvalidEvidence: the step is not finished, or its outputs are damaged.
    """
    record = store.find(step)
    if record is None:
        raise InvalidEvidence(f"step {step} is not in {store.folder}: only finished steps are shown")
    uri = tracker_uri(tracker, store)
    try:
        with _quiet(), _alone(uri, store):
            client = MlflowClient(tracking_uri=uri)
            home = _experiment(client, experiment, uri, store)
            for run in client.search_runs([home], f"tags.`{STEP_TAG}` = '{step}'"):
                if run.info.status == "FINISHED":
                    return Mirrored("already there", uri, run.info.run_id, "")
                client.delete_run(run.info.run_id)
            return Mirrored("sent", uri, _send(client, home, record, store), "")
    except TROUBLE as error:
        reason = str(error).splitlines()[0] if str(error) else "no reason given"
        return Mirrored("failed", uri, "", f"{type(error).__name__}: {reason}")


def _send(client: MlflowClient, home: str, record: RunRecord, store: Store) -> str:
    started, ended = (round(time.timestamp() * 1000) for time in (record.started, record.ended))
    parent = _parent(client, home, record)
    tags = {STEP_TAG: record.step, KIND_TAG: record.kind, **_left(record)}
    tags |= {MLFLOW_PARENT_RUN_ID: parent} if parent else {}
    run = client.create_run(home, start_time=started, tags=tags, run_name=record.title).info.run_id
    parameters = [Param(name, value[:VALUE_LIMIT]) for name, value in record.parameters.items()]
    for at in range(0, len(parameters), PARAMETERS_A_BATCH):
        client.log_batch(run, params=parameters[at : at + PARAMETERS_A_BATCH])
    client.log_inputs(run, datasets=_datasets(record))
    metrics = [Metric(name, value, ended, 0) for name, value in record.metrics.items()]
    if record.kind == "score" and parent:
        client.log_batch(parent, metrics=metrics)
    if CURVES in record.outputs:
        curves: dict[str, list[float]] = json.loads(store.path(record, CURVES).read_bytes())
        metrics += [
            Metric(name, value, ended, at)
            for name, values in curves.items()
            for at, value in enumerate(values, start=1)
        ]
    if FIGURES in record.outputs:
        figures: dict[str, list[tuple[int, float]]] = json.loads(store.path(record, FIGURES).read_bytes())
        metrics += [Metric(name, value, ended, at) for name, points in figures.items() for at, value in points]
    for at in range(0, len(metrics), METRICS_A_BATCH):
        client.log_batch(run, metrics=metrics[at : at + METRICS_A_BATCH])
    client.log_text(run, canonical(record.fingerprint.plain()).decode(), "fingerprint.json")
    client.log_text(run, canonical(record.plain()).decode(), "record.json")
    with TemporaryDirectory() as scratch:
        client.log_artifacts(run, str(store.lay_out(record, Path(scratch) / "outputs")), "outputs")
    client.set_terminated(run, "FINISHED", ended)
    return run


class Open:
    """Show a step that is not finished as an open run, for people to watch; `mirror` removes it for the finished one.

    What a tracker refuses is tried again with what comes next; nothing here raises for what a tracker does.
    """

    def __init__(self, store: Store, step: str, title: str, tracker: str, experiment: str):
        self.store, self.step, self.title, self.experiment = store, step, title, experiment
        self.uri, self.run = tracker_uri(tracker, store), ""

    def send(self, points: Sequence[tuple[str, int, float]]) -> bool:
        """Send points (metric, step, value), and tell whether the tracker took them."""
        now = round(time.time() * 1000)
        metrics = [Metric(name, value, now, at) for name, at, value in points]
        try:
            with _quiet(), _alone(self.uri, self.store):
                client = MlflowClient(tracking_uri=self.uri)
                self.run = self.run or self._begin(client, now)
                for at in range(0, len(metrics), METRICS_A_BATCH):
                    client.log_batch(self.run, metrics=metrics[at : at + METRICS_A_BATCH])
        except TROUBLE:
            return False
        return True

    def close(self) -> None:
        """Say that nothing more comes: a run that stays so was broken off."""
        if self.run:
            with suppress(*TROUBLE), _quiet(), _alone(self.uri, self.store):
                MlflowClient(tracking_uri=self.uri).set_terminated(self.run, "KILLED")

    def _begin(self, client: MlflowClient, now: int) -> str:
        home = _experiment(client, self.experiment, self.uri, self.store)
        for run in client.search_runs([home], f"tags.`{STEP_TAG}` = '{self.step}'"):
            if run.info.status != "FINISHED":
                client.delete_run(run.info.run_id)
        tags = {STEP_TAG: self.step, KIND_TAG: "train"}
        return client.create_run(home, start_time=now, tags=tags, run_name=self.title).info.run_id


def fetch(store: Store, tracker: str, step: str, name: str, folder: Path) -> Path | None:
    """Fetch an output of a step back from the tracker, or return None where it cannot be had; it is not checked yet."""
    uri = tracker_uri(tracker, store)
    try:
        with _quiet(), _alone(uri, store):
            client = MlflowClient(tracking_uri=uri)
            homes = [one.experiment_id for one in client.search_experiments()]
            for run in client.search_runs(homes, f"tags.`{STEP_TAG}` = '{step}'"):
                path = Path(client.download_artifacts(run.info.run_id, f"outputs/{name}", str(folder)))
                if path.is_file():
                    return path
    except TROUBLE:
        return None
    return None


def _left(record: RunRecord) -> dict[str, str]:
    """Name what a step leaves by its digest, so that what is made from it finds its parent."""
    if record.kind == "train":
        return {WEIGHTS_TAG: checkpoints.weights_of(record)}
    return {ANSWERS_TAG: record.outputs[ANSWERS].sha256} if ANSWERS in record.outputs else {}


def _parent(client: MlflowClient, home: str, record: RunRecord) -> str:
    """Return the run that left what this step was made from, or nothing if the tracker has none."""
    named = {"predict": (WEIGHTS_TAG, "weights"), "score": (ANSWERS_TAG, "predictions")}.get(record.kind)
    if named is None or named[1] not in record.inputs:
        return ""
    found = client.search_runs([home], f"tags.`{named[0]}` = '{record.inputs[named[1]]}'", max_results=1)
    return found[0].info.run_id if found else ""


def _datasets(record: RunRecord) -> list[DatasetInput]:
    """Name the data that a step read: training sources by their manifest, a benchmark by its samples."""
    named = {name.removeprefix("data "): value for name, value in record.inputs.items() if name.startswith("data ")}
    if "samples" in record.parameters:
        named[record.parameters["benchmark"]] = record.parameters["samples"]
    return [
        DatasetInput(Dataset(name, digest[:DATASET_DIGEST_LIMIT], "sha256", digest), [])
        for name, digest in named.items()
    ]


def _experiment(client: MlflowClient, name: str, uri: str, store: Store) -> str:
    found = client.get_experiment_by_name(name)
    if found is not None:
        return found.experiment_id
    # Left alone, a local backend would drop its artifacts into whatever folder the caller stands in.
    place = durable.make_folder(_home(store) / "artifacts").as_uri() if uri.startswith("sqlite:") else None
    return client.create_experiment(name, artifact_location=place)


@contextmanager
def _alone(uri: str, store: Store) -> Iterator[None]:
    """Let one process at a time write to a SQLite tracker: it makes its tables without a lock of its own."""
    if not uri.startswith("sqlite:"):
        yield
        return
    with FileLock(durable.make_folder(_home(store)) / "mlflow.lock"):
        yield


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _home(store: Store) -> Path:
    return store.folder / "mlflow"
