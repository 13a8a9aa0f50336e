"""List the fusion arms: for each kind that a recipe can name, the module that turns fused tokens into visual ones.

Every arm is given the same fused tokens (B, N, C), all encoders' maps on one grid side by side in the channels
(`fusion.py`), and reads its encoders from their slices. So masking means the same everywhere, frozen encoders are run
once for every arm, and features are kept once for every mask. What a masked encoder leaves behind differs:

| kind | visual tokens | masking all but one equals keeping one |
|---|---|---|
| `channel_concat` | N | yes: a zero slice meets zero times its weights |
| `project_sum` | N | yes: projectors without biases |
| `route` | N | no: kept times its gate |
| `append`, `interleave` | n N | no: the masked ones' slots stay, and say nothing |
| `aggregate` | queries**2 | no: zeros take attention |
| `prune` | budget | yes: a masked encoder has rank 0 and no share |

*Keeping one* is the same arm with that encoder alone, given the weights that it has in the full one.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from torch import nn

from harness.model.aggregated import Aggregated
from harness.model.projector import Projection
from harness.model.pruned import Pruned
from harness.model.routed import Routed
from harness.model.sequence import Sequence
from harness.model.source import Source
from harness.model.summed import Summed
from harness.schema.recipe import Fusion, FusionKind, Projector

Sources = tuple[Source, ...]
Build = Callable[[Fusion, Projector, Sources, int], nn.Module]


def _concatenated(fusion: Fusion, projector: Projector, sources: Sources, width: int) -> nn.Module:
    return Projection(projector, sum(source.channels for source in sources), width, fusion.grid)


ARMS: Mapping[FusionKind, Build] = MappingProxyType(
    {
        "channel_concat": _concatenated,
        "project_sum": Summed,
        "append": Sequence,
        "interleave": Sequence,
        "aggregate": Aggregated,
        "prune": Pruned,
        "route": Routed,
    }
)
