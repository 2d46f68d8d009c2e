import { FedError, oneOf, optionsOf, real, refuseUnknown, whole } from "../../../errors";
import {
  type ClientUpdate,
  type EvaluateModel,
  type FitInstruction,
  type Metrics,
  type RoundContext,
  type Strategy,
  withGroups,
} from "../../../federation/runtime/strategy";
import {
  cloneTensors,
  pickTensors,
  type ReadonlyTensors,
  type TensorGroups,
  tensorNamed,
  zerosLike,
} from "../../../federation/tensors/named-tensors";
import type { PrototypePrivacy } from "../../local/class-gradients";
import { defaultHeads, type HeadNames } from "../../local/heads";
import { completeLocalConfig, type LocalConfig } from "../../local/local-config";
import { type FedAvgOptions, fedAvg, taskConfig } from "../fed-avg";
import {
  BALANCED_CLASSES,
  groupsFor,
  mergedPrototypes,
  prototypeGroup,
  prototypesIn,
} from "./prototypes";
import type { RedGrapeCompat, RedGrapeSettings } from "./settings";

/** Options of `redGrape`. */
export interface RedGrapeOptions extends FedAvgOptions {
  /** FedProx's `mu` is 0 by default; the released run has 0.1. */
  readonly local?: LocalConfig | undefined;
  /** λ. Default 0.1. */
  readonly lambda?: number | undefined;
  /** T; null: prototypes only. Default 8. */
  readonly threshold?: number | null | undefined;
  /** Averages the supplementary head too; otherwise each client keeps its own, on the server. Default true. */
  readonly aggregateSupplementary?: boolean | undefined;
  /** `"missing-mean"` sends the mean prototype of the classes that a client misses, C times less; exact. Default `"all"`. */
  readonly prototypeDelivery?: "all" | "missing-mean" | undefined;
  /** Privacy measures that clients apply to prototypes before sending them. */
  readonly prototypePrivacy?: PrototypePrivacy | undefined;
  /** Deviations of the released code from the paper. */
  readonly compat?: RedGrapeCompat | undefined;
  /** Default `fc` and `supplementary`. */
  readonly heads?: HeadNames | undefined;
  /** For ablations: `"supplementary"` trains only the main head, `"prototypes"` uses only real rows. */
  readonly without?: "supplementary" | "prototypes" | undefined;
}

const redGrapeOptionNames: readonly (keyof RedGrapeOptions)[] = [
  "local",
  "lambda",
  "threshold",
  "aggregateSupplementary",
  "prototypeDelivery",
  "prototypePrivacy",
  "compat",
  "heads",
  "without",
  "serverLr",
  "aggregator",
];

/** Which classes have T rows at each client, as reported by the clients. */
function balancedClasses(updates: readonly ClientUpdate[]): Record<string, number[]> {
  return Object.fromEntries(
    updates.flatMap(({ clientId, groups }) => {
      const values = groups?.get(BALANCED_CLASSES)?.get("values")?.data;
      return values ? [[`balanced/${clientId}`, Array.from(values)]] : [];
    }),
  );
}

/** The supplementary heads that clients sent, for `aggregateSupplementary: false`. */
const ownHeads = (updates: readonly ClientUpdate[], isSupplementary: (name: string) => boolean) =>
  updates.map(
    ({ clientId, params }) => [`own/${clientId}`, pickTensors(params, isSupplementary)] as const,
  );

/** The model whose main head is the sum of both. */
function withSummedHead(params: ReadonlyTensors, heads: HeadNames): ReadonlyTensors {
  const summed = new Map(params);
  for (const part of ["weight", "bias"] as const) {
    const [main, other] = [`${heads.main}.${part}`, `${heads.supplementary}.${part}`];
    const { shape, data } = tensorNamed("redGrape", params, main);
    const second = tensorNamed("redGrape", params, other).data;
    summed.set(main, { shape, data: data.map((value, i) => value + second[i]!) });
  }
  return summed;
}

/** The main head's metrics, and for diagnosis those of the sum of both heads, whose names end in `-of-sum`. */
async function testBothHeads(
  { round, state: { params } }: RoundContext,
  evaluate: EvaluateModel,
  heads: HeadNames,
): Promise<Metrics> {
  const main = await evaluate(params, { round });
  const sum = await evaluate(withSummedHead(params, heads), { round });
  const ofSum = Object.entries(sum).map(([name, value]) => [`${name}-of-sum`, value]);
  return { ...main, ...Object.fromEntries(ofSum) };
}

/** C, from the shape of the main head, never from labels. */
function classesOf(params: ReadonlyTensors, heads: HeadNames): number {
  return tensorNamed("redGrape", params, `${heads.main}.bias`).data.length;
}

/** The groups that clients may report: a prototype per class. */
function prototypeLayout(params: ReadonlyTensors, heads: HeadNames): TensorGroups {
  const layout = zerosLike(pickTensors(params, (name) => name.startsWith(`${heads.main}.`)));
  const names = Array.from({ length: classesOf(params, heads) }, (_, c) => prototypeGroup(c));
  return new Map(names.map((name) => [name, cloneTensors(layout)]));
}

