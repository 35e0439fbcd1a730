"""Horizontal bars as SVG, readable on light and dark pages."""
import html
import statistics

from . import servers, works

WIDTH, LEFT, RIGHT, ROW, TOP = 760, 230, 80, 30, 64
STYLE = """
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600; font-size: 16px }
.note { font-size: 12px; fill: #59636e }
.user { fill: #0969da }
.system { fill: #9ec5f4 }
.own .user { fill: #bc4c00 }
.own .system { fill: #f2b48a }
.range { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .note { fill: #9198a1 }
  .user { fill: #4493f8 }
  .system { fill: #1f4f8f }
  .own .user { fill: #f0883e }
  .own .system { fill: #8a4a1c }
  .range { stroke: #f0f6fc }
}
"""


def draw(work, order):
    figure = works.figure_of(work["name"])
    rows = [_row(work["runs"][name], figure) for name in order]
    longest = max(max(row["high"] for row in rows), 1e-9)
    scale = (WIDTH - LEFT - RIGHT) / longest
    height = TOP + ROW * len(rows) + 12
    note = {
        "bytes": "resident bytes per connection",
        "max_us": "µs, the slowest answer",
        "cpu_us": f"µs of CPU per {work['unit']}: user (dark) and system (light)",
    }[figure] + "; less is better"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{html.escape(work["title"])}">',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="12" y="24">{html.escape(work["title"])}</text>',
        f'<text class="note" x="12" y="44">{note}; line: least and most of all rounds</text>',
    ]
    for index, (name, row) in enumerate(zip(order, rows)):
        parts.append(_bar(name, row, TOP + ROW * index, scale))
    return "\n".join([*parts, "</svg>", ""])


def _row(runs, figure):
    values = [run[figure] for run in runs]
    whole = max(statistics.median(values), 0)
    share = 1 if figure != "cpu_us" else statistics.median(run["user_us"] / run["cpu_us"] if run["cpu_us"] else 0 for run in runs)
    return {"whole": whole, "user": whole * share, "low": max(min(values), 0), "high": max(values)}


def _bar(name, row, top, scale):
    user, whole = row["user"] * scale, row["whole"] * scale
    own = ' class="own"' if name.startswith("sockeye") else ""
    middle = top + 10
    label = f"{row['whole']:.3g}" if row["whole"] < 1000 else f"{row['whole']:,.0f}"
    return (f'<g{own}><text x="{LEFT - 8}" y="{top + 15}" text-anchor="end">{html.escape(servers.ALL[name].title)}</text>'
            f'<rect class="user" x="{LEFT}" y="{top}" width="{user:.1f}" height="20"/>'
            f'<rect class="system" x="{LEFT + user:.1f}" y="{top}" width="{whole - user:.1f}" height="20"/>'
            f'<line class="range" x1="{LEFT + row["low"] * scale:.1f}" x2="{LEFT + row["high"] * scale:.1f}" y1="{middle}" y2="{middle}"/>'
            f'<text x="{LEFT + max(whole, row["high"] * scale) + 8:.1f}" y="{top + 15}">{label}</text></g>')
