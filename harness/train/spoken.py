"""Learn to answer: the loss of a stage whose objective is language, told apart by the kind of question."""

from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from harness.data.batch import Batch
from harness.model.vlm import Vlm, answer_logits
from harness.train.kinds import Kinds


class Spoken(nn.Module):
    """Turn a batch of conversations into its loss; `kinds` learns the loss of each kind of question."""

    def __init__(self, model: Vlm, kinds: Kinds):
        super().__init__()
        self.model, self.kinds = model, kinds

    def forward(self, batch: Batch) -> Tensor:
        """Return the mean negative log-likelihood (nats) of the answer tokens of a batch."""
        losses = cross_entropy(
            *answer_logits(self.model.language, self.model.tower(batch.canvas), batch), reduction="none"
        )
        tags = batch.kinds()
        for tag in sorted(set(tags) - {""}):
            self.kinds.add(tag, losses[[at for at, one in enumerate(tags) if one == tag]])
        return losses.mean()
