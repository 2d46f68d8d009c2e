import { takeTurn } from "@deepgrain/support";
import {
  backward,
  crossEntropy,
  keep,
  linear,
  optim,
  type Recording,
  recordStep,
  type Tensor,
  tensor,
  zeros,
} from "@deepgrain/tensor-gpu";
import {
  cloneTensors,
  type NamedTensors,
  type ReadonlyTensors,
} from "../../federation/tensors/named-tensors";
import type { LocalOutcome, PlainTraining } from "../local/encoder";
import { headOf } from "../local/heads";
import type { FeatureModule } from "./feature-module";

/** The parts of a module encoder that recorded training uses. */
interface RecordedOptions {
  readonly module: FeatureModule;
  readonly prefix: string;
  readonly inputShape: readonly number[];
  readonly width: number;
}

/** A recorded step for batches of one size. */
interface Step {
  readonly inputs: Tensor;
  readonly labels: Tensor;
  readonly staging: Float32Array;
  readonly recording: Recording<Tensor>;
}

/** Plain training by recorded steps: the kernels of a step are replayed without the JavaScript around them. */
export interface RecordedTraining {
  train(params: ReadonlyTensors, training: PlainTraining): Promise<LocalOutcome>;
  dispose(): void;
}

/** Copies rows into one contiguous array. */
function gather(
  into: Float32Array,
  from: Float32Array,
  rows: readonly number[],
  width: number,
): void {
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i]! * width;
    into.set(from.subarray(at, at + width), i * width);
  }
}

/** The parameters of the head on top of the module. */
interface RecordedHead {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** Records one step for batches of `rows`; remaining gradients are disposed first. */
function recordFor(
  rows: number,
  { weight, bias }: RecordedHead,
  { module, inputShape }: RecordedOptions,
): Step {
  const inputs = keep(zeros([rows, ...inputShape]));
  const labels = keep(tensor(new Int32Array(rows)));
  for (const parameter of [...module.parameters(), weight, bias]) {
    parameter.grad?.dispose();
    parameter.grad = null;
  }
  // Recording runs the step once; this batch of zeros must not change the running statistics.
  const statistics = [...module.namedTensors()]
    .filter(([, { requiresGrad }]) => !requiresGrad)
    .map(([, statistic]) => ({ statistic, data: statistic.dataSync() }));
  const recording = recordStep(() => {
    const loss = crossEntropy(linear(module.forward(inputs), weight, bias), labels);
    backward(loss);
    return loss;
  });
  for (const { statistic, data } of statistics) statistic.set(data);
  const width = inputShape.reduce((product, n) => product * n, 1);
  return { inputs, labels, staging: new Float32Array(rows * width), recording };
}

/** Copies weights into the module and its head. */
function load(
  params: ReadonlyTensors,
  head: string,
  { weight, bias }: RecordedHead,
  { module, prefix, width }: RecordedOptions,
): void {
  for (const [name, target] of module.namedTensors())
    target.set(params.get(`${prefix}.${name}`)!.data);
  const own = headOf(params, head, width);
  weight.set(own.weight);
  bias.set(own.bias);
}

/** The received weights with those of the module and its head replaced. */
function unload(
  params: ReadonlyTensors,
  head: string,
  { weight, bias }: RecordedHead,
  { module, prefix }: RecordedOptions,
): NamedTensors {
  const result = cloneTensors(params);
  const read = (name: string, source: Tensor) =>
    result.set(name, { shape: [...source.shape], data: source.dataSync() as Float32Array });
  for (const [name, source] of module.namedTensors()) read(`${prefix}.${name}`, source);
  read(`${head}.weight`, weight);
  read(`${head}.bias`, bias);
  return result;
}

/**
 * Records steps of `module` with a head of `classes` on top. The module must not use random numbers in training.
 */
export function createRecordedTraining(
  classes: number,
  options: RecordedOptions,
): RecordedTraining {
  const { module, width } = options;
  const top = {
    weight: zeros([classes, width]).requireGrad(),
    bias: zeros([classes]).requireGrad(),
  };
  const steps = new Map<number, Step>();
  const stepFor = (rows: number): Step => {
    const step = steps.get(rows) ?? recordFor(rows, top, options);
    steps.set(rows, step);
    return step;
  };

  return {
    train: async (params, { head, data, batches, lr, momentum, epochs, clip, signal }) => {
      load(params, head, top, options);
      module.train();
      const parameters = [...module.parameters(), top.weight, top.bias];
      const optimizer = new optim.SGD(parameters, { lr, momentum });
      let count = 0;
      let loss = Number.NaN;
      try {
        for (let epoch = 0; epoch < epochs; epoch++) {
          const parts = batches(epoch);
          let sum = 0;
          for (const rows of parts) {
            await takeTurn();
            signal?.throwIfAborted();
            const { inputs, labels, staging, recording } = stepFor(rows.length);
            gather(staging, data.inputs, rows, data.width);
            inputs.set(staging);
            labels.set(rows.map((row) => data.labels[row]!));
            recording.replay();
            optimizer.step(clip === null ? {} : { maxGradNorm: clip })?.dispose();
            if (epoch === epochs - 1) sum += recording.result.itemSync();
            count++;
          }
          loss = sum / parts.length;
        }
        return { params: unload(params, head, top, options), steps: count, loss };
      } finally {
        optimizer.dispose();
      }
    },
    dispose: () => {
      for (const { inputs, labels, recording } of steps.values()) {
        recording.dispose();
        inputs.dispose();
        labels.dispose();
      }
      top.weight.dispose();
      top.bias.dispose();
    },
  };
}
