"""What a benchmark asks is found in a training mixture, copied or changed a little, and nothing else is."""

import io

import numpy as np
import pytest
from PIL import Image

from benchmarks.card import Picture, Sample
from harness.data.contamination import Scanner
from harness.errors import InvalidEvidence

LONG = "How many people stand left of the red car in front of the old station?"


def photograph(seed: int, width: int = 320, height: int = 240) -> Image.Image:
    """Draw something with the spectrum of a photograph: noise whose amplitude falls with frequency."""
    draw = np.random.default_rng(seed)
    rows, columns = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None]
    fall = 1 / np.maximum(np.hypot(rows, columns), 1 / max(width, height)) ** 1.5
    plane = np.fft.ifft2(np.fft.fft2(draw.normal(size=(height, width))) * fall).real
    scaled = 255 * (plane - plane.min()) / (plane.max() - plane.min())
    return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")


def encoded(picture: Image.Image, form: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def sample(number: int, question: str = "What is this?") -> Sample:
    picture = Picture.of(encoded(photograph(number)))
    return Sample(str(number), question, (picture,), (), ("yes",), "", "", str(number))


def record(name: str, image: str | None, *questions: str) -> dict:
    turns = [{"from": who, "value": words} for asked in questions for who, words in (("human", asked), ("gpt", "yes"))]
    return {"id": name, "conversations": turns} | ({"image": image} if image else {})


def cropped(picture: Image.Image, share: float) -> Image.Image:
    width, height = picture.size
    return picture.crop(
        (round(share * width), round(share * height), round((1 - share) * width), round((1 - share) * height))
    )


CHANGES = {
    "copied": lambda one: encoded(one),
    "resized": lambda one: encoded(one.resize((200, 150))),
    "enlarged": lambda one: encoded(one.resize((640, 480))),
    "recompressed": lambda one: encoded(one, "JPEG", quality=40),
    "cut by 3 %": lambda one: encoded(cropped(one, 0.03)),
    "cut by 5 %": lambda one: encoded(cropped(one, 0.05)),
    "cut by 10 % and recompressed": lambda one: encoded(cropped(one, 0.1), "JPEG", quality=60),
}


@pytest.fixture(scope="module")
def scanner():
    return Scanner([("chartqa", [sample(number) for number in range(20)]), ("gqa", [sample(99, LONG)])])


@pytest.mark.parametrize("change", CHANGES)
def test_a_planted_picture_is_found_however_it_was_changed(scanner, tmp_path, change):
    (tmp_path / "a").write_bytes(CHANGES[change](photograph(7)))
    (found,) = scanner.scan([record("r", "a", "<image>\nWhat is THIS ?")], tmp_path).findings
    assert (found.benchmark, found.sample, found.record) == ("chartqa", "7", "r")
    assert found.how == ("same picture" if change == "copied" else "like picture")
    assert found.likeness > 0.95
    assert found.asked == 100


def test_other_pictures_are_not_found(scanner, tmp_path):
    for number in range(100, 160):
        (tmp_path / str(number)).write_bytes(encoded(photograph(number)))
    scan = scanner.scan((record(str(n), str(n), "What is this?") for n in range(100, 160)), tmp_path)
    assert scan.findings == []
    assert (scan.records, scan.pictures, scan.unread) == (60, 60, [])


def test_a_blank_picture_is_like_nothing(scanner, tmp_path):
    (tmp_path / "a").write_bytes(encoded(Image.new("RGB", (64, 64), "white")))
    assert scanner.scan([record("r", "a", "What is this?")], tmp_path).findings == []


def test_a_picture_asked_about_otherwise_is_found_but_its_sample_is_not_taken(scanner, tmp_path):
    (tmp_path / "a").write_bytes(encoded(photograph(7)))
    scan = scanner.scan([record("r", "a", "Describe the weather.")], tmp_path)
    assert [one.how for one in scan.findings] == ["same picture"]
    assert scan.taken() == {}
    scan = scanner.scan([record("r", "a", "Describe the weather.", "What is this?")], tmp_path)
    assert scan.taken() == {"chartqa": {"7"}}


@pytest.mark.parametrize(
    "words", [LONG, LONG.replace("old ", ""), LONG.upper().replace("?", "!") + "\nAnswer shortly."]
)
def test_a_long_question_is_found_without_its_picture(scanner, tmp_path, words):
    scan = scanner.scan([record("r", None, words)], tmp_path)
    assert [(found.benchmark, found.how) for found in scan.findings] == [("gqa", "like question")]
    assert scan.taken() == {}


@pytest.mark.parametrize("words", ["What is this?", "How many dogs sleep right of the blue house behind a new school?"])
def test_a_short_question_or_another_long_one_is_no_finding(scanner, tmp_path, words):
    assert scanner.scan([record("r", None, words)], tmp_path).findings == []


def test_pictures_that_are_absent_or_broken_are_counted_and_named(scanner, tmp_path):
    (tmp_path / "torn").write_bytes(encoded(photograph(7))[:900])
    scan = scanner.scan([record("r", "torn", "a"), record("s", "gone", "a"), record("t", "torn", "a")], tmp_path)
    assert [line.partition(":")[0] for line in scan.unread] == [str(tmp_path / "torn"), str(tmp_path / "gone")]
    assert (scan.records, scan.pictures) == (3, 2)


def test_a_record_without_turns_is_refused(scanner, tmp_path):
    with pytest.raises(InvalidEvidence, match=r"record 1 has no conversations"):
        scanner.scan([{"id": "r"}], tmp_path)
