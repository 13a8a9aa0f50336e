"""Pictures that are not the pinned ones are refused, with what to run: whoever drew them, and whenever."""

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.mini import mixture
from harness.config.compose import compose
from harness.errors import InvalidEvidence
from harness.record import durable
from harness.run.prepare import MANIFEST, Supplies
from harness.run.story import Silence
from harness.schema.study import Study


def study_pinning(manifest: str) -> Study:
    study = compose()
    stages = tuple(
        stage.model_copy(
            update={"sources": tuple(one.model_copy(update={"manifest": manifest}) for one in stage.sources)}
        )
        for stage in study.recipe.stages
    )
    return study.model_copy(update={"recipe": study.recipe.model_copy(update={"stages": stages})})


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have a version of the drawing code that draws what it is told."""

    def version(content: str) -> None:
        def draw(folder: Path, seed: int, **_: object) -> str:
            folder.mkdir(parents=True)
            (folder / MANIFEST).write_text(f"{content} {seed}")
            return durable.sha256_of(folder / MANIFEST)

        monkeypatch.setattr(mixture, "draw", draw)

    return version


@pytest.fixture
def pinned(drawing: Callable[[str], None], tmp_path: Path) -> Study:
    drawing("old")
    return study_pinning(mixture.draw(tmp_path / "pinned", 1))


def test_what_is_pinned_is_drawn_once_and_taken(pinned: Study, tmp_path: Path):
    folder = Supplies(pinned, tmp_path / "store", Silence()).data
    written = (folder / MANIFEST).stat().st_mtime_ns
    assert Supplies(pinned, tmp_path / "store", Silence()).data == folder
    assert (folder / MANIFEST).stat().st_mtime_ns == written


def test_a_mixture_that_another_version_left_is_refused_with_what_to_run(pinned: Study, tmp_path: Path):
    folder = Supplies(pinned, tmp_path / "store", Silence()).data
    (folder / MANIFEST).write_text("older")
    with pytest.raises(InvalidEvidence, match=r"expected sha256 .* Remove that folder, then: harness prepare"):
        _ = Supplies(pinned, tmp_path / "store", Silence()).data
    assert (folder / MANIFEST).read_text() == "older"


def test_code_that_draws_another_mixture_than_is_pinned_says_so_rather_than_draw_for_ever(
    pinned: Study, drawing: Callable[[str], None], tmp_path: Path
):
    drawing("new")
    with pytest.raises(InvalidEvidence, match="the recipe pins what another version drew"):
        _ = Supplies(pinned, tmp_path / "store", Silence()).data
