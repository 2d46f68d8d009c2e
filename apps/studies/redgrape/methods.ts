import * as fed from "@deepgrain/fedlt";
import { UsageError } from "../shared/usage-error";
import type { ImageSet } from "./image-sets";
import type { MethodId } from "./method-ids";
import { tuned } from "./tuned";

/** A method's own settings by option; `lr` is the clients' learning rate. */
export type MethodSettings = Readonly<Record<string, number | string | null>>;

/** The inputs from which a method is created. */
export interface MethodContext {
  /** How clients train. */
  local: fed.LocalConfig;
  /** True class frequencies, where they are known; otherwise clients report theirs. */
  priors?: readonly number[] | undefined;
  /** The server's own network and rows, for Ratio Loss. */
  server?: Pick<fed.RatioLossOptions, "encoder" | "auxiliary">;
  /** How updates are combined into one model. Default: their mean. */
  aggregator?: fed.Aggregator | undefined;
  settings: MethodSettings;
}

interface Method {
  name: string;
  /** Options by the library's names, checked there. */
  create(
    options: { local: fed.LocalConfig; aggregator?: fed.Aggregator | undefined },
    context: MethodContext,
  ): fed.Strategy;
  /** Sums updates in its own way. */
  hasOwnSum?: true;
  /**
   * Its own settings that are tried when it is tuned, those that its authors published first; absent where it is not tuned.
   * A grid whose best value was at its end has one value more, the last.
   */
  grid?: readonly [MethodSettings, ...MethodSettings[]];
}

/** A shorter training of the head; rows are matched at the rate 0.1 unless a setting says otherwise. */
const creffForm = { headLr: 0.1, headEpochs: 100 };

/** Every method that a federation can use. */
export const methods = {
  fedavg: { name: "FedAvg", create: fed.fedAvg, grid: [{}] },
  fedprox: {
    name: "FedProx",
    create: fed.fedProx,
    grid: [{ mu: 0.1 }, { mu: 0.01 }, { mu: 1 }, { mu: 0.001 }],
  },
  fedavgm: {
    name: "FedAvgM",
    create: fed.fedAvgM,
    grid: [{ beta: 0.9 }, { beta: 0.5 }, { beta: 0.97 }, { beta: 0.2 }],
  },
  "fed-focal": {
    name: "Fed-Focal",
    create: fed.fedFocal,
    grid: [{ gamma: 2 }, { gamma: 1 }, { gamma: 0.5 }],
  },
  "logit-adjustment": {
    name: "logit adjustment",
    create: (options, { priors }) => fed.logitAdjustment({ ...options, priors }),
    grid: [{ tau: 1 }, { tau: 0.5 }, { tau: 1.5 }],
  },
  climb: {
    name: "CLIMB",
    hasOwnSum: true,
    create: fed.climb,
    grid: [
      { dualLr: 0.1, tolerance: 0.1 },
      { dualLr: 2, tolerance: 0.01 },
      { dualLr: 0.5, tolerance: 0.01 },
      { dualLr: 0.02, tolerance: 0.1 },
    ],
  },
  creff: {
    name: "CReFF",
    create: (options) => fed.creff({ ...options, headGradientDraws: null }),
    grid: [
      { headLr: 0.01, headEpochs: 300 },
      creffForm,
      { ...creffForm, distance: "one-vector" },
      { ...creffForm, matchingLr: 1 },
      { ...creffForm, matchingLr: 1, distance: "one-vector" },
      { ...creffForm, matchingLr: 10, distance: "one-vector" },
    ],
  },
  redgrape: {
    name: "RedGrape",
    create: fed.redGrape,
    grid: [{ lambda: 0.1 }, { lambda: 0.3 }, { lambda: 1 }],
  },
  "ratio-loss": {
    name: "Ratio Loss",
    create: (options, { server }) => {
      if (!server) throw new UsageError("ratio-loss needs balanced pictures of the server's own");
      return fed.ratioLoss({ ...options, ...server });
    },
  },
  feddyn: {
    name: "FedDyn",
    create: ({ aggregator: _, ...options }) => fed.fedDyn(options),
    hasOwnSum: true,
  },
  ditto: { name: "Ditto", create: fed.ditto },
  moon: { name: "MOON", create: fed.moon },
  fednova: { name: "FedNova", create: fed.fedNova, hasOwnSum: true },
  scaffold: { name: "SCAFFOLD", create: fed.scaffold, hasOwnSum: true },
  fedadam: { name: "FedAdam", create: fed.fedAdam },
  fedyogi: { name: "FedYogi", create: fed.fedYogi },
} satisfies Record<MethodId, Method>;

/** One setting more, by set of pictures, for methods whose best one was an end of their grid there. */
const further: Partial<Record<ImageSet, Partial<Record<MethodId, MethodSettings>>>> = {
  mnist: {
    "fed-focal": { gamma: 4 },
    "logit-adjustment": { tau: 2 },
    creff: { ...creffForm, matchingLr: 0.01, distance: "one-vector" },
  },
};

/** The settings that were tried for a method on a set of pictures; none where it was not tuned. */
export const gridOf = (id: MethodId, set: ImageSet): readonly MethodSettings[] => [
  ...((methods[id] as Method).grid ?? []),
  ...[further[set]?.[id] ?? []].flat(),
];

/** Whether settings were tried for a method. */
export const isTuned = (id: MethodId): boolean => (methods[id] as Method).grid !== undefined;

/** A method's settings as tuned on a set of pictures, or on Fashion-MNIST where nothing was tuned on the set. */
export const tunedFor = (id: MethodId, set: ImageSet = "fashion-mnist"): MethodSettings =>
  (tuned[set] ?? tuned["fashion-mnist"]!)[id] ?? {};

/**
 * The strategy of a method.
 * @param context.settings default: as it was tuned on Fashion-MNIST
 * @param context.lr the clients' learning rate, over that of the settings
 * @throws {UsageError} for an aggregator that the method cannot use, or rows that it lacks
 */
export function strategyOf(
  id: MethodId,
  {
    settings = tunedFor(id),
    local,
    lr,
    ...rest
  }: Omit<MethodContext, "settings"> & { settings?: MethodSettings; lr?: number | undefined },
): fed.Strategy {
  const { lr: own = local.lr, ...options } = settings;
  const rate = lr ?? own;
  const trained = { ...local, lr: rate === undefined ? undefined : Number(rate) };
  const context = { ...rest, local: trained, settings };
  const { create, hasOwnSum } = methods[id] as Method;
  const { aggregator } = rest;
  if (aggregator && hasOwnSum)
    throw new UsageError(`--aggregator ${aggregator.name}: ${id} sums updates in its own way`);
  return create({ ...options, local: trained, aggregator }, context);
}
