import { filesOfHandle, type ModelFiles, sizeText, writeFiles } from "./folder-files";

/** A model that this browser keeps. */
export interface SavedModel {
  name: string;
  bytes: number;
}

/** Whether a saved model may have this name. */
export const isSavedName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/.test(name);

const sizeOf = (files: ModelFiles) => [...files.values()].reduce((sum, { size }) => sum + size, 0);

/** Whether a folder has all that was to be saved: the configuration is written last, a GGUF file alone. */
const isWhole = (files: ModelFiles) =>
  files.has("config.json") || [...files.keys()].some((name) => name.endsWith(".gguf"));

/** Says why a folder of the browser cannot be used. @param what is read or written there */
function storageError(error: unknown, what: string): Error {
  const { name, message } = error as Error;
  if (name === "QuotaExceededError")
    return new Error(
      `There is no room for ${what} in this browser: delete a saved model, or download this one.`,
    );
  if (name === "NotFoundError") return new Error(`This browser has no saved model ${what}.`);
  return new Error(`This browser does not let the page keep models: ${message}.`);
}

/** Works with the folder of saved models, one tab at a time. @throws {Error} that says why it cannot be used */
async function inFolder<T>(
  what: string,
  work: (folder: FileSystemDirectoryHandle) => Promise<T>,
): Promise<T> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("models", { create: true });
    return await navigator.locks.request("deepgrain-models", () => work(folder));
  } catch (error) {
    throw storageError(error, what);
  }
}

/** The models that are kept, by name; one whose saving was cut short is removed. */
export const savedModels = (): Promise<SavedModel[]> =>
  inFolder("", async (folder) => {
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    const found: SavedModel[] = [];
    for (const name of names.sort()) {
      const files = await filesOfHandle(await folder.getDirectoryHandle(name));
      if (isWhole(files)) found.push({ name, bytes: sizeOf(files) });
      else await folder.removeEntry(name, { recursive: true });
    }
    return found;
  });

/** The files of a saved model. */
export const openSaved = (name: string): Promise<Map<string, Blob>> =>
  inFolder(`“${name}”`, async (folder) => filesOfHandle(await folder.getDirectoryHandle(name)));

/** Keeps a model, in place of one of the same name. Where there is no room, nothing is left. */
export const saveModelFiles = (name: string, files: ModelFiles): Promise<void> =>
  inFolder(`“${name}” (${sizeText(sizeOf(files))})`, async (folder) => {
    const remove = () => folder.removeEntry(name, { recursive: true }).catch(() => undefined);
    await remove();
    try {
      await writeFiles(await folder.getDirectoryHandle(name, { create: true }), files);
    } catch (error) {
      await remove();
      throw error;
    }
  });

/** Removes a saved model. */
export const removeSaved = (name: string): Promise<void> =>
  inFolder(`“${name}”`, (folder) => folder.removeEntry(name, { recursive: true }));
