"""State the columns and types of the hub datasets, table by table, as the mirror writes them."""

import pyarrow as pa

from benchmarks.mini.parquet import IMAGE

_TEXT, _TEXTS, _NUMBER = pa.string(), pa.list_(pa.string()), pa.int32()
_MENTIONS = pa.list_(pa.struct([("objectId", _TEXT), ("value", _TEXT)]))
_STEPS = pa.list_(pa.struct([("operation", _TEXT), ("argument", _TEXT), ("dependencies", pa.list_(_NUMBER))]))

MME = pa.schema([("question_id", _TEXT), ("image", IMAGE), ("question", _TEXT), ("answer", _TEXT), ("category", _TEXT)])
MMBENCH = pa.schema(
    [
        ("index", _NUMBER),
        ("question", _TEXT),
        ("hint", _TEXT),
        ("answer", _TEXT),
        *((letter, _TEXT) for letter in "ABCD"),
        ("category", _TEXT),
        ("image", IMAGE),
        ("source", _TEXT),
        ("L2-category", _TEXT),
        ("comment", _TEXT),
        ("split", _TEXT),
    ]
)
SEED_IMAGE = pa.schema(
    [
        ("answer", _TEXT),
        *((f"choice_{letter}", _TEXT) for letter in "abcd"),
        ("data_id", _TEXT),
        ("data_type", _TEXT),
        ("question", _TEXT),
        ("question_id", _TEXT),
        ("question_type_id", pa.int16()),
        ("image", pa.list_(IMAGE)),
        ("segment", pa.list_(_NUMBER)),
    ]
)
GQA_QUESTIONS = pa.schema(
    [
        ("id", _TEXT),
        ("imageId", _TEXT),
        ("question", _TEXT),
        ("answer", _TEXT),
        ("fullAnswer", _TEXT),
        ("isBalanced", pa.bool_()),
        ("groups", pa.struct([("global", _TEXT), ("local", _TEXT)])),
        ("entailed", _TEXT),
        ("equivalent", _TEXT),
        ("types", pa.struct([("structural", _TEXT), ("semantic", _TEXT), ("detailed", _TEXT)])),
        ("annotations", pa.struct([("question", _MENTIONS), ("answer", _MENTIONS), ("fullAnswer", _MENTIONS)])),
        ("semantic", _STEPS),
        ("semanticStr", _TEXT),
    ]
)
GQA_IMAGES = pa.schema([("id", _TEXT), ("image", IMAGE)])
SCIENCEQA_IMAGE = pa.schema(
    [
        ("image", IMAGE),
        ("question", _TEXT),
        ("choices", _TEXTS),
        ("answer", pa.int8()),
        *((name, _TEXT) for name in ("hint", "task", "grade", "subject", "topic", "category", "skill", "lecture")),
        ("solution", _TEXT),
    ]
)
MMMU = pa.schema(
    [
        *((name, _TEXT) for name in ("id", "question", "options", "explanation")),
        *((f"image_{place}", IMAGE) for place in range(1, 8)),
        *((name, _TEXT) for name in ("img_type", "answer", "topic_difficulty", "question_type", "subfield")),
    ]
)
MATHVISTA = pa.schema(
    [
        ("pid", _TEXT),
        ("question", _TEXT),
        ("image", _TEXT),
        ("decoded_image", IMAGE),
        ("choices", _TEXTS),
        ("unit", _TEXT),
        ("precision", pa.float64()),
        ("answer", _TEXT),
        ("question_type", _TEXT),
        ("answer_type", _TEXT),
        (
            "metadata",
            pa.struct(
                [
                    ("category", _TEXT),
                    ("context", _TEXT),
                    ("grade", _TEXT),
                    ("img_height", pa.int64()),
                    ("img_width", pa.int64()),
                    ("language", _TEXT),
                    ("skills", _TEXTS),
                    ("source", _TEXT),
                    ("split", _TEXT),
                    ("task", _TEXT),
                ]
            ),
        ),
        ("query", _TEXT),
    ]
)
AI2D = pa.schema([("question", _TEXT), ("options", _TEXTS), ("answer", _TEXT), ("image", IMAGE)])
CHARTQA = pa.schema([("type", _TEXT), ("question", _TEXT), ("answer", _TEXT), ("image", IMAGE)])
OCRBENCH = pa.schema(
    [("dataset", _TEXT), ("question", _TEXT), ("question_type", _TEXT), ("answer", _TEXTS), ("image", IMAGE)]
)
TEXTVQA = pa.schema(
    [
        ("image_id", _TEXT),
        ("question_id", _NUMBER),
        ("question", _TEXT),
        ("question_tokens", _TEXTS),
        ("image", IMAGE),
        ("image_width", _NUMBER),
        ("image_height", _NUMBER),
        ("flickr_original_url", _TEXT),
        ("flickr_300k_url", _TEXT),
        ("answers", _TEXTS),
        ("image_classes", _TEXTS),
        ("set_name", _TEXT),
        ("ocr_tokens", _TEXTS),
    ]
)
DOCVQA = pa.schema(
    [
        ("questionId", _TEXT),
        ("question", _TEXT),
        ("question_types", _TEXTS),
        ("image", IMAGE),
        ("docId", pa.int64()),
        ("ucsf_document_id", _TEXT),
        ("ucsf_document_page_no", _TEXT),
        ("answers", _TEXTS),
        ("data_split", _TEXT),
    ]
)
REALWORLDQA = pa.schema([("image", IMAGE), ("image_path", _TEXT), ("question", _TEXT), ("answer", _TEXT)])
CV_BENCH = pa.schema(
    [
        ("idx", _NUMBER),
        ("type", _TEXT),
        ("task", _TEXT),
        ("image", IMAGE),
        ("question", _TEXT),
        ("choices", _TEXTS),
        ("answer", _TEXT),
        ("prompt", _TEXT),
        ("filename", _TEXT),
        ("source", _TEXT),
        ("source_dataset", _TEXT),
        ("source_filename", _TEXT),
        ("target_class", _TEXT),
        ("target_size", _NUMBER),
        ("bbox", pa.list_(pa.list_(pa.float32()))),
    ]
)
