import { valkeyIsMissing } from "@deepgrain/vitest/servers";
import { describe, expect, it } from "vitest";
import { annotate } from "../../src/annotate/annotate";
import type { AnnotateEvent } from "../../src/annotate/annotate-events";
import { annotateByQueue } from "../../src/bullmq/annotate-by-queue";
import { createAnnotationWorker } from "../../src/bullmq/annotation-worker";
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
