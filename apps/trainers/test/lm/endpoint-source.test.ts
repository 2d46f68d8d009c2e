import { afterEach, describe, expect, it, vi } from "vitest";
import type { AnswerPiece } from "../../src/lm/chat-source";
import { endpointSource } from "../../src/lm/endpoint-source";

afterEach(() => vi.unstubAllGlobals());

const choosing = { seed: 0, maxNewTokens: 8, temperature: 0 };
const { signal } = new AbortController();

/** The text of an answer that a server sends as these bytes. */
async function answered(body: string | ReadableStream): Promise<string> {
  vi.stubGlobal("fetch", async () => new Response(body));
  const options = { name: "tiny", key: undefined, tools: undefined, choosing, signal };
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

const called = (...tool_calls: object[]) => ({ choices: [{ delta: { tool_calls } }] });
const ended = (finish_reason: string) => ({ choices: [{ delta: {}, finish_reason }] });

/** The calls and thoughts of an answer that a server sends as these chunks, and what it was asked. */
async function calledBy(...chunks: object[]) {
  let asked = "";
  vi.stubGlobal("fetch", async (_: string, { body }: RequestInit) => {
    asked = String(body);
    return new Response(chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(""));
  });
  const tools = [{ name: "weather", parameters: { type: "object" } }];
  const options = { name: "tiny", key: undefined, tools, choosing, signal };
  const source = await endpointSource("http://127.0.0.1:1/v1", options);
  const calls: AnswerPiece["call"][] = [];
  let reasoning = "";
  for await (const piece of source.answer([{ role: "user", content: "hi" }], signal)) {
    if (piece.call) calls.push(piece.call);
    reasoning += piece.reasoning ?? "";
  }
  return { calls, reasoning, asked: JSON.parse(asked) };
}

describe("tools of a server", () => {
  it("are sent as OpenAI's API has them, and calls are read piece by piece", async () => {
    const { calls, reasoning, asked } = await calledBy(
      { choices: [{ delta: { reasoning_content: "Hm." } }] },
      called({ index: 1, function: { name: "now", arguments: "" } }),
      called({ index: 0, id: "a", function: { name: "weather", arguments: '{"city":' } }),
      called({ index: 0, function: { arguments: '"Rome"}' } }),
      ended("tool_calls"),
    );
    expect(asked.tools).toEqual([
      { type: "function", function: { name: "weather", parameters: { type: "object" } } },
    ]);
    expect(calls).toEqual([
      { name: "weather", arguments: '{"city":"Rome"}' },
      { name: "now", arguments: "{}" },
    ]);
    expect(reasoning).toBe("Hm.");
  });

  it("have no call that was cut", async () => {
    const parts = [
      { index: 0, function: { name: "weather", arguments: "{}" } },
      { index: 1, function: { name: "weather", arguments: '{"city":' } },
    ];
    const { calls } = await calledBy(called(...parts), ended("length"));
    expect(calls).toEqual([{ name: "weather", arguments: "{}" }]);
    const begun = called({ index: 0, function: { name: "weather", arguments: "" } });
    expect((await calledBy(begun, ended("length"))).calls).toEqual([]);
  });

  it.each<[string, object[], string]>([
    ["without a name", [{ index: 0, function: { arguments: "{}" } }], "a call without a name"],
    [
      "whose arguments are no JSON",
      [{ function: { name: "weather", arguments: "{" } }],
      "a call of weather whose arguments are no JSON",
    ],
    [
      "without end",
      Array.from({ length: 129 }, (_, index) => ({ index, function: { name: "a" } })),
      "more than 128 calls",
    ],
    ["of another form", [{ index: "0" }], "no chunk of an answer"],
  ])("are refused for calls %s", async (_, parts, message) => {
    await expect(calledBy(called(...parts))).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining(`the server sent ${message}`),
    });
  });

  it("are refused for arguments that never end", async () => {
    const part = called({ index: 0, function: { name: "a", arguments: "x".repeat(2 ** 19) } });
    await expect(calledBy(part, part, part)).rejects.toThrow("calls of more than 1048576");
  });
});

it.each(["{", "null", '{"data":{}}', '{"data":[null]}', '{"data":[{"id":1}]}', '{"data":[]}'])(
  "says of a list of models of another form that there are none: %s",
  async (body) => {
    vi.stubGlobal("fetch", async () => new Response(body));
    const options = { name: undefined, key: undefined, tools: undefined, choosing, signal };
    await expect(endpointSource("http://127.0.0.1:1/v1", options)).rejects.toMatchObject({
      code: "ERR_MISSING",
    });
  },
);

it.each(["{", "null", '{"error":null}', '{"error":{"message":5}}', "x".repeat(2 ** 20 + 1)])(
  "names the status where an error has another form",
  async (body) => {
    vi.stubGlobal("fetch", async () => new Response(body, { status: 503 }));
    const options = { name: undefined, key: undefined, tools: undefined, choosing, signal };
    await expect(endpointSource("http://127.0.0.1:1/v1", options)).rejects.toMatchObject({
      code: "ERR_IO",
      message: expect.stringContaining("says: status 503"),
    });
  },
);
