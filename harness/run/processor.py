"""Fix what a processor may vary: threads and instruction sets, before any library looks at them.

Floating-point sums depend on their order, and the order on the number of threads and the width of the vector unit. One
thread and AVX2 on every machine give the same order on every x86-64 processor with AVX2. Three libraries choose
kernels by processor, each with its own switch: ATen (`ATEN_CPU_CAPABILITY`), oneDNN (`ONEDNN_MAX_CPU_ISA`) and MKL
(`MKL_CBWR`, conditional numerical reproducibility). MKL honours AVX2 on Intel processors only; on others it takes its
own path, so weights trained there may differ in the last bits, and the verdict rests on statistics instead.
The switches are read when the libraries load, so they are set on child processes and never inside one.

On a GPU, float32 stands for float32: by default cuDNN rounds what a convolution multiplies to ten bits of mantissa
(TF32), which moves features in their third digit. bfloat16 is asked for by a recipe's precision, never by a library.
"""

import os
from pathlib import Path

from harness.errors import MachineError
from harness.schema.machine import MachineSpec

QUIET = {
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "PYTHONUNBUFFERED": "1",
}
WHOLE_FLOAT32 = {"NVIDIA_TF32_OVERRIDE": "0"}
INSTRUCTION_SETS = {
    "native": {},
    "avx2": {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_CBWR": "AVX2"},
}


def environment(machine: MachineSpec) -> dict[str, str]:
    """Return the environment of a child process that computes.

    Raises:
        MachineError: the processor lacks the instruction set that the machine file asks for.
    """
    if machine.instruction_set == "avx2" and "avx2" not in flags():
        raise MachineError(
            "this processor has no AVX2, which machine.instruction_set=avx2 asks for. "
            "Add machine.instruction_set=native to run all the same; weights will then differ in their last bits."
        )
    threads = str(machine.threads)
    return {
        **os.environ,
        **QUIET,
        **INSTRUCTION_SETS[machine.instruction_set],
        **(WHOLE_FLOAT32 if machine.accelerator == "cuda" else {}),
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        "PYTHONHASHSEED": "0",
        # The folder that words are typed in may be a stranger's: no module of it is taken for a library's.
        "PYTHONSAFEPATH": "1",
    }


def flags() -> frozenset[str]:
    """Return the processor's feature flags as the kernel lists them; empty where it lists none."""
    listing = Path("/proc/cpuinfo")
    if not listing.exists():
        return frozenset()
    for line in listing.read_text().splitlines():
        if line.startswith("flags"):
            return frozenset(line.partition(":")[2].split())
    return frozenset()
