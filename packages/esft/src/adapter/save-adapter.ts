import { type Folder, saveTensors } from "@deepgrain/tensor-gpu";
import { EsftError, folderOf, having, optionsOf, refuseUnknown } from "../errors";
import {
  inFolder,
  nameInFolder,
  nameOfFolder,
  namesInFolder,
  readyFolder,
} from "../files/text-files";
import { EXPERT_CONFIG_FILE, formatExpertConfig } from "../formats/expert-config-file";
import type { NamedModel, ObservedModel } from "../routed-model";
import { checkExpertConfig } from "../selection/check-expert-config";
import type { ExpertConfig } from "../selection/expert-config";
import { trainedWeights } from "../selection/trained-weights";
import { ADAPTER_FILE, CONFIG_KEY, FINGERPRINT_KEY, isOwnFile } from "./adapter-files";
import { baseFingerprint } from "./base-fingerprint";

/** Options of {@link saveAdapter}. */
export interface SaveAdapterOptions {
  /** Stored type. Default `"F32"`; `"BF16"` halves the file and rounds. */
  dtype?: "F32" | "BF16" | "F16" | undefined;
  /** Free text to store with the fingerprint, such as the base model's name. */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** Largest data size of one file. Default: one file. */
  maxShardSizeBytes?: number | undefined;
  /** Aborts without leaving incomplete files; the signal's reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** The result of `saveAdapter`. */
export interface SavedAdapter {
  readonly files: readonly string[];
  /** Names of the stored weights. */
  readonly names: readonly string[];
  /** Number of stored values. */
  readonly parameters: number;
  /** Bytes of tensor data. */
  readonly dataBytes: number;
}

/**
 * Writes the trained weights of a model as an adapter folder: `expert_cfg.json` and `adapter_model.safetensors` with full
 * names, readable by the official code. The tensors go first, the configuration last; each is written atomically, and a
 * reader detects if the two belong to different adapters.
 *
 * @param folder path (Node), created if it is missing; directory handle; or Map; its other files are not changed
 * @throws {EsftError} `ERR_MISMATCH` when the configuration does not fit the model; `ERR_MISSING` when it selects
 * nothing to train or the model lacks a weight; `ERR_NOT_FINITE` for a weight with NaN; `ERR_STATE` when the folder
 * contains other tensor files, which a reader would load as well; `ERR_IO`, or what `writeSafetensors` throws
 */
export async function saveAdapter(
  folder: Folder,
  model: NamedModel & Pick<ObservedModel, "moeLayers">,
  config: ExpertConfig,
  options: SaveAdapterOptions = {},
): Promise<SavedAdapter> {
  folderOf("saveAdapter", "folder", folder);
  having("saveAdapter", "model", model, "moeLayers");
  having("saveAdapter", "config", config, "experts");
  const {
    dtype = "F32",
    metadata = {},
    maxShardSizeBytes,
    signal,
    ...rest
  } = optionsOf("saveAdapter", options);
  refuseUnknown("saveAdapter", rest);
  checkExpertConfig(config, model.moeLayers);
  const names = trainedWeights(model.weightNames(), config);
  checkComplete(names, config);
  await readyFolder(folder);
  const foreign = (await namesInFolder(folder)).find(
    (name) => name.endsWith(".safetensors") && !isOwnFile(name),
  );
  if (foreign)
    throw new EsftError(
      "ERR_STATE",
      `esft/saveAdapter: ${nameOfFolder(folder)} must hold no other tensor file, found ${foreign}`,
      { fields: { file: nameInFolder(folder, foreign) } },
    );
  const fingerprint = await baseFingerprint(model, new Set(names), { signal });
  let parameters = 0;
  const tensors = [];
  for (const name of names) {
    const { shape, data } = await model.readWeight(name);
    checkFinite(name, data);
    parameters += data.length;
    tensors.push({ name, shape, data: async () => (await model.readWeight(name)).data });
  }
  const written = await saveTensors(folder, ADAPTER_FILE, tensors, {
    files: new Map([[EXPERT_CONFIG_FILE, formatExpertConfig(config)]]),
    dtype,
    metadata: {
      ...metadata,
      [FINGERPRINT_KEY]: fingerprint,
      [CONFIG_KEY]: formatExpertConfig(config).trim(),
    },
    maxShardSizeBytes,
    signal,
  });
  const file =
    typeof folder === "string" ? inFolder(folder, EXPERT_CONFIG_FILE) : EXPERT_CONFIG_FILE;
  return { files: [...written.files, file], names, parameters, dataBytes: written.dataBytes };
}

/** Each chosen expert must have weights by name, or the model's names are of an unknown family. */
function checkComplete(names: readonly string[], { experts }: ExpertConfig): void {
  if (names.length === 0)
    throw new EsftError("ERR_MISSING", "esft/saveAdapter: the configuration trains no weight");
  for (const [layer, chosen] of experts)
    for (const expert of chosen)
      if (
        !names.some(
          (name) => name.includes(`layers.${layer}.`) && name.includes(`experts.${expert}.`),
        )
      )
        throw new EsftError(
          "ERR_MISSING",
          `esft/saveAdapter: the model must have weights of layer ${layer}, expert ${expert}; no name has them`,
          { fields: { layer, expert } },
        );
}

function checkFinite(name: string, data: Float32Array): void {
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0)
    throw new EsftError(
      "ERR_NOT_FINITE",
      `esft/saveAdapter: ${name} must be finite, got ${data[at]} at ${at}`,
      { fields: { name, at } },
    );
}
