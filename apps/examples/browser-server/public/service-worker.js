// Only routes: what its own pages ask under /v1/ goes to the worker that holds the model. The browser may stop this script
// at any time; the next request then asks the page for a new connection, and the model stays where it is.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const connections = new Map(); // a port to the worker of each page

async function connection(id) {
  if (connections.has(id)) return connections.get(id);
  const page = await clients.get(id);
  if (!page) throw new Error("the page has gone");
  const { port1, port2 } = new MessageChannel();
  page.postMessage("connect", [port2]); // the page hands it to its worker
  connections.set(id, port1);
  return port1;
}

async function route({ clientId, request }) {
  const port = await connection(clientId);
  const { port1: answer, port2 } = new MessageChannel();
  const body = request.method === "POST" ? await request.arrayBuffer() : undefined;
  const { method, url, headers, signal } = request;
  port.postMessage({ method, url, headers: [...headers], body }, [port2]);
  const leave = () => answer.postMessage("leave");
  signal.addEventListener("abort", leave);
  return new Promise((resolve) => {
    let stream;
    const content = new ReadableStream({
      start(controller) {
        stream = controller;
      },
      cancel: leave,
    });
    answer.onmessage = ({ data }) => {
      if (data === null) {
        stream.close();
        answer.close();
        signal.removeEventListener("abort", leave);
      } else if (data instanceof Uint8Array) stream.enqueue(data);
      else resolve(new Response(content, data));
    };
  });
}

addEventListener("fetch", (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== location.origin || !pathname.startsWith("/v1/") || !event.clientId) return;
  event.respondWith(route(event));
});
