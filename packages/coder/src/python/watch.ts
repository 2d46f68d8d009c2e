import { patience } from "../patience";
import type { Interpreter } from "./interpreter";
import type { CheckedLimits } from "./limits";
import { childrenOf, type Usage, usageOf } from "./usage";

/** Between two looks at what a process has used. */
const LOOK_MS = 50;

/** An end that came from outside. */
export interface Ended {
  readonly verdict: "budget" | "memory" | "killed";
  readonly message: string;
}

/** The resources that an interpreter and all that it started have used. */
export function usedBy({ pid }: Interpreter): Usage {
  const all = [pid, ...childrenOf(pid)].map(usageOf);
  return {
    seconds: all.reduce((sum, usage) => sum + (usage?.seconds ?? 0), 0),
    bytes: all.reduce((sum, usage) => sum + (usage?.bytes ?? 0), 0),
  };
}

/**
 * Keeps interpreters within limits, which hold for each of them; kills all when one exceeds its own.
 *
 * @returns why they were killed, so far; and stops watching
 */
export function watch(interpreters: readonly Interpreter[], limits: CheckedLimits) {
  const before = interpreters.map((each) => usedBy(each).seconds);
  let end: Ended | undefined;
  let share = 0;
  const stop = (own: Ended) => {
    end ??= own;
    for (const each of interpreters) each.kill();
  };
  const look = setInterval(() => {
    const now = interpreters.map(usedBy);
    share = Math.max(...now.map(({ seconds }, i) => (seconds - before[i]!) / limits.seconds));
    if (share > 1)
      stop({
        verdict: "budget",
        message: `it took more than ${limits.seconds} s of processor time`,
      });
    else if (now.some(({ bytes }) => bytes > limits.memoryBytes))
      stop({
        verdict: "memory",
        message: `its process needs more than ${limits.memoryBytes} bytes`,
      });
  }, LOOK_MS);
  const stopWaiting = patience(
    limits.killMs,
    () => share,
    () => stop({ verdict: "killed", message: `it was ended after ${limits.killMs} ms or more` }),
  );
  return {
    ended: () => end,
    stop() {
      clearInterval(look);
      stopWaiting();
    },
  };
}
