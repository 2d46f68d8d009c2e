import type { NamedTensors } from "@deepgrain/tensor-gpu";
import { having, optionsOf, PurifyError, refuseUnknown } from "../errors";
import { meanFisher } from "../weights/fisher-values";
import { sizeOf } from "../weights/weight-pairs";
import { averageRows, type Granularity, rootScores, rowWidth } from "./scores";

/** Options of {@link indicator}. */
export interface IndicatorOptions {
  /** ε as a share of the mean of Ĥ. Default 1e-3. */
  relativeEpsilon?: number | undefined;
  /** Whether r is averaged over rows or tensors. Default "scalar", as in the paper. */
  granularity?: Granularity | undefined;
}

/**
 * r̂ = δ² / (Ĥ + ε) of every weight, in float32. ε keeps weights without curvature finite: about one in twenty has Ĥ = 0, such
 * as the rows of tokens that the clean data lack. A weight that did not move has r̂ = 0 regardless.
 *
 * @param delta from `diff`
 * @param fisher diagonal Fisher values with the names and sizes of `delta`
 * @throws {PurifyError} `ERR_SHAPE` for Fisher values that are missing or of another size, `ERR_NOT_FINITE`
 * @see Zhang et al. 2023 (arXiv 2305.04547), abstract; the formula is a reconstruction
 */
export function indicator(
  delta: NamedTensors,
  fisher: NamedTensors,
  options: IndicatorOptions = {},
): NamedTensors {
  having("indicator", "delta", delta, "get");
  const {
    relativeEpsilon = 1e-3,
    granularity = "scalar",
    ...rest
  } = optionsOf("indicator", options);
  refuseUnknown("indicator", rest);
  for (const [name, { data }] of delta)
    if (fisher.get(name)?.data.length !== data.length)
      throw new PurifyError(
        "ERR_SHAPE",
        `fine-purify/indicator: ${name} needs ${data.length} Fisher values, got ${fisher.get(name)?.data.length ?? "none"}`,
        { fields: { name } },
      );
  const epsilon = relativeEpsilon * meanFisher(fisher, delta.keys());
  return new Map(
    [...delta].map(([name, { shape, data }]) => {
      const zeros = new Float32Array(data.length);
      const chunk = {
        name,
        start: 0,
        init: zeros,
        finetuned: data,
        stored: data,
        fisher: fisher.get(name)!.data,
      };
      const scores = rootScores(chunk, "r", epsilon);
      const size = sizeOf(shape);
      if (granularity === "row") averageRows(scores, rowWidth({ name, shape, size }));
      if (granularity === "tensor") averageRows(scores, size);
      return [name, { shape, data: scores.map((root) => root * root) }];
    }),
  );
}
