import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Flags } from "../flags/flags";
import type { CliContext } from "./context";

/** The parts of a model's folder that are not used: keys of config.json, and weights of other parts than the text model. */
interface Unused {
  keys: readonly string[];
  weights: readonly string[];
}

/** The weights beside the text model of a model of text and images. */
async function otherWeights(folder: string): Promise<string[]> {
  const { openFolder } = await import("@deepgrain/tensor-gpu");
  const file = await openFolder(folder);
  const others = file.names.filter((name) => !/(^|\.)(language_model|lm_head)\./.test(name));
  await file.close();
  return others;
}

/** None for what is no such model. */
async function unused(folder: string): Promise<Unused> {
  const { isEncoderFolder, parseConfig, parseEncoderConfig } = await import("@deepgrain/lm");
  try {
    const json = JSON.parse(await readFile(join(folder, "config.json"), "utf8"));
    const isEncoder = await isEncoderFolder(folder);
    const { unknownKeys: keys } = (isEncoder ? parseEncoderConfig : parseConfig)(json);
    return { keys, weights: json.text_config ? await otherWeights(folder) : [] };
  } catch {
    return { keys: [], weights: [] }; // who loads it says what is wrong
  }
}

/** Writes lines to standard error for each model with keys in its config.json, or weights, that change nothing here. */
export async function tellUnknownKeys(
  flags: Flags,
  values: Readonly<Record<string, unknown>>,
  { writeError }: CliContext,
): Promise<void> {
  const names = Object.keys(flags).filter((name) => flags[name]!.hub?.includes("model"));
  const folders = new Set(names.flatMap((name) => [values[name] ?? []].flat() as string[]));
  for (const folder of folders) {
    const { keys, weights } = await unused(folder);
    if (keys.length > 0)
      writeError(`${folder}: config.json has keys that change nothing here: ${keys.join(", ")}\n`);
    if (weights.length > 0) {
      const named = weights.slice(0, 3).join(", ") + (weights.length > 3 ? ", …" : "");
      writeError(`${folder}: ${weights.length} weights of other parts are left out: ${named}\n`);
    }
  }
}
