import { copy_, inference, keep, nn, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { Conv1D } from "../model/conv-1d";
import type { LatentAttention } from "../model/latent-attention";
import { OffsetNorm } from "../model/offset-norm";
import type { Workspace } from "./workspace";

/** out = f(x) over rows, or out += f(x). */
export type RowFunction = (out: Tensor, x: Tensor, accumulate?: boolean) => void;

/** Resources that a prepared model must free. */
export type Release = (tensor: Tensor) => Tensor;

/** A view or a tensor computed from weights, freed with the model; what is made on the way is freed at once. */
export const prepared = (release: Release, make: () => Tensor): Tensor => release(keep(tidy(make)));

/** Adapters replace a layer's forward function with their own. */
export const isChanged = (layer: nn.Module) => Object.hasOwn(layer, "forward");

/**
 * Runs `forward` with modules in evaluation mode; the caller may have switched them to training since the last token.
 */
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
 * Runs a layer's own forward pass, if there is no faster implementation.
 * @param forward the part of the result that is needed; default all
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

/** The weight and bias of a linear layer, or of rows first … first + count − 1 of its result. */
interface Affine {
  weight: Tensor;
  bias: Tensor | null;
}

/** A linear layer, or a part of one that holds several projections. */
export interface LinearPart {
  layer: nn.Linear | Conv1D;
  /** Rows of the result; default all. */
  rows?: { first: number; count: number } | undefined;
}

function affineOf({ layer, rows }: LinearPart, release: Release): Affine {
  const { weight, bias } = layer;
  const whole =
    layer instanceof Conv1D ? prepared(release, () => weight.detach().transpose()) : weight;
  if (!rows) return { weight: whole, bias };
  const part = (of: Tensor) =>
    prepared(release, () => of.detach().narrow(0, rows.first, rows.count));
  return { weight: part(whole), bias: bias && part(bias) };
}

/** A linear layer of any type, or a part of one. */
export function prepareLinear(layer: nn.Linear | Conv1D, release: Release): RowFunction {
  return preparePart({ layer }, release);
}

/** Rows first … first + count − 1 of a linear layer's result, for layers that hold several projections in one. */
export const prepareLinearPart = (
  layer: nn.Linear | Conv1D,
  first: number,
  count: number,
  release: Release,
): RowFunction => preparePart({ layer, rows: { first, count } }, release);

function preparePart(part: LinearPart, release: Release): RowFunction {
  const { layer, rows } = part;
  if (isChanged(layer))
    return asWritten(layer, (x) => {
      const y = layer.forward(x);
      return rows ? y.narrow(-1, rows.first, rows.count) : y;
    });
  const { weight, bias } = affineOf(part, release);
  return (out, x, accumulate = false) => inference.linearInto(out, x, weight, { bias, accumulate });
}

/** Several projections of the same rows, in one kernel if their weights allow it. */
export function prepareLinears(
  parts: readonly LinearPart[],
  release: Release,
): (outs: readonly Tensor[], x: Tensor) => void {
  if (parts.some(({ layer }) => isChanged(layer))) {
    const each = parts.map((part) => preparePart(part, release));
    return (outs, x) => {
      for (const [i, run] of each.entries()) run(outs[i]!, x);
    };
  }
  const affine = parts.map((part) => affineOf(part, release));
  return (outs, x) =>
    inference.linearsInto(
      affine.map(({ weight, bias }, i) => ({ out: outs[i]!, weight, bias })),
      x,
    );
}

/**
 * A normalisation over the last axis. `rows` is the number of rows to normalise; a buffer may be viewed as more rows
 * that are shorter.
 */
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
    norm instanceof OffsetNorm ? prepared(release, () => norm.weight.detach().add(1)) : norm.weight;
  return (out, x, space) => inference.rmsNormInto(out, stats(x, space), x, weight, eps);
}

/** Queries of latent attention, compressed or not: [rows, heads · (nope + rope)]. */
export function prepareQueries(
  attention: LatentAttention,
  release: Release,
): (out: Tensor, x: Tensor, space: Workspace) => void {
  const { qProj, qAProj, qALayernorm, qBProj } = attention;
  if (qProj) {
    const whole = prepareLinear(qProj, release);
    return (out, x) => whole(out, x);
  }
  const [down, up] = [qAProj!, qBProj!].map((layer) => prepareLinear(layer, release)) as [
    RowFunction,
    RowFunction,
  ];
  const norm = prepareNorm(qALayernorm!, release);
  const rank = qBProj!.weight.shape[1]!;
  return (out, x, space) => {
    const compressed = space.get("query latent", rank);
    down(compressed, x);
    norm(compressed, compressed, space);
    up(out, compressed);
  };
}
