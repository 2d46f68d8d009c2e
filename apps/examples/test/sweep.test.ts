/** @file Every exported function and class of the public packages, called with what its users might pass by mistake. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caseRunner } from "@deepgrain/vitest/hostile";
import { describe, expect, it } from "vitest";
import { packages } from "./support/public-entries";
import { bundlePackage } from "./support/sweep/bundle-package";
import { type Callable, publicCallables } from "./support/sweep/callables";

/** Names that may throw or accept something else, by the reason; at most 15. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  "are made by tensor() and its like, once per operator: a check would cost each of them": [
    "tensor-gpu/Tensor",
    "tensor-gpu/CompactTensor",
  ],
  "reads a file with the engine, whose errors it passes on": ["lm/loadLlama2c"],
  "reads a model with lm, whose errors it passes on": ["align/loadRewardModel"],
};

/** How everything is called. The unknown option stands where the declaration has its options. */
const ways = ["nothing", "null", "number", "text", "empty", "unknown"] as const;

interface Call extends Callable {
  way: (typeof ways)[number];
}

/** Errors are thrown, not called: a check of their arguments would hide what they tell. */
const isCalled = ({ name, isClass }: Callable) => !(isClass && name.endsWith("Error"));

const callsOf = (callables: readonly Callable[]): Call[] =>
  callables.flatMap((one) =>
    ways
      .filter((way) => way !== "unknown" || one.optionsAt !== undefined)
      .map((way) => ({ ...one, way })),
  );

/** Whether success would be wrong: the declaration excludes what was passed. */
const isExcluded = ({ way, excludesNull, excludesEmpty }: Call) =>
  way === "unknown" || (way === "null" && excludesNull) || (way === "empty" && excludesEmpty);

/** Calls everything, each time in an empty folder. @returns a line for each call that did not end as it should */
async function complaints(calls: readonly Call[], bundled: string): Promise<string[]> {
  const found: string[] = [];
  const runner = caseRunner(() => bundled);
  const folder = mkdtempSync(join(tmpdir(), "deepgrain-sweep-"));
  try {
    for (const [i, call] of calls.entries()) {
      const own = join(folder, String(i));
      mkdirSync(own);
      const { outcome, message } = await runner.run(i, own);
      const isRight = outcome === "result" ? !isExcluded(call) : outcome.startsWith("ERR_");
      if (!isRight) found.push(`${call.entry} ${call.name}, ${call.way}: ${outcome} ${message}`);
    }
  } finally {
    runner.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}

describe("every exported function and class", () => {
  const known = new Set(Object.values(exceptions).flat());
  const all = publicCallables();

  it.each([...all.keys()])(
    "of %s ends with success or with the package's own error",
    async (folder) => {
      const { entries, callables } = all.get(folder)!;
      const called = callables.filter(
        (one) => isCalled(one) && !known.has(`${folder}/${one.name}`),
      );
      const calls = callsOf(called);
      const home = join(packages, folder, ".vitest");
      mkdirSync(home, { recursive: true });
      const bundled = join(home, "sweep.mjs");
      await bundlePackage(folder, entries, calls, bundled);
      const found = await complaints(calls, bundled);
      rmSync(bundled);
      process.stdout.write(`${folder}: ${called.length} exports in ${calls.length} calls\n`);
      expect(found).toEqual([]);
    },
  );

  it("has at most 15 exceptions, each of which exists", () => {
    const names = [...all].flatMap(([folder, { callables }]) =>
      callables.map(({ name }) => `${folder}/${name}`),
    );
    expect([...known].filter((name) => !names.includes(name))).toEqual([]);
    expect(known.size).toBeLessThanOrEqual(15);
  });
});
