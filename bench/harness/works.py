"""What is measured: the works and the sets that hold them."""
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Work:
    name: str
    title: str
    mode: str
    size: int = 16
    connections: int = 1
    depth: int = 1
    tls: bool = False
    deflate: str = ""   # shared, takeover (the server's messages keep a context) or both
    noise: bool = False
    # Times the usual warm-up: code that runs seldom is compiled late.
    warmup: float = 1
    # Of neighbours: messages a second, how many block at once and for how many milliseconds, how often, and whether they are the same again.
    rate: int = 2000
    blockers: int = 0
    block: int = 0
    every: float = 0.5
    again: bool = False

    @property
    def kind(self):
        """What a server has to be able to do."""
        return "deflate" if self.deflate else "tls" if self.tls else self.mode

    @property
    def balances(self):
        return self.name.startswith("balance-")

    @property
    def unit(self):
        return {"echo": "message", "neighbours": "message", "broadcast": "delivery", "handshake": "connection", "idle": "connection"}[self.mode]

    @property
    def units(self):
        return "deliveries" if self.mode == "broadcast" else self.unit + "s"


def with_at_most(work, connections):
    """The same with fewer connections, for trying things out."""
    return work if work.connections <= connections else replace(work, connections=connections, title=f"{work.title} (tried out with {connections} only)")


def figure_of(name):
    """What the servers are compared by in a work."""
    return "bytes" if "idle" in name else "max_us" if name.startswith("neighbours") else "cpu_us"


def _size(size):
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB" if size >= 1 << 10 else f"{size} B"


def _echo(name, size, connections, depth=1, tls=False):
    title = f"{'TLS echo' if tls else 'Echo'} of {_size(size)}, {connections} connection{'' if connections == 1 else 's'}"
    return Work(name, f"{title}, {depth} in flight on each" if depth > 1 else title, "echo", size, connections, depth, tls)


def _deflate(name, deflate, mode="echo", noise=False, connections=64):
    data = "compressed data" if noise else "JSON-like text"
    how = {"takeover": "with a context", "both": "with a context both ways", "shared": "each message by itself"}[deflate]
    title = f"Echo of 1 KiB of {data}, compressed, {how}" if mode == "echo" else f"Memory of an idle connection that has echoed 1 KiB, compressed {how}"
    return Work(name, title, mode, 1 << 10, connections, deflate=deflate, noise=noise)


def _neighbours(name, title, blockers, block, every=0.5, again=False):
    return Work(name, f"The others' latency: {title}", "neighbours", connections=64, blockers=blockers, block=block, every=every, again=again)


