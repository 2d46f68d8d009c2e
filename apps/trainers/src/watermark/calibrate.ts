import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import { createRandom } from "@deepgrain/lm";
import { readCorpus } from "@deepgrain/studies/balance-marking/corpus-file";
import { percent } from "@deepgrain/studies/shared/numbers";
import {
  type CalibratedThreshold,
  calibrate as measure,
  publicProfile,
  type Watermark,
  type WatermarkKey,
} from "@deepgrain/watermark";
import type { calibrateFlags } from "./flags";
import { bindWatermark, openParts, type WatermarkParts } from "./open-watermark";

/** A fresh key for every window, unless a key is given or the profile has one. */
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

/** `watermark calibrate`. */
export const calibrate: RunCommand<typeof calibrateFlags> = async (values, context) => {
  const { lengths, fpr, samples: windows, seed, profileOut, out, json } = values;
  const { signal, progress, write } = context;
  const random = createRandom(seed).next;
  const parts = await openParts(values, context);
  const corpus = (await readCorpus(values.corpus, parts.tokenizer)).flat();
  const source = watermarkSource(parts);
  const task = progress.task("calibrating");
  const results = [];
  for (const [i, length] of lengths.entries()) {
    task.update(i / lengths.length, `windows of ${length} tokens`);
    results.push(
      await measure(source, [corpus], { lengths: [length], fpr, windows, random, signal }),
    );
  }
  const thresholds = results.flatMap((result) => result.thresholds);
  const report = {
    profile: publicProfile(parts.profile),
    keys: parts.key || parts.profile.compat ? "own" : "random",
    lengths: results.flatMap((result) => result.lengths),
    thresholds,
  };
  if (out !== undefined) await out.saveJson(report);
  if (profileOut !== undefined) await profileOut.saveJson({ ...parts.profile, thresholds });
  if (json) return write(`${JSON.stringify(report)}\n`);
  for (const one of report.lengths)
    for (const threshold of one.thresholds) write(`${describe(threshold)}\n`);
};
