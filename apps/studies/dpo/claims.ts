import { type Claim, measure, type Primary, type UnaskedClaim } from "@deepgrain/lab";
import { constant } from "../shared/constant";
import { type MethodId, methods } from "./methods";
import type { PreferenceResult } from "./result";
import type { PreferenceSettings } from "./settings";

/** A measurement of a run. */
export type Key = Exclude<keyof PreferenceResult, "isStopped">;

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

/** How far that share may be from the start to count as kept. */
const KEPT = 0.05;

const before = (name: string, key: Key, id: MethodId) => ({
  ...read(name, key)(id),
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
  lower: before(COUNTS, "countsBefore", id),
  relation: "=",
  higher: read(COUNTS, "countsAfter")(id),
  margin: KEPT,
  paper: "benchmarks nearly unchanged",
});

const learned = (id: MethodId): OwnClaim[] => [
  {
    experiment: "C-8",
    lower: before(ACCURACY, "accuracyBefore", id),
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
  named: "after the run",
});

const SCOPE = "counting on a ring of 12";

const others = methods.filter(({ id }) => id !== "dpo");

/**
 * DPO with its authors' β of 0.1 against the model before it; then the same of the other methods, and what else was learned.
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
    ifReversed: "preferring one direction of counting came at the price of wrong numbers",
  },
  ...others.flatMap(({ id }) => [wins(id), kept(id)]),
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

/** Finds the claim that a method keeps the share of numbers that continue the count. */
export const isCountClaim = (id: MethodId) => isAbout(COUNTS, id);
