"""What can be done with channels, as a menu: for the list of them and for the plots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu

from driftscope.core.stream import StreamInfo
from driftscope.gui import words
from driftscope.gui.traces import AS_IT_COMES, Look, Traces

MOST_OFFERED, NAME_CHARS = 24, 32
COLOUR, RANGE, UNIT = "Colour…", "Range…", "Unit…"
AS_PUT = {name: getattr(AS_IT_COMES, name) for name in ("colour", "low", "high", "unit")}


def fill(
    menu: QMenu,
    traces: Traces,
    info: StreamInfo,
    chosen: Sequence[str],
    edit: Callable[[Sequence[str], str], object],
) -> None:
    """Add what can be done with the chosen channels.

    `edit` is called with the channels and one of COLOUR, RANGE and UNIT, and asks for it.
    """
    looks = [traces.look(name) for name in chosen]
    many = f" {len(chosen)} channels" if len(chosen) > 1 else ""
    hide = not all(look.hidden for look in looks)
    menu.addAction(
        f"{'Hide' if hide else 'Show'}{many}",
        lambda: traces.change_all(chosen, hidden=hide),
    )
    menu.addAction(f"Show only {'these' if many else 'this'}", lambda: only(traces, info, chosen))
    menu.addSeparator()
    for what in (COLOUR, RANGE, UNIT):
        menu.addAction(what, partial(edit, chosen, what))
    if any(_put(look) for look in looks):
        menu.addAction("As it comes", lambda: traces.change_all(chosen, **AS_PUT))
    menu.addSeparator()
    if many:
        menu.addAction("Into one plot", lambda: traces.join(chosen, chosen[0]))
    _offer_plots(menu, traces, info, chosen)
    names = set(info.channels)
    shared = [traces.look(name).plot for name in names if name not in chosen]
    alone = menu.addAction(
        f"{'Plots of their' if many else 'A plot of its'} own",
        lambda: traces.change_all(chosen, plot=""),
    )
    alone.setEnabled(any(look.plot and (look.plot in shared or len(chosen) > 1) for look in looks))


def only(traces: Traces, info: StreamInfo, chosen: Sequence[str]) -> None:
    """Show some channels and hide all others."""
    rest = [name for name in info.channels if name not in set(chosen)]
    traces.change_all(rest, hidden=True)
    traces.change_all(chosen, hidden=False)


def _offer_plots(menu: QMenu, traces: Traces, info: StreamInfo, chosen: Sequence[str]) -> None:
    """Offer the plots there are, those of several channels first."""
    inside = set(chosen)
    plots = [[info.channels[k] for k in plot] for plot in traces.plots(info)]
    plots = [plot for plot in plots if not inside.issuperset(plot)]
    plots = [plot for plot in plots if inside.isdisjoint(plot) or len(chosen) > 1]
    into = menu.addMenu("Put into plot with")
    into.setEnabled(bool(plots))
    for plot in sorted(plots, key=lambda plot: len(plot) == 1)[:MOST_OFFERED]:
        named = ", ".join(words.shortened(name, NAME_CHARS) for name in plot[:3])
        more = f" and {len(plot) - 3} more" if len(plot) > 3 else ""
        text = f"{named}{more}".replace("&", "&&").replace("\t", " ")
        into.addAction(text, partial(traces.join, chosen, plot[0]))
    if len(plots) > MOST_OFFERED:
        rest = len(plots) - MOST_OFFERED
        into.addAction(f"and {rest} more: drag it there, or choose both").setEnabled(False)


def _put(look: Look) -> bool:
    return any(getattr(look, name) != usual for name, usual in AS_PUT.items())
