"""Canonical form is RFC 8785, whichever encoder writes it."""

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.schema.frozen import canonical, digest_of


def test_canonical_form_is_rfc_8785():
    assert canonical({"b": [1.0, 1e21, "é\n"], "a": None}) == '{"a":null,"b":[1,1e+21,"é\\n"]}'.encode()
    assert digest_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


NUMBERS = st.one_of(
    st.integers(-(2**54), 2**54),
    st.floats(),
    st.sampled_from([0.0, -0.0, 1.0, -7.0, 1e-5, 1e-6, 9.5e-7, 1e15, 1e16, 1e20, 1e21, 1.5e300, 5e-324, 0.1 + 0.2]),
    st.integers(-(10**17), 10**17).map(lambda one: one / 1000),
)
TEXTS = st.one_of(st.text(), st.text(st.characters(max_codepoint=0x7F)), st.sampled_from([":1e5", ",2.0]", "\x7f/\\"]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=1000)
@given(VALUES)
def test_the_quick_way_to_canonical_form_writes_and_refuses_what_the_slow_one_does(value):
    try:
        expected = rfc8785.dumps(value)
    except rfc8785.CanonicalizationError as refusal:
        with pytest.raises(type(refusal)):
            canonical(value)
    else:
        assert canonical(value) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-0.0, "0"),
        (1e-05, "0.00001"),
        (1e16, "10000000000000000"),
        (1e-7, "1e-7"),
        (-120.0, "-120"),
        ([10.05, 100.0, -0.0], "[10.05,100,0]"),
        ({"a": {":2.0,": 2.0}, '\\"1.0': "[1.0]"}, '{"\\\\\\"1.0":"[1.0]","a":{":2.0,":2}}'),
        ({"é": 1.0, "e": 0.1234567890123456}, '{"e":0.1234567890123456,"é":1}'),
    ],
)
def test_a_number_is_spelled_as_rfc_8785_does_and_a_text_stays_as_it_is(value, text):
    assert canonical(value) == text.encode() == rfc8785.dumps(value)
