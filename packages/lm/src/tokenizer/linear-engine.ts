/** @file Regular expressions in linear time. The engine is large, so it is loaded with the first pattern that needs it. */
import type { RE2JS } from "re2js";

export type LinearEngine = typeof RE2JS;

let loaded: LinearEngine | undefined;

/** Loads the engine. */
export async function loadLinearEngine(): Promise<LinearEngine> {
  loaded ??= (await import("re2js")).RE2JS;
  return loaded;
}

/** The engine, if it has been loaded. */
export const linearEngine = (): LinearEngine | undefined => loaded;
