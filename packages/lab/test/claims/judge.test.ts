import { type Claim, claimText, judge, measure, measureItems, type Quantity } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { loss, primary, studyOf, wordsOf } from "../support/runs-of";

const claim = (more: Partial<Claim<number>> = {}): Claim<number> => ({
  lower: loss("a"),
  higher: loss("b"),
  margin: 0.1,
  primary: { ...primary, words: wordsOf[more.relation ?? "<"] },
  paper: "1 < 2",
  ...more,
});

/** One claim about two variants, judged. */
function judged(a: readonly number[], b: readonly number[], more: Partial<Claim<number>> = {}) {
  const { own, runs } = studyOf({ a, b }, [claim(more)]);
  return judge(own, runs).claims[0]!;
}

/** Without spread in one side, and spread in the other that a t-test sees through. */
const [five, six] = [
  [1, 5, 9],
  [2.1, 6, 10.2],
];

describe("a claimed difference", () => {
  it("is as claimed when its interval lies above 0", () => {
    const { outcome, cause, difference, lower, higher } = judged(five!, six!);
    expect([outcome, cause]).toEqual(["as claimed", ""]);
    expect(lower.subject).toBe("A");
    expect(higher.mean).toBeCloseTo(6.1);
    expect(difference.interval![0]).toBeGreaterThan(0);
    expect(difference.over).toBe("seeds");
  });

  it("is opposite beyond the margin on the other side, with the study's reason", () => {
    const { outcome, cause } = judged(six!, five!, { ifReversed: "too short" });
    expect([outcome, cause]).toEqual(["opposite", "too short"]);
    const ifReversed = (runs: { seeds: readonly number[] }) => `only ${runs.seeds.length} seeds`;
    expect(judged(six!, five!, { ifReversed }).cause).toBe("only 3 seeds");
  });

  it("is undecided where it goes against the claim, but perhaps not beyond the margin", () => {
    const { outcome, cause, difference } = judged(six!, five!, { margin: 1.05 });
    expect(difference.interval![1]).toBeLessThan(0);
    expect(outcome).toBe("undecided");
    expect(cause).toContain("reaches from beyond 0 to within the margin of 1.05");
  });

  it("is equal where it is shown to lie inside the margin, on whichever side of 0", () => {
    // Differences 0.09, 0.1, 0.11: above 0, and below 0.5.
    const { outcome, difference } = judged([1, 2, 3], [1.09, 2.1, 3.11], { margin: 0.5 });
    expect(difference.interval![0]).toBeGreaterThan(0);
    expect(outcome).toBe("equal");
    expect(judged([1.09, 2.1, 3.11], [1, 2, 3], { margin: 0.5 }).outcome).toBe("equal");
    expect(judged([1, 2, 3], [1.09, 2.1, 3.11], { margin: 0.05 }).outcome).toBe("as claimed");
  });

  it("is undecided around 0, and says how many seeds would tell", () => {
    const { outcome, cause } = judged([1, 2, 3], [2, 2, 5]);
    expect(outcome).toBe("undecided");
    // Differences 1, 0, 2: mean 1, standard deviation 1.
    expect(cause).toContain("7 seeds would tell");
  });
});

describe("an equality", () => {
  const equal = (a: readonly number[], b: readonly number[], margin: number) =>
    judged(a, b, { relation: "=", margin, ifReversed: "wider" });

  it("is as claimed when the 95 % interval lies inside the margin, as worked by hand for three seeds", () => {
    // Differences 0, 0.02, 0.04: mean 0.02, standard error 0.02/√3. With t(0.975, 2) = 4.303 the interval is −0.0297 to 0.0697.
    const { outcome, difference, p } = equal([1, 2, 3], [1, 2.02, 3.04], 0.1);
    const [low, high] = difference.interval!;
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(["-0.0297", "0.0697"]);
    // The nearer end of the margin is 0.08 away: t² = 48, one-sided p = (1 − √(48/50))/2.
    expect(p).toBeCloseTo(1 - Math.sqrt(48 / 50), 6);
    expect(outcome).toBe("as claimed");
    expect(equal([1, 2, 3], [1, 2.02, 3.04], 0.06).outcome).toBe("undecided");
  });

  it("is opposite when the interval lies beyond the margin", () => {
    const { outcome, cause } = equal([1, 2, 3], [1.49, 2.5, 3.51], 0.1);
    expect([outcome, cause]).toEqual(["opposite", "wider"]);
  });

  it("is undecided where the seeds vary more than the margin, however near the means", () => {
    const { outcome, cause } = equal([1, 2, 3], [1.5, 1.5, 3], 0.1);
    expect(outcome).toBe("undecided");
    expect(cause).toContain("is neither inside ±0.1 nor beyond it");
  });
});

