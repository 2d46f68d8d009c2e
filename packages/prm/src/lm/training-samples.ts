import { iterableOf, oneOf, optionsOf, refuseUnknown, whole } from "../errors";

import type { TrainingRow } from "../models/training-row";
import { type Encode, type EncodedSteps, encodeSteps, type StepForm } from "./step-encoding";

/** Options of {@link trainingSamples}. */
export interface TrainingSamplesOptions {
  readonly encode: Encode;
  readonly form?: StepForm | undefined;
  /**
   * `process` (default): every labelled step counts. `outcome`: only the last step's label, as an outcome reward model
   * needs it; make it the verdict on the answer.
   */
  readonly target?: "process" | "outcome" | undefined;
  /** Maximum number of tokens: steps beyond it are cut off. Default: no limit. */
  readonly maxLength?: number | undefined;
}

/** Samples, and the number of rows that gave none. */
export interface TrainingSamples {
  readonly samples: readonly EncodedSteps[];
  /** Number of rows without a remaining labelled step. */
  readonly dropped: number;
}

/** The sample up to its last step within the limit. */
function cut({ ids, start, places, labels }: EncodedSteps, maxLength: number): EncodedSteps {
  const kept = places.filter((place) => place < maxLength).length;
  const end = kept === 0 ? 0 : places[kept - 1]! + 1;
  return {
    ids: ids.slice(0, end),
    start,
    places: places.slice(0, kept),
    labels: labels.slice(0, kept),
  };
}

/**
 * Labelled solutions as training samples. A row that is too long loses its last steps; one without any labelled step left
 * is dropped and counted.
 *
 * @throws {PrmError} as `encodeSteps`; `ERR_RANGE` for a length below 1
 * @see Wang et al. 2024 (Math-Shepherd), section 3.2
 */
export function trainingSamples(
  rows: Iterable<TrainingRow>,
  options: TrainingSamplesOptions,
): TrainingSamples {
  const {
    encode,
    form,
    target = "process",
    maxLength = Infinity,
    ...rest
  } = optionsOf("trainingSamples", options);
  refuseUnknown("trainingSamples", rest);
  oneOf("trainingSamples", "target", target, ["process", "outcome"]);
  iterableOf("trainingSamples", "rows", rows);
  if (maxLength !== Infinity) whole("trainingSamples", "maxLength", maxLength, { min: 1 });
  const samples: EncodedSteps[] = [];
  let dropped = 0;
  for (const row of rows) {
    const whole = encodeSteps(row, encode, form);
    const last = whole.labels.length - 1;
    const labels =
      target === "process"
        ? whole.labels
        : whole.labels.map((label, i) => (i < last ? null : label));
    const sample = cut({ ...whole, labels }, maxLength);
    if (sample.labels.some((label) => label !== null)) samples.push(sample);
    else dropped++;
  }
  return { samples, dropped };
}
