import { MessageChannel, type MessagePort } from "node:worker_threads";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  serveTrain,
  webWorkerPool,
  workerTrain,
  workerTransport,
} from "../../../src/federation/workers";
import { finishFederation, inProcessTransport, type LocalTrain, redGrape } from "../../support/all";
import { toyClients, toyInitial, toyLocal, toyTrain } from "../../support/toy";

const ports: MessagePort[] = [];

/** A web worker whose messages are copied as structured clones, and that serves `train`. */
function fakeWorker(train: LocalTrain) {
  const { port1, port2 } = new MessageChannel();
  ports.push(port1, port2);
  serveTrain(workerTrain(train), {
    postMessage: (message) => port2.postMessage(message),
    addEventListener: (_, listener) => port2.on("message", (data) => listener({ data })),
  });
  const errors: ((event: { message: string }) => void)[] = [];
  return {
    postMessage: (message: unknown) => port1.postMessage(message),
    addEventListener: (type: "message" | "error", listener: (event: never) => void) => {
      if (type === "error") errors.push(listener as never);
      else port1.on("message", (data) => listener({ data } as never));
    },
    terminate: () => port1.close(),
    fail: (message: string) => {
      for (const listener of errors) listener({ message });
    },
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
  for (const port of ports.splice(0)) port.close();
});

const options = async () => ({
  strategy: redGrape({ local: toyLocal, threshold: 4 }),
  initial: await toyInitial(),
  rounds: 2,
  seed: 5,
});

describe("webWorkerPool", () => {
  it.each([1, 3])(
    "of %i workers gives the bits of one thread, without shared memory too",
    async (size) => {
      const alone = await finishFederation({
        ...(await options()),
        transport: inProcessTransport({ clients: toyClients, train: toyTrain }),
      });
      vi.stubGlobal("SharedArrayBuffer", undefined);
      let made = 0;
      const create = () => {
        made++;
        return fakeWorker(toyTrain);
      };
      const pool = webWorkerPool({ create, size });
      const transport = workerTransport({ pool, clients: toyClients });
      const { state, counts } = await finishFederation({ ...(await options()), transport });
      pool.destroy();
      expect(state).toEqual(alone.state);
      expect(counts).toEqual(alone.counts);
      expect(made).toBe(size);
    },
  );

  it("cancels the training of a task that nobody waits for, and gives its worker the next", async () => {
    const seen: string[] = [];
    const train: LocalTrain = ({ clientId }, { signal }) =>
      clientId === "a"
        ? new Promise((_, reject) => {
            seen.push("started");
            signal!.addEventListener("abort", () => {
              seen.push("cancelled");
              reject(signal!.reason);
            });
          })
        : { params: new Map(), numSamples: 1 };
    const pool = webWorkerPool({ create: () => fakeWorker(train), size: 1 });
    const stopper = new AbortController();
    const first = pool.run({ clientId: "a" }, { name: "train", signal: stopper.signal });
    const second = pool.run({ clientId: "b" }, { name: "train" });
    await vi.waitUntil(() => seen.includes("started"), { timeout: 60_000 });
    stopper.abort(new Error("too late"));
    await expect(first).rejects.toThrow("too late");
    expect(await second).toMatchObject({ update: { numSamples: 1 } });
    expect(seen).toEqual(["started", "cancelled"]);
    pool.destroy();
  });

  it("replaces a worker that ends by an error, and fails its task alone", async () => {
    const workers: ReturnType<typeof fakeWorker>[] = [];
    const create = () => {
      const worker = fakeWorker(({ clientId }) =>
        clientId === "a" ? new Promise(() => undefined) : { params: new Map(), numSamples: 1 },
      );
      workers.push(worker);
      return worker;
    };
    const pool = webWorkerPool({ create, size: 1 });
    const first = pool.run({ clientId: "a" }, { name: "train" });
    const second = pool.run({ clientId: "b" }, { name: "train" });
    workers[0]!.fail("out of memory");
    await expect(first).rejects.toMatchObject({ code: "ERR_TRANSPORT" });
    expect(await second).toMatchObject({ update: { numSamples: 1 } });
    expect(workers).toHaveLength(2);
    pool.destroy();
    await expect(pool.run({}, { name: "train", signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
