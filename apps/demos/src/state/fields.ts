/** A part of a page's state as its address holds it. */
export interface Field<T> {
  /** If the address says nothing. */
  initial: T;
  /** @returns the value, or what is wrong with the text, as the end of "seed must be …" */
  read(text: string): { value: T } | { expected: string };
  write(value: T): string;
}

/** A whole number from `min` to `max`. */
export const wholeField = (initial: number, min: number, max: number): Field<number> => ({
  initial,
  read(text) {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return { value };
    return { expected: `a whole number from ${min} to ${max}` };
  },
  write: String,
});

/** A number from `min` to `max`, in hundredths. */
export const decimalField = (initial: number, min: number, max: number): Field<number> => ({
  initial,
  read(text) {
    const value = /^\d{1,3}(\.\d{1,2})?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return { value };
    return { expected: `a number from ${min} to ${max} with at most two decimals` };
  },
  write: (value) => String(Math.round(100 * value) / 100),
});

/** A number from 0 to 1, in hundredths. */
export const shareField = (initial: number): Field<number> => decimalField(initial, 0, 1);

/** A text of 1 to `longest` characters. */
export const textField = (initial: string, longest: number): Field<string> => ({
  initial,
  read(text) {
    const count = [...text].length;
    const isFine =
      count >= 1 && count <= longest && text.trim() !== "" && !/\p{Surrogate}/u.test(text);
    return isFine ? { value: text } : { expected: `a text of 1 to ${longest} characters` };
  },
  write: (value) => value,
});

/** One of some words. */
export const choiceField = <T extends string>(initial: T, choices: readonly T[]): Field<T> => ({
  initial,
  read(text) {
    const value = choices.find((choice) => choice === text);
    return value === undefined ? { expected: `one of ${choices.join(", ")}` } : { value };
  },
  write: (value) => value,
});

/** A set of names in their order, such as of experts that are off. */
export const setField = (names: readonly string[]): Field<readonly string[]> => ({
  initial: [],
  read(text) {
    const parts = text === "" ? [] : text.split(".");
    const value = names.filter((name) => parts.includes(name));
    return value.length === parts.length
      ? { value }
      : { expected: `different names such as ${names[0]}, with dots between them` };
  },
  write: (value) => value.join("."),
});
