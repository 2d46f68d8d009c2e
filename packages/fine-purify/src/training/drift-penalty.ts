import { type NamedTensors, type Tensor, tensor } from "@deepgrain/tensor-gpu";
import { optionsOf, PurifyError, real, refuseUnknown } from "../errors";

/** Options of {@link driftPenalty}. */
export interface DriftPenaltyOptions {
  /** μ. */
  weight: number;
  /** Clean Fisher values of the attacker: the penalty is then Σ δ²/(Ĥ + ε), the indicator itself. */
  fisher?: NamedTensors | undefined;
  /** ε as a share of the mean of Ĥ. Default 1e-3. */
  relativeEpsilon?: number | undefined;
}

/**
 * A penalty that an attacker adds to the loss to hide: μ·Σ δ² keeps weights near their initial values (restricted
 * fine-tuning); with Fisher values μ·Σ δ²/(Ĥ + ε), the adaptive attacker, lowers the indicator of the defence directly.
 *
 * @param parameters trained parameters, by name; those without initial values, such as new heads, are not penalised
 * @returns a function that returns the penalty as a scalar on the tape
 * @throws {PurifyError} `ERR_SHAPE` for values of another size, `ERR_RANGE` for a weight that is not finite or below 0
 */
export function driftPenalty(
  parameters: ReadonlyMap<string, Tensor>,
  init: NamedTensors,
  options: DriftPenaltyOptions,
): () => Tensor {
  const { weight, fisher, relativeEpsilon = 1e-3, ...rest } = optionsOf("driftPenalty", options);
  refuseUnknown("driftPenalty", rest);
  real("driftPenalty", "weight", weight, { min: 0 });
  const named = [...parameters].filter(([name]) => init.has(name));
  const wrong = named.find(
    ([name, { size }]) =>
      init.get(name)!.data.length !== size || (fisher && fisher.get(name)?.data.length !== size),
  );
  if (wrong || named.length === 0)
    throw new PurifyError(
      "ERR_SHAPE",
      `fine-purify/driftPenalty: ${wrong ? `values of ${wrong[0]} must be ${wrong[1].size}` : "no parameter has initial values"}`,
      { fields: { name: wrong?.[0] } },
    );
  const values = fisher ? named.map(([name]) => fisher.get(name)!.data) : [];
  const count = values.reduce((sum, { length }) => sum + length, 0);
  const mean = values.reduce((sum, data) => sum + data.reduce((a, b) => a + b, 0), 0) / count;
  const terms = named.map(([name, parameter], i) => {
    const shape = parameter.shape;
    const start = tensor(init.get(name)!.data, { shape });
    const scale = fisher
      ? tensor(
          values[i]!.map((h) => 1 / (h + relativeEpsilon * mean)),
          { shape },
        )
      : null;
    for (const constant of [start, scale]) if (constant) constant.isKept = true;
    return { parameter, start, scale };
  });
  return () => {
    const sums = terms.map(({ parameter, start, scale }) => {
      const squares = parameter.sub(start).square();
      return (scale ? squares.mul(scale) : squares).sum();
    });
    return sums.reduce((a, b) => a.add(b)).mul(weight);
  };
}
