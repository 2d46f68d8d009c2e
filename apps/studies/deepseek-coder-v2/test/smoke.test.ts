import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drain, runStudy } from "@deepgrain/lab";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { coderSettings } from "../recipe";
import { deepseekCoderV2 } from "../study";

vi.mock("@deepgrain/coder/sandbox", async (original) => {
  const actual = await original<typeof import("@deepgrain/coder/sandbox")>();
  const { buildWorker } = await import("@deepgrain/vitest/sandbox-worker");
  const worker = await buildWorker();
  const createSandbox: typeof actual.createSandbox = (options) =>
    actual.createSandbox({ ...options, worker });
  return { ...actual, createSandbox };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "deepgrain-coder-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Sizes of seconds: every part runs, nothing is learnt. */
const settings = {
  ...coderSettings.quick,
  vocabSize: 330,
  characters: 30_000,
  proseSteps: 2,
  armSteps: 2,
  heldOutBlocks: 1,
  fimSteps: 2,
  infills: 2,
  recallSteps: 2,
  stageSteps: [1, 1] as const,
  functions: 120,
  heldOutFunctions: 8,
  policySize: 16,
  policySteps: 5,
  grpoSteps: 2,
  rewardSteps: 2,
  relearnSteps: 1,
  relearnEvery: 1,
};

describe.each(Object.keys(deepseekCoderV2.experiments!))("the experiment %s", (experiment) => {
  it("runs from end to end, and its results are read again", async () => {
    const options = { folder, seeds: [1], settings, experiments: [experiment] };
    const { runs } = await drain(runStudy(deepseekCoderV2, options));
    expect(runs.length).toBeGreaterThan(4);
    for (const { result } of runs)
      expect(deepseekCoderV2.parse!(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });
});
