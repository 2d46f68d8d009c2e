import { readFileSync } from "node:fs";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import type { Flag, Flags } from "../flags/flag";
import type { FlagForm } from "../flags/flag-forms";
import { kebabCase } from "../flags/kebab-case";
import { camelCase } from "../flags/spelling";
import { pairsOf } from "./yaml-pairs";

type Given = Readonly<Record<string, unknown>>;

/** Where a value stands, and how its paths are resolved. */
interface Place {
  /** `run.yaml:3: batch-size` */
  spelling: string;
  resolve(path: string): string;
}

/** The names of flags that a configuration may give. */
export const configurable = (flags: Flags): string[] =>
  Object.keys(flags).filter((name) => name !== "config" && !flags[name]!.isIdle);

function readText(path: string): string {
  try {
    // As text: its kind is not asked for then. See standardStream in write-output.ts of support.
    return readFileSync(path, "utf8");
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const problem = isMissing ? `there is no ${path}` : `${path} cannot be read`;
    throw new UsageError(`--config: ${problem}`, { cause });
  }
}

const kindOf = (form: FlagForm): string => {
  if (form.type === "integer") return "a whole number";
  if (form.type === "number") return "a number";
  if (form.type === "boolean") return "true or false";
  return form.type === "array" ? "a list" : "text";
};

const isOf = (value: unknown, { type }: FlagForm): boolean => {
  if (type === "array") return Array.isArray(value) && value.length > 0;
  return typeof value === (type === "integer" ? "number" : type);
};

const shown = (value: unknown): string =>
  value === undefined ? "an object" : JSON.stringify(value);

function assertForm(value: unknown, form: FlagForm, { spelling }: Place): void {
  if (!isOf(value, form))
    throw new UsageError(`${spelling} must be ${kindOf(form)}, got ${shown(value)}`);
  if (form.type !== "array") return;
  for (const item of value as unknown[]) assertForm(item, form.items, { spelling } as Place);
}

/** The value of a flag as if it had been typed: a list may be one text, as on the command line. */
function readValue(value: unknown, flag: Flag, place: Place): unknown {
  const isTyped = flag.form.type === "array" && ["string", "number"].includes(typeof value);
  if (!isTyped) assertForm(value, flag.form, place);
  if (typeof value === "boolean") return value;
  if (flag.isRepeated) return [value].flat().map((item) => flag.read(String(item), place));
  return flag.read(Array.isArray(value) ? value.join(",") : String(value), place);
}

/**
 * The flags of a configuration file, checked as those of the command line are.
 * @param path of YAML or JSON whose keys are the flags' names
 * @returns values by the flags' names in the program
 * @throws {UsageError} naming file, line and key
 */
function readConfigFile(path: string, flags: Flags, resolve: Place["resolve"]): Given {
  const known = configurable(flags);
  const values: Record<string, unknown> = {};
  for (const { line, key, value } of pairsOf(readText(path), path)) {
    const name = known.find((one) => kebabCase(one) === key);
    if (name !== undefined)
      values[name] = readValue(value, flags[name]!, {
        spelling: `${path}:${line}: ${key}`,
        resolve,
      });
    else {
      const near = known.map(kebabCase).find((one) => one === kebabCase(key));
      const hint = near === undefined ? "see --help for the flags" : `write ${near}`;
      throw new UsageError(`${path}:${line}: there is no flag ${JSON.stringify(key)}; ${hint}`);
    }
  }
  return values;
}

/**
 * The values of the command line, and those of the file of `--config` beside it.
 * @param parsed values by the names of flags, official ones too
 * @throws {UsageError} naming file, line and key
 */
export function withConfigFile(flags: Flags, parsed: Given, resolve: Place["resolve"]): Given {
  if (typeof parsed.config !== "string") return parsed;
  const isTyped = (name: string) =>
    [name, ...flags[name]!.official.map((own) => camelCase(kebabCase(own)))].some(
      (spelling) => parsed[spelling] !== undefined,
    );
  const fromFile = Object.entries(readConfigFile(parsed.config, flags, resolve));
  return { ...Object.fromEntries(fromFile.filter(([name]) => !isTyped(name))), ...parsed };
}
