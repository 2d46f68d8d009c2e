import { UsageError } from "@deepgrain/studies/shared/usage-error";
import { openGguf } from "@deepgrain/tensor-gpu";

/** @throws {UsageError} for a GGUF file whose weights are packed, before any is read */
export async function refusePacked(path: string): Promise<void> {
  if (!/\.gguf$/i.test(path)) return;
  const file = await openGguf(path);
  const types = new Set(file.names.map((name) => file.info(name).dtype));
  await file.close();
  const packed = [...types].filter((type) => !["F32", "F16", "BF16"].includes(type));
  if (packed.length > 0)
    throw new UsageError(
      `--model: ${path} holds weights packed as ${packed.sort().join(", ")}, which are not trained; make a folder of it with \`deepgrain convert ${path} --out DIR\`, and train that`,
    );
}
