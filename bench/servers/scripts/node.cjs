const path = require("node:path");
const fs = require("node:fs");
const { WebSocketServer } = require(path.join(__dirname, "../../peers/node_modules/ws"));

const args = process.argv;
const folder = args.includes("--tls") ? args[args.indexOf("--tls") + 1] : null;
const broadcast = args.includes("--broadcast");
const deflate = args.includes("--deflate") ? args[args.indexOf("--deflate") + 1] : null;
const server = folder
  ? require("node:https").createServer({ cert: fs.readFileSync(folder + "/cert.pem"), key: fs.readFileSync(folder + "/key.pem") })
  : require("node:http").createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: deflate ? { threshold: 0, serverNoContextTakeover: deflate === "shared" } : false, maxPayload: 2 << 20 });

sockets.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, binary) => {
    if (broadcast) sockets.clients.forEach((other) => other.send(data, { binary }));
    else socket.send(data, { binary });
  });
});
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () =>
  console.log(`listening on ${folder ? "wss" : "ws"}://127.0.0.1:${server.address().port}/`));
