"""List a folder's files with their digests, and say exactly how a folder differs from its list."""

from pathlib import Path

from harness.errors import InvalidEvidence
from harness.record import durable, strict_json
from harness.schema.frozen import Frozen, canonical
from harness.schema.run import OutputFile

NAME = "manifest.json"
NAMED = 3


class Manifest(Frozen):
    """Hold every file of a folder but the manifest itself: relative path with `/` -> digest and size."""

    files: dict[str, OutputFile]

    @classmethod
    def of(cls, folder: Path) -> "Manifest":
        """Read the digests of all files below a folder.

        Raises:
            InvalidEvidence: something in the folder is neither a plain file nor a folder.
        """
        files = {}
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                raise InvalidEvidence(f"{path} is a link or a device; only plain files belong there. Remove it.")
            name = path.relative_to(folder).as_posix()
            if path.is_file() and name != NAME:
                files[name] = OutputFile(sha256=durable.sha256_of(path), size=path.stat().st_size)
        return cls(files=files)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read a folder's list.

        Raises:
            InvalidEvidence: the list is absent, edited or torn.
        """
        return strict_json.read(cls, folder / NAME)

    def write(self, folder: Path) -> None:
        """Write the list into the folder, whole or not at all."""
        durable.write_bytes(folder / NAME, canonical(self.plain()), folder / f".{NAME}.partial")

    def check(self, folder: Path) -> None:
        """Demand that the folder holds exactly the listed files with the listed content.

        Raises:
            InvalidEvidence: a file is missing, not listed, or of another digest (expected and found are named).
        """
        found = Manifest.of(folder).files
        for word, names in (
            ("missing", self.files.keys() - found.keys()),
            ("not listed", found.keys() - self.files.keys()),
        ):
            if names:
                some = ", ".join(sorted(names)[:NAMED])
                raise InvalidEvidence(
                    f"{folder}: {len(names):,} of {len(self.files):,} files {word}: {some}. "
                    f"Its {NAME} says otherwise; restore the folder, nothing was overwritten."
                )
        for name, listed in sorted(self.files.items()):
            if found[name] != listed:
                raise InvalidEvidence.digest(
                    str(folder / name),
                    f"{listed.sha256} in {listed.size:,} bytes",
                    f"{found[name].sha256} in {found[name].size:,} bytes",
                    "Restore the file; nothing was overwritten.",
                )
