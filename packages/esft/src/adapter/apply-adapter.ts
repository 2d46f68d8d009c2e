import { hasReplacedWeights, type ReplacedWeights, replaceWeights } from "@deepgrain/lm";
import type { Folder } from "@deepgrain/tensor-gpu";
import { EsftError, having, optionsOf, refuseUnknown } from "../errors";
import { inFolder } from "../files/text-files";
import { EXPERT_CONFIG_FILE } from "../formats/expert-config-file";
import type { NamedModel, ObservedModel } from "../routed-model";
import { checkExpertConfig } from "../selection/check-expert-config";
import type { ExpertConfig } from "../selection/expert-config";
import { trainedWeights } from "../selection/trained-weights";
import { baseFingerprint } from "./base-fingerprint";
import { type Adapter, type OpenAdapterOptions, openAdapter } from "./open-adapter";

/** A model that adapters can be applied to. */
export type AdaptableModel = NamedModel & Pick<ObservedModel, "moeLayers">;

/** An adapter that is applied to a model. */
export interface AppliedAdapter {
  readonly model: AdaptableModel;
  readonly config: ExpertConfig;
  readonly weights: ReplacedWeights;
}

/** Options of {@link applyAdapter}. */
export interface ApplyAdapterOptions extends OpenAdapterOptions {
  /** Whether to compare the base model with the stored fingerprint, if there is one. Default true. */
  verifyBase?: boolean | undefined;
}

async function checkFits(
  adapter: Adapter,
  model: AdaptableModel,
  { config: given, verifyBase, signal }: ApplyAdapterOptions,
): Promise<void> {
  const { folder, config, names } = adapter;
  const fail = (problem: string, fields: Record<string, unknown>) =>
    new EsftError("ERR_MISMATCH", `esft/applyAdapter: ${folder}: ${problem}`, {
      fields: {
        file: folder,
        ...fields,
      },
    });
  const own = inFolder(folder, EXPERT_CONFIG_FILE);
  checkExpertConfig(config, model.moeLayers, given ? {} : { file: own });
  const wanted = new Set(trainedWeights(model.weightNames(), config));
  const missing = [...wanted].filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw fail(`must hold ${missing.length} more weights of its configuration: ${list(missing)}`, {
      missing,
    });
  const unexpected = names.filter((name) => !wanted.has(name));
  if (unexpected.length > 0)
    throw fail(`must hold no weight outside its configuration: ${list(unexpected)}`, {
      unexpected,
    });
  for (const name of names) {
    const { shape } = await model.readWeight(name);
    const stored = adapter.shape(name);
    if (stored.join() !== shape.join())
      throw fail(`${name} must have shape [${shape.join(", ")}], got [${stored.join(", ")}]`, {
        name,
      });
  }
  if (!verifyBase || adapter.fingerprint === null) return;
  const fingerprint = await baseFingerprint(model, wanted, { signal });
  if (fingerprint !== adapter.fingerprint)
    throw fail(
      `the base model must have fingerprint ${adapter.fingerprint.slice(0, 12)}…, got ${fingerprint.slice(0, 12)}…; it is not the model that the adapter was trained on`,
      { key: "base_fingerprint", wanted: adapter.fingerprint, fingerprint },
    );
}

const list = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(", ") : `${names.slice(0, 3).join(", ")}, …`;

/**
 * Overwrites a model's weights by those of an adapter folder and keeps the originals in memory. Everything is checked
 * before the first weight is changed; a later failure or abort restores all weights.
 *
 * @param folder in the official form, see `openAdapter`
 * @returns a handle for `removeAdapter` and `switchAdapter`
 * @throws {EsftError} `ERR_MISMATCH` when configuration, names, shapes or the base model's fingerprint do not fit;
 *   `ERR_STATE` when an adapter is applied already; `ERR_NOT_FINITE` for a NaN weight; errors of `openAdapter`
 */
export async function applyAdapter(
  model: AdaptableModel,
  folder: Folder,
  options: ApplyAdapterOptions = {},
): Promise<AppliedAdapter> {
  having("applyAdapter", "model", model, "weightNames", "readWeight");
  return apply(model, folder, settingsOf("applyAdapter", options));
}

function settingsOf(where: string, options: ApplyAdapterOptions) {
  const { config, verifyBase = true, signal, ...rest } = optionsOf(where, options);
  refuseUnknown(where, rest);
  return { config, verifyBase, signal };
}

async function apply(
  model: AdaptableModel,
  folder: Folder,
  settings: ApplyAdapterOptions,
): Promise<AppliedAdapter> {
  const { config, signal } = settings;
  if (hasReplacedWeights(model))
    throw new EsftError(
      "ERR_STATE",
      "esft/applyAdapter: an adapter is applied to this model; remove it first, or switch",
    );
  const adapter = await openAdapter(folder, { config, signal });
  try {
    await checkFits(adapter, model, settings);
    const read = async (name: string): Promise<Float32Array> => {
      const data = await adapter.read(name, { signal });
      if (data.every(Number.isFinite)) return data;
      const message = `esft/applyAdapter: ${adapter.folder}: ${name} must be finite`;
      throw new EsftError("ERR_NOT_FINITE", message, { fields: { file: adapter.folder, name } });
    };
    const weights = await replaceWeights(model, adapter.names, read, { signal });
    return { model, config: adapter.config, weights };
  } finally {
    await adapter.close();
  }
}

/** Restores the base model's weights bit for bit. A second call does nothing. */
export function removeAdapter(appliedAdapter: AppliedAdapter): void {
  const { weights } = having(
    "removeAdapter",
    "appliedAdapter",
    appliedAdapter,
    "model",
    "config",
    "weights",
  );
  weights.restore();
}

/**
 * Removes an adapter and applies another. If the other cannot be applied, the model is left as the base model.
 * @throws {EsftError} as `applyAdapter`
 */
export async function switchAdapter(
  applied: AppliedAdapter,
  folder: Folder,
  options: ApplyAdapterOptions = {},
): Promise<AppliedAdapter> {
  having("switchAdapter", "applied", applied, "model", "config", "weights");
  const settings = settingsOf("switchAdapter", options);
  removeAdapter(applied);
  return apply(applied.model, folder, settings);
}
