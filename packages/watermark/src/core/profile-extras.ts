/** @file Checks of the profile fields that are objects or lists. */

type Refuse = (message: string) => never;

/** Whether a value is a plain object or another one that is no list. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** Whether a value is a finite number. */
export const isReal = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);

/** `{ id, hash? }`, both text. */
function checkName(name: string, value: unknown, refuse: Refuse): void {
  const isName =
    isObject(value) &&
    typeof value.id === "string" &&
    ["string", "undefined"].includes(typeof value.hash);
  if (!isName) refuse(`${name} must be { id, hash? } with text in both`);
}

function checkThresholds(value: unknown, refuse: Refuse): void {
  const isThreshold = (entry: unknown) =>
    isObject(entry) && [entry.fpr, entry.length, entry.z].every(isReal);
  if (!Array.isArray(value) || !value.every(isThreshold))
    refuse("thresholds must be a list of { fpr, length, z }, all numbers");
}

function checkKeyId(value: unknown, refuse: Refuse): void {
  if (typeof value !== "string") refuse(`key_id must be text, got ${String(value)}`);
}

/** Checks a field that has no default. */
export type ExtraCheck = (value: unknown, refuse: Refuse) => void;

/** A field that must hold a safe integer. */
export const safeInteger =
  (name: string): ExtraCheck =>
  (value, refuse) => {
    if (!Number.isSafeInteger(value)) refuse(`${name} must be a safe integer`);
  };

/** A field that names something: `{ id, hash? }`. */
export const named =
  (name: string): ExtraCheck =>
  (value, refuse) =>
    checkName(name, value, refuse);

/** Fields without a default that every profile may have. */
export const commonExtras: Readonly<Record<string, ExtraCheck>> = {
  tokenizer: named("tokenizer"),
  thresholds: checkThresholds,
  key_id: checkKeyId,
};

/** A deeply frozen copy. */
export function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (!isObject(value)) return value;
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, frozenCopy(entry)])),
  );
}
