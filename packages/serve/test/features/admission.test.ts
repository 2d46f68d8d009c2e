import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler, type HandlerOptions } from "../../src";
import { ask, get, type Json, post } from "../support/ask";
import { type TestModel, tinyChat } from "../support/models";

describe("who is answered", () => {
  let model: TestModel;
  const open: Handler[] = [];
  beforeAll(async () => {
    model = await tinyChat(64);
  });
  afterAll(async () => {
    for (const handler of open) await handler.close();
  });
  const handlerWith = (options: HandlerOptions) => {
    const handler = createHandler({ tiny: model }, options);
    open.push(handler);
    return handler;
  };
  const body = { model: "tiny", prompt: "a", max_tokens: 1, logit_bias: { 1: -100 } };

  it("is whoever brings one of the keys; /health needs none", async () => {
    const handler = handlerWith({ keys: ["one", "two"] });
    for (const authorization of ["Bearer one", "bearer two", "Bearer  one "])
      expect((await ask(handler, get("/v1/models", { authorization }))).status).toBe(200);
    for (const authorization of ["", "one", "Bearer ", "Bearer on", "Bearer one1", "Basic one"]) {
      const response = await handler(get("/v1/models", { authorization }));
      expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
      expect(((await response.json()) as Json).error.code).toBe("invalid_api_key");
    }
    expect((await handler(get("/metrics"))).status).toBe(401);
    expect((await handler(get("/nothing"))).status).toBe(401);
    expect((await handler(get("/health"))).status).toBe(200);
  });

  it("is whoever asks for one of the hosts, with any port", async () => {
    const handler = handlerWith({ allowHosts: ["127.0.0.1", "localhost", "[::1]"] });
    for (const host of ["127.0.0.1", "127.0.0.1:80", "LOCALHOST:9", "[::1]:80"])
      expect((await handler(get("/health", { host }))).status).toBe(200);
    for (const host of ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", ""])
      expect((await handler(get("/health", { host }))).status).toBe(403);
  });

  it("is no web page that is not named, before its body is read", async () => {
    const handler = handlerWith({ allowOrigins: ["https://good.example"] });
    let isRead = false;
    const stream = new ReadableStream(
      {
        pull() {
          isRead = true;
        },
      },
      { highWaterMark: 0 },
    );
    const evil = { "content-type": "application/json", origin: "https://evil.example" };
    const init = { method: "POST", body: stream, headers: evil, duplex: "half" } as const;
    const request = new Request("http://127.0.0.1/v1/completions", init);
    expect((await handler(request)).status).toBe(403);
    expect(isRead).toBe(false);
    const origin = "https://good.example";
    const response = await handler(post("/v1/completions", body, { headers: { origin } }));
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    const preflight = new Request("http://127.0.0.1/v1/completions", {
      method: "OPTIONS",
      headers: { origin, "access-control-request-headers": "authorization,content-type" },
    });
    const allowed = await handler(preflight);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-headers")).toBe("authorization,content-type");
  });

  it("shares what was read of a prompt only with the same key", async () => {
    const handler = handlerWith({ keys: ["one", "two"], batcher: { prefixCache: 256 } });
    const prompt = "b".repeat(40);
    const cached = async (key: string) => {
      const headers = { authorization: `Bearer ${key}` };
      const request = post("/v1/completions", { ...body, prompt }, { headers });
      expect((await ask(handler, request)).status).toBe(200);
      const text = await (await handler(get("/metrics", headers))).text();
      return Number(/cached_tokens_total\{[^}]*\} (\d+)/.exec(text)![1]);
    };
    expect(await cached("one")).toBe(0);
    expect(await cached("two")).toBe(0);
    expect(await cached("two")).toBe(32);
    expect(await cached("one")).toBe(64);
  });

  it("is nobody new while the handler drains, and nobody after it is closed", async () => {
    const handler = createHandler({ tiny: model });
    const long = { ...body, max_tokens: 40, stream: true };
    const running = await handler(post("/v1/completions", long));
    let isDrained = false;
    const drained = handler.drain().then(() => {
      isDrained = true;
    });
    const response = await handler(post("/v1/completions", body));
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await handler(get("/health"))).status).toBe(503);
    expect(isDrained).toBe(false);
    expect(await running.text()).toMatch(/"finish_reason":"length".*\n\ndata: \[DONE\]\n\n$/s);
    await drained;
    await handler.close();
  });

  it("ends a running stream with an error event when the handler is closed", async () => {
    const handler = createHandler({ tiny: model });
    const long = { ...body, max_tokens: 50, stream: true };
    const running = await handler(post("/v1/completions", long));
    await handler.close();
    const events = (await running.text()).trim().split("\n\n");
    expect(JSON.parse(events.at(-1)!.slice(6)).error).toMatchObject({ code: "shutting_down" });
  });
});

describe("options", () => {
  it.each([
    [{ noSuchOption: 1 }, "ERR_ARGUMENT"],
    [{ keys: ["a b"] }, "ERR_ARGUMENT"],
    [{ maxN: 0 }, "ERR_RANGE"],
    [{ maxNewTokens: -1 }, "ERR_RANGE"],
    [null, "ERR_ARGUMENT"],
  ])("that are wrong are refused: %j", (options, code) => {
    expect(() => createHandler({}, options as never)).toThrow(expect.objectContaining({ code }));
  });

  it("of a model are checked, too", async () => {
    const { tokenizer } = await tinyChat(64);
    const refused = (served: object) => expect(() => createHandler({ tiny: served as never }));
    refused({ tokenizer }).toThrow("needs a model, a batcher or an encoder");
    refused({ tokenizer, batcher: {} }).toThrow("tiny.contextLength must be a whole number");
    refused({}).toThrow("needs a tokenizer");
    refused({ tokenizer, noSuchOption: 1 }).toThrow("noSuchOption");
  });
});
