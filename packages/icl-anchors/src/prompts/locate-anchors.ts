import { AnchorsError } from "../errors";

/** The tokens that precede a label word. */
export interface AnchorPattern {
  /** Id of the last token of the answer prefix's word, such as that of `Sentiment`. */
  prefixId: number;
  /** Id of the colon. */
  colonId: number;
  /** Id of each class's label word. */
  classIds: readonly number[];
}

/**
 * Finds label words in token ids as the paper's code does: wherever prefix word, colon and a label id follow each
 * other, so that label words inside texts are ignored.
 *
 * @param ids without padding
 * @returns positions per class, and the target: the last token
 * @throws {AnchorsError} `ERR_MISSING` when a class does not occur
 */
export function locateAnchors(
  ids: ArrayLike<number>,
  { prefixId, colonId, classIds }: AnchorPattern,
): { labelPositions: number[][]; target: number } {
  const labelPositions: number[][] = classIds.map(() => []);
  for (let i = 2; i < ids.length; i++) {
    if (ids[i - 2] !== prefixId || ids[i - 1] !== colonId) continue;
    const found = classIds.indexOf(ids[i]!);
    if (found >= 0) labelPositions[found]!.push(i);
  }
  const empty = labelPositions.findIndex((positions) => positions.length === 0);
  if (empty >= 0)
    throw new AnchorsError(
      "ERR_MISSING",
      `icl-anchors/locateAnchors: class ${empty} (id ${classIds[empty]}) does not occur behind its prefix`,
      { fields: { class: empty } },
    );
  return { labelPositions, target: ids.length - 1 };
}
