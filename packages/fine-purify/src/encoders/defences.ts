import { gelu, type NamedTensors } from "@deepgrain/tensor-gpu";
import { embeddingPurification } from "../defences/epur";
import { having, optionsOf } from "../errors";
import type { FisherPlace } from "../fisher/fisher-at";
import { type PurifyOptions, purifyNames, purifySettings } from "../purify/options";
import { purify } from "../purify/purify";
import { adversarialMasks, pruneByMask } from "../training/anp";
import { epochBatches } from "../training/batches";
import { finePrune } from "../training/fine-prune";
import { cleanFisher } from "./encoder-fisher";
import { type RowClassifier, rowAccuracy, rowLoss, setWeights } from "./row-classifier";
import { attentionHeads, feedForwardUnits, wordTableName } from "./units";

/** The defender's inputs: both checkpoints, a model to load them into, and clean rows. */
export interface Defender<T extends { label: number }> {
  readonly classifier: RowClassifier<T>;
  /** w^Init and w^FT; heads may be only in the second. */
  readonly init: NamedTensors;
  readonly finetuned: NamedTensors;
  /** D^Clean. */
  readonly clean: readonly T[];
  /** Rows on which ρ and thresholds are chosen. */
  readonly heldOut: readonly T[];
  /** Minimum accuracy on them. */
  readonly threshold: number;
  /** Occurrences of each token in clean text, for embedding purification. */
  readonly counts: ArrayLike<number>;
  /** Embedding rows that it resets. Default 200. */
  readonly resetRows?: number | undefined;
  /** Steps of adversarial masks. Default 2000. */
  readonly maskSteps?: number | undefined;
  /** As of `purify`. */
  readonly largestDrift?: number | undefined;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** A way to clean weights, before fine-tuning. */
export interface EncoderDefence {
  readonly id: string;
  readonly name: string;
  /** Whether it has a reserve ratio. */
  readonly hasRho: boolean;
  /** Number of random masks to average. Default 1. */
  readonly masks?: number | undefined;
  /** Loads the cleaned weights into the model. @param mask number of the random mask */
  apply<T extends { label: number }>(
    defender: Defender<T>,
    rho: number,
    mask: number,
  ): Promise<void>;
}

const fisherValues = new WeakMap<object, Map<FisherPlace, NamedTensors>>();

/** Fisher values of the defender's clean rows, computed once per place. */
export async function defenderFisher<T extends { label: number }>(
  defender: Pick<Defender<T>, "classifier" | "clean" | "init" | "finetuned" | "signal">,
  at: FisherPlace,
): Promise<NamedTensors> {
  having("defenderFisher", "defender", defender, "classifier", "clean");
  const known = fisherValues.get(defender) ?? new Map<FisherPlace, NamedTensors>();
  fisherValues.set(defender, known);
  const { classifier, clean, init, finetuned, signal } = defender;
  if (!known.has(at))
    known.set(at, await cleanFisher(classifier, clean, { init, finetuned, at, signal }));
  return known.get(at)!;
}

/** A mask by an indicator; without a seed of its own, random masks have one per mask. @param at where its Fisher values are taken */
export const maskedBy = (options: PurifyOptions, at?: FisherPlace): EncoderDefence["apply"] => {
  const { seed: ownSeed, ...purification } = optionsOf("maskedBy", options);
  purifySettings("maskedBy", purification, { hasFisher: true, names: purifyNames });
  return async (defender, rho, mask) => {
    const { classifier, init, finetuned, largestDrift, seed, signal } = defender;
    const fisher = at && (await defenderFisher(defender, at));
    const { weights } = await purify(init, finetuned, {
      ...purification,
      rho,
      seed: ownSeed ?? 10 * seed + mask,
      signal,
      fisher,
      largestDrift: largestDrift ?? purification.largestDrift,
    });
    setWeights(classifier.model, weights);
  };
};

/** w^Init + ρ·δ. */
const average: EncoderDefence["apply"] = async ({ classifier, init, finetuned }, rho) => {
  const mixed = [...finetuned].map(([name, { shape, data }]) => {
    const start = init.get(name)?.data ?? data;
    return [name, { shape, data: data.map((w, i) => start[i]! + rho * (w - start[i]!)) }] as const;
  });
  setWeights(classifier.model, new Map(mixed));
};

const resetEmbeddings: EncoderDefence["apply"] = async (defender) => {
  const { classifier, init, finetuned, counts, resetRows = 200 } = defender;
  const name = wordTableName(classifier.model);
  const { embeddings } = embeddingPurification(init.get(name)!, finetuned.get(name)!, counts, {
    rows: resetRows,
  });
  setWeights(classifier.model, new Map(finetuned).set(name, embeddings));
};

const pruneQuiet: EncoderDefence["apply"] = async (defender) => {
  const { classifier, finetuned, clean, heldOut, threshold, signal } = defender;
  const { model } = classifier;
  setWeights(model, finetuned);
  await finePrune(feedForwardUnits(model), {
    forward: () => void model.eval().forward(classifier.batch(clean)),
    activation: (x) => gelu(x),
    accuracy: () => rowAccuracy(classifier, heldOut),
    threshold,
    signal,
  });
};

/** Adversarial masks, at the largest threshold of 0, 0.05, …, 0.9 that keeps the accuracy. */
const pruneSensitive: EncoderDefence["apply"] = async (defender) => {
  const { classifier, finetuned, clean, heldOut, threshold, seed, signal } = defender;
  const { model } = classifier;
  setWeights(model, finetuned);
  const groups = [...feedForwardUnits(model), ...attentionHeads(model)];
  const { batch } = epochBatches(clean, { batchSize: 32, seed });
  const masks = await adversarialMasks(model.eval(), groups, {
    batch: (step) => batch(step) as (typeof clean)[number][],
    loss: rowLoss(classifier),
    steps: defender.maskSteps,
    signal,
  });
  let best = 0;
  for (let twentieth = 1; twentieth < 19; twentieth++) {
    setWeights(model, finetuned);
    pruneByMask(groups, masks, twentieth / 20);
    if ((await rowAccuracy(classifier, heldOut)) < threshold) break;
    best = twentieth / 20;
  }
  setWeights(model, finetuned);
  pruneByMask(groups, masks, best);
};

const keepAll: EncoderDefence["apply"] = async ({ classifier, finetuned }) =>
  setWeights(classifier.model, finetuned);

const withRho = (id: string, name: string, apply: EncoderDefence["apply"], masks = 1) =>
  ({ id, name, hasRho: true, masks, apply }) satisfies EncoderDefence;
const without = (id: string, name: string, apply: EncoderDefence["apply"]) =>
  ({ id, name, hasRho: false, apply }) satisfies EncoderDefence;

/**
 * Fine-purifying and its baselines, in the order of tables. Results of random masks vary, so three are averaged.
 * Only fine-pruning and adversarial masks expect the exact or approximate GELU as activation.
 */
export const encoderDefences: readonly EncoderDefence[] = [
  without("fine-tuning", "fine-tuning alone", keepAll),
  withRho("random", "random masks (Fine-mixing)", maskedBy({ indicator: "random" }), 3),
  withRho("delta2", "δ² (Fine-mixing, selected)", maskedBy({ indicator: "delta2" })),
  withRho("fisher", "1/Ĥ alone, at w^Init", maskedBy({ indicator: "fisher" }, "init")),
  withRho("r-init", "δ²/Ĥ at w^Init", maskedBy({ indicator: "r" }, "init")),
  withRho("r-finetuned", "δ²/Ĥ at w^FT", maskedBy({ indicator: "r" }, "finetuned")),
  withRho("soft", "δ²/Ĥ at w^Init, soft", maskedBy({ mode: "soft" }, "init")),
  withRho("averaging", "weight averaging", average),
  without("epur", "embedding purification", resetEmbeddings),
  without("fine-pruning", "fine-pruning", pruneQuiet),
  without("anp", "adversarial neuron pruning", pruneSensitive),
];
