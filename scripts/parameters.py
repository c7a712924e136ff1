"""Write docs/parameters.md from the declarations of all parameters."""

from __future__ import annotations

import sys
from pathlib import Path

from driftscope.core import registry
from driftscope.core.params import Params, Spec
from driftscope.core.sections import DetectorParams, LearnerParams, PictureLearnerParams
from driftscope.core.sources.demo import demos

PAGE = Path(__file__).parents[1] / "docs" / "parameters.md"
HEAD = """\
# Parameters

Every parameter the window shows, by the name that `--set` takes: `--set learner.lr=0.3`.
Those of a source can also stand in its address: `demo:?seed=7`.
"At once" are those that act while it runs; the others act when the source or model is next opened.
Made by `make docs` from the declarations in the code.
"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, section("Learner", "learner", LearnerParams)]
    parts.append(section("Learner of pictures, where it differs", "learner", PictureLearnerParams,
                         LearnerParams))  # fmt: skip
    parts.append(section("Detector", "detector", DetectorParams))
    for kind, prefix in (
        ("sources", "source"),
        ("transports", "source"),
        ("decoders", "decoder"),
        ("models", "model"),
        ("picture_models", "model"),
    ):
        for name, plugin in registry.load_all(kind)[0].items():
            title = f"{prefix.capitalize()} `{getattr(plugin, 'scheme', name)}`"
            parts.append(section(title, prefix, plugin.Params))
            if name == "demo":
                parts += [
                    section(f"Source `demo:{each}`", prefix, kind.Params)
                    for each, kind in list(demos().items())[1:]
                ]
    return "\n".join(part for part in parts if part)


def section(title: str, prefix: str, params: type[Params], known: type[Params] = Params) -> str:
    """Return one section's table, without the rows that `known` has too; "" if there is none."""
    rows, others = (
        [row(f"{prefix}.{name}", spec) for name, spec in each.specs().items()]
        for each in (params, known)
    )
    rows = [each for each in rows if each not in others]
    if not rows:
        return ""
    head = ["", f"## {title}", "", "| name | default | range | at once | what turning it does |"]
    return "\n".join([*head, "| --- | --- | --- | --- | --- |", *rows])


def row(name: str, spec: Spec) -> str:
    """Return a parameter's line of the table."""
    default = "auto" if spec.auto is not None and spec.default == spec.auto else text(spec.default)
    live = "yes" if spec.live else "no"
    return f"| `{name}` | {default} | {limits(spec)} | {live} | {spec.help} |"


def limits(spec: Spec) -> str:
    """Return what a parameter may be."""
    if spec.type is bool:
        return "on, off"
    if spec.options():
        return ", ".join(spec.options())
    unit = f" {spec.unit}" if spec.unit else ""
    if spec.low is not None and spec.high is not None:
        return f"{text(spec.low)} to {text(spec.high)}{unit}"
    return f"{text(spec.low)} or more{unit}" if spec.low is not None else f"text{unit}"


def text(value: object) -> str:
    """Return a value as one would type it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.10g}" if isinstance(value, int | float) else str(value)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == page() else "docs/parameters.md is old")
    PAGE.write_text(page(), encoding="utf-8")
