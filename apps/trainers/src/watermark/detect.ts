import {
  type Detection,
  describeDetection,
  type Explanation,
  publicProfile,
} from "@deepgrain/watermark";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import { bindWatermark, modelFlags, openParts, watermarkFlags } from "./open-watermark";
import { detectOptions, inputOf, readFlags, textsOf } from "./read-flags";

type Result = Detection | (Detection & Omit<Explanation, "detection">);

export const detect = defineCommand({
  description: "Tests whether texts are marked. Ends with 0 if all of them are, with 1 if not.",
  examples: [
    "watermark detect --profile kgw.json --key-file key.hex --in marked.json",
    "watermark detect --profile kgw.json --key-file key.hex --tokenizer DIR --in letter.txt --normalize --windows 100,200",
    "watermark detect --profile ctwl.json --key-file key.hex --model DIR --proxy model --in marked.json --json",
  ],
  flags: {
    ...watermarkFlags,
    ...modelFlags,
    ...readFlags,
    explain: flags.flag({ help: "Also write the evidence of every token (JSON)" }),
    out: flags.outFile({ help: "File to write the result to, as JSON" }),
    json: flags.flag({ help: "Print the result as JSON" }),
  },
  async run(values, context) {
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
  },
});
