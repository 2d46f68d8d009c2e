import { type Given, options, real, required, whole } from "@deepgrain/support/schema";
import { noGrad, scatterAdd, type Tensor, tidy, zeros } from "@deepgrain/tensor-gpu";
import { check, having, MoeError, read } from "../errors";
import type { Gate } from "../router/top-k-gate";
import type { RoutingShares } from "./routing-shares";

const expertLoss = options({
  /** α₁. */
  alpha: required(real({ min: 0 })),
});

/** The options of the loss over devices. */
export const deviceLoss = options({
  /** D: runs of consecutive experts; divides the experts. */
  devices: required(whole({ min: 1 })),
  /** α₂. */
  alpha: required(real({ min: 0 })),
});

/** The options of the loss of communication. */
export const communicationLoss = options({
  /** D: runs of consecutive experts; divides the experts. */
  devices: required(whole({ min: 1 })),
  /** α₃. */
  alpha: required(real({ min: 0 })),
  /** M: devices that a token may use; all of them by default. */
  limit: whole({ min: 1, max: "devices" }),
});

/** α · mean over populations of Σ a·b. */
const weighedProduct = (a: Tensor, b: Tensor, populations: Tensor, alpha: number): Tensor =>
  a.mul(b).sum().div(populations).mul(alpha);

/**
 * α Σ_i f_i P_i, averaged over the populations: α when every expert gets an equal share, more when few experts have
 * high scores and are chosen often. Only P carries gradient.
 *
 * @param shares from `routingShares`; give it `sequences` for the sequence-wise form
 * @returns a scalar
 * @throws {MoeError} `ERR_RANGE` for a negative alpha
 * @see DeepSeekMoE (Dai et al. 2024), equation 12
 */
export function expertBalanceLoss(
  shares: RoutingShares,
  options: Given<typeof expertLoss>,
): Tensor {
  const { alpha } = read(expertLoss, "expertBalanceLoss", options);
  having("expertBalanceLoss", "shares", shares, "fractions", "probabilities");
  const { fractions, probabilities, populations } = shares;
  return tidy(() => weighedProduct(fractions, probabilities, populations, alpha));
}

function perDevice(where: string, experts: number, devices: number): number {
  check(where, "devices", devices, whole({ min: 1, max: experts }));
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
 * @returns a scalar
 * @throws {MoeError} `ERR_RANGE`
 * @see DeepSeekMoE (Dai et al. 2024), equations 15 to 17
 */
export function deviceBalanceLoss(
  shares: RoutingShares,
  options: Given<typeof deviceLoss>,
): Tensor {
  const { devices, alpha } = read(deviceLoss, "deviceBalanceLoss", options);
  having("deviceBalanceLoss", "shares", shares, "fractions", "probabilities");
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
 * @returns a scalar
 * @throws {MoeError} `ERR_RANGE`
 * @see DeepSeek-V2 (2024), equations 29 to 31
 */
export function communicationBalanceLoss(
  gate: Pick<Gate, "ids">,
  shares: RoutingShares,
  options: Given<typeof communicationLoss>,
): Tensor {
  const where = "communicationBalanceLoss";
  const { devices, alpha, limit = devices } = read(communicationLoss, where, options);
  const { ids } = having(where, "gate", gate, "ids");
  having(where, "shares", shares, "fractions", "probabilities");
  const [populations, experts] = shares.fractions.shape as [number, number];
  const size = perDevice(where, experts, devices);
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
