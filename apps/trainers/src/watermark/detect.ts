import type { RunCommand } from "@deepgrain/command-line/commands/define-command";
import {
  type Detection,
  describeDetection,
  type Explanation,
  publicProfile,
} from "@deepgrain/watermark";
import type { detectFlags } from "./flags";
import { bindWatermark, openParts } from "./open-watermark";
import { detectOptions, inputOf, textsOf } from "./read-options";

type Result = Detection | (Detection & Omit<Explanation, "detection">);

/** `watermark detect`. */
export const detect: RunCommand<typeof detectFlags> = async (values, context) => {
  const options = detectOptions(values);
  const texts = await textsOf(values);
  const parts = await openParts(values, context);
  const watermark = bindWatermark(parts, values);
  const results: Result[] = [];
  for (const text of texts) {
    context.signal.throwIfAborted();
    const input = inputOf(text, values);
    if (!values.explain) {
      results.push(watermark.detect(input, options));
      continue;
    }
    const { detection, ...evidence } = watermark.explain(input, options);
    results.push({ ...detection, ...evidence });
  }
  const output = { profile: publicProfile(parts.profile), results };
  if (values.out !== undefined) await values.out.saveJson(output);
  if (values.json) context.write(`${JSON.stringify(output)}\n`);
  else for (const result of results) context.write(`${describeDetection(result)}\n`);
  return results.every(({ verdict }) => verdict === "found") ? 0 : 1;
};
