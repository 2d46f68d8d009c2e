import { LmError } from "../errors";
import { ggufModels, listed, namesOfType, partNames } from "../gguf/gguf-files";
import type { HubSource } from "./hub-source";

const missing = (message: string, fields: Record<string, unknown>) =>
  new LmError("ERR_MISSING", `lm/hub: ${message}`, { fields });

const shown = (names: readonly string[]) => (names.length === 0 ? "none" : listed(names));

/**
 * The one GGUF model of a type among a repository's files.
 * @throws {LmError} `ERR_MISSING` for none and for several, with the list
 */
export function modelOfType(source: HubSource, type: string, names: Iterable<string>): string {
  const { repository, revision } = source;
  const models = ggufModels(names);
  const found = namesOfType(models, type);
  if (found.length === 1) return found[0]!;
  const fields = { repository, type, files: found.length === 0 ? models : found };
  const wanted = `${repository}@${revision} must have one GGUF file of type ${type}`;
  if (found.length === 0)
    throw missing(`${wanted}, has none; its GGUF files: ${shown(models)}`, fields);
  const hint = `name one, as in hf:${repository}/${found[0]}`;
  throw missing(`${wanted}, has ${listed(found)}; ${hint}`, fields);
}

/**
 * All files of the model of one: its own, or every part of a split one.
 * @throws {LmError} `ERR_MISSING` for a file that is not among the repository's, with the list of its models; for a missing part
 */
export function filesOfModel(
  { repository, revision }: HubSource,
  file: string,
  names: Iterable<string>,
): string[] {
  const there = new Set(names);
  const parts = partNames(file);
  const absent = parts.find((part) => !there.has(part));
  if (absent === undefined) return parts;
  const problem = `there is no ${absent} in ${repository}@${revision}`;
  const fields = { repository, file: absent };
  if (there.has(file)) throw missing(problem, fields); // a part
  const models = ggufModels(there);
  throw missing(`${problem}; its GGUF files: ${shown(models)}`, { ...fields, files: models });
}
