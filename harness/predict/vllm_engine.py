"""Open the one door to vLLM: prompts go in as token ids with the picture's embeddings in their slots.

The mixed form (`prompt_embeds` with `prompt_token_ids` and `prompt_is_token_ids`) is used because vLLM then embeds the
words itself and its prefix cache keeps pictures apart although their slots carry the same ids: questions about one
picture share its keys and values. One process, eager mode, fixed block size: nothing is left to chance.
"""

import os
from collections.abc import Mapping, Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from harness.errors import HarnessError
from harness.predict.engine import Answer, Progress, likeliest
from harness.predict.prompt import Prompt
from harness.schema.canary import BEST
from harness.schema.decoding import DecodingSpec
from harness.schema.machine import Accelerator

BLOCK = 32
SHARE = 0.6
"""Ours: the part of a GPU's memory that is vLLM's; the tower, which is on the same GPU, has the rest."""
SETTINGS = {
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
}


class VllmEngine:
    """Serve the language model of one checkpoint with vLLM's offline engine."""

    def __init__(self, folder: Path, decoding: DecodingSpec, max_length: int, accelerator: Accelerator = "cpu"):
        for name, value in SETTINGS.items():
            os.environ.setdefault(name, value)
        # Its kernels are Triton's: on a CPU they fail, and a batch of 1 answers there as one of 32 does without them.
        os.environ["VLLM_BATCH_INVARIANT"] = str(int(decoding.batch_invariant and torch.cuda.is_available()))
        import vllm

        self.vllm, self.decoding, self.max_length = vllm, decoding, max_length
        self.name = f"vllm {vllm.__version__}"
        beside: dict[str, Any] = {"gpu_memory_utilization": SHARE} if accelerator == "cuda" else {}
        self.model = vllm.LLM(
            model=str(folder),
            dtype=decoding.dtype,
            seed=decoding.seed,
            enforce_eager=True,
            max_model_len=max_length,
            block_size=BLOCK,
            enable_prompt_embeds=True,
            enable_prefix_caching=True,
            disable_log_stats=True,
            logprobs_mode="raw_logprobs",
            **beside,
        )

    def answer(
        self, prompts: Sequence[Prompt], visual: Mapping[str, Tensor], max_new_tokens: int, report: Progress
    ) -> list[Answer]:
        """Answer every prompt, in order.

        Raises:
            HarnessError: a prompt and its answer do not fit the context.
        """
        longest = max((len(prompt.tokens) for prompt in prompts), default=0)
        if longest + max_new_tokens > self.max_length:
            raise HarnessError(
                f"a prompt of {longest} tokens and {max_new_tokens} new ones do not fit the context of "
                f"{self.max_length}. Lower decoding.max_new_tokens or choose a language model with a longer context."
            )
        plain, watched = (
            self.vllm.SamplingParams(
                temperature=self.decoding.temperature,
                seed=self.decoding.seed,
                max_tokens=max_new_tokens,
                logprobs=count,
            )
            for count in (2, BEST)
        )
        sampling = [watched if prompt.canary else plain for prompt in prompts]
        width = self.model.model_config.get_hidden_size()
        # vLLM's types know neither the mixed form nor a bar that is not its own.
        asked: Any = [request(prompt, visual, width) for prompt in prompts]
        bar: Any = partial(_Bar, report=report)
        outputs = self.model.generate(asked, sampling, use_tqdm=bar)
        return [_answer(output, prompt.canary) for output, prompt in zip(outputs, prompts, strict=True)]


def request(prompt: Prompt, visual: Mapping[str, Tensor], width: int) -> dict[str, Any]:
    """Write one prompt in the mixed form: True marks a word's position, False a row of a picture's embeddings."""
    words = torch.ones(len(prompt.tokens), dtype=torch.bool)
    embeddings = torch.zeros(len(prompt.tokens), width)
    for slots in prompt.slots:
        words[slots.start : slots.end] = False
        embeddings[slots.start : slots.end] = visual[slots.picture]
    return {
        "prompt_embeds": embeddings,
        "prompt_token_ids": list(prompt.tokens),
        "prompt_is_token_ids": words,
    }


def _answer(output: Any, canary: bool) -> Answer:
    said = output.outputs[0]
    margins = []
    for choices in said.logprobs:
        best = sorted((choice.logprob for choice in choices.values()), reverse=True)
        margins.append(best[0] - best[1])
    finish = "stop" if said.finish_reason == "stop" else "length"
    opening = ((token, choice.logprob) for token, choice in said.logprobs[0].items())
    first = likeliest(said.token_ids[0], opening) if canary else ()
    return Answer(tuple(said.token_ids), tuple(margins), finish, output.num_cached_tokens or 0, first)


class _Bar(tqdm):
    """Hand the count of answered prompts to our own progress report instead of drawing it.

    vLLM drives two bars, one over prompts it reads and one over prompts it answers; only the second is told.
    """

    def __init__(self, *arguments: Any, report: Progress, **options: Any):
        self.report = report
        super().__init__(*arguments, **{**options, "file": StringIO()})

    def display(self, *_: Any, **__: Any) -> None:
        """Report how many prompts are answered."""
        if str(self.desc).startswith("Processed"):
            self.report(int(self.n), int(self.total))
