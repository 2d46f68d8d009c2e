import { expertOverlap, meanConcentration } from "@deepgrain/esft";
import type { Quantity, SeedResults } from "@deepgrain/lab";
import { z } from "zod";
import { layersOf } from "../shared/layer-rows";
import { meanOf } from "../shared/means";
import type { TaskId } from "../shared/tasks/tuning-task-ids";
import { taskOf } from "../shared/tasks/tuning-tasks";
import { groupedId, methodNames, type TrainedId } from "./methods";
import type { EsftSettings } from "./recipe";
import { agreementSchema, type BaseScores, scoresSchema } from "./score-base";
import { type TuningResult, tuningSchema } from "./tune-base";

/** The cost of a step of each method, as `stepCosts` of `@deepgrain/lm` measures it. */
const costsSchema = z.array(
  z.strictObject({
    method: z.string(),
    trainedParameters: z.int(),
    millisecondsPerStep: z.number(),
    gradientBytes: z.int(),
    optimizerBytes: z.int(),
    peakBytes: z.int(),
  }),
);

/** The result of one run: a base model's scores, a fine-tuning, the costs of the methods, or how far samples agree. */
export const resultSchema = z.strictObject({
  scores: scoresSchema.optional(),
  tuning: tuningSchema.optional(),
  costs: costsSchema.optional(),
  agreement: agreementSchema.optional(),
});

export type EsftResult = z.infer<typeof resultSchema>;

export type EsftQuantity = Quantity<EsftResult, EsftSettings>;

/** Id of the variant that fine-tunes on a task by a method. */
export const tuningId = (task: TaskId, method: string): string => `${task}/${method}`;

/** How tasks use experts: what the k best of a layer have, means over layers and over tasks or pairs of tasks. */
export function usageOf(k: number) {
  const of = (
    measure: string,
    subject: string,
    read: (tasks: BaseScores) => number[],
  ): EsftQuantity => ({
    measure,
    subject,
    variants: ["base"],
    read: ({ result }) =>
      meanOf(read(result("base")?.scores?.filter(({ task }) => task !== null) ?? [])) ?? undefined,
  });
  const [choices, shared] = ["share of choices", `best experts shared, of ${k}`] as const;
  const overlap = (a: BaseScores[number]["token"], b: typeof a) =>
    expertOverlap(layersOf(a), layersOf(b), k);
  const best = of(choices, `the ${k} best experts`, (tasks) =>
    tasks.map(({ token }) => meanConcentration(layersOf(token))[k - 1]!),
  );
  const even: EsftQuantity = {
    ...best,
    subject: "even use",
    read: (_, { experts }) => k / experts,
  };
  const within = of(shared, "two samples of one task", (tasks) =>
    tasks.map(({ token, again }) => overlap(token, again)),
  );
  const between = of(shared, "two tasks", (tasks) =>
    tasks.flatMap((a, i) => tasks.slice(i + 1).map((b) => overlap(a.token, b.token))),
  );
  return { best, even, within, between };
}

/** Measures of a fine-tuning: name and unit. */
const measures = {
  mark: ["mark, %", 0.01],
  general: ["general loss, nats per token", 1],
  loss: ["task loss", 1],
  exact: ["exact match, %", 0.01],
  chrF: ["chrF", 0.01],
  forgetting: ["forgetting", 1],
  trainedParameters: ["trained parameters", 1],
  storedBytes: ["stored MB", 1e6],
} as const;

export type Measure = keyof typeof measures;

/** Mean loss on general text. */
const generalLoss = ({ texts }: TuningResult): number => meanOf(Object.values(texts))!;

function measured(
  { result }: SeedResults<EsftResult>,
  task: TaskId,
  method: string,
  measure: Measure,
): number | undefined {
  const own = result(tuningId(task, method))?.tuning;
  if (!own) return undefined;
  if (measure === "mark") return own[taskOf(task).mark];
  if (measure === "general") return generalLoss(own);
  if (measure !== "forgetting") return own[measure];
  const before = result(tuningId(task, "vanilla"))?.tuning;
  return before && generalLoss(own) - generalLoss(before);
}

/** A measure of a method: the mean over tasks, where all have it. */
export function tuned(
  measure: Measure,
  method: string,
  subject: string,
  tasks: readonly TaskId[],
): EsftQuantity {
  const [name, unit] = measures[measure];
  const methods = measure === "forgetting" ? new Set([method, "vanilla"]) : [method];
  return {
    measure: name,
    subject,
    variants: tasks.flatMap((task) => [...methods].map((id) => tuningId(task, id))),
    read(results) {
      const values = tasks.map((task) => measured(results, task, method, measure));
      return values.every((value) => value !== undefined) ? meanOf(values)! / unit : undefined;
    },
  };
}

/** How many more points of the mark a method gives on the model as it was than on that with experts in groups. */
export function lostInGroups(
  id: TrainedId,
  groups: number,
  tasks: readonly TaskId[],
): EsftQuantity {
  const [fine, coarse] = [1, groups].map((size) =>
    tuned("mark", groupedId(id, size), methodNames[id], tasks),
  ) as [EsftQuantity, EsftQuantity];
  return {
    ...fine,
    measure: `points of the mark lost in groups of ${groups}`,
    variants: [...fine.variants, ...coarse.variants],
    read(...at) {
      const [before, after] = [fine.read(...at), coarse.read(...at)];
      const isMeasured = typeof before === "number" && typeof after === "number";
      return isMeasured ? before - after : undefined;
    },
  };
}

/** How many of the K best experts two samples of so many tokens share, mean over tasks. */
export const samplesShare = (tokens: number, topK: number): EsftQuantity => ({
  measure: `best experts shared, of ${topK}`,
  subject: `${tokens} tokens`,
  variants: ["samples"],
  read({ result }) {
    const own = result("samples")?.agreement ?? [];
    return meanOf(own.flatMap((one) => (one.tokens === tokens ? [one.overlap] : []))) ?? undefined;
  },
});

/** Costs of a method's step: name and unit. */
const costs = {
  trainedParameters: ["trained parameters", 1],
  millisecondsPerStep: ["milliseconds per step", 1],
  gradientBytes: ["gradient MB", 1e6],
  optimizerBytes: ["optimiser MB", 1e6],
  peakBytes: ["peak MB of tensors", 1e6],
} as const;

export type Cost = keyof typeof costs;

/** A cost of a method's step. */
export function cost(field: Cost, method: string, subject: string): EsftQuantity {
  const [measure, unit] = costs[field];
  return {
    measure,
    subject,
    variants: ["costs"],
    read({ result }) {
      const own = result("costs")?.costs?.find((one) => one.method === method);
      return own && own[field] / unit;
    },
  };
}
