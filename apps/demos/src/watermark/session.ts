import { openOnce } from "../shell/open-once";
import type { ShippedFile } from "./library";
import { openModel } from "./open-model";
import type { Reading, TextRun } from "./read-text";
import type { StoryRun } from "./write-story";

/** The work of the watermark's page. @param read a shipped file by its name */
export function createSession(read: (name: ShippedFile) => Promise<Blob>) {
  async function openDesk() {
    // The mark's code comes with the model's weights, not with the worker.
    const [model, { openLibrary }, { readText }, { writeStory }] = await Promise.all([
      read("stories.safetensors").then(openModel),
      import("./library"),
      import("./read-text"),
      import("./write-story"),
    ]);
    return { library: await openLibrary(model, read), readText, writeStory };
  }
  const desk = openOnce(openDesk);

  /** Writes a marked story. @yields the text so far */
  async function* write(run: StoryRun, signal: AbortSignal): AsyncGenerator<string, void> {
    const { library, writeStory } = await desk();
    yield* writeStory(library, run, signal);
  }

  /** Reads texts, one after another; null for one that is too short. */
  async function* readAll(
    runs: readonly TextRun[],
    signal: AbortSignal,
  ): AsyncGenerator<{ run: TextRun; reading: Reading | null }, void> {
    const { library, readText } = await desk();
    for (const run of runs) yield { run, reading: await readText(library, run, signal) };
  }

  return { write, readAll };
}
