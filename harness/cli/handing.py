"""Hand verdicts on, in the files that were asked for: to CI, to a reader, or signed to whoever trusts the signer."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from harness.config.places import REFERENCE
from harness.errors import InvalidEvidence, UsageError
from harness.record import attestation, durable, signing
from harness.record.fingerprint import collect
from harness.report import verdicts as reports
from harness.schema.verdict import Verdict, worst

SEALED = ".dsse.json"
GITHUB = "github"


@dataclass(frozen=True, slots=True)
class Reports:
    """Hold which reports were asked for, and the private key that signs one of them."""

    words: tuple[str, ...]
    key: Path | None

    @classmethod
    def asked(cls, report: str, key: Path | None = None) -> Self:
        """Read words with commas between, before any work is done.

        Raises:
            UsageError: one is of an unknown kind, or what is to be signed has no key, or a key nothing to sign.
        """
        words = tuple(word.strip() for word in report.split(",") if word.strip())
        for word in words:
            if word != GITHUB and not word.endswith((".xml", ".md", SEALED)):
                raise UsageError(
                    f"no report '{word}'. Known: a file .xml (JUnit), .md (Markdown) or {SEALED} (signed), {GITHUB}"
                )
        sealed = [word for word in words if word.endswith(SEALED)]
        if sealed and key is None:
            raise UsageError(f"{sealed[0]} is signed: --key key.pem (openssl genpkey -algorithm ed25519 -out key.pem)")
        if key is not None and not sealed:
            raise UsageError(f"--key signs a verdict, but none was asked for: --report verdict{SEALED}")
        if key is not None:
            signing.private(key)
        return cls(words, key)

    def write(self, rows: Sequence[Verdict], whole: reports.Whole | None) -> None:
        """Write them; `whole` speaks for all rows together, or for evidence without any.

        Raises:
            HarnessError: the disk refuses.
        """
        for word in self.words:
            if word == GITHUB:
                sys.stderr.write(reports.annotations(rows, whole))
                continue
            path = Path(word)
            durable.write_bytes(path, self._bytes(path, rows, whole), path.with_name(f".{path.name}.partial"))

    @contextmanager
    def of_refusals(self) -> Iterator[None]:
        """Write the reports also of evidence that is refused before any entry is judged: a gate never ends without.

        But for the signed one, which names the reference that it speaks about.
        """
        try:
            yield
        except InvalidEvidence as error:
            plain = tuple(word for word in self.words if not word.endswith(SEALED))
            replace(self, words=plain).write([], reports.Whole("INVALID", str(error)))
            raise

    def _bytes(self, path: Path, rows: Sequence[Verdict], whole: reports.Whole | None) -> bytes:
        if path.suffix == ".xml":
            return reports.junit(rows, whole)
        if path.suffix == ".md" or self.key is None:
            return reports.markdown(rows, whole).encode()
        spoken = attestation.Spoken(
            made_at=datetime.now(UTC),
            commit=collect().commit,
            reference=durable.sha256_of(REFERENCE / "manifest.json"),
            outcome=whole.outcome if whole else worst(row.outcome for row in rows),
            why=whole.why if whole else rows[0].why,
            verdicts=tuple(rows),
        )
        return attestation.seal(spoken, self.key)
