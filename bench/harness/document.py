"""The figures of docs/performance.md: what stands between its two marks is written from the result files."""
import argparse
import json
import math
import pathlib

from . import micro, servers, tables, works

BEGIN, END = "<!-- figures: written by bench/document -->", "<!-- /figures -->"
PAGE = servers.BENCH.parent / "docs" / "performance.md"
SHORT = {"floor": "bare TCP", "bun": "Bun", "node": "ws", "sockeye-async": "Sockeye, async", "sockeye-sockets-async": "Sockeye, sockets, async"}
VERSIONED = {"kestrel": ".NET", "bun": "Bun", "node": "", "deno": "Deno", "libwebsockets": "libwebsockets", "beast": "Boost", "gorilla": "gorilla",
             "python": "Python websockets"}
MAIN = ["floor", "sockeye", "sockeye-async", "kestrel", "bun"]


def number(value):
    """Three digits; more only where they stand before the point."""
    return "–" if value is None else "0" if value == 0 else f"{value:,.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:#.3g}"


def name_of(server):
    return SHORT.get(server, servers.ALL[server].title)


def median(work, server, figure=None):
    runs = work["runs"].get(server)
    return tables.median(runs, figure or works.figure_of(work["name"])) if runs else None


def ratio(above, below):
    return above / below if above and below and below > 0 else None


def table(heads, rows):
    return ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 1), *("| " + " | ".join(row) + " |" for row in rows)]


def present(result, names):
    return [name for name in names if any(name in work["runs"] for work in result["works"])]


def by_work(measured, names, own="sockeye"):
    """A row for each work: what each server takes, and the ratios to ours."""
    names = [name for name in names if any(name in work["runs"] for work in measured)]
    others = [name for name in ("floor", "kestrel", "bun") if name in names and own in names]
    heads = ["work", *map(name_of, names), *("× bare TCP" if name == "floor" else f"{name_of(name)} ×" for name in others)]
    rows = []
    for work in measured:
        ours = median(work, own)
        ratios = (ratio(ours, median(work, name)) if name == "floor" else ratio(median(work, name), ours) for name in others)
        rows.append([work["title"], *(number(median(work, name)) for name in names), *map(number, ratios)])
    return table(heads, rows)


def by_server(measured, own="sockeye"):
    """A row for each server, the least first: what it takes in each work, and how many times ours that is."""
    names = {name for work in measured for name in work["runs"]}

    def cost(name):
        ratios = [ratio(median(work, name), median(work, own)) for work in measured]
        return math.prod(one or 1 for one in ratios)

    def cell(work, name):
        times = ratio(median(work, name), median(work, own))
        return number(median(work, name)) + (f" ({number(times)} ×)" if times and name != own else "")

    ordered = sorted(names, key=lambda name: (name != "floor", cost(name)))
    heads = ["server", *(work["title"].removeprefix("Echo of ") for work in measured)]
    return table(heads, [[name_of(name), *(cell(work, name) for work in measured)] for name in ordered])


def source(result, what="all runs, latency, memory"):
    """Where and when, and the file."""
    about, versions = result["machine"], result["versions"]
    said = [f"{VERSIONED[name]} {versions[name]}".strip() for name in VERSIONED if name in versions]
    if "runtime" in versions:
        said.append(versions["runtime"].split(" (")[0])
    how = f"{result['rounds']} round{'' if result['rounds'] == 1 else 's'} of {result['seconds']:g} s" if "rounds" in result else "one run each"
    return (f"{result['date']}, {about['processor']}, {about['cores']} cores, {about['system']}, Linux {about['kernel'].split('-')[0]}"
            f"{''.join(', ' + one for one in said)}; {how}; [{what}](../bench/results/{result['set']}.md).")


def charts(result, folder, *names):
    found = [(work["title"], f"{result['set']}-{work['name']}.svg") for work in result["works"] if work["name"] in names]
    return [f"![{title}](../bench/results/{file})" for title, file in found if (folder / file).exists()]


def _measured(result, figure):
    return [work for work in result["works"] if work["runs"] and works.figure_of(work["name"]) == figure]


def _work(result, name):
    return next((work for work in result["works"] if work["name"] == name and "sockeye" in work["runs"]), None)


def _outside(result):
    burst = _work(result, "echo-16x64d32")
    if not burst:
        return ""
    users = [f"{number(median(burst, name, 'user_us'))} µs for {name_of(name)}" for name in present(result, ["sockeye", "sockeye-async"])]
    return f" Outside the kernel, a message of 32 in flight takes {', '.join(users)}."


def _echo(result, folder):
    yield from by_work(_measured(result, "cpu_us"), MAIN)
    yield from ["", source(result) + _outside(result), "", *charts(result, folder, "echo-16x64", "echo-16x64d32")]


def _plain(names, own="sockeye", note=""):
    def lines(result, folder):
        yield from by_work(_measured(result, "cpu_us"), names, own)
        yield from ["", source(result) + note]
    return lines


def _peers(result, folder):
    """The works of `quick` with more servers: where that was not recorded, its table is written from these."""
    if not (folder / "quick.json").exists():
        yield from [*by_work(_measured(result, "cpu_us"), MAIN), ""]
    yield from ["All servers; in brackets how many times Sockeye's that is:", "", *by_server(_measured(result, "cpu_us"))]
    yield from ["", source(result) + _outside(result), "", *charts(result, folder, "echo-16x64", "echo-16x64d32")]


