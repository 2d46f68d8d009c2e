import { takeTurn } from "@deepgrain/support";
import { type Folder, openCheckpoint, TensorError, type TensorFile } from "@deepgrain/tensor-gpu";
import { EsftError, folderOf, optionsOf, refuseUnknown } from "../errors";
import {
  fileIn,
  inFolder,
  isAddress,
  nameInFolder,
  nameOfFolder,
  namesInFolder,
  textIn,
} from "../files/text-files";
import {
  EXPERT_CONFIG_FILE,
  parseExpertConfig,
  readExpertConfig,
} from "../formats/expert-config-file";
import type { ExpertConfig } from "../selection/expert-config";
import { ADAPTER_FILE, CONFIG_KEY, FINGERPRINT_KEY } from "./adapter-files";

/** An adapter folder whose tensors are read on demand. */
export interface Adapter {
  /** As messages name it; of a folder at a path, its path. */
  readonly folder: string;
  readonly config: ExpertConfig;
  /** Full names of the weights; those of older adapters get the prefix `model.`. */
  readonly names: readonly string[];
  /** Fingerprint of the base model that it was trained on, if stored. */
  readonly fingerprint: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  shape(name: string): readonly number[];
  read(name: string, options?: { signal?: AbortSignal | undefined }): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Options of {@link openAdapter}. */
export interface OpenAdapterOptions {
  /** Use this configuration instead of the folder's `expert_cfg.json`. */
  config?: ExpertConfig | undefined;
  signal?: AbortSignal | undefined;
}

const fullName = (name: string): string => (name.startsWith("layers.") ? `model.${name}` : name);

/** Files at an address cannot be listed: what `saveAdapter` writes is looked for. */
async function openAddress(address: string, signal: AbortSignal | undefined): Promise<TensorFile> {
  const file = inFolder(address, ADAPTER_FILE);
  return openCheckpoint(file, { signal }).catch((error) => {
    if (!TensorError.isInstance(error) || error.fields.isMissing !== true) throw error;
    return openCheckpoint(`${file}.index.json`, { signal });
  });
}

async function fetchText(address: string): Promise<string | undefined> {
  const response = await fetch(address).catch((cause) => {
    throw new EsftError("ERR_IO", `esft/files: cannot fetch ${address}`, { cause });
  });
  if (response.ok) return response.text();
  if (response.status === 404) return undefined;
  throw new EsftError("ERR_IO", `esft/files: ${address} answered ${response.status}`, {
    fields: { file: address, status: response.status },
  });
}

async function openTensors(folder: Folder, signal: AbortSignal | undefined): Promise<TensorFile> {
  if (isAddress(folder)) return openAddress(folder, signal);
  const files = (await namesInFolder(folder)).filter((name) => name.endsWith(".safetensors"));
  if (files.length === 0)
    throw new EsftError(
      "ERR_MISSING",
      `esft/openAdapter: ${nameOfFolder(folder)} must hold a *.safetensors file, found none`,
      { fields: { file: nameOfFolder(folder) } },
    );
  const sources = await Promise.all(files.map((name) => fileIn(folder, name)));
  return openCheckpoint(
    sources.filter((source) => source !== undefined),
    { signal },
  );
}

/** The configuration in the folder. @throws {EsftError} as `readExpertConfig` */
async function readConfig(folder: Folder): Promise<ExpertConfig> {
  const file = nameInFolder(folder, EXPERT_CONFIG_FILE);
  if (typeof folder === "string" && !isAddress(folder)) return readExpertConfig(file);
  const text = await (typeof folder === "string"
    ? fetchText(file)
    : textIn(folder, EXPERT_CONFIG_FILE));
  if (text !== undefined) return parseExpertConfig(text, { file });
  throw new EsftError("ERR_IO", `esft/files: cannot read ${file}: it does not exist`, {
    fields: { file, isMissing: true },
  });
}

/** The configuration is stored in both files; they differ if a write was interrupted or one file was replaced. */
function checkSameAdapter(folder: Folder, config: ExpertConfig, stored: string | undefined): void {
  if (stored === undefined) return;
  const other = parseExpertConfig(stored, {
    file: `${nameOfFolder(folder)}: metadata ${CONFIG_KEY}`,
  });
  const flat = ({ experts, ...flags }: ExpertConfig) =>
    JSON.stringify([[...experts].sort(([a], [b]) => a - b), flags]);
  if (flat(other) === flat(config)) return;
  const file = nameInFolder(folder, EXPERT_CONFIG_FILE);
  throw new EsftError(
    "ERR_MISMATCH",
    `esft/openAdapter: ${file} must be the configuration that the tensors were saved with; they are of another adapter`,
    { fields: { file, stored } },
  );
}

/**
 * Opens an adapter folder in the official form: `expert_cfg.json` and one or more `*.safetensors`. Only headers are read.
 *
 * @throws {EsftError} `ERR_MISSING` without tensors; `ERR_FORMAT` for a malformed configuration or a weight under both its
 *   old and its new name; `ERR_MISMATCH` when tensors and configuration belong to different adapters; `ERR_IO`
 */
export async function openAdapter(
  folder: Folder,
  options: OpenAdapterOptions = {},
): Promise<Adapter> {
  folderOf("openAdapter", "folder", folder);
  const { config: given, signal, ...rest } = optionsOf("openAdapter", options);
  refuseUnknown("openAdapter", rest);
  await takeTurn();
  signal?.throwIfAborted();
  const config = given ?? (await readConfig(folder));
  const file = await openTensors(folder, signal);
  try {
    const stored = new Map(file.names.map((name) => [fullName(name), name]));
    if (stored.size !== file.names.length)
      throw new EsftError(
        "ERR_FORMAT",
        `esft/openAdapter: ${nameOfFolder(folder)} must not hold a weight both with and without "model." in front`,
        { fields: { file: nameOfFolder(folder) } },
      );
    if (!given) checkSameAdapter(folder, config, file.metadata[CONFIG_KEY]);
    const find = (name: string): string => {
      const own = stored.get(name);
      if (own !== undefined) return own;
      throw new EsftError(
        "ERR_MISSING",
        `esft/openAdapter: ${nameOfFolder(folder)} has no weight ${name}`,
        {
          fields: {
            name,
          },
        },
      );
    };
    return {
      folder: nameOfFolder(folder),
      config,
      names: [...stored.keys()],
      fingerprint: file.metadata[FINGERPRINT_KEY] ?? null,
      metadata: file.metadata,
      shape: (name) => file.info(find(name)).shape,
      read: async (name, options) => (await file.readFloat32(find(name), options)).data,
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
