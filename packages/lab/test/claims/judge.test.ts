import { type Claim, judge, measure, verdictNames } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { loss, studyOf } from "../support/runs-of";

const claim = (more: Partial<Claim<number>> = {}): Claim<number> => ({
  lower: loss("a"),
  higher: loss("b"),
  paper: "1 < 2",
  ...more,
});

/** One claim about two variants, judged. */
function judged(a: readonly number[], b: readonly number[], more: Partial<Claim<number>> = {}) {
  const { own, runs } = studyOf({ a, b }, [claim(more)]);
  return judge(own, runs).claims[0]!;
}

describe("an ordering", () => {
  it("is resolved when the interval of the paired difference lies above 0", () => {
    const { outcome, cause, difference, lower, higher } = judged([1, 5, 9], [2.1, 6, 10.2]);
    expect([outcome, cause]).toEqual(["resolved", ""]);
    expect(lower.subject).toBe("A");
    expect(higher.mean).toBeCloseTo(6.1);
    expect(difference.interval![0]).toBeGreaterThan(0);
  });

  it("is reversed below 0, with the study's reason", () => {
    const { outcome, cause } = judged([2.1, 6, 10.2], [1, 5, 9], { ifReversed: "too short" });
    expect([outcome, cause]).toEqual(["reversed", "too short"]);
  });

  it("may word its reason from the runs", () => {
    const ifReversed = (runs: { seeds: readonly number[] }) => `only ${runs.seeds.length} seeds`;
    expect(judged([2.1, 6, 10.2], [1, 5, 9], { ifReversed }).cause).toBe("only 3 seeds");
  });

  it("is not resolved around 0, and says how many seeds would tell", () => {
    const { outcome, cause } = judged([1, 2, 3], [2, 2, 5]);
    expect(outcome).toBe("not resolved");
    // Differences 1, 0, 2: mean 1, standard deviation 1.
    expect(cause).toContain("varies by 1.0 (standard deviation) between 3 seeds");
    expect(cause).toContain("7 seeds would tell");
  });

  it("is not resolved by one seed", () => {
    const { outcome, cause, p, adjustedP } = judged([1], [9]);
    expect([outcome, cause, p, adjustedP]).toEqual([
      "not resolved",
      "one seed shows no spread",
      null,
      null,
    ]);
  });
});

describe("an equality", () => {
  it("is equal when the 90 % interval lies inside the margin", () => {
    const { outcome, cause, equivalence } = judged([1, 2, 3], [1.01, 1.99, 3], { margin: 0.1 });
    expect([outcome, cause]).toEqual(["equal", ""]);
    expect(Math.max(...equivalence!.interval!.map(Math.abs))).toBeLessThan(0.1);
  });

  it("needs the whole 90 % interval inside the margin, as worked by hand for three seeds", () => {
    // Differences 0, 0.02, 0.04: mean 0.02, standard error 0.02/√3. With t(0.95, 2) = 2.92 the interval is −0.0137 to 0.0537.
    const differences = [1, 2.02, 3.04];
    const within = judged([1, 2, 3], differences, { margin: 0.1 });
    const [low, high] = within.equivalence!.interval!;
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(["-0.0137", "0.0537"]);
    // At 0.1 the nearer end is 0.08 away, t² = 48, p = (1 − √(48/50))/2; at 0.05 t² = 6.75 gives p = 0.061.
    expect(within.equivalence!.p).toBeCloseTo((1 - Math.sqrt(48 / 50)) / 2, 6);
    expect(within.outcome).toBe("equal");
    expect(judged([1, 2, 3], differences, { margin: 0.05 }).outcome).toBe("not resolved");
  });

  it("is not resolved where the seeds vary more than the margin, however near the means", () => {
    const { outcome, cause } = judged([1, 2, 3], [1.5, 1.5, 3], { margin: 0.1 });
    expect(outcome).toBe("not resolved");
    expect(cause).toContain("is neither inside ±0.1 nor beyond it");
  });

  it("is not resolved where a difference is certain but may be smaller than the margin", () => {
    // 0.5 ± 0.025 at a margin of 0.5: certainly not 0, perhaps within the margin.
    const { outcome, difference } = judged([1, 2, 3], [1.49, 2.5, 3.51], { margin: 0.5 });
    expect(difference.interval![0]).toBeGreaterThan(0);
    expect(outcome).toBe("not resolved");
  });

  it("is different when the 95 % interval lies beyond the margin", () => {
    const more = { margin: 0.1, ifReversed: "wider" };
    const { outcome, cause } = judged([1, 2, 3], [1.49, 2.5, 3.51], more);
    expect([outcome, cause]).toEqual(["different", "wider"]);
  });

  it("cannot be claimed without a margin above 0", () => {
    expect(() => studyOf({ a: [1], b: [1] }, [claim({ margin: 0 })])).toThrow(
      "margin must be above 0, got 0",
    );
  });
});

