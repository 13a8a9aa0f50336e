"""Open the one door to the container engine: find an image, refuse what is not the recorded one, run words in it."""

import os
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from harness.errors import InvalidEvidence, MachineError, UsageError
from harness.record.devices import OLDEST_DRIVER, probe
from harness.run.container_line import RESULTS, SCRATCH, Inside, carried
from harness.schema.run import RunRecord

RECORDED = "recorded"
SET_LABEL, SOURCE_LABEL = "harness.set", "harness.source"
CUDA_OF_IMAGE = 13
NO_GPU_TOOLKIT = "could not select device driver"


def recorded(runs: Iterable[RunRecord]) -> str:
    """Return the one image that the runs of a reference were made in.

    Raises:
        InvalidEvidence: they were made outside of images, or in several.
    """
    images = sorted({run.fingerprint.image or "none" for run in runs})
    if len(images) == 1 and images != ["none"]:
        return images[0]
    told = "outside of any image" if images in ([], ["none"]) else f"in several images ({', '.join(images)})"
    raise InvalidEvidence(
        f"the recorded runs were made {told}, so 'recorded' names no image. Name one: --in-image NAME[@sha256:...]"
    )


def inside(image: str, words: list[str], store: Path, owner: str | None = None) -> Inside:
    """Make the description of a command in an image that the engine holds and that is one of this project's.

    `image` is a name, `name@sha256:...`, an image's id (`sha256:...`), or `source:...` as records hold it.

    Raises:
        MachineError: no engine answers, the driver is too old for the image, or the results' folder takes no file.
        InvalidEvidence: the engine does not hold this very image.
    """
    with closing(_engine()) as client:
        found = _find(client, image)
    gpus = found.labels.get(SET_LABEL) == "gpu"
    if gpus:
        _demand_driver()
    folder = store.resolve()
    _demand_writable(folder)
    seen, mounts = carried(words)
    name = found.tags[0] if found.tags else found.id
    return Inside(name, found.id, seen, folder, owner or f"{os.getuid()}:{os.getgid()}", mounts, gpus)


def run(asked: Inside, out: Callable[[bytes], object], err: Callable[[bytes], object]) -> int:
    """Run the command in its image, hand on what it says, and return its exit code.

    Raises:
        MachineError: the engine refuses to start it, for example because it has no GPU toolkit.
    """
    import docker.errors
    import docker.types

    requests = [docker.types.DeviceRequest(count=-1, capabilities=[["gpu"]])] if asked.gpus else []
    volumes = {str(host): {"bind": there, "mode": "ro"} for host, there in asked.mounts}
    with closing(_engine()) as client:
        try:
            container = client.containers.create(
                asked.digest,
                list(asked.words),
                init=True,
                read_only=True,
                network_mode="none",
                cap_drop=["ALL"],
                security_opt=["no-new-privileges"],
                shm_size=asked.shared_memory,
                user=asked.owner,
                tmpfs={SCRATCH: asked.scratch},
                device_requests=requests,
                volumes={**volumes, str(asked.store): {"bind": RESULTS, "mode": "rw"}},
                environment={"HARNESS_IMAGE_DIGEST": asked.digest},
            )
            try:
                return _followed(container, out, err)
            finally:
                container.remove(force=True)
        except docker.errors.APIError as error:
            raise _refused(str(error.explanation or error)) from error


def _followed(container: Any, out: Callable[[bytes], object], err: Callable[[bytes], object]) -> int:
    """Start a container, hand on what it says, and return its exit code."""
    with closing(container.attach(stdout=True, stderr=True, stream=True, logs=True, demux=True)) as spoken:
        container.start()
        for said, told in spoken:
            if said:
                out(said)
            if told:
                err(told)
    return int(container.wait()["StatusCode"])


def _refused(told: str) -> MachineError:
    if NO_GPU_TOOLKIT in told:
        return MachineError(
            f"the container engine cannot hand on GPUs ({told}). "
            "Install the NVIDIA container toolkit and restart the engine"
        )
    return MachineError(f"the container engine refused to run it: {told}")


def _engine() -> Any:
    """Connect to the engine that the environment names.

    Raises:
        MachineError: none answers.
    """
    import docker.errors

    import docker

    try:
        client = docker.from_env()
        client.ping()
    except docker.errors.DockerException as error:
        where = os.environ.get("DOCKER_HOST", "the default socket")
        raise MachineError(
            f"no container engine answers at {where} ({error}). Start Docker, or name another: DOCKER_HOST"
        ) from error
    return client


def _find(client: Any, image: str) -> Any:
    """Return an image of this project that the engine holds."""
    import docker.errors

    if image.startswith("source:"):
        held = client.images.list(filters={"label": f"{SOURCE_LABEL}={image.removeprefix('source:')}"})
        if held:
            return held[0]
        raise _absent(image)
    try:
        found = client.images.get(image)
    except (docker.errors.ImageNotFound, docker.errors.NotFound) as error:
        raise _absent(image) from error
    if SET_LABEL not in found.labels:
        raise UsageError(f"{image} is no image of this project (it has no label {SET_LABEL}). Build one: docker/build")
    return found


def _absent(image: str) -> InvalidEvidence:
    return InvalidEvidence(
        f"this engine does not hold the image {image}. Load it (docker load, docker pull) or build it at the recorded "
        "commit (docker/build cpu); another image would not be the recorded one"
    )


def _demand_driver() -> None:
    found, need = probe(), OLDEST_DRIVER[CUDA_OF_IMAGE]
    if found is None:
        raise MachineError("this image needs an NVIDIA driver, and none is loaded. Use the cpu image, or install one")
    if found.branch < need:
        raise MachineError(
            f"this image's CUDA {CUDA_OF_IMAGE} needs driver {need} or newer, this machine has {found.driver}. "
            "Update the driver, or use the cpu image"
        )


def _demand_writable(folder: Path) -> None:
    """Write and remove a file where the results will go, so that a long run does not end in a refusal."""
    trial = folder / f".trial-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"\0" * 4096)
        trial.unlink()
    except OSError as error:
        raise MachineError.of_disk(error) or MachineError(f"{folder} takes no results: {error}") from error
