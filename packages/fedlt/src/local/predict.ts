import type { OptionNames } from "@deepgrain/support";
import type { Dataset } from "../data/dataset";
import { knownOptions } from "../known-options";
import { type AccuracyReport, accuracyReport, type TailBounds } from "../metrics/accuracy";
import type { ReadonlyTensors } from "../tensors/named-tensors";
import { encodeRows } from "./encode-rows";
import type { Encoder } from "./encoder";
import { defaultHeads, type HeadNames, headOf, sumOfHeads } from "./heads";
import { timesTransposed } from "./matrix";

/** The head used for prediction: the main one, or for diagnosis the sum of both. */
export interface PredictOptions {
  readonly heads?: HeadNames | undefined;
  /** Default `"main"`. */
  readonly use?: "main" | "sum" | undefined;
}

const predictOptionNames: OptionNames<PredictOptions> = {
  heads: true,
  use: true,
};

/** The class of the largest logit for each row; ties go to the lower class. */
export async function predict(
  encoder: Encoder,
  params: ReadonlyTensors,
  data: Dataset,
  options: PredictOptions = {},
): Promise<Int32Array> {
  const { heads = defaultHeads, use = "main" } = knownOptions(
    "predict",
    options,
    predictOptionNames,
  );
  const features = await encodeRows(encoder, params, data);
  const main = headOf(params, heads.main, encoder.width);
  const head =
    use === "main" ? main : sumOfHeads(main, headOf(params, heads.supplementary, encoder.width));
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
  const { bounds, ...options } = knownOptions("evaluateClassifier", given, {
    heads: true,
    use: true,
    bounds: true,
  });
  const predictions = await predict(encoder, params, data, options);
  return accuracyReport(predictions, data.labels, {
    classes: data.classes,
    ...(bounds && { bounds }),
  });
}
