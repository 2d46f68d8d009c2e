import { type CodeShape, liftedRate, presenceOnly } from "../../core/code-shape";
import { named } from "../../core/profile-extras";
import { bias, choice, integer, real } from "../../core/profile-fields";
import { type SchemeKind, schemeKind } from "../../core/scheme-kind";
import { ctwl } from "./ctwl";
import { chunkLayout } from "./layout";
import type { CtwlBalanceProfile, CtwlProfile, CtwlVanillaProfile } from "./profile";

const fields = {
  message_bits: integer(20, 1, 4096),
  message_code_len: integer(20, 1, 24),
  encode_ratio: real(10, 0, 1e6, true),
  lm_prefix_len: integer(10, 0, 4096),
  hash_prefix_len: integer(1, 1, 64),
  top_k: integer(1000, 0, 2 ** 31),
  bias: bias(1.5),
  message_model_strategy: choice("vanilla", "max_confidence", "max_confidence_updated"),
  max_confidence_lbd: real(0.5, 0, 1),
  after_last_chunk: choice("stop", "repeat", "wrap"),
};

function shape(profile: CtwlProfile, spike: number | undefined, bits?: number): CodeShape {
  const { chunks, bitsOf } = chunkLayout({
    ...profile,
    message_bits: bits ?? profile.message_bits,
  });
  const values = 2 ** bitsOf(0);
  return {
    ...presenceOnly(0.5, liftedRate(0.5, profile.bias, spike)),
    parts: chunks,
    rivals: values - 1,
    isDealt: false,
    messages: values,
  };
}

/** The last chunk must begin, and the start of a text is not marked. */
function textTokens(profile: CtwlProfile, needed: number): number {
  const { first, chunks, chunkTokens } = chunkLayout(profile);
  return first + Math.max(needed, (chunks - 1) * chunkTokens + 1);
}

const both = {
  compat: ["reference"],
  shape,
  textTokens,
  contextTokens: () => 1,
  notAdditive: ({ top_k }) =>
    top_k === 0 ? undefined : "needs top_k 0 where the logits are not seen",
  bind: ctwl as never,
} satisfies Partial<SchemeKind<CtwlProfile>>;

/** The scheme `ctwl-vanilla`. */
export const ctwlVanillaKind = schemeKind<CtwlVanillaProfile>({
  name: "ctwl-vanilla",
  ...both,
  fields,
});

/** The scheme `ctwl-balance`. */
export const ctwlBalanceKind = schemeKind<CtwlBalanceProfile>({
  name: "ctwl-balance",
  ...both,
  fields: {
    ...fields,
    random_permutation_num: integer(100, 1, 65536),
    min_entropy: real(0, 0, 32),
  },
  extras: { proxy: named("proxy") },
});
