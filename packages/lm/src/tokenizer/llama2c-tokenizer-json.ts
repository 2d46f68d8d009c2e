import { having, LmError } from "../errors";
import {
  type AddedToken,
  specialToken,
  type TokenizerJson,
  templateProcessor,
} from "./tokenizer-json";

/** A llama2.c tokenizer as its file stores it; the index of a piece is its id. */
export interface Llama2cTokenizer {
  /** Length of the longest piece in bytes. */
  maxLength: number;
  /** 0 unknown, 1 BOS, 2 EOS, 3–258 the single bytes, then ordinary pieces. */
  pieces: readonly { score: number; bytes: Uint8Array }[];
}

const firstByteId = 3;
const firstTextId = 259;
const space = "\u2581"; // how Hugging Face's Llama tokenizers write a space
const byteName = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;

function pieceNames({ pieces }: Llama2cTokenizer): string[] {
  if (pieces.length < firstTextId)
    throw new LmError(
      "ERR_FORMAT",
      `lm/llama2cTokenizerJson: there must be at least ${firstTextId} pieces, got ${pieces.length}`,
      { fields: { pieces: pieces.length } },
    );
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const names = pieces.map(({ bytes }, id) => {
    if (id < firstByteId) return ["<unk>", "<s>", "</s>"][id]!;
    if (id < firstTextId) return byteName(id - firstByteId);
    try {
      return decoder.decode(bytes).replaceAll(" ", space);
    } catch (cause) {
      throw new LmError("ERR_FORMAT", `lm/llama2cTokenizerJson: piece ${id} is not UTF-8`, {
        fields: { id },
        cause,
      });
    }
  });
  const seen = new Set<string>();
  const repeated = names.find((name) => seen.size === seen.add(name).size);
  if (repeated !== undefined)
    throw new LmError("ERR_FORMAT", `lm/llama2cTokenizerJson: piece "${repeated}" occurs twice`, {
      fields: { piece: repeated },
    });
  return names;
}

/** Pieces with scores, from which merges are derived. */
export interface ScoredPieces {
  /** By id. */
  names: readonly string[];
  scores: ArrayLike<number>;
  /** Whether a piece is composed of others, and not a byte or a special token. */
  isText: (id: number) => boolean;
  added: AddedToken[];
  unknown: string | null;
  /** Put before every text; undefined for none. */
  bos: number | undefined;
  /** Whether a space is put before the text. */
  putsSpace: boolean;
}

/**
 * All ways to compose a piece of two others. The pair whose result has the highest score is merged first, so pieces
 * come in order of decreasing score. Among the splits of one piece, those with the longer left part come first.
 */
function mergesByScore({ names, scores, isText }: ScoredPieces): string[] {
  const ids = names.map((_, id) => id).filter(isText);
  const known = new Set(ids.map((id) => names[id]!));
  // A cut is tried only where both parts have the length of some piece: there are few lengths, and many places to cut.
  const lengths = new Set(Array.from(known, (name) => name.length));
  const longestFirst = [...lengths].sort((a, b) => b - a);
  const merges: string[] = [];
  for (const id of ids.sort((a, b) => scores[b]! - scores[a]! || a - b)) {
    const name = names[id]!;
    for (const length of longestFirst) {
      if (!lengths.has(name.length - length)) continue;
      const left = name.slice(0, length);
      if (!known.has(left)) continue;
      const right = name.slice(length);
      if (known.has(right)) merges.push(`${left} ${right}`);
    }
  }
  return merges;
}

/** The content of a tokenizer.json for pieces with scores: BPE over characters, bytes for unknown ones. */
export function scoredTokenizerJson(pieces: ScoredPieces): TokenizerJson {
  const { names, added, unknown, bos, putsSpace } = pieces;
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: {
      type: "Sequence",
      normalizers: [
        ...(putsSpace ? [{ type: "Prepend", prepend: space }] : []),
        { type: "Replace", pattern: { String: " " }, content: space },
      ],
    },
    pre_tokenizer: null,
    post_processor: templateProcessor({
      bos: bos === undefined ? undefined : specialToken(bos, names[bos]!),
    }),
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: space }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...(putsSpace ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: unknown,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(names.map((name, id) => [name, id])),
      merges: mergesByScore(pieces),
    },
  };
}

/**
 * Turns a llama2.c tokenizer into the content of a Hugging Face tokenizer.json with the same ids: BPE over
 * characters with merges derived from the scores, a space put before the text, bytes for unknown characters,
 * and BOS before every text.
 *
 * Two things differ from llama2.c's encoder, as in all Llama tokenizers of this form: `<s>`, `</s>` and
 * `<unk>` written out in a text are special tokens, and U+2581 in a text is a space. Where two ways to
 * spell one piece overlap, or two pieces have one score, llama2.c takes the leftmost pair; BPE has a fixed
 * order, so contrived tokenizers may differ there.
 *
 * @throws {LmError} `ERR_FORMAT` when there are fewer than 259 pieces, a piece is not UTF-8 or occurs twice
 * @see Karpathy, llama2.c, `tokenizer.py` (file) and `run.c` (`encode`)
 */
export function llama2cTokenizerJson(source: Llama2cTokenizer): TokenizerJson {
  having("llama2cTokenizerJson", "source", source, "pieces");
  const names = pieceNames(source);
  return scoredTokenizerJson({
    names,
    scores: source.pieces.map(({ score }) => score),
    isText: (id) => id >= firstTextId,
    added: names.slice(0, firstByteId).map((content, id) => specialToken(id, content)),
    unknown: "<unk>",
    bos: 1,
    putsSpace: true,
  });
}
