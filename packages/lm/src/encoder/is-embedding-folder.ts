import { missingFile, modelFolder } from "../files/model-folder";
import { ggufSource } from "../gguf/gguf-source";
import { type Folder, fileBudget, readJsonFile } from "../text-files";

/**
 * True for a folder whose modules.json says how its model makes vectors of texts, as those of sentence-transformers do. Of a
 * repository of the hub the model is downloaded. A GGUF file says nothing of the kind.
 *
 * @throws {LmError} `ERR_MISSING` without config.json; as `loadEncoder` for what modules.json and the pooling file say
 */
export async function isEmbeddingFolder(folder: Folder): Promise<boolean> {
  const where = "isEmbeddingFolder";
  const place = await modelFolder(folder, ["model"], {});
  if ((await ggufSource(place, "config")) !== undefined) return false;
  const reading = { fetch: undefined, budget: fileBudget(where, undefined) };
  const config = await readJsonFile(place, "config.json", reading);
  if (config === undefined) throw await missingFile(where, place, "config.json");
  const { readEmbeddingSettings } = await import("../files/embedding-settings");
  return (await readEmbeddingSettings(place, reading)) !== null;
}
