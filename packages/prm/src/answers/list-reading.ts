import { cut, inside, split } from "./answer-parts";
import { type AnswerReading, formsOf, setReading } from "./answer-reading";
import { type Assignment, assignmentsReading, blocks, looseReading } from "./assignments";
import { elementReading, listSeparator, setIn, signs, valueReadings } from "./element-reading";
import { type NamedElement, namedElement } from "./named-element";
import { isInequality } from "./relation-reading";

/** An element of a list and the sign before it. */
interface Entry extends NamedElement {
  readonly isAlternative: boolean;
}

/** The elements; one without a name goes with the one before, as in `n = 1, 2, 3`. */
function entriesOf(text: string): Entry[] {
  const { parts, separators } = cut(text, listSeparator);
  const entries: Entry[] = [];
  let isAlternative = false;
  for (const [at, part] of parts.entries()) {
    isAlternative ||= separators[at - 1] === "∨";
    if (part === "") continue;
    const element = namedElement(part);
    const names = element.names ?? entries.at(-1)?.names;
    entries.push({ ...element, names, isAlternative: isAlternative && entries.length > 0 });
    isAlternative = false;
  }
  return entries;
}

/** `(p, q) = (3, 2)`, `(x, y) = (5, 8), (8, 5)`; undefined where a value has another number of entries. */
function tupleAssignments(
  entries: readonly Entry[],
  names: readonly string[],
): Assignment[] | undefined {
  const tuples = entries
    .flatMap(({ value }) => signs(value))
    .map((value) => split(inside(value, "(", ")") ?? "", /[,;]/y));
  if (tuples.some((tuple) => tuple.length !== names.length)) return undefined;
  return tuples.map((tuple) => ({ names, values: tuple.map(elementReading) }));
}

/** `k = 45, n = 2`, `p = 5, q = 2; p = 7, q = 2`; undefined where the names make no blocks, or "or" parts one. */
function scalarAssignments(entries: readonly Entry[]): Assignment[] | undefined {
  const names = entries.map((entry) => (entry.names?.length === 1 ? entry.names[0]! : ""));
  if (names.includes("") || entries.some((entry) => signs(entry.value).length > 1))
    return undefined;
  const found = blocks(
    names,
    entries.map(({ value }) => elementReading(value)),
  );
  const size = found?.[0]?.names.length ?? 1;
  return entries.some((entry, i) => entry.isAlternative && i % size !== 0) ? undefined : found;
}

/** Inequalities: what "or" joins is the union of their intervals, anything else holds at once. */
function inequalitiesReading(entries: readonly Entry[]): AnswerReading {
  const readings = entries.map(({ value }) => elementReading(value));
  const { key, method } = setReading(readings);
  const alternatives = entries.slice(1).filter((entry) => entry.isAlternative).length;
  if (alternatives === 0) return { key, method };
  if (alternatives < entries.length - 1)
    return {
      key: entries.map((own, i) => `${own.isAlternative ? "∨" : ","}${readings[i]!.key}`).join(""),
      method: "string",
    };
  const intervals = readings.map((reading) => formsOf(reading).find(({ name }) => name));
  const name = intervals[0]?.name;
  const isUnion = name !== undefined && intervals.every((own) => own?.name === name);
  const own = { key: `or${key}` };
  if (!isUnion) return { ...own, method };
  const union = setReading(intervals.map((interval) => ({ key: interval!.key, method })));
  return { ...own, method, forms: [own, { key: `union${union.key}`, name }] };
}

/** Values in any order, said of nothing or all of the same name. */
function plainReading(entries: readonly Entry[]): AnswerReading {
  const readings = entries.flatMap(({ value }) => valueReadings(value));
  const found = setReading(readings);
  const [only] = entries;
  if (entries.length === 1 && only!.isMember) {
    const name = only!.names!.join(",");
    return { ...found, forms: formsOf(found).map(({ key }) => ({ key, name })) };
  }
  const isSequence =
    entries.length > 1 &&
    readings.length === entries.length &&
    entries.every(
      (entry) => !entry.names && !entry.isAlternative && setIn(entry.value) === undefined,
    );
  if (!isSequence) return entries.length === 1 ? found : { key: found.key, method: found.method };
  const written = readings.map(({ key }) => key).join(", ");
  return { key: found.key, method: found.method, forms: [{ key: found.key }, { key: written }] };
}

/** Reads a list, of one element or more: values, assignments to names, or inequalities. Undefined for an empty one. */
export function listReading(text: string): AnswerReading | undefined {
  const entries = entriesOf(text);
  if (entries.length === 0) return undefined;
  if (entries.length > 1 && entries.some(({ value }) => isInequality(value)))
    return inequalitiesReading(entries);
  const said = new Set(entries.flatMap((entry) => entry.names?.join(",") ?? []));
  const { names, isMember } = entries.at(-1)!;
  if (said.size < 2 && (isMember || (names?.length ?? 1) === 1)) return plainReading(entries);
  const found = said.size === 1 ? tupleAssignments(entries, names!) : scalarAssignments(entries);
  return found
    ? assignmentsReading(found, said.size === 1)
    : looseReading(
        entries.map((entry) => entry.names?.join(",") ?? ""),
        entries.map(({ value }) => setReading(valueReadings(value))),
      );
}
