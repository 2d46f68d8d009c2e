import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { openGguf } from "@deepgrain/tensor-gpu";

/** Element types of GGUF files that hold weights as they are trained. */
const PLAIN: readonly string[] = ["F32", "F16", "BF16", "F64"];

/** @throws {UsageError} before anything is loaded, for a GGUF file whose weights are blocks: what is trained needs floats */
export async function refusePacked(path: string): Promise<void> {
  if (!/\.gguf$/i.test(path)) return;
  const file = await openGguf(path);
  const types = new Set(file.names.map((name) => file.info(name).dtype));
  await file.close();
  const packed = [...types].find((type) => !PLAIN.includes(type));
  if (packed === undefined) return;
  throw new UsageError(
    `--model: the weights of ${path} are packed (${packed}), and a training needs floats: write them as a folder with \`deepgrain convert\` first`,
  );
}
