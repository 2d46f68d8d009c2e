import type { Slices } from "@deepgrain/support";
import { whole } from "../errors";
import { equalJson } from "./accepts";
import type { Own, Placed } from "./flatten";
import { headsOf } from "./heads";
import type { ArrayNode, Node } from "./nodes";
import { refuse, place as step } from "./places";
import type { Surroundings } from "./read-object";

/** The words of one schema on the items of a list. */
interface Rules {
  readonly prefix: readonly Placed[];
  /** The schema of the items behind these; undefined if it allows anything. */
  readonly rest: Placed | undefined;
}

function rulesOf({ schema, path }: Own): Rules {
  const isTuple = Array.isArray(schema.items); // as drafts up to 2019-09 spell prefixItems
  const word = isTuple ? "items" : "prefixItems";
  const list = schema[word] ?? [];
  if (!Array.isArray(list)) return refuse(step(path, word), "must be a list of schemas");
  if (isTuple && schema.prefixItems !== undefined)
    return refuse(step(path, "items"), "must be a schema beside prefixItems");
  const behind = isTuple ? "additionalItems" : "items";
  const rest = schema[behind];
  return {
    prefix: list.map((one, i) => ({ schema: one, path: step(step(path, word), i) })),
    rest:
      rest === undefined || rest === true ? undefined : { schema: rest, path: step(path, behind) },
  };
}

/** The node of a list that satisfies the words of some schemas. */
export function* readArray(
  owns: readonly Own[],
  path: string,
  { nodes, all }: Surroundings,
): Slices<ArrayNode> {
  let [min, max] = [0, Infinity];
  for (const { schema, path: at } of owns) {
    const { minItems = 0, maxItems, uniqueItems = false } = schema;
    if (typeof uniqueItems !== "boolean") refuse(step(at, "uniqueItems"), "must be true or false");
    min = Math.max(min, whole("jsonSchema", step(at, "minItems"), minItems, { min: 0 }));
    if (maxItems === undefined) continue;
    max = Math.min(max, whole("jsonSchema", step(at, "maxItems"), maxItems, { min: 0 }));
  }
  const rules = owns.map(rulesOf);
  const length = Math.max(0, ...rules.map((one) => one.prefix.length));
  const schemasAt = (at: number) =>
    rules.flatMap(({ prefix, rest }) => (at < prefix.length ? prefix[at]! : (rest ?? [])));
  const prefix: Node[] = [];
  for (let at = 0; at < length; at++)
    prefix.push(yield* all(schemasAt(at), step(step(path, "prefixItems"), at)));
  const behind = schemasAt(length);
  const isClosed = behind.some(({ schema }) => schema === false);
  const rest = isClosed ? null : yield* all(behind, step(path, "items"));
  const isUnique = owns.some(({ schema }) => schema.uniqueItems === true) && max > 1;
  return nodes.array(path, { prefix, rest, min, max, isUnique });
}

/**
 * Makes the items of a list whose items must differ one node of their values, each once.
 * @throws {LmError} `ERR_ARGUMENT` where they are not values of `enum` and `const`
 */
export function settleUnique(node: ArrayNode, { nodes, budget }: Surroundings): ArrayNode["rest"] {
  const { path, prefix, rest } = node;
  if (prefix.length + (rest ? 2 : 0) <= 1) return rest; // one item at most
  const heads = rest ? headsOf(rest, budget) : [];
  const isListed = heads.every((head) => head.kind === "literals");
  if (prefix.length > 0 || !isListed)
    return refuse(path, "uniqueItems is supported for lists of enum and const only", {
      keyword: "uniqueItems",
    });
  const scalars = new Set<unknown>();
  const others: unknown[] = [];
  for (const head of heads)
    for (const value of head.fitting ?? head.values)
      if (typeof value !== "object" || value === null) scalars.add(value);
      else if (!others.some((one) => equalJson(one, value, budget))) others.push(value);
  const values = [...scalars, ...others];
  return nodes.literals(path, values, "no value of enum or const is allowed");
}
