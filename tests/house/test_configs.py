"""The configurations: few, plain, and every number of a recipe with its reason."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.house.sources import ROOT, plant

MOST_FILES = 14
COMMENT = re.compile(r"(^|\s)#\s*\S")
NUMBERS = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"}
# YAML 1.1 reads 1e-3 as text; OmegaConf reads it as the number that is meant.
EXPONENT = re.compile(r"^[-+]?\d+(\.\d*)?[eE][-+]?\d+$")


def config_files(root: Path, folder: str = "") -> list[Path]:
    """List the configuration files below configs/, or below one group of it."""
    return sorted((root / "configs" / folder).rglob("*.yaml"))


def nodes(path: Path) -> Iterator[yaml.Node]:
    """Walk every node of a YAML file, keys before their values."""
    waiting = [yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            waiting.extend(part for pair in reversed(node.value) for part in reversed(pair))
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(reversed(node.value))
        if node is not None:
            yield node


def keys(path: Path) -> list[tuple[int, str]]:
    """List the mapping keys of a YAML file with their lines.

    Left out are the blocks that speak to Hydra, and a mapping under the name of the file's own group: that is the place
    where Hydra mounts the group in any case.
    """
    found = []
    for node in nodes(path):
        if isinstance(node, yaml.MappingNode):
            found += [
                (key.start_mark.line + 1, key.value)
                for key, value in node.value
                if not (key.value == path.parent.name and isinstance(value, yaml.MappingNode))
            ]
    return [(line, key) for line, key in found if line not in hydra(path)]


def hydra(path: Path) -> set[int]:
    """Name the lines that speak to Hydra: the defaults list and the hydra block."""
    top = next(nodes(path), None)
    pairs = top.value if isinstance(top, yaml.MappingNode) else []
    spoken = [(key.start_mark.line, value.end_mark.line) for key, value in pairs if key.value in {"defaults", "hydra"}]
    return {line + 1 for first, last in spoken for line in range(first, last)}


def too_many(root: Path) -> list[str]:
    """Say so where there are more files than a reader keeps in mind."""
    count = len(config_files(root))
    return [f"{count} configuration files; {MOST_FILES} at most"] if count > MOST_FILES else []


def bare_numbers(root: Path) -> list[str]:
    """List the numbers of recipes without a comment on their line or as the whole line above."""
    faults = []
    for path in config_files(root, "recipe"):
        lines = path.read_text(encoding="utf-8").splitlines()
        for node in nodes(path):
            if not isinstance(node, yaml.ScalarNode) or not (node.tag in NUMBERS or EXPONENT.match(node.value)):
                continue
            line, end = node.start_mark.line, node.end_mark.column
            above = lines[line - 1].strip() if line else ""
            if not COMMENT.search(lines[line][end:]) and not (above.startswith("#") and COMMENT.search(above)):
                faults.append(f"{path.relative_to(root)}:{line + 1} gives {node.value} no source")
    return faults


def clever_yaml(root: Path) -> list[str]:
    """List anchors, aliases, merge keys and objects to instantiate: a config is read, not run."""
    faults = []
    for path in config_files(root):
        for token in yaml.scan(path.read_text(encoding="utf-8")):
            name = {yaml.AnchorToken: "anchor", yaml.AliasToken: "alias", yaml.TagToken: "tag"}.get(type(token))
            if isinstance(token, yaml.ScalarToken) and token.value in {"_target_", "<<"}:
                name = token.value
            if name:
                faults.append(f"{path.relative_to(root)}:{token.start_mark.line + 1} has {name}")
    return faults


def clashing_names(root: Path) -> list[str]:
    """List value keys that are spelt like a group: Hydra refuses to override them."""
    groups = {path.parent.name for path in config_files(root)} - {"configs"}
    return [
        f"{path.relative_to(root)}:{line} has the key {key}, which is a group"
        for path in config_files(root)
        for line, key in keys(path)
        if key in groups
    ]


def unlike_recipes(root: Path) -> list[str]:
    """List the recipes whose top-level keys differ from tiny.yaml's: the small path is the real path."""
    recipes = {path: yaml.safe_load(path.read_text(encoding="utf-8")) for path in config_files(root, "recipe")}
    tiny = next((set(recipe) for path, recipe in recipes.items() if path.stem == "tiny"), set())
    return [
        f"{path.relative_to(root)} differs from tiny.yaml in {', '.join(sorted(set(recipe) ^ tiny))}"
        for path, recipe in recipes.items()
        if set(recipe) != tiny
    ]


@pytest.mark.parametrize("rule", [too_many, bare_numbers, clever_yaml, clashing_names, unlike_recipes])
def test_this_repository_keeps_the_rule(rule):
    assert config_files(ROOT), "there is no configuration to judge"
    assert rule(ROOT) == []


def test_one_file_too_many_is_found(tmp_path):
    assert too_many(plant(tmp_path, {f"configs/recipe/r{i}.yaml": "" for i in range(MOST_FILES)})) == []
    assert too_many(plant(tmp_path, {"configs/study.yaml": ""})) == ["15 configuration files; 14 at most"]


def test_a_number_without_its_source_is_found(tmp_path):
    recipe = """\
# Paper A, table 2.
learning_rate: 1e-3
epochs: 1  # not stated; ours, because one pass is enough
weights:
  - 0.5
  - 2  #
name: "eagle 7"
grid: [3, 3]  # Paper A, section 3
"""
    assert bare_numbers(plant(tmp_path, {"configs/recipe/tiny.yaml": recipe, "configs/machine/cpu.yaml": "n: 2"})) == [
        "configs/recipe/tiny.yaml:5 gives 0.5 no source",
        "configs/recipe/tiny.yaml:6 gives 2 no source",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: &x 1", "anchor"),
        ("a: *x", "alias"),
        ("<<: {}", "<<"),
        ("_target_: a.B", "_target_"),
        ("a: !!set {}", "tag"),
    ],
)
def test_clever_yaml_is_found(tmp_path, text, fault):
    assert clever_yaml(plant(tmp_path, {"configs/study.yaml": text})) == [f"configs/study.yaml:1 has {fault}"]


def test_a_key_spelt_like_a_group_is_found(tmp_path):
    study = "defaults:\n  - recipe: tiny\n  - _self_\nseeds: [0]\nrecipe: tiny\n"
    tiny = "recipe:\n  stages: []\n  machine: cpu\n"
    files = {"configs/study.yaml": study, "configs/recipe/tiny.yaml": tiny, "configs/machine/cpu.yaml": "cores: 1"}
    assert clashing_names(plant(tmp_path, files)) == [
        "configs/recipe/tiny.yaml:3 has the key machine, which is a group",
        "configs/study.yaml:5 has the key recipe, which is a group",
    ]


def test_a_recipe_of_another_shape_is_found(tmp_path):
    tree = plant(tmp_path, {"configs/recipe/tiny.yaml": "a: x", "configs/recipe/full.yaml": "a: x\nb: y"})
    assert unlike_recipes(tree) == ["configs/recipe/full.yaml differs from tiny.yaml in b"]
