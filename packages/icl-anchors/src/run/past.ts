import type { ModelHooks } from "@deepgrain/lm";
import { cat, noGrad, type Tensor, tensor, tidy } from "@deepgrain/tensor-gpu";
import { AnchorsError } from "../errors";
import type { HookedModel } from "../model";

/** Keys and values of tokens already read, per layer [1, tokens, heads, size]; the owner disposes them. */
export interface Past {
  layers: { key: Tensor; value: Tensor }[];
  tokens: number;
}

/**
 * Hooks that put keys and values of earlier tokens before those of the tokens being read, for every row of the batch.
 * Unlike a cache they keep the gradient of the new tokens.
 */
export function pastHooks(pasts: readonly Past[]): ModelHooks {
  const before =
    (part: "key" | "value") =>
    (x: Tensor, { layer }: { layer: number }) => {
      const batch = x.shape[0]!;
      const earlier = pasts
        .filter(({ tokens }) => tokens > 0)
        .map(({ layers }) => {
          const kept = layers[layer]![part];
          return batch === 1 ? kept : kept.expand([batch, ...kept.shape.slice(1)]);
        });
      return earlier.length === 0 ? undefined : cat([...earlier, x], 1);
    };
  return { key: before("key"), value: before("value") };
}

/** The tokens to read, and the keys and values to keep. */
export interface ReadPastOptions {
  /** Keys and values before these tokens. Default none. */
  pasts?: readonly Past[] | undefined;
  /** Position of the first token. Default: the number of tokens of `pasts`. */
  firstPosition?: number | undefined;
  /** Indices of the tokens whose keys and values are kept. Default all. */
  keep?: readonly number[] | undefined;
}

/** Reads tokens and keeps their keys and values; the caller disposes them with {@link disposePast}. */
export function readPast(
  model: HookedModel,
  ids: ArrayLike<number>,
  {
    pasts = [],
    firstPosition = pasts.reduce((sum, { tokens }) => sum + tokens, 0),
    keep,
  }: ReadPastOptions = {},
): Past {
  const tokens = keep?.length ?? ids.length;
  if (tokens === 0) return { layers: [], tokens };
  const earlier = pastHooks(pasts);
  const layers = tidy(() =>
    noGrad(() => {
      const found: { key: Tensor; value: Tensor }[] = [];
      const rows = keep && tensor(Int32Array.from(keep));
      const record = (part: "key" | "value") => (x: Tensor, site: { layer: number }) => {
        found[site.layer] ??= {} as { key: Tensor; value: Tensor };
        // A separate copy: it is a view of a projection that may be several times as large.
        found[site.layer]![part] = rows ? x.indexSelect(1, rows).contiguous() : x.clone();
        return earlier[part]?.(x, site);
      };
      model.hiddenStates(
        { ids, batch: 1, length: ids.length },
        {
          hooks: { key: record("key"), value: record("value") },
          positions: Int32Array.from({ length: ids.length }, (_, i) => firstPosition + i),
        },
      );
      return found;
    }),
  );
  if (layers.length < model.config.numHiddenLayers)
    throw new AnchorsError(
      "ERR_MISSING",
      "icl-anchors: the model did not call its key and value hooks in every layer",
    );
  for (const { key, value } of layers) key.isKept = value.isKept = true;
  return { layers, tokens };
}

/** Frees keys and values. */
export function disposePast({ layers }: Past): void {
  for (const { key, value } of layers) {
    key.dispose();
    value.dispose();
  }
}
