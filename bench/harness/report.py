"""Results as JSON, Markdown and charts."""
import json
import statistics

from . import chart, servers


def write(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    name = result["set"]
    (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / f"{name}.md").write_text("\n".join(_lines(result)) + "\n")
    for work in result["works"]:
        if work["runs"]:
            (folder / f"{name}-{work['name']}.svg").write_text(chart.draw(work, _ordered(work)))


def median(runs, figure):
    return statistics.median(run[figure] for run in runs)


def figure_of(work):
    return "bytes" if "idle" in work["name"] else "cpu_us"


def _ordered(work):
    """The floor first, then the cheapest first."""
    figure = figure_of(work)
    return sorted(work["runs"], key=lambda name: (name != "floor", median(work["runs"][name], figure)))


def _number(value):
    return f"{value:,.3f}" if value < 10 else f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def _spread(runs, figure):
    values = [run[figure] for run in runs]
    return f"{_number(statistics.median(values))} ({_number(min(values))}..{_number(max(values))})"


def _ratio(above, below):
    return f"{above / below:.2f}" if above is not None and below and above > 0 and below > 0 else "–"


def _lines(result):
    machine = result["machine"]
    yield f"# Set `{result['set']}`"
    yield ""
    yield (f"{result['date']}. {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
           f"{machine['system']}, Linux {machine['kernel']}. {result['rounds']} rounds, interleaved; medians with min..max.")
    yield ""
    yield f"Garbage collector: {result['gc']}."
    yield ""
    yield "Versions: " + ", ".join(f"{name} {version}" for name, version in result["versions"].items()) + "."
    for work in result["works"]:
        yield ""
        yield f"## {work['name']}: {work['title']}"
        yield ""
        yield from _memory_table(work) if figure_of(work) == "bytes" else _cpu_table(work)
    if result["missing"]:
        yield from ["", "## Missing", ""]
        yield from (f"- {name}: {reason}" for name, reason in result["missing"].items())
    if result["failures"]:
        yield from ["", "## Failed", ""]
        yield from (f"- {one['work']}, {one['server']}, round {one['round']}: {one['reason']}" for one in result["failures"])


def _cpu_table(work):
    runs = work["runs"]
    floor, kestrel = (median(runs[name], "cpu_us") if name in runs else None for name in ("floor", "kestrel"))
    deflates = work["name"].startswith("deflate")
    yield (f"| server | CPU µs per {work['unit']} | user | system | × floor | Kestrel costs × | "
           f"{work['unit']}s per second | p50 µs | p99 µs | RSS MiB |{' payload out B |' if deflates else ''}")
    yield "| --- |" + " ---: |" * (10 if deflates else 9)
    for name in _ordered(work):
        own, cpu = runs[name], median(runs[name], "cpu_us")
        yield (f"| {servers.ALL[name].title} | {_spread(own, 'cpu_us')} | {_number(median(own, 'user_us'))} | "
               f"{_number(median(own, 'system_us'))} | {_ratio(cpu, floor)} | {_ratio(kestrel, cpu)} | "
               f"{_spread(own, 'per_second')} | {_number(median(own, 'p50_us'))} | {_number(median(own, 'p99_us'))} | "
               f"{median(own, 'rss_mib'):.0f} |{_number(median(own, 'out_bytes')) + ' |' if deflates else ''}")


def _memory_table(work):
    runs = work["runs"]
    kestrel = median(runs["kestrel"], "bytes") if "kestrel" in runs else None
    yield "| server | bytes per connection | Kestrel takes × | RSS MiB with all |"
    yield "| --- | ---: | ---: | ---: |"
    for name in _ordered(work):
        own = runs[name]
        yield f"| {servers.ALL[name].title} | {_spread(own, 'bytes')} | {_ratio(kestrel, median(own, 'bytes'))} | {median(own, 'rss_mib'):.0f} |"
