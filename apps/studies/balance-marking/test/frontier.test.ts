import { judge, primariesOf, studyPage } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { runsOf } from "../../shared/test/runs-of";
import { claims } from "../claims";
import { atEqualCost, foundAt, frontiersOf, ratioAtSuccess, valueAt } from "../frontier";
import { gates } from "../gate";
import { type ComparedRow, EQUAL_RATIO } from "../recipe";
import { watermarkStudy } from "../study";
import { comparedSchemes, deltas, frontierId, type Side } from "../variants";
import { watermarkRuns } from "./watermark-results";

const { settings } = watermarkRuns();
const study = watermarkStudy(() => {
  throw new Error("no model is open");
}, settings);

/** A row of which only this is known. */
const row = (perplexityRatio: number, found: number, edited = found): ComparedRow =>
  ({
    perplexityRatio,
    kl: 0,
    distinct2: 0.9,
    distinct2Unmarked: 1,
    encodeMicros: 1,
    success: [found, edited].map((rate, i) => ({
      substitution: i / 10,
      rate: { rate, low: 0, high: 1, trials: 32 },
      bitAccuracy: 1,
    })),
  }) as unknown as ComparedRow;

/** One seed's frontier of a side: a ratio and a share found for each bonus. */
const frontier = (side: Side, points: readonly (readonly [ratio: number, found: number])[]) =>
  Object.fromEntries(
    deltas.map((delta, i) => [frontierId(side, delta), [row(...points[i]!, points[i]![1] / 2)]]),
  );

const flat = (ratio: number): [number, number][] => deltas.map((_, i) => [ratio, (i + 1) / 10]);

describe("a frontier", () => {
  it("is read off the line between the first bonus that costs as much and the one before it", () => {
    const points = [
      { cost: 0, value: 0 },
      { cost: 0.02, value: 0.4 },
      { cost: 0.06, value: 0.8 },
      { cost: 0.03, value: 1 },
    ];
    expect(valueAt(0.05, points)).toBeCloseTo(0.7, 12); // three quarters of the way from 0.02 to 0.06
    expect(valueAt(0.01, points)).toBeCloseTo(0.2, 12);
    expect(valueAt(0.1, points)).toBe(1); // it never costs so much: the last bonus
  });

  it("is interpolated in the logarithm of the ratio, for the side and its edited texts alike", () => {
    // Ratios 1.02 and 1.08 around 1.05, found 0.2 and 0.6.
    const points = flat(1.02).map(([ratio], i): [number, number] =>
      i < 3 ? [ratio, 0.2] : [1.08, 0.6],
    );
    const runs = runsOf(study, frontier("vanilla", points));
    const share = Math.log(1.05 / 1.02) / Math.log(1.08 / 1.02);
    const results = {
      seed: 1,
      result: (id: string) => runs.runs.find(({ variant }) => variant === id)?.result,
    };
    const read = (part: number) =>
      atEqualCost("vanilla", { measure: "found", cost: "ratio", read: foundAt(part) }).read(
        results,
        settings,
      );
    expect(read(0)).toBeCloseTo(0.2 + 0.4 * share, 12);
    expect(read(0.1)).toBeCloseTo(0.1 + 0.2 * share, 12);
    // Nine of ten are never found, and the other side was not run.
    expect(ratioAtSuccess("vanilla").read(results, settings)).toBeNull();
    expect(ratioAtSuccess("balance").read(results, settings)).toBeUndefined();
  });

  it("begins without a bonus, at a ratio of 1 and a payload found by chance", () => {
    const points = deltas.map((): [number, number] => [EQUAL_RATIO ** 2, 1]);
    const runs = runsOf(study, frontier("balance", points));
    const results = {
      seed: 1,
      result: (id: string) => runs.runs.find(({ variant }) => variant === id)?.result,
    };
    const found = atEqualCost("balance", { measure: "found", cost: "ratio", read: foundAt(0) });
    const chance = 2 ** -settings.bits;
    expect(found.read(results, settings)).toBeCloseTo((1 + chance) / 2, 12);
    const ratio = ratioAtSuccess("balance").read(results, settings)!;
    expect(Math.log(ratio)).toBeCloseTo(
      (2 * Math.log(EQUAL_RATIO) * (0.9 - chance)) / (1 - chance),
      12,
    );
  });

  it("takes the largest bonus of a side that never costs so much, as sharpening does", () => {
    const both = { ...frontier("vanilla", flat(1.1)), ...frontier("balance", flat(0.9)) };
    const runs = { ...runsOf(study, both), experiments: ["criteria"] };
    const [found] = primariesOf(judge(study, runs));
    expect(found!.higher.mean).toBeCloseTo(0.8, 12);
    const share = Math.log(1.05) / Math.log(1.1);
    const chance = 2 ** -settings.bits;
    expect(found!.lower.mean).toBeCloseTo(chance + share * (0.1 - chance), 12);
  });
});

describe("the frontiers of some runs", () => {
  it("have the means over seeds, and only what was run", () => {
    const ids = deltas.map((delta) => frontierId("vanilla", delta));
    const rows = ids.map((id, i) => [id, [row(1.1, 0.2 + i / 10), row(1.21, 0.4 + i / 10)]]);
    const { vanilla, ...others } = frontiersOf(runsOf(study, Object.fromEntries(rows)));
    expect(others).toEqual({});
    expect(vanilla!.map(({ delta }) => delta)).toEqual(deltas);
    expect(vanilla![0]!.perplexityRatio).toBeCloseTo(1.1 ** 1.5, 12);
    expect(vanilla![0]!.found).toBeCloseTo(0.3, 12);
    expect(vanilla![0]!.half).toBeNull();
  });

  it("give the gate vanilla marking's largest ratio", () => {
    const points = deltas.map((_, i): [number, number] => [1 + i / 100, 1]);
    const [gate] = gates;
    expect(gate!.read(runsOf(study, frontier("vanilla", points)))).toBeCloseTo(1.07, 12);
    expect(gate!.read(runsOf(study, frontier("balance", points)))).toBeNull();
  });
});

describe("the five criteria", () => {
  it("read schemes that are run for them, both sides alike but for the scheme, its proxy and its bonus", () => {
    const schemes = comparedSchemes(512, { bits: 10, tokens: 110 });
    const read = new Set(
      claims.flatMap(({ lower, higher }) => [...lower.variants, ...higher.variants]),
    );
    const run = schemes.filter(({ experiments }) => !experiments.includes("schemes"));
    expect(new Set(run.map(({ id }) => id))).toEqual(read);
    for (const isHalf of [false, true]) {
      const [left, right] = (["vanilla", "balance"] as const).map((side) =>
        deltas.map((delta) => schemes.find(({ id }) => id === frontierId(side, delta, isHalf))!),
      );
      for (const [i, { profile, tokens }] of left!.entries()) {
        expect({ ...profile, scheme: "" }).toEqual({ ...right![i]!.profile, scheme: "" });
        expect(tokens).toBe(right![i]!.tokens);
      }
    }
    expect(claims.filter(({ primary }) => primary)).toHaveLength(5);
  });

  it("stand in a report with the frontier as its picture", () => {
    const runs = { ...watermarkRuns(), experiments: ["criteria", "proxy", "schemes"] };
    const page = studyPage(study, runs, judge(study, runs));
    expect(page).not.toMatch(/NaN|undefined/);
    expect(page).toContain("Payloads found, against the perplexity");
    expect(page).toContain("Every bonus of both sides");
  });
});
