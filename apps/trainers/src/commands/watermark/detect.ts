import type { Detection, Explanation } from "@deepgrain/watermark";
import { defineCliCommand } from "../../cli/define-command";
import { saveJson } from "../../formats/save-file";
import { describeDetection } from "./detection-text";
import { bindWatermark, modelArgs, openParts, watermarkArgs } from "./open-watermark";
import { publicProfile } from "./profile-file";
import { detectOptions, inputOf, readArgs, textsOf } from "./read-flags";

type Result = Detection | (Detection & Omit<Explanation, "detection">);

export const detect = defineCliCommand({
  name: "detect",
  description: "Tests whether texts are marked. An unmarked text is an answer, not an error.",
  examples: [
    "watermark detect --profile kgw.json --key-file key.hex --in marked.json",
    "watermark detect --profile kgw.json --key-file key.hex --tokenizer DIR --in letter.txt --normalize --windows 100,200",
    "watermark detect --profile ctwl.json --key-file key.hex --model DIR --proxy model --in marked.json --json",
  ],
  args: {
    ...watermarkArgs,
    ...modelArgs,
    ...readArgs,
    explain: { type: "boolean", description: "Also write the evidence of every token (JSON)" },
    out: {
      type: "string",
      writes: "file",
      valueHint: "file",
      description: "Where to write the result as JSON",
    },
    json: { type: "boolean", description: "The result as JSON on stdout" },
  },
  async run(args, context) {
    const options = detectOptions(args);
    const texts = await textsOf(args, context);
    const parts = await openParts(args, context);
    const watermark = bindWatermark(parts, args);
    const results: Result[] = [];
    for (const text of texts) {
      context.signal.throwIfAborted();
      const input = inputOf(text, args);
      if (!args.explain) {
        results.push(watermark.detect(input, options));
        continue;
      }
      const { detection, ...evidence } = watermark.explain(input, options);
      results.push({ ...detection, ...evidence });
    }
    const output = { profile: publicProfile(parts.profile), results };
    if (args.out !== undefined) await saveJson(context.resolve(args.out), output);
    if (args.json) context.write(`${JSON.stringify(output)}\n`);
    else for (const result of results) context.write(`${describeDetection(result)}\n`);
  },
});
