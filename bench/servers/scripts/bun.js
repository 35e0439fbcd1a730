const args = Bun.argv;
const broadcast = args.includes("--broadcast");
const folder = args.includes("--tls") ? args[args.indexOf("--tls") + 1] : null;
const tls = folder ? { cert: Bun.file(folder + "/cert.pem"), key: Bun.file(folder + "/key.pem") } : undefined;

const deflate = args.includes("--deflate") ? args[args.indexOf("--deflate") + 1] : null;
const compressor = deflate === "takeover" ? "dedicated" : "shared";

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  tls,
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("WebSocket only", { status: 400 })),
  websocket: {
    idleTimeout: 0,
    sendPings: false,
    perMessageDeflate: deflate ? { compress: compressor, decompress: compressor } : false,
    maxPayloadLength: 2 << 20,
    backpressureLimit: 4 << 20,
    open(socket) {
      if (broadcast) socket.subscribe("everybody");
    },
    message(socket, message) {
      if (broadcast) server.publish("everybody", message);
      else socket.send(message, deflate !== null);
    },
  },
});
console.log(`listening on ${tls ? "wss" : "ws"}://127.0.0.1:${server.port}/`);
