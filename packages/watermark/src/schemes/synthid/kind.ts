import { presenceOnly } from "../../core/code-shape";
import { safeInteger } from "../../core/profile-extras";
import { choice, flag, integer, temperature } from "../../core/profile-fields";
import { type Refuse, schemeKind } from "../../core/scheme-kind";
import { NEEDS_PROBABILITIES } from "../shared/needs-probabilities";
import { synthIdDraws } from "./draws";
import type { SynthIdProfile } from "./profile";
import { synthid } from "./synthid";

/** Hit rate of its first layers on evenly split probability. */
const RATE = 0.75;

function check({ compat, keys, depth }: SynthIdProfile, refuse: Refuse): void {
  if ((compat !== undefined) !== (keys !== undefined)) refuse("keys and compat come together");
  if (keys && keys.length !== depth)
    refuse(`depth ${depth} differs from the number of keys, ${keys.length}`);
}

function defaults({ keys, compat }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (!Array.isArray(keys)) return {};
  const table = { sampling_table_size: 65536, sampling_table_seed: 0 };
  return { depth: keys.length, ...(compat === "huggingface" && table) };
}

/** The scheme `synthid`. */
export const synthIdKind = schemeKind<SynthIdProfile>({
  name: "synthid",
  fields: {
    ngram_len: integer(5, 2, 64),
    depth: integer(30, 1, 256),
    context_history_size: integer(1024, 0, 2 ** 24),
    skip_first_ngram_calls: flag,
    num_leaves: integer(2, 2, 16),
    top_k: integer(1000, 0, 2 ** 31),
    temperature,
    detector: choice("weighted-mean", "mean"),
  },
  extras: {
    keys(value, refuse) {
      if (!Array.isArray(value) || !value.every(Number.isSafeInteger))
        refuse("keys must be a list of safe integers");
    },
    sampling_table_size(value, refuse) {
      const isSize =
        Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2 ** 24;
      if (!isSize) refuse("sampling_table_size must be an integer between 1 and 2^24");
    },
    sampling_table_seed: safeInteger("sampling_table_seed"),
  },
  compat: ["huggingface", "reference"],
  defaults,
  check,
  shape: () => presenceOnly(0.5, RATE),
  contextTokens: ({ ngram_len }) => ngram_len - 1,
  notAdditive: () => NEEDS_PROBABILITIES,
  draws: synthIdDraws,
  bind: synthid as never,
});
