import { type Claim, judge, type Quantity, rankCorrelation, study } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { primary } from "../support/runs-of";

type Pairs = readonly (readonly [number, number])[];

describe("a rank correlation", () => {
  it("is that of Spearman's formula where no value repeats", () => {
    // Ranks 1 2 3 4 5 against 2 1 4 3 5: Σd² = 4, 1 − 6·4/(5·24) = 0.8.
    const pairs: Pairs = [
      [1, 20],
      [2, 1],
      [30, 400],
      [40, 300],
      [500, 5000],
    ];
    expect(rankCorrelation(pairs)).toBeCloseTo(0.8, 12);
    expect(rankCorrelation(pairs.map(([x, y]) => [x, -y]))).toBeCloseTo(-0.8, 12);
  });

  it("gives equal values their mean rank, and is null where nothing varies", () => {
    // Ranks 1.5 1.5 3 against 1 2 3: covariance 1.5, variances 1.5 and 2.
    const tied: Pairs = [
      [1, 1],
      [1, 2],
      [2, 3],
    ];
    expect(rankCorrelation(tied)).toBeCloseTo(1.5 / Math.sqrt(3), 12);
    expect(rankCorrelation(tied.map(([, y]) => [7, y]))).toBeNull();
  });

  it("is null for no pairs, and refuses numbers that are none", () => {
    expect(rankCorrelation([])).toBeNull();
    expect(() => rankCorrelation([[1, Number.NaN]])).toThrow("pair 0");
  });
});

const correlation = (variant: string): Quantity<Pairs> => ({
  measure: "rank correlation",
  variants: [variant],
  pairs: ({ result }) => result(variant),
  read: ({ result }) => rankCorrelation(result(variant)!),
});
const zero = { measure: "rank correlation", subject: "0", variants: [], read: () => 0 };

/** A claim about the pairs of a variant, a list per seed. */
function judged(results: readonly Pairs[], more: Partial<Claim<Pairs>> = {}) {
  const claims: readonly Claim<Pairs>[] = [
    { lower: correlation("a"), higher: zero, margin: 0.15, primary, paper: "−0.62", ...more },
  ];
  const own = study({
    name: "pairs",
    title: "Pairs",
    settings: {},
    variants: [{ id: "a" }],
    // biome-ignore lint/correctness/useYield: there is nothing to say
    async *run(_, seed): AsyncGenerator<never, Pairs, void> {
      return results[seed - 1]!;
    },
    claims,
  });
  const provenance = { commit: null, versions: {}, command: "" };
  const seeds = results.map((_, i) => i + 1);
  const runs = seeds.map((seed) => {
    return { variant: "a", seed, result: results[seed - 1]!, seconds: 1, provenance };
  });
  return judge(own, { study: "pairs", settings: {}, seeds, experiments: [], runs }).claims[0]!;
}

/** Ten pairs per seed, whose second number falls with the first but for noise that repeats. */
const falling = (slope: number): Pairs[] =>
  [0, 1, 2].map((seed) =>
    Array.from({ length: 10 }, (_, i) => [
      i + seed / 3,
      slope * (i + seed / 3) + ((7 * i + 3 * seed) % 5),
    ]),
  );

describe("a claim about a rank correlation", () => {
  it("is as claimed where its interval over pairs lies below the number", () => {
    const pairs = falling(-2);
    const { outcome, lower, difference } = judged(pairs);
    const rho = rankCorrelation(pairs.flat())!;
    expect(rho).toBeLessThan(-0.8);
    expect([outcome, difference.over, difference.seeds]).toEqual(["as claimed", "pairs", 3]);
    expect(lower.mean).toBeCloseTo(rho, 12);
    expect(difference.mean).toBeCloseTo(-rho, 12);
    expect(difference.interval![0]).toBeGreaterThan(0);
    expect(difference.interval![1]).toBeLessThanOrEqual(1);
    expect(judged(pairs)).toEqual(judged(pairs));
  });

  it("is opposite where it rises, and the same from the other side", () => {
    expect(judged(falling(2)).outcome).toBe("opposite");
    const turned = judged(falling(2), { lower: zero, higher: correlation("a") });
    expect(turned.outcome).toBe("as claimed");
    expect(turned.difference.mean).toBeCloseTo(-judged(falling(2)).difference.mean!, 12);
  });

  it("is undecided for fewer than ten pairs, and refused between two of them", () => {
    const few = falling(-2).map((pairs) => pairs.slice(0, 3));
    expect(judged(few).outcome).toBe("undecided");
    expect(() => judged(few, { higher: correlation("a") })).toThrow("compared with a number");
  });
});
