import { FedError, having, mapOf } from "../../errors";
import type { Random } from "../../federation/random/stream";
import {
  type NamedTensors,
  type ReadonlyTensors,
  tensorNamed,
} from "../../federation/tensors/named-tensors";

/** Names of the linear classifiers on top of the encoder; their tensors are `<name>.weight` [C, d] and `<name>.bias` [C]. */
export interface HeadNames {
  /** The classifier that predicts. */
  readonly main: string;
  /** RedGrape's second classifier, which is trained together with the first and not used for predictions. */
  readonly supplementary: string;
}

/** `fc` and `supplementary`. */
export const defaultHeads: HeadNames = { main: "fc", supplementary: "supplementary" };

/** A linear classifier: logits = h·weightᵀ + bias. */
export interface Head {
  /** Shape [C, d]. */
  readonly weight: Float32Array;
  /** Shape [C]. */
  readonly bias: Float32Array;
  readonly classes: number;
}

/**
 * The head with the given name. The number of classes is read from its shape.
 * @throws {FedError} `ERR_SHAPE` when it is missing or does not match the encoder's width
 */
export function headOf(params: ReadonlyTensors, name: string, width: number): Head {
  const weight = tensorNamed("headOf", params, `${name}.weight`);
  const bias = tensorNamed("headOf", params, `${name}.bias`);
  const [classes, inputs] = weight.shape;
  if (inputs !== width || bias.data.length !== classes)
    throw new FedError(
      "ERR_SHAPE",
      `fedlt/headOf: ${name}.weight must have shape [classes, ${width}], got [${weight.shape}]`,
      {
        fields: { name, shape: weight.shape, width },
      },
    );
  return { weight: weight.data, bias: bias.data, classes };
}

/** The head that computes the sum of both heads' logits. */
export function sumOfHeads(main: Head, supplementary: Head): Head {
  return {
    weight: main.weight.map((value, i) => value + supplementary.weight[i]!),
    bias: main.bias.map((value, i) => value + supplementary.bias[i]!),
    classes: main.classes,
  };
}

/** Initial weights of a head, uniform in ±1/√width. */
export function initialHead(
  name: string,
  classes: number,
  width: number,
  random: Random,
): NamedTensors {
  const draw = (count: number) =>
    Float32Array.from({ length: count }, () => (2 * random() - 1) / Math.sqrt(width));
  return new Map([
    [`${name}.weight`, { shape: [classes, width], data: draw(classes * width) }],
    [`${name}.bias`, { shape: [classes], data: draw(classes) }],
  ]);
}

/** The model without its supplementary head, for export and prediction. */
export function withoutSupplementary(
  params: ReadonlyTensors,
  heads: HeadNames = defaultHeads,
): NamedTensors {
  mapOf("withoutSupplementary", "params", params);
  const { supplementary } = having("withoutSupplementary", "heads", heads, "supplementary");
  return new Map([...params].filter(([name]) => !name.startsWith(`${supplementary}.`)));
}
