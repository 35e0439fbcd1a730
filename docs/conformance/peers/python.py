"""An echo server on Python's websockets, with limits that all cases fit in. Compression is on by default there."""
import asyncio
import logging

import websockets

logging.disable()


async def echo(socket):
    try:
        async for message in socket:
            await socket.send(message)
    except websockets.ConnectionClosed:
        pass


async def main():
    server = await websockets.serve(echo, "127.0.0.1", 0, max_size=64 << 20, ping_interval=None)
    print(f"listening on ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/", flush=True)
    await asyncio.Future()


asyncio.run(main())
