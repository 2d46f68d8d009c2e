import type { ArgsDef } from "citty";
import { UsageError } from "./usage-error";

const camelCase = (name: string) =>
  name.replaceAll(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase());

/** Every spelling under which the parser takes a flag, with whether a value follows. */
function spellings(defs: ArgsDef): Map<string, boolean> {
  const known = new Map<string, boolean>();
  for (const [name, def] of Object.entries(defs)) {
    if (def.type === "positional") continue;
    const takesValue = def.type !== "boolean";
    for (const spelling of [name, camelCase(name), ("alias" in def && def.alias) || []].flat())
      known.set(spelling, takesValue);
    if (!takesValue) known.set(`no-${name}`, false);
  }
  return known;
}

/**
 * Refuses what the parser would let pass: unknown flags, flags without their value, and too many positional arguments.
 * @throws {UsageError} naming the flag
 */
export function checkFlags(rawArgs: readonly string[], defs: ArgsDef): void {
  const known = spellings(defs);
  let places = Object.values(defs).filter(({ type }) => type === "positional").length;
  for (let i = 0; i < rawArgs.length; i++) {
    const arg = rawArgs[i]!;
    if (arg === "--") return;
    const flag = /^--?([^=]+)(=)?/.exec(arg);
    if (!flag || arg === "-") {
      if (places-- === 0) throw new UsageError(`unexpected argument "${arg}"`);
      continue;
    }
    const takesValue = known.get(flag[1]!);
    if (takesValue === undefined) throw new UsageError(`unknown option ${arg.split("=")[0]}`);
    if (!takesValue || flag[2]) continue;
    const value = rawArgs[++i];
    if (value === undefined || /^--\D/.test(value))
      throw new UsageError(`option ${arg} needs a value`);
  }
}
