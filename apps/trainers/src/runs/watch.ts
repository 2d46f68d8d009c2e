import type { CommandContext } from "../cli/context";
import type { Values } from "../cli/flags";
import type { watchFlags } from "./flags";

export async function watch(_: Values<typeof watchFlags>, __: CommandContext): Promise<void> {}
