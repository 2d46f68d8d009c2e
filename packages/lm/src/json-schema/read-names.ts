import type { Budget, Slices } from "@deepgrain/support";
import type { Dfa } from "./automata/dfa";
import { EVERY_TEXT, intersection, union } from "./automata/product";
import type { Conjunction, Flattener, Own, Placed } from "./flatten";
import { refuse, place as step } from "./places";
import { NO_TEXT, type TextReader } from "./read-text";

/** Choices inside one another. */
const MOST_NESTED = 16;

/** The languages of `propertyNames`. */
export class NameReader {
  /** Whether a format took part in one of them. */
  hasFormats = false;

  constructor(
    private readonly flattener: Flattener,
    private readonly texts: TextReader,
    private readonly budget: Budget,
  ) {}

  /** The texts that satisfy a schema. */
  *language(placed: Placed): Slices<Dfa> {
    return yield* this.all(this.flattener.all([placed]), 0);
  }

  private *all(conjunction: Conjunction, depth: number): Slices<Dfa> {
    const { owns, choices, never } = conjunction;
    if (never !== undefined) return NO_TEXT;
    const [choice, ...rest] = choices;
    if (!choice) return yield* this.own(owns);
    const { alternatives, path, isOne } = choice;
    if (isOne) refuse(path, "oneOf is not supported in propertyNames", { keyword: "oneOf" });
    if (depth === MOST_NESTED) refuse(path, `choices of names may be nested ${MOST_NESTED} times`);
    const found: Dfa[] = [];
    for (const one of alternatives) {
      const more = { owns, choices: rest, never: undefined };
      found.push(yield* this.all(this.flattener.all([one], more), depth + 1));
    }
    return yield* union(found, this.budget);
  }

  /** The texts that satisfy the words of some schemas. */
  private *own(owns: readonly Own[]): Slices<Dfa> {
    for (const { schema } of owns)
      if (schema.type !== undefined && ![schema.type].flat().includes("string")) return NO_TEXT;
    const { languages, length, isExact } = yield* this.texts.rules(owns);
    this.hasFormats ||= !isExact;
    const all = [yield* this.texts.meeting(languages, length)];
    for (const { schema, path } of owns) {
      const lists = [schema.enum, Object.hasOwn(schema, "const") ? [schema.const] : undefined];
      for (const list of lists) {
        if (list === undefined) continue;
        if (!Array.isArray(list)) return refuse(step(path, "enum"), "must be a list of values");
        const words = list.filter((one): one is string => typeof one === "string");
        all.push(yield* this.texts.words(words, path));
      }
    }
    if (all.length === 1) return all[0]!;
    const others = all.filter((one) => one !== EVERY_TEXT);
    return yield* intersection(others, { min: 0, max: Infinity }, this.budget);
  }
}
