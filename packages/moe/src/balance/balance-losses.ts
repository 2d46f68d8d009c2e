import { noGrad, scatterAdd, type Tensor, tidy, zeros } from "@deepgrain/tensor-gpu";
import { having, MoeError, optionsOf, real, refuseUnknown, whole } from "../errors";
import type { Gate } from "../router/top-k-gate";
import type { RoutingShares } from "./routing-shares";

/** α · mean over populations of Σ a·b. */
const weighedProduct = (a: Tensor, b: Tensor, populations: Tensor, alpha: number): Tensor =>
  a.mul(b).sum().div(populations).mul(alpha);

/**
 * α Σ_i f_i P_i, averaged over the populations: α when every expert gets an equal share, more when few experts have
 * high scores and are chosen often. Only P carries gradient.
 *
 * @param shares from `routingShares`; give it `sequences` for the sequence-wise form
 * @param options.alpha α₁, at least 0
 * @returns a scalar
 * @throws {MoeError} `ERR_RANGE` for a negative alpha
 * @see DeepSeekMoE (Dai et al. 2024), equation 12
 */
export function expertBalanceLoss(shares: RoutingShares, options: { alpha: number }): Tensor {
  having("expertBalanceLoss", "shares", shares, "fractions", "probabilities");

  const { alpha } = optionsOf("expertBalanceLoss", options);
  real("expertBalanceLoss", "alpha", alpha, { min: 0 });
  const { fractions, probabilities, populations } = shares;
  return tidy(() => weighedProduct(fractions, probabilities, populations, alpha));
}

function perDevice(where: string, experts: number, devices: number): number {
  whole(where, "devices", devices, { min: 1, max: experts });
  if (experts % devices !== 0)
    throw new MoeError(
      "ERR_RANGE",
      `moe/${where}: ${devices} devices must divide ${experts} experts`,
      { fields: { devices, experts } },
    );
  return experts / devices;
}

/** P' [populations, devices]: the summed scores of each device's experts. */
const deviceProbabilities = ({ probabilities }: RoutingShares, devices: number): Tensor =>
  probabilities
    .reshape([probabilities.shape[0]!, devices, probabilities.shape[1]! / devices])
    .sum({ dim: 2 });

/**
 * α Σ_a f'_a P'_a over devices of consecutive experts: f' is the mean f of the device's experts, P' the sum of their P.
 *
 * @param options.devices D, divides the experts
 * @param options.alpha α₂, at least 0
 * @returns a scalar
 * @throws {MoeError} `ERR_RANGE`
 * @see DeepSeekMoE (Dai et al. 2024), equations 15 to 17
 */
export function deviceBalanceLoss(
  shares: RoutingShares,
  options: { devices: number; alpha: number },
): Tensor {
  having("deviceBalanceLoss", "shares", shares, "fractions", "probabilities");

  const { devices, alpha } = optionsOf("deviceBalanceLoss", options);
  real("deviceBalanceLoss", "alpha", alpha, { min: 0 });
  const [populations, experts] = shares.fractions.shape as [number, number];
  const size = perDevice("deviceBalanceLoss", experts, devices);
  return tidy(() => {
    const fractions = shares.fractions.reshape([populations, devices, size]).mean({ dim: 2 });
    return weighedProduct(
      fractions,
      deviceProbabilities(shares, devices),
      shares.populations,
      alpha,
    );
  });
}

/** Tokens of each population that reach each device, [populations, devices]. */
function sentTokens(ids: Tensor, populations: number, devices: number, size: number): Tensor {
  const tokens = ids.shape[0]!;
  const device = ids.maximum(0).div(size).floor().to({ dtype: "int32" });
  const isSent = ids.ge(0).to({ dtype: "float32" });
  const choices = scatterAdd(zeros([tokens, devices]), 1, device, isSent); // [tokens, devices]
  const reached = choices.minimum(1);
  return reached.reshape([populations, tokens / populations, devices]).sum({ dim: 1 });
}

/**
 * α Σ_a f''_a P''_a: f''_a = D/(M·T) times the tokens that are sent to device a, where a token is sent to at most M
 * devices.
 *
 * @param gate ids int32 [tokens, topK]; −1 in hidden tokens
 * @param shares the `routingShares` of the same gate
 * @param options.devices D, divides the experts
 * @param options.limit M, devices that a token may use; default D
 * @param options.alpha α₃, at least 0
 * @returns a scalar
 * @throws {MoeError} `ERR_RANGE`
 * @see DeepSeek-V2 (2024), equations 29 to 31
 */
export function communicationBalanceLoss(
  gate: Pick<Gate, "ids">,
  shares: RoutingShares,
  options: { devices: number; limit?: number | undefined; alpha: number },
): Tensor {
  const { ids } = having("communicationBalanceLoss", "gate", gate);
  const {
    devices,
    limit = devices,
    alpha,
    ...rest
  } = optionsOf("communicationBalanceLoss", options);
  refuseUnknown("communicationBalanceLoss", rest);
  real("communicationBalanceLoss", "alpha", alpha, { min: 0 });
  whole("communicationBalanceLoss", "limit", limit, { min: 1, max: devices });
  const [populations, experts] = shares.fractions.shape as [number, number];
  const size = perDevice("communicationBalanceLoss", experts, devices);
  return tidy(() => {
    const fractions = noGrad(() =>
      sentTokens(ids, populations, devices, size)
        .mul(devices / limit)
        .div(shares.tokens.maximum(1)),
    );
    return weighedProduct(
      fractions,
      deviceProbabilities(shares, devices),
      shares.populations,
      alpha,
    );
  });
}
