/** @file A worker of a page: answers one question with one message. */
import type { Folder } from "@deepgrain/support/files";
import { longWork } from "./stopping";
import { type Trained, trainIn } from "./training";

/** The part of a worker's scope that is used here. */
interface Scope {
  onmessage: (message: { data: string }) => unknown;
  postMessage(answer: unknown): void;
  navigator: { storage: { getDirectory(): Promise<PrivateFolder> } };
}
type PrivateFolder = Exclude<Folder, string | Map<string, Blob>>;

const scope = globalThis as unknown as Scope;

/** The name of what ended each piece of work, and how many items came before. */
async function stopAll(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const real = performance.now.bind(performance);
  for (const [name, run] of Object.entries(await longWork())) {
    const stop = new AbortController();
    let now = real();
    performance.now = () => (now += 25); // a turn is due at every step, however fast the machine is
    setTimeout(() => stop.abort(new Error("stopped by a timer")));
    try {
      const work = run(stop.signal);
      if (Symbol.asyncIterator in work) for await (const _ of work);
      else await work;
      found[name] = "ended by itself";
    } catch (error) {
      found[name] = error === stop.signal.reason ? "stopped" : String(error);
    } finally {
      performance.now = real;
    }
  }
  return found;
}

/** Folders of the origin's private file system, by name. */
async function privateFolder(name: string): Promise<PrivateFolder> {
  const root = await scope.navigator.storage.getDirectory();
  return root.getDirectoryHandle(name, { create: true });
}

async function inMap(): Promise<Trained> {
  const folder = new Map<string, Blob>();
  await trainIn(folder, { stopAt: 5 });
  return trainIn(folder, { isResumed: true });
}

/** Files of the model that a run saved, as numbers. */
async function savedFiles(): Promise<Record<string, number[]>> {
  const files: Record<string, number[]> = {};
  for await (const [name, entry] of (await privateFolder("model")).entries())
    if (entry.kind === "file")
      files[name] = [...new Uint8Array(await (await entry.getFile()).arrayBuffer())];
  return files;
}

const answers: Record<string, () => Promise<unknown>> = {
  stopAll,
  inMap,
  savedFiles,
  undisturbed: () => trainIn(undefined),
  begin: async () => trainIn(await privateFolder("run"), { stopAt: 5 }),
  resume: async () =>
    trainIn(await privateFolder("run"), { isResumed: true, model: await privateFolder("model") }),
};

scope.onmessage = async ({ data }) => {
  try {
    scope.postMessage({ value: await answers[data]!() });
  } catch (error) {
    scope.postMessage({ error: (error as Error).stack });
  }
};
