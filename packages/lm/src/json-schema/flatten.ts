import { type Budget, shown } from "@deepgrain/support";
import { type Words, wordsInUse } from "./keywords";
import { isObject, refuse, place as step } from "./places";
import type { Resources } from "./resources";

/** A schema and where it stands. */
export interface Placed {
  readonly schema: unknown;
  readonly path: string;
}

/** A schema with words of its own, and where it stands. */
export interface Own {
  readonly schema: Words;
  readonly path: string;
}

/** Schemas of which a value satisfies one. */
export interface Choice {
  readonly alternatives: readonly Placed[];
  readonly path: string;
  /** Whether it must not satisfy another one. */
  readonly isOne: boolean;
}

/** Schemas that a value satisfies all at once, as words and choices. */
export interface Conjunction {
  readonly owns: readonly Own[];
  readonly choices: readonly Choice[];
  /** Where `false` stands, if it does. */
  readonly never: string | undefined;
}

/** A schema's own words and choices, and the schemas that it is joined with by `allOf` and `$ref`. */
interface Flat {
  readonly hasShape: boolean;
  readonly joined: readonly Placed[];
  readonly choices: readonly Choice[];
}

/** Takes schemas apart, each once. */
export class Flattener {
  private readonly flats = new Map<object, Flat>();
  private readonly ids = new Map<object, number>();

  constructor(
    private readonly resources: Resources,
    private readonly budget: Budget,
    private readonly refusesUnknown: boolean,
  ) {}

  /** The parts of a schema; see `Flat`. */
  flat(schema: Words, path: string): Flat {
    const known = this.flats.get(schema);
    if (known) return known;
    const { hasShape, joins } = wordsInUse(schema, path, this.refusesUnknown);
    const joined: Placed[] = [];
    const choices: Choice[] = [];
    for (const word of joins)
      if (word === "$ref") {
        const target = this.resources.referred(schema.$ref, schema, path);
        joined.push({ schema: target, path: schema.$ref as string });
      } else if (word === "allOf") joined.push(...listOf(schema, word, path));
      else if (word === "anyOf" || word === "oneOf")
        choices.push({
          alternatives: listOf(schema, word, path),
          path: step(path, word),
          isOne: word === "oneOf",
        });
      else choices.push(...dependents(schema[word], word, step(path, word)));
    const flat = { hasShape, joined, choices };
    this.flats.set(schema, flat);
    return flat;
  }

  /**
   * Takes apart what a value must satisfy at once.
   * @param more words and choices besides
   * @throws {LmError} `ERR_ARGUMENT` for a schema that refers to itself without a value between
   */
  all(schemas: readonly Placed[], more?: Conjunction): Conjunction {
    const owns = new Map((more?.owns ?? []).map((own) => [own.schema, own]));
    const choices = new Set<Choice>(more?.choices);
    const seen = new Set<object>();
    const above = new Set<object>();
    let never = more?.never;
    const open: (Placed & { isLeft?: boolean })[] = [...schemas].reverse();
    for (let one = open.pop(); one; one = open.pop()) {
      const { schema, path } = one;
      this.budget.spendSteps(1);
      if (schema === true) continue;
      if (schema === false) {
        never ??= path;
        continue;
      }
      if (!isObject(schema)) return refuse(path, "a schema must be an object, true or false");
      if (one.isLeft) {
        above.delete(schema);
        continue;
      }
      if (above.has(schema)) refuse(path, "it refers to itself without end");
      if (seen.has(schema)) continue;
      seen.add(schema);
      above.add(schema);
      open.push({ ...one, isLeft: true });
      const flat = this.flat(schema, path);
      if (flat.hasShape && !owns.has(schema)) owns.set(schema, { schema, path });
      for (const choice of flat.choices) choices.add(choice);
      for (let i = flat.joined.length - 1; i >= 0; i--) open.push(flat.joined[i]!);
    }
    return { owns: [...owns.values()], choices: [...choices], never };
  }

  private id(object: object): number {
    const known = this.ids.get(object) ?? this.ids.size;
    this.ids.set(object, known);
    return known;
  }

  /** A text that two conjunctions have in common if they say the same. */
  keyOf({ owns, choices, never }: Conjunction): string {
    if (never !== undefined) return "never";
    const ids = [
      ...owns.map(({ schema }) => this.id(schema)),
      ...choices.map((one) => this.id(one)),
    ];
    this.budget.spendSteps(ids.length);
    return ids.sort((a, b) => a - b).join();
  }
}

function listOf(schema: Words, word: string, path: string): Placed[] {
  const place = step(path, word);
  const list = schema[word];
  if (!Array.isArray(list) || list.length === 0) return refuse(place, "must be a list of schemas");
  return list.map((one, i) => ({ schema: one, path: step(place, i) }));
}

/** Each name is absent, or what depends on it holds. */
function dependents(given: unknown, word: string, path: string): Choice[] {
  if (!isObject(given)) return refuse(path, "must be an object");
  return Object.entries(given).flatMap(([name, needed]) => {
    const place = step(path, name);
    const isList = Array.isArray(needed);
    if (word === (isList ? "dependentSchemas" : "dependentRequired"))
      return refuse(
        place,
        `must be a ${isList ? "schema" : "list of names"}, got ${shown(needed)}`,
      );
    if (isList && !needed.every((one) => typeof one === "string"))
      return refuse(place, "must be a list of names");
    if (isList && needed.length === 0) return [];
    const absent = { schema: { properties: { [name]: false } }, path: place };
    const present = { schema: isList ? { required: needed } : needed, path: place };
    return [{ alternatives: [absent, present], path: place, isOne: false }];
  });
}
