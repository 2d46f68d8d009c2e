import { createTraceWriter, deadExperts, writeExpertScores } from "@deepgrain/esft";
import { loadTokenizer } from "@deepgrain/lm";
import { defineCommand } from "../../../cli/define-command";
import * as flags from "../../../cli/flags";
import { isTooLarge, scoreByLayer, scoreWhole } from "./score-model";
import { dataFlag, modelFlag, spreadFlags } from "./shared-flags";
import { taskSamples } from "./task-samples";

export const score = defineCommand({
  description: "Reads a task with a model and measures how much of it goes to each expert.",
  examples: [
    "esft score --model runs/main/base --data task.jsonl --out scores/task",
    "esft score --model DIR --data task.jsonl --out scores/task --sample-tokens 8192 --trace",
    "esft score --model LARGE --data task.jsonl --out scores/task --layer-by-layer",
  ],
  flags: {
    model: modelFlag,
    data: dataFlag("eval_dataset"),
    out: flags.folder({
      required: true,
      official: "output_dir",
      writes: "folder",
      help: "Folder for summary.json",
    }),
    sampleTokens: flags.whole({
      min: 1,
      default: 131_072,
      official: "n_sample_tokens",
      help: "Stop after this many tokens",
    }),
    layerByLayer: flags.toggle({
      help: "Hold one layer in memory at a time; the default for models whose weights take more than 4 GiB",
      negated: "Load the complete model",
    }),
    average: flags.choice(["pooled", "sequences"], {
      default: "pooled",
      help: "Count every token alike, or every conversation as the paper's formula does",
    }),
    trace: flags.flag({ help: "Write expert_weights_<layer>.txt files too" }),
    seed: flags.whole({ default: 0, help: "Decides the order of the conversations" }),
    json: flags.flag({ help: "Print the result as JSON" }),
    ...spreadFlags,
  },
  async run(values, { write, progress, signal }) {
    const { model: folder, data, out, sampleTokens: nSampleTokens, average, seed } = values;
    const samples = await taskSamples(data, await loadTokenizer(folder), seed);
    const isByLayer = values.layerByLayer ?? (await isTooLarge(folder));
    const trace = values.trace ? await createTraceWriter(out) : undefined;
    const options = { nSampleTokens, average, record: trace?.record, progress, signal };
    try {
      const scored = await (isByLayer ? scoreByLayer : scoreWhole)(folder, samples, options);
      const { scores, samples: read, tokens } = scored;
      await trace?.close();
      await writeExpertScores(out, scores);
      const dead = Object.fromEntries(deadExperts(scores));
      for (const [layer, experts] of Object.entries(dead))
        progress.note(`layer ${layer}: no token chose experts ${experts.join(", ")}`);
      write(values.json ? `${JSON.stringify({ out, samples: read, tokens, dead })}\n` : `${out}\n`);
    } catch (error) {
      await trace?.discard();
      throw error;
    }
  },
});
