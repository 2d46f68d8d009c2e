import type { Budget, Slices } from "@deepgrain/support";
import { shown } from "@deepgrain/support";
import { whole } from "../errors";
import { type Dfa, labelOf, NONE } from "./automata/dfa";
import { labelled } from "./automata/labelled";
import type { Own, Placed } from "./flatten";
import type { AnyOf, Node, NodeStore, Others, Property } from "./nodes";
import { isObject, refuse, place as step } from "./places";
import type { NameReader } from "./read-names";
import type { TextReader } from "./read-text";

/** Sets of properties of which one must be there, to reach the smallest number. */
const MOST_CHOICES = 200;

/** The parts of the schema's reader that an object's reader uses. */
export interface Surroundings {
  readonly nodes: NodeStore;
  readonly texts: TextReader;
  readonly names: NameReader;
  readonly budget: Budget;
  /** The node of all of some schemas at once. */
  readonly all: (schemas: readonly Placed[], path: string) => Slices<Node>;
  readonly countCharacters: (path: string, characters: number) => void;
}

/** The words of one schema on the properties of an object. */
interface Rules {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly patterns: readonly { readonly dfa: Dfa; readonly placed: Placed }[];
  /** The schema of names that neither of them has; undefined if it allows anything. */
  readonly additional: Placed | undefined;
  /** The names that `propertyNames` allows. */
  readonly names: Dfa | undefined;
  readonly path: string;
}

type Given = Omit<Property, "key" | "keyCosts">;

/** Names that are required, and the numbers of properties that are allowed. */
interface Bounds {
  readonly required: ReadonlySet<string>;
  readonly min: number;
  readonly max: number;
}

function boundsOf(owns: readonly Own[]): Bounds {
  const names = new Set<string>();
  let [min, max] = [0, Infinity];
  for (const { schema, path } of owns) {
    const { required = [], minProperties = 0, maxProperties } = schema;
    if (!Array.isArray(required) || !required.every((name) => typeof name === "string"))
      return refuse(step(path, "required"), "must be a list of names");
    for (const name of required) names.add(name);
    const least = whole("jsonSchema", step(path, "minProperties"), minProperties, { min: 0 });
    min = Math.max(min, least);
    if (maxProperties === undefined) continue;
    const most = whole("jsonSchema", step(path, "maxProperties"), maxProperties, { min: 0 });
    max = Math.min(max, most);
  }
  return { required: names, min, max };
}

/** Reads objects. */
export class ObjectReader {
  constructor(private readonly around: Surroundings) {}

  /** The node of an object that satisfies the words of some schemas. */
  *object(owns: readonly Own[], path: string): Slices<Node> {
    const rules: Rules[] = [];
    for (const own of owns) rules.push(yield* this.rules(own));
    const { required, min, max } = boundsOf(owns);
    const names = new Set(rules.flatMap(({ properties }) => Object.keys(properties)));
    for (const name of required) names.add(name);
    this.around.countCharacters(path, [...names].join("").length);
    const given: Given[] = [];
    for (const name of names) {
      const node = yield* this.property(name, rules, path);
      given.push({ name, node, isRequired: required.has(name) });
    }
    const others = yield* this.others(rules, path);
    const missing = min - required.size;
    if (missing > 0) return yield* this.withMore(path, given, others, missing, max);
    const isWhole = !this.around.names.hasFormats;
    return this.around.nodes.object(path, given, { others, max, isWhole });
  }

  private *rules({ schema, path }: Own): Slices<Rules> {
    const { properties = {}, patternProperties = {}, additionalProperties = true } = schema;
    const { propertyNames } = schema;
    if (!isObject(properties)) return refuse(step(path, "properties"), "must be an object");
    if (!isObject(patternProperties))
      return refuse(step(path, "patternProperties"), "must be an object");
    const place = step(path, "additionalProperties");
    const patterns: { dfa: Dfa; placed: Placed }[] = [];
    for (const [source, inner] of Object.entries(patternProperties)) {
      const at = step(step(path, "patternProperties"), source);
      const dfa = yield* this.around.texts.pattern(source, at);
      patterns.push({ dfa, placed: { schema: inner, path: at } });
    }
    return {
      properties,
      patterns,
      additional:
        additionalProperties === true ? undefined : { schema: additionalProperties, path: place },
      names:
        propertyNames === undefined || propertyNames === true
          ? undefined
          : yield* this.around.names.language({
              schema: propertyNames,
              path: step(path, "propertyNames"),
            }),
      path,
    };
  }

  /** The schemas of a name that is not declared, by the patterns that it has. */
  private schemasOf(
    { patterns, additional }: Rules,
    has: (dfa: Dfa) => boolean,
  ): readonly Placed[] {
    const matching = patterns.filter(({ dfa }) => has(dfa)).map(({ placed }) => placed);
    return matching.length === 0 && additional ? [additional] : matching;
  }

