"""Plots as SVG text. The browser's fonts draw the words, so that Korean shows; the page's style gives the colours."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

from evals.figures import Figure

WIDTH = 420
_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 52, 16, 12, 40, 300
_BAR, _GAP = 11, 3
Point = tuple[float, float]


def bars(lines: Mapping[str, Sequence[Figure]], series: Sequence[str], *, unit: str = "", top: float = 1.0) -> str:
    """Horizontal bars from 0 to `top`: below each line's name one bar a series, its interval and its value."""
    room = WIDTH - 92
    parts, y = [_legend(series)] if len(series) > 1 else [], 26 if len(series) > 1 else 6
    for name, figures in lines.items():
        parts.append(f'<text class="name" x="0" y="{y + 11}">{escape(name)}</text>')
        y += 17
        for number, figure in enumerate(figures):
            if figure.n:
                parts += _bar(figure, number, y, room, unit, top)
                y += _BAR + _GAP
        y += 9
    return _svg(parts, y)


def _bar(figure: Figure, number: int, y: int, room: int, unit: str, top: float) -> list[str]:
    def at(value: float) -> float:
        return max(0.0, min(1.0, value / top)) * room

    middle = y + _BAR / 2
    told = f"{figure.value:.0f} {unit}" if unit else f"{figure.value:.2f}  n {figure.n}"
    parts = [
        f'<rect class="track" x="0" y="{y}" width="{room}" height="{_BAR}"/>',
        f'<rect class="s{number}" x="0" y="{y}" width="{at(figure.value):.1f}" height="{_BAR}"/>',
    ]
    if figure.low < figure.high:
        parts.append(
            f'<line class="interval" x1="{at(figure.low):.1f}" x2="{at(figure.high):.1f}" y1="{middle}" y2="{middle}"/>'
        )
    parts.append(f'<text class="value" x="{room + 8}" y="{y + 10}">{escape(told)}</text>')
    return parts


def _legend(series: Sequence[str]) -> str:
    parts, x = [], 0
    for number, name in enumerate(series):
        parts.append(f'<rect class="s{number}" x="{x}" y="4" width="12" height="12"/>')
        parts.append(f'<text x="{x + 17}" y="14">{escape(name)}</text>')
        x += 32 + 8 * len(name)
    return "".join(parts)


def curves(
    lines: Mapping[str, Sequence[Point]],
    *,
    x: str,
    y: str,
    logarithmic: bool = False,
    diagonal: bool = False,
    dots: bool = False,
) -> str:
    """Lines through points, with named axes: from 0 to 1, or over the points' range on logarithmic ones."""
    points = [point for line in lines.values() for point in line]
    across = _Axis.over([a for a, _ in points], logarithmic=logarithmic)
    up = _Axis.over([b for _, b in points], logarithmic=logarithmic)
    parts = [_frame(across, up, x, y)]
    if diagonal:
        parts.append(f'<path class="diagonal" d="{_path([(0, 0), (1, 1)], across, up)}"/>')
    for number, line in enumerate(lines.values()):
        parts.append(f'<path class="line l{number}" d="{_path(line, across, up)}"/>')
        if dots:
            parts += [
                f'<circle class="s{number}" cx="{_across(across, a):.1f}" cy="{_up(up, b):.1f}" r="4"/>'
                for a, b in line
            ]
    height = _HEIGHT
    for number, name in enumerate(lines) if len(lines) > 1 else ():
        parts.append(f'<rect class="s{number}" x="{_LEFT}" y="{height + 2}" width="12" height="12"/>')
        parts.append(f'<text x="{_LEFT + 18}" y="{height + 12}">{escape(name)}</text>')
        height += 18
    return _svg(parts, height)


class _Axis:
    """Maps values to 0..1 of the plot, and knows where its ticks are."""

    def __init__(self, low: float, high: float, ticks: Sequence[float], *, logarithmic: bool) -> None:
        self._low, self._high, self.ticks, self._logarithmic = low, high, ticks, logarithmic

    @classmethod
    def over(cls, values: Sequence[float], *, logarithmic: bool) -> _Axis:
        if not logarithmic:
            return cls(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), logarithmic=False)
        low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        high = max(high, low + 1)
        return cls(low, high, [10.0**power for power in range(low, high + 1)], logarithmic=True)

    def at(self, value: float) -> float:
        placed = math.log10(value) if self._logarithmic else value
        return (placed - self._low) / (self._high - self._low)


def _across(axis: _Axis, value: float) -> float:
    return _LEFT + axis.at(value) * (WIDTH - _LEFT - _RIGHT)


def _up(axis: _Axis, value: float) -> float:
    return _HEIGHT - _BOTTOM - axis.at(value) * (_HEIGHT - _BOTTOM - _TOP)


def _path(line: Sequence[Point], across: _Axis, up: _Axis) -> str:
    return " ".join(
        f"{'L' if number else 'M'}{_across(across, a):.1f} {_up(up, b):.1f}" for number, (a, b) in enumerate(line)
    )


def _frame(across: _Axis, up: _Axis, x: str, y: str) -> str:
    parts = []
    for tick in across.ticks:
        place = _across(across, tick)
        parts.append(f'<line class="grid" x1="{place:.1f}" x2="{place:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}"/>')
        parts.append(f'<text class="tick" x="{place:.1f}" y="{_HEIGHT - _BOTTOM + 14}">{_told(tick)}</text>')
    for tick in up.ticks:
        place = _up(up, tick)
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{place:.1f}" y2="{place:.1f}"/>')
        parts.append(f'<text class="tick end" x="{_LEFT - 5}" y="{place + 4:.1f}">{_told(tick)}</text>')
    parts.append(f'<text class="axis" x="{(WIDTH + _LEFT) / 2}" y="{_HEIGHT - 8}">{escape(x)}</text>')
    middle = (_HEIGHT - _BOTTOM) / 2
    parts.append(f'<text class="axis" x="11" y="{middle}" transform="rotate(-90 11 {middle})">{escape(y)}</text>')
    return "".join(parts)


def _told(tick: float) -> str:
    for size, letter in ((1e6, "M"), (1e3, "k")):
        if tick >= size:
            return f"{tick / size:g}{letter}"
    return f"{tick:g}"


def _svg(parts: Sequence[str], height: float) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img">{"".join(parts)}</svg>'
