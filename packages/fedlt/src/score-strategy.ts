import { having, optionsOf, refuseUnknown } from "./errors";
import { runFederation } from "./federation/runtime/federation";
import type { FederationResult } from "./federation/runtime/federation-types";
import { inProcessTransport } from "./federation/runtime/in-process";
import type { EvaluateModel, Strategy } from "./federation/runtime/strategy";
import type { Dataset } from "./longtail/data/dataset";
import { createClassifier } from "./longtail/local/create-classifier";
import { createTrainer } from "./longtail/local/create-trainer";
import type { Encoder } from "./longtail/local/encoder";
import { classifierTest } from "./longtail/local/predict";

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

/** Metrics by the names of the evaluation. */
interface Tested {
  readonly round: number;
  readonly metrics: Readonly<Record<string, number>>;
}

const average = (tested: readonly Tested[], name: string): number =>
  tested.reduce((sum, { metrics }) => sum + (metrics[name] ?? Number.NaN), 0) / tested.length;

/** A finished round, with its accuracy where the model was tested. */
export interface ScoreEvent {
  readonly type: "round-end";
  /** Counted from 1. */
  readonly round: number;
  readonly accuracy: number | undefined;
}

/** A client's id, so that ids sort as clients do. */
const idOf = (k: number) => String(k).padStart(4, "0");

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
  const {
    encoder,
    clients,
    test,
    rounds,
    seed,
    clientsPerRound,
    window = 5,
    testAfter = [10, 20, 50],
    signal,
    ...rest
  } = optionsOf("scoreStrategy", options);
  refuseUnknown("scoreStrategy", rest);
  having("scoreStrategy", "encoder", encoder, "encode", "width");
  const tested: Tested[] = [];
  const measure = classifierTest(encoder, test);
  // A test costs as much as a client's round.
  const evaluate: EvaluateModel = (params, { round }) =>
    round < rounds - window && !testAfter.includes(round + 1) ? {} : measure(params, { round });
  const transport = inProcessTransport({
    clients: clients.map((_, k) => idOf(k)),
    train: createTrainer({ encoder, data: (id) => clients[Number(id)]! }),
  });
  const initial = await createClassifier(encoder, { classes: test.classes, seed, twoHeads: true });
  const maxSamples = Math.max(...clients.map(({ labels }) => labels.length));
  const events = runFederation({
    transport,
    strategy,
    initial,
    rounds,
    seed,
    clientsPerRound,
    signal,
    evaluate,
    limits: { maxSamples },
  });
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
