import { judge } from "@deepgrain/lab";
import { expect, it } from "vitest";
import { recordedRuns } from "../../shared/test/recordings";
import { finding } from "../report";
import { preferences } from "../study";

type Runs = Parameters<typeof finding>[0]["runs"];

const recorded = recordedRuns("dpo") as Runs;

const of = (runs: Runs) =>
  finding({ runs, settings: runs.settings, judgement: judge(preferences, runs as never) });

/** The runs of some seeds and variants. */
const part = (seeds: readonly number[], isWanted: (variant: string) => boolean): Runs => ({
  ...recorded,
  seeds,
  runs: recorded.runs.filter(({ variant, seed }) => seeds.includes(seed) && isWanted(variant)),
});

it("says how often each method wins, and what is decided", () => {
  expect(of(recorded)).toMatch(
    /^After DPO, answers win 61\.6 % .*\(as claimed\), .* from 100\.0 to 93\.4 % solved \(undecided\)\.$/,
  );
});

it("names no outcome of one seed of a method without a primary claim", () => {
  const text = of(part([1], (variant) => variant === "ipo"));
  expect(text).toMatch(/^After IPO, answers win \d+\.\d %/);
  expect(text).not.toMatch(/NaN|undefined|undecided|with DPO/);
});

it("says that there is nothing where nothing was run", () => {
  expect(of(part([], () => false))).toBe("No model has learned preferences yet.");
});
