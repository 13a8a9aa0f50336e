"""Turn words into token ids: the template of one turn, the opening token, the closing token."""

from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from harness.errors import InvalidEvidence

_HOLE = "\0"


@dataclass(frozen=True, slots=True)
class Speech:
    """Hold a tokenizer and the template of one turn; training and prediction use the same one."""

    tokenizer: PreTrainedTokenizerBase
    template: str

    @property
    def opening(self) -> list[int]:
        """Return the ids that stand before the picture.

        Raises:
            InvalidEvidence: the tokenizer has no opening token.
        """
        return [self._one(self.tokenizer.bos_token_id, "opening")]

    @property
    def closing(self) -> int:
        """Return the id that ends an answer.

        Raises:
            InvalidEvidence: the tokenizer has no closing token.
        """
        return self._one(self.tokenizer.eos_token_id, "closing")

    def question(self, text: str) -> list[int]:
        """Return the ids of one question in its template; they follow the picture."""
        return self.pieces([text])[0]

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each piece of a question whose words are parted by pictures, one template around them."""
        before, after = self.template.format(question=_HOLE).split(_HOLE, 1)
        whole = [before + texts[0], *texts[1:]]
        whole[-1] += after
        return [self.tokenizer.encode(text, add_special_tokens=False) for text in whole]

    def answer(self, text: str) -> list[int]:
        """Return the ids of one answer with its end."""
        return [*self.tokenizer.encode(" " + text, add_special_tokens=False), self.closing]

    def text(self, tokens: list[int]) -> str:
        """Return the words of generated ids, without special tokens and surrounding blanks."""
        return str(self.tokenizer.decode(tokens, skip_special_tokens=True)).strip()

    def _one(self, token: object, what: str) -> int:
        if not isinstance(token, int):
            raise InvalidEvidence(
                f"the tokenizer of {self.tokenizer.name_or_path or 'the model'} names no {what} token"
            )
        return token
