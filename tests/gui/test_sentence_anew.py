"""What is said while the model warms up: at the beginning, and again after what was left out."""

from driftscope.gui.sentence import state_words
from driftscope.gui.session import Session


def test_a_stream_that_goes_on_is_not_said_to_begin(session: Session) -> None:
    session.health.state, session.health.updates = "warming up", 0
    assert "the first predictions come soon" in state_words(session, 0.0)
    session.health.updates = 900
    assert "predictions come again soon" in state_words(session, 0.0)
