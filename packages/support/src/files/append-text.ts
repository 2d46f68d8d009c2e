import { disk } from "./disk";
import { failing } from "./io-error";

/** The newest text under way to each file: they follow one another. */
const underWay = new Map<string, Promise<void>>();

/** Options of {@link appendText}. */
export interface AppendOptions {
  /** Whether the text is forced to the disk before this ends. Default false. */
  isSynced?: boolean | undefined;
}

/**
 * Appends a text to a file, which is made if it is missing; its folder must be there. Texts that this process appends to one
 * file at the same time come one after the other, in order. If that fails, the file is cut off where the text began, so that
 * only a kill leaves a part of it.
 *
 * @throws {FilesError} `ERR_IO` when the file system refuses
 */
export async function appendText(
  path: string,
  text: string,
  options: AppendOptions = {},
): Promise<void> {
  const earlier = underWay.get(path);
  const own = (earlier ?? Promise.resolve())
    .catch(() => undefined)
    .then(() => append(path, text, options));
  underWay.set(path, own);
  try {
    await own;
  } finally {
    if (underWay.get(path) === own) underWay.delete(path);
  }
}

async function append(path: string, text: string, { isSynced }: AppendOptions): Promise<void> {
  const fail = failing("write", path);
  const file = await disk.open(path, "a").catch(fail);
  const { size } = await file.stat();
  try {
    await disk.write(file, text);
    if (isSynced) await disk.sync(file);
  } catch (error) {
    await disk.truncate(file, size).catch(() => undefined);
    await disk.close(file).catch(() => undefined);
    fail(error);
  }
  await disk.close(file).catch(fail);
}
