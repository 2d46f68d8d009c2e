import { type LabelledBatch, loadModel, packConversations } from "@deepgrain/lm";
import { z } from "zod";
import { layerRows, scoreBatches } from "../../training/score-batches";
import { sequentialBatches } from "../../training/sequential-batches";
import type { ComparisonData, TaskData } from "./comparison-data";
import type { EsftSettings } from "./recipe";
import { taskIds } from "./tasks";

const rowsSchema = z.record(z.string(), z.array(z.number()));

/** How much each text uses each expert of one base model, by layer. */
export const scoresSchema = z.array(
  z.strictObject({
    name: z.string(),
    /** Null for a text that base models are trained on. */
    task: z.enum(taskIds).nullable(),
    token: rowsSchema,
    gate: rowsSchema,
    /** Token scores of a second sample. */
    again: rowsSchema,
  }),
);

export type BaseScores = z.infer<typeof scoresSchema>;

/** Rows of a file as a map, for the functions of `@deepgrain/esft`. */
export const layersOf = (values: z.infer<typeof rowsSchema>): Map<number, Float64Array> =>
  new Map(Object.entries(values).map(([layer, row]) => [Number(layer), Float64Array.from(row)]));

/** The task's training pairs as packed sequences: those of even or of odd number. */
function taskSamples(
  { train }: TaskData,
  parity: number,
  { length, batch: batchSize, scoreTokens }: EsftSettings,
  padTokenId: number,
): LabelledBatch[] {
  const half = train.filter((_, i) => i % 2 === parity);
  const options = { sequenceLength: length, padTokenId, randomConcatRatio: 0, random: () => 1 };
  const ids: number[] = [];
  for (const { inputIds } of packConversations(half, options)) {
    ids.push(...inputIds);
    if (ids.length >= scoreTokens) break;
  }
  return sequentialBatches(Int32Array.from(ids), { blockLength: length, batchSize });
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
  { tasks, corpora }: ComparisonData,
  { base, signal }: { base: string; signal: AbortSignal },
): Promise<BaseScores> {
  const model = await loadModel(base, { signal });
  const { padTokenId } = model.config;
  const options = { nSampleTokens: settings.scoreTokens, padTokenId, signal };
  const score = async (samples: readonly LabelledBatch[]) =>
    (await scoreBatches(model, samples, options)).scores;
  const taken = new Set(tasks.map(({ task }) => task.corpus));
  const texts = [
    ...tasks.map((own) => ({
      ...{ name: own.task.name, task: own.task.id },
      samples: (parity: number) => taskSamples(own, parity, settings, padTokenId!),
    })),
    ...corpora
      .filter(({ name }) => !taken.has(name))
      .map(({ name, train }) => ({
        ...{ name, task: null },
        samples: (parity: number) => textSamples(train, parity, settings),
      })),
  ];
  try {
    const all: BaseScores = [];
    for (const { name, task, samples } of texts) {
      const { token, gate } = await score(samples(0));
      const { token: again } = await score(samples(1));
      const rows = { token: layerRows(token), gate: layerRows(gate!), again: layerRows(again) };
      all.push({ name, task, ...rows });
    }
    return all;
  } finally {
    model.dispose();
  }
}
