import { judge, studyPage } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { runsOf } from "../../shared/test/runs-of";
import { claimsOf } from "../claims";
import { experiments } from "../introduction";
import type { Score } from "../score-method";
import { redgrape } from "../study";
import { variantsOf } from "../variants";

const full = { ...redgrape.settings, size: "full" } as const;
const seeds = [0.01, -0.005, 0, 0.004, -0.009];

const score = (accuracy: number, accuracyOfSum: number | null = null): Score => ({
  accuracy,
  head: accuracy + 0.1,
  middle: accuracy - 0.1,
  tail: accuracy,
  perClass: Array.from({ length: 10 }, () => accuracy),
  accuracyOfSum,
  curve: [10, 20, 50, 96, 97, 98, 99, 100].map((round) => [round, accuracy]),
  bytesUp: 1e6,
  bytesDown: 2e6,
});

/** Results as the bench's reference runs have them. */
function benchRuns() {
  const levels: Record<string, number> = {
    fedavg: 0.742,
    fedprox: 0.738,
    fedavgm: 0.755,
    "fed-focal": 0.74,
    climb: 0.763,
    "logit-adjustment": 0.779,
    creff: 0.782,
    redgrape: 0.792,
    "redgrape-no-v": 0.743,
    "redgrape-real-only": 0.742,
    "redgrape-prototypes": 0.798,
  };
  const wobble = (id: string, i: number) => ((id.length * (i + 1)) % 5) * 0.0005;
  const results = Object.fromEntries(
    Object.entries(levels).map(([id, level]) => [
      id,
      seeds.map((shift, i) =>
        score(level + shift + wobble(id, i), id.startsWith("redgrape") ? 0.745 + shift : null),
      ),
    ]),
  );
  return runsOf(redgrape, results, { experiments: ["P1", "P2", "P3", "P4", "P5"] });
}

describe("claims", () => {
  it("belong to every experiment or its variants do, and each reads variants that exist", () => {
    const variants = variantsOf(full);
    const used = new Set([
      ...claimsOf(full).map(({ experiment }) => experiment),
      ...variants.flatMap(({ experiments: own = [] }) => own),
    ]);
    expect(used).toEqual(new Set(Object.keys(experiments)));
    expect(claimsOf({ size: "quick", set: "mnist" })).toEqual([]);
    expect(variantsOf({ size: "quick", set: "fashion-mnist" }).map(({ id }) => id)).toHaveLength(3);
  });

  it("come out as in the reference runs when given their accuracies", () => {
    const { claims } = judge(redgrape, benchRuns());
    expect(claims.map(({ experiment, outcome }) => `${experiment} ${outcome}`)).toEqual([
      "P1 as claimed",
      "P4 as claimed",
      "P2 undecided", // the same at all seeds
      "P2 undecided",
      ...["P1", "P1", "P2", "P2", "P3", "P3", "P4", "P5"].map((id) => `${id} null`),
    ]);
  });

  it("make a page with the five points, every method and every class", () => {
    const runs = benchRuns();
    const page = studyPage(redgrape, runs, judge(redgrape, runs));
    expect(page).not.toMatch(/NaN|undefined|<script/);
    expect(page).toContain("RedGrape, no V");
    expect(page).toContain("5 of 5 seeds");
  });
});
