import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { memory } from "@deepgrain/tensor-gpu";
import { expect, it } from "vitest";
import { createHandler } from "../../src";
import { metric, PATIENCE, post } from "../support/ask";
import { fimMarks, tinyChat } from "../support/models";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

async function heap(): Promise<number> {
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    collect();
  }
  return process.memoryUsage().heapUsed;
}

const [begin, mark, end] = fimMarks;
const fim = ({ prefix, suffix }: { prefix: string; suffix: string }) =>
  `${begin}${prefix}${mark}${suffix}${end}`;

const text = { model: "tiny", prompt: "a", max_tokens: 30, logit_bias: { 1: -100 } };

const hole = { input_prefix: "a", input_suffix: "b", n_predict: 30, stream: true };
const options = { num_predict: 30 };
const asked = { model: "tiny", input: "a", max_output_tokens: 30, stream: true };
const told = { model: "tiny", messages: [{ role: "user", content: "a" }], options };

/** Requests that are refused, that leave, that never read, and that end as they should. */
const kinds: ((handler: ReturnType<typeof createHandler>) => Promise<unknown>)[] = [
  (handler) => handler(post("/v1/completions", '{"model":')),
  (handler) => handler(post("/v1/completions", { ...text, foo: 1 })),
  (handler) => handler(post("/v1/completions", { ...text, prompt: "a".repeat(3000) })),
  (handler) => handler(post("/v1/completions", `"${"a".repeat(100_000)}"`)),
  (handler) => handler(post(`/v1/${Math.random()}`, text)),
  (handler) => handler(post("/v1/completions", { ...text, stream: true })), // never reads
  async (handler) => {
    const response = await handler(post("/v1/completions", { ...text, stream: true }));
    await response.body!.cancel();
  },
  (handler) => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 1);
    return handler(post("/v1/completions", { ...text, n: 2 }, { signal: stop.signal }));
  },
  async (handler) => (await handler(post("/v1/completions", text))).text(),
  async (handler) => (await handler(post("/v1/completions", { ...text, stream: true }))).text(),
  (handler) => handler(post("/api/chat", { ...told, options: { mirostat: 2 } })),
  async (handler) => (await handler(post("/api/chat", told))).body!.cancel(),
  async (handler) => (await handler(post("/api/generate", { model: "tiny", prompt: "a" }))).text(),
  (handler) => handler(post("/v1/responses", { ...asked, store: true })),
  (handler) => handler(post("/v1/responses", asked)), // never reads
  async (handler) => (await handler(post("/v1/responses", asked))).body!.cancel(),
  (handler) => handler(post("/infill", { ...hole, input_extra: [5] })),
  async (handler) => (await handler(post("/infill", hole))).body!.cancel(),
];

it("grows by less than 8 MB of heap over 400 hostile requests, and by no byte of the engine", async () => {
  const handler = createHandler(
    { tiny: { ...(await tinyChat(512, fimMarks)), fim } },
    {
      streamBufferBytes: 3000,
      maxBodyBytes: 50_000,
      doors: ["openai", "responses", "infill", "ollama"],
    },
  );
  const ask = async (from: number, to: number) => {
    for (let i = from; i < to; i += kinds.length)
      await Promise.all(kinds.map((kind) => kind(handler)));
    await expect.poll(() => metric(handler, "running_sequences"), PATIENCE).toBe(0);
    expect(await metric(handler, "waiting_sequences")).toBe(0);
    expect(await metric(handler, "used_pages")).toBe(0);
  };
  await ask(0, 100);
  const early = await heap();
  const { bytes } = memory(); // tables that a model makes at its first pass included
  await ask(100, 500);
  const grown = (await heap()) - early;
  expect(grown).toBeLessThan(8e6);
  expect(memory().bytes).toBe(bytes);
  await handler.close();
});
