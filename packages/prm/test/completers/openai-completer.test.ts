import { afterEach, describe, expect, it, vi } from "vitest";
import { complete } from "../../src/completers/completer";
import {
  type OpenAiCompleterOptions,
  openAiCompleter,
} from "../../src/completers/openai-completer";
import { createRequestGate } from "../../src/completers/request-gate";
import { createTokenLedger } from "../../src/completers/token-ledger";
import { PrmError } from "../../src/errors";
import { hashText } from "../../src/random/seeds";
import { type Behaviour, startMockEndpoint } from "../support/mock-endpoint";

const echo = async (prefix: { problem: string }, { seeds }: { seeds: readonly number[] }) =>
  seeds.map((seed) => `${prefix.problem} ${seed}`);
const prefix = { problem: "two", steps: ["Step 1: x"] };
const quick = { model: "m", backoffMs: 1, maxBackoffMs: 4, timeoutMs: 30_000 };
/** Long enough for a right answer on a busy machine, where others hang. */
const limitOf = (what: string) => (what.endsWith("hang") ? 3000 : 30_000);

/** The error of a call that must fail. */
async function failure(promise: Promise<unknown>): Promise<PrmError> {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(PrmError.isInstance(error)).toBe(true);
  return error as PrmError;
}

afterEach(() => vi.unstubAllEnvs());

