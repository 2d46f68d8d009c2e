import { rsCodeFor } from "../codec/reed-solomon-code";
import { WatermarkError } from "../errors";
import type { Profile, ProfileInput } from "./profile";
import { checkExtra, frozenCopy } from "./profile-extras";
import { defaultContextWidth, type FieldRule, profileFields } from "./profile-fields";

const refuse = (message: string, fields: Record<string, unknown> = {}): never => {
  throw new WatermarkError("ERR_PROFILE", `profile: ${message}`, { fields });
};

const shared = new Set(["version", "scheme", "vocab_size", "key_id", "tokenizer", "thresholds"]);
const extras: Record<string, readonly string[]> = {
  kgw: ["compat", "hashing_key"],
  synthid: ["compat", "keys", "sampling_table_size", "sampling_table_seed"],
  mpac: ["feedback"],
  "ctwl-vanilla": ["compat"],
  "ctwl-balance": ["compat", "proxy"],
};

function checkField(name: string, value: unknown, rule: FieldRule): void {
  if (rule.kind === "flag") {
    if (typeof value !== "boolean") refuse(`${name} must be true or false`);
  } else if (rule.kind === "choice") {
    if (!rule.values.includes(value as string))
      refuse(`${name} must be one of ${rule.values.join(", ")}, got ${String(value)}`);
  } else {
    const isNumber = typeof value === "number" && Number.isFinite(value);
    const number = value as number;
    const isInside = rule.isOpen
      ? number > rule.min && number < rule.max
      : number >= rule.min && number <= rule.max;
    if (!isNumber || !isInside || (rule.kind === "integer" && !Number.isInteger(number)))
      refuse(
        `${name} must be ${rule.kind === "integer" ? "an integer" : "a number"} ${
          rule.isOpen ? "strictly between" : "between"
        } ${rule.min} and ${rule.max}, got ${String(value)}`,
        { field: name, min: rule.min, max: rule.max, got: value },
      );
  }
}

function checkCompat(profile: Profile): void {
  const { compat } = profile;
  const needsKey = compat !== undefined;
  if (needsKey && compat !== "huggingface" && compat !== "reference")
    refuse(`compat must be huggingface or reference, got ${String(compat)}`);
  if (profile.scheme === "kgw") {
    if (needsKey && (profile.min_entropy > 0 || profile.entropy_weights))
      refuse(
        "the published codes do not look at entropy: leave min_entropy and entropy_weights out",
      );
    if (needsKey !== (profile.hashing_key !== undefined))
      refuse("hashing_key and compat come together");
    if (compat === "huggingface" && !["lefthash", "selfhash"].includes(profile.seeding_scheme))
      refuse("Hugging Face knows the seeding schemes lefthash and selfhash only");
  }
  if (profile.scheme === "synthid") {
    if (needsKey !== (profile.keys !== undefined)) refuse("keys and compat come together");
    if (profile.keys && profile.keys.length !== profile.depth)
      refuse(`depth ${profile.depth} differs from the number of keys, ${profile.keys.length}`);
  }
  if (profile.scheme.startsWith("ctwl") && compat === "huggingface")
    refuse("CTWL has a reference code but no Hugging Face form");
}

function checkMultiBit(profile: Profile): void {
  if (profile.scheme === "mpac") {
    const { radix, greenlist_ratio } = profile;
    const colours = Math.floor(1 / greenlist_ratio + 1e-9);
    if (2 ** Math.round(Math.log2(radix)) !== radix) refuse(`radix ${radix} is not a power of two`);
    if (colours < radix)
      refuse(
        `greenlist_ratio ${greenlist_ratio} allows ${colours} colours, radix ${radix} needs more`,
      );
    if (colours > profile.vocab_size) refuse(`${colours} colours need a larger vocabulary`);
  }
  if (profile.scheme === "rs-segment") {
    const { symbol_bits: m, data_symbols: k, code_symbols: n, message_bits } = profile;
    if (n < k || n > 2 ** m - 1)
      refuse(`code_symbols must lie between data_symbols (${k}) and ${2 ** m - 1}, got ${n}`);
    if (k * m < message_bits)
      refuse(`${k} symbols of ${m} bits hold ${k * m} bits, message_bits is ${message_bits}`);
    if (2 ** m > profile.vocab_size)
      refuse(`${2 ** m} shifts need as many tokens, vocab_size is ${profile.vocab_size}`);
  }
}

/** Defaults that depend on other fields. */
function dependentDefaults(input: Record<string, unknown>): Record<string, unknown> {
  const { scheme } = input;
  if (scheme === "kgw" || scheme === "mpac")
    return { context_width: defaultContextWidth[(input.seeding_scheme ?? "lefthash") as string] };
  if (scheme === "synthid" && Array.isArray(input.keys)) {
    const table = { sampling_table_size: 65536, sampling_table_seed: 0 };
    return { depth: input.keys.length, ...(input.compat === "huggingface" && table) };
  }
  if (scheme === "rs-segment" && (input.message_bits as number) >= 1)
    return { ...rsCodeFor(input.message_bits as number) };
  if (scheme === "rs-segment") return { ...rsCodeFor(20) };
  return {};
}

/**
 * Fills in defaults and checks every field of a profile.
 *
 * @param input scheme, `vocab_size` and any other fields; unknown fields are refused
 * @returns a complete, frozen profile that survives JSON unchanged
 * @throws {WatermarkError} `ERR_PROFILE` naming the field, its range and the value
 */
export function validateProfile(input: ProfileInput): Profile {
  if (typeof input !== "object" || input === null) refuse("must be an object");
  const given = input as unknown as Record<string, unknown>;
  if (!Object.hasOwn(profileFields, input.scheme ?? ""))
    refuse(`unknown scheme ${String(given.scheme)}`);
  const rules = profileFields[input.scheme];
  const profile: Record<string, unknown> = { version: 1, scheme: input.scheme };
  const fallback = dependentDefaults(given);
  for (const [name, rule] of Object.entries(rules)) {
    const value = given[name] ?? fallback[name] ?? rule.default;
    checkField(name, value, rule);
    profile[name] = value;
  }
  const allowed = new Set([...shared, ...(extras[input.scheme] ?? [])]);
  for (const [name, value] of Object.entries({ ...fallback, ...given })) {
    if (Object.hasOwn(rules, name)) continue;
    if (!allowed.has(name)) refuse(`unknown field ${name} for scheme ${input.scheme}`);
    checkExtra(name, value, refuse);
    if (value !== undefined) profile[name] = frozenCopy(value);
  }
  if (profile.version !== 1)
    refuse(`version ${String(profile.version)} is not known; this package reads version 1`);
  checkField("vocab_size", given.vocab_size, {
    kind: "integer",
    min: 2,
    max: 2 ** 24,
    default: 2,
  });
  const complete = profile as unknown as Profile;
  checkCompat(complete);
  checkMultiBit(complete);
  return Object.freeze(complete);
}
