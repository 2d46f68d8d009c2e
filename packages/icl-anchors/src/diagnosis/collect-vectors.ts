import { takeTurn } from "@deepgrain/support";
import { noGrad, type Tensor, tidy } from "@deepgrain/tensor-gpu";
import { optionsOf, refuseUnknown, whole } from "../errors";
import type { HookedModel } from "../model";
import { assertLabels, checkPrompts } from "../prompts/check-prompts";
import type { Prompt } from "../prompts/prompt";
import type { RunOptions } from "../run/answers";
import { promptBatches, targetLogits } from "../run/prompt-batch";
import type { Matrix } from "./matrix";

/** Queries and keys that enter the attention product of one layer. */
export interface AttentionVectors {
  /** Query at each prompt's target, heads concatenated, [prompts, heads · size]. */
  queries: Matrix;
  /** Per prompt the keys of its label words, averaged over the tokens of a class, [classes, heads · size]. */
  keys: Matrix[];
}

/** Key heads repeated to the number of query heads: [batch, seq, heads, size]. */
const perQueryHead = (keys: Tensor, heads: number): Tensor =>
  keys.repeatInterleave(heads / keys.shape[2]!, 2);

/**
 * The queries of the targets and the keys of the label words, after rotation if the model has rotary positions.
 *
 * @param options.layer block number from 0
 * @throws {AnchorsError} `ERR_RANGE` for the layer, `ERR_MISSING` for a class without demonstration, and as `answers`
 */
export async function collectVectors(
  model: HookedModel,
  prompts: readonly Prompt[],
  options: RunOptions & { layer: number },
): Promise<AttentionVectors> {
  const {
    layer,
    batchSize = 16,
    onProgress,
    signal,
    ...rest
  } = optionsOf("collectVectors", options);
  refuseUnknown("collectVectors", rest);
  checkPrompts("collectVectors", model, prompts);
  assertLabels("collectVectors", prompts);
  const { numHiddenLayers, numAttentionHeads: heads } = model.config;
  whole("collectVectors", "layer", layer, { min: 0, max: numHiddenLayers - 1 });
  const queries: Float64Array[] = [];
  const keys: Matrix[] = [];
  for (const batch of promptBatches(prompts, batchSize)) {
    await takeTurn();
    signal?.throwIfAborted();
    const found = tidy(() =>
      noGrad(() => {
        const seen: { query?: Tensor | undefined; key?: Tensor | undefined } = {};
        const record = (part: "query" | "key") => (x: Tensor, site: { layer: number }) => {
          if (site.layer === layer) seen[part] = part === "key" ? perQueryHead(x, heads) : x;
          return undefined;
        };
        targetLogits(model, batch, { hooks: { query: record("query"), key: record("key") } });
        return [seen.query!.contiguous(), seen.key!.contiguous()] as const;
      }),
    );
    const [q, k] = await Promise.all(found.map((tensor) => tensor.data()));
    const width = q!.length / (batch.prompts.length * batch.length);
    for (const tensor of found) tensor.dispose();
    const at = (data: ArrayLike<number>, row: number, position: number) => {
      const start = (row * batch.length + position) * width;
      return Float64Array.from((data as Float32Array).subarray(start, start + width));
    };
    for (const [row, { target, labelPositions }] of batch.prompts.entries()) {
      queries.push(at(q!, row, target));
      keys.push(stacked(labelPositions.map((list) => meanRow(list.map((p) => at(k!, row, p))))));
    }
    onProgress?.(queries.length, prompts.length);
  }
  return { queries: stacked(queries), keys };
}

function meanRow(rows: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(rows[0]!.length);
  for (const row of rows) for (let i = 0; i < out.length; i++) out[i]! += row[i]! / rows.length;
  return out;
}

function stacked(rows: readonly Float64Array[]): Matrix {
  const cols = rows[0]!.length;
  const data = new Float64Array(rows.length * cols);
  for (const [i, row] of rows.entries()) data.set(row, i * cols);
  return { rows: rows.length, cols, data };
}
