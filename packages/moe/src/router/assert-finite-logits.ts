import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { MoeError } from "../errors";

/** Where a router stands, for errors about its logits. */
export interface RouterPlace {
  where: string;
  /** The layer's name, where it has one. */
  layer?: string;
}

/**
 * Refuses NaN and +∞ among router logits; −∞ is a legal mask. Costs one sum unless something is wrong. On a backend that
 * cannot answer at once nothing is checked here: the weights of such a token become NaN instead.
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
  const at = values.findIndex((value) => Number.isNaN(value) || value === Infinity);
  if (at < 0) return true;
  const experts = logits.shape[1]!;
  const [token, expert] = [Math.floor(at / experts), at % experts];
  throw new MoeError(
    "ERR_NOT_FINITE",
    `moe/${where}: logits must be finite, got ${values[at]} for token ${token}, expert ${expert}`,
    { fields: { token, expert, value: values[at], ...(layer && { layer }) } },
  );
}
