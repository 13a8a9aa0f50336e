"""All views of one model are answered in one process from one encoding of the pictures."""

import pyarrow as pa
import pytest

from benchmarks.load import load
from benchmarks.mini import parquet
from benchmarks.mini.columns import CHARTQA as COLUMNS
from harness.model.checkpoint import save
from harness.record import predictions
from harness.run.predict_task import predict
from harness.run.request import Ask, Finished, PredictRequest
from harness.schema.entry import Entry
from harness.schema.subset import Subset
from harness.schema.view import select
from tests.benchmarks.small_mirror import CHARTQA, FILE, listed, rows_of
from tests.harness.nouns import DECODING, digest

QUESTIONS, PICTURES = 9, 3


@pytest.fixture(scope="module")
def mirror(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mirror")
    rows = rows_of(QUESTIONS, shade=lambda number: 80 * (number % PICTURES))
    schema: pa.Schema = COLUMNS
    parquet.write(folder / FILE, schema, rows)
    listed(folder, FILE, QUESTIONS, schema.names)
    return folder


@pytest.fixture(scope="module")
def answered(miniature, mirror, tmp_path_factory):
    """Ask a pair's every view, zeros and means, in one request; return the events and the files by entry."""
    folder = tmp_path_factory.mktemp("answers")
    pair = Subset.parse("clip+sam", miniature.recipe.pool)
    save(miniature.model("clip+sam"), miniature.training("clip+sam"), miniature.speech(), folder / "checkpoint")
    views = [one for mask in ("zero", "mean") for one in select("all-masks", mask, pair, miniature.recipe.pool)]
    entries = [
        Entry(
            trained=pair,
            kept=view.kept,
            benchmark="chartqa",
            recipe="tiny",
            training=miniature.training("clip+sam").digest,
            seed=0,
            mask=view.mask,
        )
        for view in (*select("", "zero", pair, miniature.recipe.pool), *views)
    ]
    files = {entry: folder / entry.slug / "predictions.parquet" for entry in entries}
    request = PredictRequest(
        accelerator="cpu",
        checkpoint=str(folder / "checkpoint"),
        weights=digest("weights"),
        decoding=DECODING,
        mirror=str(mirror),
        asks=tuple(Ask(entry=entry, protocol="cambrian", file=str(file)) for entry, file in files.items()),
    )
    for file in files.values():
        file.parent.mkdir()
    events = []
    predict(request, events.append)
    return [event for event in events if isinstance(event, Finished)], files


def test_the_first_view_encodes_and_the_others_share(answered):
    finished, files = answered
    assert len(finished) == len(files) == 8
    assert [event.metrics["pictures_encoded"] for event in finished] == [PICTURES, *[0] * 7]
    assert [event.metrics["encoding_s"] > 0 for event in finished] == [True, *[False] * 7]


def test_every_view_has_a_file_that_names_it_and_answers_every_question(answered, mirror):
    _, files = answered
    asked = [sample.id for sample in load(CHARTQA, mirror).samples]
    for entry, file in files.items():
        header, rows = predictions.read(file)
        assert header.entry == entry
        assert [row.sample_id for row in rows] == asked


def test_the_floor_answers_a_question_alike_on_every_picture_and_a_blind_model_has_shorter_prompts(answered):
    finished, files = answered
    prompted = {entry.model: event.metrics["prompt_tokens"] for entry, event in zip(files, finished, strict=True)}
    seen = prompted["clip+sam"]
    assert prompted.pop("clip+sam blind") == seen - QUESTIONS * 64
    assert set(prompted.values()) == {seen}
    margins = {entry.model: [row.margins for row in predictions.read(file)[1]] for entry, file in files.items()}
    assert len({str(found) for found in margins.values()}) == len(files)
