"""How long a run takes, and how much of it is left."""
import sys
import time

# Starting a server, the wait for it, and reading the results.
AROUND = 0.8


def expected(server, work, seconds, settle):
    """Seconds that one measurement takes, about."""
    if work.mode == "idle":
        return AROUND + server.warmup * work.warmup + 2 * settle + work.connections / 5000
    connecting = 0.5 + work.connections / 2000 if work.mode == "broadcast" else work.connections * (0.003 if work.tls else 0.0005)
    return AROUND + connecting + server.warmup * work.warmup + seconds


def said(seconds):
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


class Progress:
    """Counts measurements, and corrects what was expected by what was seen."""

    def __init__(self, lengths):
        self._lengths = list(lengths)
        self._whole = sum(self._lengths)
        self._done, self._past = 0, 0.0
        self._started = time.monotonic()

    def __str__(self):
        return f"{len(self._lengths)} measurements, about {said(self._whole)} and the time to build"

    def step(self):
        """One is done, well or not: "3/120, about 9 min left"."""
        self._past += self._lengths[self._done]
        self._done += 1
        left = (self._whole - self._past) * (time.monotonic() - self._started) / self._past
        return f"{self._done}/{len(self._lengths)}, about {said(left)} left"


def say(text):
    print(text, file=sys.stderr, flush=True)
