"""Put everything a study needs in place before anything is computed: pictures drawn, sources and weights checked."""

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path

from filelock import FileLock

from benchmarks.mini import mirror, mixture
from harness.config.places import ROOT, resolve
from harness.encoders import table
from harness.errors import InvalidEvidence, UsageError
from harness.record import durable
from harness.run.story import Story
from harness.schema.encoder import Weights
from harness.schema.study import Study

DRAWN = "mini"
HUB = "hub"
MANIFEST = "manifest.json"
Draw = Callable[..., str]


class Supplies:
    """Find what a study works on, and draw what is drawn: each at first use, once a store."""

    def __init__(self, study: Study, folder: Path, story: Story):
        self.study, self.folder, self.story = study, folder, story

    @cached_property
    def data(self) -> Path:
        """Return the folder of the training sources.

        Raises:
            InvalidEvidence: drawn pictures are not the pinned ones; nothing is overwritten.
            UsageError: the stages of the recipe take their data from several places.
        """
        sources = {(s.location, s.revision, s.manifest) for stage in self.study.recipe.stages for s in stage.sources}
        if len(sources) != 1:
            raise UsageError(f"all sources of a recipe lie in one folder; this one names {sorted(sources)}")
        return self._place(*sources.pop(), "data", mixture.draw)

    @cached_property
    def mirror(self) -> Path | None:
        """Return the folder of the benchmarks, or None when they come from the hub.

        Raises:
            InvalidEvidence: as `data`.
        """
        place = self.study.mirror
        if place.location == HUB:
            return None
        return self._place(place.location, place.revision, place.manifest, "mirror", mirror.draw)

    def _place(self, location: str, revision: str, manifest: str, what: str, draw: Draw) -> Path:
        """Return the folder of a source: a given one as it is, a drawn one drawn if this store has not drawn it yet."""
        if location != DRAWN:
            return resolve(location)
        target = self.folder / what / manifest[:16]
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"):
            if not target.exists():
                report = partial(self.story.progress, f"draw the {what}")
                draw(target, int(revision), progress=report)
            listing = target / MANIFEST
            found = durable.sha256_of(listing) if listing.is_file() else "nothing"
        if found != manifest:
            raise InvalidEvidence.digest(
                f"the {what} drawn in {target}",
                manifest,
                found,
                "Another version drew it, or it was edited. Remove that folder, then: harness prepare",
            )
        return target


def check_parts(study: Study) -> None:
    """Hold every committed weight of the study against its pinned digest.

    Raises:
        InvalidEvidence: a file is absent or another one.
    """
    pinned = [spec.weights for spec in table.specs(study.recipe.pool, study.recipe.encoder_size)]
    for weights in [*pinned, study.recipe.language.weights]:
        check_weights(weights)


def check_weights(weights: Weights) -> None:
    """Hold one file of weights against its pinned digest.

    Raises:
        InvalidEvidence: it is absent or another one.
    """
    path = ROOT / weights.location
    found = durable.sha256_of(path) if path.is_file() else "nothing"
    if found != weights.sha256:
        raise InvalidEvidence.digest(
            f"weights {path}", weights.sha256, found, "Restore the file from the repository (git checkout)."
        )
