import { embeddingPurification, type PurifyOptions, purify } from "@deepgrain/fine-purify";
import { diagonalFisher, type FisherPlace, fisherAt } from "@deepgrain/fine-purify/fisher";
import {
  adversarialMasks,
  epochBatches,
  finePrune,
  pruneByMask,
  type UnitGroup,
} from "@deepgrain/fine-purify/training";
import { batchRow, type EncoderBatch, type EncoderModel } from "@deepgrain/lm";
import { gelu, type NamedTensors, type nn } from "@deepgrain/tensor-gpu";
import { accuracyOf, batchOf, lossOf, setWeights } from "./encoder-rows";
import type { PurifySettings } from "./recipe";
import type { Row, Task } from "./task";

/** What a defender has: the checkpoints, a model to load them into, clean rows. */
export interface Defender {
  model: EncoderModel;
  task: Task;
  init: NamedTensors;
  finetuned: NamedTensors;
  clean: readonly Row[];
  settings: PurifySettings;
  /** Accuracy that must stay on held-out rows. */
  threshold: number;
  seed: number;
  signal: AbortSignal;
}

/** A way to clean weights, before fine-tuning. */
export interface Method {
  id: string;
  name: string;
  /** Whether reserve ratios are tried. */
  hasRho: boolean;
  /** How many random masks are averaged. Default 1. */
  masks?: number;
  /** Puts the cleaned weights into the model. @param mask number of the random mask */
  apply(defender: Defender, rho: number, mask: number): Promise<void>;
}

const known = new WeakMap<object, Map<FisherPlace, NamedTensors>>();

/** Fisher values of the clean rows at one place, computed once. */
export async function fisherOf(
  defender: Pick<Defender, "model" | "init" | "finetuned" | "clean" | "signal">,
  place: FisherPlace,
): Promise<NamedTensors> {
  const own = known.get(defender) ?? new Map<FisherPlace, NamedTensors>();
  known.set(defender, own);
  const { model, init, finetuned, clean, signal } = defender;
  const measure = async (weights: NamedTensors) => {
    setWeights(model, weights);
    const rowLosses = (batch: EncoderBatch) => model.rowLosses(batch);
    const rows = {
      module: model,
      rowLosses,
      rowsOf: ({ batch }: EncoderBatch) => batch,
      row: batchRow,
    };
    const parameters = model.namedWeights();
    return (await diagonalFisher(rows, [batchOf(clean)], { parameters, signal })).fisher;
  };
  if (!own.has(place)) own.set(place, await fisherAt(place, init, finetuned, measure));
  return own.get(place)!;
}

const masked =
  (options: PurifyOptions, place?: FisherPlace): Method["apply"] =>
  async (defender, rho, mask) => {
    const { init, finetuned, seed, model, signal } = defender;
    const fisher = place && (await fisherOf(defender, place));
    // The artificial language's encoders are fitted at a rate that moves small weights by more than their size.
    const { weights } = await purify(init, finetuned, {
      ...options,
      rho,
      seed: 10 * seed + mask,
      largestDrift: Number.POSITIVE_INFINITY,
      signal,
      ...(fisher && { fisher }),
    });
    setWeights(model, weights);
  };

/** w^Init + α·δ for the body. */
const average: Method["apply"] = async ({ model, init, finetuned }, alpha) => {
  setWeights(model, finetuned);
  for (const [name, { data }] of init) {
    const own = finetuned.get(name)?.data;
    if (own)
      model
        .namedWeights()
        .get(name)!
        .set(data.map((w, i) => w + alpha * (own[i]! - w)));
  }
};

const TABLE = "bert.embeddings.word_embeddings.weight";

const epur: Method["apply"] = async ({ model, init, finetuned, task }) => {
  const [before, after] = [init.get(TABLE)!, finetuned.get(TABLE)!];
  const { embeddings } = embeddingPurification(before, after, task.counts, { rows: task.epurRows });
  setWeights(model, new Map(finetuned).set(TABLE, embeddings));
};

const feedForward = ({ bert }: EncoderModel): UnitGroup[] =>
  bert!.encoder.layer.map(({ intermediate }) => ({ layer: intermediate.dense }));

const heads = ({ bert, config }: EncoderModel): UnitGroup[] =>
  bert!.encoder.layer.map(({ attention }) => ({
    layer: attention.self.value as nn.Linear,
    width: config.hiddenSize / config.numAttentionHeads,
  }));

const prune: Method["apply"] = async ({ model, finetuned, clean, task, threshold, signal }) => {
  setWeights(model, finetuned);
  await finePrune(feedForward(model), {
    forward: () => void model.forward(batchOf(clean)),
    activation: (x) => gelu(x),
    accuracy: () => accuracyOf(model, task.heldOut),
    threshold,
    signal,
  });
};

/** Adversarial masks, at the largest threshold that keeps the accuracy. */
const anp: Method["apply"] = async (defender) => {
  const { model, finetuned, clean, task, settings, threshold, seed, signal } = defender;
  setWeights(model, finetuned);
  model.eval();
  const groups = [...feedForward(model), ...heads(model)];
  const { batch } = epochBatches(clean, { batchSize: 32, seed });
  const masks = await adversarialMasks(model, groups, {
    batch: (step) => batch(step) as Row[],
    loss: lossOf(model),
    steps: settings.maskSteps,
    signal,
  });
  let best = 0;
  for (let limit = 0.05; limit < 0.95; limit += 0.05) {
    setWeights(model, finetuned);
    pruneByMask(groups, masks, limit);
    if ((await accuracyOf(model, task.heldOut)) < threshold) break;
    best = limit;
  }
  setWeights(model, finetuned);
  pruneByMask(groups, masks, best);
};

/** All methods in the order of tables. Random masks differ so much that three are averaged. */
export const methods: readonly Method[] = [
  {
    id: "fine-tuning",
    name: "fine-tuning alone",
    hasRho: false,
    apply: async ({ model, finetuned }) => setWeights(model, finetuned),
  },
  {
    id: "random",
    name: "random masks (Fine-mixing)",
    hasRho: true,
    masks: 3,
    apply: masked({ indicator: "random" }),
  },
  {
    id: "delta2",
    name: "δ² (Fine-mixing, selected)",
    hasRho: true,
    apply: masked({ indicator: "delta2" }),
  },
  {
    id: "fisher",
    name: "1/Ĥ alone, at w^Init",
    hasRho: true,
    apply: masked({ indicator: "fisher" }, "init"),
  },
  { id: "r-init", name: "δ²/Ĥ at w^Init", hasRho: true, apply: masked({ indicator: "r" }, "init") },
  {
    id: "r-finetuned",
    name: "δ²/Ĥ at w^FT",
    hasRho: true,
    apply: masked({ indicator: "r" }, "finetuned"),
  },
  {
    id: "soft",
    name: "δ²/Ĥ at w^Init, soft",
    hasRho: true,
    apply: masked({ mode: "soft" }, "init"),
  },
  { id: "averaging", name: "weight averaging", hasRho: true, apply: average },
  { id: "epur", name: "embedding purification", hasRho: false, apply: epur },
  { id: "fine-pruning", name: "fine-pruning", hasRho: false, apply: prune },
  { id: "anp", name: "adversarial neuron pruning", hasRho: false, apply: anp },
];
