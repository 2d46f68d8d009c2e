import { optionsOf, real, refuseUnknown, whole } from "../../errors";

/** Dot products of row `at` of two arrays with themselves and each other. */
function products(a: Float32Array, b: Float32Array, at: number, width: number) {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = at; i < at + width; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return { ab, aa, bb };
}

/**
 * The cosine of two rows, and ∂cosine/∂a = toB·b + toA·a. Where a row is zero, which has no direction, all are 0.
 */
function cosine(a: Float32Array, b: Float32Array, at: number, width: number) {
  const { ab, aa, bb } = products(a, b, at, width);
  const norms = Math.sqrt(aa) * Math.sqrt(bb);
  if (norms === 0) return { value: 0, toA: 0, toB: 0 };
  return { value: ab / norms, toA: -ab / norms / aa, toB: 1 / norms };
}

/** ln(1 + e^x) without overflow. */
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * The model-contrastive loss, the mean over rows of −ln( e^(cos(z, z_glob)/τ) / (e^(cos(z, z_glob)/τ) + e^(cos(z, z_prev)/τ)) ).
 *
 * @param own z, features of the model in training, shape [rows, width]
 * @param shared z_glob, those of the received model
 * @param previous z_prev, those of this client's model of its last round
 * @param options.temperature τ
 * @returns the loss and its gradient with respect to `own`
 * @throws {FedError} `ERR_RANGE`
 * @see Li, He and Song 2021 (MOON), equation 2
 */
export function contrastiveLoss(
  own: Float32Array,
  shared: Float32Array,
  previous: Float32Array,
  options: { width: number; temperature: number },
): { loss: number; gradient: Float32Array } {
  const { width, temperature, ...rest } = optionsOf("contrastiveLoss", options);
  refuseUnknown("contrastiveLoss", rest);
  whole("contrastiveLoss", "width", width, { min: 1 });
  real("contrastiveLoss", "temperature", temperature, { above: 0 });
  const rows = own.length / width;
  const gradient = new Float32Array(own.length);
  let loss = 0;
  for (let at = 0; at < own.length; at += width) {
    const near = cosine(own, shared, at, width);
    const far = cosine(own, previous, at, width);
    const x = (far.value - near.value) / temperature;
    loss += softplus(x) / rows;
    const slope = 1 / (1 + Math.exp(-x)) / temperature / rows;
    for (let i = at; i < at + width; i++)
      gradient[i] =
        slope * (far.toB * previous[i]! - near.toB * shared[i]! + (far.toA - near.toA) * own[i]!);
  }
  return { loss, gradient };
}
