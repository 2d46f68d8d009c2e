import { basename } from "node:path";
import { fimPrompt, type Sentinels, sentinels } from "@deepgrain/coder";
import { isEncoderFolder, loadEncoder, loadTokenizer, type Tokenizer } from "@deepgrain/lm";
import type { ServedModel } from "@deepgrain/serve";
import { UsageError } from "../cli/usage-error";
import type { GenerationStart } from "./generation-thread";
import { startGeneration } from "./start-generation";

/** Models by their names, and how they are let go. */
export interface OpenModels {
  models: Record<string, ServedModel>;
  stop(): Promise<void>;
}

/** How the models are opened. */
export interface OpenModelsOptions {
  /** Further names, as `NAME=MODEL`. */
  aliases: readonly string[];
  generation: Omit<GenerationStart, "folder" | "port">;
}

/** Writes prompts with holes in the sentinels that a tokenizer has; undefined if it has those of no family. */
function fimOf({ tokenToId }: Tokenizer): ServedModel["fim"] {
  const family = Object.values<Sentinels>(sentinels).find(({ begin, hole, end }) =>
    [begin, hole, end].every((mark) => tokenToId(mark) !== undefined),
  );
  return family && ((parts) => fimPrompt({ ...parts, family }));
}

async function openEncoder(folder: string): Promise<ServedModel> {
  return { tokenizer: await loadTokenizer(folder), encoder: (await loadEncoder(folder)).eval() };
}

/**
 * Opens folders: language models on threads of their own, encoders in this one.
 * @throws {UsageError} for two folders of one name and for aliases of unknown models; {LmError} as `loadModel`
 */
export async function openModels(
  folders: readonly string[],
  { aliases, generation }: OpenModelsOptions,
): Promise<OpenModels> {
  const models = new Map<string, ServedModel>();
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops) await one();
  };
  const put = (name: string, model: ServedModel) => {
    if (models.has(name)) throw new UsageError(`two models are named ${name}; use --alias`);
    models.set(name, model);
  };
  try {
    for (const folder of folders) {
      if (await isEncoderFolder(folder)) put(basename(folder), await openEncoder(folder));
      else {
        const tokenizer = await loadTokenizer(folder);
        const opened = await startGeneration({ ...generation, folder });
        stops.push(opened.stop);
        const { batcher, contextLength, dtype, scheme } = opened;
        const watermark = scheme === undefined ? undefined : { profile: { scheme } };
        const fim = fimOf(tokenizer);
        put(basename(folder), { tokenizer, batcher, contextLength, dtype, watermark, fim });
      }
    }
    for (const alias of aliases) {
      const [, name, of] = /^([^=]+)=(.+)$/.exec(alias) ?? [];
      const model = models.get(of ?? "");
      if (name === undefined || !model)
        throw new UsageError(
          `--alias must be NAME=MODEL with one of ${[...models.keys()].join(", ")}, got "${alias}"`,
        );
      put(name, model);
    }
    return { models: Object.fromEntries(models), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
