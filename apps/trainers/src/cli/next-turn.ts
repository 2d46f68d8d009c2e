import { setImmediate } from "node:timers/promises";

/** Lets signals, timers and drawing have their turn between two pieces of computing. */
export const nextTurn = (): Promise<void> => setImmediate();
