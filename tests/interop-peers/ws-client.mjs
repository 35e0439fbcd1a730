// A client on the ws package that plays one script against an echo server (see README.md).
// node ws-client.mjs URL SCRIPT [--insecure] [--subprotocol NAME] [--deflate [--takeover] [--window N]] [--bytes N]
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { WebSocket } from 'ws';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    insecure: { type: 'boolean', default: false },
    subprotocol: { type: 'string' },
    deflate: { type: 'boolean', default: false },
    takeover: { type: 'boolean', default: false },
    window: { type: 'string' },
    bytes: { type: 'string', default: '1048576' },
    version: { type: 'string', default: '13' },
    origin: { type: 'string' },
  },
});
const [url, name] = positionals;
const bytes = Number(options.bytes);

const scripts = {
  'echo-text': async (peer) => {
    for (const text of ['hello', '', 'Käse 🧀 チーズ', 'x'.repeat(70_000)]) {
      peer.socket.send(text);
      await peer.expectText(text);
    }
  },
  'echo-binary': async (peer) => {
    for (const size of [0, 1, 125, 126, 65_535, 65_536]) {
      peer.socket.send(pattern(size));
      await peer.expectBytes(pattern(size));
    }
  },
  fragments: async (peer) => {
    const parts = ['one ', 'Kä', 'se ', '🧀'];
    parts.forEach((part, i) => {
      peer.socket.send(part, { fin: i === parts.length - 1 });
      if (i === 1) peer.socket.ping('between');
    });
    await peer.expectText(parts.join(''));
  },
  ping: async (peer) => {
    peer.socket.ping('are you there');
    const [data] = await once(peer.socket, 'pong');
    check(data.toString() === 'are you there', `pong carried ${data}`);
  },
  big: async (peer) => {
    peer.socket.send(pattern(bytes));
    await peer.expectBytes(pattern(bytes));
  },
  'close-from-client': async (peer) => {
    peer.socket.close(4000, 'done');
    await peer.expectClose(4000, 'done');
  },
  'close-from-server': async (peer) => {
    peer.command({ cmd: 'close', code: 4001, reason: 'bye' });
    await peer.expectClose(4001, 'bye');
  },
  'ping-from-server': async (peer) => {
    peer.command({ cmd: 'ping', data: 'knock' });
    await peer.expectText('pong knock');
  },
  'fragments-from-server': async (peer) => {
    peer.command({ cmd: 'fragments', parts: ['a', 'b', 'ç'] });
    await peer.expectText('abç');
  },
  'big-from-server': async (peer) => {
    peer.command({ cmd: 'big', bytes });
    await peer.expectBytes(pattern(bytes));
  },
};

class Peer {
  #arrived = [];
  #waiting = null;

  constructor(socket) {
    this.socket = socket;
    this.closed = once(socket, 'close');
    socket.on('message', (data, binary) => this.#arrive({ data, binary }));
    socket.on('close', (code) => this.#arrive({ closed: code }));
  }

  command(command) {
    this.socket.send(JSON.stringify(command));
  }

  async expectText(expected) {
    const { data, binary, closed } = await this.#next();
    check(closed === undefined, `closed with ${closed} where a text message was due`);
    check(!binary && data.toString() === expected, `expected ${brief(expected)}, got ${brief(String(data))}`);
    report({ event: 'text', bytes: data.length });
  }

  async expectBytes(expected) {
    const { data, binary, closed } = await this.#next();
    check(closed === undefined, `closed with ${closed} where a binary message was due`);
    check(binary && expected.equals(data), `the binary message of ${expected.length} bytes came back different`);
    report({ event: 'binary', bytes: data.length });
  }

  async expectClose(code, reason) {
    const [gotCode, gotReason] = await this.closed;
    report({ event: 'close', code: gotCode, reason: gotReason.toString() });
    check(gotCode === code && gotReason.toString() === reason, `expected close ${code} ${reason}`);
  }

  #arrive(item) {
    if (this.#waiting) this.#waiting(item);
    else this.#arrived.push(item);
    this.#waiting = null;
  }

  #next() {
    if (this.#arrived.length > 0) return Promise.resolve(this.#arrived.shift());
    return new Promise((resolve) => (this.#waiting = resolve));
  }
}

function check(condition, why) {
  if (!condition) throw new Error(why);
}

function brief(text) {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}… (${text.length})` : text);
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

function pattern(size) {
  return Buffer.from(Uint8Array.from({ length: size }, (_, i) => i % 251));
}

function report(line) {
  console.log(JSON.stringify(line));
}

function fail(why) {
  report({ event: 'fail', script: name, why });
  process.exit(1);
}

if (!url || !Object.hasOwn(scripts, name ?? '')) {
  console.error(`usage: ws-client.mjs URL SCRIPT\nscripts: ${Object.keys(scripts).join(' ')}`);
  process.exit(2);
}
setTimeout(() => fail('no answer within 20 s'), 20_000).unref();

const socket = new WebSocket(url, options.subprotocol ? [options.subprotocol] : [], {
  rejectUnauthorized: !options.insecure,
  perMessageDeflate: options.deflate && deflate(),
  maxPayload: 64 * 1024 * 1024,
  protocolVersion: Number(options.version),
  origin: options.origin,
});
socket.on('error', (error) => fail(error.message));
const peer = new Peer(socket);
await once(socket, 'open');
report({ event: 'open', subprotocol: socket.protocol, extensions: socket.extensions });
try {
  await scripts[name](peer);
  socket.close(1000);
  await peer.closed;
  report({ event: 'ok', script: name });
} catch (error) {
  fail(error.message);
}
