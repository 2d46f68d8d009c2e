/** @file Checks of the profile fields that are objects or lists. */

type Refuse = (message: string) => never;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isReal = (value: unknown): value is number =>
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

function checkFeedback(value: unknown, refuse: Refuse): void {
  const isCount = (number: unknown) => isReal(number) && number >= 0;
  const isFeedback = isObject(value) && [value.bias, value.eta, value.tau].every(isCount);
  if (!isFeedback) refuse("feedback must be { bias, eta, tau }, all numbers of at least 0");
}

function checkKeys(value: unknown, refuse: Refuse): void {
  if (!Array.isArray(value) || !value.every(Number.isSafeInteger))
    refuse("keys must be a list of safe integers");
}

const checks: Readonly<Record<string, (value: unknown, refuse: Refuse) => void>> = {
  tokenizer: (value, refuse) => checkName("tokenizer", value, refuse),
  proxy: (value, refuse) => checkName("proxy", value, refuse),
  thresholds: checkThresholds,
  feedback: checkFeedback,
  keys: checkKeys,
  key_id(value, refuse) {
    if (typeof value !== "string") refuse(`key_id must be text, got ${String(value)}`);
  },
  hashing_key(value, refuse) {
    if (!Number.isSafeInteger(value)) refuse("hashing_key must be a safe integer");
  },
  sampling_table_size(value, refuse) {
    const isSize =
      Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 2 ** 24;
    if (!isSize) refuse("sampling_table_size must be an integer between 1 and 2^24");
  },
  sampling_table_seed(value, refuse) {
    if (!Number.isSafeInteger(value)) refuse("sampling_table_seed must be a safe integer");
  },
};

/** Checks a field that has no rule in `profileFields`, if it needs a check. */
export function checkExtra(name: string, value: unknown, refuse: Refuse): void {
  if (value !== undefined && Object.hasOwn(checks, name)) checks[name]!(value, refuse);
}

/** A deeply frozen copy. */
export function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (!isObject(value)) return value;
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, frozenCopy(entry)])),
  );
}
