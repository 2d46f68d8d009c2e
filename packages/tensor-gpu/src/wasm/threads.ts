/**
 * @file Where a runtime gets its threads. Their code is loaded when a page first has work for them, which most pages never do;
 * elsewhere `all-backends.ts` provides it from the start, so that threads also start under a program that never awaits.
 */
import type { createThreadPool, ThreadPool } from "./thread-pool";

type CreatePool = typeof createThreadPool;

let provided: CreatePool | undefined;

/** Has pools made by `create` without loading. */
export function provideThreads(create: CreatePool): void {
  provided = create;
}

/** A pool without helpers until its code is loaded. */
function latePool(settings: Parameters<CreatePool>): ThreadPool {
  const [, , helperScratch] = settings;
  let pool: ThreadPool | undefined;
  let hasStarted = false;
  let isOver = false;
  const load = async () => {
    try {
      const loaded = await import("./thread-pool");
      if (isOver) return;
      pool = loaded.createThreadPool(...settings);
      pool.ready();
    } catch {
      isOver = true; // Without the code there is one thread.
    }
  };
  return {
    get helpers() {
      return isOver ? 0 : (pool?.helpers ?? helperScratch.length);
    },
    get hasStarted() {
      return hasStarted;
    },
    ready() {
      if (!hasStarted) void load();
      hasStarted = true;
      return pool?.ready() ?? 0;
    },
    share(...job) {
      pool!.share(...job);
    },
    async dispose() {
      isOver = true;
      await pool?.dispose();
    },
  };
}

/** See `createThreadPool`. */
export const threadPool = (...settings: Parameters<CreatePool>): ThreadPool =>
  (provided ?? ((...late) => latePool(late)))(...settings);
