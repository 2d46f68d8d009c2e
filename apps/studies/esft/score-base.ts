import { compareSamples, scoreBatches } from "@deepgrain/esft";
import { type LabelledBatch, loadModel } from "@deepgrain/lm";
import { z } from "zod";
import { layerRows } from "../shared/layer-rows";
import { taskIds } from "../shared/tasks/tuning-task-ids";
import { halfOfPairs, halfOfText } from "../shared/training/sample-halves";
import type { SeedRun } from "./comparison-data";

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

/** Scores the experts of a base model on two samples of every task and of every text that is not a task. */
export async function scoreBase({ settings, data, files, signal }: SeedRun): Promise<BaseScores> {
  const model = await loadModel(files.base, { signal });
  const { padTokenId } = model.config;
  const shape = { ...settings, tokens: settings.scoreTokens };
  const options = { nSampleTokens: settings.scoreTokens, padTokenId, signal };
  const score = async (batches: LabelledBatch[]) =>
    (await scoreBatches(model, batches, options)).scores;
  const taken = new Set(data.tasks.map(({ task }) => task.corpus));
  const texts = [
    ...data.tasks.map((own) => ({
      name: own.task.name,
      task: own.task.id,
      half: (parity: number) =>
        halfOfPairs(own.train, parity, { ...shape, padTokenId: padTokenId! }),
    })),
    ...data.corpora
      .filter(({ name }) => !taken.has(name))
      .map(({ name, train }) => ({
        name,
        task: null,
        half: (parity: number) => halfOfText(train, parity, shape),
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

/** How many of the K best experts of a layer two samples of a task share, by the size of the samples. */
export const agreementSchema = z.array(
  z.strictObject({ task: z.enum(taskIds), tokens: z.int(), overlap: z.number() }),
);

/** Compares two samples of every task at every size that the task has tokens for. */
export async function agreeOnSamples({ settings, data, files, signal }: SeedRun) {
  const { experts, topK: k, sampleSizes: sizes, tasks } = settings;
  const model = await loadModel(files.base, { signal });
  const shape = { ...settings, tokens: 2 * Math.max(...sizes) };
  const padTokenId = model.config.padTokenId!;
  const found: z.infer<typeof agreementSchema> = [];
  try {
    for (const { task, train } of data.tasks.filter((own) => tasks.includes(own.task.id))) {
      const half = (parity: number) => halfOfPairs(train, parity, { ...shape, padTokenId });
      const options = { experts, k, sizes, signal };
      for (const one of await compareSamples(model, [half(0), half(1)], options))
        found.push({ task: task.id, ...one });
    }
    return found;
  } finally {
    model.dispose();
  }
}