describe("a claim to be no worse", () => {
  const noWorse = (a: readonly number[], b: readonly number[], margin: number) =>
    judged(a, b, { relation: "≤", better: "lower", margin, ifReversed: "worse" });

  it("is as claimed when the interval lies above −margin, as worked by hand for three seeds", () => {
    // Differences 0, 0.02, 0.04: mean 0.02, standard error 0.02/√3, 0.05 above −margin: t² = 18.75, one-sided
    // p = (1 − √(18.75/20.75))/2. The interval is −0.0297 to 0.0697.
    const { outcome, p, difference } = noWorse([1, 2, 3], [1, 2.02, 3.04], 0.03);
    expect(p).toBeCloseTo(1 - Math.sqrt(18.75 / 20.75), 6);
    expect(outcome).toBe("as claimed");
    expect(difference.level).toBe(0.95);
    expect(noWorse([1, 2, 3], [1, 2.02, 3.04], 0.029).outcome).toBe("undecided");
  });

  it("is opposite below −margin and has no equal; its words name the side that is no worse", () => {
    const worse = noWorse([1.49, 2.5, 3.51], [1, 2, 3], 0.1);
    expect([worse.outcome, worse.cause]).toEqual(["opposite", "worse"]);
    expect(claimText(worse)).toBe("loss: A no worse than B, within 0.1");
    expect(claimText({ ...worse, better: "higher" })).toBe("loss: B no worse than A, within 0.1");
    expect(noWorse([1, 2, 3], [1.09, 2.1, 3.11], 0.5).outcome).toBe("as claimed");
  });

  it("holds where the left side is far better, which an equality leaves undecided", () => {
    // Differences 0.02, 0.03, 0.05.
    const [a, b] = [
      [1, 2, 3],
      [1.02, 2.03, 3.05],
    ];
    expect(noWorse(a!, b!, 0.015).outcome).toBe("as claimed");
    expect(judged(a!, b!, { relation: "=", margin: 0.015 }).outcome).toBe("undecided");
  });

  it("says how many seeds would tell, and what the interval holds", () => {
    // Differences −1, 0, 1 with a margin of 1.5: t(0.975, n − 1)/√n is first below 1.5 for n = 5.
    const { cause } = noWorse([1, 2, 3], [0, 2, 4], 1.5);
    expect(cause).toBe(
      "the 95 % interval −2.484 to 2.484 holds −1.5; if mean and spread stay, 5 seeds would tell",
    );
  });

  it("is tested over seeds and items where both are shared", () => {
    // The same items at three seeds: no draw reaches −margin, so both tails are those of 10,000 draws, (0 + 1)/10,001.
    const solved = measureItems("solved", (bits: number) => [...String(bits)].map(Number));
    const own = {
      lower: solved("a"),
      higher: solved("b"),
      relation: "≤",
      better: "lower",
    } as const;
    const found = judged([10, 10, 10], [11, 11, 11], { ...own, margin: 0.5 });
    expect(found).toMatchObject({ outcome: "as claimed", p: 2 / 10_001 });
    const lost = judged([11, 11, 11], [10, 10, 10], { ...own, margin: 0.5 });
    // Means of two items, 0 and −1: at most −½ with probability ¾, so neither tail is small.
    expect(lost).toMatchObject({ outcome: "undecided", p: 1 });
  });

  it("counts signs at −margin where a seed lacks a number, and then has no interval", () => {
    const reached = (id: string) => measure("cost", (x: number) => (x < 0 ? null : x))(id);
    const own = {
      lower: reached("a"),
      higher: reached("b"),
      relation: "≤",
      better: "lower",
    } as const;
    // Nine seeds 0.05 below, within the margin, and one without a number: 2·(10 + 1)/1024.
    const a = [1, 2, 3, 4, 5, 6, 7, 8, 9, -1];
    const b = a.map((x) => x - 0.05);
    const found = judged(a, b, { ...own, margin: 0.1 });
    expect([found.outcome, found.p, found.difference.interval]).toEqual([
      "as claimed",
      22 / 1024,
      null,
    ]);
    expect(judged(a, b, { ...own, margin: 0.01 }).outcome).toBe("opposite");
  });
});

