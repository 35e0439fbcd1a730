"""Results as JSON, Markdown and charts."""
import json

from . import chart, settings, tables


def write(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    name = result["set"]
    (folder / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / f"{name}.md").write_text("\n".join(_lines(result)) + "\n")
    for work in result["works"]:
        if work["runs"]:
            (folder / f"{name}-{work['name']}.svg").write_text(chart.draw(work, tables.ordered(work)))


def _lines(result):
    machine = result["machine"]
    yield f"# Set `{result['set']}`"
    yield ""
    yield (f"{result['date']}. {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
           f"{machine['system']}, Linux {machine['kernel']}. {result['rounds']} rounds, interleaved; medians with min..max.")
    yield ""
    yield "Garbage collector: " + " ".join(settings.said(result["gc"]))
    yield ""
    yield "Versions: " + ", ".join(f"{name} {version}" for name, version in result["versions"].items()) + "."
    for work in result["works"]:
        yield ""
        yield f"## {work['name']}: {work['title']}"
        yield ""
        yield from tables.of_work(work)
    yield from tables.of_set(result)
    if result["missing"]:
        yield from ["", "## Missing", ""]
        yield from (f"- {name}: {reason}" for name, reason in result["missing"].items())
    if result["failures"]:
        yield from ["", "## Failed", ""]
        yield from (f"- {one['work']}, {one['server']}, round {one['round']}: {one['reason']}" for one in result["failures"])
