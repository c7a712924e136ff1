"""One way to write where a stream comes from."""

from pathlib import Path

import pytest

from driftscope.core import address
from driftscope.core.errors import AddressError, ParamError


@pytest.mark.parametrize(
    ("text", "scheme", "target", "options"),
    [
        ("demo:", "demo", "", {}),
        ("demo", "demo", "", {}),
        ("demo:vibration", "demo", "vibration", {}),
        ("-", "stdin", "", {}),
        ("serial:/dev/ttyUSB0?baud=9600", "serial", "/dev/ttyUSB0", {"baud": "9600"}),
        ("serial:COM3", "serial", "COM3", {}),
        ("serial:socket://127.0.0.1:5000", "serial", "socket://127.0.0.1:5000", {}),
        ("a/b c.csv", "csv", "a/b c.csv", {}),
        ("C:\\data\\run.CSV", "csv", "C:\\data\\run.CSV", {}),
        ("run.csv.gz", "csv", "run.csv.gz", {}),
        ("csv:odd.name", "csv", "odd.name", {}),
    ],
)
def test_addresses(text: str, scheme: str, target: str, options: dict[str, str]) -> None:
    found = address.parse(text)
    assert (found.scheme, found.target, found.options) == (scheme, target, options)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/dev/ttyACM0", "write serial:/dev/ttyACM0"),
        ("COM4", "write serial:COM4"),
        ("rubbish", "It takes camera:, .*csv:, demo:.*serial:"),
        ("", "no source"),
    ],
)
def test_an_unknown_address_says_what_to_write(text: str, told: str) -> None:
    with pytest.raises(AddressError, match=told):
        address.parse(text)


def test_a_file_with_an_unknown_ending_is_offered_as_a_table(tmp_path: Path) -> None:
    file = tmp_path / "run.dat"
    file.write_text("1\n2\n")
    with pytest.raises(AddressError, match="write csv:"):
        address.parse(str(file))


def test_options_are_parameters_of_the_source() -> None:
    device = address.make(address.parse("serial:/dev/null?baud=9600"))
    assert device.params.baud == 9600
    with pytest.raises(ParamError, match="no parameter 'bode'"):
        address.make(address.parse("serial:/dev/null?bode=9600"))


def test_a_url_stays_whole_and_its_password_is_not_shown() -> None:
    text = "rtsp://me:se?cret@host:554/stream?channel=1"
    parsed = address.parse(text)
    assert (parsed.scheme, parsed.target, parsed.options) == ("rtsp", text, {})
    assert address.parse("HTTPS://host/x").target == "HTTPS://host/x"
    assert address.masked("http://me:secret@host/a?b=1") == "http://me:•••@host/a?b=1"
    assert address.masked(text) == "rtsp://me:•••@host:554/stream?channel=1"
    assert address.masked("serial:/dev/ttyUSB0?baud=9600") == "serial:/dev/ttyUSB0?baud=9600"
    with pytest.raises(AddressError) as raised:
        address.all_configured(["http://me:secret@host/"] * 2)
    assert "secret" not in str(raised.value)


def test_a_file_takes_options_too() -> None:
    found = address.parse("clip.mp4?loop=yes&speed=2")
    assert (found.scheme, found.target) == ("video", "clip.mp4")
    assert found.options == {"loop": "yes", "speed": "2"}
    assert address.parse("what?.csv").target == "what?.csv"
