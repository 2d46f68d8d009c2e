import { setImmediate } from "node:timers/promises";

/** Yields to signals, timers and drawing between two pieces of computation. */
export const nextTurn = (): Promise<void> => setImmediate();
