// An echo server on ws, with limits that all cases fit in. The argument is the folder of the package.
const { WebSocketServer } = require(process.argv[2]);

const server = new WebSocketServer({
  host: '127.0.0.1', port: 0, perMessageDeflate: true, maxPayload: 64 << 20, maxFragments: 0, maxBufferedChunks: 0, maxPendingAutoPongs: 0,
});
server.on('listening', () => console.log(`listening on ws://127.0.0.1:${server.address().port}/`));
server.on('connection', (socket) => {
  socket.on('error', () => {});
  socket.on('message', (data, binary) => socket.send(data, { binary }));
});
