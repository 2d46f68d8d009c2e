import { MessageChannel, Worker } from "node:worker_threads";
import { Generator, setBackend } from "@deepgrain/tensor-gpu";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Batcher,
  type BatcherEvent,
  type BatcherPort,
  type BatcherRequest,
  CausalLM,
  connectBatcher,
  createBatcher,
  LmError,
  serveBatcher,
} from "../../src";
import { tinyLlama } from "../support/tiny-models";

let model: CausalLM;
let batcher: Batcher;

beforeAll(() => {
  setBackend("wasm");
  model = new CausalLM(tinyLlama({ max_position_embeddings: 512 }), {
    generator: new Generator(7),
  });
  batcher = createBatcher(model, { maxSequences: 4, queue: 2 });
});
afterAll(async () => {
  await batcher.close();
  model.dispose();
});

/** A connection through a channel, and its far end. */
function connected(): { remote: Batcher; far: BatcherPort } {
  const { port1, port2 } = new MessageChannel();
  serveBatcher(port1 as unknown as BatcherPort, batcher);
  return {
    remote: connectBatcher(port2 as unknown as BatcherPort),
    far: port1 as unknown as BatcherPort,
  };
}

async function eventsOf(stream: AsyncIterable<BatcherEvent>): Promise<BatcherEvent[]> {
  const events: BatcherEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(
    () => "nothing was thrown",
    (thrown: unknown) => thrown,
  );
  return LmError.isInstance(error) ? error.code : error;
}

/** Turns of the event loop until a claim about the batcher holds. */
async function until(claim: (numbers: Awaited<ReturnType<Batcher["numbers"]>>) => boolean) {
  for (let turn = 0; turn < 10_000; turn++) {
    if (claim(await batcher.numbers())) return;
    await new Promise((next) => setImmediate(next));
  }
  throw new Error("it never came true");
}

const endless: BatcherRequest = { prompt: [1, 2, 3], maxNewTokens: Number.POSITIVE_INFINITY };

describe("a batcher behind a port", () => {
  it("gives the same events as beside it", async () => {
    const { remote } = connected();
    const request: BatcherRequest = {
      prompt: [5, 6, 7, 8],
      maxNewTokens: 6,
      samples: 2,
      temperature: 0.9,
      seed: 4,
      logitBias: { 3: -100 },
      logProbabilities: 2,
      scorePrompt: true,
    };
    const far = await eventsOf(remote.generate(request));
    expect(far).toEqual(await eventsOf(batcher.generate(request)));
    expect(far).toHaveLength(1 + 2 * 7);
    expect(await remote.numbers()).toEqual(await batcher.numbers());
    await remote.close();
  });

  it("throws the far side's errors with code and fields", async () => {
    const { remote } = connected();
    expect(await codeOf(remote.generate({ prompt: [], maxNewTokens: 1 }).next())).toBe("ERR_SHAPE");
    const long = remote.generate({ prompt: [1], maxNewTokens: 512 }).next();
    await expect(long).rejects.toMatchObject({
      code: "ERR_RANGE",
      fields: { length: 1, maxNewTokens: 512, maxPositionEmbeddings: 512 },
    });
    const sampler = remote.generate({ ...endless, sampler: () => 1 }).next();
    expect(await codeOf(sampler)).toBe("ERR_ARGUMENT");
    await remote.close();
    expect(await codeOf(remote.generate(endless).next())).toBe("ERR_STATE");
  });

  it("cancels far rows when its reader leaves, stops one of them, or is aborted", async () => {
    const { remote } = connected();
    const stop = new AbortController();
    const left = remote.generate({ ...endless, samples: 2 });
    const aborted = remote.generate({ ...endless, signal: stop.signal });
    await Promise.all([left.next(), aborted.next()]);
    await until(({ running }) => running === 3);
    left.stop(1);
    await until(({ running }) => running === 2);
    stop.abort(new Error("enough"));
    await expect(eventsOf(aborted)).rejects.toThrow("enough");
    await until(({ running }) => running === 1);
    await left.return();
    await until(({ running, usedPages }) => running === 0 && usedPages === 0);
    await remote.close();
  });

  it("cancels the rows of a port that is closed", async () => {
    const { remote } = connected();
    const stream = remote.generate(endless);
    await stream.next();
    await remote.close();
    expect(await codeOf(eventsOf(stream))).toBe("ERR_STATE");
    await until(({ running }) => running === 0);
  });

  it("fails the streams of a thread that ends, and starts it once more", async () => {
    const ends: BatcherPort[] = [];
    const remote = connectBatcher(() => {
      const { port1, port2 } = new MessageChannel();
      serveBatcher(port1 as unknown as BatcherPort, batcher);
      ends.push(port1 as unknown as BatcherPort);
      return port2 as unknown as BatcherPort;
    });
    const die = async () => {
      const stream = remote.generate(endless);
      await stream.next();
      ends.at(-1)!.close!();
      return codeOf(eventsOf(stream));
    };
    expect(await die()).toBe("ERR_STATE");
    expect(await eventsOf(remote.generate({ prompt: [1], maxNewTokens: 2 }))).toHaveLength(3);
    expect(await die()).toBe("ERR_STATE"); // it had served, so it is started again …
    expect(await die()).toBe("ERR_STATE");
    expect(ends).toHaveLength(3);
    expect(await codeOf(remote.generate(endless).next())).toBe("ERR_STATE"); // … but no more
    expect(ends).toHaveLength(3);
    await until(({ running }) => running === 0);
    await remote.close();
  });

  it("notices that a thread has ended", async () => {
    const remote = connectBatcher(() => {
      const { port1, port2 } = new MessageChannel();
      const code = `require("node:worker_threads").workerData.once("message", () => process.exit(1));`;
      new Worker(code, { eval: true, workerData: port1, transferList: [port1] });
      return port2 as unknown as BatcherPort;
    });
    expect(await codeOf(eventsOf(remote.generate(endless)))).toBe("ERR_STATE");
    expect(await codeOf(remote.numbers())).toBe("ERR_STATE");
    await remote.close();
  });
});
