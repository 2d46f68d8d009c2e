import { createTraceWriter, deadExperts, writeExpertScores } from "@deepgrain/esft";
import { loadTokenizer } from "@deepgrain/lm";
import { defineCliCommand } from "../../cli/define-command";
import { numberFlag } from "../../cli/number-flag";
import { isTooLarge, scoreByLayer, scoreWhole } from "./score-model";
import { dataArg, modelArg, official, spreadArgs } from "./shared-args";
import { taskSamples } from "./task-samples";

export const score = defineCliCommand({
  name: "score",
  description: "Reads a task with a model and measures how much of it goes to each expert.",
  examples: [
    "esft score --model runs/main/base --data task.jsonl --out scores/task",
    "esft score --model DIR --data task.jsonl --out scores/task --sample-tokens 8192 --trace",
    "esft score --model LARGE --data task.jsonl --out scores/task --layer-by-layer",
  ],
  args: {
    model: modelArg,
    data: dataArg("eval_dataset"),
    out: {
      type: "string",
      required: true,
      valueHint: "dir",
      alias: official("output_dir"),
      writes: "folder",
      description: "Folder for summary.json",
    },
    "sample-tokens": {
      type: "string",
      default: "131072",
      alias: official("n_sample_tokens"),
      description: "Stop after so many tokens",
    },
    "layer-by-layer": {
      type: "boolean",
      description:
        "Hold one layer in memory at a time. Default for models whose weights take more than 4 GiB",
    },
    average: {
      type: "enum",
      options: ["pooled", "sequences"],
      default: "pooled",
      description: "Count every token alike, or every conversation as the paper's formula does",
    },
    trace: { type: "boolean", description: "Write expert_weights_<layer>.txt files too" },
    seed: { type: "string", default: "0", description: "Decides the order of the conversations" },
    json: { type: "boolean", description: "The result as JSON" },
    ...spreadArgs,
  },
  async run(args, { resolve, write, progress, signal }) {
    const nSampleTokens = numberFlag("sample-tokens", args["sample-tokens"], { min: 1 })!;
    const seed = numberFlag("seed", args.seed)!;
    const [folder, out] = [resolve(args.model), resolve(args.out)];
    const samples = await taskSamples(resolve(args.data), await loadTokenizer(folder), seed);
    const isByLayer = args["layer-by-layer"] ?? (await isTooLarge(folder));
    const trace = args.trace ? await createTraceWriter(out) : undefined;
    const average = args.average as "pooled" | "sequences";
    const options = { nSampleTokens, average, record: trace?.record, progress, signal };
    try {
      const scored = await (isByLayer ? scoreByLayer : scoreWhole)(folder, samples, options);
      const { scores, samples: read, tokens } = scored;
      await trace?.close();
      await writeExpertScores(out, scores);
      const dead = Object.fromEntries(deadExperts(scores));
      for (const [layer, experts] of Object.entries(dead))
        progress.note(`layer ${layer}: no token chose experts ${experts.join(", ")}`);
      write(args.json ? `${JSON.stringify({ out, samples: read, tokens, dead })}\n` : `${out}\n`);
    } catch (error) {
      await trace?.discard();
      throw error;
    }
  },
});