describe("too little", () => {
  it.each([
    ["one seed", [1], [9], "one seed decides nothing"],
    ["two seeds, however far apart", [1, 2], [9, 11], "two seeds decide nothing"],
    ["seeds whose differences do not vary", [1, 2, 3], [2, 3, 4], "do not vary"],
  ])("is undecided: %s", (_, a, b, why) => {
    const { outcome, cause, p, adjustedP } = judged(a, b);
    expect([outcome, p, adjustedP]).toEqual(["undecided", null, null]);
    expect(cause).toContain(why);
  });

  it("shows effects alone when asked without verdicts", () => {
    const { own, runs } = studyOf({ a: five!, b: six! }, [claim()]);
    const [only] = judge(own, runs, { verdicts: false }).claims;
    expect(only).toMatchObject({ outcome: null, adjustedP: null, cause: "" });
    expect(only!.difference.interval).not.toBeNull();
  });
});

describe("a number that a seed does not have", () => {
  const reached = (id: string): Quantity<number> =>
    measure("cost at the goal", (x: number) => (x < 0 ? null : x))(id);
  const own = { lower: reached("a"), higher: reached("b") };
  const missing = (a: readonly number[], b: readonly number[]) => judged(a, b, own);

  it("is a failure of the claim, however clear the other seeds are", () => {
    const { outcome, failures, difference, cause } = missing([1, 2, 3, -1], [5, 6.1, 7, 9]);
    expect([outcome, failures]).toEqual(["undecided", [4]]);
    expect(difference).toMatchObject({ seeds: 3, over: "signs of seeds" });
    expect(cause).toContain("at 1 of 4 seeds a side has no number");
    expect(judged([1, 2, 3], [5, 6.1, 7], own).outcome).toBe("as claimed");
  });

  it("counts against the claim seed by seed: six failures of six are 2 in 64", () => {
    const none = missing([-1, -1, -1, -1, -1, -1], [1, 2, 3, 4, 5, 6]);
    expect([none.outcome, none.p]).toEqual(["opposite", 2 / 64]);
    expect(none.lower).toMatchObject({ mean: null, seeds: 0 });
    expect(none.difference.mean).toBeNull();
    // Nine seeds for and one without a number: 2·(10 + 1)/1024.
    const many = missing([1, 2, 3, 4, 5, 6, 7, 8, 9, -1], [3, 4, 5, 6, 7, 8, 9, 10, 12, 1]);
    expect([many.outcome, many.p]).toEqual(["as claimed", 22 / 1024]);
  });

  it("is not a failure where nothing was measured", () => {
    const read = (x: number) => (x < 0 ? undefined : x);
    const some = (id: string) => measure("loss", read)(id);
    const found = judged([1, 2, 3, -1], [2, 3.1, 4, 9], { lower: some("a"), higher: some("b") });
    expect(found).toMatchObject({ failures: [], outcome: "as claimed", difference: { seeds: 3 } });
  });
});

describe("items that all seeds share", () => {
  const solved = measureItems("solved", (bits: number) => [...String(bits)].map(Number));
  const both = { lower: solved("a"), higher: solved("b"), margin: 0.01 };

  it("are drawn besides the seeds, so that a difference of one item decides nothing", () => {
    const over = judged([1000, 1000, 1000], [1100, 1100, 1101], both);
    expect(over.difference.over).toBe("seeds and items");
    expect(over.outcome).toBe("undecided");
    expect(over.difference.mean).toBeCloseTo((0.25 + 0.25 + 0.5) / 3);
    const mean = (id: string) => ({ ...solved(id), items: undefined }) as never;
    const seedsAlone = judged([1000, 1000, 1000], [1100, 1100, 1101], {
      ...both,
      lower: mean("a"),
      higher: mean("b"),
    });
    expect(seedsAlone.difference.over).toBe("seeds");
    expect(seedsAlone.p!).toBeLessThan(over.p!);
  });
});

