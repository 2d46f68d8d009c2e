import { takeTurn } from "@deepgrain/support";
import type { Complete } from "../../../complete";
import { oneOf, optionsOf, real, refuseUnknown, whole } from "../../../errors";
import { drawNormal } from "../../../federation/random/draws";
import { stream } from "../../../federation/random/stream";
import {
  type ClientUpdate,
  groupsUnder,
  type RoundContext,
  type ServerState,
  type Strategy,
  withGroups,
} from "../../../federation/runtime/strategy";
import {
  type NamedTensors,
  type ReadonlyTensors,
  type TensorGroups,
  tensorNamed,
} from "../../../federation/tensors/named-tensors";
import { meanOf } from "../../../federation/tensors/tensor-math";
import type { HeadGradient } from "../../local/class-gradients";
import { defaultHeads, type Head, type HeadNames, headOf, initialHead } from "../../local/heads";
import { completeLocalConfig } from "../../local/local-config";
import { type FedAvgOptions, fedAvg, taskConfig } from "../fed-avg";
import { trainHead } from "../train-head";
import type { HeadGradientDraws } from "./client";
import { type GradientDistance, matchOneClass } from "./match-features";

/** Options of `creff`. */
export interface CreffOptions extends FedAvgOptions {
  /** Federated features per class. Default 100. */
  readonly featuresPerClass?: number | undefined;
  /** Steps of gradient matching per round. Default 100. */
  readonly matchingSteps?: number | undefined;
  /** Default 0.1. */
  readonly matchingLr?: number | undefined;
  /** Default `"rows"`; `"one-vector"` is the simpler form of RedGrape's repository. */
  readonly distance?: GradientDistance | undefined;
  /** Epochs of training the new head on the features. Default 300. */
  readonly headEpochs?: number | undefined;
  /** Default 0.01. */
  readonly headLr?: number | undefined;
  /** Default 32. */
  readonly headBatchSize?: number | undefined;
  /** Rows per class gradient on clients; null: all rows once. Default 10 times up to 32. */
  readonly headGradientDraws?: HeadGradientDraws | undefined;
  /** Default `fc` and `supplementary`. */
  readonly heads?: HeadNames | undefined;
}

/** Updates the features of every class that has a real gradient; returns the features and the distance at the last step. */
export async function matchFeatures(
  features: readonly Float32Array[],
  head: Head,
  real: ReadonlyMap<number, HeadGradient>,
  {
    steps,
    lr,
    distance,
    signal,
  }: {
    steps: number;
    lr: number;
    distance: GradientDistance;
    signal?: AbortSignal | undefined;
  },
): Promise<{ features: Float32Array[]; distances: number[] }> {
  const moved = features.map((own) => own.slice());
  const distances: number[] = [];
  for (let step = 0; step < steps; step++) {
    let total = 0;
    for (const [c, target] of real) {
      await takeTurn();
      signal?.throwIfAborted();
      const { distance: d, gradient } = matchOneClass(moved[c]!, c, head, target, distance);
      total += d;
      for (let i = 0; i < gradient.length; i++) moved[c]![i]! -= lr * gradient[i]!;
    }
    distances.push(total);
  }
  return { features: moved, distances };
}

const asGroup = (name: string, { weight, bias, classes }: Head): NamedTensors =>
  new Map([
    [`${name}.weight`, { shape: [classes, weight.length / classes], data: weight }],
    [`${name}.bias`, { shape: [classes], data: bias }],
  ]);

/** Plain means of the clients' class gradients. */
function realGradients(updates: readonly ClientUpdate[], name: string): Map<number, HeadGradient> {
  const reports = new Map<number, ReadonlyTensors[]>();
  for (const { groups } of updates)
    for (const [c, tensors] of groupsUnder(groups, "head-gradient"))
      reports.set(Number(c), [...(reports.get(Number(c)) ?? []), tensors]);
  return new Map(
    [...reports]
      .sort(([a], [b]) => a - b)
      .map(([c, list]) => {
        const mean = meanOf(list);
        return [
          c,
          { weight: mean.get(`${name}.weight`)!.data, bias: mean.get(`${name}.bias`)!.data },
        ];
      }),
  );
}

function checkOptions(options: CompleteCreff): void {
  whole("creff", "featuresPerClass", options.featuresPerClass, { min: 1 });
  whole("creff", "matchingSteps", options.matchingSteps, { min: 0 });
  whole("creff", "headEpochs", options.headEpochs, { min: 0 });
  whole("creff", "headBatchSize", options.headBatchSize, { min: 1 });
  real("creff", "matchingLr", options.matchingLr, { min: 0 });
  real("creff", "headLr", options.headLr, { min: 0 });
  oneOf("creff", "distance", options.distance, ["rows", "one-vector"]);
}

/** C and d, from the main head. */
const shapeOf = (params: ReadonlyTensors, heads: HeadNames) =>
  tensorNamed("creff", params, `${heads.main}.weight`).shape as [number, number];

/** Features of one class as a group of the state. */
const featureGroup = (c: number, data: Float32Array, width: number) =>
  [
    `features/${c}`,
    new Map([["rows", { shape: [data.length / width, width], data }]]) as NamedTensors,
  ] as const;

