import { AnchorsError } from "../errors";
import type { Prompt } from "../prompts/prompt";
import { type CompressionVariant, compressionVariants } from "./variants";

const ascending = (positions: readonly number[]): number[] =>
  [...new Set(positions)].sort((a, b) => a - b);

/** One text token of each interval (previous label, this label), drawn evenly. */
function drawTexts(prompt: Prompt, random: () => number): number[] {
  let from = -1;
  return ascending(prompt.labelPositions.flat()).map((label) => {
    const choices = prompt.textPositions!.filter((text) => text > from && text < label);
    if (choices.length === 0)
      throw new AnchorsError(
        "ERR_MISSING",
        `icl-anchors/compress: there is no text token between ${from} and the label at ${label}`,
        { fields: { from, label } },
      );
    from = label;
    return choices[Math.floor(random() * choices.length)]!;
  });
}

/**
 * Positions of the demonstration tokens that a variant keeps, ascending.
 *
 * @param prompt with `formatPositions`, and `textPositions` for random variants
 * @param options.random uniform in [0, 1); used by the random variants
 * @throws {AnchorsError} `ERR_MISSING` for a demonstration without a text token, `ERR_RANGE` for an unknown variant
 * @see Wang et al. 2023, section 3.2
 */
export function keptPositions(
  prompt: Prompt,
  variant: CompressionVariant,
  { random }: { random: () => number },
): number[] {
  const format = prompt.formatPositions ?? [];
  const labels = prompt.labelPositions.flat();
  switch (variant) {
    case "hidden-anchor":
    case "text-anchor":
      return ascending([...format, ...labels]);
    case "hidden-random":
    case "hidden-random-top":
      return ascending([...format, ...drawTexts(prompt, random)]);
    case "labels-only":
      return ascending(labels);
    case "format-only":
      return ascending(format);
    case "none":
      return [];
    default:
      throw new AnchorsError(
        "ERR_RANGE",
        `icl-anchors/compress: the variant must be one of ${compressionVariants.join(", ")}, got ${String(variant)}`,
        { fields: { variant } },
      );
  }
}