describe("the claims of a study", () => {
  // Alone p = 0.026 for the first; among three primary claims it is 0.079.
  const values = { a: [1, 2, 3], b: [2, 3.3, 4.6], c: [1, 2.5, 2.9] };
  const [first, second, third] = [
    claim(),
    claim({ higher: loss("c") }),
    claim({ lower: loss("c"), higher: loss("b") }),
  ];

  it("are judged together where they are primary", () => {
    const { own, runs } = studyOf(values, [first!, second!, third!]);
    const [together] = judge(own, runs).claims;
    expect(together!.p).toBeLessThan(0.05);
    expect(together!.adjustedP).toBeCloseTo(3 * together!.p!, 10);
    expect(together!.outcome).toBe("undecided");
    expect(together!.cause).toContain("alone it would count (p = 0.0");
  });

  it("stand by themselves where they are secondary: p, q and no outcome, after the primary ones", () => {
    const secondary = [second!, third!].map((one) => ({ ...one, primary: undefined }));
    const { own, runs } = studyOf(values, [...secondary, first!]);
    const [main, ...others] = judge(own, runs).claims;
    expect(main).toMatchObject({ outcome: "as claimed", q: null, primary: first!.primary });
    expect(main!.adjustedP).toBe(main!.p);
    for (const other of others)
      expect(other).toMatchObject({ outcome: null, adjustedP: null, primary: null, cause: "" });
    const [p, q] = [others.map((one) => one.p!), others.map((one) => one.q!)];
    expect(Math.max(...q)).toBeCloseTo(Math.max(...p), 12);
    expect(Math.min(...q)).toBeLessThanOrEqual(2 * Math.min(...p) + 1e-12);
  });

  it("count in Holm's correction also where their seeds tell nothing", () => {
    const flat = claim({ lower: loss("a"), higher: loss("d") });
    const { own, runs } = studyOf({ ...values, d: [2, 3, 4] }, [first!, flat]);
    const [main] = judge(own, runs).claims;
    expect(main!.adjustedP).toBeCloseTo(2 * main!.p!, 12);
  });

  it("are left out where no seed was run, or the experiment was not asked for", () => {
    const experiments = { "A-1": "First", "A-2": "Second" };
    const rows = [claim({ experiment: "A-1" }), claim({ experiment: "A-2" })];
    const all = studyOf({ a: [1], b: [2] }, rows, experiments);
    expect(judge(all.own, { ...all.runs, experiments: ["A-2"] }).claims).toMatchObject([
      { experiment: "A-2" },
    ]);
    const none = studyOf({ a: [1], b: [] }, [claim()]);
    expect(judge(none.own, none.runs).claims).toEqual([]);
    const some = studyOf({ a: [1, 2, 3], b: [2, 3] }, [claim()]);
    expect(judge(some.own, some.runs).claims[0]!.difference).toMatchObject({ mean: 1, seeds: 2 });
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
    const [one, other] = judge(own, runs).claims;
    expect(one!.lower).toMatchObject({ measure: "half the loss", subject: "A" });
    expect(other!.higher).toMatchObject({ subject: "both", variants: ["a", "b"] });
  });

  it("refuse runs of another study, values that are not finite, missing margins and a seventh primary", () => {
    const { own, runs } = studyOf({ a: [1], b: [2] }, [claim()]);
    expect(() => judge(own, { ...runs, study: "letters" })).toThrow(
      '"letters", expected "numbers"',
    );
    const broken = studyOf({ a: [Number.NaN], b: [2] }, [claim()]);
    expect(() => judge(broken.own, broken.runs)).toThrow("value 0 is NaN");
    const of = (...claims: Claim<number>[]) => studyOf({ a: [1], b: [1] }, claims);
    expect(() => of(claim({ margin: 0 }))).toThrow("margin must be above 0, got 0");
    expect(() => of(claim({ margin: undefined }))).toThrow(
      'a primary claim, one of "≤" and an equality need',
    );
    const worded = (words: string) => claim({ primary: { ...primary, words } });
    expect(() => of(worded("comparable performance"))).toThrow(
      'claim "Less is lost": its words "comparable performance" make it "≤", got "<"',
    );
    expect(() => of(worded(" "))).toThrow(
      'words of the claim "Less is lost" must be 1 to 15 words of the paper, got " "',
    );
    expect(() => of(claim({ relation: "≤", margin: 0.1 }))).toThrow('"≤" needs better');
    const noWorse = { relation: "≤", better: "lower", primary: undefined } as const;
    expect(() => of(claim({ ...noWorse, margin: undefined }))).toThrow("need a margin");
    expect(() => of(claim({ ...noWorse, margin: 0 }))).toThrow("margin must be above 0, got 0");
    const open = { relation: "=" as const, margin: undefined, primary: undefined };
    expect(() => of(claim(open))).toThrow("an equality need a margin");
    expect(() => of(...Array.from({ length: 7 }, () => claim()))).toThrow("at most 6 are allowed");
  });
});
