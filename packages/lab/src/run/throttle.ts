import type { RunEvent } from "../study/study";

/** Progress crosses threads and machines this often at most. */
const EVERY_MS = 200;

/** Passes on events about progress only now and then, and all others. */
export function throttled(
  pass: (event: RunEvent) => void,
  now: () => number = () => performance.now(),
): (event: RunEvent) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.type === "progress" && now() - last < EVERY_MS) return;
    last = now();
    pass(event);
  };
}
