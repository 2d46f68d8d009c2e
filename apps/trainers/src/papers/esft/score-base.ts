import { loadModel, packConversations } from "@deepgrain/lm";
import { z } from "zod";
import { layerRows, scoreBatches } from "../../training/score-batches";
import { sequentialBatches } from "../../training/sequential-batches";
import type { SeedRun, TaskData } from "./comparison-data";
import { taskIds } from "./corpora";
import type { EsftSettings } from "./recipe";

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
function packedPairs({ train }: TaskData, parity: number, settings: EsftSettings, pad: number) {
  const { length, scoreTokens } = settings;
  const half = train.filter((_, i) => i % 2 === parity);
  const packing = { padTokenId: pad, randomConcatRatio: 0, random: () => 1 };
  const ids: number[] = [];
  for (const { inputIds } of packConversations(half, { sequenceLength: length, ...packing })) {
    ids.push(...inputIds);
    if (ids.length >= scoreTokens) break;
  }
  return Int32Array.from(ids);
}

/** The beginning of the first or second half of a text. */
function halfText(text: Int32Array, parity: number, { length, scoreTokens }: EsftSettings) {
  const start = (parity * text.length) >> 1;
  const blocks = Math.max(1, Math.floor(Math.min(scoreTokens, text.length / 2) / length));
  return text.subarray(start, start + blocks * length);
}

/** Scores the experts of a base model on two samples of every task and of every text that is not a task. */
export async function scoreBase({ settings, data, files, signal }: SeedRun): Promise<BaseScores> {
  const model = await loadModel(files.base, { signal });
  const { padTokenId } = model.config;
  const options = { nSampleTokens: settings.scoreTokens, padTokenId, signal };
  const shape = { blockLength: settings.length, batchSize: settings.batch };
  const score = async (ids: Int32Array) =>
    (await scoreBatches(model, sequentialBatches(ids, shape), options)).scores;
  const taken = new Set(data.tasks.map(({ task }) => task.corpus));
  const texts = [
    ...data.tasks.map((own) => ({
      ...{ name: own.task.name, task: own.task.id },
      half: (parity: number) => packedPairs(own, parity, settings, padTokenId!),
    })),
    ...data.corpora
      .filter(({ name }) => !taken.has(name))
      .map(({ name, train }) => ({
        ...{ name, task: null },
        half: (parity: number) => halfText(train, parity, settings),
      })),
  ];
  try {
    const all: BaseScores = [];
    for (const { name, task, half } of texts) {
      const { token, gate } = await score(half(0));
      const { token: again } = await score(half(1));
      const rows = { token: layerRows(token), gate: layerRows(gate!), again: layerRows(again) };
      all.push({ name, task, ...rows });
    }
    return all;
  } finally {
    model.dispose();
  }
}
