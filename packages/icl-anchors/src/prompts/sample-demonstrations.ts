import { permutation } from "@deepgrain/lm";
import { AnchorsError, optionsOf, refuseUnknown, whole } from "../errors";
import type { Example } from "./build-prompt";

/** Options of {@link sampleDemonstrations}. */
export interface SampleOptions {
  /** Number of classes. */
  classes: number;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Demonstrations per class. Default 1. */
  shots?: number | undefined;
  /** Additional examples per class, for re-weighting. Default 4. */
  auxiliary?: number | undefined;
}

/**
 * Demonstrations and additional examples: one pass over the shuffled examples takes the first `shots` of each class, in
 * this order, then the next `auxiliary` of each class.
 *
 * @throws {AnchorsError} `ERR_MISSING` when a class has too few examples, `ERR_RANGE` for a label that is not a class
 * @see Wang et al. 2023, section 3.1
 */
export function sampleDemonstrations(
  examples: readonly Example[],
  options: SampleOptions,
): { demonstrations: Example[]; auxiliary: Example[] } {
  const {
    classes,
    random,
    shots = 1,
    auxiliary = 4,
    ...rest
  } = optionsOf("sampleDemonstrations", options);
  refuseUnknown("sampleDemonstrations", rest);
  whole("sampleDemonstrations", "shots", shots, { min: 0 });
  whole("sampleDemonstrations", "auxiliary", auxiliary, { min: 0 });
  const taken = new Array<number>(classes).fill(0);
  const found = { demonstrations: [] as Example[], auxiliary: [] as Example[] };
  for (const index of permutation(examples.length, random)) {
    const example = examples[index]!;
    whole("sampleDemonstrations", `the label of example ${index}`, example.label, {
      min: 0,
      max: classes - 1,
    });
    const place = taken[example.label]!++;
    if (place < shots) found.demonstrations.push(example);
    else if (place < shots + auxiliary) found.auxiliary.push(example);
  }
  const short = taken.findIndex((count) => count < shots + auxiliary);
  if (short >= 0)
    throw new AnchorsError(
      "ERR_MISSING",
      `icl-anchors/sampleDemonstrations: class ${short} must have ${shots + auxiliary} examples, got ${taken[short]}`,
      { fields: { class: short, count: taken[short] } },
    );
  return found;
}
