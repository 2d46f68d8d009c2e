import fs from "node:fs/promises";
import { vi } from "vitest";

const changes = ["mkdir", "open", "rename", "rm", "writeFile", "link"] as const;

/**
 * Lets a process die inside the test: of the calls that change files, the first `calls` work, and from then on none does,
 * those of cleaning up included, as after a kill.
 * @returns a function that makes everything work again, and says whether the moment came
 */
export function dieAt(calls: number): () => boolean {
  let left = calls;
  const spies = changes.map((name) => {
    const real = fs[name] as (...args: unknown[]) => Promise<unknown>;
    return vi.spyOn(fs, name).mockImplementation((async (...args: unknown[]) => {
      if (left-- <= 0) throw new Error("killed");
      return real.apply(fs, args);
    }) as never);
  });
  return () => {
    for (const spy of spies) spy.mockRestore();
    return left < 0;
  };
}
