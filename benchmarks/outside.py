"""Build a sample from what another harness wrote about it, so that its answer can be marked without the dataset.

An object has `id`, `prediction`, `answer` or `answers`, `choices` (a list, or null where the question is open) and
`meta`, which holds what the rules and the pooling need beside them:

| benchmark | `meta` needs | spelt also |
|---|---|---|
| MME | `task`, `pair` | `category`, `subtask`; `pair_id`, `question_id`, `group`, `image`, `image_path` |
| MMBench | `group` | `question_group`, `circular_group`, `pair`; or `index`, whose last six digits are the group |
| MMVP | `pair` | `pair_id`, `pair_index`, `group` |
| CV-Bench 2D | `source` (ADE20K or COCO), but for lmms-eval's plain mean | `dataset` |
| OCRBench | `category`; lmms-eval looks at `dataset` if it is there | `question_type`, `type` |
| MathVista | `answer_type` of open questions; `precision` of decimals | `question_type`, `type` |

What stands beside a score needs more, and no mark depends on it: `cluster` for the standard error (what the question
shares with others, its picture or document; spelt also `image_id`, `imageId`, `ucsf_document_id`, `image`,
`image_path`; without it a pair or group is one, and any other answer one of its own) and `kind` for the blind baseline
(the question type; without it the category with the number of choices, or with the opening word of `question`).

The gold answer of a choice question may be its letter, its letter in brackets, the text of one choice, or the number of
a choice counted from 0. Nothing that is missing is guessed.
"""

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from benchmarks.card import Benchmark, Protocol, Sample
from benchmarks.errors import InvalidData
from benchmarks.ocr_chart.ocrbench import FORMULA_SET, FORMULAS
from benchmarks.opening import opening_word
from benchmarks.pooling import GroupMean, SumOfTasks

KEYS = frozenset(("id", "prediction", "answer", "answers", "choices", "meta"))
CHOSEN = frozenset(("mmbench", "seed_image", "scienceqa_image", "ai2d", "mmvp", "cv_bench_2d", "cv_bench_3d"))
"""Every question of these has choices; MMMU, MathVista and RealWorldQA have open ones too."""
ROTATION = 1_000_000
_SPELT: Mapping[str, tuple[str, ...]] = {
    "task": ("task", "category", "subtask"),
    "pair": ("pair", "pair_id", "pair_index", "question_id", "group", "image", "image_path"),
    "group": ("group", "question_group", "circular_group", "pair"),
    "look_alike": ("look_alike", "group", "question_group", "circular_group", "pair"),
    "source": ("source", "dataset"),
    "category": ("category", "question_type", "type"),
    "answer_type": ("answer_type", "question_type", "type"),
}
_CLUSTERS = ("image_id", "imageId", "ucsf_document_id", "image", "image_path")


def sample_of(given: Mapping[str, Any], benchmark: Benchmark, protocol: Protocol) -> Sample:
    """Build the sample that an object speaks of; its prediction plays no part.

    Raises:
        InvalidData: a part is missing or is not what it should be; the message says which and what came.
    """
    name = identity(given)
    told = _meta(given)
    choices = _choices(given, benchmark)
    answers = _answers(given, choices, benchmark)
    meta = _needed(benchmark, protocol, told, bool(choices))
    question = str(told.get("question", ""))
    category = meta.get("category") or str(told.get("category", ""))
    form = f"{len(choices)} options" if choices else opening_word(question)
    return Sample(
        id=name,
        question=question,
        pictures=(),
        choices=choices,
        answers=answers,
        category=category,
        kind=_word(told.get("kind")) or ", ".join(part for part in (category, form) if part),
        cluster=_cluster(told, meta),
        meta=meta,
    )


def _cluster(told: Mapping[str, Any], meta: Mapping[str, str]) -> str:
    """Name what the question shares with others; nothing if it is not told."""
    if named := _word(told.get("cluster")):
        return named
    if "pair" in meta:
        return f"{meta.get('task', '')}/{meta['pair']}"
    spelt = (_word(told.get(spelling)) for spelling in _CLUSTERS)
    return next((word for word in spelt if word), "") or meta.get("group", "") or meta.get("look_alike", "")


def identity(given: Mapping[str, Any]) -> str:
    """Return the id, a text or a whole number, as text.

    Raises:
        InvalidData: it is absent, blank or something else.
    """
    name = given.get("id")
    if isinstance(name, int) and not isinstance(name, bool):
        return str(name)
    if not isinstance(name, str) or not name.strip():
        raise InvalidData(f"expected an id, a text or a whole number; came {_shown(name)}")
    return name


def prediction_of(given: Mapping[str, Any]) -> str:
    """Return the answer to be marked; null is an empty one.

    Raises:
        InvalidData: it is absent or no text.
    """
    if "prediction" not in given:
        raise InvalidData(f"expected a prediction; the object has {', '.join(sorted(given)) or 'nothing'}")
    text = given["prediction"]
    if text is not None and not isinstance(text, str):
        raise InvalidData(f"expected the prediction as text; came {_shown(text)}")
    return text or ""


