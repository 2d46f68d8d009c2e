import { readFileSync } from "node:fs";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import type { Flag, Flags } from "../flags/flag";
import type { FlagForm } from "../flags/flag-forms";
import { kebabCase } from "../flags/kebab-case";
import { camelCase } from "../flags/spelling";

/** Configurations are written by hand. What the parser does with a text of this size stays small, whatever it holds. */
const MOST_BYTES = 65_536;
const MOST_NESTED = 1000;

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
  let text: string;
  try {
    // As text: its kind is not asked for then. See standardStream in write-output.ts of support.
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const problem = isMissing ? `there is no ${path}` : `${path} cannot be read`;
    throw new UsageError(`--config: ${problem}`, { cause });
  }
  const size = Buffer.byteLength(text);
  if (size <= MOST_BYTES) return text;
  throw new UsageError(`--config: ${path} has ${size} bytes, at most ${MOST_BYTES} are read`);
}

/** Signs of a list's item, a key or a value at the beginning of a line; each after the first is nested in the one before. */
const leadingSigns = /^[ \t]*((?:[-?:][ \t]+)+)/gm;

/**
 * Whether a text may hold more nested lists than a parser that calls itself can take: a stack that ends inside a regular
 * expression ends the program. Counts brackets and nested signs over all lines, and all signs of one line.
 */
function isDeep(text: string): boolean {
  let nested = 0;
  for (const [, signs] of text.matchAll(leadingSigns)) nested += signs!.split(/[ \t]+/).length - 2;
  return (
    nested > MOST_NESTED ||
    text.split(/[[{]/).length > MOST_NESTED ||
    text.split("\n").some((line) => line.split(/[-?:]\s/).length > MOST_NESTED)
  );
}

/** The keys and values of a file with the line of each. JSON is YAML, too. */
function pairsIn(path: string): { line: number; key: string; value: unknown }[] {
  const counter = new LineCounter();
  const text = readText(path);
  if (isDeep(text)) throw new UsageError(`${path}: more lists in lists than a configuration has`);
  let document: ReturnType<typeof parseDocument>;
  try {
    // Of its own, the parser compares each key with all others, and words each of its errors.
    const options = { uniqueKeys: false, prettyErrors: false };
    document = parseDocument(text, { lineCounter: counter, ...options });
  } catch (cause) {
    throw new UsageError(`${path}: neither YAML nor JSON`, { cause }); // nested too deeply
  }
  const refuse = (line: number, problem: string, cause?: unknown): never => {
    throw new UsageError(`${path}:${line}: ${problem}`, { cause });
  };
  const [broken] = document.errors;
  if (broken) {
    const { line } = counter.linePos(broken.pos[0]);
    refuse(line, `neither YAML nor JSON: ${broken.message.split("\n")[0]}`, broken);
  }
  if (document.contents === null) return [];
  if (!isMap(document.contents)) return refuse(1, 'must be keys and values, such as "steps: 1000"');
  const seen = new Set<string>();
  return document.contents.items.map(({ key, value }: Pair) => {
    const { line } = counter.linePos((key as Node | null)?.range?.[0] ?? 0);
    // Another key's own text doubles with each level of what it holds.
    const name = isScalar(key)
      ? String(key.value)
      : refuse(line, "a key must be the name of a flag");
    if (seen.has(name)) refuse(line, "neither YAML nor JSON: Map keys must be unique");
    seen.add(name);
    return { line, key: name, value: plain(value) };
  });
}

/** Text, a number, true, false, null, or a list of them; undefined for anything else. */
function plain(node: unknown): unknown {
  if (node === null) return null;
  if (isScalar(node)) return node.value;
  if (isSeq(node)) return node.items.map(plain);
  return undefined;
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
  for (const { line, key, value } of pairsIn(path)) {
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
