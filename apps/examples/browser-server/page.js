const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

// The service worker asks for a connection at its first request, and again whenever the browser has stopped it.
navigator.serviceWorker.addEventListener("message", ({ ports }) =>
  worker.postMessage("connect", ports),
);
navigator.serviceWorker.startMessages();

await navigator.serviceWorker.register("/service-worker.js");
if (!navigator.serviceWorker.controller)
  await new Promise((done) => {
    navigator.serviceWorker.addEventListener("controllerchange", done, { once: true });
  });

const [form, output] = [document.querySelector("form"), document.querySelector("output")];

/** Writes a completion into the page as it comes; nothing leaves the machine. */
async function complete(prompt) {
  output.textContent = prompt;
  const response = await fetch("/v1/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "model", prompt, max_tokens: 40, seed: 1, stream: true }),
  });
  let rest = "";
  const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await text.read(); !part.done; part = await text.read()) {
    const events = (rest + part.value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.slice("data: ".length);
      if (data !== "[DONE]") output.textContent += JSON.parse(data).choices[0].text;
    }
  }
  output.dataset.done = String(Number(output.dataset.done ?? 0) + 1);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  complete(form.elements.prompt.value);
});
output.textContent = "ready";
