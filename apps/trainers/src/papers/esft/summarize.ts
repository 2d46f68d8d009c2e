import { expertOverlap, meanConcentration } from "@deepgrain/esft";
import { type Estimate, estimate } from "../../experiments/judging/paired-statistics";
import { claimsOf } from "./claims/claims-of";
import { type ExperimentId, methodsOf } from "./experiments";
import { type Judged, judgeClaims } from "./judge-claims";
import type { MethodCost } from "./measure-costs";
import { measureOf } from "./quantities";
import type { Results } from "./run-comparison";
import { layersOf } from "./score-base";
import type { EsftSettings } from "./settings";
import type { TaskId } from "./tasks";
import type { TuningResult } from "./tune-base";

/** A method on a task over all seeds. */
export interface MethodSummary {
  task: TaskId;
  method: string;
  name: string;
  rate: number;
  trainedParameters: Estimate;
  storedBytes: Estimate;
  loss: Estimate;
  exact: Estimate;
  chrF: Estimate;
  /** Mean rise of the loss on the other texts. */
  forgetting: Estimate | null;
  curve: { step: number; loss: Estimate }[];
}

/** How the texts use experts, over all seeds. */
export interface UsageSummary {
  texts: {
    name: string;
    isTask: boolean;
    /** Share of the choices that the k best experts hold, entry k − 1. */
    concentration: Estimate[];
  }[];
  /** Best experts that two texts share, of K; on the diagonal two samples of one text. */
  overlap: { rows: string[]; values: Estimate[][] };
}

/** Costs of a method's step over all seeds. */
type CostSummary = { method: string; name: string } & Record<
  keyof Omit<MethodCost, "method">,
  Estimate
>;

/** The whole comparison, the form of comparison.json. */
export interface ComparisonResult {
  settings: EsftSettings;
  seeds: readonly number[];
  experiments: readonly ExperimentId[];
  claims: Judged[];
  methods: MethodSummary[];
  usage: UsageSummary;
  costs: CostSummary[];
  results: Results;
}

type Setup = Pick<ComparisonResult, "settings" | "seeds" | "experiments" | "results">;

function summarizeMethod(
  own: readonly TuningResult[],
  name: string,
  results: Results,
): MethodSummary {
  const [{ task, method, rate, curve }] = own as [TuningResult];
  const over = (value: (result: TuningResult) => number) => estimate(own.map(value));
  const risen = own.flatMap(({ seed }) => {
    const value = measureOf(seed, task, method, "forgetting", results);
    return value === null ? [] : [value];
  });
  return {
    task,
    method,
    name,
    rate,
    trainedParameters: over((r) => r.trainedParameters),
    storedBytes: over((r) => r.storedBytes),
    loss: over((r) => r.loss),
    exact: over((r) => r.exact),
    chrF: over((r) => r.chrF),
    forgetting: risen.length > 0 ? estimate(risen) : null,
    curve: curve.map(({ step }, i) => ({ step, loss: over((r) => r.curve[i]!.loss) })),
  };
}

function summarizeMethods({ settings, experiments, results }: Setup): MethodSummary[] {
  return settings.tasks.flatMap((task) =>
    methodsOf(experiments, settings).flatMap(({ id, name }) => {
      const own = results.tunings.filter((r) => r.task === task && r.method === id);
      return own.length > 0 ? [summarizeMethod(own, name, results)] : [];
    }),
  );
}

function summarizeUsage({ settings, results }: Setup): UsageSummary {
  const { scores } = results;
  const texts = scores[0]?.texts ?? [];
  const shares = texts.map((_, i) =>
    scores.map((own) => meanConcentration(layersOf(own.texts[i]!.token))),
  );
  return {
    texts: texts.map(({ name, task }, i) => ({
      name,
      isTask: task !== null,
      concentration: Array.from({ length: settings.experts }, (_, k) =>
        estimate(shares[i]!.map((curve) => curve[k]!)),
      ),
    })),
    overlap: {
      rows: texts.map(({ name }) => name),
      values: texts.map((_, a) =>
        texts.map((_, b) =>
          estimate(
            scores.map((own) => {
              const [left, right] = [own.texts[a]!, own.texts[b]!];
              const other = a === b ? right.again : right.token;
              return expertOverlap(layersOf(left.token), layersOf(other), settings.topK);
            }),
          ),
        ),
      ),
    },
  };
}

function summarizeCosts({ settings, experiments, results }: Setup): CostSummary[] {
  const names = new Map(methodsOf(experiments, settings).map(({ id, name }) => [id, name]));
  return (results.costs[0]?.costs ?? []).map(({ method }, i) => {
    const over = (field: keyof Omit<MethodCost, "method">) =>
      estimate(results.costs.map(({ costs }) => costs[i]![field]));
    return {
      method,
      name: names.get(method) ?? method,
      trainedParameters: over("trainedParameters"),
      millisecondsPerStep: over("millisecondsPerStep"),
      gradientBytes: over("gradientBytes"),
      optimizerBytes: over("optimizerBytes"),
      peakBytes: over("peakBytes"),
    };
  });
}

/** Puts results together: each method's means, and each claim's verdict. */
export function summarize(setup: Setup): ComparisonResult {
  const { settings, experiments } = setup;
  return {
    ...setup,
    claims: judgeClaims(claimsOf(experiments, settings), setup),
    methods: summarizeMethods(setup),
    usage: summarizeUsage(setup),
    costs: summarizeCosts(setup),
  };
}
