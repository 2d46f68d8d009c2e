/** Longest time, in milliseconds, for which work holds the event loop. */
const HOLD_MS = 20;

/** Resolves after the event loop has run timers, messages and input that were waiting. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const immediate = (globalThis as { setImmediate?: (done: () => void) => unknown }).setImmediate;
    if (immediate !== undefined) {
      immediate(resolve);
      return;
    }
    // A timer would wait for 4 ms in pages, and for a second in those in the background.
    const { port1, port2 } = new MessageChannel();
    const receiver: { onmessage?: unknown; close(): void } = port1; // Node's types and a page's differ
    receiver.onmessage = () => {
      receiver.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

let last = -Infinity;

/**
 * Gives the event loop a turn when 20 ms have passed since the last one, so that signals, timers and messages arrive during
 * long work. Call it between steps, where no scope of tensors is open: other work may run meanwhile.
 *
 * @param now milliseconds; for tests
 * @returns undefined when no turn is due, which is nearly always; await it all the same
 */
export function takeTurn(now: () => number = () => performance.now()): Promise<void> | undefined {
  const time = now();
  if (time - last < HOLD_MS && time >= last) return undefined;
  return nextTurn().then(() => {
    last = now();
  });
}
