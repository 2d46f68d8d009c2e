import { having } from "../errors";
import { hooked, type ModelHooks, type TensorHook } from "../model/hooks";

/** Several sets of hooks as one: at each hook point they run in order, each on the result of the previous one. */
export function joinHooks(...sets: readonly ModelHooks[]): ModelHooks {
  for (const set of sets) having("joinHooks", "hooks", set);
  const joined: ModelHooks = {};
  for (const set of sets)
    for (const [name, hook] of Object.entries(set) as [keyof ModelHooks, TensorHook][]) {
      const before = joined[name];
      joined[name] = before ? (x, site) => hooked(hook, hooked(before, x, site), site) : hook;
    }
  return joined;
}
