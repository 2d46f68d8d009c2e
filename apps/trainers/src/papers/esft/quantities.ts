import { expertOverlap, meanConcentration } from "@deepgrain/esft";
import type { MethodCost } from "./measure-costs";
import type { Results } from "./run-comparison";
import { type BaseScores, layersOf } from "./score-base";
import type { EsftSettings } from "./settings";
import { type TaskId, taskOf } from "./tasks";
import type { TuningResult } from "./tune-base";

/** A number of one seed, with what people call it; null where the seed does not have it. */
export interface Quantity {
  name: string;
  of(seed: number, results: Results, settings: EsftSettings): number | null;
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

const scoresOf = (seed: number, { scores }: Results): BaseScores | undefined =>
  scores.find((own) => own.seed === seed);

/** The share of choices that the k best experts of a layer hold, mean over layers and tasks. */
export function topShare(k: number): Quantity {
  return {
    name: `the ${k} best experts`,
    of: (seed, results) => {
      const tasks = scoresOf(seed, results)?.texts.filter(({ task }) => task !== null) ?? [];
      return mean(tasks.map(({ token }) => meanConcentration(layersOf(token))[k - 1]!));
    },
  };
}

/** What the k best experts would hold if all were used alike. */
export const evenShare = (k: number): Quantity => ({
  name: "even use",
  of: (_seed, _results, { experts }) => k / experts,
});

/** Shared best experts of two samples of one task, mean over tasks. */
export const overlapWithin = (k: number): Quantity => ({
  name: "two samples of one task",
  of: (seed, results) => {
    const tasks = scoresOf(seed, results)?.texts.filter(({ task }) => task !== null) ?? [];
    return mean(
      tasks.map(({ token, again }) => expertOverlap(layersOf(token), layersOf(again), k)),
    );
  },
});

/** Shared best experts of two tasks, mean over pairs. */
export const overlapBetween = (k: number): Quantity => ({
  name: "two tasks",
  of: (seed, results) => {
    const tasks = scoresOf(seed, results)?.texts.filter(({ task }) => task !== null) ?? [];
    const pairs = tasks.flatMap((a, i) => tasks.slice(i + 1).map((b) => [a, b] as const));
    return mean(pairs.map(([a, b]) => expertOverlap(layersOf(a.token), layersOf(b.token), k)));
  },
});

const tuningOf = (
  seed: number,
  task: TaskId,
  method: string,
  { tunings }: Results,
): TuningResult | undefined =>
  tunings.find((own) => own.seed === seed && own.task === task && own.method === method);

/** What is measured of a fine-tuning. */
export type Measure = "loss" | "exact" | "chrF" | "forgetting";

export const measureNames: Record<Measure, string> = {
  loss: "task loss",
  exact: "exact match",
  chrF: "chrF",
  forgetting: "forgetting",
};

/** Mean rise of the loss on texts that are not the task's; null without the measurement before. */
export function forgetting(after: TuningResult, before: TuningResult): number | null {
  const { corpus } = taskOf(after.task);
  const others = Object.keys(before.texts).filter((name) => name !== corpus);
  return mean(others.map((name) => after.texts[name]! - before.texts[name]!));
}

/** A measure of one fine-tuning of a seed. */
export function measureOf(
  seed: number,
  task: TaskId,
  method: string,
  measure: Measure,
  results: Results,
): number | null {
  const own = tuningOf(seed, task, method, results);
  if (!own) return null;
  if (measure !== "forgetting") return own[measure];
  const before = tuningOf(seed, task, "vanilla", results);
  return before ? forgetting(own, before) : null;
}

/** A measure of a method, of one task or the mean over all tasks (where all have it). */
export const tuned = (
  method: string,
  name: string,
  measure: Measure,
  task: TaskId | null,
): Quantity => ({
  name,
  of(seed, results, settings) {
    const wanted = task ? [task] : settings.tasks;
    const values = wanted.map((one) => measureOf(seed, one, method, measure, results));
    return values.every((value) => value !== null) ? mean(values) : null;
  },
});

/** A cost of a method's step. */
export const cost = (method: string, name: string, field: keyof Omit<MethodCost, "method">) =>
  ({
    name,
    of: (seed, { costs }) =>
      costs.find((own) => own.seed === seed)?.costs.find((own) => own.method === method)?.[field] ??
      null,
  }) satisfies Quantity;

/** Stored bytes of a method, mean over tasks. */
export const stored = (method: string, name: string): Quantity => ({
  name,
  of: (seed, { tunings }) =>
    mean(
      tunings
        .filter((own) => own.seed === seed && own.method === method)
        .map(({ storedBytes }) => storedBytes),
    ),
});
