import { FedError } from "../../errors";
import type { FitUpdate } from "../runtime/task";
import { countElements, flatten, unflatten } from "../tensors/flat-tensors";
import {
  checkSameLayout,
  type NamedTensors,
  type ReadonlyTensors,
  type TensorGroups,
} from "../tensors/named-tensors";
import { addScaled, subtract, weightedSum } from "../tensors/tensor-math";
import { dequantise, type Quantisation, quantise } from "./quantise";

/** Names and shapes of groups, as plain JSON. */
export type GroupShapes = Record<string, Record<string, readonly number[]>>;

/** Shapes of all tensors of all groups. */
export function shapesOf(groups: TensorGroups): GroupShapes {
  return Object.fromEntries(
    [...groups].map(([group, tensors]) => [
      group,
      Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape])),
    ]),
  );
}

/** Zeros of those shapes. */
export function zeroGroups(shapes: GroupShapes): Map<string, NamedTensors> {
  const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
  return new Map(
    Object.entries(shapes).map(([group, tensors]) => [
      group,
      new Map(
        Object.entries(tensors).map(([name, shape]) => [
          name,
          { shape, data: new Float32Array(size(shape)) },
        ]),
      ),
    ]),
  );
}

/** The layout of the sum: the sample count, the weighted change of the model, then per group an indicator and its tensors. */
export interface SumLayout {
  readonly params: ReadonlyTensors;
  readonly groups: TensorGroups;
  /** Weights are n_k/maxSamples; 0: every client has the weight 1 and the count 1. */
  readonly maxSamples: number;
  readonly quantisation: Quantisation;
}

/** Number of whole numbers per client. */
export function layoutLength({ params, groups }: SumLayout): number {
  let length = 1 + countElements(params);
  for (const tensors of groups.values()) length += 1 + countElements(tensors);
  return length;
}

/**
 * One client's update as whole numbers below 2^32.
 * @throws {FedError} `ERR_SECURE` for more samples than `maxSamples`, `ERR_SHAPE`, `ERR_NOT_FINITE`
 */
export function encodeSum(
  update: FitUpdate,
  layout: SumLayout,
): { numbers: Uint32Array; saturated: number } {
  const { params, groups, maxSamples, quantisation } = layout;
  checkSameLayout("secure aggregation", update.params, params);
  const { numSamples } = update;
  if (
    maxSamples > 0 &&
    !(Number.isSafeInteger(numSamples) && numSamples >= 1 && numSamples <= maxSamples)
  )
    throw new FedError(
      "ERR_SECURE",
      `fedlt/secure: numSamples must be an integer from 1 to maxSamples ${maxSamples}, got ${numSamples}`,
      {
        fields: { numSamples, maxSamples },
      },
    );
  const numbers = new Uint32Array(layoutLength(layout));
  numbers[0] = maxSamples > 0 ? numSamples : 1;
  const weight = maxSamples > 0 ? numSamples / maxSamples : 1;
  let saturated = quantise(
    flatten(subtract(update.params, params)),
    weight,
    quantisation,
    numbers,
    1,
  );
  let at = 1 + countElements(params);
  for (const [group, like] of groups) {
    const own = update.groups?.get(group);
    if (own) {
      checkSameLayout(`secure aggregation, group ${group}`, own, like);
      numbers[at] = 1;
      // The tensors of a group follow the layout's order of names, not the client's order.
      const ordered = new Map([...like.keys()].map((name) => [name, own.get(name)!]));
      saturated += quantise(flatten(ordered), 1, quantisation, numbers, at + 1);
    }
    at += 1 + countElements(like);
  }
  return { numbers, saturated };
}

/**
 * Checks that honest clients can have produced a sum: a sample count from `clients` to `clients`·maxSamples, indicators up to
 * `clients`, and every other number up to `levels` per client that it comes from. One masked word too many, or random bytes
 * for one, are found here with near certainty; a false update within the bounds is not.
 *
 * @throws {FedError} `ERR_SECURE`
 */
export function checkSum(
  sum: Uint32Array,
  clients: number,
  { params, groups, maxSamples, quantisation: { levels } }: SumLayout,
): void {
  const check = (name: string, from: number, length: number, min: number, max: number) => {
    for (let i = from; i < from + length; i++) {
      if (sum[i]! >= min && sum[i]! <= max) continue;
      throw new FedError(
        "ERR_SECURE",
        `fedlt/secure: the sum of ${clients} clients has ${sum[i]} as ${name}, honest clients give ${min} to ${max}; one of them sent false numbers`,
        { fields: { name, value: sum[i], min, max } },
      );
    }
  };
  check("sample count", 0, 1, clients, clients * Math.max(maxSamples, 1));
  const size = countElements(params);
  check("a change of the model", 1, size, 0, clients * levels);
  let at = 1 + size;
  for (const [group, like] of groups) {
    const length = countElements(like);
    check(`reports of ${group}`, at, 1, 0, clients);
    check(`an element of ${group}`, at + 1, length, 0, sum[at]! * levels);
    at += 1 + length;
  }
}

/** The weighted mean of models and the plain means of groups, from the sum over `clients`. */
export function decodeSum(
  sum: Uint32Array,
  clients: number,
  { params, groups, maxSamples, quantisation }: SumLayout,
): { params: NamedTensors; groups: Map<string, NamedTensors>; numSamples: number } {
  const numSamples = sum[0]!;
  const weights = maxSamples > 0 ? numSamples / maxSamples : clients;
  const part = (from: number, length: number, count: number, divisor: number) =>
    Float64Array.from(
      sum.subarray(from, from + length),
      (n) => dequantise(n, count, quantisation) / divisor,
    );
  let at = 1 + countElements(params);
  const change = unflatten(part(1, at - 1, clients, weights), params);
  const means = new Map<string, NamedTensors>();
  for (const [group, like] of groups) {
    const reports = sum[at]!;
    const length = countElements(like);
    if (reports > 0) means.set(group, unflatten(part(at + 1, length, reports, reports), like));
    at += 1 + length;
  }
  return {
    params: addScaled(weightedSum([{ weight: 1, tensors: params }]), change, 1),
    groups: means,
    numSamples,
  };
}
