import { checkPayload, checkTokens } from "../core/checked-inputs";
import { type Detector, type Evaluation, evaluate } from "../core/evaluate";
import type { DecodeOptions, TextInput } from "../core/results";
import type { ReadOptions, SchemeResources } from "../core/scheme";
import { defaultWorkLimit, workBudget } from "../core/work-budget";
import { real, WatermarkError } from "../errors";
import { type KeyInput, toKeyRing } from "../prf/key-ring";
import type { Profile } from "../profile";
import { kindOf } from "../schemes";

/** Turns text into ids. */
export interface TextOptions {
  /** The tokenizer, for detection on text. Leave special tokens out. */
  tokenize?: ((text: string) => ArrayLike<number>) | undefined;
  /** Runs on text before the tokenizer; for example `normalizeText`. */
  normalize?: ((text: string) => string) | undefined;
}

/**
 * One detector per key, the current key first.
 *
 * @throws {WatermarkError} `ERR_KEY` for missing, malformed or unexpected keys
 */
export function makeDetectors(
  profile: Profile,
  key: KeyInput | undefined,
  resources: SchemeResources,
): Detector[] {
  if (profile.compat) {
    if (key !== undefined)
      throw new WatermarkError(
        "ERR_KEY",
        "createWatermark: in a compatibility mode the profile's numeric keys are the key",
      );
    return [{ keyId: undefined, scheme: kindOf(profile).bind(profile, undefined, resources) }];
  }
  if (key === undefined || key === null)
    throw new WatermarkError("ERR_KEY", "createWatermark: a key of at least 16 bytes is needed", {
      fields: {
        needed: 16,
        got: 0,
      },
    });
  const { current, keys } = toKeyRing(key);
  if (profile.key_id && !keys.some((one) => one.id === profile.key_id))
    throw new WatermarkError(
      "ERR_KEY",
      `createWatermark: the profile is for key ${profile.key_id}, which is not in the ring`,
      { fields: { needed: profile.key_id } },
    );
  const ordered = [current, ...keys.filter((one) => one !== current)];
  return ordered.map((one) => ({
    keyId: one.id,
    scheme: kindOf(profile).bind(profile, one, resources),
  }));
}

/** Ids as numbers; a bigint beyond the exact integers stays outside every vocabulary. */
const toNumbers = (ids: ArrayLike<number> | ArrayLike<bigint>): ArrayLike<number> =>
  typeof ids[0] === "bigint"
    ? Array.from(ids as ArrayLike<bigint>, Number)
    : (ids as ArrayLike<number>);

/** The ids of a text without its prompt, checked. */
export function toIds(
  profile: Profile,
  { tokenize, normalize }: TextOptions,
  text: TextInput,
  promptLength = 0,
): ArrayLike<number> {
  if (typeof text !== "string" && !Number.isSafeInteger(text?.length))
    throw new WatermarkError("ERR_TOKEN", `detect: a text is token ids or a string, got ${text}`);
  let ids = toNumbers(text as Exclude<TextInput, string>);
  if (typeof text === "string") {
    if (!tokenize)
      throw new WatermarkError("ERR_UNSUPPORTED", "detect: text needs the option tokenize");
    ids = tokenize(normalize ? normalize(text) : text);
  }
  checkTokens(ids, profile.vocab_size);
  real("detect", "promptLength", promptLength, { min: 0, max: ids.length });
  if (!Number.isInteger(promptLength))
    throw new WatermarkError(
      "ERR_RANGE",
      `detect: promptLength must be an integer, got ${promptLength}`,
    );
  return promptLength ? Array.prototype.slice.call(ids, promptLength) : ids;
}

/** A text's ids, how to read them, and the result of its presence test, in positions of the given text. */
export interface Examined extends Evaluation {
  ids: ArrayLike<number>;
  read: ReadOptions;
}

/** Runs the presence test of all detectors. */
export function examine(
  detectors: readonly Detector[],
  ids: ArrayLike<number>,
  options: DecodeOptions,
): Examined {
  const { alpha = 1e-3, listSize = 16, candidates, promptLength = 0 } = options;
  const { workLimit = defaultWorkLimit } = options;
  const { messageBits } = detectors[0]!.scheme;
  real("detect", "alpha", alpha, { min: Number.MIN_VALUE, max: 1 });
  for (const size of options.windows?.sizes ?? [])
    real("detect", "windows.sizes", size, { min: 1, max: Number.MAX_SAFE_INTEGER });
  real("detect", "windows.stride", options.windows?.stride ?? 1, {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
  });
  if (candidates && (!messageBits || !candidates.length))
    throw new WatermarkError("ERR_PAYLOAD", "detect: candidates need a payload scheme");
  const read: ReadOptions = {
    listSize: real("decode", "listSize", listSize, { min: 1, max: 4096 }),
    isWindow: false,
    spend: workBudget(workLimit),
    candidates: candidates ? candidates.map((bits) => checkPayload(bits, messageBits)) : undefined,
  };
  const evaluation = evaluate(detectors, ids, options, read);
  const { start, end } = evaluation.detection.window;
  const window = { start: start + promptLength, end: end + promptLength };
  return { ...evaluation, detection: { ...evaluation.detection, window }, ids, read };
}