/**
 * RedGrape: two classifier heads share an encoder. Their sum is trained on the skewed data, while the main head
 * also gets a gradient balanced over classes, from real rows where a client has at least T of a class and from global
 * gradient prototypes otherwise. Only the main head predicts.
 *
 * The model needs both heads (see `createClassifier`). Prototypes are computed at the start of a round and used in the next, so
 * the first round is plain two-head FedAvg.
 *
 * @throws {FedError} `ERR_RANGE`, `ERR_ARGUMENT`; before the first round `ERR_SHAPE` when a head is missing
 * @see Decentralized Decoupled Training for Federated Long-Tailed Learning (RedGrape), algorithm 1
 */
export function redGrape(options: RedGrapeOptions = {}): Strategy {
  const {
    lambda = 0.1,
    threshold = 8,
    aggregateSupplementary = true,
    prototypeDelivery = "all",
    prototypePrivacy = {},
    compat = {},
    heads = defaultHeads,
    without,
    local,
    serverLr,
    aggregator,
    ...rest
  } = optionsOf("redGrape", options);
  refuseUnknown("redGrape", rest, redGrapeOptionNames);
  real("redGrape", "lambda", lambda, { min: 0 });
  if (threshold !== null) whole("redGrape", "threshold", threshold, { min: 1 });
  oneOf("redGrape", "prototypeDelivery", prototypeDelivery, ["all", "missing-mean"]);
  const base = fedAvg({ local, serverLr, aggregator });
  const usesPrototypes = without !== "prototypes";
  const twoHeads = without !== "supplementary";
  const isSupplementary = (name: string) => name.startsWith(`${heads.supplementary}.`);
  const part: RedGrapeSettings = {
    name: "redgrape",
    lambda,
    threshold,
    twoHeads,
    usesPrototypes,
    reportsClasses: prototypeDelivery === "missing-mean",
    privacy: prototypePrivacy,
    compat,
  };
  const config = taskConfig({ ...completeLocalConfig(local), part: { ...part } });
  const instructionFor = (context: RoundContext, clientId: string): FitInstruction => {
    const own = aggregateSupplementary ? undefined : context.state.groups.get(`own/${clientId}`);
    return {
      config,
      groups: groupsFor(context, clientId, prototypeDelivery),
      params: own && new Map([...context.state.params, ...own]),
    };
  };
  return {
    name: "RedGrape",
    needs: aggregateSupplementary && prototypeDelivery === "all" ? base.needs : "updates",
    initialize: (params) => {
      for (const name of twoHeads ? [heads.main, heads.supplementary] : [heads.main])
        tensorNamed("redGrape", params, `${name}.weight`);
      return { params, groups: new Map(), values: {} };
    },
    configureFit: (context, clients) =>
      new Map(clients.map((clientId) => [clientId, instructionFor(context, clientId)])),
    aggregateFit: async (context, updates) => {
      const { state: next } = await base.aggregateFit(context, updates);
      const params = aggregateSupplementary
        ? next.params
        : new Map([...next.params, ...pickTensors(context.state.params, isSupplementary)]);
      const merged = mergedPrototypes(context.state, updates);
      const groups = aggregateSupplementary
        ? merged
        : withGroups(merged, ownHeads(updates, isSupplementary));
      const known = prototypesIn(groups).size;
      return {
        state: { params, groups, values: { ...next.values, ...balancedClasses(updates) } },
        metrics: { "classes-without-prototype": classesOf(params, heads) - known },
      };
    },
    evaluate: (context, evaluate) =>
      twoHeads && aggregateSupplementary
        ? testBothHeads(context, evaluate, heads)
        : evaluate(context.state.params, { round: context.round }),
    sumGroups: ({ params }) => (usesPrototypes ? prototypeLayout(params, heads) : new Map()),
  };
}

/**
 * The settings of the released experiments: λ 0.1, E 5, B 64, SGD with rate 0.1, momentum 0.9 and gradients clipped to 1,
 * and FedProx's μ 0.1, which its default algorithm adds.
 *
 * @param dataset names T: 8 for MNIST-LT and CIFAR-10-LT, 2 for CIFAR-100-LT
 * @throws {FedError} `ERR_ARGUMENT` for another name
 */
export function releasedSettings(
  dataset: "mnist-lt" | "cifar-10-lt" | "cifar-100-lt",
): RedGrapeOptions {
  const thresholds = { "mnist-lt": 8, "cifar-10-lt": 8, "cifar-100-lt": 2 };
  if (!(dataset in thresholds))
    throw new FedError(
      "ERR_ARGUMENT",
      `fedlt/releasedSettings: dataset must be one of ${Object.keys(thresholds).join(", ")}, got ${dataset}`,
    );
  return {
    lambda: 0.1,
    threshold: thresholds[dataset],
    local: { lr: 0.1, momentum: 0.9, epochs: 5, batchSize: 64, clip: 1, mu: 0.1 },
  };
}
