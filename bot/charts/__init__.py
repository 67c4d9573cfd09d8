"""Charts as values, and the process that draws them; the one home of the plotting library."""

from bot.charts.chart import Axis, Chart, Hue, Mark, Spot
from bot.charts.painter import NotDrawn, Painter

__all__ = ["Axis", "Chart", "Hue", "Mark", "NotDrawn", "Painter", "Spot"]
