import { having, PrmError } from "../errors";
import type { TrainingRow } from "../models/training-row";

/**
 * How problem and steps become tokens, and where a step's score is read.
 *
 * `pieces`: problem, steps and separators are tokenised separately and joined, as in TRL; a step's position is the
 * last token of its separator. `tagged`: the whole text is tokenised at once, as Math-Shepherd's model expects it; a
 * step's position is that of its tag.
 */
export interface StepForm {
  readonly kind: "pieces" | "tagged";
  /** Before the problem. Default: nothing. */
  readonly problemStart?: string | undefined;
  /** After the problem. Default: a line break for `pieces`, a space for `tagged`. */
  readonly problemEnd?: string | undefined;
  /** After each step of `pieces`. Default: a line break. */
  readonly separator?: string | undefined;
  /** After each step of `tagged`. Default: ` ки`. */
  readonly tag?: string | undefined;
  /** Between a tag and the next step of `tagged`. Default: a line break. */
  readonly stepEnd?: string | undefined;
  /** Put first; null or undefined for none. */
  readonly bosTokenId?: number | null | undefined;
}

/** Token ids of a text, without special tokens. */
export type Encode = (text: string) => ArrayLike<number>;

/** A solution as tokens. */
export interface EncodedSteps {
  readonly ids: readonly number[];
  /** Index of the first step's first token. */
  readonly start: number;
  /** Where each step's score is read: the position of its tag. */
  readonly places: readonly number[];
  /** One per place, 0 to 1; null where there is none. */
  readonly labels: readonly (number | null)[];
}

/** Every position at which `part` occurs in `ids`, given by its last token. */
function occurrences(ids: readonly number[], part: readonly number[]): number[] {
  const found: number[] = [];
  for (let at = 0; at + part.length <= ids.length; at++)
    if (part.every((id, i) => ids[at + i] === id)) {
      found.push(at + part.length - 1);
      at += part.length - 1;
    }
  return found;
}

function encodePieces(problem: string, steps: readonly string[], encode: Encode, form: StepForm) {
  const { problemStart = "", problemEnd = "\n", separator = "\n", bosTokenId = null } = form;
  const end = Array.from(encode(separator));
  if (end.length === 0)
    throw new PrmError("ERR_ARGUMENT", "encodeSteps: the separator has no tokens", {
      fields: { separator },
    });
  const ids = Array.from(encode(problemStart + problem + problemEnd));
  if (bosTokenId !== null) ids.unshift(bosTokenId);
  const start = ids.length;
  const places = steps.map((step) => {
    ids.push(...Array.from(encode(step)), ...end);
    return ids.length - 1;
  });
  return { ids, start, places };
}

function encodeTagged(problem: string, steps: readonly string[], encode: Encode, form: StepForm) {
  const { problemStart = "", problemEnd = " ", tag = " ки", stepEnd = "\n" } = form;
  const { bosTokenId = null } = form;
  const bare = tag.trim();
  if (bare === "") throw new PrmError("ERR_ARGUMENT", "encodeSteps: the tag must not be blank");
  if ([problem, ...steps].some((text) => text.includes(bare)))
    throw new PrmError("ERR_FORMAT", `encodeSteps: the texts hold the tag "${bare}" themselves`, {
      fields: { tag },
    });
  const beginning = problemStart + problem + problemEnd;
  const text = beginning + steps.map((step) => step + tag).join(stepEnd);
  const before = bosTokenId === null ? [] : [bosTokenId];
  const ids = [...before, ...Array.from(encode(text))];
  // The problem's end may be merged with the first step: that token is the problem's.
  const start = before.length + encode(beginning).length;
  // The tag is looked for among the tokens: a tokenizer may merge it with its neighbours.
  const places = occurrences(ids, Array.from(encode(tag)));
  if (places.length !== steps.length)
    throw new PrmError(
      "ERR_FORMAT",
      `encodeSteps: the tag "${tag}" must occur once per step among the tokens, expected ${steps.length} times, got ${places.length}`,
      { fields: { tag, steps: steps.length, found: places.length } },
    );
  return { ids, start, places };
}

const labelOf = (label: number | boolean | null | undefined, step: number): number | null => {
  if (label === null || label === undefined) return null;
  const value = Number(label);
  if (value >= 0 && value <= 1) return value;
  throw new PrmError("ERR_RANGE", `encodeSteps: label ${step + 1} must be 0 to 1, got ${value}`, {
    fields: { step: step + 1, label: value },
  });
};

/**
 * The tokens of a problem with its steps, and the position at which each step is scored. Labels are not part of the
 * tokens, so a model never sees earlier ones.
 *
 * @throws {PrmError} `ERR_FORMAT` where the number of labels or of tags is not that of the steps, for no steps, or an empty
 *   step; `ERR_RANGE` for a label outside 0 to 1; `ERR_ARGUMENT` for a separator or tag without tokens
 */
export function encodeSteps(
  given: Omit<TrainingRow, "labels"> & Partial<Pick<TrainingRow, "labels">>,
  encode: Encode,
  form: StepForm = { kind: "pieces" },
): EncodedSteps {
  const { problem, steps, labels } = having("encodeSteps", "given", given, "problem", "steps");
  const fail = (message: string, fields: Record<string, unknown> = {}) =>
    new PrmError("ERR_FORMAT", `encodeSteps: ${message}`, { fields });
  if (steps.length === 0) throw fail("there are no steps");
  const empty = steps.findIndex((step) => step.trim() === "");
  if (empty >= 0) throw fail(`step ${empty + 1} is empty`, { step: empty + 1 });
  if (labels && labels.length !== steps.length)
    throw fail(`${steps.length} steps need as many labels, got ${labels.length}`, {
      steps: steps.length,
      labels: labels.length,
    });
  const encoded = (form.kind === "pieces" ? encodePieces : encodeTagged)(
    problem,
    steps,
    encode,
    form,
  );
  return { ...encoded, labels: steps.map((_, i) => labelOf(labels?.[i], i)) };
}
