import { claimsText, claimText, judge, primariesOf, studyPage, valuesOf } from "@deepgrain/lab";
import { describe, expect, it } from "vitest";
import { taskIds } from "../../shared/tasks/tuning-task-ids";
import { tasks } from "../../shared/tasks/tuning-tasks";
import { runsOf } from "../../shared/test/runs-of";
import { EQUAL_MARK } from "../claims";
import { finding } from "../finding";
import { experiments as all } from "../introduction";
import { atRates, partMethods, rankId, thresholdId } from "../methods";
import { type EsftResult, tuned } from "../quantities";
import { esftSettings, seedCounts } from "../recipe";
import { esft } from "../study";
import { variantsOf } from "../variants";
import { results, settings, tuning } from "./synthetic-results";

const experiments = Object.keys(all);
const own = { ...settings, data: {} };

const runs = (
  chosen: readonly string[] = experiments,
  values: Record<string, EsftResult[]> = results(),
) => runsOf(esft, values, { settings: own, experiments: chosen });

const judged = (...args: Parameters<typeof runs>) => judge(esft, runs(...args)).claims;

describe("settings", () => {
  it.each(["quick", "default", "full"] as const)("fit together at size %s", (size) => {
    const sized = esftSettings[size];
    expect(sized.curvePoints).toBeGreaterThan(1);
    expect(sized.hiddenSize % sized.heads).toBe(0);
    expect(seedCounts[size]).toBeGreaterThanOrEqual(3);
  });

  it("have the paper's share of general text and four tasks at every size", () => {
    for (const { generalShare, tasks: chosen } of Object.values(esftSettings)) {
      expect(generalShare).toBe(0.5);
      expect(chosen).toEqual(["numbers", "phones", "languages", "turkish"]);
    }
    expect(tasks.map(({ id }) => id)).toEqual([...taskIds]);
  });
});

describe("variants", () => {
  const ids = (experiment: string, sized = settings) =>
    variantsOf(sized)
      .filter((variant) => variant.experiments?.includes(experiment))
      .map(({ id }) => id)
      .filter((id) => !id.startsWith("turkish/"));

  it("are those that the experiments need", () => {
    expect(ids("B-1")).toEqual(["base"]);
    const main = ["vanilla", "full", "lora", "esft-token", "esft-gate", "random"];
    expect(ids("B-3")).toEqual(["base", ...main.map((id) => `phones/${id}`)]);
    const timed = ["full", "lora", "esft-token", "esft-gate"].map((id) => `phones/${id}`);
    expect(ids("B-10")).toEqual(["base", ...timed, "costs"]);
  });

  it("try every method that trains at several rates, for the frontier only", () => {
    const lower = (id: string) => ids("B-4").filter((own) => own.startsWith(`phones/${id}-0.`));
    for (const id of ["full", "lora", "esft-token", "esft-gate", "random"] as const)
      expect(lower(id)).toHaveLength(settings.rates[id].others.length);
    expect(ids("B-3").filter((own) => own.includes("-0."))).toEqual([]);
  });

  it("train shared experts and the rest with and without ESFT-Token's experts, at the rate of what they train", () => {
    const { rates } = settings;
    const parts = ["token-shared", "token-shared-rest", "shared", "shared-rest"];
    expect(ids("B-6")).toEqual(["base", ...parts.map((id) => `phones/${id}`)]);
    expect(partMethods(settings).map(({ rate }) => rate)).toEqual(
      (["esft-token", "full", "esft-token", "full"] as const).map((id) => rates[id].main),
    );
  });

  it("tune coarser models that are made from the base model first", () => {
    const coarse = ["full-groups-4", "esft-token-groups-4"];
    expect(ids("B-8")).toEqual(["base", ...coarse.map((id) => `phones/${id}`)]);
    const after = (id: string) => variantsOf(settings).find((one) => one.id === id)!.after;
    expect(after("phones/full-groups-4")).toEqual(["base-groups-4"]);
    expect(after("base-groups-4")).toEqual(["base"]);
  });

  it("try every method at the same rates and its own where a ladder is given", () => {
    const sized = { ...settings, ladder: [0.001, 0.002, 0.064] };
    for (const id of ["full", "lora", "random"] as const)
      expect(atRates(id, sized).map(({ rate }) => rate)).toEqual([
        0.001,
        0.002,
        sized.rates[id].main,
        0.064,
      ]);
  });

  it("share the point of a sweep that is the main setting", () => {
    expect(thresholdId(settings.tokenP, settings)).toBe("esft-token");
    expect(thresholdId(0.9, settings)).toBe("token-0.9");
    const { tokenP, loraRank } = settings;
    expect(rankId(loraRank, settings)).toBe("lora");
    expect(ids("B-5", { ...settings, sweepP: [tokenP], sweepRanks: [loraRank] })).toHaveLength(7);
  });
});

describe("quantities", () => {
  const at = (values: Record<string, EsftResult[]>, ...args: Parameters<typeof tuned>) =>
    [...valuesOf(tuned(...args), runs(experiments, values)).values()][0];
  const before = [{ tuning: tuning(4) }];
  const after = [{ tuning: tuning(1, 0.5) }];

  it("take forgetting from general text", () => {
    const values = {
      "turkish/vanilla": before,
      "turkish/full": after,
      "phones/vanilla": before,
      "phones/full": after,
    };
    expect(at(values, "forgetting", "full", "FFT", ["turkish"])).toBeCloseTo(0.5, 12);
    expect(at(values, "general", "full", "FFT", ["phones"])).toBeCloseTo(3, 12);
  });

  it("do not know forgetting without the measurement before", () => {
    expect(at({ "phones/full": after }, "forgetting", "full", "FFT", ["phones"])).toBeUndefined();
    expect(at({ "phones/full": after }, "loss", "full", "FFT", ["phones"])).toBe(1);
  });

  it("average over all tasks only where all are there", () => {
    expect(at(results(), "loss", "full", "FFT", settings.tasks)).toBeCloseTo(1.01, 12);
    expect(at({ "phones/full": after }, "loss", "full", "FFT", settings.tasks)).toBeUndefined();
  });
});

