import { tracked } from "../autograd/track";
import type { View } from "../backend/view";
import { withKernels } from "../backend/with-kernels";
import { optionsOf, refuseUnknown } from "../errors";
import { assertFinite, assertWhole } from "../tensor/sizes";
import { allocate, type Tensor } from "../tensor/tensor";
import { normKernels } from "../wasm/kernels/norms";
import { assertFloat, assertFloatOrNull } from "./operands";
import { reshape } from "./shape-ops";
import { shapeError } from "./support";

function checkAffine(op: string, x: Tensor, eps: number, ...parameters: (Tensor | null)[]): void {
  assertFloat(op, x);
  assertFloatOrNull(op, x, ...parameters);
  assertFinite(op, "eps", eps, { least: 0 });
  if (x.rank === 0) shapeError(op, "needs at least one axis", x.shape);
  for (const parameter of parameters)
    if (parameter && (parameter.rank !== 1 || parameter.size !== x.shape.at(-1)))
      shapeError(
        op,
        "weight and bias must have the size of the last axis",
        x.shape,
        parameter.shape,
      );
}

/**
 * (x − mean) / √(variance + eps) · weight + bias over the last axis.
 * @param weight shape [n] or null; @param bias shape [n] or null
 * @param options.eps default 1e-5
 * @see Ba et al. 2016, equations 3 and 4
 */
export function layerNorm(
  x: Tensor,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options: { eps?: number | undefined } = {},
): Tensor {
  const { eps = 1e-5, ...rest } = optionsOf("layerNorm", options);
  refuseUnknown("layerNorm", rest);
  checkAffine("layerNorm", x, eps, weight, bias);
  const n = x.shape.at(-1)!;
  const rows = reshape(x.detach(), [x.size / Math.max(n, 1), n]);
  const backend = withKernels(x.storage.backend, "layerNorm", normKernels);
  const { kernels } = backend;
  const [scale, shift] = [weight?.contiguous() ?? null, bias?.contiguous() ?? null];
  const out = allocate("layerNorm", x.shape, "float32", backend);
  const stats = allocate("layerNorm", [rows.shape[0]!, 2], "float32", backend);
  kernels.layerNorm(flat(out, rows), stats, rows, scale, shift, eps);
  return tracked("layerNorm", out, [x, weight, bias], (hold) => {
    const [input, saved, w] = [hold(rows), hold(stats), scale && hold(scale)];
    return (dy, needs) => {
      const gradient = dy.contiguous();
      const g = flat(gradient, input);
      const dx = needs[0] ? allocate("layerNorm", dy.shape, "float32", backend) : null;
      const dw = needs[1] ? allocate("layerNorm", [n], "float32", backend) : null;
      const db = needs[2] ? allocate("layerNorm", [n], "float32", backend) : null;
      if (dx) kernels.layerNormGrad(flat(dx, input), g, input, w, saved);
      if (dw || db) kernels.layerNormParamGrad(dw, db, g, input, saved);
      return [dx, dw, db];
    };
  });
}

/** A view of a contiguous tensor as rows of the shape of `like`. */
function flat(x: Tensor, like: Tensor): View {
  return {
    storage: x.storage,
    offset: x.offset,
    shape: like.shape,
    strides: [like.shape[1]!, 1],
    dtype: x.dtype,
    size: x.size,
  };
}

/**
 * x / √(mean(x²) + eps) · weight over the last axis.
 * @param weight shape [n] or null
 * @param options.eps default 1e-6
 * @see Zhang and Sennrich 2019, equation 4
 */
export function rmsNorm(
  x: Tensor,
  weight: Tensor | null = null,
  options: { eps?: number | undefined } = {},
): Tensor {
  const { eps = 1e-6, ...rest } = optionsOf("rmsNorm", options);
  refuseUnknown("rmsNorm", rest);
  checkAffine("rmsNorm", x, eps, weight);
  const n = x.shape.at(-1)!;
  const rows = reshape(x.detach(), [x.size / Math.max(n, 1), n]);
  const backend = withKernels(x.storage.backend, "layerNorm", normKernels);
  const { kernels } = backend;
  const scale = weight?.contiguous() ?? null;
  const out = allocate("rmsNorm", x.shape, "float32", backend);
  const stats = allocate("rmsNorm", [rows.shape[0]!], "float32", backend);
  kernels.rmsNorm(flat(out, rows), stats, rows, scale, eps);
  return tracked("rmsNorm", out, [x, weight], (hold) => {
    const [input, saved, w] = [hold(rows), hold(stats), scale && hold(scale)];
    return (dy, needs) => {
      const gradient = dy.contiguous();
      const g = flat(gradient, input);
      const dx = needs[0] ? allocate("rmsNorm", dy.shape, "float32", backend) : null;
      const dw = needs[1] ? allocate("rmsNorm", [n], "float32", backend) : null;
      if (dx) kernels.rmsNormGrad(flat(dx, input), g, input, w, saved);
      if (dw) kernels.rmsNormParamGrad(dw, g, input, saved);
      return [dx, dw];
    };
  });
}

/**
 * Normalises groups of channels. Each group is normalised over its channels and positions.
 * @param x shape [batch, channels, ...]
 * @param groups divides the channels
 * @param weight shape [channels] or null; @param bias likewise
 * @throws {TensorError} `ERR_SHAPE`, `ERR_DTYPE`, `ERR_RANGE`
 * @see Wu and He 2018, equations 1 and 2
 */
export function groupNorm(
  x: Tensor,
  groups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  options: { eps?: number | undefined } = {},
): Tensor {
  const { eps = 1e-5, ...rest } = optionsOf("groupNorm", options);
  refuseUnknown("groupNorm", rest);
  assertFloat("groupNorm", x);
  assertFloatOrNull("groupNorm", x, weight, bias);
  assertWhole("groupNorm", "groups", groups, { least: 1 });
  const [batch = 0, channels] = x.shape;
  if (channels === undefined || channels % groups !== 0)
    shapeError("groupNorm", `${groups} groups must divide the channels (axis 1)`, x.shape);
  for (const parameter of [weight, bias])
    if (parameter && (parameter.rank !== 1 || parameter.size !== channels))
      shapeError("groupNorm", "weight and bias must be [channels]", x.shape, parameter.shape);
  const rows = reshape(x, [batch * groups, x.size / Math.max(1, batch * groups)]);
  const normal = reshape(layerNorm(rows, null, null, { eps }), x.shape);
  return affinePerChannel(normal, weight, bias);
}

/** x·weight + bias with one weight and one bias per channel (axis 1). */
export function affinePerChannel(x: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const perChannel = (parameter: Tensor) =>
    reshape(parameter, [parameter.size, ...x.shape.slice(2).map(() => 1)]);
  const scaled = weight ? x.mul(perChannel(weight)) : x;
  return bias ? scaled.add(perChannel(bias)) : scaled;
}
