import { afterEach, expect, it, vi } from "vitest";
import { endpointSource } from "../../src/lm/endpoint-source";

afterEach(() => vi.unstubAllGlobals());

const choosing = { seed: 0, maxNewTokens: 8, temperature: 0 };
const { signal } = new AbortController();

/** The text of an answer that a server sends as these bytes. */
async function answered(body: string | ReadableStream): Promise<string> {
  vi.stubGlobal("fetch", async () => new Response(body));
  const options = { name: "tiny", key: undefined, choosing, signal };
  const source = await endpointSource("http://127.0.0.1:1/v1", options);
  let text = "";
  for await (const piece of source.answer([{ role: "user", content: "hi" }], signal))
    text += piece.text;
  return text;
}

const chunk = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\r\n\r\n`;

it("reads an answer event by event, whatever ends its lines", async () => {
  const first = ': a comment\n\ndata: {"choices":\ndata: [{"delta":{"content":"a"}}]}\n\n';
  expect(await answered(`${first}${chunk("b")}data: [DONE]\n\n`)).toBe("ab");
});

it.each([
  ["what is no JSON", "data: {broken\n\n", 'sent no chunk of an answer: "{broken"'],
  ["another form", "data: null\n\n", 'sent no chunk of an answer: "null"'],
  ["a page", "<html>hello</html>", "sent no event of an answer"],
  ["an error", 'data: {"error":{"message":"out of memory"}}\n\n', "says: out of memory"],
])("refuses %s, and names the server", async (_, body, message) => {
  await expect(answered(body)).rejects.toMatchObject({
    code: "ERR_IO",
    message: expect.stringContaining(`the server ${message}`),
  });
});

it("reads no more than its limit of an event without an end", async () => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent++;
      controller.enqueue(new TextEncoder().encode("x".repeat(2 ** 16)));
    },
  });
  await expect(answered(endless)).rejects.toThrow("an event of more than 1048576 characters");
  expect(sent).toBeLessThan(64);
});

it.each(["{", "null", '{"data":{}}', '{"data":[null]}', '{"data":[{"id":1}]}', '{"data":[]}'])(
  "says of a list of models of another form that there are none: %s",
  async (body) => {
    vi.stubGlobal("fetch", async () => new Response(body));
    const options = { name: undefined, key: undefined, choosing, signal };
    await expect(endpointSource("http://127.0.0.1:1/v1", options)).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  },
);

it.each(["{", "null", '{"error":null}', '{"error":{"message":5}}', "x".repeat(2 ** 20 + 1)])(
  "names the status where an error has another form",
  async (body) => {
    vi.stubGlobal("fetch", async () => new Response(body, { status: 503 }));
    const options = { name: undefined, key: undefined, choosing, signal };
    await expect(endpointSource("http://127.0.0.1:1/v1", options)).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining("says: status 503"),
    });
  },
);
