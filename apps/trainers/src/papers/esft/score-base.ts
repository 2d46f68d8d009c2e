import { type ExpertScores, scoreExperts } from "@deepgrain/esft";
import { type CausalLM, type LabelledBatch, loadModel, packConversations } from "@deepgrain/lm";
import { z } from "zod";
import { nextTurn } from "../../cli/next-turn";
import { sequentialBatches } from "../../training/sequential-batches";
import type { ComparisonData, TaskData } from "./comparison-data";
import type { EsftSettings } from "./recipe";
import { taskIds } from "./tasks";

const layerRows = z.record(z.string(), z.array(z.number()));

/** Scores of one layer's experts, by layer. */
export type LayerRows = z.infer<typeof layerRows>;

/** How much each text uses each expert of one base model. */
export const scoresSchema = z.array(
  z.strictObject({
    name: z.string(),
    /** Null for a text that base models are trained on. */
    task: z.enum(taskIds).nullable(),
    token: layerRows,
    gate: layerRows,
    /** Token scores of a second sample. */
    again: layerRows,
  }),
);

export type BaseScores = z.infer<typeof scoresSchema>;

const rows = (layers: ReadonlyMap<number, ArrayLike<number>>): LayerRows =>
  Object.fromEntries([...layers].map(([layer, values]) => [layer, Array.from(values)]));

/** Rows of a file as a map, for the functions of `@deepgrain/esft`. */
export const layersOf = (values: LayerRows): Map<number, Float64Array> =>
  new Map(Object.entries(values).map(([layer, row]) => [Number(layer), Float64Array.from(row)]));

async function score(
  model: CausalLM,
  samples: readonly LabelledBatch[],
  { scoreTokens, signal }: Pick<EsftSettings, "scoreTokens"> & { signal: AbortSignal },
): Promise<ExpertScores> {
  const { padTokenId } = model.config;
  const events = scoreExperts(model, samples, {
    run: (batch: LabelledBatch) =>
      model.hiddenStates(batch, {
        attentionMask: Array.from(batch.ids, (id) => (id === padTokenId ? 0 : 1)),
      }),
    nSampleTokens: scoreTokens,
    signal,
  });
  for (;;) {
    const { done, value } = await events.next();
    if (done) return value;
    await nextTurn();
  }
}

/** The task's training pairs as packed sequences: those of even or of odd number. */
function taskSamples(
  { train }: TaskData,
  parity: number,
  { length, batch, scoreTokens }: EsftSettings,
  padTokenId: number,
): LabelledBatch[] {
  const half = train.filter((_, i) => i % 2 === parity);
  const options = { sequenceLength: length, padTokenId, randomConcatRatio: 0, random: () => 1 };
  const ids: number[] = [];
  for (const { inputIds } of packConversations(half, options)) {
    ids.push(...inputIds);
    if (ids.length >= scoreTokens) break;
  }
  return sequentialBatches(Int32Array.from(ids), {
    blockLength: length,
    batchSize: batch,
    blocks: Number.MAX_SAFE_INTEGER,
  });
}

/** The first or second half of a text, as sequences. */
function textSamples(
  text: Int32Array,
  parity: number,
  { length, batch, scoreTokens }: EsftSettings,
): LabelledBatch[] {
  const half = text.subarray((parity * text.length) >> 1);
  const blocks = Math.max(1, Math.floor(Math.min(scoreTokens, text.length / 2) / length));
  return sequentialBatches(half, { blockLength: length, batchSize: batch, blocks });
}

/** Scores the experts of a base model on two samples of every task and of every text that is no task. */
export async function scoreBase(
  settings: EsftSettings,
  data: ComparisonData,
  { base, signal }: { base: string; signal: AbortSignal },
): Promise<BaseScores> {
  const model = await loadModel(base, { signal });
  const options = { scoreTokens: settings.scoreTokens, signal };
  const texts: BaseScores = [];
  const add = async (
    name: string,
    task: BaseScores[number]["task"],
    samples: (parity: number) => LabelledBatch[],
  ) => {
    const first = await score(model, samples(0), options);
    const second = await score(model, samples(1), options);
    texts.push({
      name,
      task,
      token: rows(first.token),
      gate: rows(first.gate!),
      again: rows(second.token),
    });
  };
  try {
    const { padTokenId } = data.tokenizer;
    for (const taskData of data.tasks)
      await add(taskData.task.name, taskData.task.id, (parity) =>
        taskSamples(taskData, parity, settings, padTokenId!),
      );
    const taken = new Set(data.tasks.map(({ task }) => task.corpus));
    for (const { name, train } of data.corpora)
      if (!taken.has(name)) await add(name, null, (parity) => textSamples(train, parity, settings));
  } finally {
    model.dispose();
  }
  return texts;
}