/** The state before the first round: random features, and a separate head for the federated features. */
function firstState(
  params: ReadonlyTensors,
  seed: number,
  { featuresPerClass, heads }: { featuresPerClass: number; heads: HeadNames },
): ServerState {
  const [classes, width] = shapeOf(params, heads);
  const random = stream(seed, "creff-features");
  const draw = () =>
    Float32Array.from({ length: featuresPerClass * width }, () => drawNormal(random));
  const features = Array.from({ length: classes }, (_, c) => featureGroup(c, draw(), width));
  const head = initialHead(heads.main, classes, width, stream(seed, "creff-head"));
  return { params, groups: withGroups(new Map([["federated-head", head]]), features), values: {} };
}

/** Trains a new head on the features of all classes. */
function headOnFeatures(
  features: readonly Float32Array[],
  width: number,
  fresh: Head,
  options: Parameters<typeof trainHead>[3],
): Promise<Head> {
  const size = features[0]!.length;
  const rows = new Float32Array(features.length * size);
  features.forEach((own, c) => {
    rows.set(own, c * size);
  });
  const labels = Int32Array.from({ length: rows.length / width }, (_, i) =>
    Math.floor((i * width) / size),
  );
  return trainHead(fresh, rows, labels, options);
}

/** Settings with every default filled in. */
type CompleteCreff = Complete<Omit<CreffOptions, keyof FedAvgOptions>>;

/** Moves the features towards the clients' gradients and retrains the head from scratch. */
async function learnFeatures(
  { round, seed, signal, state: { groups } }: RoundContext,
  updates: readonly ClientUpdate[],
  [classes, width]: readonly [number, number],
  options: CompleteCreff,
): Promise<{ groups: TensorGroups; metrics: Record<string, number> }> {
  const { heads, matchingSteps: steps, matchingLr: lr, distance } = options;
  const head = headOf(groups.get("federated-head")!, heads.main, width);
  const before = Array.from(
    { length: classes },
    (_, c) => groups.get(`features/${c}`)!.get("rows")!.data,
  );
  const real = realGradients(updates, heads.main);
  const { features, distances } = await matchFeatures(before, head, real, {
    steps,
    lr,
    distance,
    signal,
  });
  const random = stream(seed, "creff-head", round);
  const fresh = headOf(initialHead(heads.main, classes, width, random), heads.main, width);
  const trained = await headOnFeatures(features, width, fresh, {
    lr: options.headLr,
    epochs: options.headEpochs,
    batchSize: options.headBatchSize,
    random,
    signal,
  });
  return {
    groups: withGroups(groups, [
      ["federated-head", asGroup(heads.main, trained)],
      ...features.map((data, c) => featureGroup(c, data, width)),
    ]),
    metrics: { "feature-distance": distances.at(-1) ?? 0 },
  };
}

/** The groups that clients may report: a gradient of the head per class. */
function gradientGroups(params: ReadonlyTensors, heads: HeadNames): TensorGroups {
  const [classes, width] = shapeOf(params, heads);
  const layout = () =>
    asGroup(heads.main, {
      weight: new Float32Array(classes * width),
      bias: new Float32Array(classes),
      classes,
    });
  return new Map(Array.from({ length: classes }, (_, c) => [`head-gradient/${c}`, layout()]));
}

/**
 * CReFF: the server learns features per class whose gradients match those of the clients, and retrains a head on them for
 * evaluation; the federated model itself is FedAvg's and keeps its own head.
 *
 * @throws {FedError} `ERR_RANGE`, `ERR_ARGUMENT`; before the first round `ERR_SHAPE` when the head is missing
 * @see Shang et al. 2022 (CReFF), algorithm 1
 */
export function creff(given: CreffOptions = {}): Strategy {
  const {
    featuresPerClass = 100,
    matchingSteps = 100,
    matchingLr = 0.1,
    distance = "rows",
    headEpochs = 300,
    headLr = 0.01,
    headBatchSize = 32,
    headGradientDraws = { repeats: 10, samples: 32 },
    heads = defaultHeads,
    local,
    serverLr,
    aggregator,
    ...rest
  } = optionsOf("creff", given);
  refuseUnknown("creff", rest);
  const options = { local, serverLr, aggregator };
  const complete: CompleteCreff = {
    featuresPerClass,
    matchingSteps,
    matchingLr,
    distance,
    headEpochs,
    headLr,
    headBatchSize,
    headGradientDraws,
    heads,
  };
  checkOptions(complete);
  const base = fedAvg(options);
  const config = taskConfig({
    ...completeLocalConfig(options.local),
    part: { name: "creff", draws: headGradientDraws },
  });
  return {
    ...base,
    name: "CReFF",
    initialize: (params, seed) => firstState(params, seed, complete),
    configureFit: ({ state }, clients) => {
      const groups = new Map([["federated-head", state.groups.get("federated-head")!]]);
      return new Map(clients.map((clientId) => [clientId, { config, groups }]));
    },
    aggregateFit: async (context, updates) => {
      const { state: next } = await base.aggregateFit(context, updates);
      const shape = shapeOf(next.params, heads);
      const { groups, metrics } = await learnFeatures(context, updates, shape, complete);
      return { state: { ...next, groups }, metrics };
    },
    evaluate: ({ round, state }, evaluate) =>
      evaluate(new Map([...state.params, ...state.groups.get("federated-head")!]), { round }),
    sumGroups: ({ params }) => gradientGroups(params, heads),
  };
}
