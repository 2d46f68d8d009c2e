import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, PATIENCE, post } from "../support/ask";
import { inCompany } from "../support/company";
import { tinyChat } from "../support/models";

/** Definitions that refer to each other, each a hundred times. */
function chain(count: number): object {
  const $defs: Record<string, object> = { d0: { type: "null" } };
  for (let i = 1; i < count; i++)
    $defs[`d${i}`] = { anyOf: Array.from({ length: 100 }, () => ({ $ref: `#/$defs/d${i - 1}` })) };
  return { $defs, anyOf: Array.from({ length: count }, (_, i) => ({ $ref: `#/$defs/d${i}` })) };
}

/** The largest chain that is compiled, and one that is too large. */
const largest = 1200;
const tooLarge = 1400;

const asked = (schema: object, more: object = {}) => ({
  model: "tiny",
  messages: [{ role: "user", content: "a" }],
  max_tokens: 40,
  response_format: { type: "json_schema", json_schema: { name: "a", schema } },
  ...more,
});
const path = "/v1/chat/completions";
const param = "response_format.json_schema.schema";

describe("a schema of a stranger", () => {
  let handler: Handler;
  beforeAll(async () => {
    handler = createHandler({ tiny: await tinyChat(512) }, { keys: ["one", "two"] });
  });
  afterAll(() => handler.close());
  const by = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

  it("is compiled while others are answered first, the largest one, too", async () => {
    const open = createHandler({ tiny: await tinyChat(512) });
    await ask(open, post(path, asked({ type: "null" })));
    let now = performance.now();
    const clock = vi.spyOn(performance, "now").mockImplementation(() => {
      now += 30; // a turn is due whenever one is asked for
      return now;
    });
    const { body, long, others } = await inCompany(open, post(path, asked(chain(largest))));
    clock.mockRestore();
    expect(JSON.parse(body.choices[0].message.content)).toBeNull(); // a space may stand before it
    expect(Math.max(...others)).toBeLessThan(long);
    await open.close();
  });

  it("is 400 naming its field when it costs more", async () => {
    const { status, body } = await ask(handler, post(path, asked(chain(tooLarge)), by("one")));
    expect({ status, param: body.error.param }).toEqual({ status: 400, param });
    expect(body.error.message).toMatch(/^response_format.json_schema.schema: .*limit/);
  });

  it("waits for another of the same key, and for none of another key", async () => {
    let now = performance.now();
    const clock = vi.spyOn(performance, "now").mockImplementation(() => {
      now += 30;
      return now;
    });
    const order: string[] = [];
    const send = async (name: string, key: string, schema: object) => {
      const { status } = await ask(handler, post(path, asked(schema), by(key)));
      order.push(`${name} ${status}`);
    };
    await Promise.all([
      send("large", "one", chain(600)),
      send("behind it", "one", { const: 1 }),
      send("of another key", "two", { const: 2 }),
    ]);
    clock.mockRestore();
    expect(order).toEqual(["of another key 200", expect.anything(), expect.anything()]);
    expect(order.toSorted()).toEqual(["behind it 200", "large 200", "of another key 200"]);
  });

  it("is 429 behind as many of its key as may wait, and leaves the line with its client", async () => {
    const few = createHandler(
      { tiny: await tinyChat(512) },
      { batcher: { queue: 1, maxSequences: 1 } },
    );
    const stop = new AbortController();
    const leaving = [0, 1].map((i) =>
      few(post(path, asked(chain(600 + i)), { signal: stop.signal })),
    );
    await new Promise((resolve) => setImmediate(resolve));
    const short = () => ask(few, post(path, asked({ const: 1 })));
    await expect.poll(async () => (await short()).status, PATIENCE).toBe(429);
    stop.abort();
    for (const response of await Promise.all(leaving)) expect(response.status).toBe(499);
    expect((await short()).status).toBe(200);
    await few.close();
  });
});