describe("claims", () => {
  it("set each ESFT against before, random experts, LoRA and FFT over all tasks, by marks alone", () => {
    const texts = judged(["B-3", "B-4"])
      .filter(({ scope }) => scope === "all tasks")
      .map(claimText);
    for (const method of ["ESFT-Token", "ESFT-Gate"]) {
      expect(texts).toContain(`mark, %: random experts < ${method}`);
      expect(texts).toContain(`mark, %: LoRA < ${method}`);
    }
    expect(texts).toContain(`mark, %: ESFT-Token no worse than FFT, within ${EQUAL_MARK}`);
    expect(texts).toContain("mark, %: ESFT-Gate < FFT");
    expect(texts.filter((text) => /^(forgetting|task loss):/.test(text))).toEqual([]);
  });

  it("name the abstract's five and that of general tasks, before the run", () => {
    const primaries = primariesOf({ claims: judged() });
    expect(primaries.map(({ experiment }) => experiment)).toEqual([
      "B-1",
      "B-2",
      "B-10",
      "B-3",
      "B-4",
      "B-8",
    ]);
    for (const { primary } of primaries) expect(primary!.named).toBe("before the run");
  });

  it("find more use than even, and less overlap between tasks than within", () => {
    const [usage, overlap] = judged(["B-1", "B-2"]);
    expect(usage!.lower.mean).toBe(0.5);
    expect(usage!.higher.mean).toBeCloseTo(0.75, 12);
    expect(overlap!.lower.mean).toBe(1);
    expect(overlap!.higher.mean).toBe(1.5);
  });

  it("find that more trained parts learn and forget more, and shared experts alone learn less", () => {
    const found = judged(["B-6"]);
    expect(found.map(claimText)).toEqual([
      "mark, %: shared experts alone < ESFT-Token",
      "mark, %: ESFT-Token < ESFT-Token and shared experts",
      "mark, %: ESFT-Token < all but the other experts",
      "forgetting: ESFT-Token < ESFT-Token and shared experts",
      "forgetting: ESFT-Token < all but the other experts",
    ]);
    for (const { difference } of found) expect(difference.mean).toBeGreaterThan(0);
  });

  it("take the agreement of samples at the smallest and the largest size, the latter beside all K", () => {
    const [rises, full] = judged(["B-7"]);
    expect(rises).toMatchObject({ lower: { mean: 1.2 }, higher: { mean: 1.95 } });
    expect(claimText(rises!)).toBe("best experts shared, of 2: 256 tokens < 2048 tokens");
    expect(full).toMatchObject({ higher: { mean: 2 }, relation: "=", margin: 0.25 });
  });

  it("compare what methods lose when experts are coarser, against the model with single experts", () => {
    const [lost] = judged(["B-8"]);
    expect(claimText(lost!)).toBe("points of the mark lost in groups of 4: FFT < ESFT-Token");
    expect(lost!.lower.mean).toBeCloseTo(10, 12);
    expect(lost!.higher.mean).toBeCloseTo(100 * (0.3 - 0.002), 12);
    expect(judged(["B-8"], { ...results(), "phones/full-groups-4": [] })).toMatchObject([]);
  });

  it("compare costs of the same base model", () => {
    const [time] = judged(["B-10"]);
    expect(claimText(time!)).toBe("milliseconds per step: ESFT-Token < FFT");
    expect(time!.difference.mean).toBeCloseTo(4, 12);
  });

  it("decide nothing with one seed and say why", () => {
    const claims = judged(["B-3"], results([1]));
    expect(claims[0]).toMatchObject({ outcome: "undecided", cause: "one seed decides nothing" });
    expect(claimsText({ claims })).not.toContain(" to 0");
  });
});

describe("the finding", () => {
  const of = (...args: Parameters<typeof runs>) => {
    const own = runs(...args);
    return finding({ runs: own, settings: own.settings, judgement: judge(esft, own) } as never);
  };

  it("gives right answers beside those of full fine-tuning, and what came of the claim that they match", () => {
    expect(of(["B-3", "B-4"])).toMatch(
      /^ESFT-Token trains .* earns 80\.2 % .* full fine-tuning 90\.0 %; that they match: (as claimed|opposite|undecided)\.$/,
    );
    expect(of(["B-3"], results([1]))).toContain("that they match: undecided");
  });

  it("gives the use of experts where no method was trained", () => {
    expect(of(["B-2"], { base: results().base! })).toMatch(/^The 2 experts .* 75\u00a0% /);
    expect(of(["B-2"], {})).toBe("No base model has been trained yet.");
  });
});

describe("the report", () => {
  const pageOf = (...args: Parameters<typeof runs>) =>
    studyPage(esft, runs(...args), judge(esft, runs(...args)));

  it("has every experiment, escapes texts and needs nothing else", () => {
    const page = pageOf();
    for (const id of experiments) expect(page).toContain(`">${id}: `);
    expect(page).not.toMatch(/NaN|undefined|<script|https?:\/\/(?!www\.w3\.org)/);
    expect(page).toContain("de: &lt;one&gt;");
    expect(page).toContain("49.4 &gt; 44.9");
  });

  it("has only the experiments that were asked for", () => {
    const page = pageOf(["B-2"], { base: results().base! });
    expect(page).toContain(">B-2: ");
    expect(page).not.toContain(">B-3: ");
  });
});
