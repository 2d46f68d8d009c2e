import { judge } from "@deepgrain/lab";
import { expect, it } from "vitest";
import { recordedRuns } from "../../shared/test/recordings";
import { asr } from "../claims";
import { finding, successText } from "../report";
import { finePurify } from "../study";

type Runs = Parameters<typeof finding>[0]["runs"];

const recorded = recordedRuns("fine-purify") as Runs;

const of = (runs: Runs) =>
  finding({ runs, settings: runs.settings, judgement: judge(finePurify, runs as never) });

/** The runs of some seeds and variants. */
const part = (seeds: readonly number[], isWanted: (variant: string) => boolean): Runs => ({
  ...recorded,
  seeds,
  runs: recorded.runs.filter(({ variant, seed }) => seeds.includes(seed) && isWanted(variant)),
});

it("gives accuracy beside the attack's success", () => {
  expect(of(recorded)).toMatch(
    /^Against “SGD, trigger word”.* 1\.0 % success \(as claimed\).*accuracy from \d+\.\d to \d+\.\d %\.$/,
  );
});

it("takes another victim where the first was not attacked", () => {
  const text = of(part([1], (variant) => variant.startsWith("text/")));
  expect(text).toMatch(/^Against “real text.* success and takes accuracy/);
  expect(text).not.toMatch(/NaN|undefined|–/);
});

it("says that there is nothing where nothing was run", () => {
  expect(of(part([], () => false))).toBe("No victim has been attacked yet.");
});

it("says bimodal of a method that leaves all of the attack or none of it", () => {
  expect(successText(asr("sgd/word/fisher"), recorded)).toBe("bimodal: 99.5 at 3 seeds, 1.1 at 5");
  expect(successText(asr("text/word/epur"), recorded)).toMatch(/^43\.5 \(/);
  expect(successText(asr("sgd/word/fine-tuning"), recorded)).toBe("100.0 (100.0 to 100.0)");
});
