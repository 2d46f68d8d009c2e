import { fileError, inFolder, makeFolder, nodeFiles } from "../files/text-files";
import type { RouteNumbers } from "../scoring/layer-totals";
import { formatTraceLines } from "./trace-lines";

/** Writes trace files while a model is being scored; give `record` to `scoreExperts`. */
export interface TraceWriter {
  /** Appends one layer's routing to its file. */
  record(layer: number, route: RouteNumbers): Promise<void>;
  /** Gives all files their names; until then they do not exist. */
  close(): Promise<void>;
  /** Deletes what was written instead, and the folder if it was made for it and is empty. */
  discard(): Promise<void>;
}

/**
 * Opens a writer of `expert_weights_{layer}.txt` files in a folder, which is made when it is missing.
 * @throws {EsftError} `ERR_IO` from here and from the writer
 */
export async function createTraceWriter(folder: string): Promise<TraceWriter> {
  const { open, rename, rm, rmdir } = await nodeFiles();
  const isNew = await makeFolder(folder);
  const suffix = `.${globalThis.crypto.randomUUID()}.tmp`;
  const files = new Map<string, Awaited<ReturnType<typeof open>>>();
  const fail = (file: string) => (cause: unknown) => {
    throw fileError("write", file, cause);
  };
  const closeHandles = async () => {
    for (const handle of files.values()) await handle.close().catch(() => undefined);
  };
  return {
    async record(layer, route) {
      const file = inFolder(folder, `expert_weights_${layer}.txt`);
      const handle = files.get(file) ?? (await open(file + suffix, "wx").catch(fail(file)));
      files.set(file, handle);
      await handle.writeFile(formatTraceLines(route)).catch(fail(file));
    },
    async close() {
      for (const [file, handle] of files) await handle.sync().catch(fail(file));
      await closeHandles();
      for (const file of files.keys()) await rename(file + suffix, file).catch(fail(file));
      files.clear();
    },
    async discard() {
      await closeHandles();
      for (const file of files.keys()) await rm(file + suffix, { force: true });
      files.clear();
      if (isNew) await rmdir(folder).catch(() => undefined);
    },
  };
}
