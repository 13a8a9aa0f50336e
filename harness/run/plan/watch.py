"""Watch a model of shapes alone run once: count its operations, and the bytes that it keeps for the way back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count

FUSED = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu


@dataclass(slots=True)
class Seen:
    """Hold what one run showed: operations, bytes kept outside of blocks and in each block, bytes of blocks' inputs."""

    operations: float = 0
    outside: float = 0
    blocks: dict[int, float] = field(default_factory=dict)
    inputs: dict[int, float] = field(default_factory=dict)

    @property
    def kept(self) -> float:
        """Return all bytes that are kept when nothing is computed again."""
        return self.outside + sum(self.blocks.values())


class _FusedAttention(TorchFunctionMode):
    """Take attention as a GPU does: fused, so that its weights (T x T) are never stored.

    On tensors of shapes alone torch would choose the written-out form. The bias of SAM's attention is stored all the
    same, by a GPU too.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is not nn.functional.scaled_dot_product_attention:
            return func(*args, **kwargs)
        return _fused(*args, **kwargs)


def _fused(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    if enable_gqa:
        copies = query.shape[-3] // key.shape[-3]
        key, value = (each.repeat_interleave(copies, dim=-3) for each in (key, value))
    # The operator of shapes has no gradient for a bias that is learned; the bias is kept and counted all the same.
    bias = None if attn_mask is None else attn_mask.detach()
    return FUSED(query, key, value, dropout_p, is_causal, attn_mask=bias, scale=scale)[0]


def _fused_operations(query: Any, key: Any, value: Any, *args: Any, **kwargs: Any) -> int:
    return sdpa_flop_count(query, key, value)


def watch(model: nn.Module, run: Callable[[], Tensor]) -> Seen:
    """Run once and return what was seen; weights are not counted among the bytes kept, whoever reads them."""
    seen, place, held = Seen(), [-1], []
    known = {one.untyped_storage()._cdata for one in [*model.parameters(), *model.buffers()]}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in known:
            known.add(storage._cdata)
            # Held, so that no later storage can take its place in memory and pass for it.
            held.append(storage)
            _add(seen, place[0], storage.nbytes())
        return tensor

    counter = FlopCounterMode(display=False, custom_mapping={FUSED: _fused_operations})
    saved = torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor)
    with _inside(blocks_of(model), seen, place), counter, saved, _FusedAttention():
        run()
    seen.operations = float(counter.get_total_flops())
    return seen


def blocks_of(model: nn.Module) -> list[nn.Module]:
    """List the blocks that are computed again one by one: the equal members of the model's outermost lists."""
    found: list[nn.Module] = []
    within: set[int] = set()
    for module in model.modules():
        members = list(module.children()) if isinstance(module, nn.ModuleList | nn.Sequential) else []
        if id(module) in within or len(members) < 2 or len({type(one) for one in members}) != 1:
            continue
        if not any(True for _ in members[0].children()):
            continue
        # timm's stages are such a list of lists; the blocks are their members.
        inner = [child for one in members for child in one.children()]
        if any(isinstance(child, nn.ModuleList | nn.Sequential) and len(child) > 1 for child in inner):
            continue
        found += members
        within |= {id(part) for one in members for part in one.modules()}
    return found


@contextmanager
def _inside(blocks: list[nn.Module], seen: Seen, place: list[int]) -> Iterator[None]:
    handles = []
    for number, block in enumerate(blocks):

        def enter(module: nn.Module, args: Any, kwargs: Any, number: int = number) -> None:
            place[0] = number
            given = [one for one in [*args, *kwargs.values()] if isinstance(one, Tensor)]
            seen.inputs[number] = given[0].numel() * given[0].element_size() if given else 0

        def leave(module: nn.Module, args: Any, result: Any) -> None:
            place[0] = -1

        handles += [block.register_forward_pre_hook(enter, with_kwargs=True), block.register_forward_hook(leave)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _add(seen: Seen, block: int, size: int) -> None:
    if block < 0:
        seen.outside += size
    else:
        seen.blocks[block] = seen.blocks.get(block, 0) + size
