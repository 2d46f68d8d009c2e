import { fail, listOf, oneOf, optionsOf, refuseUnknown, textOf } from "../errors";
import { cutAt } from "./cut-at";
import type { SentinelFamily } from "./sentinels";
import { sentinelIn, sentinelsOf } from "./sentinels-of";

/**
 * How the three parts of a document are ordered: prefix, suffix, middle (`psm`); suffix, prefix, middle (`spm`); or, for
 * masked spans, the document with its hole and then the span (`msp`), a short part of the middle of the document.
 */
export type FimMode = "psm" | "spm" | "msp";

/** Options of {@link fimText}. */
export interface FimTextOptions {
  /** Default `"deepseek"`. */
  family?: SentinelFamily | undefined;
}

/**
 * Writes a document with its middle moved to the end, without tokens for its own beginning and end.
 *
 * - `psm` and `msp`: begin, prefix, hole, suffix, end, middle
 * - `spm`: begin, hole, suffix, end, prefix, middle
 *
 * @param document any text without sentinels
 * @param range start and end of the middle in code points, 0 ≤ start ≤ end ≤ length
 * @param mode default `"psm"`
 * @throws {CoderError} `ERR_SENTINEL` if the document holds a sentinel; `ERR_RANGE` for cuts outside it
 * @see Bavarian et al. 2022, section 3; Guo et al. 2024 (DeepSeek-Coder), section 3.1.2
 */
export function fimText(
  document: string,
  range: readonly [start: number, end: number],
  mode: FimMode = "psm",
  options: FimTextOptions = {},
): string {
  const { family = "deepseek", ...rest } = optionsOf("fimText", options);
  refuseUnknown("fimText", rest);
  textOf("fimText", "document", document);
  const [start, end] = listOf("fimText", "range", range);
  oneOf("fimText", "mode", mode, ["psm", "spm", "msp"]);
  const marks = sentinelsOf("fimText", family);
  const held = sentinelIn(document, marks);
  if (held !== undefined)
    fail("ERR_SENTINEL", `fimText: the document holds the sentinel ${held}`, { sentinel: held });
  const [prefix, middle, suffix] = cutAt("fimText", document, start, end);
  return mode === "spm"
    ? marks.begin + marks.hole + suffix + marks.end + prefix + middle
    : marks.begin + prefix + marks.hole + suffix + marks.end + middle;
}
