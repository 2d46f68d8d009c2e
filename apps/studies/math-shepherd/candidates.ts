import {
  aggregate,
  bestOfNCurve,
  type CheckedCandidate,
  type Completer,
  complete,
  completionSeed,
  createAnswerChecker,
  type SelectionMethod,
  select,
  splitSteps,
  stepMeasures,
} from "@deepgrain/prm";
import { encodeSteps, type StepRewardModel, scoreSamples } from "@deepgrain/prm/lm";
import { firstWrongStep, type WordProblem } from "@deepgrain/prm/world";
import { encode } from "./reward-models";

/** A sampled solution of a held-out problem. */
interface Sampled {
  steps: readonly string[];
  key: string | null;
  correct: boolean;
  /** Step scores of each model; empty without steps. */
  scores: Readonly<Record<Scorer, readonly number[]>>;
}

/** Models that score: both reward models, and what they are before they see a label. */
export const scorers = ["prm", "orm", "unlabelled"] as const;
export type Scorer = (typeof scorers)[number];

const checker = createAnswerChecker();

const recordOf = <T>(of: (id: Scorer) => T) =>
  Object.fromEntries(scorers.map((id) => [id, of(id)])) as Record<Scorer, T>;

/** Samples solutions of each problem: texts by problem. */
export async function sampleTexts(
  problems: readonly WordProblem[],
  given: { completer: Completer; count: number; seed: number; signal: AbortSignal },
): Promise<string[][]> {
  const { completer, count, seed, signal } = given;
  const texts: string[][] = [];
  const atOnce = Math.max(1, Math.floor(256 / count));
  for (let at = 0; at < problems.length; at += atOnce) {
    const own = problems.slice(at, at + atOnce).map(async ({ id, problem }) => {
      const seeds = Array.from({ length: count }, (_, i) => completionSeed(seed, id, -2, i));
      const made = await complete(completer, { problem, steps: [] }, { seeds, signal });
      return made.map(({ text }) => text);
    });
    texts.push(...(await Promise.all(own)));
  }
  return texts;
}

/** Whether each solution of a problem is right, and the key that its vote counts for. */
const checked = (texts: readonly string[], gold: string) =>
  texts.map((text) => {
    const { extracted, correct } = checker.check(text, gold);
    return { correct, key: extracted === null ? null : checker.key(extracted) };
  });

/** 1 or 0 per problem: whether votes are right, and whether any solution is. */
export function votesOf(
  problems: readonly WordProblem[],
  texts: readonly (readonly string[])[],
): { votes: number[]; any: number[] } {
  const pools = problems.map(({ answer }, i) => checked(texts[i]!, answer));
  const ofPools = (method: SelectionMethod | "oracle") =>
    pools.map((pool) =>
      isSolved(
        pool.map((one) => ({ ...one, score: 0 })),
        method,
      ),
    );
  return { votes: ofPools("majority"), any: ofPools("oracle") };
}

/** Scores sampled solutions of each problem; equal ones are scored once. */
export async function scoreCandidates(
  problems: readonly WordProblem[],
  texts: readonly (readonly string[])[],
  { models, signal }: { models: Record<Scorer, StepRewardModel>; signal: AbortSignal },
): Promise<Sampled[][]> {
  const distinct = problems.flatMap(({ problem }, i) =>
    [...new Set(texts[i])].flatMap((text) => {
      const steps = splitSteps(text);
      return steps.length === 0 ? [] : [{ key: `${i} ${text}`, problem, steps }];
    }),
  );
  const samples = distinct.map((one) => encodeSteps(one, encode));
  const scored = async (model: StepRewardModel) => {
    const scores = await scoreSamples(model, samples, { batchSize: 64, signal });
    return new Map(distinct.map(({ key }, i) => [key, scores[i]!]));
  };
  const found = new Map<Scorer, Map<string, number[]>>();
  for (const id of scorers) found.set(id, await scored(models[id]));
  return problems.map(({ answer: gold }, i) =>
    checked(texts[i]!, gold).map((one, j): Sampled => {
      const text = texts[i]![j]!;
      const scores = recordOf((id) => found.get(id)!.get(`${i} ${text}`) ?? []);
      return { ...one, steps: splitSteps(text), scores };
    }),
  );
}

