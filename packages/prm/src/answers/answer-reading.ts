import type { ValueKey } from "./value-key";

/** One way in which an answer says its value, and of what, where it names that: `(0, 1)` of `x` for `0 < x < 1`. */
export interface AnswerForm {
  readonly key: string;
  readonly name?: string | undefined;
  /** Where it is read so: in the given answer alone, or in the reference alone. Default: in both. */
  readonly only?: "given" | "gold" | undefined;
}

/** An answer's key and how it was found; `"string"` where a part is no expression. */
export interface AnswerReading {
  readonly key: string;
  readonly method: ValueKey["method"] | "string";
  /** The ways in which it may be compared; the key alone where there are none. */
  readonly forms?: readonly AnswerForm[] | undefined;
}

/** The method of a whole: that of its least certain part. */
export const weakest = (readings: readonly AnswerReading[]): AnswerReading["method"] =>
  (["string", "numeric"] as const).find((method) =>
    readings.some((own) => own.method === method),
  ) ?? "exact";

/** The ways in which an answer may be compared. */
export const formsOf = ({ key, forms }: AnswerReading): readonly AnswerForm[] => forms ?? [{ key }];

const isSameForm = (a: AnswerForm, b: AnswerForm) =>
  a.key === b.key && (a.name === undefined || b.name === undefined || a.name === b.name);

/** Whether two answers have a form in common; where both name what they are about, the same name. */
export function isSameReading(given: AnswerReading, gold: AnswerReading): boolean {
  const own = formsOf(given).filter(({ only }) => only !== "gold");
  const others = formsOf(gold).filter(({ only }) => only !== "given");
  return own.some((form) => others.some((other) => isSameForm(form, other)));
}

/** Members in any order, each once; one member is no set. */
export function setReading(members: readonly AnswerReading[]): AnswerReading {
  const keys = [...new Set(members.map(({ key }) => key))].sort();
  if (keys.length === 1) return { ...members[0]!, method: weakest(members) };
  return { key: `{${keys.join(", ")}}`, method: weakest(members) };
}
