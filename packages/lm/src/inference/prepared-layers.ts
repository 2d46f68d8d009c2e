import { copy_, inference, keep, nn, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { Conv1D } from "../model/gpt2";
import { OffsetNorm } from "../model/offset-norm";
import type { Workspace } from "./workspace";

/** out = f(x) over rows, or out += f(x). */
export type RowFunction = (out: Tensor, x: Tensor, accumulate?: boolean) => void;

/** What a prepared model must free. */
export type Release = (tensor: Tensor) => Tensor;

interface Projection extends nn.Module {
  forward(x: Tensor): Tensor;
}

/** Adapters put a function of their own in the place of a layer's. */
export const isChanged = (layer: Projection) => Object.hasOwn(layer, "forward");

/** Runs `forward` with modules in evaluation: somebody may have switched them to training since the last token. */
function evaluating(modules: readonly nn.Module[], forward: () => void): void {
  const were = modules.map(({ training }) => training);
  for (const module of modules) module.training = false;
  try {
    forward();
  } finally {
    for (const [i, module] of modules.entries()) module.training = were[i]!;
  }
}

/**
 * A layer run as it is, for what has no shorter way.
 * @param forward what of its result is wanted; default all
 */
export function asWritten<T extends nn.Module & { forward(x: Tensor): Tensor }>(
  layer: T,
  forward: (x: Tensor) => Tensor = (x) => layer.forward(x),
): RowFunction {
  const modules = [...layer.modules()];
  return (out, x, accumulate = false) =>
    evaluating(modules, () =>
      tidy(() => {
        const y = forward(x).reshape(out.shape);
        if (accumulate) inference.combineInto("add", out, out, y.contiguous());
        else copy_(out, y);
      }),
    );
}

/** A linear layer of any kind. */
export function prepareLinear(layer: nn.Linear | Conv1D, release: Release): RowFunction {
  if (isChanged(layer)) return asWritten(layer);
  const { bias } = layer;
  const weight =
    layer instanceof Conv1D ? release(layer.weight.detach().transpose()) : layer.weight;
  return (out, x, accumulate = false) => inference.linearInto(out, x, weight, { bias, accumulate });
}

/** Rows first … first + count − 1 of a linear layer's result, for layers that hold several projections in one. */
export function prepareLinearPart(
  layer: nn.Linear | Conv1D,
  first: number,
  count: number,
  release: Release,
): RowFunction {
  if (isChanged(layer)) return asWritten(layer, (x) => layer.forward(x).narrow(-1, first, count));
  const whole = layer instanceof Conv1D ? layer.weight.transpose() : layer.weight;
  const weight = release(whole.detach().narrow(0, first, count));
  const bias = layer.bias && release(layer.bias.detach().narrow(0, first, count));
  return (out, x, accumulate = false) => inference.linearInto(out, x, weight, { bias, accumulate });
}

/** A normalisation over the last axis. `rows` are all that is normalised: a buffer may be seen as more, shorter rows. */
export type NormFunction = (out: Tensor, x: Tensor, space: Workspace) => void;

export type AnyNorm = nn.RMSNorm | nn.LayerNorm | OffsetNorm;

export function prepareNorm(norm: AnyNorm, release: Release): NormFunction {
  const stats = (x: Tensor, space: Workspace) =>
    space.get(`stats${x.size / x.shape.at(-1)!}`, 2 * (x.size / x.shape.at(-1)! / space.rows));
  if (norm instanceof nn.LayerNorm) {
    const { weight, bias, eps } = norm;
    return (out, x, space) => inference.layerNormInto(out, stats(x, space), x, weight, bias, eps);
  }
  const { eps } = norm;
  const weight =
    norm instanceof OffsetNorm
      ? release(keep(tidy(() => norm.weight.detach().add(1))))
      : norm.weight;
  return (out, x, space) => inference.rmsNormInto(out, stats(x, space), x, weight, eps);
}
