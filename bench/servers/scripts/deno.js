const folder = Deno.args.includes("--tls") ? Deno.args[Deno.args.indexOf("--tls") + 1] : null;
const broadcast = Deno.args.includes("--broadcast");
const tls = folder ? { cert: Deno.readTextFileSync(folder + "/cert.pem"), key: Deno.readTextFileSync(folder + "/key.pem") } : {};
const everybody = new Set();

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  ...tls,
  onListen: ({ port }) => console.log(`listening on ${folder ? "wss" : "ws"}://127.0.0.1:${port}/`),
}, (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  socket.binaryType = "arraybuffer";
  if (broadcast) {
    socket.onopen = () => everybody.add(socket);
    socket.onclose = () => everybody.delete(socket);
    socket.onmessage = (event) => everybody.forEach((other) => other.send(event.data));
  } else {
    socket.onmessage = (event) => socket.send(event.data);
  }
  socket.onerror = () => {};
  return response;
});
