import { expertOverlap, meanConcentration } from "@deepgrain/esft";
import type { Quantity, SeedResults } from "@deepgrain/lab";
import { z } from "zod";
import { costsSchema, type MethodCost } from "./measure-costs";
import type { EsftSettings } from "./recipe";
import { type BaseScores, layersOf, scoresSchema } from "./score-base";
import { type TaskId, taskOf } from "./tasks";
import { type TuningResult, tuningSchema } from "./tune-base";

/** What one run came to: a base model's scores, a fine-tuning, or the costs of the methods. */
export const resultSchema = z.strictObject({
  scores: scoresSchema.optional(),
  tuning: tuningSchema.optional(),
  costs: costsSchema.optional(),
});

export type EsftResult = z.infer<typeof resultSchema>;

export type EsftQuantity = Quantity<EsftResult, EsftSettings>;

/** Id of the variant that fine-tunes on a task by a method. */
export const tuningId = (task: TaskId, method: string): string => `${task}/${method}`;

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/** A mean over what is read from the scores of the texts that are tasks. */
const ofTasks = (
  measure: string,
  subject: string,
  read: (tasks: BaseScores) => number[],
): EsftQuantity => ({
  ...{ measure, subject, variants: ["base"] },
  read: ({ result }) =>
    mean(read(result("base")?.scores?.filter(({ task }) => task !== null) ?? [])),
});

const CHOICES = "share of choices";

/** The share of choices that the k best experts of a layer hold, mean over layers and tasks. */
export const topShare = (k: number): EsftQuantity =>
  ofTasks(CHOICES, `the ${k} best experts`, (tasks) =>
    tasks.map(({ token }) => meanConcentration(layersOf(token))[k - 1]!),
  );

/** What the k best experts would hold if all were used alike. */
export const evenShare = (k: number): EsftQuantity => ({
  ...{ measure: CHOICES, subject: "even use", variants: ["base"] },
  read: (_, { experts }) => k / experts,
});

const shared = (k: number) => `best experts shared, of ${k}`;

/** Shared best experts of two samples of one task, mean over tasks. */
export const overlapWithin = (k: number): EsftQuantity =>
  ofTasks(shared(k), "two samples of one task", (tasks) =>
    tasks.map(({ token, again }) => expertOverlap(layersOf(token), layersOf(again), k)),
  );

/** Shared best experts of two tasks, mean over pairs. */
export const overlapBetween = (k: number): EsftQuantity =>
  ofTasks(shared(k), "two tasks", (tasks) =>
    tasks.flatMap((a, i) =>
      tasks.slice(i + 1).map((b) => expertOverlap(layersOf(a.token), layersOf(b.token), k)),
    ),
  );

/** Names of what is measured of a fine-tuning. */
const measureNames = {
  loss: "task loss",
  exact: "exact match",
  chrF: "chrF",
  forgetting: "forgetting",
  trainedParameters: "trained parameters",
  storedBytes: "stored bytes",
} as const;

export type Measure = keyof typeof measureNames;

/** Mean rise of the loss on texts that are not the task's. */
function forgetting(after: TuningResult, before: TuningResult, task: TaskId): number | null {
  const others = Object.keys(before.texts).filter((name) => name !== taskOf(task).corpus);
  return mean(others.map((name) => after.texts[name]! - before.texts[name]!));
}

function measured(
  { result }: SeedResults<EsftResult>,
  task: TaskId,
  method: string,
  measure: Measure,
): number | null {
  const own = result(tuningId(task, method))?.tuning;
  if (!own) return null;
  if (measure !== "forgetting") return own[measure];
  const before = result(tuningId(task, "vanilla"))?.tuning;
  return before ? forgetting(own, before, task) : null;
}

/** A measure of a method: the mean over tasks, where all have it. */
export function tuned(
  measure: Measure,
  method: string,
  subject: string,
  tasks: readonly TaskId[],
): EsftQuantity {
  const methods = measure === "forgetting" ? new Set([method, "vanilla"]) : [method];
  return {
    ...{ measure: measureNames[measure], subject },
    variants: tasks.flatMap((task) => [...methods].map((id) => tuningId(task, id))),
    read(results) {
      const values = tasks.map((task) => measured(results, task, method, measure));
      return values.every((value) => value !== null) ? mean(values) : null;
    },
  };
}

/** A cost of a method's step. */
export const cost = (
  measure: string,
  field: keyof Omit<MethodCost, "method">,
  method: string,
  subject: string,
): EsftQuantity => ({
  ...{ measure, subject, variants: ["costs"] },
  read: ({ result }) =>
    result("costs")?.costs?.find((own) => own.method === method)?.[field] ?? null,
});

/** A quantity of bytes in kB. */
export const kilobytes = (measure: string, quantity: EsftQuantity): EsftQuantity => ({
  ...{ ...quantity, measure },
  read(...input) {
    const value = quantity.read(...input);
    return value === null ? null : value / 1000;
  },
});
