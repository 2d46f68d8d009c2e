import type { OptionNames } from "@deepgrain/support";
import { pickOptions } from "@deepgrain/support";
import { checkChoice, checkInteger, checkNumber } from "../check";
import { FedError } from "../errors";
import { knownOptions } from "../known-options";
import type { PrototypePrivacy } from "../local/class-gradients";
import { defaultHeads, type HeadNames } from "../local/heads";
import { completeLocalConfig, type LocalConfig, type RedGrapeCompat } from "../local/local-config";
import {
  cloneTensors,
  pickTensors,
  type ReadonlyTensors,
  type TensorGroups,
  tensorNamed,
  zerosLike,
} from "../tensors/named-tensors";
import { meanOf } from "../tensors/tensor-math";
import { type FedAvgOptions, fedAvg, fedAvgOptionNames, taskConfig } from "./fed-avg";
import {
  type ClientUpdate,
  type EvaluateModel,
  type FitInstruction,
  groupsUnder,
  type Metrics,
  type RoundContext,
  type ServerState,
  type Strategy,
  withGroups,
} from "./strategy";

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

const redGrapeOptionNames: OptionNames<RedGrapeOptions> = {
  local: true,
  lambda: true,
  threshold: true,
  aggregateSupplementary: true,
  prototypeDelivery: true,
  prototypePrivacy: true,
  compat: true,
  heads: true,
  without: true,
  serverLr: true,
  aggregator: true,
};

/** The part of the state that a client gets in addition to the model. */
function groupsFor(
  { state }: RoundContext,
  clientId: string,
  delivery: "all" | "missing-mean",
): TensorGroups {
  const prototypes = groupsUnder(state.groups, "prototype");
  const own = state.values[`balanced/${clientId}`] as readonly number[] | undefined;
  if (delivery === "all" || !own)
    return new Map([...prototypes].map(([c, tensors]) => [`prototype/${c}`, tensors]));
  const missing = [...prototypes]
    .filter(([c]) => own[Number(c)] !== 1)
    .map(([, tensors]) => tensors);
  // An empty prototype group would mean "no prototypes yet"; the client still takes its balanced step from real rows.
  if (missing.length > 0) return new Map([["missing-prototype", meanOf(missing)]]);
  return new Map([...prototypes].slice(0, 1).map(([c, tensors]) => [`prototype/${c}`, tensors]));
}

/** For each class reported this round the plain mean of the reports; other classes keep theirs. */
function mergePrototypes(state: ServerState, updates: readonly ClientUpdate[]) {
  const reports = new Map<string, ReadonlyTensors[]>();
  for (const { groups } of updates)
    for (const [c, tensors] of groupsUnder(groups, "prototype")) {
      const list = reports.get(c) ?? [];
      list.push(tensors);
      reports.set(c, list);
    }
  const merged = [...reports].map(([c, list]) => [`prototype/${c}`, meanOf(list)] as const);
  return withGroups(state.groups, merged);
}

/** Which classes have T rows at each client, as reported by the clients. */
function balancedClasses(updates: readonly ClientUpdate[]): Record<string, number[]> {
  return Object.fromEntries(
    updates.flatMap(({ clientId, groups }) => {
      const values = groups?.get("balanced-classes")?.get("values")?.data;
      return values ? [[`balanced/${clientId}`, Array.from(values)]] : [];
    }),
  );
}

/** The supplementary heads that clients sent, for `aggregateSupplementary: false`. */
const ownHeads = (updates: readonly ClientUpdate[], isSupplementary: (name: string) => boolean) =>
  updates.map(
    ({ clientId, params }) => [`own/${clientId}`, pickTensors(params, isSupplementary)] as const,
  );

function checkOptions(options: RedGrapeOptions): void {
  const given = knownOptions("redGrape", options, redGrapeOptionNames);
  const { lambda = 0.1, threshold = 8, prototypeDelivery = "all" } = given;
  checkNumber("redGrape", "lambda", lambda, { min: 0 });
  if (threshold !== null) checkInteger("redGrape", "threshold", threshold, 1);
  checkChoice("redGrape", "prototypeDelivery", prototypeDelivery, ["all", "missing-mean"]);
}

/** The main head's metrics, and for diagnosis those of the sum of both heads. */
async function testBothHeads(
  { params }: ServerState,
  round: number,
  evaluate: EvaluateModel,
): Promise<Metrics> {
  const main = await evaluate(params, { round, use: "main" });
  const sum = await evaluate(params, { round, use: "sum" });
  const ofSum = Object.entries(sum).map(([name, value]) => [`${name}-of-sum`, value]);
  return { ...main, ...Object.fromEntries(ofSum) };
}

/** C, from the shape of the main head, never from labels. */
function classesOf(params: ReadonlyTensors, heads: HeadNames): number {
  return tensorNamed("redGrape", params, `${heads.main}.bias`).data.length;
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
  checkOptions(options);
  const {
    lambda = 0.1,
    threshold = 8,
    aggregateSupplementary = true,
    prototypeDelivery = "all",
    prototypePrivacy = {},
    compat = {},
    heads = defaultHeads,
    without,
  } = options;
  const base = fedAvg(pickOptions(options, fedAvgOptionNames));
  const usesPrototypes = without !== "prototypes";
  const twoHeads = without !== "supplementary";
  const isSupplementary = (name: string) => name.startsWith(`${heads.supplementary}.`);
  const config = taskConfig({
    ...completeLocalConfig(options.local),
    twoHeads,
    redgrape: { lambda, threshold, compat, realOnly: !usesPrototypes },
    prototypePrivacy,
    report: [
      ...(usesPrototypes ? (["prototypes"] as const) : []),
      ...(prototypeDelivery === "missing-mean" ? (["balanced-classes"] as const) : []),
    ],
  });
  const instructionFor = (context: RoundContext, clientId: string): FitInstruction => {
    const own = aggregateSupplementary ? undefined : context.state.groups.get(`own/${clientId}`);
    return {
      config,
      groups: groupsFor(context, clientId, prototypeDelivery),
      ...(own && { params: new Map([...context.state.params, ...own]) }),
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
      const merged = mergePrototypes(context.state, updates);
      const groups = aggregateSupplementary
        ? merged
        : withGroups(merged, ownHeads(updates, isSupplementary));
      const known = groupsUnder(groups, "prototype").size;
      return {
        state: { params, groups, values: { ...next.values, ...balancedClasses(updates) } },
        metrics: { "classes-without-prototype": classesOf(params, heads) - known },
      };
    },
    evaluate: ({ round, state }, evaluate) =>
      twoHeads && aggregateSupplementary
        ? testBothHeads(state, round, evaluate)
        : evaluate(state.params, { round, use: "main" }),
    sumGroups: ({ params }) => {
      if (!usesPrototypes) return new Map();
      const layout = zerosLike(pickTensors(params, (name) => name.startsWith(`${heads.main}.`)));
      const classes = Array.from({ length: classesOf(params, heads) }, (_, c) => `prototype/${c}`);
      return new Map(classes.map((name) => [name, cloneTensors(layout)]));
    },
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
