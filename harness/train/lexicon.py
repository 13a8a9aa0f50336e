"""Make the tokenizer of the miniature: byte pairs learned from the mixture's own words.

Capitals and digits always stand alone, so that a label is spelled and a number is read digit by digit; every other
byte has a token, so that any prompt can be written.
"""

from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

OPENING, CLOSING = "<s>", "</s>"
VOCABULARY = 640


def build(texts: Iterable[str]) -> PreTrainedTokenizerFast:
    """Learn a byte-level BPE tokenizer of `VOCABULARY` tokens from texts."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex("[A-Z0-9]"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[OPENING, CLOSING],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=OPENING, eos_token=CLOSING, pad_token=CLOSING)


def save(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write the tokenizer beside a language model."""
    tokenizer.save_pretrained(folder)
