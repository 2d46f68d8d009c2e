import type { Dataset } from "../data/dataset";
import { splitLongTail } from "../data/split-long-tail";
import type { Encoder } from "../local/encoder";
import type { LocalConfig } from "../local/local-config";
import { climb } from "../strategies/climb";
import { creff } from "../strategies/creff";
import { fedAvg, fedFocal, fedProx } from "../strategies/fed-avg";
import { fedAvgM } from "../strategies/fed-opt";
import { logitAdjustment } from "../strategies/logit-adjustment";
import { redGrape } from "../strategies/redgrape";
import type { Strategy } from "../strategies/strategy";
import { type ScoreOptions, type StrategyScore, scoreStrategy } from "./compare-strategies";

/** Local training of the quick bench: E 2, B 32, rate 0.05, momentum 0.9, clip 1. */
export const quickBenchLocal: LocalConfig = {
  lr: 0.05,
  momentum: 0.9,
  epochs: 2,
  batchSize: 32,
  clip: 1,
};

/**
 * The methods of the quick bench, by name.
 * @param priors the true class frequencies, for logit adjustment
 */
export function quickBenchStrategies(priors: readonly number[]): Record<string, Strategy> {
  const local = quickBenchLocal;
  return {
    FedAvg: fedAvg({ local }),
    "FedProx μ 0.1": fedProx({ local, mu: 0.1 }),
    "FedAvgM β 0.9": fedAvgM({ local, beta: 0.9 }),
    "Fed-Focal γ 2": fedFocal({ local, gamma: 2 }),
    "logit adjustment, true priors": logitAdjustment({ local, priors }),
    CLIMB: climb({ local }),
    // With the published rate of 0.1 the features hardly move in 100 steps: 71 % instead of 78 % on seed 0.
    CReFF: creff({
      local,
      distance: "one-vector",
      matchingLr: 1,
      headEpochs: 30,
      headLr: 0.1,
      headGradientDraws: null,
    }),
    RedGrape: redGrape({ local }),
    "RedGrape, no V": redGrape({ local, without: "supplementary" }),
    "RedGrape, real data only": redGrape({ local, without: "prototypes" }),
    "RedGrape, T = ∞": redGrape({ local, threshold: null }),
  };
}

/** Options of `quickBench`. */
export interface QuickBenchOptions extends Pick<ScoreOptions, "encoder" | "onRound" | "signal"> {
  readonly encoder: Encoder;
  /** All training rows; the split takes what it needs. */
  readonly train: Dataset;
  readonly test: Dataset;
  /** Draws data, partition, first weights and batches. */
  readonly seed: number;
  /** Default 2000 rows in the largest class. */
  readonly largest?: number;
  /** Default 100. */
  readonly ratio?: number;
  /** Default 10, all of them in every round. */
  readonly clients?: number;
  /** Default 100. */
  readonly rounds?: number;
  /** Names from `quickBenchStrategies`; default all. */
  readonly methods?: readonly string[];
}

/**
 * The quick bench on long-tailed Fashion-MNIST: prior-scaled partition with α 1, 10 clients, 100 rounds; the score is the mean
 * test accuracy of the last 5 rounds. Yields one score per method, in the order asked for.
 *
 * @throws {FedError} `ERR_RANGE` when a class has too few rows
 */
export async function* quickBench({
  encoder,
  train,
  test,
  seed,
  largest = 2000,
  ratio = 100,
  clients = 10,
  rounds = 100,
  methods,
  ...rest
}: QuickBenchOptions): AsyncGenerator<StrategyScore & { readonly method: string }, void> {
  const split = splitLongTail(train, { largest, ratio, clients, rounding: "floor", seed });
  const total = split.counts.reduce((sum, n) => sum + n, 0);
  const strategies = quickBenchStrategies(split.counts.map((n) => n / total));
  for (const method of methods ?? Object.keys(strategies)) {
    const score = await scoreStrategy(strategies[method]!, {
      encoder,
      clients: split.clients,
      test,
      rounds,
      seed,
      ...rest,
    });
    yield { ...score, method };
  }
}
