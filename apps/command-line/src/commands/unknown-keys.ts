import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Flags } from "../flags/flags";
import type { CliContext } from "./context";

/** The keys of a model's config.json that its family's class does not have; none for what is no such model. */
async function unknownKeys(folder: string): Promise<readonly string[]> {
  const { parseConfig, parseEncoderConfig } = await import("@deepgrain/lm");
  try {
    const json = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
    const isEncoder = ["bert", "roberta"].includes(json.model_type);
    return (isEncoder ? parseEncoderConfig : parseConfig)(json).unknownKeys;
  } catch {
    return []; // who loads it says what is wrong
  }
}

/** Writes one line to standard error for each model with keys in its config.json that change nothing here. */
export async function tellUnknownKeys(
  flags: Flags,
  values: Readonly<Record<string, unknown>>,
  { writeError }: CliContext,
): Promise<void> {
  const names = Object.keys(flags).filter((name) => flags[name]!.hub?.includes("model"));
  const folders = new Set(names.flatMap((name) => [values[name] ?? []].flat() as string[]));
  for (const folder of folders) {
    const keys = await unknownKeys(folder);
    if (keys.length > 0)
      writeError(`${folder}: config.json has keys that change nothing here: ${keys.join(", ")}\n`);
  }
}
