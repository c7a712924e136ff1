import sys

import pytest

from driftscope.core.capture import wheel


@pytest.fixture
def installed(monkeypatch):
    """Say which distributions are installed."""

    def install(*names: str) -> None:
        def version(name: str) -> str:
            if name not in names:
                raise wheel.metadata.PackageNotFoundError(name)
            return "5.0"

        monkeypatch.setattr(wheel.metadata, "version", version)

    return install


def test_the_headless_wheel_alone_is_well(installed) -> None:
    installed(wheel.OURS)
    assert wheel.wrong_wheel() == ""


@pytest.mark.parametrize("name", wheel.CLASHING)
def test_another_wheel_is_told_with_what_to_run(installed, name: str) -> None:
    installed(wheel.OURS, name)
    told = wheel.wrong_wheel()
    assert f"pip uninstall -y {name} &&" in told and told.endswith(wheel.OURS)


def test_what_is_installed_here_is_well_and_nothing_is_imported(monkeypatch) -> None:
    monkeypatch.delitem(sys.modules, "cv2", raising=False)
    assert wheel.wrong_wheel() == "" and "cv2" not in sys.modules
