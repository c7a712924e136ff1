"""The sentence of a device whose lines are not of the text format that was chosen by hand."""

from types import SimpleNamespace

from driftscope.core.decoders.text import TextParams
from driftscope.core.health import Health
from driftscope.core.params import ParamSet
from driftscope.gui.news import TRY_BAUD
from driftscope.gui.sentence import sentence


def test_a_text_format_that_was_chosen_wrongly_is_what_is_told() -> None:
    health = Health()
    health.link, health.bytes = "live", 22
    seen = SimpleNamespace(
        address="serial:a", source_name="a", info=None, health=health, pictures=False,
        paused=False, sources=[], can_release=lambda: True,
        params=ParamSet(decoder=TextParams(format="json")),
    )  # fmt: skip
    seen.health.rejects.append(("1,2", "not a JSON object"))
    told = sentence(seen, strain=f"Most of what arrives is not numbers: {TRY_BAUD}")
    assert told.endswith(
        "no line of the format JSON lines has come yet (last line: ‘1,2’): connect it anew with "
        "another text format."
    )
