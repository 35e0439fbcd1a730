// An echo server on Bun's own WebSockets, with limits that all cases fit in.
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response('WebSocket only', { status: 400 })),
  websocket: {
    perMessageDeflate: true,
    maxPayloadLength: 64 << 20,
    backpressureLimit: 64 << 20,
    message: (socket, message) => void socket.send(message, true),
  },
});
console.log(`listening on ws://127.0.0.1:${server.port}/`);
