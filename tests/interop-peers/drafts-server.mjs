// An echo server on the websocket-driver package, which speaks the drafts of 2010 and 2011 too.
// node drafts-server.mjs [--port 0] [--until-eof]
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import websocket from 'websocket-driver';

const { values: options } = parseArgs({
  options: { port: { type: 'string', default: '0' }, 'until-eof': { type: 'boolean', default: false } },
});

const server = createServer((socket) => {
  const driver = websocket.server({ allowDrafts: true, maxLength: 64 * 1024 * 1024 });
  driver.on('connect', () => driver.start());
  driver.on('message', ({ data }) => {
    if (data === '{"cmd":"close"}') driver.close();
    else if (data === '{"cmd":"version"}') driver.text(driver.version);
    else driver.messages.write(data);
  });
  driver.on('close', () => socket.end());
  socket.on('error', (error) => console.error(`error ${error.code ?? ''} ${error.message}`));
  socket.pipe(driver.io).pipe(socket);
});

server.listen(Number(options.port), '127.0.0.1', () => console.log(`listening ${server.address().port}`));
if (options['until-eof']) process.stdin.on('end', () => process.exit()).resume();
