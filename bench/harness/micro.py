"""Single operations with BenchmarkDotNet: bench/micro, recorded beside the other results."""
import json
import re
import shutil
import subprocess

from . import machine, servers, settings
from .progress import say

MINUTES = 5
PROGRAM = servers.BUILT / "micro" / "Sockeye.Micro"
# Seven short iterations: what a longer job adds is less than what the machine drifts.
JOB = ["--inProcess", "--iterationTime", "150", "--warmupCount", "6", "--iterationCount", "7"]

# Of each class: what it is about, and which of its methods is another's doing, beside which ours stand.
CLASSES = {
    "BurstBenchmarks": ("A message of a burst of 32, echoed", "SystemNet"),
    "SendDoorBenchmarks": ("Sending a message", "SystemNet"),
    "BroadcastBenchmarks": ("A broadcast of 64 B to 1,000", "BareSends"),
    "MaskBenchmarks": ("Unmasking", "ByteByByte"),
    "Utf8Benchmarks": ("Checking UTF-8", "BaseLibrary"),
    "FrameHeaderBenchmarks": ("A frame's head", None),
    "RequestHeadBenchmarks": ("An upgrade request", None),
}
OTHERS = {"SystemNet": "System.Net.WebSockets", "BareSends": "a send to each", "ByteByByte": "byte by byte", "BaseLibrary": "`Utf8.IsValid`",
          "BaseLibraryInTwoPieces": "`Decoder`, in two pieces"}


def run(folder):
    artifacts = servers.BUILT / "micro-reports"
    shutil.rmtree(artifacts, ignore_errors=True)
    say(f"micro: about {MINUTES} min and the time to build")
    servers.run("dotnet", "build", servers.BENCH / "micro" / "Micro.csproj", "-c", "Release", "-o", PROGRAM.parent, "--nologo", "-v", "quiet")
    command = [str(PROGRAM), "--filter", "*", "--join", *JOB, "--memory", "--exporters", "json", "--artifacts", str(artifacts)]
    lines = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=settings.environment()) as process:
        for line in process.stdout:
            lines.append(line)
            if left := re.search(r"Remained (\d+) .*\((\d+)h (\d+)m", line):
                say(f"  {left[1]} left, about {60 * int(left[2]) + int(left[3])} min")
    reports = list(artifacts.glob("results/*.json"))
    if process.returncode != 0 or not reports:
        raise servers.Missing(f"the benchmarks ended with {process.returncode}: {''.join(lines[-5:])}")
    result = _result(json.loads(reports[0].read_text()))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "micro.json").write_text(json.dumps(result, indent=1) + "\n")
    (folder / "micro.md").write_text("\n".join(_lines(result)) + "\n")
    say(f"written to {folder}")


def _result(report):
    host = report["HostEnvironmentInfo"]
    return {
        "set": "micro",
        "date": machine.today(),
        "machine": machine.describe(),
        "job": " ".join(JOB),
        "versions": {"sockeye": machine.said("git", "-C", str(servers.BENCH), "describe", "--always", "--dirty") or "unknown",
                     "runtime": host["RuntimeVersion"], "BenchmarkDotNet": host["BenchmarkDotNetVersion"]},
        "benchmarks": [_benchmark(one) for one in sorted(report["Benchmarks"], key=lambda one: one["Type"]) if one["Statistics"]],
        "failures": [one["FullName"] for one in report["Benchmarks"] if not one["Statistics"]],
    }


def _benchmark(one):
    times, (_, beside) = one["Statistics"], CLASSES.get(one["Type"], ("", None))
    return {"class": one["Type"], "method": one["Method"], "parameters": one["Parameters"].replace("&", ", "),
            "ns": round(times["Median"], 3), "least_ns": round(times["Min"], 3), "most_ns": round(times["Max"], 3),
            "bytes": one["Memory"]["BytesAllocatedPerOperation"], "beside": beside if beside != one["Method"] else None}


def _lines(result):
    about = result["machine"]
    yield from ["# Small operations", ""]
    yield (f"{result['date']}. {about['processor']}, {about['cores']} cores, {about['memory_gib']} GiB, {about['system']}, "
           f"Linux {about['kernel']}. Medians with min..max of one run each: `{result['job']}`.")
    yield from ["", "Versions: " + ", ".join(f"{name} {version}" for name, version in result["versions"].items()) + ".", ""]
    yield "| class | method | of | ns | B allocated | beside | × its time |"
    yield "| --- | --- | --- | ---: | ---: | --- | ---: |"
    times = {(one["class"], one["parameters"], one["method"]): one["ns"] for one in result["benchmarks"]}
    for one in result["benchmarks"]:
        below = times.get((one["class"], one["parameters"], one["beside"]))
        times_its = f"{one['ns'] / below:.2f}" if below else "–"
        yield (f"| {one['class']} | {one['method']} | {one['parameters']} | {one['ns']:,.2f} ({one['least_ns']:,.2f}..{one['most_ns']:,.2f}) | "
               f"{one['bytes']:,} | {one['beside'] or '–'} | {times_its} |")
    yield from (f"\nFailed: {name}" for name in result["failures"])
