import { valkeyIsMissing } from "@deepgrain/vitest/servers";
import { Worker } from "bullmq";
import { describe, expect, it } from "vitest";
import { annotate } from "../../src/annotate/annotate";
import type { AnnotateEvent } from "../../src/annotate/annotate-events";
import { annotateByQueue } from "../../src/bullmq/annotate-by-queue";
import { createAnnotationWorker } from "../../src/bullmq/annotation-worker";
import { createQueueGate } from "../../src/bullmq/queue-gate";
import { PrmError } from "../../src/errors";
import { annotationWorld, worldSettings } from "../support/annotation-world";
import { startValkey } from "../support/valkey";

const { solutions, completer } = await annotationWorld(12);

async function all(events: AsyncIterable<AnnotateEvent>) {
  const list: AnnotateEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}
const resultsOf = (events: AnnotateEvent[]) =>
  events
    .flatMap((event) => (event.type === "solution-end" ? [event.result] : []))
    .sort((a, b) => a.id.localeCompare(b.id));

describe.skipIf(valkeyIsMissing)("annotation on BullMQ, with valkey-server", () => {
  it("gives the results of an embedded run, with rejects and sums", async () => {
    const connection = await startValkey();
    const workers = [1, 2].map(() =>
      createAnnotationWorker({ connection, completer, concurrency: 2 }),
    );
    const rows = [...solutions, { id: "bad" }];
    const options = { ...worldSettings, connection, runId: "one" };
    const queued = await all(annotateByQueue(rows, options));
    const embedded = await all(annotate(rows, { ...worldSettings, completer }));
    expect(resultsOf(queued)).toEqual(resultsOf(embedded));
    expect(queued.at(-1)).toEqual(embedded.at(-1));
    expect(queued.filter(({ type }) => type === "solution-reject")).toHaveLength(1);
    await Promise.all(workers.map((worker) => worker.close()));
    // All jobs are done: a second producer needs no worker.
    expect(resultsOf(await all(annotateByQueue(rows, options)))).toEqual(resultsOf(embedded));
  });

  it("ends with a clear error where a solution fails for good, and tries again in the next run", async () => {
    const connection = await startValkey();
    let isBroken = true;
    const errors: string[] = [];
    const worker = createAnnotationWorker({
      connection,
      async completer(prefix, options) {
        if (isBroken) throw new PrmError("ERR_BUDGET", "nothing left");
        return completer(prefix, options);
      },
      onError: (error) => errors.push(error.message),
    });
    const options = { ...worldSettings, connection, runId: "two" };
    const error = await all(annotateByQueue(solutions, options)).catch((reason) => reason);
    expect(error).toMatchObject({ code: "ERR_QUEUE", fields: { failure: "prm/nothing left" } });
    expect(errors[0]).toBe("prm/nothing left");
    isBroken = false;
    expect(resultsOf(await all(annotateByQueue(solutions, options)))).toHaveLength(12);
    await worker.close();
  });

  it("refuses what a worker made up about another solution", async () => {
    const connection = await startValkey();
    const own = { ...connection, maxRetriesPerRequest: null };
    const liar = new Worker("prm-annotate", async () => ({ ...solutions[3], values: [7] }), {
      connection: own,
    });
    const options = { ...worldSettings, connection, runId: "liar" };
    const error = await all(annotateByQueue(solutions.slice(0, 1), options)).catch((e) => e);
    expect(error).toMatchObject({ code: "ERR_QUEUE" });
    expect(error.message).toContain("its result is of another solution");
    await liar.close();
  });

  it("holds limits of concurrency and rate for all gates of a queue together", async () => {
    const connection = await startValkey();
    const gates = [1, 2, 3].map(() => createQueueGate({ connection, concurrency: 2 }));
    let [open, peak] = [0, 0];
    const request = async () => {
      peak = Math.max(peak, ++open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open--;
    };
    await Promise.all(gates.flatMap((gate) => Array.from({ length: 6 }, () => gate.run(request))));
    expect(peak).toBe(2);
    // A start per 50 ms over both gates: the sixth comes no earlier than 250 ms after the first.
    const slow = [1, 2].map(() =>
      createQueueGate({ connection, queueName: "slow", requestsPerMinute: 1200 }),
    );
    const starts: number[] = [];
    const note = async () => void starts.push(performance.now());
    await Promise.all(slow.flatMap((gate) => [1, 2, 3].map(() => gate.run(note))));
    expect(Math.max(...starts) - Math.min(...starts)).toBeGreaterThanOrEqual(240);
    const full = new AbortController();
    const held = gates.slice(0, 2).map((gate) => gate.run(() => new Promise(() => undefined)));
    held.forEach((each) => void each.catch(() => undefined));
    const third = gates[2]!.run(request, full.signal);
    setTimeout(() => full.abort(new Error("enough")), 60);
    await expect(third).rejects.toThrow("enough");
    await Promise.all([...gates, ...slow].map((gate) => gate.close()));
  });

  it("stops when aborted while no worker is there", async () => {
    const connection = await startValkey();
    const controller = new AbortController();
    const events = all(
      annotateByQueue(solutions, {
        ...worldSettings,
        connection,
        runId: "three",
        signal: controller.signal,
      }),
    );
    setTimeout(() => controller.abort(new Error("enough")), 100);
    await expect(events).rejects.toThrow("enough");
  });
});

describe("annotateByQueue", () => {
  it("does not wait forever for a server that is not there", async () => {
    const connection = { host: "127.0.0.1", port: 1 };
    const absent = annotateByQueue(solutions, { connection, runId: "a", connectMs: 300 });
    await expect(absent.next()).rejects.toMatchObject({ code: "ERR_QUEUE" });
    const signal = AbortSignal.timeout(100);
    const aborted = annotateByQueue(solutions, { connection, runId: "a", signal });
    await expect(aborted.next()).rejects.toThrow(/timeout/);
  });

  it("refuses a run id with a colon, and bad worker settings", async () => {
    const connection = { host: "127.0.0.1", port: 1 };
    const events = annotateByQueue([], { connection, runId: "a:b" });
    await expect(events.next()).rejects.toThrow(/runId must be text without ":"/);
    expect(() => createAnnotationWorker({ connection, completer, lockMs: 0 })).toThrow(/lockMs/);
  });
});
