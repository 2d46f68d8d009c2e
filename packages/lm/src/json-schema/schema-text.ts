import type { Budget, Slices } from "@deepgrain/support";
import { walkJson } from "../walk-json";
import { place, refuse } from "./places";

/**
 * The text of a schema, which says everything about it. What no text says is refused by its place before anything is written.
 *
 * @param budget an entry is a value, at any depth; bytes are the characters of names and strings
 * @throws {LmError} `ERR_ARGUMENT` for a value that is no JSON, holds itself, or is nested too deeply; `ERR_LIMIT`
 */
export function* schemaText(schema: unknown, budget: Budget): Slices<string> {
  yield* walkJson(schema, budget, (names, what) => refuse(names.reduce<string>(place, "#"), what));
  yield;
  return JSON.stringify(schema);
}
