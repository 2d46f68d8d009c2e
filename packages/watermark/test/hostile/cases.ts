import type { HostileCase } from "@deepgrain/vitest/hostile";
import {
  createWatermark,
  fromHuggingFace,
  type NgramData,
  ngramFromJSON,
  type ProfileInput,
  uniformProxy,
} from "../../src";

const key = "00112233445566778899aabbccddeeff";

/** Ids that repeat late. */
const text = (length: number, vocabulary: number) =>
  Array.from({ length }, (_, i) => (Math.imul(i + 1, 2_654_435_761) >>> 0) % vocabulary);

const decode = (
  expects: HostileCase["expects"],
  tokens: number,
  profile: ProfileInput,
): HostileCase => ({
  name: `${tokens} tokens of ${JSON.stringify(profile)}`,
  expects,
  run() {
    const { vocab_size: size } = profile;
    const proxy = uniformProxy(size);
    return createWatermark(profile, key, { proxy }).decode(text(tokens, size));
  },
});

const profile = (name: string, open: () => unknown): HostileCase => ({
  name,
  expects: "ERR_PROFILE",
  run: open,
});
const open = (input: object) => createWatermark(input as ProfileInput, key);

/** Inputs that hung, took gigabytes or threw what is not documented. */
export const cases: readonly HostileCase[] = [
  decode("ERR_RANGE", 300, {
    scheme: "ctwl-vanilla",
    vocab_size: 512,
    message_bits: 24,
    message_code_len: 24,
  }),
  decode("ERR_RANGE", 5000, { scheme: "ctwl-vanilla", vocab_size: 512, message_bits: 480 }),
  decode("result", 200, { scheme: "ctwl-vanilla", vocab_size: 512 }),
  decode("ERR_RANGE", 300, {
    scheme: "ctwl-balance",
    vocab_size: 512,
    message_bits: 24,
    message_code_len: 24,
  }),
  decode("ERR_RANGE", 300, {
    scheme: "ctwl-balance",
    vocab_size: 50_000,
    message_bits: 8,
    message_code_len: 8,
    random_permutation_num: 65_536,
  }),
  decode("result", 300, {
    scheme: "rs-segment",
    vocab_size: 4096,
    symbol_bits: 12,
    code_symbols: 4095,
  }),
  decode("result", 5000, {
    scheme: "rs-segment",
    vocab_size: 4096,
    symbol_bits: 12,
    code_symbols: 4095,
  }),
  profile("a scheme called constructor", () => open({ scheme: "constructor", vocab_size: 10 })),
  profile("a scheme called __proto__", () => open({ scheme: "__proto__", vocab_size: 10 })),
  profile("keys that are not a list", () => fromHuggingFace({ keys: "abc" } as never, 10)),
  profile("a length that is not a list", () =>
    fromHuggingFace({ keys: { length: 1 } } as never, 10),
  ),
  profile("no Hugging Face configuration", () => fromHuggingFace(null as never, 10)),
  profile("a seed that is text", () =>
    fromHuggingFace({ keys: [1], sampling_table_seed: "x" } as never, 10),
  ),
  {
    name: "an n-gram model without tables",
    expects: "ERR_PROXY",
    run: () =>
      ngramFromJSON({
        format: "deepgrain-ngram-1",
        id: "x",
        vocabSize: 1,
        order: 2,
        discount: 0.5,
        unigram: [1],
      } as unknown as NgramData),
  },
  {
    name: "an n-gram model that is null",
    expects: "ERR_PROXY",
    run: () => ngramFromJSON(null as never),
  },
];
