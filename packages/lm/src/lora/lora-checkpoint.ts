import type { Generator, GeneratorState } from "@deepgrain/tensor-gpu";
import { type CheckpointPart, jsonPart } from "@deepgrain/trainer";
import { LmError } from "../errors";
import { nameOfFolder } from "../text-files";
import { formatLoraConfig, type LoraConfig, parseLoraConfig } from "./lora-config";
import type { Lora } from "./lora-delta";
import { readLora, saveLora } from "./lora-files";

/** Access to attached factors, for a checkpoint. */
export interface LoraAccess {
  read(): Promise<Lora>;
  write(lora: Lora): void;
  /** The generator that dropout uses, if it is not the engine's. */
  generator: Generator | undefined;
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0;

/** @throws {LmError} `ERR_FORMAT` */
function restoreGenerator(generator: Generator, value: unknown): void {
  const { seed, offset } = (value ?? {}) as Partial<GeneratorState>;
  if (!isCount(seed) || !isCount(offset))
    throw new LmError(
      "ERR_FORMAT",
      `lm/lora: a generator's state must be { seed, offset } of whole numbers, got ${JSON.stringify(value)}`,
      { fields: { value } },
    );
  generator.restore({ seed, offset });
}

/**
 * Attached factors as part of a checkpoint: a folder in PEFT's format.
 * Restoring throws an `LmError`: `ERR_MISMATCH` for factors of other settings or modules, and what `readLora` throws.
 */
export function loraPart(
  config: LoraConfig,
  { read, write, generator }: LoraAccess,
): CheckpointPart {
  const random =
    generator &&
    jsonPart(
      () => generator.state(),
      (value) => restoreGenerator(generator, value),
    );
  return {
    async save(folder) {
      await saveLora(folder, await read());
      await random?.save(folder);
    },
    async restore(folder) {
      const { trustPatterns = false } = config;
      const lora = await readLora(folder, { trustPatterns });
      const own = await parseLoraConfig(formatLoraConfig(config), { trustPatterns });
      if (formatLoraConfig(lora.config) !== formatLoraConfig(own))
        throw new LmError(
          "ERR_MISMATCH",
          `lm/lora: ${nameOfFolder(folder)} must hold factors of the settings attached, rank ${config.rank} and alpha ${config.alpha} among them; its settings differ`,
          { fields: { folder: nameOfFolder(folder) } },
        );
      write(lora);
      await random?.restore(folder);
    },
  };
}
