import {
  type Command,
  type CommandGroup,
  loadEntry,
} from "@deepgrain/command-line/commands/define-command";

/** The commands of a group and of its groups, with their paths. */
export async function commandsOf(
  group: CommandGroup,
  path: readonly string[] = [],
): Promise<{ path: string[]; command: Command }[]> {
  const found: { path: string[]; command: Command }[] = [];
  for (const [name, entry] of Object.entries(group.commands)) {
    const loaded = await loadEntry(entry);
    const own = [...path, name];
    if (loaded.kind === "group") found.push(...(await commandsOf(loaded, own)));
    else found.push({ path: own, command: loaded });
  }
  return found;
}
