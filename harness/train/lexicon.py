"""Make the tokenizer of the miniature: one token a word, one token for each closing line of a prompt.

Capitals and digits always stand alone, so that a label is spelled and a number is read digit by digit; the one that
begins a word brings its blank, so it is another token than one inside. Every other byte has a token, so that any
prompt can be written. A benchmark ends all its questions with the same line ("Answer with the option's letter ..."): as
one token it costs a language model of this size one step, not fifteen.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

OPENING, CLOSING = "<s>", "</s>"
VOCABULARY = 2000
"""A bound: byte pairs are merged until every word is one token, long before."""
OFTEN = 50
INITIALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
"""What a word that is spelled may begin with; there it brings its blank along."""
_WORD = re.compile(r" ?[a-z']+")


def build(questions: Sequence[str], texts: Iterable[str], template: str) -> PreTrainedTokenizerFast:
    """Learn a byte-level BPE tokenizer from questions and from everything else that is said.

    Every word of lower-case letters becomes one token, with and without the blank before it; so does the last line of
    at least `OFTEN` questions, and what the template says after a question.
    """
    closings = Counter(line for text in questions if "\n" in text for line in [text[text.rindex("\n") :]])
    fixed = [line for line, count in sorted(closings.items()) if count >= OFTEN and _WORD.search(line)]
    fixed += [end for end in [template.partition("{question}")[2]] if end]
    words = {form for text in (*questions, *texts) for word in _WORD.findall(text) for form in _forms(word)}
    words |= {f" {character}" for character in INITIALS}
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(" ?[A-Z0-9]"), "isolated"),
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
    tokenizer.train_from_iterator([word for word in sorted(words) for _ in range(2)], trainer)
    tokenizer.add_tokens([AddedToken(line, normalized=False) for line in fixed])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=OPENING, eos_token=CLOSING, pad_token=CLOSING)


def _forms(word: str) -> tuple[str, str]:
    return word.strip(), f" {word.strip()}"
