import { notJson } from "@deepgrain/support/json";
import { fail, optionsOf, refuseUnknown, textOf } from "../errors";
import { rawField } from "./raw-field";
import type { Task } from "./task";
import { taskReaders } from "./task-formats";

/** Options of {@link readTasks}. */
export interface ReadTasksOptions {
  /** Name for error messages; default `"tasks"`. */
  file?: string | undefined;
}

/** The rows of a JSON array or of JSON lines, with their line or place for messages. */
function rowsOf(
  text: string,
  file: string,
): (readonly [row: unknown, place: string, source: string])[] {
  const parse = (source: string, line: number): unknown => {
    try {
      return JSON.parse(source);
    } catch (cause) {
      const message = `readTasks: ${file}: ${notJson(source, line)}`;
      return fail("ERR_FORMAT", message, { file, place: `line ${line}` }, cause);
    }
  };
  const whole = text.replace(/^\uFEFF/, "");
  if (whole.trimStart().startsWith("["))
    return (parse(whole, 1) as unknown[]).map(
      (row, i) => [row, `row ${i + 1}`, JSON.stringify(row)] as const,
    );
  return whole.split(/\r?\n/).flatMap((line, i) => {
    const place = `line ${i + 1}`;
    return line.trim() === "" ? [] : [[parse(line, i + 1), place, line] as const];
  });
}

/**
 * Reads tasks in the formats of HumanEval, its infilling variants, MBPP (sanitised or not), HumanEval+ and MBPP+ of EvalPlus,
 * HumanEval-X, MultiPL-E, or `{ prompt, tests, language }`; the format is told row by row from its fields.
 *
 * @param text JSON lines, or a JSON array
 * @throws {CoderError} `ERR_FORMAT` with file, row and field
 * @see Chen et al. 2021; Bavarian et al. 2022; Austin et al. 2021; Liu et al. 2023 (EvalPlus); Zheng et al. 2023; Cassano et al. 2022
 */
export function readTasks(text: string, options: ReadTasksOptions = {}): Task[] {
  const { file = "tasks", ...rest } = optionsOf("readTasks", options);
  refuseUnknown("readTasks", rest);
  textOf("readTasks", "text", text);
  const seen = new Set<string>();
  return rowsOf(text, file).map(([row, place, source], index) => {
    const where = `readTasks: ${file}: ${place}`;
    if (typeof row !== "object" || row === null || Array.isArray(row))
      return fail("ERR_FORMAT", `${where}: a task must be an object`, { file, place });
    const fields = row as Readonly<Record<string, unknown>>;
    const reader = taskReaders.find(({ fields: needed }) => needed.every((name) => name in fields));
    if (reader === undefined)
      return fail(
        "ERR_FORMAT",
        `${where}: the fields ${Object.keys(fields).join(", ")} are of no known format; give prompt, tests and language`,
        { file, place },
      );
    const task = reader.read({
      index,
      text(name) {
        const value = fields[name];
        if (typeof value === "string") return value;
        return fail("ERR_FORMAT", `${where}: ${name} must be a text`, { file, place, key: name });
      },
      value: (name) => fields[name],
      json: (name) => rawField(source, name) ?? "null",
      refuse: (name, expected) =>
        fail("ERR_FORMAT", `${where}: ${name} must be ${expected}`, { file, place, key: name }),
    });
    if (seen.has(task.id))
      fail("ERR_FORMAT", `${where}: the task ${task.id} is there twice`, {
        file,
        place,
        key: "task_id",
      });
    seen.add(task.id);
    return task;
  });
}