  /** The node of a declared or a required name. */
  private *property(name: string, rules: readonly Rules[], path: string): Slices<Node> {
    const { nodes, all } = this.around;
    const schemas: Placed[] = [];
    for (const rule of rules) {
      const { properties, names } = rule;
      if (names && labelOf(names, name) === NONE)
        return nodes.literals(path, [], `propertyNames forbids ${shown(name)}`);
      const has = (dfa: Dfa) => labelOf(dfa, name) !== NONE;
      if (Object.hasOwn(properties, name)) {
        const place = step(step(rule.path, "properties"), name);
        schemas.push({ schema: properties[name], path: place });
        for (const { dfa, placed } of rule.patterns) if (has(dfa)) schemas.push(placed);
      } else schemas.push(...this.schemasOf(rule, has));
    }
    if (
      schemas.some(
        ({ schema, path: at }) => schema === false && at.endsWith("additionalProperties"),
      )
    )
      return nodes.literals(path, [], `${name} is required, but additionalProperties is false`);
    return yield* all(schemas, step(path, name));
  }

  /** Properties whose names are not declared; null if there may be none. */
  private *others(rules: readonly Rules[], path: string): Slices<Others | null> {
    const { texts, budget, all } = this.around;
    const patterns = rules.flatMap((rule) => rule.patterns.map((one) => ({ ...one, rule })));
    const names = rules.flatMap((rule) => rule.names ?? []);
    const lists: (readonly Placed[])[] = [];
    const labels = new Map<string, number>();
    const newLabel = (accepting: readonly number[]): number => {
      const schemas = accepting.map((i) => patterns[i]!.placed);
      const matched = new Set(accepting.map((i) => patterns[i]!.rule));
      for (const rule of rules)
        if (!matched.has(rule) && rule.additional) schemas.push(rule.additional);
      return schemas.some(({ schema }) => schema === false) ? NONE : lists.push(schemas) - 1;
    };
    const labelFor = (accepting: readonly number[]): number => {
      const key = accepting.join();
      const label = labels.get(key) ?? newLabel(accepting);
      labels.set(key, label);
      return label;
    };
    const whole = yield* texts.meeting([...new Set(names)], { min: 0, max: Infinity });
    const hasPatterns = patterns.length > 0;
    if (!hasPatterns && labelFor([]) === NONE) return null;
    const dfa = hasPatterns
      ? yield* labelled(
          whole,
          patterns.map((one) => one.dfa),
          labelFor,
          budget,
        )
      : whole;
    const nodes: Node[] = [];
    for (const schemas of lists)
      nodes.push(yield* all(schemas, schemas[0]?.path ?? step(path, "additionalProperties")));
    const isExact = !this.around.names.hasFormats;
    const isEmpty = dfa.start === NONE || nodes.length === 0;
    return isEmpty && isExact ? null : { dfa, nodes, isExact };
  }

  /** The choice of objects that have some properties more than the required ones. */
  private *withMore(
    path: string,
    given: readonly Given[],
    others: Others | null,
    missing: number,
    max: number,
  ): Slices<Node> {
    const { nodes, names } = this.around;
    const isWhole = !names.hasFormats;
    const optional = given.flatMap(({ isRequired }, i) => (isRequired ? [] : [i]));
    const branches: Node[] = [];
    for (const chosen of this.subsets(optional, missing, path))
      branches.push(
        nodes.object(
          path,
          given.map((one, i) => (chosen.has(i) ? { ...one, isRequired: true } : one)),
          { others, max, isWhole: isWhole && missing < 2 },
        ),
      );
    const rest = others && (yield* this.undeclared(others, given, path));
    if (rest)
      for (const chosen of this.subsets(optional, missing - 1, path)) {
        const neededOther: AnyOf = nodes.anyOf(path, [...rest.nodes]);
        branches.push(
          nodes.object(
            path,
            given.map((one, i) => (chosen.has(i) ? { ...one, isRequired: true } : one)),
            { others: rest, max, neededOther, isWhole: isWhole && missing < 2 },
          ),
        );
      }
    const why = `minProperties: ${missing} names more than the required ones are needed`;
    if (branches.length === 0 && others)
      refuse(path, `${why}, of which one at most may be undeclared`, { keyword: "minProperties" });
    return nodes.anyOf(path, branches, branches.length === 0 ? why : undefined);
  }

  /** Others whose names are not declared ones. */
  private *undeclared(
    others: Others,
    given: readonly Given[],
    path: string,
  ): Slices<Others | undefined> {
    if (others.dfa.start === NONE) return undefined;
    if (given.length === 0) return others;
    const { texts, budget } = this.around;
    const declared = yield* texts.words(
      given.map(({ name }) => name),
      path,
    );
    const labels = others.nodes.map((_, label) => label);
    let dfa = yield* labelled(others.dfa, [declared], (one) => (one.length > 0 ? NONE : 0), budget);
    if (labels.length > 1) {
      const parts = labels.map((label) => only(others.dfa, label));
      dfa = yield* labelled(dfa, parts, ([label]) => label ?? NONE, budget);
    }
    return dfa.start === NONE ? undefined : { ...others, dfa };
  }

  private subsets(of: readonly number[], size: number, path: string): Set<number>[] {
    let found: number[][] = size > of.length ? [] : [[]];
    for (let taken = 0; taken < size; taken++) {
      found = found.flatMap((one) =>
        of.filter((i) => i > (one.at(-1) ?? -1)).map((i) => [...one, i]),
      );
      if (found.length > MOST_CHOICES)
        refuse(path, `minProperties has more than ${MOST_CHOICES} choices of properties`, {
          keyword: "minProperties",
        });
    }
    return found.map((one) => new Set(one));
  }
}

/** The texts of one label. */
const only = (dfa: Dfa, label: number): Dfa => ({
  ...dfa,
  labels: dfa.labels.map((one) => (one === label ? 0 : NONE)),
});
