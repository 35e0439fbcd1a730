"""What the numbers depend on: the machine and the versions. Neither host name nor paths."""
import datetime
import os
import pathlib
import platform
import re
import subprocess


def describe():
    memory = int(_first(r"MemTotal:\s+(\d+)", "/proc/meminfo"))
    return {
        "processor": _first(r"model name\s*:\s*(.+)", "/proc/cpuinfo"),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / 1024 / 1024, 1),
        "kernel": platform.release(),
        "system": _first(r'PRETTY_NAME="(.+)"', "/etc/os-release"),
    }


def today():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")


def said(*command, pattern=r"(.+)"):
    """The version that a program or a package tool tells, or None."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(pattern, done.stdout + done.stderr) if done.returncode == 0 else None
    return found.group(1).strip() if found else None


def debian(package):
    return said("dpkg-query", "-W", "-f", "${Version}", package)


def _first(pattern, path):
    found = re.search(pattern, pathlib.Path(path).read_text())
    return found.group(1).strip() if found else "unknown"
