"""Count a recipe's model part by part on the meta device: parameters, operations, bytes kept, without any weight."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import AutoConfig, AutoModelForCausalLM

from harness.config.places import ROOT
from harness.encoders.backbone import Backbone
from harness.encoders.build import build
from harness.model.language import local_folder
from harness.model.tower import Tower
from harness.run.plan.nouns import Counted, Counts, PlanRequest, SubsetCount
from harness.run.plan.watch import watch
from harness.schema.recipe import LanguageSpec, Part, TrainRecipe
from harness.schema.subset import Subset


def count(request: PlanRequest) -> Counts:
    """Count every encoder once, what joins them for each subset, and the language model for each number of tokens."""
    recipe = request.recipe
    precision = torch.bfloat16 if any(s.precision == "bfloat16" for s in recipe.stages) else torch.float32
    with torch.device("meta"):
        encoders = {spec.name: build(spec).to(precision) for spec in request.encoders}
        language = unfilled(recipe.language).to(precision)
        canvas = torch.empty(1, 3, recipe.canvas.side_px, recipe.canvas.side_px)
    counted, features = [], {}
    for name, encoder in encoders.items():
        with torch.no_grad():
            features[name] = encoder(canvas)
        counted.append(_counted(name, "encoders", encoder, lambda encoder=encoder: encoder(canvas)))
    width = language.config.hidden_size
    joints = tuple(_joint(subset, encoders, features, recipe, width, precision) for subset in request.subsets)
    lengths = {joint.visual_tokens for joint in joints}
    spoken = {length: _spoken(language, length, request.text, precision) for length in sorted(lengths)}
    return Counts(encoders=tuple(counted), joints=joints, language=spoken)


def unfilled(spec: LanguageSpec) -> Any:
    """Build the language model without its weights from what the recipe states of it, or from its folder."""
    if spec.architecture is None:
        return AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(local_folder(ROOT / spec.folder)))
    fields = dict(spec.architecture)
    return AutoModelForCausalLM.from_config(AutoConfig.for_model(str(fields.pop("model_type")), **fields))


def _joint(
    subset: str,
    encoders: Mapping[str, Backbone],
    features: Mapping[str, Tensor],
    recipe: TrainRecipe,
    width: int,
    precision: torch.dtype,
) -> SubsetCount:
    """Count fusion and projector of one subset; the encoders stand in as what they gave."""
    names = Subset.model_validate(subset).names
    with torch.device("meta"):
        tower = Tower([encoders[name] for name in names], recipe.fusion, recipe.projector, width)
    del tower.encoders
    tower.to(precision)
    # What comes in asks for gradients, as when the encoders learn.
    given = {name: features[name].detach().clone().requires_grad_() for name in names}
    shapes: list[int] = []

    def run() -> Tensor:
        visual = tower.project(given)
        shapes.append(visual.shape[1])
        return visual

    joint = _counted("fusion and projector", "projector", tower, run)
    return SubsetCount(subset=subset, visual_tokens=shapes[0], joint=joint)


def _spoken(language: Any, visual: int, text: int, precision: torch.dtype) -> Counted:
    """Count the language model over a picture's tokens and `text` more, all of which are answered (an upper bound)."""
    with torch.device("meta"):
        tokens = torch.empty(1, visual + text, language.config.hidden_size, dtype=precision, requires_grad=True)
        labels = torch.empty(text, dtype=torch.long)
        # As in training: a mask of its own for every sample, and the places of its tokens.
        mask = torch.empty(1, 1, visual + text, visual + text, dtype=precision)
        places = torch.empty(1, visual + text, dtype=torch.long)

    def run() -> Tensor:
        told = language.base_model(inputs_embeds=tokens, attention_mask=mask, position_ids=places, use_cache=False)
        hidden = told.last_hidden_state
        return cross_entropy(language.get_output_embeddings()(hidden[0, -text:]).float(), labels)

    return _counted("language", "language", language, run)


def _counted(name: str, part: Part, module: nn.Module, run: Callable[[], Tensor]) -> Counted:
    module.train().requires_grad_(True)
    learning = watch(module, run)
    module.requires_grad_(False)
    passing = watch(module, run)
    return Counted(
        name=name,
        part=part,
        parameters=sum(parameter.numel() for parameter in module.parameters()),
        forward=learning.operations,
        kept=learning.kept,
        passed=passing.kept,
        inputs=learning.outside + sum(learning.inputs.values()),
        block=max(learning.blocks.values(), default=0.0),
    )
