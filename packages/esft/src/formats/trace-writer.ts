import { disk, type OpenFile, ownName, removeLeftovers } from "@deepgrain/support/files";
import { fileError, inFolder, makeFolder } from "../files/text-files";
import type { RouteNumbers } from "../scoring/layer-totals";
import { formatTraceLines } from "./trace-lines";

/** Writes trace files during scoring; give `record` to `scoreExperts`. */
export interface TraceWriter {
  /** Appends one layer's routing to its file. */
  record(layer: number, route: RouteNumbers): Promise<void>;
  /** Renames all files to their final names; until then they do not exist under them. */
  close(): Promise<void>;
  /** Deletes the written files instead, and the folder if the writer created it and it is empty. */
  discard(): Promise<void>;
}

/**
 * Opens a writer of `expert_weights_{layer}.txt` files in a folder, which is created if it is missing.
 * @throws {EsftError} `ERR_IO` from here and from the writer
 */
export async function createTraceWriter(folder: string): Promise<TraceWriter> {
  const isNew = await makeFolder(folder);
  await removeLeftovers(folder, { of: (name) => /^expert_weights_\d+\.txt$/.test(name) });
  const files = new Map<string, { unfinished: string; handle: OpenFile }>();
  const fail = (file: string) => (cause: unknown) => {
    throw fileError("write", file, cause);
  };
  const begin = async (file: string) => {
    const unfinished = ownName(file, "tmp");
    const begun = { unfinished, handle: await disk.open(unfinished, "wx").catch(fail(file)) };
    files.set(file, begun);
    return begun;
  };
  const closeHandles = async () => {
    for (const { handle } of files.values()) await disk.close(handle).catch(() => undefined);
  };
  return {
    async record(layer, route) {
      const file = inFolder(folder, `expert_weights_${layer}.txt`);
      const { handle } = files.get(file) ?? (await begin(file));
      await disk.write(handle, formatTraceLines(route)).catch(fail(file));
    },
    async close() {
      for (const [file, { handle }] of files) await disk.sync(handle).catch(fail(file));
      await closeHandles();
      for (const [file, { unfinished }] of files)
        await disk.rename(unfinished, file).catch(fail(file));
      files.clear();
    },
    async discard() {
      await closeHandles();
      for (const { unfinished } of files.values()) await disk.rm(unfinished);
      files.clear();
      if (isNew) await disk.rmdir(folder).catch(() => undefined);
    },
  };
}
