import { readFile } from "node:fs/promises";
import { LabError } from "../errors";
import type { RunRecord } from "../study/runs";
import { saveJson } from "./save-json";

/** Whose a run is: the first fields of its file. */
export interface RunKey {
  study: string;
  /** Of the study with its settings. */
  fingerprint: string;
  variant: string;
  seed: number;
}

/**
 * Checks that a value survives JSON: null, booleans, strings, finite numbers, lists and plain objects of those. Fields that
 * are undefined are left out, as JSON does.
 * @throws {LabError} `ERR_RESULT` naming the first place that does not
 */
export function assertPlainData(value: unknown, what: string, path = ""): void {
  const fail = (found: string) => {
    const message = `lab: ${what}${path && ": "}${path} is ${found}, expected plain data of finite numbers`;
    throw new LabError("ERR_RESULT", message, { fields: { path } });
  };
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) fail(String(value));
  } else if (typeof value !== "object") fail(typeof value);
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) assertPlainData(item, what, `${path}[${i}]`);
  } else if ([Object.prototype, null].includes(Object.getPrototypeOf(value))) {
    for (const [key, item] of Object.entries(value))
      if (item !== undefined) assertPlainData(item, what, path === "" ? key : `${path}.${key}`);
  } else fail(`a ${value.constructor.name}`);
}

/** Checks a result, or throws. */
type Parse<R> = ((result: unknown) => R) | undefined;

/** Writes a run. @returns it as it will be read, so that a resumed study has the same numbers */
export async function saveRun<R>(
  path: string,
  key: RunKey,
  { result, ...rest }: Pick<RunRecord<unknown>, "result" | "seconds" | "provenance">,
  parse: Parse<R> = (own) => own as R,
): Promise<RunRecord<R>> {
  const { variant, seed } = key;
  assertPlainData(result, "the result");
  const read = parse(JSON.parse(JSON.stringify(result)));
  await saveJson(path, { ...key, result, ...rest });
  return { variant, seed, result: read, ...rest };
}

/** Reads a run. @returns it, or why its file does not count; null where there is no file */
export async function readRun<R>(
  path: string,
  key: RunKey,
  parse: Parse<R> = (own) => own as R,
): Promise<{ record: RunRecord<R> } | { damage: string } | null> {
  try {
    const { result, seconds, provenance, ...own } = JSON.parse(await readFile(path, "utf8"));
    for (const [name, value] of Object.entries(key))
      if (own[name] !== value)
        return {
          damage: `${name} is ${JSON.stringify(own[name])}, expected ${JSON.stringify(value)}`,
        };
    if (result === undefined || typeof seconds !== "number" || !provenance)
      return { damage: "result, seconds or provenance is missing" };
    const { variant, seed } = key;
    return { record: { variant, seed, result: parse(result), seconds, provenance } };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    return { damage: (error as Error).message };
  }
}
