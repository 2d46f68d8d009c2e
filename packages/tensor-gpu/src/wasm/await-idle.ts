import { CONTROL } from "./layout";

const PATIENCE_SPINS = 20_000;
/** Maximum time that one reading of the clock adds to the wait: a process that was suspended must not time out. */
const LONGEST_STEP_MS = 20;

/** Counts the time since the first call; false after more than `limitMs`. */
function createPatience(limitMs: number): () => boolean {
  let waited = 0;
  let last: number | undefined;
  return () => {
    const now = performance.now();
    waited += Math.min(now - (last ?? now), LONGEST_STEP_MS);
    last = now;
    return waited <= limitMs;
  };
}

/**
 * Waits until no helper is active: spins at first, then sleeps where allowed.
 *
 * @param words the control words
 * @param maySleep whether this thread may sleep
 * @returns false when a helper is still active after `limitMs`
 */
export function awaitIdle(words: Int32Array, maySleep: boolean, limitMs: number): boolean {
  let hasPatience: (() => boolean) | undefined;
  for (let spins = 1; ; spins++) {
    const active = Atomics.load(words, CONTROL.active);
    if (active === 0) return true;
    if (spins < PATIENCE_SPINS || (!maySleep && spins % 1024 !== 0)) continue;
    if (maySleep) {
      Atomics.store(words, CONTROL.waiting, 1);
      Atomics.wait(words, CONTROL.active, active, 1);
      Atomics.store(words, CONTROL.waiting, 0);
    }
    hasPatience ??= createPatience(limitMs);
    if (!hasPatience()) return false;
  }
}
