import { describe, expect, it } from "vitest";
import { ALPHA, byTails, type Conclusions, decide } from "../../src/claims/conclusions";
import { estimate } from "../../src/statistics/estimate";
import { confidenceInterval } from "../../src/statistics/paired-difference";
import { studentTails } from "../../src/statistics/tails";
import type { Relation } from "../../src/study/relation-of-words";

/** Conclusions whose smallest two-sided p is this one's, for the claim. */
const held = (p: number): Conclusions => ({ "as claimed": p / 2, opposite: 1 - p / 2, equal: 1 });

describe("claims that are judged together", () => {
  it("have Holm's divisors, and all after the first that fails have that one's", () => {
    // 4·0.001 and 3·0.01 are at most 0.05, 2·0.03 is not: 0.04 then has the divisor 2, too.
    const found = decide([0.04, 0.001, 0.03, 0.01].map(held));
    expect(found.map(({ level }) => level)).toEqual([0.975, 0.9875, 0.975, 1 - 0.05 / 3]);
    expect(found.map(({ outcome }) => outcome)).toEqual([
      "undecided",
      "as claimed",
      "undecided",
      "as claimed",
    ]);
    expect(found.map(({ adjustedP }) => adjustedP)).toEqual([0.06, 0.004, 0.06, 0.03]);
  });

  it("count where their seeds tell nothing", () => {
    const [first, none] = decide([held(0.02), null]);
    expect(first).toMatchObject({ outcome: "as claimed", level: 0.975 });
    expect(none).toMatchObject({ outcome: "undecided", adjustedP: 1 });
  });
});

/** Uniform numbers that are the same in every run, and normal ones of them. */
function randomOf(seed: number) {
  let state = seed;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

const MARGIN = 1;

/** What is false of a claim whose true difference lies at an edge. */
const edges: readonly { relation: Relation; truth: number; wrong: readonly string[] }[] = [
  { relation: "≤", truth: -MARGIN, wrong: ["as claimed", "opposite"] },
  { relation: "=", truth: -MARGIN, wrong: ["as claimed", "opposite"] },
  { relation: "=", truth: MARGIN, wrong: ["as claimed", "opposite"] },
  { relation: "<", truth: -MARGIN, wrong: ["as claimed", "opposite", "equal"] },
  { relation: "<", truth: MARGIN, wrong: ["opposite", "equal"] },
];

/** A family of four claims at edges, over 8 seeds of spreads from a quarter of the margin to four of them. */
function simulated({ uniform, normal }: ReturnType<typeof randomOf>, all: typeof edges) {
  const claims = Array.from({ length: 4 }, () => {
    const edge = all[Math.floor(uniform() * all.length)]!;
    const spread = MARGIN * 4 ** (2 * uniform() - 1);
    const found = estimate(Array.from({ length: 8 }, () => edge.truth + spread * normal()));
    return { ...edge, found };
  });
  const decisions = decide(
    claims.map(({ relation, found }) =>
      byTails({ relation, margin: MARGIN }, studentTails(found)!),
    ),
  );
  return claims.map((claim, i) => ({ ...claim, ...decisions[i]! }));
}

const FAMILIES = 2000;

/** The most families of which one in twenty is wrong, but for binomial error (one-sided, 95 %). */
const most = FAMILIES * ALPHA + 1.645 * Math.sqrt(FAMILIES * ALPHA * (1 - ALPHA));

describe("2,000 simulated families at the edge of the margin", () => {
  it.each([
    ["claims to be no worse", edges.slice(0, 1)],
    ["all relations", edges],
  ])("have a false outcome in at most 5 %%, but for binomial error: %s", (_, all) => {
    const random = randomOf(1);
    let wrong = 0;
    for (let i = 0; i < FAMILIES; i++)
      if (simulated(random, all).some((claim) => claim.wrong.includes(claim.outcome))) wrong++;
    expect(wrong).toBeGreaterThan(0);
    expect(wrong).toBeLessThanOrEqual(most);
  });

  it("have outcomes that are read off the intervals of their levels", () => {
    const random = randomOf(2);
    const edge = { truth: 0.3, wrong: [] };
    const all = (["<", "≤", "="] as const).map((relation) => ({ ...edge, relation }));
    const seen = new Set<string>();
    for (let i = 0; i < 500; i++)
      for (const { relation, found, level, outcome } of simulated(random, all)) {
        const [low, high] = confidenceInterval(found, level)!;
        const isInside = low > -MARGIN && high < MARGIN;
        const read = {
          "<": isInside
            ? "equal"
            : low > 0
              ? "as claimed"
              : high < -MARGIN
                ? "opposite"
                : "undecided",
          "≤": low > -MARGIN ? "as claimed" : high < -MARGIN ? "opposite" : "undecided",
          "=": isInside ? "as claimed" : low > MARGIN || high < -MARGIN ? "opposite" : "undecided",
        };
        expect(outcome).toBe(read[relation]);
        seen.add(`${relation} ${outcome}`);
      }
    expect(seen.size).toBeGreaterThan(6);
  });
});
