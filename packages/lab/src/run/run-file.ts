import { readFile } from "node:fs/promises";
import type { RunRecord } from "../study/runs";
import { assertPlainData } from "./plain-data";
import { saveJson } from "./save-json";

/** Whose a run is: the first fields of its file. */
export interface RunKey {
  study: string;
  /** Of the study with its settings. */
  fingerprint: string;
  variant: string;
  seed: number;
}

/** Checks a result, or throws. */
type Parse<R> = ((result: unknown) => R) | undefined;

/**
 * Writes a run, whole or not at all.
 * @returns the run as it will be read, so that a resumed study has the same numbers
 * @throws {LabError} `ERR_RESULT` for a result that JSON cannot hold; `ERR_IO`; what `parse` throws. Nothing is written then
 */
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

/** A run that was read, or why its file does not count; null where there is no file. */
type FoundRun<R> = { record: RunRecord<R> } | { damage: string } | null;

/** Reads a run. @param parse checks the result and throws where it is not of the study's form */
export async function readRun<R>(
  path: string,
  key: RunKey,
  parse: Parse<R> = (own) => own as R,
): Promise<FoundRun<R>> {
  try {
    const { result, seconds, provenance, ...own } = JSON.parse(await readFile(path, "utf8"));
    for (const name of ["study", "fingerprint", "variant", "seed"] as const)
      if (own[name] !== key[name])
        return {
          damage: `${name} is ${JSON.stringify(own[name])}, expected ${JSON.stringify(key[name])}`,
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
