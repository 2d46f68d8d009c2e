import { having, mapOf, optionsOf, refuseUnknown } from "../../errors";
import type { EvaluateModel } from "../../federation/runtime/strategy";
import type { ReadonlyTensors } from "../../federation/tensors/named-tensors";
import type { Dataset } from "../data/dataset";
import { type AccuracyReport, accuracyReport, type TailBounds } from "../metrics/accuracy";
import { encodeRows } from "./encode-rows";
import type { Encoder } from "./encoder";
import { defaultHeads, type HeadNames, headOf } from "./heads";
import { timesTransposed } from "./matrix";

/** Options of `predict`. */
export interface PredictOptions {
  /** Default `fc` and `supplementary`; the main one predicts. */
  readonly heads?: HeadNames | undefined;
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined;
}

/** The class of the largest logit for each row; ties go to the lower class. */
export async function predict(
  encoder: Encoder,
  params: ReadonlyTensors,
  data: Dataset,
  options: PredictOptions = {},
): Promise<Int32Array> {
  const { heads = defaultHeads, signal, ...rest } = optionsOf("predict", options);
  refuseUnknown("predict", rest);
  const features = await encodeRows(encoder, params, data, { signal });
  const head = headOf(params, heads.main, encoder.width);
  const logits = timesTransposed(features, head.weight, encoder.width, head.bias);
  return Int32Array.from({ length: data.labels.length }, (_, row) => {
    let best = 0;
    for (let c = 1; c < head.classes; c++)
      if (logits[row * head.classes + c]! > logits[row * head.classes + best]!) best = c;
    return best;
  });
}

/** Accuracy of a model on labelled rows; see `accuracyReport`. */
export async function evaluateClassifier(
  encoder: Encoder,
  params: ReadonlyTensors,
  data: Dataset,
  given: PredictOptions & { readonly bounds?: TailBounds } = {},
): Promise<AccuracyReport> {
  const { heads, bounds, signal, ...rest } = optionsOf("evaluateClassifier", given);
  refuseUnknown("evaluateClassifier", rest);
  having("evaluateClassifier", "encoder", encoder, "encode", "width");
  mapOf("evaluateClassifier", "params", params);
  having("evaluateClassifier", "data", data, "inputs", "labels", "classes");
  const predictions = await predict(encoder, params, data, { heads, signal });
  return accuracyReport(predictions, data.labels, {
    classes: data.classes,
    bounds,
  });
}

/**
 * A test of a model for `runFederation`: the report of `evaluateClassifier` as metrics, the share of each class c that is
 * right as `class-c`.
 */
export function classifierTest(encoder: Encoder, data: Dataset): EvaluateModel {
  having("classifierTest", "encoder", encoder, "encode", "width");
  having("classifierTest", "data", data, "inputs", "labels", "classes");
  return async (params) => {
    const { perClass, ...report } = await evaluateClassifier(encoder, params, data);
    return { ...report, ...Object.fromEntries(perClass.map((share, c) => [`class-${c}`, share])) };
  };
}
