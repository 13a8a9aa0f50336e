"""See where an answer looks: the last layer's attention over the visual tokens, from the plain engine."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from harness.errors import HarnessError
from harness.predict.prompt import Prompt
from harness.predict.reference_engine import ReferenceEngine


@torch.inference_mode()
def attention(
    engine: ReferenceEngine, prompts: Sequence[Prompt], visual: Mapping[str, Tensor]
) -> list[NDArray[np.float64]]:
    """Return, for each prompt, the attention that its last position pays to each of its visual tokens, mean over heads.

    That position's output is the first token of the answer. The last layer is meant, as in arXiv 2507.03262; fused
    kernels keep no attention, so the model is switched to the eager one, which computes the same numbers in the open.

    Raises:
        HarnessError: a prompt shows no picture.
    """
    engine.language.set_attn_implementation("eager")
    looks = []
    for prompt in prompts:
        if not prompt.slots:
            raise HarnessError(f"question {prompt.sample_id} shows no picture, so nothing looks at one")
        seen = engine.language(
            inputs_embeds=engine.embed(prompt, visual)[None], output_attentions=True, use_cache=False
        ).attentions[-1][0, :, -1]
        places = torch.cat([torch.arange(slots.start, slots.end) for slots in prompt.slots])
        looks.append(seen.mean(0)[places].double().cpu().numpy())
    return looks
