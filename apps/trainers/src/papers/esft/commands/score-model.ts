import {
  type AverageOptions,
  type ExpertScores,
  type RouteRecorder,
  scoreBlocks,
  scoreExperts,
} from "@deepgrain/esft";
import { type EncodedChat, loadConfig, loadModel, modelShape, streamModel } from "@deepgrain/lm";
import { countParameters } from "@deepgrain/moe";
import { nextTurn } from "../../../cli/next-turn";
import type { Progress } from "../../../cli/progress";
import { LIMIT_BYTES } from "../../../training/memory-note";

export interface ScoreModelOptions extends Required<AverageOptions> {
  nSampleTokens: number;
  /** Also gets every layer's routing. */
  record: RouteRecorder | undefined;
  progress: Progress;
  signal: AbortSignal;
}

/** Scores of a task, and what was read for them. */
export interface ScoredTask {
  scores: ExpertScores;
  samples: number;
  tokens: number;
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
  { progress, record, ...options }: ScoreModelOptions,
): Promise<ScoredTask> {
  const { nSampleTokens, signal } = options;
  const model = await loadModel(folder, { signal });
  const longest = model.config.maxPositionEmbeddings;
  const task = progress.task("Scoring experts");
  const events = scoreExperts(model, samples, {
    run: (sample) => model.hiddenStates(batchOf(sample, longest)),
    ...options,
    ...(record && { record }),
  });
  let scored: ScoredTask | undefined;
  try {
    for await (const event of events) {
      await nextTurn();
      if (event.type === "sample-end")
        task.update(event.tokens / nSampleTokens, `${event.tokens} tokens`);
      else scored = event;
    }
  } finally {
    model.dispose();
  }
  task.end(`${scored!.tokens} tokens of ${scored!.samples} conversations`);
  return scored!;
}

/** Reads one block of the model at a time and passes all samples through it. */
export async function scoreByLayer(
  folder: string,
  samples: readonly EncodedChat[],
  { progress, record, ...options }: ScoreModelOptions,
): Promise<ScoredTask> {
  const { signal } = options;
  const model = await streamModel(folder, { signal });
  const { maxPositionEmbeddings, numHiddenLayers: blocks } = model.config;
  const task = progress.task("Scoring experts layer by layer");
  let [read, tokens] = [0, 0];
  async function* embedded() {
    for (const sample of samples) {
      read++;
      yield model.embed(batchOf(sample, maxPositionEmbeddings), { signal });
    }
  }
  const events = scoreBlocks(embedded(), {
    blocks,
    openBlock: model.openBlock,
    ...options,
    async record(layer, route) {
      await record?.(layer, route);
      await nextTurn();
    },
  });
  let scores: ExpertScores | undefined;
  try {
    for await (const event of events)
      if (event.type === "layer-end") {
        tokens = event.tokens;
        task.update(event.layersDone / blocks, `${event.layersDone} of ${blocks} layers`);
      } else scores = event.scores;
  } finally {
    await model.close();
  }
  task.end(`${tokens} tokens of ${read} conversations`);
  return { scores: scores!, samples: read, tokens };
}
