/**
 * @file Converts commands and their flags, which are data, to a commander program, which parses arguments and prints
 *   help.
 */

import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { Argument, Command as Commander, Option } from "commander";
import { withConfigFile } from "../configuration/config-file";
import type { Flag, Flags, Values } from "../flags/flags";
import { kebabCase } from "../flags/kebab-case";
import { camelCase } from "../flags/spelling";
import { helpLayout, placeholderAndText } from "../help/help-layout";
import { type Command, type CommandGroup, loadEntry } from "./define-command";
import { resumedFlags } from "./resumed-flags";

const OFFICIAL = "Flags of the official scripts:";

export interface ProgramOptions {
  version: string;
  /** Path resolved against the directory that the user called from. */
  resolve(path: string): string;
  /** Writes help and version. */
  write(text: string): void;
  /** Width of the terminal; 80 if there is none. */
  columns?: number | undefined;
}

/** The call that a command line requests. */
interface Call {
  command: Command;
  /** Whether no progress is asked for. */
  isQuiet: boolean;
  values: Values<Flags>;
}

/** A program created for one command line. */
export interface Program {
  /** Names of the commands on the way, the first being `deepgrain`. */
  path: string[];
  /**
   * @throws {UsageError} for arguments that no command accepts, and as `resumedFlags`; {CommanderError} with exit code 0 once
   *   help or version is printed
   */
  parse(): Promise<Call>;
}

/** The width of help; narrower terminals break its lines. */
const helpWidth = (columns = 80) => Math.max(40, columns);

const helpOf = ({ isRequired, shownDefault }: Flag, help: string) =>
  help +
  (isRequired ? " (required)" : shownDefault === undefined ? "" : ` (default: ${shownDefault})`);

type Read = (text: string, spelling: string) => unknown;

/** A reader for commander, which passes the values of a repeated flag that were read already. */
const reading =
  ({ isRepeated }: Flag, spelling: string, read: Read) =>
  (text: string, before: unknown) =>
    isRepeated ? [...((before as unknown[]) ?? []), read(text, spelling)] : read(text, spelling);

/** Short forms, in every command that has the flag. */
export const shortForms: Readonly<Record<string, string>> = {
  out: "-o",
  model: "-m",
  maxNewTokens: "-n",
};

/** The spellings of one flag as commander's options, its own first. @param width of help */
function optionsOf(name: string, flag: Flag, read: Read, width: number) {
  const own = kebabCase(name);
  const short = Object.hasOwn(shortForms, name) ? `${shortForms[name]}, ` : "";
  const { placeholder, text } = placeholderAndText(`${short}--${own}`, flag, width);
  const spelled = (spelling: string, help: string) => {
    if (flag.kind === "switch") return new Option(`--${spelling}`, help);
    const start = spelling === own ? short : "";
    const option = new Option(`${start}--${spelling} <${placeholder}>`, help);
    return option.argParser(reading(flag, `--${spelling}`, read));
  };
  const options = [spelled(own, helpOf(flag, text))];
  if (flag.isIdle) options[0]!.helpGroup(OFFICIAL);
  if (flag.negated !== undefined) options.push(new Option(`--no-${own}`, flag.negated));
  for (const official of flag.official.map(kebabCase))
    if (official !== own) options.push(spelled(official, `same as --${own}`).helpGroup(OFFICIAL));
  return options;
}

type Typed = Readonly<Record<string, unknown>>;

/** A command with the flags that were typed. */
interface TypedCall extends Omit<Call, "values"> {
  typed: Typed;
}

/** The value of one flag from commander's result; undefined if it was not typed. */
function typedValue(name: string, flag: Flag, parsed: Typed): unknown {
  const spellings = [...new Set([name, ...flag.official.map((o) => camelCase(kebabCase(o)))])];
  const given = spellings.filter((spelling) => parsed[spelling] !== undefined);
  if (given.length > 1)
    throw new UsageError(`give either ${given.map((s) => `--${kebabCase(s)}`).join(" or ")}`);
  return given.length === 1 ? parsed[given[0]!] : undefined;
}

/** The value of one flag that was not typed. @throws {UsageError} if it must be */
function defaultValue(name: string, flag: Flag, resolve: ProgramOptions["resolve"]): unknown {
  if (flag.isRequired) throw new UsageError(`--${kebabCase(name)} <${flag.hint}> is required`);
  return flag.fallback({ spelling: `--${kebabCase(name)}`, resolve });
}

/** A value for each flag: what was typed, what the resumed run was begun with, or the default. */
async function completed(
  flags: Flags,
  typed: Typed,
  { command, resolve }: { command: string; resolve: ProgramOptions["resolve"] },
): Promise<Values<Flags>> {
  const known = await resumedFlags(flags, typed, command);
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      known[name] ?? defaultValue(name, flag, resolve),
    ]),
  );
}

