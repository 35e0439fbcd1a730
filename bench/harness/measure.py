"""One measurement: a fresh server, load on it, one line of JSON."""
import json
import re
import subprocess
import threading

from . import servers, settings


class Failed(Exception):
    """Why a measurement gave no number."""


def _port_of(process):
    """The port that the server names, within 20 s."""
    lines = []
    reader = threading.Thread(target=lambda: lines.append(process.stdout.readline()), daemon=True)
    reader.start()
    reader.join(20)
    found = re.search(r"127\.0\.0\.1:(\d+)", lines[0]) if lines else None
    if found:
        return found.group(1)
    if not lines:
        raise Failed("the server did not say within 20 s where it listens")
    try:
        raise Failed(f"the server ended at once, with exit code {process.wait(5)}: {lines[0].strip() or 'it said nothing'}")
    except subprocess.TimeoutExpired:
        raise Failed(f"the server said something else than where it listens: {lines[0].strip() or 'nothing'}") from None


def measure(server, work, seconds, settle):
    command = server.start_command(work, servers.BUILT / "certificates")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=settings.environment())
    try:
        # taskset becomes the server: its process id is the server's.
        return _load(server, work, seconds, settle, _port_of(process), process.pid)
    finally:
        process.kill()
        process.wait()


def _load(server, work, seconds, settle, port, pid):
    command = ["taskset", "-c", "1", str(servers.BUILT / "load"), work.mode, "--port", port, "--pid", str(pid), "--size", str(work.size),
               "--connections", str(work.connections), "--depth", str(work.depth), "--seconds", str(seconds),
               "--warmup", str(server.warmup * work.warmup), "--settle", str(settle)]
    command += ["--raw"] if server.raw else []
    command += ["--tls"] if work.tls else []
    command += ["--deflate"] if work.deflate else []
    command += {"takeover": ["--takeover"], "both": ["--both-take-over"]}.get(work.deflate, [])
    command += ["--window", str(server.window)] if work.deflate and server.window else []
    command += ["--noise"] if work.noise else []
    command += ["--loops"] if work.balances else []
    if work.mode == "neighbours":
        command += ["--rate", str(work.rate), "--blockers", str(work.blockers), "--block", str(work.block), "--every", str(work.every)]
        command += ["--again"] if work.again else []
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + server.warmup * work.warmup + 2 * settle + 120)
    except subprocess.TimeoutExpired as error:
        raise Failed("the load did not end") from error
    if done.returncode != 0:
        raise Failed(done.stderr.strip() or f"the load ended with {done.returncode}")
    return _figures(json.loads(done.stdout))


def _figures(raw):
    if "bytes_per_connection" in raw:
        return {"bytes": raw["bytes_per_connection"], "rss_mib": raw["all_kib"] / 1024}
    count = raw["messages"]
    if raw.get("loop_unknown_us", 0) > 0.02 * (raw["user_us"] + raw["system_us"]):
        raise Failed(f"{raw['loop_unknown_us']} us of the loops' threads could not be told to be of a loop")
    if raw["user_us"] + raw["system_us"] == 0:
        raise Failed(f"the server stood still: {count} answers in {raw['seconds']:.1f} s, and no tick of processor time")
    return {
        "cpu_us": (raw["user_us"] + raw["system_us"]) / count,
        "user_us": raw["user_us"] / count,
        "system_us": raw["system_us"] / count,
        "per_second": count / raw["seconds"],
        "p50_us": raw["p50_us"],
        "p99_us": raw["p99_us"],
        "max_us": raw["max_us"],
        "rss_mib": raw["rss_kib"] / 1024,
        "peak_mib": raw["peak_kib"] / 1024,
        "out_bytes": raw["deflate_bytes"] / count,
        "tls": raw["tls"],
        "loop_connections": raw.get("loop_connections", []),
        "loop_cpu_us": raw.get("loop_cpu_us", []),
        "loops_passed": raw.get("loops_passed", 0) / raw["seconds"],
    }
