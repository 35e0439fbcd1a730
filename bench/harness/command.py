"""The command: reads the options, measures in rounds, writes the results."""
import argparse
import pathlib
import sys

from . import machine, measure, micro, report, servers, settings, works
from .progress import Progress, expected, say


def _options(arguments):
    parser = argparse.ArgumentParser(prog="bench/run", description="Measures WebSocket servers side by side.")
    parser.add_argument("set", nargs="?", default="quick", choices=[*works.SETS, "micro", "all"])
    parser.add_argument("--servers", help="only these, separated by commas")
    parser.add_argument("--work", help="only these works, separated by commas")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--settle", type=float, default=10, help="seconds before idle memory is read")
    parser.add_argument("--connections", type=int, help="at most so many, for trying things out")
    parser.add_argument("--out", type=pathlib.Path, default=servers.BENCH / "results")
    return parser.parse_args(arguments)


def _chosen(text, known, fallback):
    names = text.split(",") if text else fallback
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"bench/run: unknown: {', '.join(unknown)}. There are: {', '.join(known)}")
    return [known[name] for name in names]


def _build(candidates):
    """Those that can be had, and why the others cannot."""
    servers.BUILT.mkdir(parents=True, exist_ok=True)
    say("building the load generator")
    servers.build_load()
    servers.make_certificates()
    ready, missing = [], {}
    for server in candidates:
        say(f"building {server.name}")
        try:
            server.build()
            ready.append(server)
        except servers.Missing as error:
            say(f"  missing: {error}")
            missing[server.name] = str(error)
    return ready, missing


def _able(work, candidates):
    return [server for server in candidates if work.kind in server.kinds and work.mode in server.kinds]


def _measure_work(work, ready, options, failures, step):
    runs = {}
    for number in range(1, options.rounds + 1):
        for server in _able(work, ready):
            what = f"{work.name} {number}/{options.rounds} {server.name}"
            try:
                figures = measure.measure(server, work, options.seconds, options.settle)
            except measure.Failed as error:
                failures.append({"work": work.name, "server": server.name, "round": number, "reason": str(error)})
                say(f"  {step()}: {what}: FAILED: {error}")
                continue
            runs.setdefault(server.name, []).append(figures)
            figure = works.figure_of(work.name)
            short = f"{figures[figure]:.0f} B" if figure == "bytes" else f"{figures[figure]:.3f} us"
            say(f"  {step()}: {what}: {short}")
    return runs


def _plan(name, options):
    """The works and servers of a set, as far as the options leave them."""
    work_names, server_names = works.SETS[name]
    chosen = _chosen(options.work, works.ALL, work_names)
    if options.connections:
        chosen = [works.with_at_most(work, options.connections) for work in chosen]
    return chosen, _chosen(options.servers, servers.ALL, server_names)


def _lengths(chosen, candidates, options):
    return [expected(server, work, options.seconds, options.settle)
            for work in chosen for _ in range(options.rounds) for server in _able(work, candidates)]


def _run_set(name, options):
    chosen, candidates = _plan(name, options)
    say(f"{name}: {Progress(_lengths(chosen, candidates, options))}")
    ready, missing = _build(candidates)
    progress, failures = Progress(_lengths(chosen, ready, options)), []
    result = {
        "set": name,
        "date": machine.today(),
        "machine": machine.describe(),
        "rounds": options.rounds,
        "seconds": options.seconds,
        "settle": options.settle,
        "gc": settings.of_runtime(ready),
        "versions": {server.name: server.version() or "unknown" for server in ready},
        "missing": missing,
        "failures": failures,
        "works": [],
    }
    for work in chosen:
        say(f"{work.name}: {work.title}")
        runs = _measure_work(work, ready, options, failures, progress.step)
        result["works"].append({"name": work.name, "title": work.title, "unit": work.unit, "units": work.units, "runs": runs})
        # Written after each work: a run that is broken off keeps what it has.
        report.write(result, options.out)
    say(f"written to {options.out}")
    return bool(failures)


def _run(name, options):
    if name != "micro":
        return _run_set(name, options)
    try:
        micro.run(options.out)
    except servers.Missing as error:
        say(f"micro: {error}")
        return True
    return False


def main(arguments):
    options = _options(arguments)
    names = [*works.SETS, "micro"] if options.set == "all" else [options.set]
    if options.set == "all":
        say(f"all: {Progress(length for name in works.SETS for length in _lengths(*_plan(name, options), options))}; micro: {micro.MINUTES} min")
    failed = [name for name in names if _run(name, options)]
    return 1 if failed else 0
