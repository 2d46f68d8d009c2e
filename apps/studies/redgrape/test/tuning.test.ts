import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { runsOf } from "../../shared/test/runs-of";
import { gridOf } from "../methods";
import { seedCounts, settingsFor, tuningSeeds, tuningSettings } from "../recipe";
import type { Score } from "../score-method";
import { tuned } from "../tuned";
import { chooseSettings, ratesOf, redgrapeTuning, tunedIds } from "../tuning";

const score = (accuracy: number): Score => ({
  accuracy,
  head: accuracy,
  middle: accuracy,
  tail: accuracy,
  perClass: [accuracy],
  accuracyOfSum: null,
  curve: [[10, accuracy]],
  bytesUp: 1,
  bytesDown: 1,
});

/** Tuning runs in which these variants have these accuracies, one per seed, and all others 0.5. */
function runsWith(accuracies: Readonly<Record<string, readonly number[]>>) {
  const common = tunedIds.flatMap((method) =>
    gridOf(method, "fashion-mnist").map((_, i) => [`${method}/${i}`, [0.5, 0.5]] as const),
  );
  const all = { ...Object.fromEntries(common), ...accuracies };
  return runsOf(
    redgrapeTuning,
    Object.fromEntries(Object.entries(all).map(([id, own]) => [id, own.map(score)])),
  );
}

describe("chooseSettings", () => {
  it("takes the best mean of every method, however small the gain, and the published setting of equals", () => {
    const chosen = chooseSettings(
      runsWith({
        "redgrape/0": [0.7, 0.7],
        "redgrape/1": [0.7001, 0.7],
        "creff/0": [0.6, 0.7],
        "creff/1": [0.7, 0.6],
        "fed-focal/2": [0.9, 0.4],
        "fed-focal/1": [0.65, 0.64],
      }),
    );
    expect(chosen.redgrape).toEqual(gridOf("redgrape", "fashion-mnist")[1]);
    expect(chosen.creff).toEqual(gridOf("creff", "fashion-mnist")[0]);
    expect(chosen["fed-focal"]).toEqual(gridOf("fed-focal", "fashion-mnist")[2]);
    expect(chosen.climb).toEqual(gridOf("climb", "fashion-mnist")[0]);
  });

  it("then takes the clients' rate at the best setting only, FedAvg's too, and the common rate of equals", () => {
    const chosen = chooseSettings(
      runsWith({
        "fedavg/0-rate-0.1": [0.6, 0.6],
        "fedavg/0-rate-0.02": [0.7, 0.4],
        "redgrape/1": [0.7, 0.7],
        "redgrape/0-rate-0.1": [0.9, 0.9],
        "redgrape/1-rate-0.1": [0.7, 0.7],
        "creff/3": [0.6, 0.6],
        "creff/3-rate-0.02": [0.61, 0.6],
      }),
    );
    expect(chosen.fedavg).toEqual({ lr: 0.1 });
    expect(chosen.redgrape).toEqual(gridOf("redgrape", "fashion-mnist")[1]);
    expect(chosen.creff).toEqual({ ...gridOf("creff", "fashion-mnist")[3], lr: 0.02 });
  });

  it.each([
    ["fashion-mnist", "tuning.json.gz"],
    ["mnist", "tuning-mnist.json.gz"],
  ] as const)(
    "is what the recorded trials on %s chose, on seeds that no comparison uses",
    (set, file) => {
      const packed = readFileSync(new URL(`../${file}`, import.meta.url));
      const recorded = JSON.parse(gunzipSync(packed).toString("utf8"));
      expect(recorded.settings.set).toBe(set);
      expect(chooseSettings(recorded)).toEqual(tuned[set]);
      expect(recorded.seeds).toEqual(tuningSeeds);
      const trials = tunedIds.reduce(
        (sum, method) =>
          sum + gridOf(method, set).length + ratesOf(method, recorded.settings).length - 1,
        0,
      );
      expect(recorded.runs).toHaveLength(trials * tuningSeeds.length);
    },
  );
});

describe("the trials", () => {
  it("hold every method that is compared, with CReFF as the bench has it, at the comparison's rounds and other seeds and rows", () => {
    expect(tunedIds).toEqual(
      expect.arrayContaining([
        "fedavg",
        "fedprox",
        "fed-focal",
        "logit-adjustment",
        "creff",
        "redgrape",
      ]),
    );
    expect(gridOf("creff", "fashion-mnist")).toContainEqual({ headLr: 0.1, headEpochs: 100 });
    for (const method of tunedIds) {
      const rates = ratesOf(method, { set: "mnist" });
      expect(rates.slice(0, 3)).toEqual([0.05, 0.02, 0.1]);
      expect(rates.length).toBeLessThanOrEqual(4);
    }
    for (const set of ["fashion-mnist", "mnist"] as const) {
      const settings = tuningSettings(set);
      expect(settings.rounds).toBe(settingsFor("default", set).rounds);
      expect(settings.validation).toBeGreaterThan(0);
    }
    expect(tuningSeeds).toHaveLength(3);
    expect(Math.min(...tuningSeeds)).toBeGreaterThan(Math.max(...Object.values(seedCounts)));
  });
});
