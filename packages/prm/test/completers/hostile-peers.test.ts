import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createGzip } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { openAiCompleter } from "../../src/completers/openai-completer";
import { isTooDeep } from "../../src/completers/parse-json";
import { createTokenLedger } from "../../src/completers/token-ledger";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers every request in the same way, and counts what it could send. */
async function peer(answer: (response: ServerResponse) => void) {
  const server = createServer((request, response) => {
    request.resume();
    sent.requests++;
    answer(response);
  });
  const sent = { requests: 0, bytes: 0 };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { sent, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

const prefix = { problem: "two", steps: [] };
const quick = { model: "m", backoffMs: 1, maxBackoffMs: 2, retries: 1 };
const ask = (options: { baseUrl: string } & Record<string, unknown>) =>
  openAiCompleter({ ...quick, ...options })(prefix, { seeds: [1], maxTokens: 20 });

/** Writes without end as fast as the reader takes it. */
function floods(into: NodeJS.WritableStream, piece: string, count: (bytes: number) => void) {
  const write = () => {
    while ("writable" in into && into.writable) {
      count(piece.length);
      if (!into.write(piece)) return void into.once("drain", write);
    }
  };
  write();
}

describe("error answers", () => {
  it.each(["plain", "compressed"] as const)(
    "are read up to 4 KiB where they never end (%s)",
    async (kind) => {
      let bytes = 0;
      const { baseUrl, sent } = await peer((response) => {
        response.on("error", () => undefined);
        const count = (more: number) => {
          bytes += more;
        };
        if (kind === "plain") {
          response.writeHead(400);
          floods(response, "x".repeat(1 << 14), count);
          return;
        }
        response.writeHead(400, { "content-encoding": "gzip" });
        const gzip = createGzip();
        gzip.pipe(response);
        response.on("close", () => gzip.destroy());
        gzip.on("error", () => undefined);
        floods(gzip, `${Math.random()}`.repeat(1000), count);
      });
      const error = await ask({ baseUrl }).catch((reason) => reason);
      expect(error).toMatchObject({ code: "ERR_HTTP", fields: { status: 400, tries: 1 } });
      expect(error.fields.body.length).toBe(200);
      expect(sent.requests).toBe(1);
      // What was under way in buffers of the system, and no more.
      expect(bytes).toBeLessThan(64 << 20);
    },
  );

  it("reads no more than 4 KiB from the stream of an answer", async () => {
    let [pulled, isCancelled] = [0, false];
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1024;
          controller.enqueue(new Uint8Array(1024).fill(120));
        },
        cancel() {
          isCancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const fetch = async () => new Response(body, { status: 400 });
    await expect(ask({ baseUrl: "http://nowhere", fetch })).rejects.toMatchObject({
      code: "ERR_HTTP",
    });
    expect(pulled).toBe(4096);
    expect(isCancelled).toBe(true);
  });
});

describe("token usage", () => {
  const answer = (usage: unknown) =>
    JSON.stringify({ choices: [{ text: "t", finish_reason: "length" }], usage });
  it.each([
    [{ prompt_tokens: 3, completion_tokens: 5 }, 3, 5, 0],
    [{ prompt_tokens: 3 }, 3, 0, 0],
    [{ prompt_tokens: 1e9, completion_tokens: 5 }, 20, 20, 1],
    [{ prompt_tokens: 3, completion_tokens: 21 }, 20, 20, 1],
    [{ prompt_tokens: -3, completion_tokens: 5 }, 20, 20, 1],
    [{ prompt_tokens: 3, completion_tokens: 1.5 }, 20, 20, 1],
    [{ prompt_tokens: "3", completion_tokens: 5 }, 20, 20, 1],
    [undefined, 20, 20, 1],
  ])("%j counts as %i and %i, estimated: %i", async (usage, prompt, completion, estimated) => {
    const ledger = createTokenLedger();
    const fetch = async () => new Response(answer(usage));
    const [made] = await ask({ baseUrl: "http://nowhere", fetch, ledger });
    expect(ledger.counts()).toMatchObject({
      promptTokens: prompt,
      completionTokens: completion,
      estimatedRequests: estimated,
      unconfirmedTokens: estimated * 40,
    });
    expect(made).toMatchObject({ promptTokens: prompt, completionTokens: completion });
  });
});

describe("deeply nested JSON", () => {
  it.each([
    ["[".repeat(1_000_000), false],
    [`{"choices":${"[".repeat(5000)}${"]".repeat(5000)}}`, false],
    [`data: ${'{"a":'.repeat(5000)}1${"}".repeat(5000)}\n\n`, true],
  ])("is refused before it is parsed, without another try", async (body, stream) => {
    let requests = 0;
    const fetch = async () => {
      requests++;
      return new Response(body);
    };
    await expect(ask({ baseUrl: "http://nowhere", fetch, stream })).rejects.toMatchObject({
      code: "ERR_RESPONSE",
      message: expect.stringContaining("nested more than 100 deep"),
    });
    expect(requests).toBe(1);
  });

  it("is told from brackets in text", () => {
    expect(isTooDeep(JSON.stringify({ a: "[".repeat(500), b: '\\"[{'.repeat(200) }))).toBe(false);
    expect(isTooDeep("[]".repeat(1000))).toBe(false);
  });
});

describe("a busy endpoint", () => {
  const busy = () => new Response("", { status: 429, headers: { "retry-after-ms": "2" } });
  const good = () => new Response('{"choices":[{"text":"t"}]}');

  it("may say 429 with Retry-After more often than there are retries", async () => {
    let requests = 0;
    const fetch = async () => (++requests <= 30 ? busy() : good());
    expect((await ask({ baseUrl: "http://nowhere", fetch }))[0]).toMatchObject({ text: "t" });
    expect(requests).toBe(31);
  });

  it("is waited for until the time limit, counted in the waits it asks for", async () => {
    let requests = 0;
    const fetch = async () => {
      requests++;
      return busy();
    };
    const error = await ask({ baseUrl: "http://nowhere", fetch, maxWaitMs: 10 }).catch((e) => e);
    expect(error).toMatchObject({ code: "ERR_HTTP", fields: { status: 429, tries: 6 } });
    expect(requests).toBe(6); // five waits of 2 ms
  });

  it("counts a 429 without Retry-After as a failure", async () => {
    const fetch = async () => new Response("", { status: 429 });
    await expect(ask({ baseUrl: "http://nowhere", fetch })).rejects.toMatchObject({
      fields: { tries: 2 },
    });
  });
});
