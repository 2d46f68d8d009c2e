import { measure, resultsOf, type StudyRuns, study, type Variant } from "@deepgrain/lab";
import { limitThreads } from "../shared/one-thread-backend";
import { studyModule } from "../shared/study-module";
import type { ImageSet } from "./image-sets";
import { type MethodId, methodIds } from "./method-ids";
import { gridOf, isTuned, type MethodSettings } from "./methods";
import { COMMON_RATE, type FederationSettings, tuningSettings } from "./recipe";
import { type Score, scoreMethod, scoreSchema } from "./score-method";

interface TuningVariant extends Variant {
  method: MethodId;
  own: MethodSettings;
}

/** Clients' rates tried beside the common one. */
const RATES = [0.02, 0.1];

/** One rate more, by set, for methods whose best one was an end of those. */
const furtherRates: Readonly<Record<string, Partial<Record<MethodId, number>>>> = {
  "fashion-mnist": { fedavg: 0.2, fedprox: 0.2, fedavgm: 0.2, "logit-adjustment": 0.2, climb: 0.2 },
  mnist: {
    fedavg: 0.2,
    fedprox: 0.2,
    fedavgm: 0.2,
    "fed-focal": 0.2,
    "logit-adjustment": 0.2,
    climb: 0.2,
    creff: 0.2,
    redgrape: 0.2,
  },
};

/**
 * The place in its grid of each method's best setting, by set: entered once `--tune` has run the grid (`bestSetting`), so that the
 * same command goes on with the clients' rates there.
 */
const bestSettings: Readonly<Record<string, Partial<Record<MethodId, number>>>> = {
  "fashion-mnist": {
    fedavg: 0,
    fedprox: 3,
    fedavgm: 1,
    "fed-focal": 1,
    "logit-adjustment": 0,
    climb: 3,
    creff: 4,
    redgrape: 1,
  },
  mnist: {
    fedavg: 0,
    fedprox: 3,
    fedavgm: 1,
    "fed-focal": 0,
    "logit-adjustment": 2,
    climb: 2,
    creff: 2,
    redgrape: 1,
  },
};

/** The methods that are tuned. */
export const tunedIds = methodIds.filter(isTuned);

const idOf = (method: MethodId, setting: number, rate = COMMON_RATE) =>
  rate === COMMON_RATE ? `${method}/${setting}` : `${method}/${setting}-rate-${rate}`;

type Pictures = Pick<FederationSettings, "set">;

/** All rates of a method, the common one first. */
export const ratesOf = (method: MethodId, { set }: Pictures): number[] => [
  COMMON_RATE,
  ...RATES,
  ...[furtherRates[set]?.[method] ?? []].flat(),
];

const variantOf = (
  method: MethodId,
  set: ImageSet,
  setting: number,
  rate?: number,
): TuningVariant => {
  const own = { ...gridOf(method, set)[setting]!, ...(rate !== undefined && { lr: rate }) };
  return { id: idOf(method, setting, rate), name: `${method} ${JSON.stringify(own)}`, method, own };
};

/** Every setting of each method's grid at the common rate, then the other rates at the setting that was chosen. */
const variantsOf = ({ set }: Pictures): TuningVariant[] =>
  tunedIds.flatMap((method) => {
    const best = bestSettings[set]?.[method];
    const rates = best === undefined ? [] : ratesOf(method, { set }).slice(1);
    return [
      ...gridOf(method, set).map((_, i) => variantOf(method, set, i)),
      ...rates.map((rate) => variantOf(method, set, best!, rate)),
    ];
  });

const accuracy = measure("validation accuracy", (score: Score) => score.accuracy);

type TuningRuns = Pick<StudyRuns<FederationSettings, Score>, "runs" | "settings">;

/** Mean validation accuracy over seeds; undefined where a setting was not run. */
export function meanAccuracy(runs: TuningRuns, variant: string): number | undefined {
  const scores = resultsOf(runs, variant);
  if (scores.length === 0) return undefined;
  return scores.reduce((sum, score) => sum + score.accuracy, 0) / scores.length;
}

/** The first of the best. */
const placeOfBest = (values: readonly (number | undefined)[]): number =>
  values.indexOf(Math.max(...values.filter((value) => value !== undefined)));

/** Of a method's grid, at the common rate: a tie goes to the published setting, which stands first. */
export const bestSetting = (runs: TuningRuns, method: MethodId): number =>
  placeOfBest(gridOf(method, runs.settings.set).map((_, i) => meanAccuracy(runs, idOf(method, i))));

/** Of the clients' rates at a method's best setting: a tie goes to the common rate, which stands first. */
export function bestRate(runs: TuningRuns, method: MethodId): number {
  const setting = bestSetting(runs, method);
  const rates = ratesOf(method, runs.settings);
  return rates[placeOfBest(rates.map((rate) => meanAccuracy(runs, idOf(method, setting, rate))))]!;
}

/**
 * The best setting of each method at the common clients' rate, with the best rate at that setting, by mean validation
 * accuracy; the rate is left out where it is the common one.
 */
export const chooseSettings = (runs: TuningRuns): Partial<Record<MethodId, MethodSettings>> =>
  Object.fromEntries(
    tunedIds.map((method) => {
      const rate = bestRate(runs, method);
      const own = gridOf(method, runs.settings.set)[bestSetting(runs, method)]!;
      return [method, { ...own, ...(rate !== COMMON_RATE && { lr: rate }) }];
    }),
  );

/** Tries the settings of every method on rows and seeds that the comparison does not use. */
export const redgrapeTuning = study({
  name: "redgrape-tuning",
  title: "Settings of the methods, tried on validation rows",
  version: 2,
  module: studyModule("redgrape"),
  exportName: "redgrapeTuning",
  settings: tuningSettings("fashion-mnist") as FederationSettings,
  variants: variantsOf,
  async *run({ method, own }: TuningVariant, seed, { settings, signal, threads }) {
    limitThreads(threads);
    return yield* scoreMethod({ method, own }, seed, settings, signal);
  },
  parse: (score) => scoreSchema.parse(score),
  claims: ({ set }) =>
    tunedIds.flatMap((method) =>
      gridOf(method, set)
        .slice(1)
        .map((_, i) => ({
          lower: accuracy(idOf(method, 0)),
          higher: accuracy(idOf(method, i + 1)),
          paper: "published setting first",
        })),
    ),
});
