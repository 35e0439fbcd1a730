"""The servers: how each is built, started and named."""
import json
import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass, field

from . import machine

BENCH = pathlib.Path(__file__).resolve().parent.parent
BUILT = BENCH.parent / "artifacts" / "bench"
SERVERS = BENCH / "servers"
MODULES = BENCH / "peers" / "node_modules"
C_FLAGS = ["-O2", "-Wall", "-Wextra", "-Werror"]
EVERYTHING = frozenset({"echo", "tls", "broadcast", "idle", "handshake"})
COMPRESSES = EVERYTHING | {"deflate"}
BLOCKS = COMPRESSES | {"neighbours"}


class Missing(Exception):
    """Why a server cannot be had here."""


@dataclass
class Server:
    name: str
    title: str
    build: object
    command: list
    version: object
    kinds: frozenset = EVERYTHING
    # Programs that compile while they run need longer until they are at their speed.
    warmup: float = 6.0
    cpus: str = "0"
    raw: bool = False
    # The windows to agree on where messages are compressed; 0 leaves them as they are.
    window: int = 0
    options: list = field(default_factory=list)

    def start_command(self, work, certificates):
        extra = list(self.options)
        if work.mode == "broadcast":
            extra.append("--broadcast")
        if work.tls:
            extra += ["--tls", str(certificates)]
        if work.deflate:
            extra += ["--deflate", work.deflate if work.deflate == "shared" else "takeover"]
        if work.mode == "neighbours":
            extra.append("--block")
        return ["taskset", "-c", self.cpus, *map(str, self.command), *extra]


_done = {}


def run(*command, cwd=None, env=None):
    command = [str(part) for part in command]
    try:
        done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=900)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Missing(f"{command[0]}: {type(error).__name__}") from error
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if "error" in line.lower()]
        raise Missing(f"{command[0]} failed: {(lines or ['no message'])[0].strip().replace(str(BENCH.parent), '.')}")


def once(key, action):
    """Several servers share a build: it is done, and fails, once."""
    if key not in _done:
        try:
            action()
            _done[key] = None
        except Missing as error:
            _done[key] = error
    if _done[key]:
        raise _done[key]


def _c(name, *source, compiler="gcc", flags=(), libraries=()):
    return lambda: once(name, lambda: run(compiler, *C_FLAGS, *flags, "-o", BUILT / name, *source, *libraries))


def _dotnet(name):
    return lambda: once(name, lambda: run(
        "dotnet", "build", SERVERS / name / f"{name}.csproj", "-c", "Release", "-o", BUILT / name, "--nologo", "-v", "quiet"))


def _npm():
    once("npm", lambda: run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", cwd=BENCH / "peers"))


def _apt(package, build):
    """Installs a Debian package where this may be done, and says which one is needed elsewhere."""
    def install():
        if not machine.debian(package):
            if os.geteuid() != 0:
                raise Missing(f"needs the Debian package {package}")
            run("apt-get", "install", "-y", "--no-install-recommends", package)

    def both():
        once(package, install)
        build()
    return both


def _go(name):
    def build():
        environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode")
        run("go", "build", "-o", BUILT / name, SERVERS / name / f"{name}.go", env=environment)
    return _apt("golang-go", _apt("golang-github-gorilla-websocket-dev", lambda: once(name, build)))


def _sockeye(suffix, title, *options, cpus="0", window=0):
    return Server("sockeye" + suffix, title, _dotnet("sockeye"), [BUILT / "sockeye" / "bench-sockeye"],
                  lambda: machine.said("git", "-C", str(BENCH), "describe", "--always", "--dirty"), options=list(options), cpus=cpus,
                  # Its broadcast is a handler's; there is none with async handlers.
                  window=window, kinds=BLOCKS - {"broadcast"} if "async" in options else BLOCKS)


def _node_version():
    package = MODULES / "ws" / "package.json"
    return f"ws {json.loads(package.read_text())['version']} on node {machine.said('node', '--version')}" if package.exists() else None


def build_load():
    _c("load", *sorted((BENCH / "load").glob("*.c")), flags=["-std=gnu11"], libraries=["-lssl", "-lcrypto", "-lz", "-lm", "-pthread"])()


def make_certificates():
    """A self-signed certificate of the kind that most servers use today."""
    folder = BUILT / "certificates"
    if not (folder / "cert.pem").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
            "-subj", "/CN=localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem")
    return folder


