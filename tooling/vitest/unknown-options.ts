/** @file Options that a function does not have are refused, in plain JavaScript too. */
import { describe, expect, it } from "vitest";

type Callable = (...args: unknown[]) => unknown;

/** The export at a path such as `optim.AdamW` or `CausalLM.prototype.forward`. */
const exportAt = (api: object, path: string): Callable =>
  path
    .split(".")
    .reduce((value, name) => (value as Record<string, object>)[name]!, api) as Callable;

/** Calls it and waits: a promise for its end, a generator for its first event. */
async function begin(call: () => unknown): Promise<void> {
  const started = (await call()) as { next?: () => unknown } | undefined;
  if (typeof started?.next === "function") await started.next();
}

/**
 * Tests that functions refuse an option that they do not have, whatever their other arguments are.
 *
 * @param api the exports of a package, or of one of its subpaths
 * @param positions place of the options among the arguments, by export; `new X` for a constructor
 */
export function describeOptions(api: object, positions: Readonly<Record<string, number>>): void {
  describe("an option that does not exist", () => {
    it.each(Object.entries(positions))("is refused by %s", async (name, position) => {
      const target = exportAt(api, name.replace("new ", ""));
      const args = [...Array.from({ length: position }, () => ({})), { noSuchOption: 1 }];
      const call = () =>
        name.startsWith("new ") ? Reflect.construct(target, args) : target.apply({}, args);
      await expect(begin(call)).rejects.toMatchObject({
        code: "ERR_ARGUMENT",
        message: expect.stringContaining('unknown option "noSuchOption"'),
      });
    });
  });
}
