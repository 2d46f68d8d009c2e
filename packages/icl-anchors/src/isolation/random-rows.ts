import { createRandom, permutation } from "@deepgrain/lm";
import { AnchorsError } from "../errors";
import type { Prompt } from "../prompts/prompt";

/**
 * The same number of positions as the prompt has label tokens, drawn without repetition from 0 … target − 2, label
 * positions excluded.
 *
 * @param seed whole numbers; equal seeds draw equal positions
 * @throws {AnchorsError} `ERR_RANGE` when there are fewer such positions than labels
 */
export function drawRows(
  { target, labelPositions }: Prompt,
  seed: readonly number[],
): readonly number[] {
  const labels = new Set(labelPositions.flat());
  const others = Array.from({ length: Math.max(0, target - 1) }, (_, i) => i).filter(
    (position) => !labels.has(position),
  );
  if (others.length < labels.size)
    throw new AnchorsError(
      "ERR_RANGE",
      `icl-anchors/isolate: ${labels.size} tokens besides the labels must be there to draw, the prompt has ${others.length}`,
      { fields: { wanted: labels.size, available: others.length } },
    );
  const order = permutation(others.length, createRandom(seed).next);
  return [...order.subarray(0, labels.size)].map((i) => others[i]!);
}
