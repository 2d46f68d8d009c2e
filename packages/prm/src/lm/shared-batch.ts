import { type BatchRequest, type CausalLM, GenerationBatch } from "@deepgrain/lm";

/** One continuation of a request. */
export interface BatchRow {
  readonly ids: number[];
  /** Why it ended; undefined until it ends. */
  stopped: string | undefined;
}

/** A request that waits for its rows. */
interface Job {
  readonly rows: readonly BatchRow[];
  readonly signal: AbortSignal | undefined;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Lets signals arrive, and callers add requests: each may take two turns of its own before it asks again, and which rows a
 * batch holds must not depend on the clock.
 */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((next) => setImmediate(next));
}

/** One batch that all callers share: a request joins the running ones. Its cache is kept until no request is left. */
export function sharedBatch(model: CausalLM, maxSequences: number) {
  const jobs = new Map<number, Job>();
  let batch: GenerationBatch | null = null;

  /** One pass over all requests. */
  async function advance(current: GenerationBatch): Promise<void> {
    for (const [number, job] of jobs)
      if (job.signal?.aborted) {
        current.cancel(number);
        jobs.delete(number);
        job.reject(job.signal.reason);
      }
    for (const { request, sample, id, stopped } of await current.step()) {
      const row = jobs.get(request)!.rows[sample]!;
      row.ids.push(id);
      row.stopped = stopped;
    }
    for (const [number, job] of jobs)
      if (job.rows.every(({ stopped }) => stopped !== undefined)) {
        jobs.delete(number);
        job.resolve();
      }
  }

  async function work(current: GenerationBatch): Promise<void> {
    try {
      while (jobs.size > 0) {
        await advance(current);
        await turns(3);
      }
    } catch (error) {
      for (const job of jobs.values()) job.reject(error);
      jobs.clear();
    } finally {
      batch = null;
      current.dispose();
    }
  }

  return {
    /**
     * Fills `rows`, one per sample of the request.
     * @throws {LmError} for a request that the model cannot take; the signal's reason
     */
    run: (
      rows: readonly BatchRow[],
      signal: AbortSignal | undefined,
      request: BatchRequest,
    ): Promise<void> =>
      new Promise((resolve, reject) => {
        const isIdle = batch === null;
        const limit = Math.max(maxSequences, rows.length);
        const current = batch ?? new GenerationBatch(model, { maxSequences: limit });
        batch = current;
        try {
          jobs.set(current.add(request), { rows, signal, resolve, reject });
        } catch (error) {
          reject(error);
        }
        if (isIdle) void work(current);
      }),
  };
}
