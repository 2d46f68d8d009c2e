import { takeTurn } from "@deepgrain/support";
import {
  type NamedTensor,
  type NamedTensors,
  openInFolder,
  readTensors,
  saveTensors,
} from "@deepgrain/tensor-gpu";
import { folderOf, having, LmError, optionsOf, refuseUnknown } from "../errors";
import { type FolderOptions, missingFile, modelFolder } from "../files/model-folder";
import { type Folder, fileBudget, nameInFolder, readTextFile } from "../text-files";
import { formatLoraConfig, LORA_CONFIG_FILE, loraRank, parseLoraConfig } from "./lora-config";
import type { Lora, LoraFactors } from "./lora-delta";

/** The file name that PEFT gives the tensors. */
const LORA_WEIGHTS_FILE = "adapter_model.safetensors";

/** Most modules times patterns: each pattern is tried on each module. */
const MOST_MATCHES = 2 ** 20;

const prefix = "base_model.model.";
const factorName = /^(.*)\.lora_([AB])(?:\.[^.]+)?\.weight$/; // `.default` in files written from memory

/**
 * Sorts tensors of a PEFT file into factors and whole modules.
 * @throws {LmError} `ERR_FORMAT` for a module with one factor only, a rank that differs from the configuration's, or a
 *   tensor that plain LoRA on linear weights does not have; `ERR_LIMIT` for more patterns than the modules allow
 */
export function loraFromTensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  config: Lora["config"],
  options: { file?: string | undefined } = {},
): Lora {
  const { file = LORA_WEIGHTS_FILE, ...rest } = optionsOf("loraFromTensors", options);
  refuseUnknown("loraFromTensors", rest);
  const halves = new Map<string, Partial<Record<"a" | "b", NamedTensor>>>();
  const saved: NamedTensors = new Map();
  const fail = (name: string, problem: string) =>
    new LmError("ERR_FORMAT", `lm/lora: ${file}: ${name} ${problem}`, { fields: { file, name } });
  for (const [stored, tensor] of tensors) {
    const name = stored.startsWith(prefix) ? stored.slice(prefix.length) : stored;
    const [, module, half] = factorName.exec(name) ?? [];
    if (module !== undefined) {
      const own = halves.get(module) ?? {};
      own[half === "A" ? "a" : "b"] = tensor;
      halves.set(module, own);
    } else if (name.includes("lora_"))
      throw fail(stored, "must be a factor of a linear weight (lora_A or lora_B)");
    else saved.set(name.replace(/\.modules_to_save(\.[^.]+)?(?=\.)/, ""), tensor);
  }
  const patterns = [config.rankPattern, config.alphaPattern].flatMap((all) => Object.keys(all));
  if (halves.size * patterns.length > MOST_MATCHES)
    throw new LmError(
      "ERR_LIMIT",
      `lm/lora: ${file}: ${halves.size} modules and ${patterns.length} patterns are more than can be matched`,
      { fields: { file, modules: halves.size, patterns: patterns.length } },
    );
  const factors = new Map<string, LoraFactors>();
  for (const [module, { a, b }] of halves) {
    if (!a || !b) throw fail(module, `must have both factors, lora_${a ? "B" : "A"} is missing`);
    const rank = loraRank(config, module);
    if (a.shape[0] !== rank || b.shape[1] !== rank)
      throw fail(
        module,
        `must have rank ${rank} as ${LORA_CONFIG_FILE} says, got A [${a.shape.join(", ")}] and B [${b.shape.join(", ")}]`,
      );
    factors.set(module, { a, b });
  }
  return { config, factors, saved };
}

/** Tensors under PEFT's names. */
export function loraToTensors({ factors, saved }: Lora): NamedTensors {
  const tensors: NamedTensors = new Map();
  for (const [module, { a, b }] of factors) {
    tensors.set(`${prefix}${module}.lora_A.weight`, a);
    tensors.set(`${prefix}${module}.lora_B.weight`, b);
  }
  for (const [name, tensor] of saved) tensors.set(prefix + name, tensor);
  return tensors;
}

/**
 * Reads a LoRA folder of PEFT: `adapter_config.json` and `adapter_model.safetensors`.
 * @param folder path (Node), http(s) address, directory handle, Map or repository of the Hugging Face hub, as for `loadModel`
 * @param options.trustPatterns as for `parseLoraConfig`, default false
 * @throws {LmError} `ERR_MISSING` without a configuration; `ERR_IO`; `ERR_FORMAT` as `parseLoraConfig` and
 *   `loraFromTensors`, or without any factor
 */
export async function readLora(
  folder: Folder,
  options: FolderOptions & { trustPatterns?: boolean | undefined } = {},
): Promise<Lora> {
  const { trustPatterns = false, ...others } = optionsOf("readLora", options);
  const { fetch, hub, signal, budget, ...rest } = others;
  refuseUnknown("readLora", rest);
  folderOf("readLora", "folder", folder);
  await takeTurn();
  signal?.throwIfAborted();
  const place = await modelFolder(folder, ["adapter"], { fetch, hub, signal });
  const configFile = nameInFolder(place, LORA_CONFIG_FILE);
  const text = await readTextFile(place, LORA_CONFIG_FILE, {
    fetch,
    budget: fileBudget("readLora", budget),
  });
  if (text === undefined) throw await missingFile("lora", place, LORA_CONFIG_FILE);
  const config = await parseLoraConfig(text, { file: configFile, trustPatterns });
  const file = nameInFolder(place, LORA_WEIGHTS_FILE);
  const open = await openInFolder(place, LORA_WEIGHTS_FILE, { fetch, signal });
  const tensors = await readTensors(open, { signal }).finally(() => open.close());
  const lora = loraFromTensors(tensors, config, { file });
  if (lora.factors.size + lora.saved.size > 0) return lora;
  throw new LmError("ERR_FORMAT", `lm/lora: ${file} must hold factors, found none`, {
    fields: { file },
  });
}

/**
 * Writes a LoRA folder that PEFT reads: at a path each file atomically, the configuration last; elsewhere both or none.
 * @returns bytes of tensor data
 * @throws {LmError} `ERR_IO`
 */
export async function saveLora(
  folder: Folder,
  lora: Lora,
  options: { dtype?: "F32" | "BF16" | "F16" | undefined } = {},
): Promise<{ dataBytes: number }> {
  const { dtype = "F32", ...rest } = optionsOf("saveLora", options);
  refuseUnknown("saveLora", rest);
  folderOf("saveLora", "folder", folder);
  having("saveLora", "lora", lora, "config", "factors", "saved");
  const files = new Map([[LORA_CONFIG_FILE, formatLoraConfig(lora.config)]]);
  const tensors = loraToTensors(lora);
  const { dataBytes } = await saveTensors(folder, LORA_WEIGHTS_FILE, tensors, { dtype, files });
  return { dataBytes };
}