ALL = {work.name: work for work in [
    _echo("echo-16x1", 16, 1),
    _echo("echo-16x64", 16, 64),
    _echo("echo-16x512", 16, 512),
    _echo("echo-125x1", 125, 1),
    _echo("echo-125x64", 125, 64),
    _echo("echo-125x512", 125, 512),
    _echo("echo-1kx1", 1 << 10, 1),
    _echo("echo-1kx64", 1 << 10, 64),
    _echo("echo-1kx512", 1 << 10, 512),
    _echo("echo-16x64d32", 16, 64, depth=32),
    _echo("echo-1kx64d32", 1 << 10, 64, depth=32),
    _echo("echo-16kx1", 16 << 10, 1),
    _echo("echo-16kx16", 16 << 10, 16),
    _echo("echo-16kx64", 16 << 10, 64),
    _echo("echo-1mx1", 1 << 20, 1),
    _echo("echo-1mx4", 1 << 20, 4),
    _echo("tls-16x64", 16, 64, tls=True),
    _echo("tls-16x64d32", 16, 64, depth=32, tls=True),
    _echo("tls-16kx16", 16 << 10, 16, tls=True),
    Work("handshake", "Opening, upgrading and closing, 64 at a time", "handshake", connections=64),
    Work("handshake-tls", "The same with a full TLS handshake", "handshake", connections=64, tls=True),
    Work("idle", "Memory of an idle connection that has spoken once", "idle", connections=19_000),
    Work("broadcast-1", "64 B to 1,000 subscribers, one at a time", "broadcast", 64, 1000, 1, warmup=1.25),
    _deflate("deflate-json", "shared"),
    _deflate("deflate-json-takeover", "takeover"),
    _deflate("deflate-noise", "shared", noise=True),
    _deflate("deflate-noise-takeover", "takeover", noise=True),
    _deflate("deflate-idle", "shared", "idle", connections=1900),
    _deflate("deflate-idle-takeover", "takeover", "idle", connections=1900),
    _deflate("deflate-idle-both", "both", "idle", connections=1900),
    Work("idle-1k", "Memory of an idle connection that has echoed 1 KiB, not compressed", "idle", 1 << 10, 1900),
    Work("balance-handshake", "Connections that come and go, 64 at a time", "handshake", connections=64),
    _neighbours("neighbours-none", "nobody blocks", 1, 0),
    _neighbours("neighbours-1x30", "one blocks for 30 ms", 1, 30, every=1.5),
    _neighbours("neighbours-10x30", "ten at once, each for 30 ms", 10, 30, every=1.5),
    _neighbours("neighbours-40x30", "forty at once, each for 30 ms", 40, 30, every=3),
    _neighbours("neighbours-40x15", "forty at once, each for 15 ms", 40, 15, every=3),
    _neighbours("neighbours-8x15", "eight, for 15 ms each of their messages", 8, 15, every=0.2, again=True),
    _neighbours("neighbours-4x2", "four, for 2 ms each of their messages", 4, 2, every=0.02, again=True),
    *(_echo(f"balance-16x{count}", 16, count) for count in (4, 16, 512)),
    Work("broadcast-8", "64 B to 1,000 subscribers, eight at a time", "broadcast", 64, 1000, 8, warmup=1.25),
]}

_TABLE = ["echo-16x64", "echo-16x512", "echo-125x64", "echo-16x64d32", "echo-16kx16", "echo-1mx4"]
_MAIN = ["floor", "sockeye", "sockeye-async", "kestrel", "bun"]
_PEERS = _MAIN + ["deno", "node", "libwebsockets", "beast", "gorilla", "python"]
_STYLES = ["floor", "sockeye", "sockeye-async", "sockeye-sockets", "sockeye-sockets-async", "sockeye-2-loops", "kestrel"]

# The works and the servers of each set.
SETS = {
    "quick": (_TABLE, _MAIN),
    "peers": (_TABLE, _PEERS),
    "sizes": ([name for name in ALL if name.startswith("echo-") and name not in _TABLE], _MAIN),
    "tls": (["tls-16x64", "tls-16x64d32", "tls-16kx16"], _PEERS),
    "handshake": (["handshake", "handshake-tls"], _PEERS),
    "idle": (["idle"], _PEERS + ["sockeye-lean", "sockeye-sockets", "sockeye-sockets-async"]),
    "broadcast": (["broadcast-1", "broadcast-8"], _PEERS),
    "balance": ([name for name in ALL if name.startswith("balance-")], ["sockeye-2-loops", "kestrel-2-cores"]),
    "neighbours": ([name for name in ALL if name.startswith("neighbours-")], ["sockeye", "sockeye-inline", "sockeye-pool", "sockeye-async", "kestrel"]),
    "deflate": ([name for name in ALL if name.startswith("deflate-")] + ["idle-1k"],
                ["sockeye", "sockeye-level-3", "sockeye-level-6", "sockeye-window-12", "sockeye-window-9", "kestrel", "bun", "node"]),
    "styles": (_TABLE, _STYLES),
    "aspnetcore": (_TABLE + ["tls-16x64", "tls-16kx16"], ["aspnetcore", "aspnetcore-async", "kestrel"]),
}
