#!/usr/bin/python3
"""A client on Python's websockets package that plays one script against an echo server (see README.md)."""

import argparse
import asyncio
import json
import ssl
import sys

import websockets
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory


def deflate(options):
    return ClientPerMessageDeflateFactory(
        server_no_context_takeover=not options.takeover,
        client_no_context_takeover=not options.takeover,
        server_max_window_bits=options.window,
        client_max_window_bits=options.window or True,
    )


def pattern(size):
    return bytes(i % 251 for i in range(size))


def report(**line):
    print(json.dumps(line), flush=True)


async def expect(socket, expected):
    got = await socket.recv()
    if type(got) is not type(expected) or got != expected:
        raise AssertionError(f"expected {expected[:60]!r} ({len(expected)}), got {got[:60]!r} ({len(got)})")
    report(event="text" if isinstance(got, str) else "binary", bytes=len(got.encode() if isinstance(got, str) else got))


async def expect_close(socket, code, reason):
    await socket.wait_closed()
    report(event="close", code=socket.close_code, reason=socket.close_reason)
    if (socket.close_code, socket.close_reason) != (code, reason):
        raise AssertionError(f"expected close {code} {reason}")


async def command(socket, **line):
    await socket.send(json.dumps(line, separators=(",", ":")))


async def echo_text(socket, _):
    for text in ("hello", "", "Käse 🧀 チーズ", "x" * 70_000):
        await socket.send(text)
        await expect(socket, text)


async def echo_binary(socket, _):
    for size in (0, 1, 125, 126, 65_535, 65_536):
        await socket.send(pattern(size))
        await expect(socket, pattern(size))


async def fragments(socket, _):
    parts = ["one ", "Kä", "se ", "🧀"]
    await socket.send(parts)
    await expect(socket, "".join(parts))


async def ping(socket, _):
    await (await socket.ping("are you there"))


async def big(socket, options):
    await socket.send(pattern(options.bytes))
    await expect(socket, pattern(options.bytes))


async def close_from_client(socket, _):
    await socket.close(4000, "done")
    await expect_close(socket, 4000, "done")


async def close_from_server(socket, _):
    await command(socket, cmd="close", code=4001, reason="bye")
    await expect_close(socket, 4001, "bye")


async def ping_from_server(socket, _):
    await command(socket, cmd="ping", data="knock")
    await expect(socket, "pong knock")


async def fragments_from_server(socket, _):
    await command(socket, cmd="fragments", parts=["a", "b", "ç"])
    await expect(socket, "abç")


async def big_from_server(socket, options):
    await command(socket, cmd="big", bytes=options.bytes)
    await expect(socket, pattern(options.bytes))


SCRIPTS = {
    script.__name__.replace("_", "-"): script
    for script in (
        echo_text, echo_binary, fragments, ping, big, close_from_client,
        close_from_server, ping_from_server, fragments_from_server, big_from_server,
    )
}


async def play(options):
    tls = None
    if options.url.startswith("wss:"):
        tls = ssl.create_default_context()
        if options.insecure:
            tls.check_hostname = False
            tls.verify_mode = ssl.CERT_NONE
    async with websockets.connect(
        options.url,
        ssl=tls,
        subprotocols=[options.subprotocol] if options.subprotocol else None,
        compression=None,
        extensions=[deflate(options)] if options.deflate else None,
        max_size=64 * 1024 * 1024,
        ping_interval=None,
    ) as socket:
        extensions = "; ".join(extension.name for extension in socket.extensions)
        report(event="open", subprotocol=socket.subprotocol or "", extensions=extensions)
        await SCRIPTS[options.script](socket, options)
    report(event="ok", script=options.script)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("script", choices=SCRIPTS)
    parser.add_argument("--insecure", action="store_true")
    parser.add_argument("--subprotocol")
    parser.add_argument("--deflate", action="store_true")
    parser.add_argument("--takeover", action="store_true")
    parser.add_argument("--window", type=int)
    parser.add_argument("--bytes", type=int, default=1_048_576)
    options = parser.parse_args()
    try:
        await asyncio.wait_for(play(options), 20)
    except Exception as error:  # whatever went wrong is this script's result
        report(event="fail", script=options.script, why=f"{type(error).__name__}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
