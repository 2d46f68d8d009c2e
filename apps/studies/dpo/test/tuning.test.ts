import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { methods, rates, tuned, tuningSeeds } from "../methods";
import { preferenceSeeds } from "../recipe";
import type { PreferenceResult } from "../result";
import { chooseRates } from "../tuning";

const run = (variant: string, seed: number, winRate: number) => ({
  variant,
  seed,
  seconds: 1,
  provenance: {} as never,
  result: { winRate } as PreferenceResult,
});

describe("chooseRates", () => {
  it("takes the rate with the highest mean win rate, the lower one of equals", () => {
    const runs = methods.flatMap(({ id }) =>
      rates.flatMap((rate, i) => [
        run(`${id}/${rate}`, 1, 0.5),
        run(`${id}/${rate}`, 2, i === 1 || i === 2 ? 0.7 : 0.6),
      ]),
    );
    expect(chooseRates({ runs })).toEqual({ dpo: rates[1], "dpo-0.5": rates[1], ipo: rates[1] });
  });

  it("is what the recorded trials chose, on seeds that no size of the comparison uses", async () => {
    const recorded = new URL("../tuning.json", import.meta.url);
    const { runs, seeds } = JSON.parse(await readFile(recorded, "utf8"));
    expect(seeds).toEqual(tuningSeeds);
    expect(chooseRates({ runs })).toEqual(tuned);
    expect(Math.min(...tuningSeeds)).toBeGreaterThan(Math.max(...Object.values(preferenceSeeds)));
  });
});
