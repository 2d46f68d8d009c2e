import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { MoeError } from "../errors";

/** The location of a router, for errors about its logits. */
export interface RouterPlace {
  where: string;
  /** The layer's name, where it has one. */
  layer?: string | undefined;
}

/**
 * Rejects NaN and +∞ among router logits; −∞ is a legal mask unless it masks every expert of a token. Costs one sum
 * unless something is wrong. On a backend that cannot be read synchronously, nothing is checked here: the weights of
 * such a token become NaN instead.
 * @param logits [tokens, experts]
 * @param place what the error names; `layer` goes into its fields
 * @returns whether the logits were checked
 * @throws {MoeError} `ERR_NOT_FINITE` with the token and the expert
 */
export function assertFiniteLogits(logits: Tensor, { where, layer }: RouterPlace): boolean {
  if (!logits.canReadSync) return false;
  const total = noGrad(() => tidy(() => logits.detach().sum())).itemSync();
  if (Number.isFinite(total)) return true;
  const values = logits.detach().dataSync();
  const experts = logits.shape[1]!;
  const at = values.findIndex((value) => Number.isNaN(value) || value === Infinity);
  if (at < 0) return refuseHiddenTokens(values, experts, { where, layer });
  const [token, expert] = [Math.floor(at / experts), at % experts];
  throw new MoeError(
    "ERR_NOT_FINITE",
    `moe/${where}: logits must be finite, got ${values[at]} for token ${token}, expert ${expert}`,
    { fields: { token, expert, value: values[at], layer } },
  );
}

/** @returns true @throws {MoeError} `ERR_NOT_FINITE` for a token all of whose logits are −∞ */
function refuseHiddenTokens(
  values: ArrayLike<number>,
  experts: number,
  { where, layer }: RouterPlace,
): true {
  for (let start = 0; start < values.length; start += experts) {
    let expert = 0;
    while (expert < experts && values[start + expert] === -Infinity) expert++;
    if (expert < experts) continue;
    const token = start / experts;
    throw new MoeError(
      "ERR_NOT_FINITE",
      `moe/${where}: some expert of token ${token} must have a finite logit, got −∞ for all from expert 0 on`,
      { fields: { token, expert: 0, value: -Infinity, layer } },
    );
  }
  return true;
}
