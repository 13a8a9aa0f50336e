"""Record where a run happened: what may explain a difference but never defines an entry."""

from pydantic import Field

from harness.schema.frozen import Frozen


class Fingerprint(Frozen):
    """Describe code, image, hardware and software of one run. `None` means: not there, or not known here."""

    commit: str | None
    dirty: bool | None
    image: str | None
    cpu: str
    cpu_count: int = Field(gt=0)
    gpu: str | None
    gpu_count: int = Field(ge=0)
    driver: str | None
    python: str
    packages: dict[str, str]
    switches: dict[str, str]
