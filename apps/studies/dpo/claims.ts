import {
  type Claim,
  measure,
  type Primary,
  type Quantity,
  type UnaskedClaim,
} from "@deepgrain/lab";
import { constant } from "../shared/constant";
import { type MethodId, methods } from "./methods";
import type { PreferenceSettings } from "./recipe";
import type { PreferenceResult } from "./result";

/** A measurement of a run. */
export type Key = {
  [K in keyof PreferenceResult]: PreferenceResult[K] extends number ? K : never;
}[keyof PreferenceResult];

/** Those that are shares. */
const shares: ReadonlySet<Key> = new Set([
  "winRate",
  "accuracyBefore",
  "accuracyAfter",
  "countsBefore",
  "countsAfter",
] as const);

/** A measure under a name. */
export const read = (name: string, key: Key) =>
  measure(name, (result: PreferenceResult) => result[key], shares.has(key) ? [0, 1] : undefined);

const ACCURACY = "accuracy on held-out pairs";
const WINS = "win rate by the judge";
const MARGIN = "margin of held-out pairs";
const COUNTS = "share of numbers that continue the count";
const OTHERS = "other tasks, share of prompts solved";

/** How far that share may be from the start to count as kept. */
const KEPT = 0.05;

/** Share of the tasks without preferences, the benchmarks here, that the likeliest answers solve: the mean of both. */
export const othersSolved = (when: "solvedBefore" | "solvedAfter") =>
  measure(
    OTHERS,
    (result: PreferenceResult) => (result[when].reverse + result[when].shift) / 2,
    [0, 1],
  );

const before = (quantity: Quantity<PreferenceResult>, id: MethodId) => ({
  ...quantity,
  subject: `before ${methods.find((method) => method.id === id)!.name}`,
});

type OwnClaim = Claim<PreferenceResult, PreferenceSettings>;

const wins = (id: MethodId): OwnClaim => ({
  experiment: "C-8",
  lower: constant(WINS, "chance", 0.5),
  higher: read(WINS, "winRate")(id),
  margin: 0.05,
  paper: "MT-Bench 8.35 < 8.76",
});

const kept = (id: MethodId): OwnClaim => ({
  experiment: "C-8",
  lower: before(othersSolved("solvedBefore")(id), id),
  relation: "=",
  higher: othersSolved("solvedAfter")(id),
  margin: KEPT,
  paper: "benchmarks nearly unchanged (MMLU 71.1 → 70.9, GSM8K 84.1 → 85.2, HumanEval 73.8 → 71.3)",
});

const learned = (id: MethodId): OwnClaim[] => [
  {
    experiment: "C-8",
    lower: before(read(ACCURACY, "accuracyBefore")(id), id),
    higher: read(ACCURACY, "accuracyAfter")(id),
    paper: "preference accuracy rises",
  },
  {
    experiment: "C-8",
    lower: constant(MARGIN, "before", 0),
    higher: read(MARGIN, "margin")(id),
    paper: "the margin rises",
  },
];

const primary = (sentence: string, words: string): Primary => ({
  sentence,
  words,
  seeds: 20,
  named: "before the run",
});

const SCOPE = "three tasks on a ring of 12, preferences on one";

/** The task whose preferences are learned, as it was before. */
const counts = (id: MethodId): OwnClaim => ({
  experiment: "C-8",
  lower: before(read(COUNTS, "countsBefore")(id), id),
  relation: "=",
  higher: read(COUNTS, "countsAfter")(id),
  margin: KEPT,
  paper: "nothing on the preferred task itself",
});

const others = methods.filter(({ id }) => id !== "dpo");

/**
 * DPO with its authors' β of 0.1 against the model before it; then the same of the other methods, what became of the preferred task, and
 * what else was learned.
 * @see Rafailov et al. 2023 (DPO), abstract; DeepSeek-AI 2024 (DeepSeek LLM), section 4
 */
export const claims: readonly OwnClaim[] = [
  {
    ...wins("dpo"),
    scope: SCOPE,
    better: "higher",
    primary: primary(
      "DPO aligns a model with preferences: its answers win",
      "DPO can fine-tune LMs to align with human preferences",
    ),
  },
  {
    ...kept("dpo"),
    scope: SCOPE,
    better: "higher",
    primary: {
      ...primary(
        "What the model could do before stays nearly unchanged (DeepSeek LLM)",
        "engendering little difference in performance among standard benchmarks",
      ),
      section: "DeepSeek LLM, section 4",
    },
  },
  ...others.flatMap(({ id }) => [wins(id), kept(id)]),
  ...methods.map(({ id }) => counts(id)),
  {
    experiment: "C-8",
    lower: read(COUNTS, "countsAfter")("dpo"),
    higher: read(COUNTS, "countsAfter")("dpo-sft"),
    margin: KEPT,
    paper: "fine-tuning on chosen answers keeps them likely (Llama 3, section 4.1.4)",
  },
  ...methods.flatMap(({ id }) => learned(id)),
];

export const unasked: readonly UnaskedClaim[] = [
  {
    sentence: "DPO exceeds PPO-based RLHF in control of sentiment",
    paper: "a better frontier of reward and KL (figure 2)",
    why: "no PPO is trained on these preferences",
  },
  {
    sentence: "DPO matches or improves answers in summarisation and dialogue",
    paper: "win rate 61 % against 57 % of PPO (TL;DR)",
    why: "models of two layers write no summaries",
  },
];

/** Finds the claim whose right side is a measure of a method. */
const isAbout =
  (name: string, id: MethodId) =>
  ({ higher }: { higher: { measure: string; variants: readonly string[] } }): boolean =>
    higher.measure === name && higher.variants.join() === id;

/** Finds the claim that a method wins more than half of the comparisons. */
export const isWinClaim = (id: MethodId) => isAbout(WINS, id);

/** Finds the claim that a method keeps what is solved of the other tasks. */
export const isKeptClaim = (id: MethodId) => isAbout(OTHERS, id);
