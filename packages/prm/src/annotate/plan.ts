import { having, iterableOf, optionsOf, real, refuseUnknown, whole } from "../errors";
import type { Solution } from "../solutions/solution";
import type { AnnotationSettings } from "./annotation-options";

/** A workload: the number of solutions for each number of steps. */
export type Workload = ReadonlyMap<number, number>;

/** Options of {@link plan}: those of the annotation that decide its cost, and these. */
export interface PlanOptions
  extends Pick<AnnotationSettings, "n" | "strategy" | "earlyStop" | "callSize"> {
  /** Tokens of a problem, of one step, and of a completion per missing step. Default 100, 30, 30. */
  readonly tokens?:
    | {
        readonly problem: number;
        readonly step: number;
        readonly completionStep?: number | undefined;
      }
    | undefined;
  /**
   * Probability that a completion reaches the right answer, used to estimate the savings of early stopping. Default:
   * no savings are assumed.
   */
  readonly hitRate?: number | undefined;
  /** Workers at a time. Default 1. */
  readonly workers?: number | undefined;
  /** Generated tokens per second of one worker. Default 1000. */
  readonly tokensPerSecond?: number | undefined;
  /** Prices per million tokens. Default: none. */
  readonly pricePerMillion?: { readonly prompt: number; readonly completion: number } | undefined;
}

/** The estimated cost of an annotation. */
export interface AnnotationPlan {
  readonly solutions: number;
  readonly steps: number;
  /** Maximum number of completions; exact without early stopping and dropping. */
  readonly completions: number;
  /** Expected completions where `hitRate` is given and early stopping saves some; otherwise `completions`. */
  readonly expectedCompletions: number;
  /** Calls of the completer: completions in groups of `callSize`. */
  readonly requests: number;
  /** Each request pays for its prompt once. */
  readonly promptTokens: number;
  /** Prompt tokens that one request per completion would take in addition. */
  readonly savedPromptTokens: number;
  readonly completionTokens: number;
  readonly hours: number;
  /** In the currency of the prices; 0 without any. */
  readonly cost: number;
}

/** The workload of solutions, for `plan`. */
export function workloadOf(solutions: Iterable<{ readonly steps: readonly unknown[] }>): Workload {
  iterableOf("workloadOf", "solutions", solutions);
  const counts = new Map<number, number>();
  for (const { steps } of solutions) counts.set(steps.length, (counts.get(steps.length) ?? 0) + 1);
  return counts;
}

/** Prefixes that are completed: all but the last, or at most those of a binary search. */
function completedSteps(stepCount: number, strategy: "linear" | "binary"): number[] {
  if (strategy === "linear") return Array.from({ length: stepCount - 1 }, (_, i) => i + 1);
  const probes = stepCount === 1 ? 0 : Math.ceil(Math.log2(stepCount));
  return new Array<number>(probes).fill(stepCount / 2);
}

/** Approximate number of tokens in a text: four characters each. */
const tokensOf = (text: string) => Math.max(1, Math.ceil(text.length / 4));
const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, x) => sum + x, 0) / Math.max(1, numbers.length);

/** The mean tokens of problems and steps, estimated from their texts. */
const tokensIn = (
  solutions: readonly Pick<Solution, "problem" | "steps">[],
): NonNullable<PlanOptions["tokens"]> => ({
  problem: mean(solutions.map(({ problem }) => tokensOf(problem))),
  step: mean(solutions.flatMap(({ steps }) => steps.map(tokensOf))),
});

/**
 * Estimates completions, tokens, hours and cost of an annotation before anything is sent. The prompt is counted for
 * each request of `callSize` completions; a server that caches prefixes needs less.
 *
 * @param work the solutions, whose texts tell the tokens of a problem and a step; or steps → solutions, such as
 * `workloadOf(solutions)`: `new Map([[6, 440_000]])` is about the workload of the paper
 * @returns upper bounds, apart from `expectedCompletions`, on which tokens, hours and cost rest
 * @throws {PrmError} `ERR_RANGE` for counts and rates out of range
 */
