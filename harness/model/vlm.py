"""Join tower and language model: Y = LLM(projector(fusion(E_1(I), ..., E_n(I))), T)."""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import PreTrainedModel

from harness.data.batch import IGNORED, Batch
from harness.model.tower import Tower


class Vlm(nn.Module):
    """Hold one trained model: what it sees with and what it speaks with."""

    def __init__(self, tower: Tower, language: PreTrainedModel):
        super().__init__()
        self.tower = tower
        self.language = language

    def forward(self, batch: Batch) -> Tensor:
        """Return the mean negative log-likelihood (nats) of the answer tokens of a batch."""
        visual = self.tower(batch.canvas)
        return self.loss(visual, batch)

    def loss(self, visual: Tensor, batch: Batch) -> Tensor:
        """Return the loss of a batch whose visual tokens (B, N, H) are at hand."""
        return cross_entropy(*answer_logits(self.language, visual, batch))


def answer_logits(language: PreTrainedModel, visual: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the logits (answer tokens, V) of a batch whose picture slots hold `visual` (B, N, H), and the labels.

    Logits come in float32 whatever the weights are in: a loss summed over a vocabulary in bfloat16 keeps three digits.
    """
    words = language.get_input_embeddings()(batch.tokens)
    start, end = batch.picture
    hidden = language.base_model(
        inputs_embeds=torch.cat([words[:, :start], visual.to(words.dtype), words[:, end:]], dim=1),
        attention_mask=batch.attention(words.dtype),
        position_ids=batch.positions,
        use_cache=False,
    ).last_hidden_state
    asked, head = batch.labels != IGNORED, language.get_output_embeddings()
    assert head is not None
    return head(hidden[asked]).float(), batch.labels[asked]
