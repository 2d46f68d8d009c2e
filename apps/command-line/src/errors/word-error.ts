import { FormatError } from "@deepgrain/studies/shared/read-json";
import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { problemOf } from "@deepgrain/support";
import { reasonOf, systemCode } from "@deepgrain/support/files";
import { type CalledFlags, flagOfText, folderAsFile } from "../commands/named-paths";
import type { Flag } from "../flags/flags";
import { spelling } from "../flags/spelling";

/** An error as the terminal shows it. */
export interface WordedError {
  text: string;
  /** Whether the flags and a look at the paths that they name show what is wrong. */
  isUsage: boolean;
}

/** An error of Node's file functions in our words: what could not be done with which file, and why. */
function systemProblem(error: NodeJS.ErrnoException): string {
  const { code, path, syscall } = error;
  if (code === "ENOENT" && path !== undefined) return `there is no ${path}`;
  return `cannot ${syscall === "write" ? "write" : "read"} ${path ?? "a file"}: ${reasonOf(error)}`;
}

/** A package's message without the package and function in front: `lm/train: …`. */
export const plainMessage = (message: string): string =>
  message.replace(/^(files|[a-z-]+\/[\w.]+): /, "");

/** An error's message without package, function and system call. */
export function plainProblem(error: unknown): string {
  const { syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall !== undefined && systemCode(error)?.startsWith("E"))
    return systemProblem(error as NodeJS.ErrnoException);
  return problemOf(error).replace(
    /cannot read ([^\n]+?): the file or its folder does not exist \(ENOENT\)/,
    "there is no $1",
  );
}

/** The fault that a look at a path shows: that it is missing, or not of the kind that is needed. */
const isSeen = (text: string, path: string) =>
  (text.startsWith("there is no ") && text.includes(path)) ||
  text.startsWith(`cannot make the folder ${path}: a file`) ||
  (text.includes(`${path}: `) && /\((EISDIR|ENOTDIR)\)$|: it is a folder$/.test(text));

/** Options of the packages as the flags that hand them on: `maxNewTokens` as `--max-new-tokens`. */
const spellOptions = (text: string, { flags }: CalledFlags): string =>
  text.replaceAll(/(?<![\w/.-])[a-z]+(?:[A-Z][a-z]*)+\b(?![/.]\w)/g, (word) =>
    Object.hasOwn(flags, word) ? spelling(word, flags[word]!) : word,
  );

/** `topP must be …` as `--top-p must be …`, where the command has that flag. */
function byOption(text: string, { flags, values }: CalledFlags): string | undefined {
  const name = /^(\w+)(?= must | needs )/.exec(text)?.[1] ?? "";
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (flag === undefined || values[name] === undefined || !isValue(flag)) return undefined;
  return `${spelling(name, flag)}${text.slice(name.length)}`;
}

/** Whether a flag's value is itself what a message may refuse, and not the name of a file. */
const isValue = ({ reads, writes }: Flag) => reads === undefined && writes === undefined;

/** A problem with the one flag whose name and value are among the error's fields. */
function byFields(
  error: unknown,
  text: string,
  { flags, values }: CalledFlags,
): string | undefined {
  const { fields } = (error ?? {}) as { fields?: Readonly<Record<string, unknown>> };
  const names = Object.keys(fields ?? {}).filter(
    (name) =>
      Object.hasOwn(flags, name) &&
      isValue(flags[name]!) &&
      ["number", "string"].includes(typeof values[name]) &&
      values[name] === fields![name],
  );
  if (
    names.length !== 1 ||
    /^ERR_(IO|MISSING|LOCKED)$/.test(String((error as { code?: unknown }).code))
  )
    return undefined;
  return `${spelling(names[0]!, flags[names[0]!]!)}: ${text}`;
}

/** `baseUrl must be a URL, got nowhere` as `--endpoint must be …`, where that flag alone was given the text. */
function byValue(text: string, { flags, values }: CalledFlags): string | undefined {
  const [, rest, got] = /^\w+( must .*, got "?(.*?)"?)$/.exec(text) ?? [];
  const names = Object.keys(flags).filter((name) => values[name] === got && isValue(flags[name]!));
  if (got === undefined || names.length !== 1) return undefined;
  return `${spelling(names[0]!, flags[names[0]!]!)}${rest}`;
}

/**
 * Words any error for the terminal: the flag, the file and its line, what is wrong with it. The packages' errors name their
 * function instead, which a user of the command line did not call.
 *
 * @param call undefined while the command line is not read
 */
export function wordError(error: unknown, call: CalledFlags | undefined): WordedError {
  const isUsageError = error instanceof UsageError;
  const text = plainProblem(error);
  if (call === undefined || (isUsageError && text.includes("--")))
    return { text, isUsage: isUsageError };
  if (systemCode(error) === "EISDIR") {
    const { name, path } = folderAsFile(call) ?? {};
    if (name !== undefined)
      return {
        text: `${spelling(name, call.flags[name]!)}: ${path} is a folder, where a file is needed`,
        isUsage: true,
      };
  }
  const isOfFile = error instanceof FormatError;
  const option = isOfFile
    ? undefined
    : (byOption(text, call) ?? byValue(text, call) ?? byFields(error, text, call));
  if (option !== undefined) return { text: spellOptions(option, call), isUsage: true };
  const { name, path } = flagOfText(text, call) ?? {};
  if (name === undefined || path === undefined)
    return { text: spellOptions(text, call), isUsage: isUsageError };
  const flag = spelling(name, call.flags[name]!);
  const isUsage = isUsageError || isSeen(text, path);
  return { text: text.includes(flag) ? text : `${flag}: ${text}`, isUsage };
}
