"""Draws what a run found: one bar for each server and workload, beside nginx with Lua."""

from collections.abc import Mapping
from html import escape
from math import log2

_TITLES = {
    "item": "An item, 0.4 kB",
    "orders": "A page of 20 orders; ours protects three fields of each",
}
_WIDE, _ROW, _TOP, _LEFT, _RIGHT = 780, 24, 44, 230, 120
_OURS, _OTHERS = "#2f6f4f", "#9aa5b1"
_FONT = 'font-family="system-ui, sans-serif" font-size="13"'


def picture(found: Mapping[str, Mapping[str, float]]) -> str:
    """Return an SVG of processor microseconds for one answer, by workload and server.

    The scale is logarithmic in each part: the slowest take a hundred times as long as the fastest.
    """
    parts: list[str] = []
    at = 0
    for calls, servers in found.items():
        parts += _part(calls, servers, at)
        at += _TOP + _ROW * len(servers) + 16
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDE}" height="{at}" {_FONT}>'
    return "\n".join(
        [head, f'<rect width="{_WIDE}" height="{at}" fill="white"/>', *parts, "</svg>"]
    )


def _part(calls: str, servers: Mapping[str, float], top: int) -> list[str]:
    least, most = min(servers.values()) / 2, max(servers.values())
    steps = log2(most / least)
    title = f"{_TITLES[calls]}: processor time of one answer (log scale)"
    parts = [f'<text x="16" y="{top + 28}" font-weight="bold">{escape(title)}</text>']
    for row, (name, took) in enumerate(servers.items()):
        y = top + _TOP + _ROW * row
        wide = (_WIDE - _LEFT - _RIGHT) * log2(took / least) / steps
        colour = _OURS if name.startswith("ours") else _OTHERS
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{_LEFT}" y="{y}" width="{wide:.0f}" height="17" fill="{colour}"/>',
            f'<text x="{_LEFT + wide + 6:.0f}" y="{y + 13}">{took:,.0f} µs</text>',
        ]
    return parts
