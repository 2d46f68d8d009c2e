import { CONTROL_ADDRESS, CONTROL_WORDS } from "./layout";
import type { Programs } from "./programs";
import type { ThreadPool } from "./thread-pool";
import { threadPool } from "./threads";
import type { WasmMemory } from "./web-assembly";

/** The helper threads of a runtime. */
export interface Pools {
  /** The pool in use; undefined where there is only the caller's thread. */
  readonly pool: ThreadPool | undefined;
  /** Ends the helpers and starts others, which know the part of the kernels that was added last. */
  renew(): void;
}

/**
 * @param scratch the work area of each helper
 * @param patienceMs see `createThreadPool`
 */
export function createPools(
  { modules }: Programs,
  memory: WasmMemory,
  scratch: readonly number[],
  patienceMs: number | undefined,
): Pools {
  let controlAddress = CONTROL_ADDRESS;
  const create = (helpers: number) =>
    helpers > 0
      ? threadPool([...modules], memory, scratch.slice(0, helpers), controlAddress, patienceMs)
      : undefined;
  let pool = create(scratch.length);
  return {
    get pool() {
      return pool;
    },
    renew() {
      const before = pool;
      controlAddress += 4 * CONTROL_WORDS;
      pool = create(before?.helpers ?? 0);
      if (before?.hasStarted) pool?.ready();
      void before?.dispose();
    },
  };
}
