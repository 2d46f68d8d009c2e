import { stoppedByTimer } from "@deepgrain/vitest/stopped";
import { describe, expect, it } from "vitest";
import { fitParametric, parametricFit } from "../../src/index";
import { chinchillaTruth, isoFlopRuns, seeded } from "../support/synthetic";

const runs = isoFlopRuns(chinchillaTruth, { noise: 0.01, random: seeded(1), budgets: 5, sizes: 7 });
const options = { random: seeded(2), resamples: 100_000 };

describe("a signal that a timer on the same thread raises", () => {
  it.each([
    ["fitParametric", (signal: AbortSignal) => fitParametric(runs, { ...options, signal })],
    ["parametricFit", (signal: AbortSignal) => parametricFit(runs, { ...options, signal })],
  ])("ends %s before its last draw", async (_, run) => {
    const { error, reason } = await stoppedByTimer(run);
    expect(error).toBe(reason);
  });
});
