"""Learn to answer: the loss of a stage whose objective is language, and what it says of each kind of question."""

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from harness.data.batch import Batch
from harness.model.vlm import Vlm, answer_logits
from harness.train.kinds import Kinds, add_answers


class Spoken(nn.Module):
    """Turn a batch of conversations into its loss.

    `kinds` learns the loss of each kind of question, `marks` whether each answer was right. What the projector says
    passes through `said`, where a probe can hear it.
    """

    def __init__(self, model: Vlm, kinds: Kinds, marks: Kinds):
        super().__init__()
        self.model, self.kinds, self.marks, self.said = model, kinds, marks, nn.Identity()

    def forward(self, batch: Batch) -> Tensor:
        """Return the mean negative log-likelihood (nats) of the answer tokens of a batch."""
        logits, labels = answer_logits(self.model.language, self.said(self.model.tower(batch.canvas)), batch)
        losses = cross_entropy(logits, labels, reduction="none")
        add_answers(losses, logits.argmax(-1) == labels, batch, self.kinds, self.marks)
        return losses.mean()
