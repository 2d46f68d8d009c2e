import { FedError, having, optionsOf, refuseUnknown, whole } from "../../errors";
import { sampled } from "../../federation/random/draws";
import { stream } from "../../federation/random/stream";
import type { RoundContext, Strategy } from "../../federation/runtime/strategy";
import { tensorNamed } from "../../federation/tensors/named-tensors";
import { type Dataset, rowsByClass, selectRows } from "../data/dataset";
import type { Encoder } from "../local/encoder";
import { defaultHeads, type HeadNames } from "../local/heads";
import { completeLocalConfig } from "../local/local-config";
import { trainLocal } from "../local/train-local";
import { type FedAvgOptions, fedAvg, sameForAll, taskConfig } from "./fed-avg";

/**
 * Class weights from how each class alone changes the classifier. Class c's change is (W_c − W)·K. A class owns a
 * weight if its change there is the largest and no other class reaches 80 % of it in absolute value;
 * R_c = |Σ own change over owned weights| / |Σ mean change of the other classes there|, 10 where the divisor is 0, at most
 * 5000; a_c = 1 + 0.1·R_c.
 *
 * @param before W, the global model's weights
 * @param afterOneClass W_c per class: the weights after training on class c only
 * @param clients K
 * @throws {FedError} `ERR_SHAPE` when sizes differ or there are fewer than two classes
 * @see Wang et al. 2021, section 4.1
 */
export function ratioWeights(
  before: ArrayLike<number>,
  afterOneClass: readonly ArrayLike<number>[],
  clients: number,
): { weights: number[]; owned: number[] } {
  const classes = afterOneClass.length;
  if (classes < 2 || afterOneClass.some((own) => own.length !== before.length))
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/ratioWeights: there must be at least two classes with ${before.length} weights each`,
    );
  const owned = new Array<number>(classes).fill(0);
  const own = new Array<number>(classes).fill(0);
  const rest = new Array<number>(classes).fill(0);
  for (let i = 0; i < before.length; i++) {
    const changes = afterOneClass.map((after) => (after[i]! - before[i]!) * clients);
    const owner = changes.indexOf(Math.max(...changes));
    const limit = 0.8 * Math.abs(changes[owner]!);
    if (changes.some((change, c) => c !== owner && Math.abs(change) >= limit)) continue;
    owned[owner]!++;
    own[owner]! += changes[owner]!;
    rest[owner]! += (changes.reduce((sum, d) => sum + d, 0) - changes[owner]!) / (classes - 1);
  }
  const weights = own.map((sum, c) => {
    const ratio = rest[c] === 0 ? 10 : Math.min(Math.abs(sum / rest[c]!), 5000);
    return 1 + 0.1 * ratio;
  });
  return { weights, owned };
}

/** Options of `ratioLoss`. */
export interface RatioLossOptions extends FedAvgOptions {
  readonly encoder: Encoder;
  /** Balanced rows on the server. */
  readonly auxiliary: Dataset;
  /** Number of rows used per class. Default 32. */
  readonly perClass?: number | undefined;
  /** Weights every row by the mean weight of the batch, as the released code does by mistake. Default false. */
  readonly usesMeanWeight?: boolean | undefined;
  /** Default `fc` and `supplementary`. */
  readonly heads?: HeadNames | undefined;
}

/**
 * FedAvg whose clients weight classes by how little the global model has learned about them, which the server measures on
 * balanced rows of its own. The first round is plain cross-entropy.
 *
 * @throws {FedError} `ERR_RANGE`, `ERR_DATA` when a class has no auxiliary row
 * @see Wang et al. 2021, Addressing Class Imbalance in Federated Learning
 */
export function ratioLoss(given: RatioLossOptions): Strategy {
  const {
    encoder,
    auxiliary,
    perClass = 32,
    usesMeanWeight = false,
    heads = defaultHeads,
    local,
    serverLr,
    aggregator,
    ...rest
  } = optionsOf("ratioLoss", given);
  refuseUnknown("ratioLoss", rest);
  having("ratioLoss", "encoder", encoder, "encode", "width");
  having("ratioLoss", "auxiliary", auxiliary, "inputs", "labels", "classes");
  const options = { local, serverLr, aggregator };
  whole("ratioLoss", "perClass", perClass, { min: 1 });
  const byClass = rowsByClass(auxiliary.labels, auxiliary.classes);
  const empty = byClass.findIndex((rows) => rows.length === 0);
  if (empty >= 0)
    throw new FedError(
      "ERR_DATA",
      `fedlt/ratioLoss: auxiliary data must hold rows of every class, class ${empty} has none`,
    );
  const base = fedAvg(options);
  const complete = completeLocalConfig(local);

  async function afterClass(
    { round, seed, state, signal }: RoundContext,
    c: number,
  ): Promise<Float32Array> {
    const rows = sampled(byClass[c]!, perClass, stream(seed, "ratio-loss", c));
    const data = selectRows(auxiliary, rows);
    const order = [...data.labels.keys()];
    const { params } = await trainLocal(state.params, {
      encoder,
      heads,
      data,
      config: { ...complete, epochs: 1, mu: 0 },
      twoHeads: false,
      batches: () =>
        Array.from({ length: Math.ceil(order.length / complete.batchSize) }, (_, i) =>
          order.slice(i * complete.batchSize, (i + 1) * complete.batchSize),
        ),
      random: stream(seed, "ratio-loss-dropout", round, c),
      signal,
    });
    return params.get(`${heads.main}.weight`)!.data;
  }

  return {
    ...base,
    name: "Ratio Loss",
    configureFit: ({ state }, clients) => {
      const weights = state.values["class-weights"] as number[] | undefined;
      const loss = weights ? ({ name: "ratio", weights, usesMeanWeight } as const) : complete.loss;
      return sameForAll(clients, { config: taskConfig({ ...complete, loss }) });
    },
    aggregateFit: async (context, updates) => {
      const { state } = await base.aggregateFit(context, updates);
      const now = { ...context, state };
      const after: Float32Array[] = [];
      for (let c = 0; c < auxiliary.classes; c++) after.push(await afterClass(now, c));
      const before = tensorNamed("ratioLoss", state.params, `${heads.main}.weight`).data;
      const { weights } = ratioWeights(before, after, updates.length);
      return { state: { ...state, values: { ...state.values, "class-weights": weights } } };
    },
  };
}