export function plan(
  work: Workload | readonly Pick<Solution, "problem" | "steps">[],
  options: PlanOptions = {},
): AnnotationPlan {
  const solved = Array.isArray(work) ? (work as readonly Solution[]) : undefined;
  const {
    n = 8,
    strategy = "linear",
    earlyStop = false,
    callSize = 1,
    tokens = solved ? tokensIn(solved) : { problem: 100, step: 30 },
    hitRate,
    workers = 1,
    tokensPerSecond = 1000,
    pricePerMillion = { prompt: 0, completion: 0 },
    ...others
  } = optionsOf("plan", options);
  refuseUnknown("plan", others);
  iterableOf("plan", "work", work);
  whole("plan", "n", n, { min: 1 });
  whole("plan", "callSize", callSize, { min: 1 });
  whole("plan", "workers", workers, { min: 1 });
  real("plan", "tokensPerSecond", tokensPerSecond, { above: 0 });
  real("plan", "pricePerMillion.prompt", pricePerMillion.prompt, { min: 0 });
  real("plan", "pricePerMillion.completion", pricePerMillion.completion, { min: 0 });
  if (hitRate !== undefined) real("plan", "hitRate", hitRate, { min: 1e-9, max: 1 });
  // E[completions until the first hit, at most n] = (1 − (1−p)^n) / p
  const expected = earlyStop && hitRate !== undefined ? (1 - (1 - hitRate) ** n) / hitRate : n;
  const requestsPerPrefix = Math.ceil(expected / callSize);
  const sums = { solutions: 0, steps: 0, prefixes: 0, prefixTokens: 0, completionTokens: 0 };
  const workload = solved ? workloadOf(solved) : (work as Workload);
  for (const [stepCount, count] of workload) {
    whole("plan", "steps of a solution", stepCount, { min: 1 });
    whole("plan", "solutions", count, { min: 0 });
    sums.solutions += count;
    sums.steps += stepCount * count;
    for (const written of completedSteps(stepCount, strategy)) {
      const rest = (stepCount - written) * (tokens.completionStep ?? tokens.step);
      sums.prefixes += count;
      sums.prefixTokens += count * (tokens.problem + written * tokens.step);
      sums.completionTokens += count * expected * rest;
    }
  }
  const { solutions, steps, prefixes, prefixTokens, completionTokens } = sums;
  const promptTokens = prefixTokens * (callSize === 1 ? expected : requestsPerPrefix);
  return {
    solutions,
    steps,
    completions: prefixes * n,
    expectedCompletions: prefixes * expected,
    requests: prefixes * (callSize === 1 ? expected : requestsPerPrefix),
    promptTokens,
    savedPromptTokens: prefixTokens * expected - promptTokens,
    completionTokens,
    hours: completionTokens / (tokensPerSecond * workers) / 3600,
    cost:
      (promptTokens * pricePerMillion.prompt + completionTokens * pricePerMillion.completion) / 1e6,
  };
}

const count = (value: number) => Math.round(value).toLocaleString("en");

/** A plan for people, a line per number. @param workers that it was made for */
export function describePlan(planned: AnnotationPlan, workers: number): string {
  having("describePlan", "planned", planned, "solutions", "steps");
  const { cost, hours, savedPromptTokens: saved, ...counts } = planned;
  const lines = [
    `${count(counts.solutions)} solutions, ${count(counts.steps)} steps`,
    `at most ${count(counts.completions)} completions in ${count(counts.requests)} requests`,
    `about ${count(counts.promptTokens)} prompt tokens and ${count(counts.completionTokens)} generated ones (four characters each)`,
  ];
  if (saved > 0) lines.push(`--completions-per-request saves about ${count(saved)} prompt tokens`);
  const who = `${workers} worker${workers > 1 ? "s" : ""}`;
  return [...lines, `${hours.toFixed(2)} hours with ${who}`, `cost ${cost.toFixed(2)}`].join("\n");
}
