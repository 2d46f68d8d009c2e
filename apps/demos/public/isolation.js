// Sends the headers that let the threads of this site's pages share memory, for hosts that cannot. It answers only for its own
// scope and its own origin, stores nothing, and asks for nothing that the page did not ask for.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function isolated(request) {
  const answer = await fetch(request);
  if (answer.type !== "basic") return answer;
  const headers = new Headers(answer.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "cross-origin");
  const { status, statusText } = answer;
  const hasBody = ![101, 204, 205, 304].includes(status);
  return new Response(hasBody ? answer.body : null, { status, statusText, headers });
}

self.addEventListener("fetch", (event) => {
  if (event.request.url.startsWith(self.registration.scope))
    event.respondWith(isolated(event.request));
});
