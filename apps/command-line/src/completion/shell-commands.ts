import { type CommandGroup, loadEntry } from "../commands/define-command";
import { shortForms } from "../commands/program";
import type { Flag } from "../flags/flags";
import { kebabCase } from "../flags/kebab-case";

/** The argument of a flag: nothing, one of a few words, a path, or anything. */
type ValueKind = "none" | "words" | "file" | "folder" | "text";

/** A flag as shells complete it. */
export interface ShellFlag {
  /** `--max-new-tokens`, and `-n` where there is a short form. */
  readonly spellings: readonly string[];
  readonly help: string;
  readonly value: ValueKind;
  readonly words: readonly string[];
}

/** A command or a group as shells complete it. */
export interface ShellCommand {
  /** Its words: none for the program itself, `["esft", "train"]`. */
  readonly path: readonly string[];
  /** The commands below it, each with its summary. */
  readonly below: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly ShellFlag[];
  /** The kind of its argument, if it takes one. */
  readonly argument: Pick<ShellFlag, "value" | "words"> | undefined;
}

const helpFlag: ShellFlag = {
  spellings: ["--help", "-h"],
  help: "Print this help",
  value: "none",
  words: [],
};

const quietFlag: ShellFlag = { ...helpFlag, spellings: ["--quiet"], help: "Print no progress" };

function valueKind({ kind, hint, words = [], reads, writes }: Flag): ValueKind {
  if (kind === "switch") return "none";
  if (words.length > 0) return "words";
  if (reads === "file" || reads === "files" || writes === "file" || /\bfiles?\b/.test(hint))
    return "file";
  return /^dir\b/.test(hint) ? "folder" : "text";
}

function shellFlags(name: string, flag: Flag): ShellFlag[] {
  const { help, words = [], negated } = flag;
  const own = `--${kebabCase(name)}`;
  const short = shortForms[name];
  const spellings = short === undefined ? [own] : [own, short];
  const shown: ShellFlag[] = [{ spellings, help, value: valueKind(flag), words }];
  if (negated !== undefined)
    shown.push({ ...helpFlag, spellings: [`--no-${kebabCase(name)}`], help: negated });
  return shown;
}

/**
 * A group and every command below it, each before those below it. Flags of the official scripts that do nothing here are left
 * out.
 */
export async function shellCommands(
  group: CommandGroup,
  path: readonly string[] = [],
): Promise<ShellCommand[]> {
  const entries = Object.entries(group.commands);
  const below = entries.map(([name, { summary }]) => ({ name, summary }));
  const all: ShellCommand[] = [{ path, below, flags: [helpFlag], argument: undefined }];
  for (const [name, entry] of entries) {
    const loaded = await loadEntry(entry);
    const own = [...path, name];
    if (loaded.kind === "group") {
      all.push(...(await shellCommands(loaded, own)));
      continue;
    }
    const given = Object.entries(loaded.flags).filter(([, { isIdle }]) => !isIdle);
    const flags = given.flatMap(([key, flag]) =>
      flag.kind === "argument" ? [] : shellFlags(key, flag),
    );
    const argument = given.find(([, { kind }]) => kind === "argument")?.[1];
    all.push({
      path: own,
      below: [],
      flags: [...flags, quietFlag, helpFlag],
      argument: argument && { value: valueKind(argument), words: argument.words ?? [] },
    });
  }
  return all;
}
