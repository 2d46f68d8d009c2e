import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHandler, type Handler, type HandlerOptions, ServeError } from "../../src";
import { ask, get, type Json, post } from "../support/ask";
import { fimMarks, type TestModel, tinyChat } from "../support/models";

/** A request of each door, and the text of an error as it gives it. */
const doors = {
  openai: { path: "/v1/completions", errorOf: (body: Json) => body.error.message },
  responses: { path: "/v1/responses", errorOf: (body: Json) => body.error.message },
  infill: { path: "/infill", errorOf: (body: Json) => body.error.message },
  ollama: { path: "/api/chat", errorOf: (body: Json) => body.error },
} as const;

type Name = keyof typeof doors;

const names = Object.keys(doors) as Name[];

let model: TestModel;
const open: Handler[] = [];
beforeAll(async () => {
  model = await tinyChat(64, fimMarks);
});
afterAll(async () => {
  for (const handler of open) await handler.close();
});

function handlerWith(options: HandlerOptions): Handler {
  const handler = createHandler({ tiny: model }, options);
  open.push(handler);
  return handler;
}

/** The status of an answer, and its error as the door gives it. */
async function refused(handler: Handler, name: Name, headers: Record<string, string> = {}) {
  const { path, errorOf } = doors[name];
  const { status, body } = await ask(handler, post(path, {}, { headers }));
  return { status, error: errorOf(body) as string };
}

describe("the doors of a handler", () => {
  it("are OpenAI's and /infill where nothing is said", async () => {
    const handler = handlerWith({});
    for (const name of names) {
      const { status } = await ask(handler, post(doors[name].path, {}));
      expect([name, status]).toEqual([name, name === "openai" || name === "infill" ? 400 : 404]);
    }
    expect((await handler(get("/v1/models"))).status).toBe(200);
  });

  it.each(names)("answer 404 where %s alone is closed, telling how to open it", async (closed) => {
    const handler = handlerWith({ doors: names.filter((name) => name !== closed) });
    const { status, body } = await ask(handler, post(doors[closed].path, {}));
    expect({ status, code: body.error.code }).toEqual({ status: 404, code: "door_closed" });
    expect(body.error.message).toContain(`"${closed}"`);
    expect(body.error.message).toContain("--doors");
    for (const name of names.filter((one) => one !== closed))
      expect((await refused(handler, name)).status).toBe(400);
    expect((await handler(get("/health"))).status).toBe(200);
  });

  it("have no /v1/messages, open or closed", async () => {
    for (const open of [names, ["infill"] as const])
      for (const path of ["/v1/messages", "/v1/messages/count_tokens"]) {
        const { status, body } = await ask(handlerWith({ doors: open }), post(path, {}));
        expect([status, body.error.message]).toEqual([404, expect.stringContaining("not offered")]);
      }
  });

  it.each(names)("keep to keys, hosts and pages: %s", async (name) => {
    const handler = handlerWith({ doors: names, keys: ["one"], allowHosts: ["127.0.0.1"] });
    const host = "127.0.0.1:80";
    const good = await refused(handler, name, { host, authorization: "Bearer one" });
    expect(good.status).toBe(400);
    const noKey = await refused(handler, name, { host });
    expect(noKey).toEqual({ status: 401, error: expect.stringContaining("key") });
    const otherHost = await refused(handler, name, { host: "evil", authorization: "Bearer one" });
    expect(otherHost).toEqual({ status: 403, error: expect.stringContaining("host") });
    const origin = "https://evil.example";
    const page = await refused(handler, name, { host, origin, authorization: "Bearer one" });
    expect(page).toEqual({ status: 403, error: expect.stringContaining("origin") });
  });

  it.each(names)(
    "refuse large bodies, other methods, and all when they drain: %s",
    async (name) => {
      const { path, errorOf } = doors[name];
      const handler = handlerWith({ doors: names, maxBodyBytes: 20 });
      const large = await ask(handler, post(path, { model: "a".repeat(20) }));
      expect([large.status, errorOf(large.body)]).toEqual([
        413,
        expect.stringContaining("20 bytes"),
      ]);
      const got = await handler(get(path));
      expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
      expect(errorOf(await got.json())).toContain("POST");
      await handler.drain();
      const late = await refused(handler, name);
      expect(late).toEqual({ status: 503, error: expect.stringContaining("shutting down") });
    },
  );

  it.each(names)("are counted by their paths: %s", async (name) => {
    const handler = handlerWith({ doors: names });
    await refused(handler, name);
    const text = await (await handler(get("/metrics"))).text();
    expect(text).toContain(`deepgrain_responses_total{route="${doors[name].path}",status="400"} 1`);
  });

  it.each([
    ["no list", "openai"],
    ["an empty list", []],
    ["one that does not exist", ["openai", "anthropic"]],
    ["nothing in a list", [undefined]],
  ])("are refused as %s", (_, given) => {
    const options = { doors: given } as unknown as HandlerOptions;
    expect(() => createHandler({ tiny: model }, options)).toThrow(ServeError);
    expect(() => createHandler({ tiny: model }, options)).toThrow(/doors must be a list of openai/);
  });
});