describe("all claims of a study", () => {
  // Alone p = 0.026 for the first; among three claims it is 0.079.
  const values = { a: [1, 2, 3], b: [2, 3.3, 4.6], c: [1, 2.5, 2.9] };
  const claims = [
    claim(),
    claim({ higher: loss("c") }),
    claim({ lower: loss("c"), higher: loss("b") }),
  ];

  it("are judged together by Holm's correction, or each alone", () => {
    const { own, runs } = studyOf(values, claims);
    const [together] = judge(own, runs).claims;
    const [alone] = judge(own, runs, { correction: "none" }).claims;
    expect(together!.p).toBe(alone!.p);
    expect(together!.p).toBeLessThan(0.05);
    expect(together!.adjustedP).toBeCloseTo(3 * together!.p!, 10);
    expect([together!.outcome, alone!.outcome]).toEqual(["not resolved", "resolved"]);
    expect(together!.cause).toContain("alone it would count (p = 0.0");
  });

  it("are compared at the seeds that both sides have", () => {
    const { own, runs } = studyOf({ a: [1, 2, 3], b: [2, 3] }, [claim()]);
    expect(judge(own, runs).claims[0]!.difference).toMatchObject({ mean: 1, seeds: 2 });
  });

  it("are left out where no seed has both sides, or the experiment was not asked for", () => {
    const experiments = { "A-1": "First", "A-2": "Second" };
    const own = claim({ experiment: "A-1" });
    const rows = [own, claim({ experiment: "A-2" })];
    const all = studyOf({ a: [1], b: [2] }, rows, experiments);
    expect(judge(all.own, { ...all.runs, experiments: ["A-2"] }).claims).toMatchObject([
      { experiment: "A-2" },
    ]);
    const none = studyOf({ a: [1], b: [] }, [claim()]);
    expect(judge(none.own, none.runs).claims).toEqual([]);
  });

  it("may compare two measures of one variant, and what is computed from several", () => {
    const half = measure("half the loss", (result: number) => result / 2);
    const sum = {
      measure: "loss",
      subject: "both",
      variants: ["a", "b"],
      read: ({ result }: { result(id: string): number | undefined }) => result("a")! + result("b")!,
    };
    const rows = [claim({ lower: half("a"), higher: loss("a") }), claim({ higher: sum })];
    const { own, runs } = studyOf({ a: [1, 2, 3.1], b: [1, 1, 1] }, rows);
    const [first, second] = judge(own, runs).claims;
    expect(first!.lower).toMatchObject({ measure: "half the loss", subject: "A" });
    expect(second!.higher).toMatchObject({ subject: "both", variants: ["a", "b"] });
  });

  it("refuse runs of another study and values that are not finite", () => {
    const { own, runs } = studyOf({ a: [1], b: [2] }, [claim()]);
    expect(() => judge(own, { ...runs, study: "letters" })).toThrow(
      '"letters", expected "numbers"',
    );
    const broken = studyOf({ a: [Number.NaN], b: [2] }, [claim()]);
    expect(() => judge(broken.own, broken.runs)).toThrow("value 0 is NaN");
  });

  it("have words for every outcome", () => {
    expect(verdictNames.reversed).toBe("reversed");
    expect(new Set(Object.values(verdictNames)).size).toBe(5);
  });
});
