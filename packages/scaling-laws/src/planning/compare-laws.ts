import { real } from "../errors";
import { evaluateLaw, extrapolationFactor } from "../law/evaluate";
import { mapLaw } from "../law/law";
import { type PublishedLaw, publishedLaws } from "../published/published-laws";

/**
 * The predictions of several laws for one budget, side by side. Losses are not comparable: each law has its own data and
 * vocabulary.
 *
 * @param flops training FLOPs C, above 0
 * @param laws default: all published ones
 * @returns a row per law; `parameters` is model / 6
 * @throws {ScalingLawsError} `ERR_RANGE` for a budget that is not finite and above 0
 */
export function compareLaws(
  flops: number,
  laws: Readonly<
    Record<string, Pick<PublishedLaw, "name" | "law" | "fittedRange">>
  > = publishedLaws,
) {
  real("compareLaws", "flops", flops, { above: 0 });
  return Object.values(laws).map(({ name, law, fittedRange }) => {
    const values = evaluateLaw(
      mapLaw(law, (number) => number.value),
      flops,
    );
    const parameters = values.model === null ? null : values.model / 6;
    return {
      name,
      flops,
      ...values,
      parameters,
      extrapolation: extrapolationFactor(flops, fittedRange),
    };
  });
}
