import { listOf, optionsOf, refuseUnknown, whole } from "../../errors";
import {
  type NamedTensors,
  type ReadonlyTensors,
  tensorNamed,
} from "../../federation/tensors/named-tensors";
import type { Encoder, EncoderPass } from "./encoder";
import { columnSums, times, timesTransposed, transposedTimes } from "./matrix";

/** Options of `mlpEncoder`. */
export interface MlpEncoderOptions {
  /** Applied after every layer. Default `"relu"`. */
  activation?: "relu" | "tanh" | undefined;
  /** Names are `<prefix>.<layer>.weight` and `.bias`. Default `"enc"`. */
  prefix?: string | undefined;
}

const activations = {
  relu: { value: (x: number) => Math.max(x, 0), slope: (y: number) => (y > 0 ? 1 : 0) },
  tanh: { value: Math.tanh, slope: (y: number) => 1 - y * y },
};

/**
 * A multi-layer perceptron in plain loops, without dependencies, for tests, small models and small tabular data. Layers
 * compute activation(x·Wᵀ + b); initial weights are uniform in ±1/√(inputs of the layer).
 *
 * @param widths inputs of the first layer, then outputs of each layer, for example [196, 128, 64]
 * @throws {FedError} `ERR_RANGE` for widths below 1
 */
export function mlpEncoder(widths: readonly number[], options: MlpEncoderOptions = {}): Encoder {
  const { activation = "relu", prefix = "enc", ...rest } = optionsOf("mlpEncoder", options);
  refuseUnknown("mlpEncoder", rest);
  listOf("mlpEncoder", "widths", widths);
  whole("mlpEncoder", "number of widths", widths.length, { min: 2 });
  for (const width of widths) whole("mlpEncoder", "width", width, { min: 1 });
  const layers = widths.slice(1).map((outputs, i) => ({
    inputs: widths[i]!,
    outputs,
    weight: `${prefix}.${i}.weight`,
    bias: `${prefix}.${i}.bias`,
  }));
  const { value, slope } = activations[activation];

  /** The inputs of each layer, then the features. */
  function run(params: ReadonlyTensors, inputs: Float32Array): Float32Array[] {
    const values = [inputs];
    for (const layer of layers) {
      const weight = tensorNamed("mlpEncoder", params, layer.weight).data;
      const bias = tensorNamed("mlpEncoder", params, layer.bias).data;
      const out = timesTransposed(values.at(-1)!, weight, layer.inputs, bias);
      for (let i = 0; i < out.length; i++) out[i] = value(out[i]!);
      values.push(out);
    }
    return values;
  }

  function backward(
    params: ReadonlyTensors,
    values: Float32Array[],
    gradient: Float32Array,
    rows: number,
  ) {
    const gradients: NamedTensors = new Map();
    let above = gradient;
    for (let i = layers.length - 1; i >= 0; i--) {
      const { inputs, outputs, weight, bias } = layers[i]!;
      const out = values[i + 1]!;
      const inner = above.map((g, j) => g * slope(out[j]!));
      gradients.set(weight, {
        shape: [outputs, inputs],
        data: transposedTimes(inner, values[i]!, rows),
      });
      gradients.set(bias, { shape: [outputs], data: columnSums(inner, rows) });
      if (i > 0) above = times(inner, params.get(weight)!.data, outputs);
    }
    return gradients;
  }

  return {
    inputWidth: widths[0]!,
    width: widths.at(-1)!,
    initialize: (random) => {
      const params: NamedTensors = new Map();
      for (const { inputs, outputs, weight, bias } of layers) {
        const draw = (count: number) =>
          Float32Array.from({ length: count }, () => (2 * random() - 1) / Math.sqrt(inputs));
        params.set(weight, { shape: [outputs, inputs], data: draw(outputs * inputs) });
        params.set(bias, { shape: [outputs], data: draw(outputs) });
      }
      return params;
    },
    encode: (params, inputs) => run(params, inputs).at(-1)!,
    forward: (params, inputs, rows): EncoderPass => {
      const values = run(params, inputs);
      return {
        features: values.at(-1)!,
        backward: (gradient) => backward(params, values, gradient, rows),
      };
    },
  };
}
