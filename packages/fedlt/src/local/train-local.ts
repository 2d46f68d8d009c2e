import { type Dataset, selectRows } from "../data/dataset";
import { classLoss } from "../losses/class-loss";
import type { Random } from "../random/stream";
import { cloneTensors, type NamedTensors, type ReadonlyTensors } from "../tensors/named-tensors";
import { weightedSum } from "../tensors/tensor-math";
import { balancedGradient, matchNorm } from "./balanced-gradient";
import { type HeadGradient, headGradient } from "./class-gradients";
import type { Encoder, LocalOutcome } from "./encoder";
import { type HeadNames, headOf, sumOfHeads } from "./heads";
import type { CompleteLocalConfig, RedGrapeCompat } from "./local-config";
import { columnSums, times, timesTransposed, transposedTimes } from "./matrix";
import { clipFactor, sgdStep } from "./sgd";

/** The balanced step of a round. */
export interface BalancedStep {
  readonly lambda: number;
  /** |S_k|. */
  readonly ownClasses: number;
  /** The balanced batch: T rows of each of these classes. */
  readonly batch?: Dataset | undefined;
  /** Mean prototype of the missing classes. */
  readonly missing?: HeadGradient | undefined;
  readonly compat: RedGrapeCompat;
}

/** The inputs of one round of local training. */
export interface LocalTraining {
  readonly encoder: Encoder;
  readonly heads: HeadNames;
  readonly data: Dataset;
  /** Row indices of each mini-batch of an epoch. */
  readonly batches: (epoch: number) => readonly (readonly number[])[];
  readonly config: CompleteLocalConfig;
  readonly twoHeads: boolean;
  readonly balanced?: BalancedStep | undefined;
  /** SCAFFOLD's c − c_k, added to every gradient. */
  readonly correction?: ReadonlyTensors | undefined;
  /** Never clears gradients between batches, as the released two-head trainer does. Default false. */
  readonly keepGradients?: boolean | undefined;
  /** For dropout. */
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** Loss and gradients of all weights for one batch; running statistics are written to `params`. */
async function lossGradients(params: NamedTensors, batch: Dataset, training: LocalTraining) {
  const { encoder, heads, config, twoHeads, random } = training;
  const rows = batch.labels.length;
  const main = headOf(params, heads.main, encoder.width);
  const head = twoHeads
    ? sumOfHeads(main, headOf(params, heads.supplementary, encoder.width))
    : main;
  const pass = await encoder.forward(params, batch.inputs, rows, random);
  const logits = timesTransposed(pass.features, head.weight, encoder.width, head.bias);
  const { loss, gradient } = classLoss(logits, batch.labels, config.loss);
  const gradients = await pass.backward(times(gradient, head.weight, head.classes));
  const weight = transposedTimes(gradient, pass.features, rows);
  const bias = columnSums(gradient, rows);
  // The sum of logits has the same gradient in both heads: ∂L/∂W = ∂L/∂V.
  for (const name of twoHeads ? [heads.main, heads.supplementary] : [heads.main]) {
    gradients.set(`${name}.weight`, { shape: [head.classes, encoder.width], data: weight.slice() });
    gradients.set(`${name}.bias`, { shape: [head.classes], data: bias.slice() });
  }
  for (const [name, tensor] of pass.buffers ?? []) params.set(name, tensor);
  return { loss, gradients };
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

/** The balanced gradient at the current weights, before scaling. */
async function balancedNow(
  params: NamedTensors,
  training: LocalTraining,
  left: ReadonlyTensors | undefined,
): Promise<HeadGradient | undefined> {
  const { encoder, heads, balanced, random } = training;
  if (!balanced) return undefined;
  const { batch, missing, ownClasses, compat } = balanced;
  const head = headOf(params, heads.main, encoder.width);
  let real: HeadGradient | undefined;
  if (batch) {
    const rows = batch.labels.length;
    const pass = compat.balancedPassTrains
      ? await encoder.forward(params, batch.inputs, rows, random)
      : { features: await encoder.encode(params, batch.inputs, rows) };
    if ("buffers" in pass && pass.buffers)
      for (const [name, tensor] of pass.buffers) params.set(name, tensor);
    real = headGradient(pass.features, batch.labels, head);
    if (left)
      for (const part of ["weight", "bias"] as const)
        addTo(real[part], left.get(`${heads.main}.${part}`)!.data, 1);
  }
  return balancedGradient({ ownClasses, classes: head.classes, real, missing });
}

/** target := target + scale·change, in place. */
function addTo(target: Float32Array, change: Float32Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * change[i]!;
}

/** `W := W − η·λ·Bal·‖g‖/‖Bal‖`, for weight and bias separately, without clipping or momentum. */
function balancedStep(
  params: ReadonlyTensors,
  balanced: HeadGradient,
  local: { weight: Float32Array; bias: Float32Array },
  { heads, config, balanced: step }: LocalTraining,
): void {
  const options = step!.compat.bareNorms ? { epsilon: 0 } : {};
  for (const part of ["weight", "bias"] as const) {
    const scaled = matchNorm(balanced[part], local[part], options);
    if (scaled) addTo(params.get(`${heads.main}.${part}`)!.data, scaled, -config.lr * step!.lambda);
  }
}

/** Whether training uses only the cross-entropy of one head. */
const isPlain = ({
  config,
  twoHeads,
  balanced,
  correction,
  keepGradients,
}: LocalTraining): boolean =>
  config.loss.name === "cross-entropy" &&
  config.mu === 0 &&
  !twoHeads &&
  !balanced &&
  !correction &&
  !keepGradients;

/**
 * Trains a copy of the received model on a client's rows: SGD with momentum and clipped gradients, optionally with
 * FedProx's proximal term, SCAFFOLD's correction and RedGrape's balanced step.
 *
 * @param received the global model; it is not changed
 * @throws the signal's reason when the signal is aborted
 * @see RedGrape, algorithm 1; Li et al. 2020 (FedProx); Karimireddy et al. 2020 (SCAFFOLD)
 */
export async function trainLocal(
  received: ReadonlyTensors,
  training: LocalTraining,
): Promise<LocalOutcome> {
  const { config, data, heads, balanced, encoder } = training;
  const fast = isPlain(training)
    ? await encoder.trainPlain?.(received, { ...config, ...training, head: heads.main })
    : undefined;
  if (fast) return fast;
  const params = cloneTensors(received);
  const velocity: NamedTensors = new Map();
  let left: NamedTensors | undefined; // gradients that were not cleared, with compat.keepGradients
  let steps = 0;
  let loss = Number.NaN;
  for (let epoch = 0; epoch < config.epochs; epoch++) {
    let sum = 0;
    const batches = training.batches(epoch);
    for (const rows of batches) {
      training.signal?.throwIfAborted();
      const batch = selectRows(data, rows);
      const { loss: batchLoss, gradients } = await lossGradients(params, batch, training);
      addTerms(gradients, params, received, config.mu, training.correction);
      if (left && !balanced?.batch)
        for (const [name, { data: g }] of gradients) addTo(g, left.get(name)!.data, 1);
      const local = {
        weight: gradients.get(`${heads.main}.weight`)!.data,
        bias: gradients.get(`${heads.main}.bias`)!.data,
      };
      const scale = clipFactor(gradients, config.clip);
      const bal = await balancedNow(params, training, left);
      sgdStep(params, gradients, velocity, { lr: config.lr, momentum: config.momentum, scale });
      if (balanced && bal) balancedStep(params, bal, local, training);
      if (training.keepGradients) left = weightedSum([{ weight: scale, tensors: gradients }]);
      sum += batchLoss;
      steps++;
    }
    loss = sum / batches.length;
  }
  return { params, steps, loss };
}
