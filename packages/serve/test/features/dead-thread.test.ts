import {
  type Batcher,
  type BatcherPort,
  connectBatcher,
  createBatcher,
  serveBatcher,
} from "@deepgrain/lm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createHandler, type Handler } from "../../src";
import { ask, type Json, metric, PATIENCE, post } from "../support/ask";
import { type TestModel, tinyChat } from "../support/models";

/** So many tokens that no machine has written them before the thread dies. */
const context = 2 ** 16;

let tiny: TestModel;
let batcher: Batcher;
let remote: Batcher;
let handler: Handler;
/** The far ends of the threads that were started. */
const threads: { close(): void }[] = [];

beforeAll(async () => {
  tiny = await tinyChat(context);
  batcher = createBatcher(tiny.model);
  remote = connectBatcher(() => {
    const { port1, port2 } = new MessageChannel();
    serveBatcher(port1 as BatcherPort, batcher);
    threads.push(port1);
    return port2 as BatcherPort;
  });
  const { tokenizer } = tiny;
  handler = createHandler({ tiny: { batcher: remote, contextLength: context, tokenizer } });
});
afterAll(async () => {
  await handler.close();
  await remote.close();
  await batcher.close();
});

const long = {
  model: "tiny",
  prompt: "a",
  max_tokens: context - 1,
  temperature: 0,
  logit_bias: { 1: -100 },
};

/** Answers 500 to whoever asked the thread that died. */
const isInternal = {
  message: expect.stringMatching(/^The server had an error/),
  type: "server_error",
};

/** The events of a stream; it ends without `[DONE]`. */
async function eventsOf(response: Response): Promise<Json[]> {
  const events = (await response.text()).trimEnd().split("\n\n");
  return events.map((event) => JSON.parse(event.replace(/^data: /, "")));
}

/** Ends the thread while a stream and a plain request run. @returns what both got */
async function die(): Promise<[stream: Json[], plain: { status: number; body: Json }]> {
  const stream = await handler(post("/v1/completions", { ...long, stream: true }));
  const plain = ask(handler, post("/v1/completions", long));
  await expect.poll(() => metric(handler, "running_sequences"), PATIENCE).toBe(2);
  threads.at(-1)!.close();
  return [await eventsOf(stream), await plain];
}

it("answers 500 to the requests of a thread that dies, starts it once more, and not for ever", async () => {
  const [events, plain] = await die();
  expect(events.at(-1)).toEqual({ error: expect.objectContaining(isInternal) });
  expect(events.flatMap(({ choices = [] }) => choices).some((one) => one.finish_reason)).toBe(
    false,
  );
  expect(plain).toEqual({ status: 500, body: { error: expect.objectContaining(isInternal) } });

  const again = await ask(handler, post("/v1/completions", { ...long, max_tokens: 3 }));
  expect([again.status, again.body.usage.completion_tokens]).toEqual([200, 3]);
  expect(threads).toHaveLength(2);

  await die(); // it had answered, so that it is started again …
  await die();
  expect(threads).toHaveLength(3);
  const refused = await ask(handler, post("/v1/completions", long));
  expect([refused.status, threads.length]).toEqual([500, 3]); // … but no more
  await expect.poll(async () => (await batcher.numbers()).running, PATIENCE).toBe(0);
});
