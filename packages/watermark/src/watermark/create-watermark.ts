import { checkPayload } from "../core/checked-inputs";
import { listWindows, pick } from "../core/evaluate";
import { makeProcessor, type Processor, type ProcessorOptions } from "../core/processor";
import type {
  DecodeOptions,
  Decoding,
  Detection,
  DetectOptions,
  Explanation,
  TextInput,
} from "../core/results";
import type { SchemeResources } from "../core/scheme";
import { optionsOf, refuseUnknown, WatermarkError } from "../errors";
import type { KeyInput } from "../prf/key-ring";
import type { Profile, ProfileInput } from "../profile";
import { type Capacity, type CapacityOptions, checkFit, profileCapacity } from "./capacity";
import { explainEvaluation } from "./explain";
import { type Examined, examine, makeDetectors, type TextOptions, toIds } from "./reader";
import { validateProfile } from "./validate-profile";

/** Further inputs that some profiles and calls need. */
export interface WatermarkOptions extends SchemeResources, TextOptions {
  /** The payload of `processor`, as for `createProcessor`. */
  payload?: ArrayLike<number> | undefined;
}

const watermarkNames: readonly (keyof WatermarkOptions)[] = [
  "proxy",
  "frequencies",
  "tokenize",
  "normalize",
  "payload",
];

/** Both sides of a watermark. */
export interface Watermark {
  readonly profile: Profile;
  /** Payload bits; 0 for schemes that only detect presence. */
  readonly messageBits: number;
  /** A processor for the payload given to `createWatermark`; one text at a time. */
  readonly processor: Processor;
  createProcessor(options?: ProcessorOptions): Processor;
  /** Tests whether a text is marked. Does not throw on ordinary text, however short. */
  detect(input: TextInput, options?: DetectOptions): Detection;
  /** Reads the payload of a text. */
  decode(input: TextInput, options?: DecodeOptions): Decoding;
  /** Evidence token by token. */
  explain(input: TextInput, options?: DetectOptions): Explanation;
  /** The capacity of a text of a given length. */
  capacity(options: CapacityOptions): Capacity;
  /** Awaits an asynchronous proxy for every position, so that the calls above work. */
  prepare(input: TextInput, options?: { promptLength?: number | undefined }): Promise<void>;
}

/** Reads the payload of an examined text. */
function decodeExamined(examined: Examined, options: DecodeOptions): Decoding {
  const { detection, detector, scored, all, isWindow, ids, read } = examined;
  if (detection.verdict === "insufficient")
    throw new WatermarkError(
      "ERR_TOO_SHORT",
      `decode: at least ${detection.tokensNeeded} tokens are needed, got ${ids.length}`,
      { fields: { needed: detection.tokensNeeded, got: ids.length } },
    );
  const { scheme } = detector;
  if (!options.windows || !scheme.readWindows)
    return { ...detection, ...scheme.read!(scored, all, { ...read, isWindow }) };
  const windows = listWindows(ids.length, options).map((window) => ({
    tested: pick(scored, window, options.ignoreRepeated ?? true),
    all: pick(scored, window, false),
  }));
  return { ...detection, ...scheme.readWindows(scored, windows, read) };
}

/** The options of `detect`, `decode` or `explain`. @throws {WatermarkError} `ERR_ARGUMENT` for one that does not exist */
function readOptions(where: string, options: DecodeOptions): DecodeOptions {
  const { alpha, promptLength, ignoreRepeated, windows, candidates, workLimit, listSize, ...rest } =
    optionsOf(where, options);
  refuseUnknown(where, rest);
  return { alpha, promptLength, ignoreRepeated, windows, candidates, workLimit, listSize };
}

/**
 * Binds a profile to a key. Embedding and detection share only the profile and the key, which must be the same on
 * both sides.
 *
 * @param input scheme, `vocab_size`, and any fields that differ from the defaults
 * @param key secret bytes (at least 16), hexadecimal digits, a key or a key ring; none with `compat`
 * @param options proxy LM (Balance-Marking), token frequencies (balanced RS segments), payload,
 *   tokenizer and normaliser
 * @throws {WatermarkError} `ERR_PROFILE`, `ERR_KEY`, `ERR_PROXY` or `ERR_PAYLOAD`
 */
export function createWatermark(
  input: ProfileInput,
  key?: KeyInput,
  options: WatermarkOptions = {},
): Watermark {
  const {
    proxy,
    frequencies,
    tokenize,
    normalize,
    payload: bound,
    ...rest
  } = optionsOf("createWatermark", options);
  refuseUnknown("createWatermark", rest, watermarkNames);
  const texts: TextOptions = { tokenize, normalize };
  const profile = validateProfile(input);
  const detectors = makeDetectors(profile, key, { proxy, frequencies });
  const current = detectors[0]!.scheme;
  const { messageBits } = current;
  if (bound) checkPayload(bound, messageBits);
  const run = (where: string, text: TextInput, given: DecodeOptions) => {
    const own = readOptions(where, given);
    return examine(detectors, toIds(profile, texts, text, own.promptLength), own);
  };
  const createProcessor = (given: ProcessorOptions = {}): Processor => {
    const {
      payload = bound,
      promptLength,
      maxTokens,
      ...others
    } = optionsOf("createProcessor", given);
    refuseUnknown("createProcessor", others);
    if (!payload === messageBits > 0)
      throw new WatermarkError(
        "ERR_PAYLOAD",
        `createProcessor: ${profile.scheme} takes a payload of ${messageBits} bits, got ${payload?.length ?? 0}`,
        { fields: { needed: messageBits, got: payload?.length ?? 0 } },
      );
    if (maxTokens !== undefined) checkFit(profile, maxTokens);
    const bits = payload && checkPayload(payload, messageBits);
    return makeProcessor(current.embedder(bits), profile.vocab_size, promptLength);
  };
  let processor: Processor | undefined;
  return {
    profile,
    messageBits,
    get processor() {
      processor ??= createProcessor();
      return processor;
    },
    createProcessor,
    detect: (text, given = {}) => run("detect", text, given).detection,
    decode(text, given = {}) {
      if (!messageBits)
        throw new WatermarkError("ERR_UNSUPPORTED", `decode: ${profile.scheme} has no payload`);
      return decodeExamined(run("decode", text, given), given);
    },
    explain: (text, given = {}) =>
      explainEvaluation(run("explain", text, given), given.promptLength ?? 0),
    capacity: (given) => profileCapacity(profile, given),
    async prepare(text, { promptLength = 0, ...others } = {}) {
      refuseUnknown("prepare", others);
      const ids = toIds(profile, texts, text, promptLength);
      for (const { scheme } of detectors) await scheme.prepare?.(ids);
    },
  };
}