def _meta(given: Mapping[str, Any]) -> Mapping[str, Any]:
    meta = given.get("meta")
    if meta is not None and not isinstance(meta, Mapping):
        raise InvalidData(f"expected meta as an object; came {_shown(meta)}")
    return meta or {}


def _choices(given: Mapping[str, Any], benchmark: Benchmark) -> tuple[str, ...]:
    came = given.get("choices")
    if came is None or came == []:
        if benchmark.name in CHOSEN:
            raise InvalidData(f"every question of {benchmark.title} has choices; came {_shown(came)}")
        return ()
    if not isinstance(came, list) or len(came) > len(ascii_uppercase):
        raise InvalidData(f"expected choices as a list of at most {len(ascii_uppercase)} texts; came {_shown(came)}")
    return tuple(_text(one, "a choice") for one in came)


def _answers(given: Mapping[str, Any], choices: Sequence[str], benchmark: Benchmark) -> tuple[str, ...]:
    several, one = given.get("answers"), given.get("answer")
    if several is None and one is None:
        raise InvalidData("expected the gold under answer or answers; came neither")
    if several is not None and (not isinstance(several, list) or not several):
        raise InvalidData(f"expected answers as a list of texts; came {_shown(several)}")
    golds = several if several is not None else one if isinstance(one, list) and one else [one]
    if choices:
        if len(golds) != 1:
            raise InvalidData(f"a question with choices has one answer; came {len(golds)}")
        return (_chosen(golds[0], choices, benchmark),)
    texts = tuple(_text(gold, "an answer") for gold in golds)
    if benchmark.name == "mme":
        if len(texts) != 1 or texts[0].strip().lower() not in ("yes", "no"):
            raise InvalidData(f"{benchmark.title} asks for Yes or No; came {_shown(list(texts))}")
        return (texts[0].strip().capitalize(),)
    return texts


def _chosen(gold: Any, choices: Sequence[str], benchmark: Benchmark) -> str:
    """Return the letter of the right choice."""
    letters = ascii_uppercase[: len(choices)]
    if isinstance(gold, int) and not isinstance(gold, bool) and 0 <= gold < len(choices):
        return letters[gold]
    if isinstance(gold, str):
        bare = gold.strip().strip("()").rstrip(".:").strip().upper()
        if len(bare) == 1 and bare in letters:
            return bare
        places = [place for place, choice in enumerate(choices) if choice.strip() == gold.strip()]
        if len(places) == 1:
            return letters[places[0]]
    raise InvalidData(
        f"the answer to {benchmark.title}'s choices is one of {', '.join(letters)} or their text; came {_shown(gold)}"
    )


def _needed(benchmark: Benchmark, protocol: Protocol, told: Mapping[str, Any], chosen: bool) -> dict[str, str]:
    """Take what the protocol's pooling and the benchmark's rules look up."""
    pool = protocol.pool
    wanted = [pool.key] if isinstance(pool, GroupMean) else []
    if isinstance(pool, SumOfTasks):
        wanted = [pool.task, pool.pair]
    if benchmark.name == "ocrbench":
        wanted = ["category"]
    if benchmark.name == "mathvista" and not chosen:
        wanted = ["answer_type"]
    found = {key: _looked_up(key, told, benchmark, protocol) for key in wanted}
    if benchmark.name == "ocrbench":
        # Upstream tells formulas by their dataset; it is the only one of that category.
        same = FORMULA_SET if found["category"] == FORMULAS else "another"
        found["dataset"] = _word(told.get("dataset")) or same
    if benchmark.name == "mathvista":
        found.setdefault("answer_type", "")
        # A precision written 1.0 is another than 1: see the card's quirk.
        found["precision"] = str(told.get("precision") if told.get("precision") is not None else "")
        if found["answer_type"] == "float" and protocol.name == "lmms_eval" and not found["precision"]:
            raise InvalidData("a decimal answer is rounded to meta.precision; came none")
    return found


def _looked_up(key: str, told: Mapping[str, Any], benchmark: Benchmark, protocol: Protocol) -> str:
    for spelling in _SPELT.get(key, (key,)):
        if word := _word(told.get(spelling)):
            return word
    index = _word(told.get("index"))
    if key in ("group", "look_alike") and index.isascii() and index.isdecimal():
        return str(int(index) % ROTATION)
    spelt = ", ".join(_SPELT.get(key, (key,)))
    raise InvalidData(
        f"{benchmark.title} under {protocol.name} needs meta.{key} (or {spelt}); came {_shown(dict(told))}"
    )


def _word(came: Any) -> str:
    if isinstance(came, bool) or not isinstance(came, str | int | float):
        return ""
    # 3.0 is how a sheet writes 3.
    return str(int(came)) if isinstance(came, float) and came.is_integer() else str(came).strip()


def _text(came: Any, what: str) -> str:
    if isinstance(came, str):
        return came
    if isinstance(came, int | float) and not isinstance(came, bool):
        return str(came)
    raise InvalidData(f"expected {what} as text; came {_shown(came)}")


def _shown(came: object) -> str:
    shown = repr(came)
    return shown if len(shown) <= 80 else shown[:77] + "..."
