import { createRandom } from "@deepgrain/lm";
import {
  type CalibratedThreshold,
  calibrate as measure,
  type Watermark,
  type WatermarkKey,
} from "@deepgrain/watermark";
import { defineCliCommand } from "../../cli/define-command";
import { nextTurn } from "../../cli/next-turn";
import { numberFlag } from "../../cli/number-flag";
import { saveJson } from "../../formats/save-file";
import { percent } from "../../report/numbers";
import { readCorpus } from "./corpus-file";
import {
  bindWatermark,
  modelArgs,
  openParts,
  type WatermarkParts,
  watermarkArgs,
} from "./open-watermark";
import { publicProfile } from "./profile-file";
import { listFlag } from "./read-flags";

/** A fresh key for every window, unless there is one of one's own or the profile has it. */
function watermarkSource(parts: WatermarkParts): (key: WatermarkKey) => Watermark {
  if (parts.profile.compat || parts.key) {
    const own = bindWatermark(parts);
    return () => own;
  }
  return (key) => bindWatermark({ ...parts, key });
}

function describe({ fpr, length, z, low, high, pValueAlarms }: CalibratedThreshold): string {
  const { rate, low: least, high: most } = pValueAlarms;
  return `${length} tokens, false-positive rate ${fpr}: z > ${z.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)}), p-values alarm in ${percent(rate)} (${percent(least)} to ${percent(most)})`;
}

const args = {
  ...watermarkArgs,
  ...modelArgs,
  corpus: {
    type: "string",
    required: true,
    valueHint: "file",
    description: "Unmarked text (with --tokenizer or --model), or JSON with ids",
  },
  lengths: { type: "string", default: "100,200", description: "Text lengths in tokens" },
  fpr: { type: "string", default: "0.01,0.001", description: "False-positive rates" },
  samples: { type: "string", default: "2000", description: "Windows a length at most" },
  seed: { type: "string", default: "0", description: "Same seed, same numbers" },
  "profile-out": {
    type: "string",
    writes: "file",
    valueHint: "file",
    description: "Where to write the profile with the thresholds in it",
  },
  out: {
    type: "string",
    writes: "file",
    valueHint: "file",
    description: "Where to write the result as JSON",
  },
  json: { type: "boolean", description: "The result as JSON on stdout" },
} as const;

export const calibrate = defineCliCommand({
  name: "calibrate",
  description:
    "Measures a detector on unmarked text: thresholds with bootstrap intervals, and how often p-values alarm.",
  examples: [
    "watermark calibrate --profile kgw.json --corpus corpus.txt --tokenizer DIR   # a fresh random key for every window",
    "watermark calibrate --profile kgw.json --key-file key.hex --corpus ids.json --lengths 50,100 --fpr 0.01 --profile-out calibrated.json",
  ],
  args,
  async run(args, context) {
    const { resolve, signal, progress, write } = context;
    const lengths = listFlag("lengths", args.lengths);
    const rate = (part: string) => numberFlag("fpr", part, { min: 1e-9, max: 0.5, whole: false })!;
    const fpr = args.fpr.split(",").map(rate);
    const windows = numberFlag("samples", args.samples, { min: 1 })!;
    const random = createRandom(numberFlag("seed", args.seed)!).next;
    const parts = await openParts(args, context);
    const corpus = (await readCorpus(resolve(args.corpus), parts.tokenizer)).flat();
    const source = watermarkSource(parts);
    const task = progress.task("calibrating");
    const results = [];
    for (const [i, length] of lengths.entries()) {
      task.update(i / lengths.length, `windows of ${length} tokens`);
      await nextTurn();
      results.push(measure(source, [corpus], { lengths: [length], fpr, windows, random, signal }));
    }
    const thresholds = results.flatMap((result) => result.thresholds);
    const report = {
      profile: publicProfile(parts.profile),
      keys: parts.key || parts.profile.compat ? "own" : "random",
      lengths: results.flatMap((result) => result.lengths),
      thresholds,
    };
    if (args.out !== undefined) await saveJson(resolve(args.out), report);
    if (args["profile-out"] !== undefined)
      await saveJson(resolve(args["profile-out"]), { ...parts.profile, thresholds });
    if (args.json) return write(`${JSON.stringify(report)}\n`);
    for (const one of report.lengths)
      for (const threshold of one.thresholds) write(`${describe(threshold)}\n`);
  },
});
