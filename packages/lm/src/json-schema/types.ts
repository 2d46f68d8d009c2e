import { shown } from "@deepgrain/support";
import type { Own } from "./flatten";
import { type Type, types } from "./keywords";
import { refuse, place as step } from "./places";

/** The types that a schema allows. */
export function typesOf({ schema, path }: Own): readonly Type[] {
  if (schema.type === undefined) return types.filter((one) => one !== "integer");
  const list: readonly unknown[] = [schema.type].flat();
  for (const one of list)
    if (!types.includes(one as Type))
      refuse(step(path, "type"), `must be of ${types.join(", ")}, got ${shown(one)}`);
  return [...new Set(list as Type[])].filter(
    (one) => one !== "integer" || !list.includes("number"),
  );
}

/** The types that are in two lists; an integer is a number. */
export function commonTypes(a: readonly Type[], b: readonly Type[]): readonly Type[] {
  const has = (list: readonly Type[], one: Type) =>
    list.includes(one) || (one === "integer" && list.includes("number"));
  return [...a.filter((one) => has(b, one)), ...b.filter((one) => has(a, one) && !a.includes(one))];
}
