"""Make safetensors of what was published as a pickle, and print the digest that then pins them."""

from collections.abc import Sequence
from pathlib import Path

from harness.cli.screen import answer
from harness.config.compose import compose
from harness.config.places import ROOT, resolve
from harness.encoders.pinned import folder_of_weights
from harness.encoders.table import find
from harness.errors import UsageError
from harness.record.store import Store
from harness.run import child
from harness.run.request import ConvertRequest, Finished
from harness.schema.study import Study

LANGUAGE = "language"


def convert(encoder: str, pickle: Path, overrides: Sequence[str], as_json: bool) -> int:
    """Convert the pickle of one encoder of the recipe's size into the folder of weights.

    Raises:
        UsageError: the encoder was not published as a pickle.
        InvalidEvidence: the pickle is not what the card says; nothing is written.
    """
    study = compose(overrides)
    if encoder == LANGUAGE:
        return _language(study, pickle, as_json)
    card = find(encoder, study.recipe.encoder_size)
    weights = card.spec.weights
    if card.pickled is None or weights.file is None:
        raise UsageError(
            f"'{encoder}' of size {study.recipe.encoder_size} needs no conversion: it is safetensors already"
        )
    target = folder_of_weights(ROOT) / weights.location / weights.file
    request = ConvertRequest(card=card, source=str(pickle.resolve()), target=str(target))
    digest = _converted(study, request, encoder)
    text = f"{target}\nsha256 {digest}\npin it: recipe.pins.{encoder}.sha256={digest}"
    answer({"encoder": encoder, "file": str(target), "sha256": digest}, text, as_json)
    return 0


def _language(study: Study, folder: Path, as_json: bool) -> int:
    """Convert the pickles of the recipe's language model, beside its configuration."""
    target = ROOT / study.recipe.language.folder
    request = ConvertRequest(card=None, source=str(folder.resolve()), target=str(target))
    digest = _converted(study, request, LANGUAGE)
    index = f"{study.recipe.language.folder}/model.safetensors.index.json"
    pins = f"recipe.language.weights.location={index} recipe.language.weights.sha256={digest}"
    text = f"{index}\nsha256 {digest}\npin it: {pins}"
    answer({"encoder": LANGUAGE, "file": index, "sha256": digest}, text, as_json)
    return 0


def _converted(study: Study, request: ConvertRequest, name: str) -> str:
    work = Store(resolve(study.store.folder)).work(f"convert-{name}")
    made = [event for event in child.run("convert", request, study.machine, work) if isinstance(event, Finished)]
    return next(iter(made[0].files))
