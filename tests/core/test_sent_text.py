"""What is typed becomes exactly these bytes."""

import pytest

from driftscope.core.sent_text import of_hex, of_text


@pytest.mark.parametrize(
    ("ending", "data"),
    [("no line end", b"on"), ("LF", b"on\n"), ("CR", b"on\r"), ("CR LF", b"on\r\n")],
)
def test_the_line_end_is_what_was_chosen(ending: str, data: bytes) -> None:
    assert of_text("on", ending) == data


def test_text_is_utf8_and_a_backslash_only_that_unless_escapes_are_on() -> None:
    assert of_text("20 °C \\n", "LF") == b"20 \xc2\xb0C \\n\n"
    typed = r"a\n\x1b[0m\t\\\0\e\u00b0"
    assert of_text(typed, "no line end", True) == b"a\n\x1b[0m\t\\\0\x1b\xc2\xb0"


@pytest.mark.parametrize("typed", [r"\q", r"\x1", "end\\", r"\u12"])
def test_an_escape_that_is_none_is_told(typed: str) -> None:
    with pytest.raises(ValueError, match="is not known"):
        of_text(typed, "LF", True)


@pytest.mark.parametrize("typed", ["48 65 0a", "0x48,0x65,0x0A", "48650a", " 48:65:a "])
def test_hex_is_taken_as_people_write_it(typed: str) -> None:
    assert of_hex(typed) == b"He\n"


@pytest.mark.parametrize("typed", ["", "  ", "xy", "123"])
def test_what_is_no_hex_is_told(typed: str) -> None:
    with pytest.raises(ValueError, match="bytes"):
        of_hex(typed)
