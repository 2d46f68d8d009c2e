import { tmpdir } from "node:os";
import {
  type Command,
  type CommandGroup,
  loadEntry,
} from "@deepgrain/command-line/commands/define-command";
import type { Flag } from "@deepgrain/command-line/flags/flags";
import { kebabCase } from "@deepgrain/command-line/flags/kebab-case";

/** A command with its words. */
export interface Leaf {
  /** Such as `esft train`. */
  name: string;
  command: Command;
}

/** All commands of a group and of the groups in it. */
export async function leavesOf(group: CommandGroup, path: readonly string[] = []): Promise<Leaf[]> {
  const leaves: Leaf[] = [];
  for (const [word, entry] of Object.entries(group.commands)) {
    const loaded = await loadEntry(entry);
    const own = [...path, word];
    if (loaded.kind === "group") leaves.push(...(await leavesOf(loaded, own)));
    else leaves.push({ name: own.join(" "), command: loaded });
  }
  return leaves;
}

/** A text that a flag accepts. */
function exampleOf({ hint, shownDefault, read, reads }: Flag, input: string | undefined): string {
  if (shownDefault !== undefined) return shownDefault;
  if (reads === "files") return input ?? "english";
  if (reads !== undefined) return input ?? tmpdir(); // it is there, and nothing that a command reads
  if (hint.includes("|")) return hint.split("|")[0]!;
  const context = { spelling: "", resolve: (path: string) => path };
  if (["n", "x", "list"].includes(hint))
    try {
      read("1", context);
      return "1";
    } catch {
      return "2"; // 1 is below its least
    }
  try {
    read("given", context);
    return "given";
  } catch (error) {
    return /one of (\w[\w-]*)/.exec((error as Error).message)![1]!; // a choice
  }
}

/**
 * The least that a command accepts, but for the flag that is tested: every required flag with some value.
 * @param input default: something that is there
 */
export const leastArgs = ({ name, command }: Leaf, tested: string, input?: string): string[] => [
  ...name.split(" "),
  ...Object.entries(command.flags).flatMap(([flag, one]) => {
    if (!one.isRequired || flag === tested) return [];
    return one.kind === "argument"
      ? [exampleOf(one, input)]
      : [`--${kebabCase(flag)}`, exampleOf(one, input)];
  }),
];

/** An output of a command. */
export interface OutputFlag extends Leaf {
  /** As it is typed. */
  spelling: string;
  kind: NonNullable<Flag["writes"]>;
  /** Whether the command cannot do without an input. */
  isReading: boolean;
  /** The least that the command accepts, with this output, and with these inputs if they are not to be there. */
  args(path: string, input?: string): string[];
}

/** Every flag that names something that a command writes. */
export async function outputFlags(group: CommandGroup): Promise<OutputFlag[]> {
  const leaves = await leavesOf(group);
  return leaves.flatMap((leaf) =>
    Object.entries(leaf.command.flags).flatMap(([flag, { writes }]) => {
      if (writes === undefined) return [];
      const spelling = `--${kebabCase(flag)}`;
      const args = (path: string, input?: string) => [
        ...leastArgs(leaf, flag, input),
        spelling,
        path,
      ];
      const others = Object.values(leaf.command.flags).filter((one) => one.writes === undefined);
      const isReading = others.some((one) => one.isRequired && /^(file|dir)/.test(one.hint));
      return [{ ...leaf, spelling, kind: writes, isReading, args }];
    }),
  );
}
