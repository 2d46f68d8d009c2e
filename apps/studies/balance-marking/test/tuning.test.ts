import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { claims } from "../claims";
import { type ComparedRow, tuningSeeds } from "../recipe";
import { tuned } from "../tuned";
import { biases, chooseBiases } from "../tuning";
import { comparedSchemes } from "../variants";

/** Trials in which a side finds these shares at the bonuses in order, on two seeds. */
const runsWith = (shares: Readonly<Record<"vanilla" | "balance", readonly number[]>>) => ({
  runs: (["vanilla", "balance"] as const).flatMap((side) =>
    biases.flatMap((bias, i) =>
      [0.1, -0.1].map((off, seed) => ({
        variant: `${side}/${bias}`,
        seed,
        seconds: 1,
        provenance: {} as never,
        result: { success: [{ rate: { rate: shares[side][i]! + off } }] } as ComparedRow,
      })),
    ),
  ),
});

describe("chooseBiases", () => {
  it("takes the least bonus of each side that finds nine payloads of ten, the largest where none does", () => {
    const chosen = chooseBiases(
      runsWith({
        vanilla: [0.2, 0.89, 0.95, 0.85],
        balance: [0, 0.1, 0.2, 0.3],
      }),
    );
    expect(chosen).toEqual({ vanilla: 1.5, balance: 2 });
  });

  it("is what the recorded trials chose, on seeds that no comparison uses", () => {
    const packed = readFileSync(new URL("../tuning.json.gz", import.meta.url));
    const recorded = JSON.parse(gunzipSync(packed).toString("utf8"));
    expect(chooseBiases(recorded)).toEqual(tuned);
    expect(recorded.seeds).toEqual(tuningSeeds);
    expect(recorded.runs).toHaveLength(2 * biases.length * tuningSeeds.length);
  });
});

describe("the five criteria", () => {
  it("read schemes that are run for them, each pair alike but for the scheme, its proxy and its bonus", () => {
    const schemes = comparedSchemes(512, { bits: 10, tokens: 110 });
    const read = new Set(
      claims.flatMap(({ lower, higher }) => [...lower.variants, ...higher.variants]),
    );
    const run = schemes.filter(({ experiments }) => experiments.includes("criteria"));
    expect(new Set(run.map(({ id }) => id))).toEqual(read);
    for (const [i, { profile, tokens }] of run.entries()) {
      const other = run[i % 2 === 0 ? i + 1 : i - 1]!;
      const fixed = { scheme: "", bias: 0 };
      expect({ ...profile, ...fixed }).toEqual({ ...other.profile, ...fixed });
      expect(tokens).toBe(other.tokens);
    }
    expect(claims).toHaveLength(5);
  });
});
