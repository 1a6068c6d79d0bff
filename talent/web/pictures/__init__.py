"""Geometry of the pictures: plain data in, positions out.

Each module holds the input of one picture, the geometry it becomes and the pure function between them.
The macros in ``templates/pictures`` only draw. Lengths are SVG user units, rounded to a tenth.
"""

from talent.web.pictures.columns import Column, Part, columns
from talent.web.pictures.evidence import Measure, curves
from talent.web.pictures.hours import HoursBar, hours_bars
from talent.web.pictures.lines import Series, diverging, limit_bar, shares, trends
from talent.web.pictures.months import Month, months
from talent.web.pictures.radar import Axis, radar
from talent.web.pictures.rates import rates
from talent.web.pictures.strip import School, strip
from talent.web.pictures.timeline import Dot, Lane, Span, timeline
from talent.web.pictures.tones import TIER_LAYERS, layer_of, tone_class
from talent.web.pictures.tower import Layer, TowerYear, tower, tower_on_phone, towers
from talent.web.pictures.year import Bar, month_cells, month_middles, year_strip

__all__ = [
    "TIER_LAYERS",
    "Axis",
    "Bar",
    "Column",
    "Dot",
    "HoursBar",
    "Lane",
    "Layer",
    "Measure",
    "Month",
    "Part",
    "School",
    "Series",
    "Span",
    "TowerYear",
    "columns",
    "curves",
    "diverging",
    "hours_bars",
    "layer_of",
    "limit_bar",
    "month_cells",
    "month_middles",
    "months",
    "radar",
    "rates",
    "shares",
    "strip",
    "timeline",
    "tone_class",
    "tower",
    "tower_on_phone",
    "towers",
    "trends",
    "year_strip",
]
