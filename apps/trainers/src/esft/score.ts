import { createTraceWriter, deadExperts, scoreBlocks, writeExpertScores } from "@deepgrain/esft";
import { drain } from "@deepgrain/lab";
import {
  type EncodedChat,
  loadConfig,
  loadModel,
  loadTokenizer,
  modelShape,
  streamModel,
} from "@deepgrain/lm";
import { countParameters } from "@deepgrain/moe";
import {
  type ScoreBatchesOptions,
  type ScoredText,
  scoreBatches,
} from "@deepgrain/studies/shared/training/score-batches";
import { defineCommand } from "../cli/define-command";
import * as flags from "../cli/flags";
import type { Progress } from "../cli/progress";
import { LIMIT_BYTES } from "../run/memory-note";
import { overwriteFlag } from "../run/training-flags";
import { datasetFile } from "./dataset-file";
import { modelFlag, spreadFlags, taskSamples } from "./task-flags";

/** What is written into the output folder. */
const files = ["summary.json", "expert_weights_*.txt"];

interface ScoreModelOptions extends Omit<ScoreBatchesOptions, "onTokens"> {
  progress: Progress;
}

/** True for a model whose weights alone are more than one WebAssembly memory holds. */
async function isTooLarge(folder: string): Promise<boolean> {
  return 4 * countParameters(modelShape(await loadConfig(folder))).total > LIMIT_BYTES;
}

const batchOf = ({ inputIds }: EncodedChat, longest: number) => {
  const ids = inputIds.slice(-longest);
  return { ids, batch: 1, length: ids.length };
};

type Scorer = (
  folder: string,
  samples: readonly EncodedChat[],
  options: ScoreModelOptions,
) => Promise<ScoredText>;

/** Loads the model and passes each sample through it. */
const scoreWhole: Scorer = async (folder, samples, { progress, ...options }) => {
  const model = await loadModel(folder, { signal: options.signal });
  const task = progress.task("Scoring experts");
  const batches = samples.map((sample) => batchOf(sample, model.config.maxPositionEmbeddings));
  const scored = await scoreBatches(model, batches, {
    ...options,
    onTokens: (tokens) => task.update(tokens / options.nSampleTokens, `${tokens} tokens`),
  }).finally(() => model.dispose());
  task.end(`${scored.tokens} tokens of ${scored.samples} conversations`);
  return scored;
};

/** Reads one block of the model at a time and passes all samples through it. */
const scoreByLayer: Scorer = async (folder, all, given) => {
  const { progress, record, padTokenId: _, ...options } = given;
  const { signal } = options;
  const model = await streamModel(folder, { signal });
  const { maxPositionEmbeddings, numHiddenLayers: blocks } = model.config;
  const task = progress.task("Scoring experts layer by layer");
  let [samples, tokens] = [0, 0];
  async function* embedded() {
    for (const sample of all) {
      samples++;
      yield model.embed(batchOf(sample, maxPositionEmbeddings), { signal });
    }
  }
  const events = scoreBlocks(embedded(), {
    blocks,
    openBlock: model.openBlock,
    ...options,
    async record(layer, route) {
      await record?.(layer, route);
    },
  });
  const scores = await drain(events, (event) => {
    if (event.type !== "layer-end") return;
    ({ tokens } = event);
    task.update(event.layersDone / blocks, `${event.layersDone} of ${blocks} layers`);
  }).finally(() => model.close());
  task.end(`${tokens} tokens of ${samples} conversations`);
  return { scores, samples, tokens };
};

export const score = defineCommand({
  description: "Reads a task with a model and measures how much of it goes to each expert.",
  examples: [
    "esft score --model runs/main/base --data task.jsonl --out scores/task",
    "esft score --model DIR --data task.jsonl --out scores/task --sample-tokens 8192 --trace",
    "esft score --model LARGE --data task.jsonl --out scores/task --layer-by-layer",
  ],
  flags: {
    model: modelFlag,
    data: flags.file({
      required: true,
      official: "eval_dataset",
      help: 'JSONL of {"messages": [{"role", "content"}]}; or NAME for datasets/train/NAME.jsonl',
    }),
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
    keepScalingFactor: flags.flag({
      help: "Leave the model's routed_scaling_factor in the gate values; without it they are those of the paper's model",
    }),
    trace: flags.flag({ help: "Write expert_weights_<layer>.txt files too" }),
    seed: flags.whole({ default: 0, help: "Decides the order of the conversations" }),
    ...overwriteFlag,
    json: flags.flag({ help: "Print the result as JSON" }),
    ...spreadFlags,
  },
  async run(values, { write, progress, signal, claim }) {
    const { model: folder, out, sampleTokens: nSampleTokens, average, seed } = values;
    const data = datasetFile(values.data, "train"); // the official script scores on training data
    const samples = await taskSamples(data, await loadTokenizer(folder), seed);
    const isByLayer = values.layerByLayer ?? (await isTooLarge(folder));
    await claim(out, {
      command: "esft score",
      settings: {},
      data: {},
      files,
      work: files,
      fresh: files,
      resume: false,
      overwrite: values.overwrite,
    });
    const trace = values.trace ? await createTraceWriter(out) : undefined;
    const { keepScalingFactor: keepsScale } = values;
    const options = { nSampleTokens, average, keepsScale, record: trace?.record, progress, signal };
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
