import { describe, expect, it } from "vitest";
import { connectWorker, type WorkerPort } from "../../src/bridge/connect-worker";
import type { Port } from "../../src/bridge/messages";
import { serveMethods } from "../../src/bridge/serve-methods";
import { WorkerError } from "../../src/bridge/worker-error";

class RangeProblem extends Error {
  override name = "RangeProblem";
  code = "ERR_RANGE";
  fields = { steps: 0 };
}

const stopped: string[] = [];
/** The calls that began, each with how many had ended. */
const begun: { to: number; ended: number }[] = [];

const methods = {
  async *count({ to }: { to: number }, signal: AbortSignal) {
    begun.push({ to, ended: stopped.length });
    try {
      for (let i = 1; i <= to; i++) {
        await new Promise((turn) => setImmediate(turn));
        signal.throwIfAborted();
        yield { step: i };
      }
    } finally {
      stopped.push("count");
    }
  },
  async *fail() {
    yield 1;
    throw new RangeProblem("steps must be above 0, got 0");
  },
};

/** A worker in this process. */
function openWorker(): WorkerPort & { isEnded: boolean } {
  const { port1, port2 } = new MessageChannel();
  serveMethods(port2 as unknown as Port, methods);
  return Object.assign(port1, {
    isEnded: false,
    onerror: null,
    terminate(this: { isEnded: boolean }) {
      this.isEnded = true;
      port1.close();
    },
  }) as unknown as WorkerPort & { isEnded: boolean };
}

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe("the bridge between a page and its worker", () => {
  it("passes events on in their order, of several calls at once", async () => {
    const worker = connectWorker<typeof methods>(openWorker);
    const both = await Promise.all([
      collect(worker.run("count", { to: 3 })),
      collect(worker.run("count", { to: 5 })),
    ]);
    expect(both.map((events) => events.map(({ step }) => step))).toEqual([
      [1, 2, 3],
      [1, 2, 3, 4, 5],
    ]);
    worker.end();
  });

  it("runs a call when the one before it has ended, and none that was stopped before", async () => {
    const worker = connectWorker<typeof methods>(openWorker);
    begun.length = 0;
    stopped.length = 0;
    const abort = new AbortController();
    const all = Promise.all([
      collect(worker.run("count", { to: 3 })),
      collect(worker.run("count", { to: 4 }, abort.signal)).catch((reason) => reason.message),
      collect(worker.run("count", { to: 5 })),
    ]);
    abort.abort(new Error("not this one"));
    expect((await all)[1]).toBe("not this one");
    expect(begun).toEqual([
      { to: 3, ended: 0 },
      { to: 5, ended: 1 },
    ]);
    worker.end();
  });

  it("throws what the method threw, with its code and fields", async () => {
    const worker = connectWorker<typeof methods>(openWorker);
    const error = await collect(worker.run("fail", undefined)).catch((reason) => reason);
    expect(error).toBeInstanceOf(WorkerError);
    expect(error).toMatchObject({
      name: "RangeProblem",
      message: "steps must be above 0, got 0",
      code: "ERR_RANGE",
      fields: { steps: 0 },
    });
    worker.end();
  });

  it("stops the work when its loop is left, and when its signal aborts", async () => {
    const worker = connectWorker<typeof methods>(openWorker);
    stopped.length = 0;
    for await (const { step } of worker.run("count", { to: 1e9 })) if (step === 2) break;
    const abort = new AbortController();
    const all = (async () => {
      for await (const { step } of worker.run("count", { to: 1e9 }, abort.signal))
        if (step === 3) abort.abort(new Error("enough"));
    })();
    await expect(all).rejects.toThrow("enough");
    while (stopped.length < 2) await new Promise((turn) => setImmediate(turn));
    worker.end();
  });

  it("rests while paused and goes on afterwards", async () => {
    const worker = connectWorker<typeof methods>(openWorker);
    const seen: number[] = [];
    worker.pause(true);
    const all = (async () => {
      for await (const { step } of worker.run("count", { to: 4 })) seen.push(step);
    })();
    while (seen.length < 1) await new Promise((turn) => setImmediate(turn));
    for (let i = 0; i < 50; i++) await new Promise((turn) => setImmediate(turn));
    expect(seen).toEqual([1]);
    worker.pause(false);
    await all;
    expect(seen).toEqual([1, 2, 3, 4]);
    worker.end();
  });

  it("ends its worker and starts another at the next call", async () => {
    const opened: ReturnType<typeof openWorker>[] = [];
    const worker = connectWorker<typeof methods>(() => {
      opened.push(openWorker());
      return opened.at(-1)!;
    });
    const all = collect(worker.run("count", { to: 1e9 })).catch((reason) => reason);
    await new Promise((turn) => setImmediate(turn));
    worker.end();
    expect(await all).toMatchObject({ code: "ERR_WORKER", message: "the worker was ended" });
    expect(await collect(worker.run("count", { to: 1 }))).toEqual([{ step: 1 }]);
    worker.end();
    expect(opened.map(({ isEnded }) => isEnded)).toEqual([true, true]);
  });

  it("says that a worker could not be loaded", async () => {
    const worker = connectWorker<typeof methods>(() => {
      const broken = openWorker();
      setImmediate(() => broken.onerror?.({}));
      return Object.assign(broken, { postMessage() {} });
    });
    await expect(collect(worker.run("count", { to: 1 }))).rejects.toMatchObject({
      code: "ERR_WORKER",
      message: "the worker could not be loaded",
    });
  });
});
