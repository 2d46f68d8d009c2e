import { modelFolder } from "../files/model-folder";
import type { Folder } from "../text-files";

/**
 * True for a folder whose modules.json says how its model makes vectors of texts, as those of sentence-transformers do. Of a
 * repository of the hub the model is downloaded.
 *
 * @throws {LmError} as `loadEncoder` for what that file and the pooling file say
 */
export async function isEmbeddingFolder(folder: Folder): Promise<boolean> {
  const place = await modelFolder(folder, ["model"], {});
  const { readEmbeddingSettings } = await import("../files/embedding-settings");
  return (await readEmbeddingSettings(place, {})) !== null;
}
