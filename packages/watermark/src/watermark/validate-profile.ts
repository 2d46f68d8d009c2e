import { commonExtras, frozenCopy } from "../core/profile-extras";
import type { FieldRule } from "../core/profile-fields";
import type { SchemeKind } from "../core/scheme-kind";
import { WatermarkError } from "../errors";
import type { Profile, ProfileInput } from "../profile";
import { kindNamed, schemeNames } from "../schemes";

const refuse = (message: string, fields: Record<string, unknown> = {}): never => {
  throw new WatermarkError("ERR_PROFILE", `profile: ${message}`, { fields });
};

const shared = new Set(["version", "scheme", "vocab_size"]);

/** Refuses a field that the scheme does not have; one in camel case, as other libraries write it, names its own spelling. */
function refuseField(name: string, { name: scheme, fields, extras }: SchemeKind): never {
  const known = [...shared, ...Object.keys(fields), ...Object.keys(extras ?? {})];
  const own = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const hint = own !== name && known.includes(own) ? `; did you mean ${own}?` : "";
  return refuse(`unknown field ${name} for scheme ${scheme}${hint}`, { field: name });
}
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

function checkCompat(compat: unknown, kind: SchemeKind): void {
  if (compat === undefined) return;
  if (compat !== "huggingface" && compat !== "reference")
    refuse(`compat must be huggingface or reference, got ${String(compat)}`);
  if (!kind.compat?.includes(String(compat)))
    refuse(
      `${kind.name} has no ${compat === "huggingface" ? "Hugging Face form" : "published reference"}`,
    );
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
  const kind = kindNamed(given.scheme);
  if (!kind)
    return refuse(`unknown scheme ${String(given.scheme)}; there are ${schemeNames.join(", ")}`);
  const rules = kind.fields;
  const profile: Record<string, unknown> = { version: 1, scheme: kind.name };
  const fallback = kind.defaults?.(given) ?? {};
  for (const [name, rule] of Object.entries(rules)) {
    const value: unknown = given[name] ?? fallback[name] ?? rule.default;
    checkField(name, value, rule);
    profile[name] = value;
  }
  const extras = { ...commonExtras, ...kind.extras };
  for (const [name, value] of Object.entries({ ...fallback, ...given })) {
    if (Object.hasOwn(rules, name)) continue;
    const isCompat = name === "compat" && kind.compat !== undefined;
    if (!shared.has(name) && !isCompat && !Object.hasOwn(extras, name)) refuseField(name, kind);
    if (value !== undefined) extras[name]?.(value, refuse);
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
  checkCompat(profile.compat, kind);
  kind.check?.(complete, refuse);
  return Object.freeze(complete);
}
