import { type LabelledBatch, loadModel, packedBatch, packWhole } from "@deepgrain/lm";
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

/** The task's training pairs, whole, as batches: those of even or of odd number. */
function packedPairs(
  { train }: TaskData,
  parity: number,
  { length: sequenceLength, batch, scoreTokens }: EsftSettings,
  padTokenId: number,
): LabelledBatch[] {
  const half = train.filter((_, i) => i % 2 === parity);
  const { rows } = packWhole(half, { sequenceLength, padTokenId });
  const taken = rows.slice(0, Math.ceil(scoreTokens / sequenceLength));
  const batches: LabelledBatch[] = [];
  for (let at = 0; at < taken.length; at += batch)
    batches.push(packedBatch(taken.slice(at, at + batch)));
  return batches;
}

/** The beginning of the first or second half of a text, as batches. */
function halfText(
  text: Int32Array,
  parity: number,
  { length: blockLength, batch: batchSize, scoreTokens }: EsftSettings,
): LabelledBatch[] {
  const start = (parity * text.length) >> 1;
  const blocks = Math.max(1, Math.floor(Math.min(scoreTokens, text.length / 2) / blockLength));
  const own = text.subarray(start, start + blocks * blockLength);
  return sequentialBatches(own, { blockLength, batchSize });
}

/** Scores the experts of a base model on two samples of every task and of every text that is no task. */
export async function scoreBase({ settings, data, files, signal }: SeedRun): Promise<BaseScores> {
  const model = await loadModel(files.base, { signal });
  const { padTokenId } = model.config;
  const options = { nSampleTokens: settings.scoreTokens, padTokenId, signal };
  const score = async (batches: LabelledBatch[]) =>
    (await scoreBatches(model, batches, options)).scores;
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