def _deflate(result, folder):
    yield from by_work(_measured(result, "cpu_us"), ["sockeye", "sockeye-level-3", "sockeye-level-6", "kestrel", "bun", "node"])
    plain, context = _work(result, "deflate-json"), _work(result, "deflate-json-takeover")
    if plain and context:
        sizes = [f"{name_of(name)}: {number(median(plain, name, 'out_bytes'))} and {number(median(context, name, 'out_bytes'))} B"
                 for name in plain["runs"] if name in context["runs"]]
        yield from ["", f"Of 1 KiB of text leave, without and with a context: {'; '.join(sizes)}."]
    memory = _measured(result, "bytes")
    if memory:
        yield from ["", "Memory of an idle connection, in bytes:", "", *by_work(memory, present(result, list(servers.ALL)))]
    yield from ["", source(result)]


def _idle(result, folder):
    yield from by_work(_measured(result, "bytes"), [name for name in servers.ALL if name != "floor"])
    yield from ["", source(result) + " Servers that compile at run time have opened a few connections before. Heads released: `ReleaseHeads` drops the handshake's, where nobody needs them any more."]


def _neighbours(result, folder):
    names = present(result, ["sockeye", "sockeye-inline", "sockeye-pool", "sockeye-async", "kestrel"])
    figures = [(name, figure, said) for figure, said in (("p99_us", "p99"), ("max_us", "slowest")) for name in names]

    def milliseconds(work, name, figure):
        value = median(work, name, figure)
        return number(value and value / 1000)

    yield from table(["", *(f"{said} {name_of(name)}" for name, _, said in figures)],
                     [[work["title"].split(": ")[-1], *(milliseconds(work, name, figure) for name, figure, _ in figures)]
                      for work in _measured(result, "max_us")])
    yield from ["", source(result)]


def _balance(result, folder):
    rows = [[work["title"], name_of(name), *(tables.share(work["runs"][name], figure) for figure in ("loop_connections", "loop_cpu_us")),
             *(number(median(work, name, figure)) for figure in ("per_second", "cpu_us", "p99_us"))]
            for work in result["works"] for name in present(result, list(servers.ALL)) if name in work["runs"]]
    yield from table(["work", "server", "% of connections, busiest loop", "% of the loops' CPU", "a second", "CPU µs each", "p99 µs"], rows)
    yield from ["", source(result)]


def _micro(result, folder):
    for name, (title, _) in micro.CLASSES.items():
        own = [one for one in result["benchmarks"] if one["class"] == name]
        methods = list(dict.fromkeys(one["method"] for one in own))
        cells = {(one["parameters"], one["method"]): number(one["ns"]) + (f" ({one['bytes']:,} B)" if one["bytes"] else "") for one in own}
        rows = [[parameters or "–", *(cells.get((parameters, method), "–") for method in methods)]
                for parameters in dict.fromkeys(one["parameters"] for one in own)]
        if rows:
            yield from [*table([title, *(micro.OTHERS.get(method, method) for method in methods)], rows), ""]
    yield source(result, "all, with least and most")


SECTIONS = [
    ("quick", "Echo", _echo),
    ("peers", "Echo, all servers", _peers),
    ("sizes", "Echo of other sizes", _plain(MAIN)),
    ("broadcast", "Broadcast, per delivery", _plain(MAIN)),
    ("tls", "TLS", _plain(MAIN, note=" TLS is .NET's `SslStream` on OpenSSL for Sockeye and Kestrel.")),
    ("handshake", "Opening and closing, per connection", _plain(MAIN)),
    ("deflate", "Compression: messages of 1 KiB", _deflate),
    ("aspnetcore", "On Kestrel: `Sockeye.AspNetCore` against System.Net.WebSockets", _plain(["aspnetcore", "aspnetcore-async", "kestrel"], "aspnetcore")),
    ("styles", "Handlers, transports and loops", _plain(works.SETS["styles"][1], own=None)),
    ("balance", "Two loops", _balance),
    ("idle", "Memory of an idle connection, in bytes", _idle),
    ("neighbours", "When handlers block: the latency of everybody else, in ms", _neighbours),
    ("micro", "Small operations, in ns (and bytes allocated)", _micro),
]


def figures(folder):
    """All sections that have a result file."""
    for name, title, lines in SECTIONS:
        path = folder / f"{name}.json"
        if path.exists():
            yield from ["", f"### {title}", "", *lines(json.loads(path.read_text()), folder)]


def replaced(page, lines):
    head, _, rest = page.partition(BEGIN)
    _, found, tail = rest.partition(END)
    if not found:
        raise SystemExit(f"bench/document: {BEGIN} and {END} are not in the page")
    return head + "\n".join([BEGIN, *lines, "", END]) + tail


def main(arguments):
    parser = argparse.ArgumentParser(prog="bench/document", description="Writes the figures of the result files into docs/performance.md.")
    parser.add_argument("--results", type=pathlib.Path, default=servers.BENCH / "results")
    parser.add_argument("--page", type=pathlib.Path, default=PAGE)
    options = parser.parse_args(arguments)
    options.page.write_text(replaced(options.page.read_text(), figures(options.results)))
    return 0
