import { type Given, oneOf, options, real } from "@deepgrain/support/schema";
import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { having, read, shape } from "../errors";

const biasUpdate = options({
  /**
   * `sign`: each expert's bias moves by `rate` towards balance. `proportional`: by `rate` times its error as a
   * share of the mean count, so that `rate` does not depend on the batch.
   */
  rule: oneOf(["sign", "proportional"], "sign"),
  /**
   * γ or u. The default is the published value; about 1e-2 suits runs of a few thousand steps. DeepSeek-V3 ends with
   * 0, which leaves the bias where it is.
   */
  rate: real({ min: 0 }, 1e-3),
});

export interface BiasUpdate extends Given<typeof biasUpdate> {}

/**
 * The next balancing bias: bias_i + γ·sign(c̄ − c_i), or bias_i + u·(c̄ − c_i)/c̄. Without any choices the bias does
 * not change. Use it after an optimiser step with the counts of that complete step, never inside one: a choice must not
 * depend on later tokens. The same rule works for a multiplicative bias, which starts at 1.
 *
 * @param bias [experts]
 * @param counts float32 [experts], choices of each expert
 * @returns [experts]
 * @throws {MoeError} `ERR_SHAPE`, `ERR_RANGE` for a rate below 0
 * @see Wang et al. 2024 (arXiv 2408.15664), algorithm 1 and section 4.3; DeepSeek-V3 (2024), section 2.1.2
 */
export function balancedBias(bias: Tensor, counts: Tensor, options: BiasUpdate = {}): Tensor {
  const { rule, rate } = read(biasUpdate, "balancedBias", options);
  having("balancedBias", "bias", bias, "shape");
  having("balancedBias", "counts", counts, "shape");
  shape("balancedBias", "counts", counts.shape, bias.shape);
  return noGrad(() =>
    tidy(() => {
      const mean = counts.detach().mean();
      const error = mean.sub(counts.detach());
      const step = rule === "sign" ? error.sign() : error.div(mean.add(mean.eq(0)));
      return bias.detach().add(step.mul(rate));
    }),
  );
}

/** Writes `balancedBias` into `bias`. Same arguments, same errors. */
export function updateBias(bias: Tensor, counts: Tensor, options: BiasUpdate = {}): void {
  const next = balancedBias(bias, counts, options);
  bias.copy_(next);
  next.dispose();
}
