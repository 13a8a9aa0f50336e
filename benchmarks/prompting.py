"""Word the parts of a prompt that several benchmarks share, as the three harnesses word them.

Sources: cambrian-mllm/cambrian @ 539ffc3, eval/eval/*/*_eval.py (`question_extension`); EvolvingLMMs-Lab/lmms-eval @
75571cf, tasks/*/*.yaml (`post_prompt`); open-compass/VLMEvalKit @ e8e78f0, vlmeval/dataset/image_mcq.py and
image_vqa.py.
"""

from benchmarks.card import Sample

LETTER_SUFFIX = "Answer with the option's letter from the given choices directly."
SHORT_SUFFIX = "Answer the question using a single word or phrase."


def lettered(sample: Sample) -> str:
    """List the choices one a line: `A. first`."""
    return "\n".join(f"{letter}. {choice}" for letter, choice in zip(sample.letters, sample.choices, strict=True))


def question_then_short_suffix(sample: Sample) -> str:
    """Ask for a single word or phrase; the three harnesses word it alike."""
    return f"{sample.question}\n{SHORT_SUFFIX}"


def question_options_letter_suffix(sample: Sample) -> str:
    """Ask for a letter as Cambrian and lmms-eval do."""
    return f"{sample.question}\n{lettered(sample)}\n{LETTER_SUFFIX}"


def vlmevalkit_choice(sample: Sample) -> str:
    """Ask for an option as VLMEvalKit's default does; it ends in a blank and a line break."""
    return (
        f"Question: {sample.question}\nOptions:\n{lettered(sample)}\n"
        "Please select the correct answer from the options above. \n"
    )
