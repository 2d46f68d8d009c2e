/** @file Adjustments of the classifier of a finished model on the server. */

import { having, mapOf, optionsOf, refuseUnknown, whole } from "../../errors";
import { stream } from "../../federation/random/stream";
import {
  type NamedTensors,
  type ReadonlyTensors,
  tensorNamed,
} from "../../federation/tensors/named-tensors";
import { squaredNorm } from "../../federation/tensors/tensor-math";
import type { Dataset } from "../data/dataset";
import { encodeRows } from "../local/encode-rows";
import type { Encoder } from "../local/encoder";
import { headOf } from "../local/heads";
import { trainHead } from "./train-head";

/**
 * cRT, the oracle: retrains the head of a finished model on balanced rows, which a server does not have in practice. It
 * shows how much accuracy is lost in the classifier.
 *
 * @param balanced rows with equal numbers per class
 * @param options.epochs default 5
 * @param options.lr default 0.1
 * @param options.batchSize default 64
 * @returns a copy of the model with another head
 * @throws {FedError} `ERR_SHAPE` when the head is missing
 * @see Kang et al. 2020, section 4.1
 */
export async function retrainHead(
  encoder: Encoder,
  params: ReadonlyTensors,
  balanced: Dataset,
  options: {
    name?: string | undefined;
    epochs?: number | undefined;
    lr?: number | undefined;
    batchSize?: number | undefined;
    seed?: number | undefined;
    signal?: AbortSignal | undefined;
  } = {},
): Promise<NamedTensors> {
  const {
    name = "fc",
    epochs = 5,
    lr = 0.1,
    batchSize = 64,
    seed = 0,
    signal,
    ...rest
  } = optionsOf("retrainHead", options);
  refuseUnknown("retrainHead", rest);
  having("retrainHead", "encoder", encoder, "encode", "width");
  mapOf("retrainHead", "params", params);
  having("retrainHead", "balanced", balanced, "inputs", "labels", "classes");
  whole("retrainHead", "seed", seed, { min: 0 });
  const { classes, weight, bias } = headOf(params, name, encoder.width);
  const features = await encodeRows(encoder, params, balanced, { signal });
  const random = stream(seed, "retrain-head");
  const head = await trainHead({ classes, weight, bias }, features, balanced.labels, {
    lr,
    epochs,
    batchSize,
    random,
    signal,
  });
  return new Map([
    ...params,
    [`${name}.weight`, { shape: [classes, encoder.width], data: head.weight }],
    [`${name}.bias`, { shape: [classes], data: head.bias }],
  ]);
}

/**
 * τ-normalisation as in RedGrape's repository: scales every class's row of the classifier to one norm, the root of the
 * mean squared row norm. Rows of zeros are not changed.
 *
 * @returns a copy of the model with another head
 * @throws {FedError} `ERR_SHAPE` when the head is missing
 * @see Kang et al. 2020, section 4.3
 */
export function normaliseRows(
  params: ReadonlyTensors,
  options: { name?: string } = {},
): NamedTensors {
  const { name = "fc", ...rest } = optionsOf("normaliseRows", options);
  refuseUnknown("normaliseRows", rest);
  mapOf("normaliseRows", "params", params);
  const { shape, data } = tensorNamed("normaliseRows", params, `${name}.weight`);
  const width = shape[1] ?? 1;
  const rows = data.length / width;
  const common = Math.sqrt(squaredNorm(data) / rows);
  const scaled = data.slice();
  for (let at = 0; at < data.length; at += width) {
    const norm = Math.sqrt(squaredNorm(data.subarray(at, at + width)));
    if (norm > 0) for (let i = at; i < at + width; i++) scaled[i]! *= common / norm;
  }
  return new Map([...params, [`${name}.weight`, { shape, data: scaled }]]);
}
