import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from benchmarks.mini.png import encode


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 256), st.integers(0, 2**32 - 1))
def test_decoding_gives_back_every_pixel(height, width, colours, seed):
    generator = np.random.default_rng(seed)
    palette = generator.integers(0, 256, (colours, 3), np.uint8)
    pixels = generator.integers(0, colours, (height, width), np.uint8)
    with Image.open(io.BytesIO(encode(pixels, palette))) as image:
        assert np.array_equal(np.asarray(image.convert("RGB")), palette[pixels])
