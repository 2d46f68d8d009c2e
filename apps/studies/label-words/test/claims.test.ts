import { judge, primariesOf, studyPage } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { runsOf } from "../../shared/test/runs-of";
import { claims } from "../claims";
import { type ComparisonResult, comparisonResultSchema } from "../comparison-result";
import { comparisonSettings, recipeOf } from "../recipe";
import { labelWords } from "../study";

const means = (wp: number, pq: number) => ({ wp, pq, ww: 1 - wp - pq });

function anchorResult(shift: number, isControl = false): ComparisonResult {
  const low = 0.2 + shift;
  const high = 0.98 + shift / 10;
  const loyalty = (value: number) => ({ labelLoyalty: value, wordLoyalty: value / 2 });
  const targets = ["labels", "random"] as const;
  return {
    loss: 0.01,
    lookAlike: null,
    anchors: {
      accuracy: 0.99,
      meanLoss: 0.02,
      relative: [means(0.6 + shift, 0.2), means(0.2, 0.7), means(0.01, 0.98), means(0, 0.99)],
      isolation: targets.flatMap((target) =>
        (["first", "last"] as const).flatMap((where) =>
          [1, 2, 3].map((layers) => {
            const isLow = where === "first" && (target === "labels") !== isControl;
            return { target, where, layers, ...loyalty(isLow ? low : high) };
          }),
        ),
      ),
      auc: [0.5, 0.9 + shift, 0.99, 0.98],
      share: [0, 0.3, 0.7, 1],
      compression: [
        ["hidden-anchor", isControl ? low : high],
        ["hidden-random", isControl ? high : low],
        ["text-anchor", low + 0.01],
      ].map(([variant, value]) => ({
        variant: variant as string,
        queryPositions: "continue" as const,
        ...loyalty(value as number),
      })),
    },
  };
}

const lookAlike = (shift: number): ComparisonResult => ({
  loss: 0.2,
  anchors: null,
  lookAlike: {
    vanilla: 0.86 + shift,
    twoShots: 0.861 + shift,
    reweighted: 0.89 + 1.1 * shift,
    losses: [0.23, 0.21],
    diagnosis: [1, 2, 3].map((layer) => ({
      layer,
      spearman: 0.5,
      siblings: 0.09 + shift,
      all: 0.6,
      actualSiblings: 0.6,
      actualAll: 0.9,
      accuracy: 0.54,
    })),
  },
});

const shifts = [0, 0.01, 0.02, 0.005];
const runs = runsOf(
  labelWords,
  {
    anchors: shifts.map((shift) => anchorResult(shift)),
    control: shifts.map((shift) => anchorResult(shift, true)),
    "look-alike": shifts.map(lookAlike),
  },
  { experiments: Object.keys(labelWords.experiments!) },
);

describe("the study of label words", () => {
  it("claims something in every experiment, and everything is read from the results", () => {
    expect(new Set(claims.map(({ experiment }) => experiment))).toEqual(
      new Set(Object.keys(labelWords.experiments!)),
    );
    const judged = judge(labelWords, runs);
    expect(judged.claims).toHaveLength(claims.length);
    expect(primariesOf(judged).map(({ outcome }) => outcome)).toEqual([
      "as claimed",
      "undecided", // 0.49 at all seeds
      "as claimed",
      "as claimed",
      "as claimed",
    ]);
    for (const { difference } of judged.claims) expect(difference.mean).toBeGreaterThan(0);
  });

  it("shows charts and tables of all parts", () => {
    const page = studyPage(labelWords, runs, judge(labelWords, runs));
    for (const text of [
      "S_wp: text to label words",
      "label words, first 2 layers",
      "re-weighted",
      "Spearman",
    ])
      expect(page, text).toContain(text);
    expect(page).not.toContain("NaN");
  });

  it("keeps to the form of its results", () => {
    for (const result of [anchorResult(0), lookAlike(0)])
      expect(comparisonResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(() => comparisonResultSchema.parse({ loss: 1 })).toThrow();
  });

  it("trains the recipes of the package in the default and full size", () => {
    const full = recipeOf("control", comparisonSettings.full);
    expect(full).toMatchObject({ width: 32, mlpRatio: 1, steps: 3000, initialization: "plain" });
    const quick = recipeOf("look-alike", comparisonSettings.quick);
    expect(quick).toMatchObject({ width: 24, initialization: "anchors" });
    expect(quick.task).toMatchObject({ topics: 8, siblingNoise: 0.35 });
  });
});
