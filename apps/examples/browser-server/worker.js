// Holds the model, and answers requests that arrive through ports.
import { loadModel, loadTokenizer } from "@deepgrain/lm";
import { createHandler } from "@deepgrain/serve";

const address = new URL("/model", location.href).href; // a model's folder in public/
const ready = (async () => {
  const [model, tokenizer] = [await loadModel(address), await loadTokenizer(address)];
  return createHandler({ model: { model, tokenizer } });
})();

async function answer({ method, url, headers, body }, port) {
  const handler = await ready;
  const stop = new AbortController();
  port.onmessage = () => stop.abort();
  const response = await handler(new Request(url, { method, headers, body, signal: stop.signal }));
  port.postMessage({ status: response.status, headers: [...response.headers] });
  const reader = response.body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read())
      port.postMessage(part.value);
  } catch {
    // the page has left: the handler has ended the request
  }
  port.postMessage(null);
}

addEventListener("message", ({ ports: [connection] }) => {
  connection.onmessage = ({ data, ports: [port] }) => answer(data, port);
});
