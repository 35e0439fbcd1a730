"""The tables of a result, in Markdown."""
import statistics

from . import servers, works


def median(runs, figure):
    return statistics.median(run[figure] for run in runs)


def ordered(work):
    """The floor first, then the best first."""
    figure = works.figure_of(work["name"])
    return sorted(work["runs"], key=lambda name: (name != "floor", median(work["runs"][name], figure)))


def of_work(work):
    if not work["runs"]:
        return
    figure = works.figure_of(work["name"])
    yield from {"bytes": _memory_table, "max_us": _latency_table, "cpu_us": _cpu_table}[figure](work)
    yield from _negotiated(work)


def of_set(result):
    """What compares the works of a set with each other."""
    measured = [work for work in result["works"] if work["runs"]]
    if result["set"] == "balance":
        yield from ["", "## How evenly the loops share", ""]
        yield from _balance_table(measured)
    memory = [work for work in measured if works.figure_of(work["name"]) == "bytes"]
    if len(memory) > 1:
        yield from ["", "## Memory of a connection, in KiB", ""]
        yield from _summary(memory)


def _number(value):
    return f"{value:,.3f}" if value < 10 else f"{value:,.1f}" if value < 1000 else f"{value:,.0f}"


def _spread(runs, figure):
    values = [run[figure] for run in runs]
    return f"{_number(statistics.median(values))} ({_number(min(values))}..{_number(max(values))})"


def _ratio(above, below):
    return f"{above / below:.2f}" if above is not None and below and above > 0 and below > 0 else "–"


def _cpu_table(work):
    runs = work["runs"]
    floor, kestrel = (median(runs[name], "cpu_us") if name in runs else None for name in ("floor", "kestrel"))
    deflates = work["name"].startswith("deflate")
    yield (f"| server | CPU µs per {work['unit']} | user | system | × floor | Kestrel costs × | "
           f"{work['units']} per second | p50 µs | p99 µs | RSS MiB |{' payload out B |' if deflates else ''}")
    yield "| --- |" + " ---: |" * (10 if deflates else 9)
    for name in ordered(work):
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
    for name in ordered(work):
        own = runs[name]
        yield f"| {servers.ALL[name].title} | {_spread(own, 'bytes')} | {_ratio(kestrel, median(own, 'bytes'))} | {median(own, 'rss_mib'):.0f} |"


def _latency_table(work):
    yield "| server | p50 ms | p99 ms | slowest ms | CPU µs per message | RSS MiB |"
    yield "| --- |" + " ---: |" * 5
    for name in ordered(work):
        own = [{**run, **{figure: run[figure + "_us"] / 1000 for figure in ("p50", "p99", "max")}} for run in work["runs"][name]]
        yield (f"| {servers.ALL[name].title} | {_spread(own, 'p50')} | {_spread(own, 'p99')} | {_spread(own, 'max')} | "
               f"{_number(median(own, 'cpu_us'))} | {median(own, 'rss_mib'):.0f} |")


def share(runs, figure):
    """The busiest loop's part of all, in percent; even is 50 with two loops."""
    parts = [100 * max(run[figure]) / sum(run[figure]) for run in runs if sum(run[figure]) > 0]
    return f"{statistics.median(parts):.1f} ({min(parts):.1f}..{max(parts):.1f})" if parts else "–"


def _balance_table(measured):
    yield "| work | server | busiest loop has % of connections | and % of the loops' CPU | loops passed on, a second | a second | CPU µs each | p99 µs |"
    yield "| --- | --- |" + " ---: |" * 6
    for work in measured:
        for name in ordered(work):
            own = work["runs"][name]
            passed = f"{median(own, 'loops_passed'):.1f}" if own[0]["loop_cpu_us"] else "–"
            yield (f"| {work['title']} | {servers.ALL[name].title} | {share(own, 'loop_connections')} | {share(own, 'loop_cpu_us')} | {passed} | "
                   f"{_spread(own, 'per_second')} | {_number(median(own, 'cpu_us'))} | {_number(median(own, 'p99_us'))} |")


def _summary(memory):
    names = list(dict.fromkeys(name for work in memory for name in ordered(work)))
    yield "| server | " + " | ".join(work["name"] for work in memory) + " |"
    yield "| --- |" + " ---: |" * len(memory)
    for name in names:
        cells = (f"{median(work['runs'][name], 'bytes') / 1024:,.1f}" if name in work["runs"] else "–" for work in memory)
        yield f"| {servers.ALL[name].title} | " + " | ".join(cells) + " |"


def _negotiated(work):
    """Which TLS each server chose: what it costs depends on it."""
    chosen = {}
    for name in ordered(work):
        for tls in sorted({run.get("tls", "") for run in work["runs"][name]} - {""}):
            chosen.setdefault(tls, []).append(servers.ALL[name].title)
    if chosen:
        yield from ["", "TLS as negotiated: " + "; ".join(f"{tls} ({', '.join(names)})" for tls, names in chosen.items()) + "."]
