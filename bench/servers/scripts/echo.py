import asyncio
import logging
import ssl
import sys

import websockets

logging.disable()
BROADCAST = "--broadcast" in sys.argv
everybody = set()


async def serve(socket):
    everybody.add(socket)
    try:
        async for message in socket:
            if BROADCAST:
                websockets.broadcast(everybody, message)
            else:
                await socket.send(message)
    except websockets.ConnectionClosed:
        pass
    finally:
        everybody.discard(socket)


async def main():
    context = None
    if "--tls" in sys.argv:
        folder = sys.argv[sys.argv.index("--tls") + 1]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
    server = await websockets.serve(
        serve, "127.0.0.1", 0, ssl=context, compression=None, ping_interval=None, max_size=2 << 20, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    print(f"listening on {'wss' if context else 'ws'}://127.0.0.1:{port}/", flush=True)
    await asyncio.Future()


asyncio.run(main())
