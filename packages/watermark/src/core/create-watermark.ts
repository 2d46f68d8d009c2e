import { WatermarkError } from "../error";
import { type KeyInput, toKeyRing } from "../prf/key-ring";
import type { Capacity, CapacityOptions } from "./capacity";
import { checkPayload, checkRange, checkTokens } from "./check";
import { createScheme } from "./create-scheme";
import { type Detector, evaluate, listWindows, pick } from "./evaluate";
import { explainEvaluation } from "./explain";
import { makeProcessor, type Processor, type ProcessorOptions } from "./processor";
import type { Profile, ProfileInput } from "./profile";
import { checkFit, profileCapacity } from "./profile-capacity";
import type {
  DecodeOptions,
  Decoding,
  Detection,
  DetectOptions,
  Explanation,
  TextInput,
} from "./results";
import type { ReadOptions, SchemeResources } from "./scheme";
import { validateProfile } from "./validate-profile";

/** What some profiles and calls need beside profile and key. */
export interface WatermarkOptions extends SchemeResources {
  /** The message of `processor`, as for `createProcessor`. */
  payload?: ArrayLike<number>;
  /** The tokenizer, for detection on text. Leave special tokens out. */
  tokenize?: (text: string) => ArrayLike<number>;
  /** Runs on text before the tokenizer; for example `normalizeText`. */
  normalize?: (text: string) => string;
}

/** Both sides of a watermark. */
export interface Watermark {
  readonly profile: Profile;
  /** Bits a payload has; 0 for schemes that only say "marked". */
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
  /** What a text of a given length can carry. */
  capacity(options: CapacityOptions): Capacity;
  /** Awaits an asynchronous proxy for every position, after which the calls above work. */
  prepare(input: TextInput, options?: { promptLength?: number }): Promise<void>;
}

function makeDetectors(profile: Profile, key: KeyInput | undefined, resources: SchemeResources) {
  if (profile.compat) {
    if (key !== undefined)
      throw new WatermarkError(
        "ERR_KEY",
        "createWatermark: in a compatibility mode the profile's numeric keys are the key",
      );
    return [{ keyId: undefined, scheme: createScheme(profile, undefined, resources) }];
  }
  if (key === undefined || key === null)
    throw new WatermarkError("ERR_KEY", "createWatermark: a key of at least 16 bytes is needed", {
      needed: 16,
      got: 0,
    });
  const ring = toKeyRing(key);
  if (profile.key_id && !ring.keys.some((other) => other.id === profile.key_id))
    throw new WatermarkError(
      "ERR_KEY",
      `createWatermark: the profile is for key ${profile.key_id}, which is not in the ring`,
      { needed: profile.key_id },
    );
  const ordered = [ring.current, ...ring.keys.filter((other) => other !== ring.current)];
  return ordered.map(
    (one): Detector => ({ keyId: one.id, scheme: createScheme(profile, one, resources) }),
  );
}

/**
 * Binds a profile to a key. The same profile and key on both sides are all that embedding and
 * detection share.
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
  const profile = validateProfile(input);
  const detectors = makeDetectors(profile, key, options);
  const current = detectors[0]!.scheme;
  const { messageBits } = current;
  if (options.payload) checkPayload(options.payload, messageBits);

  const toIds = (text: TextInput, promptLength = 0): ArrayLike<number> => {
    let ids = text as ArrayLike<number>;
    if (typeof text === "string") {
      if (!options.tokenize)
        throw new WatermarkError("ERR_UNSUPPORTED", "detect: text needs the option tokenize");
      ids = options.tokenize(options.normalize ? options.normalize(text) : text);
    }
    checkTokens(ids, profile.vocab_size);
    checkRange("detect: promptLength", promptLength, 0, ids.length);
    return promptLength ? Array.prototype.slice.call(ids, promptLength) : ids;
  };
  const toReadOptions = (given: DecodeOptions): ReadOptions => ({
    listSize: checkRange("decode: listSize", given.listSize ?? 16, 1, 4096),
    isWindow: false,
    ...(given.candidates && {
      candidates: given.candidates.map((bits) => checkPayload(bits, messageBits)),
    }),
  });
  const run = (text: TextInput, given: DecodeOptions) => {
    checkRange("detect: alpha", given.alpha ?? 1e-3, Number.MIN_VALUE, 1);
    if (given.candidates && (!messageBits || !given.candidates.length))
      throw new WatermarkError("ERR_PAYLOAD", "detect: candidates need a payload scheme");
    const ids = toIds(text, given.promptLength);
    const read = toReadOptions(given);
    return { ids, read, evaluation: evaluate(detectors, ids, given, read) };
  };
  const shifted = (detection: Detection, by = 0): Detection => ({
    ...detection,
    window: { start: detection.window.start + by, end: detection.window.end + by },
  });

  const createProcessor = (given: ProcessorOptions = {}): Processor => {
    const payload = given.payload ?? options.payload;
    if (messageBits && !payload)
      throw new WatermarkError(
        "ERR_PAYLOAD",
        `createProcessor: ${profile.scheme} needs a payload of ${messageBits} bits`,
        { needed: messageBits, got: 0 },
      );
    if (!messageBits && payload)
      throw new WatermarkError("ERR_PAYLOAD", `createProcessor: ${profile.scheme} has no payload`);
    if (given.maxTokens !== undefined) checkFit(profile, given.maxTokens);
    const bits = payload ? checkPayload(payload, messageBits) : undefined;
    return makeProcessor(current.embedder(bits), profile.vocab_size, given.promptLength);
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
    detect: (text, given = {}) =>
      shifted(run(text, given).evaluation.detection, given.promptLength),
    decode(text, given = {}) {
      if (!messageBits)
        throw new WatermarkError("ERR_UNSUPPORTED", `decode: ${profile.scheme} has no payload`);
      const { ids, read, evaluation } = run(text, given);
      const { detection, detector, scored, all, isWindow } = evaluation;
      if (detection.verdict === "insufficient")
        throw new WatermarkError(
          "ERR_TOO_SHORT",
          `decode: at least ${detection.tokensNeeded} tokens are needed, got ${ids.length}`,
          { needed: detection.tokensNeeded, got: ids.length },
        );
      const { scheme } = detector;
      const reading =
        given.windows && scheme.readWindows
          ? scheme.readWindows(
              scored,
              listWindows(ids.length, given).map((window) => ({
                tested: pick(scored, window, given.ignoreRepeated ?? true),
                all: pick(scored, window, false),
              })),
              read,
            )
          : scheme.read!(scored, all, { ...read, isWindow });
      return { ...shifted(detection, given.promptLength), ...reading };
    },
    explain(text, given = {}) {
      const { ids, evaluation } = run(text, given);
      const explanation = explainEvaluation(ids, evaluation, given.promptLength ?? 0);
      return { ...explanation, detection: shifted(explanation.detection, given.promptLength) };
    },
    capacity: (given) => profileCapacity(profile, given),
    async prepare(text, { promptLength = 0 } = {}) {
      const ids = toIds(text, promptLength);
      for (const { scheme } of detectors) await scheme.prepare?.(ids);
    },
  };
}
