import type { Flags } from "../flags/flags";
import type { CliContext } from "./context";

/** The types of blocks in a GGUF file that no type in memory holds; none for what is no such file. */
async function roundedIn(path: string): Promise<string[]> {
  const { compactTypeOf, openGguf } = await import("@deepgrain/tensor-gpu");
  try {
    const file = await openGguf(path);
    const places = file.names.map((name) => file.info(name));
    await file.close();
    const rounded = places.filter(
      ({ dtype, shape }) =>
        shape.length > 1 && dtype !== "Q8_0" && compactTypeOf(dtype, shape.at(-1)!) === "int8",
    );
    return [...new Set(rounded.map(({ dtype }) => dtype))].sort();
  } catch {
    return []; // who loads it says what is wrong
  }
}

/**
 * Writes a line to standard error for each GGUF model that is held as its file has it, where that has blocks which are rounded
 * to int8 instead.
 */
export async function tellRoundedTypes(
  flags: Flags,
  values: Readonly<Record<string, unknown>>,
  { writeError }: CliContext,
): Promise<void> {
  // `convert` has an auto of its own, which copies blocks.
  if (values.dtype !== "auto" || !flags.dtype?.words?.includes("int8")) return;
  const names = Object.keys(flags).filter((name) => flags[name]!.hub?.includes("model"));
  const paths = new Set(names.flatMap((name) => [values[name] ?? []].flat() as string[]));
  for (const path of paths) {
    const types = /\.gguf$/i.test(path) ? await roundedIn(path) : [];
    if (types.length > 0)
      writeError(`${path}: blocks of ${types.join(", ")} are held as int8 in memory\n`);
  }
}
