import type { Slices } from "@deepgrain/support";
import { LmError } from "../../errors";
import { asBytes } from "./as-bytes";
import { byteWordsOf, type SpellLong } from "./byte-words";
import { IdWriter } from "./id-writer";
import { mergedTokens } from "./merged-tokens";
import { normalText } from "./normal-text";
import { Pace } from "./pace";
import { partsOf, wordsOf } from "./parts";
import type { Pipeline } from "./pipeline";
import { type Stretch, stretchesOf } from "./stretches";
import type { TokenSizes } from "./token-sizes";
import { wordTokens } from "./word-tokens";

const encoder = new TextEncoder();

/** A limit of ids. */
export interface IdLimit {
  /** Of the text itself. */
  readonly most: number;
  /** Ids that are put around it. */
  readonly around: number;
}

function refuse({ most, around }: IdLimit, least: number): never {
  const maxTokens = most + around;
  const leastTokens = least + around;
  throw new LmError(
    "ERR_RANGE",
    `lm/encodeInTurns: a text may have ${maxTokens} tokens, got at least ${leastTokens}`,
    { fields: { maxTokens, leastTokens } },
  );
}

/** Refuses a text that has too many tokens however it is encoded, without encoding it. */
function* assertFits(
  pipeline: Pipeline,
  sizes: TokenSizes,
  text: string,
  limit: IdLimit,
): Slices<void> {
  const { most } = limit;
  if (sizes.isBytes) {
    const bytes = text.length > most * sizes.longest ? text.length : encoder.encode(text).length;
    if (bytes > most * sizes.longest) refuse(limit, Math.ceil(bytes / sizes.longest));
    return;
  }
  if (text.length <= most * sizes.longest) return;
  let least = 0;
  const pace = new Pace();
  for (const part of partsOf(pipeline, text, pace)) {
    if (part === undefined) yield;
    else if (part.type === "token") least++;
    else if (part.type === "word") least += sizes.leastOf(part.text);
    if (least > most) refuse(limit, least);
  }
}

const spellLong: SpellLong = function* (model, word, pace) {
  const letters = yield* asBytes(word, pace);
  yield* mergedTokens(model, letters, pace);
};

interface Writing {
  readonly writer: IdWriter;
  readonly ids: readonly number[];
  readonly pace: Pace;
  readonly limit: IdLimit;
}

/** Writes the ids of a stretch of text by the library's model. */
function* byLibrary(
  pipeline: Pipeline,
  stretch: Extract<Stretch, { type: "stretch" }>,
  { writer, ids, pace, limit }: Writing,
): Slices<void> {
  for (const part of wordsOf(pipeline, stretch, pace)) {
    if (part === undefined) yield;
    else if (part.type === "end") writer.end();
    else
      for (const token of wordTokens(pipeline.model, part.text, pace)) {
        if (token === undefined) yield;
        else writer.write(token);
        if (ids.length > limit.most) refuse(limit, ids.length);
      }
  }
}

/**
 * The ids of a text without what is put around it, in slices: those that the library finds in one piece.
 *
 * @param limit.most ids
 * @throws {LmError} `ERR_RANGE` for a text with more: as soon as that is known, which for most texts is before the first is found
 */
export function* textIds(
  pipeline: Pipeline,
  sizes: TokenSizes,
  text: string,
  limit: IdLimit,
): Slices<number[]> {
  const { most } = limit;
  if (most < 0) refuse(limit, 0);
  if (3 * text.length > most * sizes.longest) yield* assertFits(pipeline, sizes, text, limit);
  const ids: number[] = [];
  const pace = new Pace();
  const words = byteWordsOf(pipeline);
  const writer = new IdWriter(pipeline, sizes.longest, ids);
  for (const stretch of stretchesOf(pipeline, text, pace, normalText)) {
    if (stretch === undefined) yield;
    else if (stretch.type === "token") writer.added(stretch.text);
    else if (words) yield* words.write(stretch.text, ids, { pace, most, spellLong });
    else yield* byLibrary(pipeline, stretch, { writer, ids, pace, limit });
    if (ids.length > most) refuse(limit, ids.length);
  }
  return ids;
}
