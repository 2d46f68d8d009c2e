import type { ModelFiles } from "../models/folder-files";
import type { Description, Held, OpenOptions } from "./open-model";
import type { ShippedFile } from "./shipped";
import type { Source } from "./source";
import type { Writing, Written } from "./write";

/** Events while a model is opened. */
export type OpenEvent =
  | { type: "progress"; done: number; total: number }
  | { type: "opened"; description: Description };

/** Milliseconds between two looks at how far a model has come. */
const LOOK = 100;

/**
 * The work of the page of one's own model: it holds the one that was opened last. If another cannot be opened, it stays.
 * @param read a shipped file by its name
 */
export function createSession(read: (name: ShippedFile) => Promise<Blob>) {
  let held: { id: string; own: Held } | undefined;

  async function open(source: Source, options: OpenOptions): Promise<Held> {
    const own = await openSource(source, options);
    held?.own.model.dispose();
    held = { id: source.id, own };
    return own;
  }

  async function openSource(source: Source, options: OpenOptions): Promise<Held> {
    const { openModel } = await import("./open-model");
    if (source.kind === "files") return openModel(new Map(source.files), options);
    if (source.kind === "shipped") {
      const { shippedFolder } = await import("./shipped");
      return openModel(await shippedFolder(source.name, read), options);
    }
    const { folderAt } = await import("./folder-at");
    return folderAt(source.address, options);
  }

  /** The model of a source, opened anew if the worker was. */
  const hold = async (source: Source, signal: AbortSignal): Promise<Held> =>
    held?.id === source.id ? held.own : open(source, { signal, onProgress: () => {} });

  return {
    /** Opens a model in place of the one before. @yields how many of its weights are there, then what it is */
    async *open(
      { source }: { source: Source },
      signal: AbortSignal,
    ): AsyncGenerator<OpenEvent, void> {
      let far = { done: 0, total: 0 };
      const onProgress = (done: number, total: number) => {
        far = { done, total };
      };
      const opening = open(source, { signal, onProgress });
      opening.catch(() => {}); // Also when nobody waits for it any more.
      const look = () => new Promise<undefined>((resolve) => setTimeout(resolve, LOOK));
      for (;;) {
        const own = await Promise.race([opening, look()]);
        if (!own) {
          yield { type: "progress", ...far };
          continue;
        }
        const { describe } = await import("./open-model");
        yield { type: "opened", description: describe(own) };
        return;
      }
    },

    /** Writes on. @yields the text so far */
    async *write(
      { source, ...writing }: Writing & { source: Source },
      signal: AbortSignal,
    ): AsyncGenerator<Written, void> {
      const own = await hold(source, signal);
      const { write } = await import("./write");
      yield* write(own, writing, signal);
    },

    /** Yields the model's files. */
    async *files(
      { source }: { source: Source },
      signal: AbortSignal,
    ): AsyncGenerator<ModelFiles, void> {
      yield await (await hold(source, signal)).files(signal);
    },
  };
}
