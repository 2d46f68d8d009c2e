/**
 * @file Answers that name what they give: `x = 5`, `(p, q) = (3, 2)`, `k = 45, n = 2`. Names in a different order are the
 * same assignment; without names the written order counts.
 */
import { inside, split } from "./answer-parts";
import { type AnswerForm, type AnswerReading, setReading, weakest } from "./answer-reading";

const longestName = 12;
const constants = /^\\?(?:pi|inf|infty)$/;
const namePattern = /^(?:\\?[a-zA-Z]+ *(?:_ *(?:\w|\{\w+\}))?|[a-zA-Z]\([a-z]\)|\|[A-Z]{2}\|)$/;

/** Whether a text is a name: `x`, `x_1`, `AB`, `\theta`, `f(x)`, `|AB|`. */
export const isName = (text: string): boolean =>
  text.length <= longestName && namePattern.test(text) && !constants.test(text);

/** The names of `x` or of `(p, q)`; undefined if it has others. */
export function namesOf(text: string): string[] | undefined {
  const plain = (name: string) => name.replace(/[\s{}]/g, "");
  if (isName(text)) return [plain(text)];
  const names = split(inside(text, "(", ")") ?? "", /,/y);
  return names.length > 1 && names.every(isName) && new Set(names).size === names.length
    ? names.map(plain)
    : undefined;
}

/** Values of distinct names. */
export interface Assignment {
  readonly names: readonly string[];
  readonly values: readonly AnswerReading[];
}

/** Alphabetical, indices as numbers: `a_3`, `a_{10}`, `b`. */
const rank = (name: string) =>
  name.replace(/\\/g, "").replace(/\d+/g, (run) => run.padStart(9, "0"));

/** `names` and `values` side by side, in the order of the names. */
const ordered = ({ names, values }: Assignment) =>
  names
    .map((name, i) => ({ name, value: values[i]! }))
    .sort((a, b) => (rank(a.name) < rank(b.name) ? -1 : 1));

const namedKey = ({ name, value }: ReturnType<typeof ordered>[number]) => `${name}=${value.key}`;
const tuple = (keys: readonly string[]) => `(${keys.join(", ")})`;
const keysOf = ({ values }: Assignment) => values.map(({ key }) => key);
const sortedSet = (keys: readonly string[]) => {
  const members = [...new Set(keys)].sort();
  return members.length === 1 ? members[0]! : `{${members.join(", ")}}`;
};

/**
 * Assignments to the same names, in any order: `p = 5, q = 2; p = 7, q = 2`. Without names they are tuples as written;
 * `y = 2, x = 3` none, since a point would be (3, 2), and a list only where it is the reference that is written so.
 */
export function assignmentsReading(
  assignments: readonly Assignment[],
  isTuple: boolean,
): AnswerReading {
  const name = assignments[0]!.names.join(",");
  const sorted = assignments.map(ordered);
  const isInOrder = sorted[0]!.map((entry) => entry.name).join(",") === name;
  const written = assignments.map(keysOf);
  const forms: AnswerForm[] = [
    { key: sortedSet(sorted.map((own) => `«${own.map(namedKey).join(", ")}»`)) },
  ];
  if (isTuple || isInOrder) forms.push({ key: sortedSet(written.map(tuple)), name });
  if (!isTuple && written.length === 1)
    forms.push({ key: written[0]!.join(", "), name, ...(!isInOrder && { only: "gold" }) });
  return {
    key: sortedSet(sorted.map((own) => tuple(own.map(({ value }) => value.key)))),
    method: weakest(assignments.flatMap(({ values }) => values)),
    forms,
  };
}

/** Values of names that make no whole assignments: equal to themselves alone. */
export function looseReading(
  names: readonly string[],
  values: readonly AnswerReading[],
): AnswerReading {
  return setReading(values.map(({ key, method }, i) => ({ key: `${names[i]}=${key}`, method })));
}

/** `p, q, p, q` as two blocks of two; undefined where names repeat otherwise. */
export function blocks(
  names: readonly string[],
  values: readonly AnswerReading[],
): Assignment[] | undefined {
  const size = new Set(names).size;
  if (names.length % size !== 0) return undefined;
  if (names.some((name, i) => name !== names[i % size])) return undefined;
  return Array.from({ length: names.length / size }, (_, block) => ({
    names: names.slice(0, size),
    values: values.slice(block * size, (block + 1) * size),
  }));
}