describe("the OpenAI-compatible completer", () => {
  it.each([
    { stream: false, completionsPerRequest: 1 },
    { stream: true, completionsPerRequest: 1 },
    { stream: false, completionsPerRequest: 2 },
    { stream: true, completionsPerRequest: 2 },
  ])("asks for one completion per seed with %j", async (options) => {
    await using server = await startMockEndpoint(echo);
    const ledger = createTokenLedger();
    const ask = openAiCompleter({ ...quick, baseUrl: server.baseUrl, ledger, ...options });
    const made = await complete(ask, prefix, { seeds: [7, 8, 9], stop: ["\n\n"], maxTokens: 20 });
    expect(made.map(({ text }) => text)).toEqual(["two 7", "two 8", "two 9"]);
    expect(server.requests).toHaveLength(options.completionsPerRequest === 1 ? 3 : 2);
    expect(server.requests[0]!.body).toMatchObject({
      model: "m",
      prompt: "two\nStep 1: x\n",
      max_tokens: 20,
      stop: ["\n\n"],
      temperature: 0.8,
    });
    expect(ledger.counts()).toMatchObject({ completionTokens: 6, unconfirmedTokens: 0 });
  });

  it("sends chat messages that end with the steps as the assistant's turn", async () => {
    await using server = await startMockEndpoint(echo);
    const ask = openAiCompleter({
      ...quick,
      baseUrl: server.baseUrl,
      api: "chat",
      body: { top_k: 3 },
    });
    await complete(ask, prefix, { seeds: [1] }); // the mock answers with `text`, which is read as well
    expect(server.requests[0]!.body).toMatchObject({
      messages: [
        { role: "user", content: "two" },
        { role: "assistant", content: "Step 1: x\n" },
      ],
      top_k: 3,
    });
  });

  it.concurrent.each([
    "429",
    "500",
    "hang",
    "half-hang",
    "garbage",
    "empty",
    "no-choices",
    "half-json",
    "reset",
  ] as const)("tries again after %s", async (what) => {
    await using server = await startMockEndpoint(echo, { behave: (n) => (n < 3 ? what : "ok") });
    const ask = openAiCompleter({ ...quick, baseUrl: server.baseUrl, timeoutMs: limitOf(what) });
    expect((await complete(ask, prefix, { seeds: [1] }))[0]!.text).toBe("two 1");
    expect(server.requests).toHaveLength(3);
  });

  it.concurrent.each([
    ["429", "ERR_HTTP"],
    ["500", "ERR_HTTP"],
    ["hang", "ERR_TIMEOUT"],
    ["half-hang", "ERR_TIMEOUT"],
    ["garbage", "ERR_RESPONSE"],
    ["empty", "ERR_RESPONSE"],
    ["half-json", "ERR_RESPONSE"],
    ["reset", "ERR_NETWORK"],
  ] as const)("fails after endless %s with %s and the request's number", async (what, code) => {
    await using server = await startMockEndpoint(echo, { behave: () => what });
    for (const stream of [false, true]) {
      const endless = { ...quick, timeoutMs: limitOf(what), retries: 1, maxWaitMs: 5, stream };
      const ask = openAiCompleter({ ...endless, baseUrl: server.baseUrl });
      const error = await failure(complete(ask, prefix, { seeds: [1] }));
      expect(error.fields).toMatchObject({ request: 1, tries: 2 });
      // Half a JSON answer is, read as a stream, a stream without an end.
      expect(error.code).toBe(code);
      expect(error.message).toMatch(/request 1 to http.*\(after 2 tries\)$/s);
    }
  });

  it("reports half a stream", async () => {
    const body = 'data: {"choices":[{"index":0,"text":"half"}]}\n\n';
    const ask = openAiCompleter({
      ...quick,
      baseUrl: "http://nowhere/v1",
      stream: true,
      retries: 0,
      fetch: async () => new Response(body),
    });
    const error = await failure(complete(ask, prefix, { seeds: [1] }));
    expect(error).toMatchObject({ code: "ERR_RESPONSE" });
    expect(error.message).toContain("ended with 0 of 1 choices complete");
  });

  it("does not hang on a fetch that ignores its signal", async () => {
    const ask = openAiCompleter({
      ...quick,
      baseUrl: "http://nowhere/v1",
      timeoutMs: 20,
      retries: 0,
      fetch: () => new Promise(() => undefined),
    });
    expect((await failure(complete(ask, prefix, { seeds: [1] }))).code).toBe("ERR_TIMEOUT");
  });

  it("gives up at once on a refused request and on a Retry-After that is too long", async () => {
    await using server = await startMockEndpoint(echo, {
      behave: (n) => (n === 1 ? "400" : "429"),
      retryAfterMs: 60_000,
    });
    const ask = openAiCompleter({ ...quick, baseUrl: server.baseUrl, maxWaitMs: 1000 });
    const refused = await failure(complete(ask, prefix, { seeds: [1] }));
    expect(refused.fields).toMatchObject({ status: 400, body: "no such model", request: 1 });
    const delayed = await failure(complete(ask, prefix, { seeds: [1] }));
    expect(delayed.fields).toMatchObject({ status: 429, request: 2, tries: 1 });
  });

  it("stops waiting when aborted", async () => {
    await using server = await startMockEndpoint(echo, { behave: () => "hang" });
    const ask = openAiCompleter({ ...quick, baseUrl: server.baseUrl, timeoutMs: 60_000 });
    const controller = new AbortController();
    const asked = complete(ask, prefix, { seeds: [1, 2], signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(asked).rejects.toThrow("enough");
  });

  it("takes its key from the environment only and never shows it", async () => {
    vi.stubEnv("PRM_TEST_KEY", "sk-secret");
    const bodies = ["bad key sk-secret", "sk-secret"];
    const sent: unknown[] = [];
    const options: OpenAiCompleterOptions = {
      ...quick,
      baseUrl: "http://nowhere/v1",
      retries: 0,
      apiKeyVariable: "PRM_TEST_KEY",
      fetch: async (_, init) => {
        sent.push((init!.headers as Record<string, string>).authorization);
        if (bodies.length === 1) throw new Error("connection with sk-secret failed");
        return new Response(bodies.shift(), { status: 401 });
      },
    };
    const ask = openAiCompleter(options);
    for (let i = 0; i < 2; i++) {
      const error = await failure(complete(ask, prefix, { seeds: [1] }));
      expect(
        `${error.message} ${JSON.stringify(error.fields)} ${String(error.cause)}`,
      ).not.toContain("sk-");
      expect(error.message).toContain("[key]");
    }
    expect(sent).toEqual(["Bearer sk-secret", "Bearer sk-secret"]);
    vi.stubEnv("PRM_TEST_KEY", "");
    expect(() => openAiCompleter(options)).toThrow(/environment has no PRM_TEST_KEY/);
  });

  it("never sends a request that the budget does not cover", async () => {
    await using server = await startMockEndpoint(echo);
    const ledger = createTokenLedger({ maxTokens: 140, spentTokens: 20 });
    const ask = openAiCompleter({ ...quick, baseUrl: server.baseUrl, maxTokens: 50, ledger });
    await complete(ask, prefix, { seeds: [1] });
    await complete(ask, prefix, { seeds: [1] });
    const error = await failure(
      (async () => {
        for (let i = 0; i < 20; i++) await complete(ask, prefix, { seeds: [1] });
      })(),
    );
    expect(error.code).toBe("ERR_BUDGET");
    const { promptTokens, completionTokens } = ledger.counts();
    expect(promptTokens + completionTokens).toBeLessThanOrEqual(120);
    expect(server.requests.length).toBe(ledger.counts().requests);
  });

  it("keeps to its limits of concurrency and rate against a server that fails at random", async () => {
    const kinds: Behaviour[] = [
      "ok",
      "ok",
      "ok",
      "429",
      "500",
      "garbage",
      "hang",
      "half-json",
      "reset",
    ];
    await using server = await startMockEndpoint(echo, {
      behave: (n) => kinds[hashText(String(n)) % kinds.length]!,
      delayMs: 2,
    });
    const gate = createRequestGate({ concurrency: 3, requestsPerMinute: 6000 });
    const ask = openAiCompleter({
      ...quick,
      baseUrl: server.baseUrl,
      gate,
      retries: 12,
      timeoutMs: 1000,
    });
    const seeds = Array.from({ length: 40 }, (_, i) => i);
    const made = await complete(ask, prefix, { seeds });
    expect(made.map(({ text }) => text)).toEqual(seeds.map((seed) => `two ${seed}`));
    expect(server.peak()).toBeLessThanOrEqual(3);
  });

  it("refuses bad options", () => {
    expect(() => openAiCompleter({ ...quick, baseUrl: "nowhere" })).toThrow(
      /baseUrl must be a URL/,
    );
    expect(() => openAiCompleter({ ...quick, baseUrl: "http://x", retries: -1 })).toThrow(
      /retries/,
    );
    expect(() => createRequestGate({ concurrency: 0 })).toThrow(/concurrency/);
    expect(() => createRequestGate({ requestsPerMinute: 0 })).toThrow(/requestsPerMinute/);
    expect(() => createTokenLedger({ maxTokens: 0 })).toThrow(/maxTokens/);
  });
});

describe("complete", () => {
  it("refuses a wrong number of completions and completions without text", async () => {
    await expect(complete(async () => ["a"], prefix, { seeds: [1, 2] })).rejects.toThrow(
      /must return 2/,
    );
    await expect(complete(async () => [{} as never], prefix, { seeds: [1] })).rejects.toThrow(
      /no text/,
    );
  });
});
