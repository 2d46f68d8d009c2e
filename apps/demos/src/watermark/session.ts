import { type Library, openLibrary } from "./library";
import { type Reading, readText, type TextRun } from "./read-text";
import { type StoryRun, writeStory } from "./write-story";

/** The work of the watermark's page. @param read a shipped file by its name */
export function createSession(read: Parameters<typeof openLibrary>[0]) {
  let opened: Promise<Library> | undefined;
  const library = () => {
    opened ??= openLibrary(read);
    return opened;
  };

  /** Writes a marked story. */
  async function* write(run: StoryRun, signal: AbortSignal): AsyncGenerator<string, void> {
    yield* writeStory(await library(), run, signal);
  }

  /** Reads texts, one after another; null for one that is too short. */
  async function* readAll(
    runs: readonly TextRun[],
    signal: AbortSignal,
  ): AsyncGenerator<{ run: TextRun; reading: Reading | null }, void> {
    for (const run of runs) yield { run, reading: await readText(await library(), run, signal) };
  }

  return { write, readAll };
}
