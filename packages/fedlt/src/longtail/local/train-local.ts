import { takeTurn } from "@deepgrain/support";
import type { Random } from "../../federation/random/stream";
import {
  cloneTensors,
  type NamedTensors,
  type ReadonlyTensors,
} from "../../federation/tensors/named-tensors";
import { weightedSum } from "../../federation/tensors/tensor-math";
import { type Dataset, selectRows } from "../data/dataset";
import { classLoss } from "../losses/class-loss";
import type { HeadGradient } from "./class-gradients";
import type { Encoder, LocalOutcome } from "./encoder";
import { type HeadNames, headOf, sumOfHeads } from "./heads";
import type { CompleteLocalConfig } from "./local-config";
import { columnSums, times, timesTransposed, transposedTimes } from "./matrix";
import { clipFactor, sgdStep } from "./sgd";

/** A step of the main head that a strategy takes after each step of SGD. */
export interface ExtraStep {
  /** Takes gradients that were not cleared into its own, so that SGD does not. */
  readonly takesLeftovers: boolean;
  /**
   * Called before each step of SGD.
   * @param left gradients that were not cleared
   * @returns the step to take after SGD's, given SGD's gradient of the main head before clipping; undefined for none
   */
  prepare(
    params: NamedTensors,
    left: ReadonlyTensors | undefined,
  ): Promise<((local: HeadGradient) => void) | undefined>;
}

/** The inputs of one round of local training. */
export interface LocalTraining {
  readonly encoder: Encoder;
  /** The weights to begin with, where they are not the received ones. */
  readonly start?: ReadonlyTensors | undefined;
  readonly heads: HeadNames;
  readonly data: Dataset;
  /** Row indices of each mini-batch of an epoch. */
  readonly batches: (epoch: number) => readonly (readonly number[])[];
  readonly config: CompleteLocalConfig;
  readonly twoHeads: boolean;
  readonly extra?: ExtraStep | undefined;
  /** SCAFFOLD's c − c_k, added to every gradient. */
  readonly correction?: ReadonlyTensors | undefined;
  /**
   * A further loss of a batch's features, shape [rows, width], such as MOON's: its mean, its gradient and its weight.
   * @param rows indices of the batch's rows in `data`
   */
  readonly onFeatures?:
    | ((
        features: Float32Array,
        rows: readonly number[],
      ) => { loss: number; gradient: Float32Array; weight: number })
    | undefined;
  /** Never clears gradients between batches, as the released two-head trainer does. Default false. */
  readonly keepGradients?: boolean | undefined;
  /** For dropout. */
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** Loss and gradients of all weights for one batch; running statistics are written to `params`. */
async function lossGradients(
  params: NamedTensors,
  indices: readonly number[],
  training: LocalTraining,
) {
  const { encoder, heads, config, twoHeads, random } = training;
  const batch = selectRows(training.data, indices);
  const rows = batch.labels.length;
  const main = headOf(params, heads.main, encoder.width);
  const head = twoHeads
    ? sumOfHeads(main, headOf(params, heads.supplementary, encoder.width))
    : main;
  const pass = await encoder.forward(params, batch.inputs, rows, random);
  const logits = timesTransposed(pass.features, head.weight, encoder.width, head.bias);
  const { loss, gradient } = classLoss(logits, batch.labels, config.loss);
  const further = training.onFeatures?.(pass.features, indices);
  const above = times(gradient, head.weight, head.classes);
  if (further) addTo(above, further.gradient, further.weight);
  const gradients = await pass.backward(above);
  const weight = transposedTimes(gradient, pass.features, rows);
  const bias = columnSums(gradient, rows);
  // The sum of logits has the same gradient in both heads: ∂L/∂W = ∂L/∂V.
  for (const name of twoHeads ? [heads.main, heads.supplementary] : [heads.main]) {
    gradients.set(`${name}.weight`, { shape: [head.classes, encoder.width], data: weight.slice() });
    gradients.set(`${name}.bias`, { shape: [head.classes], data: bias.slice() });
  }
  for (const [name, tensor] of pass.buffers ?? []) params.set(name, tensor);
  return { loss: loss + (further ? further.weight * further.loss : 0), gradients };
}

/** Adds μ(θ − θ_global) and the correction to the gradients, in place. */
function addTerms(
  gradients: NamedTensors,
  params: ReadonlyTensors,
  received: ReadonlyTensors,
  mu: number,
  correction: ReadonlyTensors | undefined,
): void {
  if (mu === 0 && !correction) return;
  for (const [name, { data }] of gradients) {
    const now = params.get(name)!.data;
    const before = received.get(name)!.data;
    const shift = correction?.get(name)?.data;
    for (let i = 0; i < data.length; i++)
      data[i]! += mu * (now[i]! - before[i]!) + (shift ? shift[i]! : 0);
  }
}

/** target := target + scale·change, in place. */
export function addTo(target: Float32Array, change: Float32Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * change[i]!;
}

/** Whether training uses only the cross-entropy of one head. */
const isPlain = ({
  start,
  config,
  twoHeads,
  extra,
  correction,
  onFeatures,
  keepGradients,
}: LocalTraining): boolean =>
  config.loss.name === "cross-entropy" &&
  !start &&
  config.mu === 0 &&
  !twoHeads &&
  !extra &&
  !correction &&
  !onFeatures &&
  !keepGradients;

/**
 * Trains a copy of the received model on a client's rows: SGD with momentum and clipped gradients, optionally with
 * FedProx's proximal term, SCAFFOLD's correction, a loss of the features and a strategy's extra step.
 *
 * @param received the global model; it is not changed
 * @throws the signal's reason when the signal is aborted
 * @see Li et al. 2020 (FedProx); Karimireddy et al. 2020 (SCAFFOLD)
 */
export async function trainLocal(
  received: ReadonlyTensors,
  training: LocalTraining,
): Promise<LocalOutcome> {
  const { config, heads, extra, encoder } = training;
  const fast = isPlain(training)
    ? await encoder.trainPlain?.(received, { ...config, ...training, head: heads.main })
    : undefined;
  if (fast) return fast;
  const params = cloneTensors(training.start ?? received);
  const velocity: NamedTensors = new Map();
  let left: NamedTensors | undefined; // gradients that were not cleared, with compat.keepGradients
  let steps = 0;
  let loss = Number.NaN;
  for (let epoch = 0; epoch < config.epochs; epoch++) {
    let sum = 0;
    const batches = training.batches(epoch);
    for (const rows of batches) {
      await takeTurn();
      training.signal?.throwIfAborted();
      const { loss: batchLoss, gradients } = await lossGradients(params, rows, training);
      addTerms(gradients, params, received, config.mu, training.correction);
      if (left && !extra?.takesLeftovers)
        for (const [name, { data: g }] of gradients) addTo(g, left.get(name)!.data, 1);
      const local = {
        weight: gradients.get(`${heads.main}.weight`)!.data,
        bias: gradients.get(`${heads.main}.bias`)!.data,
      };
      const scale = clipFactor(gradients, config.clip);
      const takeExtraStep = await extra?.prepare(params, left);
      sgdStep(params, gradients, velocity, { lr: config.lr, momentum: config.momentum, scale });
      takeExtraStep?.(local);
      if (training.keepGradients) left = weightedSum([{ weight: scale, tensors: gradients }]);
      sum += batchLoss;
      steps++;
    }
    loss = sum / batches.length;
  }
  return { params, steps, loss };
}
