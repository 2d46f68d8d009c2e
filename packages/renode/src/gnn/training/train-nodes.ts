import { takeTurn } from "@deepgrain/support";
import type { NodeData } from "../data/node-data";
import type { GraphModel } from "../models/graph-model";
import { logitsOf, predictedClasses, scoresOn } from "./evaluate";
import { learningRate, marginsFor, trainEpoch } from "./train-epoch";
import type { TrainEvent } from "./train-events";
import { type TrainOptions, trainSettings } from "./train-options";
import { startRun, type TrainingRun } from "./training-run";

/** The epoch with the best validation score so far. */
interface Best {
  readonly epoch: number;
  readonly f1: number;
  readonly predictions: Int32Array;
  readonly weights: readonly (Float32Array | Int32Array)[];
}

async function* epochs(run: TrainingRun): AsyncGenerator<TrainEvent> {
  const { data, split, options, model, batch } = run;
  const { maxEpochs, patience, minEpochs } = options;
  let best: Best | undefined;
  let logits: Float32Array | null = null;
  let epoch = 0;
  while (epoch < maxEpochs) {
    epoch++;
    await takeTurn();
    options.signal?.throwIfAborted();
    const lr = learningRate(epoch, options);
    const loss = await trainEpoch(run, lr, marginsFor(run, epoch, logits));
    logits = await logitsOf(model, batch);
    const predictions = predictedClasses(logits, data.classNames.length);
    const validation = scoresOn(predictions, data, split.validation);
    yield { type: "epoch-end", epoch, loss, lr, validation };
    if (!best || validation === null || validation.weightedF1 > best.f1) {
      const weights = await Promise.all(model.parameters().map((parameter) => parameter.data()));
      best = { epoch, f1: validation?.weightedF1 ?? 0, predictions, weights };
    }
    if (epoch > minEpochs && epoch - best.epoch >= patience) break;
  }
  const { predictions, weights, epoch: bestEpoch } = best!;
  for (const [i, parameter] of model.parameters().entries()) parameter.set(weights[i]!);
  yield {
    type: "train-end",
    epochs: epoch,
    bestEpoch,
    validation: scoresOn(predictions, data, split.validation),
    test: scoresOn(predictions, data, split.test),
    predictions,
    model: model.eval() as GraphModel,
  };
}

/**
 * Trains a graph network on a split, with any loss, with or without ReNode's weights, and ends with the scores of the epoch
 * with the best validation score. The defaults are ReNode's recipe. Runs on the current backend.
 *
 * loss = (1/L)·Σ w_v·loss_v over the training nodes
 *
 * @returns an event per epoch, then `train-end`
 * @throws {RenodeError} `ERR_ARGUMENT`, `ERR_LABEL`, `ERR_SHAPE`, `ERR_RANGE`
 * @see Chen et al. 2021, sections 3.3 and 4.1
 */
export async function* trainNodes(
  data: NodeData,
  options: TrainOptions,
): AsyncGenerator<TrainEvent> {
  const run = startRun(data, trainSettings(options));
  let isFinished = false;
  try {
    for await (const event of epochs(run)) {
      isFinished ||= event.type === "train-end";
      yield event;
    }
  } finally {
    run.replayed?.dispose();
    run.batch.dispose();
    run.optimizer.dispose();
    if (!isFinished) run.model.dispose();
  }
}
