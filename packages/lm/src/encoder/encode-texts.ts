import { having, LmError, listOf, optionsOf, refuseUnknown } from "../errors";
import type { Tokenizer } from "../tokenizer";
import type { EncoderBatch } from "./encoder-batch";
import type { EncoderConfig } from "./encoder-config";
import { encoderFamily } from "./families";
import { longestRow } from "./longest-row";

/** Options of {@link encodeTexts}. */
export interface EncodeTextsOptions {
  /** Maximum number of tokens per row, special ones included. Default: the longest row of the model. */
  maxLength?: number | undefined;
}

interface Row {
  ids: number[];
  types: number[];
}

function specialIds({ clsTokenId: cls, sepTokenId: sep }: Tokenizer): { cls: number; sep: number } {
  if (cls === undefined || sep === undefined)
    throw new LmError(
      "ERR_MISSING",
      "lm/encodeTexts: the tokenizer's configuration must name cls_token and sep_token",
    );
  return { cls, sep };
}

/**
 * Drops tokens from the end of the longer part, or of the second if both have the same length, until `most` are left.
 */
function truncate(parts: number[][], most: number): void {
  const [first, second = []] = parts;
  while (first!.length + second.length > most)
    (second.length >= first!.length ? second : first!).pop();
}

type Text = string | readonly [string, string] | readonly number[];

/** Whether a text is given as its ids. */
const isIds = (text: Text): text is readonly number[] =>
  typeof text !== "string" && typeof text[0] !== "string";

/**
 * Texts, or pairs of texts, as a batch: `[CLS] a [SEP]` or `[CLS] a [SEP] b [SEP]` for BERT, DistilBERT and ModernBERT, the
 * second text having type 1 where the model has two types; `<s> a </s>` or `<s> a </s></s> b </s>` for RoBERTa and XLM-RoBERTa. Rows are padded on the right with the
 * model's padding token; longer ones lose tokens from the end of their longer text.
 *
 * @param texts at least one; a text may be given as its ids, without special ones
 * @throws {LmError} `ERR_RANGE` for no texts or a length with no room for a token; `ERR_MISSING` when the tokenizer
 *   lacks its special tokens; `ERR_MISMATCH` for a tokenizer with more tokens than the model
 * @see Devlin et al. 2019, section 3; Liu et al. 2019, section 2
 */
export function encodeTexts(
  tokenizer: Tokenizer,
  config: EncoderConfig,
  texts: readonly Text[],
  options: EncodeTextsOptions = {},
): EncoderBatch {
  const { maxLength: given, ...rest } = optionsOf("encodeTexts", options);
  refuseUnknown("encodeTexts", rest);
  having("encodeTexts", "tokenizer", tokenizer, "encode", "vocabSize");
  listOf("encodeTexts", "texts", texts);
  const maxLength = given ?? longestRow(config);
  if (texts.length === 0) throw new LmError("ERR_RANGE", "lm/encodeTexts: there are no texts");
  if (tokenizer.vocabSize > config.vocabSize)
    throw new LmError(
      "ERR_MISMATCH",
      `lm/encodeTexts: the tokenizer has ${tokenizer.vocabSize} tokens, the model ${config.vocabSize}`,
    );
  const { cls, sep } = specialIds(tokenizer);
  const { separators } = encoderFamily(config);
  const between = separators === 1 ? [sep] : [sep, sep];
  const isSingle = (text: Text) => typeof text === "string" || isIds(text);
  const least = texts.every(isSingle) ? 3 : between.length + 3;
  if (!Number.isInteger(maxLength) || maxLength < least || maxLength > longestRow(config))
    throw new LmError(
      "ERR_RANGE",
      `lm/encodeTexts: maxLength must be from ${least} to ${longestRow(config)}, got ${maxLength}`,
    );
  const secondType = separators === 1 && config.typeVocabSize > 1 ? 1 : 0;
  const rows = texts.map((text): Row => {
    const parts = isIds(text)
      ? [[...text]]
      : (typeof text === "string" ? [text] : text).map((part) =>
          tokenizer.encode(part, { addSpecialTokens: false }),
        );
    truncate(parts, maxLength - (parts[1] ? 2 + between.length : 2));
    const start = [cls, ...parts[0]!, ...(parts[1] ? between : [sep])];
    const end = parts[1] ? [...parts[1], sep] : [];
    const types = [...start.map(() => 0), ...end.map(() => secondType)];
    return { ids: [...start, ...end], types };
  });
  return padRows(rows, config.padTokenId);
}

function padRows(rows: readonly Row[], padTokenId: number): EncoderBatch {
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  const ids = new Int32Array(rows.length * length).fill(padTokenId);
  const attentionMask = new Int32Array(ids.length);
  const tokenTypeIds = new Int32Array(ids.length);
  for (const [row, { ids: own, types }] of rows.entries()) {
    ids.set(own, row * length);
    tokenTypeIds.set(types, row * length);
    attentionMask.fill(1, row * length, row * length + own.length);
  }
  return { ids, batch: rows.length, length, attentionMask, tokenTypeIds };
}
