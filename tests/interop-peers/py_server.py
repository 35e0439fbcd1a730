#!/usr/bin/python3
"""An echo server on Python's websockets package, with commands for tests (see README.md)."""

import argparse
import asyncio
import json
import ssl
import sys

import websockets
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory


def deflate(options):
    return ServerPerMessageDeflateFactory(
        server_no_context_takeover=not options.takeover,
        client_no_context_takeover=not options.takeover,
        server_max_window_bits=options.window,
        client_max_window_bits=options.window,
    )


def pattern(size):
    return bytes(i % 251 for i in range(size))


async def ping(socket, command):
    data = command.get("data", "")
    await (await socket.ping(data))
    await socket.send(f"pong {data}")


async def about(socket, _):
    extensions = "; ".join(extension.name for extension in socket.extensions)
    await socket.send(json.dumps({"subprotocol": socket.subprotocol or "", "extensions": extensions}))


async def drop(socket, _):
    socket.transport.abort()


COMMANDS = {
    "close": lambda socket, c: socket.close(c.get("code", 1000), c.get("reason", "")),
    "drop": drop,
    "ping": ping,
    "fragments": lambda socket, c: socket.send(c["parts"]),
    "big": lambda socket, c: socket.send(pattern(c["bytes"])),
    "about": about,
}


def command_in(message):
    if not isinstance(message, str) or not message.startswith('{"cmd"'):
        return None
    try:
        parsed = json.loads(message)
    except ValueError:
        return None
    return parsed if parsed.get("cmd") in COMMANDS else None


async def serve_one(socket):
    # A command runs beside the reading: a ping waits for its pong, a close for the answer.
    tasks = set()
    try:
        async for message in socket:
            command = command_in(message)
            if command is None:
                await socket.send(message)
            else:
                task = asyncio.ensure_future(COMMANDS[command["cmd"]](socket, command))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
    except websockets.ConnectionClosedError:
        pass
    for task in tasks:
        task.cancel()
    print(f"closed {socket.close_code} {socket.close_reason}", flush=True)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls-cert")
    parser.add_argument("--tls-key")
    parser.add_argument("--subprotocol")
    parser.add_argument("--deflate", action="store_true")
    parser.add_argument("--takeover", action="store_true")
    parser.add_argument("--window", type=int)
    parser.add_argument("--until-eof", action="store_true")
    options = parser.parse_args()

    tls = None
    if options.tls_cert:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(options.tls_cert, options.tls_key)

    server = await websockets.serve(
        serve_one,
        "127.0.0.1",
        options.port,
        ssl=tls,
        compression=None,
        extensions=[deflate(options)] if options.deflate else None,
        subprotocols=[options.subprotocol] if options.subprotocol else None,
        max_size=64 * 1024 * 1024,
        ping_interval=None,
    )
    print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
    if options.until_eof:
        # The test that started this server holds its standard input: when the test is gone, so is the server.
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    else:
        await asyncio.Future()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
