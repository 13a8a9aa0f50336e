"""Put everything a study needs in place before anything is computed: pictures drawn, sources and weights checked."""

import os
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path

from filelock import FileLock

from benchmarks.mini import mirror, mixture
from harness.config.places import ROOT, resolve
from harness.encoders import table
from harness.encoders.pinned import verified
from harness.encoders.shards import is_index
from harness.errors import InvalidEvidence, UsageError
from harness.record import durable
from harness.run import gates
from harness.run.story import Story
from harness.schema.encoder import Weights
from harness.schema.study import Study

DRAWN = "mini"
HUB = "hub"
MANIFEST = "manifest.json"
# An image brings its pictures along, below this folder, as a store holds them; nothing is ever drawn into it.
BROUGHT_VARIABLE = "HARNESS_DRAWN"
DRAWN_BEFORE = "Another version drew it, or it was edited. Remove that folder, then: harness prepare"
DRAWN_NOW = (
    "This version of the drawing code made it just now, so the recipe pins what another version drew. Go back to the "
    "commit that pinned it, or state the digest found where the recipe names its manifest; then: harness prepare"
)
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
        """Return the folder of a source: a given one as it is, a drawn one drawn if it is not there yet."""
        if location != DRAWN:
            return resolve(location)
        name = Path(what, manifest[:16])
        brought = os.environ.get(BROUGHT_VARIABLE)
        target = Path(brought, name) if brought else self.folder / name
        fresh = False
        if not target.exists():
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{target}.lock"):
                if not target.exists():
                    draw(target, int(revision), progress=partial(self.story.progress, f"draw the {what}"))
                    fresh = True
        listing = target / MANIFEST
        found = durable.sha256_of(listing) if listing.is_file() else "nothing"
        if found != manifest:
            raise InvalidEvidence.digest(
                f"the {what} drawn in {target}",
                manifest,
                found,
                DRAWN_NOW if fresh else DRAWN_BEFORE,
            )
        return target


def check_parts(study: Study) -> None:
    """Hold every weight of the study against its pinned digest, and the miniature's own parts to their gates.

    What lies on the hub is fetched.

    Raises:
        InvalidEvidence: a file is absent or another one, or a part was not measured or fell short.
        UsageError: nobody has stated its digest or its revision.
    """
    recipe = study.recipe
    pinned = [recipe.pinned(spec).weights for spec in table.specs(recipe.pool, recipe.encoder_size)]
    for weights in [*pinned, recipe.language.weights]:
        check_weights(weights)
    gates.demand(recipe)


def check_weights(weights: Weights) -> None:
    """Hold one file of weights against its pinned digest.

    Raises:
        InvalidEvidence, UsageError: as `check_parts`.
    """
    if weights.file is not None or is_index(weights.location):
        verified(weights, ROOT)
        return
    path = ROOT / weights.location
    found = durable.sha256_of(path) if path.is_file() else "nothing"
    if found != weights.sha256:
        raise InvalidEvidence.digest(
            f"weights {path}", weights.sha256, found, "Restore the file from the repository (git checkout)."
        )
