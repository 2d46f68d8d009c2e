import type { ModelHooks, TensorHook } from "../model/hooks";

/** Several sets of hooks as one: at each place they run in order, each on what the one before it left. */
export function joinHooks(...sets: readonly ModelHooks[]): ModelHooks {
  const joined: ModelHooks = {};
  for (const set of sets)
    for (const [name, hook] of Object.entries(set) as [keyof ModelHooks, TensorHook][]) {
      const before = joined[name];
      joined[name] = before
        ? (x, site) => {
            const first = before(x, site) ?? x;
            return hook(first, site) ?? first;
          }
        : hook;
    }
  return joined;
}
