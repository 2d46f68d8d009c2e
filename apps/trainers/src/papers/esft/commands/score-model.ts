import { scoreBlocks } from "@deepgrain/esft";
import { type EncodedChat, loadConfig, loadModel, modelShape, streamModel } from "@deepgrain/lm";
import { countParameters } from "@deepgrain/moe";
import { nextTurn } from "../../../cli/next-turn";
import type { Progress } from "../../../cli/progress";
import { LIMIT_BYTES } from "../../../training/memory-note";
import {
  type ScoreBatchesOptions,
  type ScoredText,
  scoreBatches,
} from "../../../training/score-batches";

export interface ScoreModelOptions extends Omit<ScoreBatchesOptions, "onTokens"> {
  progress: Progress;
}

/** True for a model whose weights alone are more than one WebAssembly memory holds. */
export async function isTooLarge(folder: string): Promise<boolean> {
  return 4 * countParameters(modelShape(await loadConfig(folder))).total > LIMIT_BYTES;
}

const batchOf = ({ inputIds }: EncodedChat, longest: number) => {
  const ids = inputIds.slice(-longest);
  return { ids, batch: 1, length: ids.length };
};

/** Loads the model and passes each sample through it. */
export async function scoreWhole(
  folder: string,
  samples: readonly EncodedChat[],
  { progress, ...options }: ScoreModelOptions,
): Promise<ScoredText> {
  const model = await loadModel(folder, { signal: options.signal });
  const task = progress.task("Scoring experts");
  const batches = samples.map((sample) => batchOf(sample, model.config.maxPositionEmbeddings));
  const onTokens = (tokens: number) =>
    task.update(tokens / options.nSampleTokens, `${tokens} tokens`);
  try {
    const scored = await scoreBatches(model, batches, { ...options, onTokens });
    task.end(`${scored.tokens} tokens of ${scored.samples} conversations`);
    return scored;
  } finally {
    model.dispose();
  }
}

/** Reads one block of the model at a time and passes all samples through it. */
export async function scoreByLayer(
  folder: string,
  samples: readonly EncodedChat[],
  { progress, record, ...options }: ScoreModelOptions,
): Promise<ScoredText> {
  const { signal } = options;
  const model = await streamModel(folder, { signal });
  const { maxPositionEmbeddings, numHiddenLayers: blocks } = model.config;
  const task = progress.task("Scoring experts layer by layer");
  let read = 0;
  async function* embedded() {
    for (const sample of samples) {
      read++;
      yield model.embed(batchOf(sample, maxPositionEmbeddings), { signal });
    }
  }
  const events = scoreBlocks(embedded(), {
    ...{ blocks, openBlock: model.openBlock, ...options },
    async record(layer, route) {
      await record?.(layer, route);
      await nextTurn();
    },
  });
  let tokens = 0;
  try {
    for await (const event of events)
      if (event.type === "layer-end") {
        ({ tokens } = event);
        task.update(event.layersDone / blocks, `${event.layersDone} of ${blocks} layers`);
      } else {
        task.end(`${tokens} tokens of ${read} conversations`);
        return { scores: event.scores, samples: read, tokens };
      }
  } finally {
    await model.close();
  }
  throw new Error("scoring ended early");
}
