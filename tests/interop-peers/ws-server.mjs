// An echo server on the ws package, with commands for tests (see README.md).
// node ws-server.mjs [--port 0] [--tls-cert FILE --tls-key FILE] [--subprotocol NAME] [--deflate [--takeover] [--window N]] [--until-eof]
import { readFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { parseArgs } from 'node:util';
import { WebSocketServer } from 'ws';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'tls-cert': { type: 'string' },
    'tls-key': { type: 'string' },
    subprotocol: { type: 'string' },
    deflate: { type: 'boolean', default: false },
    takeover: { type: 'boolean', default: false },
    window: { type: 'string' },
    'until-eof': { type: 'boolean', default: false },
  },
});

const http = options['tls-cert']
  ? createHttps({ cert: readFileSync(options['tls-cert']), key: readFileSync(options['tls-key']) })
  : createHttp();

const server = new WebSocketServer({
  server: http,
  perMessageDeflate: options.deflate && deflate(),
  maxPayload: 64 * 1024 * 1024,
  handleProtocols: (offered) => (offered.has(options.subprotocol) ? options.subprotocol : false),
});

const commands = {
  close: (socket, { code = 1000, reason = '' }) => socket.close(code, reason),
  drop: (socket) => socket.terminate(),
  ping: (socket, { data = '' }) => socket.ping(data),
  fragments: (socket, { parts }) =>
    parts.forEach((part, i) => socket.send(part, { binary: false, fin: i === parts.length - 1 })),
  big: (socket, { bytes }) => socket.send(pattern(bytes)),
  about: (socket) => socket.send(JSON.stringify({ subprotocol: socket.protocol, extensions: socket.extensions })),
};

server.on('connection', (socket) => {
  socket.on('pong', (data) => socket.send(`pong ${data}`));
  socket.on('error', (error) => console.error(`error ${error.code ?? ''} ${error.message}`));
  socket.on('close', (code, reason) => console.log(`closed ${code} ${reason}`));
  socket.on('message', (data, binary) => {
    const command = binary ? null : commandIn(data.toString());
    if (command) commands[command.cmd](socket, command);
    else socket.send(data, { binary });
  });
});

function commandIn(text) {
  if (!text.startsWith('{"cmd"')) return null;
  try {
    const parsed = JSON.parse(text);
    return Object.hasOwn(commands, parsed.cmd) ? parsed : null;
  } catch {
    return null;
  }
}

function deflate() {
  const none = !options.takeover;
  const window = options.window ? Number(options.window) : undefined;
  return {
    threshold: 0,
    serverNoContextTakeover: none,
    clientNoContextTakeover: none,
    ...(window && { serverMaxWindowBits: window, clientMaxWindowBits: window }),
  };
}

function pattern(bytes) {
  return Buffer.from(Uint8Array.from({ length: bytes }, (_, i) => i % 251));
}

http.listen(Number(options.port), '127.0.0.1', () => console.log(`listening ${http.address().port}`));
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
// The test that started this server holds its standard input: when the test is gone, so is the server.
if (options['until-eof']) process.stdin.resume().on('end', () => process.exit(0));
