// biome-ignore lint/style/noRestrictedImports: files are opened to read, and none is changed
import { openAsBlob } from "node:fs";
import { readdir } from "node:fs/promises";
import { type CausalLM, type LoadOptions, loadModel, parseConfig } from "@deepgrain/lm";
import { inFolder } from "@deepgrain/support/files";
import { fillTensor, openFolder, type TensorFile } from "@deepgrain/tensor-gpu";
import { PrmError } from "../errors";
import type { StepForm } from "./step-encoding";
import { StepRewardModel } from "./step-reward-model";

const ARCHITECTURE = "Qwen2ForProcessRewardModel";

/**
 * The text that Qwen2.5-Math-PRM reads: its system message, the problem as the user's turn, and the steps as the
 * assistant's, each followed by the mark `<extra_0>`.
 *
 * @see Zhang et al. 2025 (Qwen2.5-Math-PRM), the model's card
 */
export const qwenForm: StepForm = {
  kind: "tagged",
  problemStart:
    "<|im_start|>system\nPlease reason step by step, and put your final answer within \\boxed{}.<|im_end|>\n<|im_start|>user\n",
  problemEnd: "<|im_end|>\n<|im_start|>assistant\n",
  tag: "<extra_0>",
  stepEnd: "",
  bosTokenId: null,
};

/** Whether a configuration, config.json as read, is that of Qwen2.5-Math-PRM. */
export const isQwenPrm = (config: unknown): boolean => {
  const { architectures } = (config ?? {}) as { architectures?: unknown };
  return Array.isArray(architectures) && architectures.includes(ARCHITECTURE);
};

/** The places of the head's layers in the files, in order: a ReLU stands between them. */
const layers = ["score.0", "score.2"] as const;

/** The parts of each layer with their shapes. */
function headPlan(hidden: number): [string, number[]][] {
  return layers.flatMap((layer, i): [string, number[]][] => {
    const width = i === 0 ? hidden : 2;
    return [
      [`${layer}.weight`, [width, hidden]],
      [`${layer}.bias`, [width]],
    ];
  });
}

/** @throws {PrmError} `ERR_FORMAT` that names the first weight of the head that is missing or of another shape */
function checkHead(folder: string, file: TensorFile, hidden: number): void {
  for (const [key, shape] of headPlan(hidden)) {
    const found = file.has(key) ? file.info(key).shape : undefined;
    if (found && found.join() === shape.join()) continue;
    const what = found
      ? `must be [${shape.join(", ")}], got [${found.join(", ")}]`
      : "is missing: expected the head that scores steps";
    throw new PrmError("ERR_FORMAT", `loadStepRewardModel: ${folder}: ${key} ${what}`, {
      fields: { path: folder, key, shape },
    });
  }
}

/** @throws {PrmError} `ERR_FORMAT` that names a weight of a layer that the configuration does not have */
function checkLayers(folder: string, file: TensorFile, layers: number): void {
  const key = file.names.find(
    (name) => Number(/^model\.layers\.(\d+)\./.exec(name)?.[1] ?? -1) >= layers,
  );
  if (key === undefined) return;
  const problem = `${key} is of a layer too many: config.json has ${layers}`;
  throw new PrmError("ERR_FORMAT", `loadStepRewardModel: ${folder}: ${problem}`, {
    fields: { path: folder, key, layers },
  });
}

/**
 * The folder's files with a configuration that ties the output to the input: the reward model has no output over tokens, and
 * some of its checkpoints store none.
 */
async function backboneFiles(folder: string, config: object): Promise<Map<string, Blob>> {
  const names = await readdir(folder);
  const own = names.filter((name) => /\.safetensors(\.index\.json)?$/.test(name));
  const files = await Promise.all(
    own.map(
      async (name): Promise<[string, Blob]> => [name, await openAsBlob(inFolder(folder, name))],
    ),
  );
  const tied = JSON.stringify({ ...config, tie_word_embeddings: true });
  return new Map([...files, ["config.json", new Blob([tied])]]);
}

/**
 * Reads a Hugging Face folder of Qwen2.5-Math-PRM: the backbone, and the head of two layers and two classes.
 *
 * @param config config.json as read
 * @throws {PrmError} `ERR_FORMAT` that names the folder and the head's weight that is missing or of another shape, or a
 *   weight of a layer too many; as `loadModel`
 */
export async function loadQwenPrm(
  folder: string,
  config: object,
  { signal, onProgress }: LoadOptions,
): Promise<StepRewardModel> {
  const { hiddenSize, numHiddenLayers } = parseConfig(config);
  const files = await backboneFiles(folder, config);
  const file = await openFolder(files, { signal });
  let backbone: CausalLM | undefined;
  try {
    checkHead(folder, file, hiddenSize);
    checkLayers(folder, file, numHiddenLayers);
    backbone = await loadModel(files, { strict: false, signal, onProgress });
    const model = new StepRewardModel(backbone, { kind: "mlp" });
    for (const [i, layer] of model.score.entries()) {
      await fillTensor(layer.weight, file, `${layers[i]}.weight`, { signal });
      await fillTensor(layer.bias!, file, `${layers[i]}.bias`, { signal });
    }
    return model;
  } catch (error) {
    backbone?.dispose();
    throw error;
  } finally {
    await file.close();
  }
}
