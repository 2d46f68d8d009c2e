/**
 * @file Converts commands and their flags, which are data, to a commander program, which parses arguments and prints
 *   help.
 */
import { Argument, Command as Commander, Option } from "commander";
import { withConfigFile } from "./config-file";
import { type Command, type CommandGroup, loadEntry } from "./define-command";
import type { Flag, Flags, Values } from "./flags";
import { camelCase, kebabCase } from "./spelling";
import { UsageError } from "./usage-error";

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
  values: Values<Flags>;
}

/** A program created for one command line. */
export interface Program {
  /** Names of the commands on the way, the first being `deepgrain`. */
  path: string[];
  /**
   * @throws {UsageError} for arguments that no command accepts; {CommanderError} with exit code 0 once help or version
   *   is printed
   */
  parse(): Call;
}

const helpOf = ({ help, isRequired, shownDefault }: Flag) =>
  help +
  (isRequired ? " (required)" : shownDefault === undefined ? "" : ` (default: ${shownDefault})`);

/** The spellings of one flag as commander's options, its own first. */
function optionsOf(name: string, flag: Flag, read: (text: string, spelling: string) => unknown) {
  const own = kebabCase(name);
  const readNext = (text: string, spelling: string, before: unknown) =>
    flag.isRepeated
      ? [...((before as unknown[]) ?? []), read(text, spelling)]
      : read(text, spelling);
  const spelled = (spelling: string, help: string) => {
    if (flag.kind === "switch") return new Option(`--${spelling}`, help);
    const option = new Option(`--${spelling} <${flag.hint}>`, help);
    return option.argParser((text, before) => readNext(text, `--${spelling}`, before));
  };
  const options = [spelled(own, helpOf(flag))];
  if (flag.isIdle) options[0]!.helpGroup(OFFICIAL);
  if (flag.negated !== undefined) options.push(new Option(`--no-${own}`, flag.negated));
  for (const official of flag.official.map(kebabCase))
    if (official !== own) options.push(spelled(official, `same as --${own}`).helpGroup(OFFICIAL));
  return options;
}

/** The value of one flag from commander's result. */
function flagValue(
  name: string,
  flag: Flag,
  parsed: Readonly<Record<string, unknown>>,
  resolve: ProgramOptions["resolve"],
): unknown {
  const spellings = [...new Set([name, ...flag.official.map((o) => camelCase(kebabCase(o)))])];
  const given = spellings.filter((spelling) => parsed[spelling] !== undefined);
  if (given.length > 1)
    throw new UsageError(`give either ${given.map((s) => `--${kebabCase(s)}`).join(" or ")}`);
  if (given.length === 1) return parsed[given[0]!];
  if (flag.isRequired) throw new UsageError(`--${kebabCase(name)} <${flag.hint}> is required`);
  return flag.fallback({ spelling: `--${kebabCase(name)}`, resolve });
}

/** Adds our flags to a commander command; `done` receives the checked values when the command is called. */
function fill(
  target: Commander,
  { description, examples, flags, isTraining }: Command,
  { resolve }: ProgramOptions,
  done: (values: Values<Flags>) => void,
): void {
  const isOption = (text: string) =>
    /^--\w/.test(text) && target.options.some(({ long }) => long === text.split("=")[0]);
  const entries = Object.entries(flags);
  target.description(description);
  for (const [name, flag] of entries) {
    const read = (text: string, spelling: string) => {
      if (isOption(text)) throw new UsageError(`${spelling} needs a value`);
      return flag.read(text, { spelling, resolve });
    };
    if (flag.kind === "argument") {
      const spelling = `<${kebabCase(name)}>`;
      const place = flag.isRequired ? spelling : `[${kebabCase(name)}]`;
      const argument = new Argument(place, helpOf(flag));
      target.addArgument(argument.argParser((text) => read(text, spelling)));
    } else for (const option of optionsOf(name, flag, read)) target.addOption(option);
  }
  const lines = examples.map((line) => `  deepgrain ${line}`).join("\n");
  target.addHelpText("after", `\nExamples:\n${lines}`);
  target.action(() => {
    const parsed: Record<string, unknown> = { ...target.opts() };
    const places = entries.filter(([, { kind }]) => kind === "argument");
    for (const [i, [name]] of places.entries()) parsed[name] = target.processedArgs[i];
    const given = isTraining ? withConfigFile(flags, parsed, resolve) : parsed;
    done(
      Object.fromEntries(
        entries.map(([name, flag]) => [name, flagValue(name, flag, given, resolve)]),
      ),
    );
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

function emptyProgram({ version, write, columns = 80 }: ProgramOptions): Commander {
  return new Commander("deepgrain")
    .version(version, "-V, --version", "Print the version")
    .helpOption("-h, --help", "Print this help")
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ minWidthToWrap: 20 })
    .configureOutput({
      writeOut: write,
      outputError: () => {}, // whoever runs the program reports errors
      getOutHelpWidth: () => Math.max(40, columns),
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
  let call: Call | undefined;
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
      fill(leaf, loaded, options, (values) => {
        call = { command: loaded, values };
      });
  }
  return {
    path,
    parse() {
      const spelled = args.map((word) => spellKnown(word, leaf));
      program.parse(spelled, { from: "user" });
      if (!call) throw new UsageError("no command given");
      return call;
    },
  };
}
