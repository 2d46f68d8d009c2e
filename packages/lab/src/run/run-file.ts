import { readFile } from "node:fs/promises";
import { lossyPlace, saveJson } from "@deepgrain/support/files";
import { fail } from "../errors";
import type { RunRecord } from "../study/runs";
import type { RunKey } from "./executor";
import { withFiles } from "./files";

/** @throws {LabError} `ERR_RESULT` naming the first place that JSON would lose or change */
export function assertPlainData(value: unknown, what: string): void {
  const lossy = lossyPlace(value);
  if (!lossy) return;
  const { path, found } = lossy;
  const place = path === "" ? what : `${what}: ${path}`;
  fail("ERR_RESULT", `lab: ${place} is ${found}, expected plain data of finite numbers`, { path });
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
  assertPlainData(result, "the result");
  const read = parse(JSON.parse(JSON.stringify(result)));
  await withFiles(() => saveJson(path, { ...key, result, ...rest }));
  return { variant: key.variant, seed: key.seed, result: read, ...rest };
}

/** Reads a run. @returns it, or why its file does not count; null where there is no file */
export async function readRun<R>(
  path: string,
  key: RunKey,
  parse: Parse<R> = (own) => own as R,
): Promise<RunRecord<R> | { damage: string } | null> {
  try {
    const { result, seconds, provenance, ...own } = JSON.parse(await readFile(path, "utf8"));
    const wrong = Object.entries(key).find(([name, value]) => own[name] !== value);
    if (wrong) {
      const [found, expected] = [own[wrong[0]], wrong[1]].map((value) => JSON.stringify(value));
      return { damage: `${wrong[0]} is ${found}, expected ${expected}` };
    }
    if (result === undefined || typeof seconds !== "number" || !provenance)
      return { damage: "result, seconds or provenance is missing" };
    return { variant: key.variant, seed: key.seed, result: parse(result), seconds, provenance };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    return { damage: (error as Error).message };
  }
}
