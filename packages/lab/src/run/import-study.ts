import { LabError } from "../errors";
import type { Study } from "../study/study";
import type { RunTask } from "./executor";

const isStudy = (value: unknown): value is Study<unknown, unknown> =>
  typeof value === "object" && value !== null && "run" in value && "variants" in value;

/**
 * Imports the study that a task names.
 * @throws {LabError} `ERR_MODULE` for a task without a module, a module that cannot be loaded or does not export the study
 */
export async function importStudy({
  module,
  exportName,
  study: name,
}: Pick<RunTask, "module" | "exportName" | "study">): Promise<Study<unknown, unknown>> {
  const fail = (message: string, cause?: unknown): never => {
    throw new LabError("ERR_MODULE", `lab: ${message}`, { fields: { module, exportName }, cause });
  };
  if (module === undefined)
    return fail(`study "${name}" has no "module", which workers need: set it to import.meta.url`);
  const exports = (await import(module).catch((error: Error) =>
    fail(`cannot import study "${name}" from ${module}: ${error.message}`, error),
  )) as Record<string, unknown>;
  const study = exports[exportName];
  if (!isStudy(study) || study.name !== name)
    return fail(`${module} must export study "${name}" as "${exportName}"`);
  return study;
}
