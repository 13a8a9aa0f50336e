"""Read a tree of this project's shape: its Python files, their imports and calls, and the text that git keeps.

Every rule of the house is a function from a root folder to a list of faults. The tests give it this repository, where
it must find none, and a small tree with one planted fault, where it must find that one.
"""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("benchmarks", "harness")


@dataclass(frozen=True, slots=True)
class Import:
    """One name that a module asks for: where, which, and whether only when a function runs."""

    line: int
    name: str
    deferred: bool

    @property
    def package(self) -> str:
        """Name the top-level package that is asked for."""
        return self.name.partition(".")[0]


def python_files(root: Path, folders: tuple[str, ...] = PACKAGES) -> list[Path]:
    """List the Python files below the folders, in a stable order."""
    return sorted(path for folder in folders for path in (root / folder).rglob("*.py"))


@cache
def syntax(path: Path) -> ast.Module:
    """Parse a file; a file that does not parse fails every rule."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_name(root: Path, path: Path) -> str:
    """Spell a file as Python would import it."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Walk every call with its dotted name as written (`yaml.load`, `print`); unnamed callees are left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node, ast.unparse(node.func)


def imports(path: Path) -> list[Import]:
    """List what a file imports: statements at any depth, and names given as text to importlib."""
    found: list[Import] = []

    def visit(node: ast.AST, deferred: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend(Import(node.lineno, alias.name, deferred) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.append(Import(node.lineno, node.module, deferred))
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            named = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else "<computed>"
            found.append(Import(node.lineno, str(named), True))
        inside = deferred or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(syntax(path), False)
    return found


def kept_files(root: Path) -> list[Path]:
    """List the files that git keeps or would keep, below the root of a repository."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=root,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = (root / name for name in sorted(set(listing.stdout.split("\0"))) if name)
    return [path for path in paths if path.is_file()]


def kept_text(root: Path) -> Iterator[tuple[Path, str]]:
    """Walk the kept files that are UTF-8 text, with their text."""
    for path in kept_files(root):
        content = path.read_bytes()
        if b"\0" not in content:
            yield path, content.decode("utf-8", errors="replace")


def plant(root: Path, files: dict[str, str]) -> Path:
    """Write a small tree: name -> text. Packages get their faces, so that it imports as a real one does."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        for folder in path.relative_to(root).parents:
            if folder.parts and folder.parts[0] in PACKAGES and not (root / folder / "__init__.py").exists():
                (root / folder / "__init__.py").write_text(f'"""Be the face of {folder}."""\n', encoding="utf-8")
    return root


def plant_kept(root: Path, files: dict[str, str]) -> Path:
    """Write a small tree that git looks after."""
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return plant(root, files)
