"""Decode greedily with transformers alone: slow, plain, and the oracle that the fast engine is held against."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
import transformers
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedModel

from harness.predict.engine import Answer, Progress, likeliest
from harness.predict.prompt import Prompt
from harness.schema.canary import BEST


class ReferenceEngine:
    """Decode `batch` prompts at a time, padded on the left."""

    # A `PreTrainedModel` that speaks; transformers types `generate` on a mixin that the class does not name.
    language: Any

    def __init__(self, language: PreTrainedModel, closing: int, batch: int):
        self.language, self.closing, self.batch = language, closing, batch
        self.name = f"transformers {transformers.__version__}"

    @torch.inference_mode()
    def answer(
        self, prompts: Sequence[Prompt], visual: Mapping[str, Tensor], max_new_tokens: int, report: Progress
    ) -> list[Answer]:
        """Answer every prompt, in order."""
        answers: list[Answer] = []
        for first in range(0, len(prompts), self.batch):
            answers += self._decode(prompts[first : first + self.batch], visual, max_new_tokens)
            report(len(answers), len(prompts))
        return answers

    def embed(self, prompt: Prompt, visual: Mapping[str, Tensor]) -> Tensor:
        """Return the embeddings (T, H) of one prompt, each picture's in its slots."""
        tokens = torch.tensor(prompt.tokens, device=self.language.device)
        embeddings = self.language.get_input_embeddings()(tokens).clone()
        for slots in prompt.slots:
            embeddings[slots.start : slots.end] = visual[slots.picture].to(embeddings)
        return embeddings

    def _decode(self, prompts: Sequence[Prompt], visual: Mapping[str, Tensor], limit: int) -> list[Answer]:
        rows = [self.embed(prompt, visual) for prompt in prompts]
        embeddings = pad_sequence(rows, batch_first=True, padding_side="left")
        attended = pad_sequence([row.new_ones(len(row)) for row in rows], batch_first=True, padding_side="left")
        out = self.language.generate(
            inputs_embeds=embeddings,
            attention_mask=attended,
            max_new_tokens=limit,
            do_sample=False,
            eos_token_id=self.closing,
            pad_token_id=self.closing,
            output_logits=True,
            return_dict_in_generate=True,
        )
        best = torch.stack(out.logits, dim=1).log_softmax(-1).topk(2).values
        margins = (best[..., 0] - best[..., 1]).tolist()
        opening = out.logits[0].log_softmax(-1)
        opening = opening.topk(min(BEST, opening.shape[-1]))
        answers = []
        for prompt, tokens, lead, *first in zip(
            prompts, out.sequences.tolist(), margins, opening.indices.tolist(), opening.values.tolist(), strict=True
        ):
            heard = likeliest(tokens[0], zip(*first, strict=True)) if prompt.canary else ()
            answers.append(self._answer(tokens, lead, heard))
        return answers

    def _answer(self, tokens: list[int], margins: list[float], first: tuple[tuple[int, float], ...]) -> Answer:
        closed = self.closing in tokens
        end = tokens.index(self.closing) + 1 if closed else len(tokens)
        return Answer(tuple(tokens[:end]), tuple(margins[:end]), "stop" if closed else "length", 0, first)