const last =
  (id: Scorer) =>
  ({ scores }: Sampled) =>
    scores[id].at(-1) ?? null;

/** Ways to choose among solutions: by which score, and how. */
export const choices = {
  sc: { name: "self-consistency", score: () => 0, method: "majority" },
  unlabelled: { name: "no labels", score: last("unlabelled"), method: "best-of-n" },
  orm: { name: "ORM", score: last("orm"), method: "best-of-n" },
  prm: { name: "PRM", score: last("prm"), method: "best-of-n" },
  "prm-min": {
    name: "PRM, lowest step",
    score: ({ scores }: Sampled) => aggregate(scores.prm, "min"),
    method: "best-of-n",
  },
  "sc-unlabelled": { name: "SC + no labels", score: last("unlabelled"), method: "weighted" },
  "sc-orm": { name: "SC + ORM", score: last("orm"), method: "weighted" },
  "sc-prm": { name: "SC + PRM", score: last("prm"), method: "weighted" },
  oracle: { name: "any is right", score: () => 0, method: "oracle" },
} as const satisfies Record<
  string,
  { name: string; score(sampled: Sampled): number | null; method: SelectionMethod | "oracle" }
>;

export type Choice = keyof typeof choices;
export const choiceIds = Object.keys(choices) as Choice[];

/** The choices that verify a policy that has learned from rewards. */
export const verifiedChoices = ["sc", "orm", "sc-orm", "prm-min", "sc-prm"] as const;
export type VerifiedChoice = (typeof verifiedChoices)[number];

/** Accuracies over the number of solutions, and which problems all of them together solve. */
export interface ChoiceMeasures {
  accuracy: { n: number; accuracy: number }[];
  /** 1 or 0 per problem. */
  solved: number[];
}

/** 1 where the chosen solution is right, else 0. */
function isSolved(pool: readonly CheckedCandidate[], method: SelectionMethod | "oracle"): 0 | 1 {
  if (method === "oracle") return pool.some(({ correct }) => correct) ? 1 : 0;
  const { index } = select(pool, method);
  return index !== null && pool[index]!.correct ? 1 : 0;
}

/** Measures every way to choose. */
export function measureChoices(
  pools: readonly (readonly Sampled[])[],
): Record<Choice, ChoiceMeasures> {
  const measured = choiceIds.map((id): [Choice, ChoiceMeasures] => {
    const { score, method } = choices[id];
    const candidates = pools.map((pool) =>
      pool.map(
        (one): CheckedCandidate => ({ key: one.key, correct: one.correct, score: score(one) }),
      ),
    );
    const curve = bestOfNCurve(candidates, { method, subsets: 40, bootstraps: 1 });
    const solved = candidates.map((own) => isSolved(own, method));
    return [id, { accuracy: curve.map(({ n, accuracy }) => ({ n, accuracy })), solved }];
  });
  return Object.fromEntries(measured) as Record<Choice, ChoiceMeasures>;
}

/** How well step scores tell right steps from wrong ones, and the share of solutions whose last score is the lowest. */
export interface ScoreMeasures {
  accuracy: number;
  firstErrorF1: number;
  expectedError: number;
  outcomeShift: number;
  /** Reliability of the scores. */
  bins: { meanScore: number; meanLabel: number; count: number }[];
}

/** Measures the step scores of every model against the truth. */
export function measureScores(
  pools: readonly (readonly Sampled[])[],
  problems: readonly WordProblem[],
): Record<Scorer, ScoreMeasures> {
  const solutions = pools.flatMap((pool, i) =>
    pool
      .filter(({ steps }) => steps.length > 1)
      .map(({ steps, scores }) => ({ scores, firstError: firstWrongStep(problems[i]!, steps) })),
  );
  return recordOf((id) => {
    const { accuracy, calibration, firstErrors, outcomeShift } = stepMeasures(
      solutions.map(({ scores, firstError }) => ({ scores: scores[id], firstError })),
    );
    const bins = calibration.bins.map(({ meanScore, meanLabel, count }) => ({
      meanScore,
      meanLabel,
      count,
    }));
    return {
      accuracy,
      firstErrorF1: firstErrors?.f1 ?? 0,
      outcomeShift,
      expectedError: calibration.expectedError,
      bins,
    };
  });
}