/** Adds our flags to a commander command; `done` receives the checked values that were typed when the command is called. */
function fill(
  target: Commander,
  { description, examples, flags, isTraining }: Command,
  { resolve, columns }: ProgramOptions,
  done: (typed: Typed, isQuiet: boolean) => void,
): void {
  const isOption = (text: string) =>
    target.options.some(({ long, short }) => long === text.split("=")[0] || short === text);
  const entries = Object.entries(flags);
  target.description(description);
  for (const [name, flag] of entries) {
    const read = (text: string, spelling: string) => {
      if (isOption(text)) throw new UsageError(`${spelling} needs a value`);
      return flag.read(text, { spelling, resolve });
    };
    if (flag.kind === "argument") {
      const spelling = `<${kebabCase(name)}>`;
      const words = `${kebabCase(name)}${flag.isRepeated ? "..." : ""}`;
      const place = flag.isRequired ? `<${words}>` : `[${words}]`;
      const argument = new Argument(place, helpOf(flag, flag.help));
      target.addArgument(argument.argParser(reading(flag, spelling, read)));
    } else
      for (const option of optionsOf(name, flag, read, helpWidth(columns)))
        target.addOption(option);
  }
  target.option("--quiet", "Print no progress");
  const lines = examples.map((line) => `  deepgrain ${line}`).join("\n");
  target.addHelpText("after", `\nExamples:\n${lines}`);
  target.action(() => {
    const parsed: Record<string, unknown> = { ...target.opts() };
    const places = entries.filter(([, { kind }]) => kind === "argument");
    for (const [i, [name]] of places.entries()) parsed[name] = target.processedArgs[i];
    const all = isTraining ? withConfigFile(flags, parsed, resolve) : parsed;
    const typed = entries.map(([name, flag]) => [name, typedValue(name, flag, all)] as const);
    const given = Object.fromEntries(typed.filter(([, value]) => value !== undefined));
    done(given, parsed.quiet === true);
  });
}

/** `deepgrain help esft train` is `deepgrain esft train --help`. */
function words(rawArgs: readonly string[]): string[] {
  return rawArgs[0] === "help" ? [...rawArgs.slice(1), "--help"] : [...rawArgs];
}

/** `--max_new_tokens=7` as `--max-new-tokens=7`, where the command has such a flag. */
function spellKnown(word: string, { options }: Commander): string {
  const [flag = "", ...value] = word.split("=");
  const spelled = flag.replaceAll("_", "-");
  return options.some(({ long }) => long === spelled) ? [spelled, ...value].join("=") : word;
}

function emptyProgram({ version, write, columns }: ProgramOptions): Commander {
  return new Commander("deepgrain")
    .version(version, "-V, --version", "Print the version")
    .helpOption("-h, --help", "Print this help")
    .helpCommand(false)
    .exitOverride()
    .configureHelp(helpLayout)
    .configureOutput({
      writeOut: write,
      outputError: () => {}, // whoever runs the program reports errors
      getOutHelpWidth: () => helpWidth(columns),
      getOutHasColors: () => false,
    });
}

/** Adds a group's commands to `parent`; returns the loaded command named `chosen`. */
async function addCommands(parent: Commander, group: CommandGroup, chosen: string | undefined) {
  let found: { child: Commander; loaded: Command | CommandGroup } | undefined;
  parent.description(group.description);
  for (const [name, entry] of Object.entries(group.commands)) {
    const child = parent.command(name).summary(entry.summary).helpCommand(false);
    if (name === chosen) found = { child, loaded: await loadEntry(entry) };
  }
  return found;
}

/**
 * Creates the program for one command line: only the commands that it names are loaded.
 * @param rawArgs the arguments after the program's name; flags may be spelled with underscores
 */
export async function createProgram(
  root: CommandGroup,
  rawArgs: readonly string[],
  options: ProgramOptions,
): Promise<Program> {
  const args = words(rawArgs);
  const old = args.slice(0, 2).join(" ");
  const now = root.moved && Object.hasOwn(root.moved, old) ? root.moved[old] : undefined;
  if (now !== undefined) throw new UsageError(`\`${old}\` is now \`deepgrain ${now}\``);
  const path = ["deepgrain"];
  const program = emptyProgram(options);
  let call: TypedCall | undefined;
  let leaf = program;
  for (let group: CommandGroup | undefined = root; group; ) {
    const name = args[path.length - 1];
    const found = await addCommands(leaf, group, name);
    if (name === undefined) args.push("--help");
    group = undefined;
    if (!found) break;
    path.push(name!);
    leaf = found.child;
    const { loaded } = found;
    if (loaded.kind === "group") group = loaded;
    else
      fill(leaf, loaded, options, (typed, isQuiet) => {
        call = { command: loaded, typed, isQuiet };
      });
  }
  return {
    path,
    async parse() {
      const spelled = args.map((word) => spellKnown(word, leaf));
      program.parse(spelled, { from: "user" });
      if (!call) throw new UsageError("no command given");
      const { command, typed, isQuiet } = call as TypedCall;
      const name = path.slice(1).join(" ");
      return {
        command,
        isQuiet,
        values: await completed(command.flags, typed, { command: name, resolve: options.resolve }),
      };
    },
  };
}
