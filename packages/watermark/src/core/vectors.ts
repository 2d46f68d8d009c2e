import { WatermarkError } from "../errors";
import { createKey, type WatermarkKey } from "../prf/key";
import { gBit, gValues } from "../schemes/g-values";
import { greenLists } from "../schemes/green-lists";
import { mpacColours } from "../schemes/mpac-colours";
import { unigramGreenList } from "../schemes/unigram";
import { createWatermark } from "./create-watermark";
import type { Profile, ProfileInput, SynthIdProfile } from "./profile";
import type { Detection } from "./results";
import type { SchemeResources } from "./scheme";

/** What `vectors` reads: plain JSON. */
export interface VectorsInput {
  profile: ProfileInput;
  /** Hexadecimal digits; none in a compatibility mode. */
  key?: string;
  /** Texts as ids. */
  ids: readonly (readonly number[])[];
  /** Logits of the token after each text; `null` is minus infinity, as JSON has none. */
  logits?: readonly (readonly (number | null)[])[];
  /** For schemes with payload. */
  payload?: readonly number[];
  /** Tokens of each text that are prompt. Default 0. */
  promptLength?: number;
}

/** One text's internals, bit for bit comparable. */
export interface VectorsRow {
  /** The scheme's draws for the token after the text: seed, green list, digit, g-values. */
  next: Record<string, unknown>;
  /** The logits after the mark; `null` is minus infinity. */
  processed?: (number | null)[];
  detection: Detection;
  /** Decoded payload, for schemes that have one. */
  bits?: number[];
}

/** G-values of all tokens after the context, a string of depth digits a token. */
function describeSynthId(
  profile: SynthIdProfile,
  key: WatermarkKey | undefined,
  ids: readonly number[],
): Record<string, unknown> {
  const width = profile.ngram_len - 1;
  const context = [...new Array<number>(width).fill(0), ...ids].slice(-width);
  const values = gValues(profile, key);
  const tokens = Array.from({ length: profile.vocab_size }, (_, v) => v);
  const bits = values.of(context, tokens);
  const layers = Array.from({ length: profile.depth }, (_, layer) => layer);
  return {
    context,
    gValues: tokens.map((v) => layers.map((layer) => gBit(bits, values.words, v, layer)).join("")),
  };
}

function describeNext(
  profile: Profile,
  key: WatermarkKey | undefined,
  ids: readonly number[],
  prompt: number,
): Record<string, unknown> {
  switch (profile.scheme) {
    case "unigram":
      return { greenList: Array.from(unigramGreenList(profile, key!)) };
    case "kgw": {
      if (ids.length < profile.context_width || profile.seeding_scheme === "selfhash") return {};
      const lists = greenLists(profile, key);
      return {
        seed: lists.name(ids, ids.length),
        greenList: Array.from(lists.list(ids, ids.length)),
      };
    }
    case "mpac": {
      if (ids.length < profile.context_width || profile.seeding_scheme === "selfhash") return {};
      const colours = mpacColours(profile, key!);
      return {
        digit: colours.digitAt(ids, ids.length),
        colours: Array.from({ length: profile.vocab_size }, (_, v) =>
          colours.colourOf(ids, ids.length, v),
        ),
      };
    }
    case "synthid":
      return describeSynthId(profile, key, ids.slice(prompt));
    default:
      return {};
  }
}

/**
 * Computes what others can compare bit for bit: per text the seed and green list, colours or g-values
 * of the next token, the processed logits, and the detector's scores.
 *
 * @param resources proxy or frequencies, where the profile needs them
 * @returns the complete profile and one row per text; the key is not among the output
 * @throws {WatermarkError} as `createWatermark`, and `ERR_SHAPE` when logits and ids differ in number
 */
export function vectors(
  input: VectorsInput,
  resources: SchemeResources = {},
): { profile: Profile; rows: VectorsRow[] } {
  const { ids, logits, payload, promptLength = 0 } = input;
  const key = input.key === undefined ? undefined : createKey(input.key);
  const watermark = createWatermark(input.profile, key, resources);
  const { profile, messageBits } = watermark;
  if (logits && logits.length !== ids.length)
    throw new WatermarkError("ERR_SHAPE", `vectors: ${ids.length} texts, ${logits.length} logits`, {
      fields: {
        needed: ids.length,
        got: logits.length,
      },
    });
  const process = (text: readonly number[], row: readonly (number | null)[]) => {
    const processor = watermark.createProcessor({ promptLength, ...(payload && { payload }) });
    const values = Float32Array.from(row, (x) => x ?? Number.NEGATIVE_INFINITY);
    return Array.from(processor(text, values), (x) => (Number.isFinite(x) ? x : null));
  };
  const rows = ids.map((text, i): VectorsRow => {
    const detection = watermark.detect(text, { promptLength });
    const isReadable = messageBits > 0 && detection.verdict !== "insufficient";
    return {
      next: describeNext(profile, key, text, promptLength),
      ...(logits && { processed: process(text, logits[i]!) }),
      detection,
      ...(isReadable && { bits: Array.from(watermark.decode(text, { promptLength }).bits) }),
    };
  });
  return { profile, rows };
}
