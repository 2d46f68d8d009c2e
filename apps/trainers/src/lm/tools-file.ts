import type { Tool } from "@deepgrain/lm/tools";
import { readJson } from "@deepgrain/studies/shared/read-json";
import { z } from "zod";

const plainForm = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

const toolsForm = z
  .array(z.union([plainForm, z.looseObject({ type: z.literal("function"), function: plainForm })]))
  .min(1);

/**
 * The tools of a JSON file: a list of `{ name, description, parameters }`, or of these as OpenAI's API wraps them.
 * @throws {FormatError} naming the place in the file
 */
export async function readToolsFile(path: string): Promise<Tool[]> {
  const list = await readJson(path, toolsForm);
  return list.map((one) => ("function" in one ? one.function : one) as Tool);
}
