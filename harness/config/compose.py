"""Open the one door to Hydra: overrides in, a validated Study out. OmegaConf types do not leave this file."""

from collections.abc import Iterator, Sequence
from typing import Any

from hydra import compose as hydra_compose
from hydra import initialize_config_dir
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import ValidationError

from harness.config.places import CONFIGS
from harness.errors import UnknownName, UsageError
from harness.schema.machine import MachineSpec
from harness.schema.recipe import Fusion
from harness.schema.study import StoreSpec, Study

GROUPS = ("recipe", "machine", "decoding", "store")
# What a recipe, a machine or a store need not state, so that its file may lack the key that an override gives.
UNSTATED = tuple(
    f"{group}.{name}"
    for group, noun in (("recipe.fusion", Fusion), ("machine", MachineSpec), ("store", StoreSpec))
    for name, field in noun.model_fields.items()
    if not field.is_required() and name != "cluster"
)


def compose(overrides: Sequence[str] = ()) -> Study:
    """Compose configs/study.yaml with `key=value` overrides and judge the result.

    Raises:
        UnknownName: a key or a group's choice that does not exist.
        UsageError: an override that cannot be read, or a value that a Study does not accept.
    """
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        # A recipe may have keys that the default one has not, so the files are chosen before the other words are read.
        known = _plain(hydra_compose("study", [_chosen(word) for word in overrides if _group(word)]))
        for override in overrides:
            _check(override, known)
        try:
            plain = _plain(hydra_compose("study", [_added(override) for override in overrides]))
        except (HydraException, OmegaConfBaseException) as error:
            raise UsageError(f"cannot compose {' '.join(overrides)}: {str(error).splitlines()[0]}") from error
    try:
        return Study.model_validate(plain)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        raise UsageError(f"the study does not hold together: {faults}") from error


def choices(group: str) -> list[str]:
    """List the files of a configuration group."""
    return sorted(path.stem for path in (CONFIGS / group).glob("*.yaml"))


def _plain(config: Any) -> dict[str, Any]:
    return OmegaConf.to_container(config, resolve=True)  # pyright: ignore[reportReturnType]


def _group(override: str) -> bool:
    return override.partition("=")[0] in GROUPS


def _chosen(override: str) -> str:
    """Accept the choice of a group's file.

    Raises:
        UnknownName: the group has no such file.
    """
    key, _, value = override.partition("=")
    if value not in choices(key):
        raise UnknownName(key, value, choices(key))
    return override


def _check(override: str, known: dict[str, Any]) -> None:
    key, equals, _ = override.partition("=")
    if not equals or not key:
        raise UsageError(f"'{override}' is no override. Write key=value, for example machine=cpu or seed=1")
    keys = [*GROUPS, *_keys(known), *UNSTATED]
    if key not in keys:
        raise UnknownName("key", key, keys, _beside(key, keys))


def _beside(key: str, keys: Sequence[str]) -> list[str]:
    """List the keys that stand where an unknown one was looked for: under the longest part of it that is known."""
    parent = key
    while parent and parent not in keys:
        parent = parent.rpartition(".")[0]
    return sorted({one for one in keys if one.rpartition(".")[0] == parent})


def _added(override: str) -> str:
    """Write an override in Hydra's form for a key that the file may lack."""
    return f"++{override}" if override.partition("=")[0] in UNSTATED else override


def _keys(node: Any, prefix: str = "") -> Iterator[str]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in pairs:
        yield f"{prefix}{name}"
        yield from _keys(child, f"{prefix}{name}.")
