import type { OptionNames } from "@deepgrain/support";
import type { Dataset } from "../data/dataset";
import { knownOptions } from "../known-options";
import { createClassifier } from "../local/create-classifier";
import { createTrainer } from "../local/create-trainer";
import type { Encoder } from "../local/encoder";
import { evaluateClassifier } from "../local/predict";
import { runFederation } from "../runtime/federation";
import type { FederationOptions, FederationResult } from "../runtime/federation-types";
import { inProcessTransport } from "../runtime/in-process";
import type { EvaluateModel, Strategy } from "../strategies/strategy";

/** The scores of one strategy on one split. */
export interface StrategyScore {
  readonly strategy: string;
  readonly seed: number;
  /** Means over the last `window` rounds, in [0, 1]. */
  readonly accuracy: number;
  readonly head: number;
  readonly middle: number;
  readonly tail: number;
  readonly perClass: readonly number[];
  /** Scores of the sum of both heads, where there are two. */
  readonly accuracyOfSum: number | undefined;
  /** Accuracy after every tested round: [round, counted from 1, accuracy]. */
  readonly curve: readonly (readonly [round: number, accuracy: number])[];
  readonly bytesUp: number;
  readonly bytesDown: number;
}

/** Options of `scoreStrategy`. */
export interface ScoreOptions {
  readonly encoder: Encoder;
  /** Rows per client, from `splitLongTail`. */
  readonly clients: readonly Dataset[];
  /** A balanced test set. */
  readonly test: Dataset;
  readonly rounds: number;
  readonly seed: number;
  readonly clientsPerRound?: number | undefined;
  /** Number of last rounds whose mean is the score. Default 5. */
  readonly window?: number | undefined;
  /** Also tests after these rounds, counted from 1. Default 10, 20, 50. */
  readonly testAfter?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

const scoreOptionNames: OptionNames<ScoreOptions> = {
  encoder: true,
  clients: true,
  test: true,
  rounds: true,
  seed: true,
  clientsPerRound: true,
  window: true,
  testAfter: true,
  signal: true,
};

/** Metrics by the names of the evaluation. */
interface Tested {
  readonly round: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const average = (tested: readonly Tested[], name: string): number =>
  tested.reduce((sum, { metrics }) => sum + (metrics[name] ?? Number.NaN), 0) / tested.length;

/** Tests only in the requested rounds: a test costs as much as a client's round. */
function evaluator({
  encoder,
  test,
  rounds,
  window = 5,
  testAfter = [10, 20, 50],
}: ScoreOptions): EvaluateModel {
  return async (params, { round, use = "main" }) => {
    if (round < rounds - window && !testAfter.includes(round + 1)) return {};
    const { perClass, ...report } = await evaluateClassifier(encoder, params, test, { use });
    return { ...report, ...Object.fromEntries(perClass.map((value, c) => [`class-${c}`, value])) };
  };
}

/** A finished round, with its accuracy where the model was tested. */
export interface ScoreEvent {
  readonly type: "round-end";
  /** Counted from 1. */
  readonly round: number;
  readonly accuracy: number | undefined;
}

/** The federation that a score is taken from. */
async function federationOf(strategy: Strategy, options: ScoreOptions): Promise<FederationOptions> {
  const { encoder, clients, rounds, seed, clientsPerRound, test, signal } = options;
  const ids = clients.map((_, k) => String(k).padStart(4, "0"));
  const transport = inProcessTransport({
    clients: ids,
    train: createTrainer({ encoder, data: (id) => clients[Number(id)]! }),
  });
  return {
    transport,
    strategy,
    initial: await createClassifier(encoder, { classes: test.classes, seed, twoHeads: true }),
    rounds,
    seed,
    evaluate: evaluator(options),
    limits: { maxSamples: Math.max(...clients.map(({ labels }) => labels.length)) },
    ...(clientsPerRound && { clientsPerRound }),
    ...(signal && { signal }),
  };
}

/**
 * Runs one strategy from new weights on clients in this thread, and scores the mean of its last rounds. With equal seeds,
 * strategies start from the same weights and see the same clients and batches.
 *
 * @yields an event per round
 * @returns the score
 * @throws {FedError} any error of the federation
 */
export async function* scoreStrategy(
  strategy: Strategy,
  options: ScoreOptions,
): AsyncGenerator<ScoreEvent, StrategyScore> {
  knownOptions("scoreStrategy", options, scoreOptionNames);
  const { rounds, seed, test, window = 5 } = options;
  const tested: Tested[] = [];
  const events = runFederation(await federationOf(strategy, options));
  for (;;) {
    const { done, value } = await events.next();
    if (done) return scoreOf(value.counts);
    if (value.type !== "eval-end") continue;
    const { accuracy } = value.metrics;
    if (accuracy !== undefined) tested.push(value);
    yield { type: "round-end", round: value.round + 1, accuracy };
  }

  function scoreOf({ bytesUp, bytesDown }: FederationResult["counts"]): StrategyScore {
    const last = tested.filter(({ round }) => round >= rounds - window);
    const ofSum = average(last, "accuracy-of-sum");
    return {
      strategy: strategy.name,
      seed,
      accuracy: average(last, "accuracy"),
      head: average(last, "head"),
      middle: average(last, "middle"),
      tail: average(last, "tail"),
      perClass: Array.from({ length: test.classes }, (_, c) => average(last, `class-${c}`)),
      accuracyOfSum: Number.isNaN(ofSum) ? undefined : ofSum,
      curve: tested.map(({ round, metrics }) => [round + 1, metrics.accuracy!]),
      bytesUp,
      bytesDown,
    };
  }
}