ALL = {server.name: server for server in [
    Server("floor", "bare TCP echo (C)", _c("floor", SERVERS / "floor" / "floor.c", flags=["-std=gnu11"]), [BUILT / "floor"],
           lambda: machine.said("gcc", "-dumpfullversion"), EVERYTHING - {"tls"}, warmup=1.0, raw=True),
    _sockeye("", "Sockeye"),
    _sockeye("-async", "Sockeye, async handler", "--handler", "async"),
    _sockeye("-lean", "Sockeye, heads released", "--release-heads"),
    _sockeye("-level-3", "Sockeye, level 3", "--level", "3"),
    _sockeye("-level-6", "Sockeye, level 6", "--level", "6"),
    _sockeye("-window-12", "Sockeye, windows of 12 bits", "--window", "12", window=12),
    _sockeye("-window-9", "Sockeye, windows of 9 bits", "--window", "9", window=9),
    _sockeye("-inline", "Sockeye, inline", "--dispatch", "inline"),
    _sockeye("-pool", "Sockeye, thread pool", "--dispatch", "threadpool"),
    _sockeye("-sockets", "Sockeye, sockets", "--transport", "sockets"),
    _sockeye("-sockets-async", "Sockeye, sockets, async handler", "--transport", "sockets", "--handler", "async"),
    _sockeye("-2-loops", "Sockeye, two loops", "--loops", "2", cpus="0,1"),
    Server("kestrel", "Kestrel", _dotnet("kestrel"), [BUILT / "kestrel" / "bench-kestrel"],
           lambda: machine.said("dotnet", "--list-runtimes", pattern=r"Microsoft.AspNetCore.App (10\S+)"), BLOCKS),
    Server("kestrel-2-cores", "Kestrel, two cores", _dotnet("kestrel"), [BUILT / "kestrel" / "bench-kestrel"],
           lambda: machine.said("dotnet", "--list-runtimes", pattern=r"Microsoft.AspNetCore.App (10\S+)"), BLOCKS, cpus="0,1"),
    Server("aspnetcore", "Sockeye on Kestrel", _dotnet("aspnetcore"), [BUILT / "aspnetcore" / "bench-aspnetcore"],
           lambda: machine.said("git", "-C", str(BENCH), "describe", "--always", "--dirty"), frozenset({"echo", "tls"})),
    Server("aspnetcore-async", "Sockeye on Kestrel, async handler", _dotnet("aspnetcore"), [BUILT / "aspnetcore" / "bench-aspnetcore", "async"],
           lambda: machine.said("git", "-C", str(BENCH), "describe", "--always", "--dirty"), frozenset({"echo", "tls"})),
    Server("bun", "Bun (uWebSockets)", _npm, [MODULES / "bun" / "bin" / "bun.exe", SERVERS / "scripts" / "bun.js"],
           lambda: machine.said(str(MODULES / "bun" / "bin" / "bun.exe"), "--version"), COMPRESSES),
    Server("deno", "Deno", _npm, [MODULES / "deno" / "deno", "run", "--allow-net", "--allow-read", SERVERS / "scripts" / "deno.js"],
           lambda: machine.said(str(MODULES / "deno" / "deno"), "--version", pattern=r"deno (\S+)")),
    Server("node", "node ws", _npm, ["node", SERVERS / "scripts" / "node.cjs"], _node_version, COMPRESSES),
    Server("libwebsockets", "libwebsockets (C)",
           _apt("libwebsockets-dev", _c("libwebsockets", SERVERS / "libwebsockets" / "lws.c", flags=["-std=gnu11"],
                                        libraries=["-lwebsockets", "-lssl", "-lcrypto"])),
           [BUILT / "libwebsockets"], lambda: machine.debian("libwebsockets-dev"), warmup=1.0),
    Server("beast", "Boost.Beast (C++)",
           _apt("libboost1.81-dev", _c("beast", SERVERS / "beast" / "beast.cpp", compiler="g++", flags=["-std=c++20", "-DNDEBUG"],
                                       libraries=["-lssl", "-lcrypto", "-pthread"])),
           [BUILT / "beast"], lambda: machine.debian("libboost1.81-dev"), warmup=1.0),
    Server("gorilla", "gorilla (Go)", _go("gorilla"), [BUILT / "gorilla"],
           lambda: f"{machine.debian('golang-github-gorilla-websocket-dev')} on {machine.said('go', 'version', pattern='go(1[0-9.]+)')}", warmup=1.0),
    Server("python", "Python websockets", _apt("python3-websockets", lambda: None), ["/usr/bin/python3", SERVERS / "scripts" / "echo.py"],
           lambda: machine.debian("python3-websockets"), warmup=1.0),
]}
