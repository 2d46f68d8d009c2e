import { type Fields, initialOf, type StateOf } from "../state/address-state";
import type { RecordedStory, Story } from "../story/step";
import { provenanceOf, writeRecorded } from "./provenance";

/** Runs every state of every step of a story. @param run the page's work in Node */
export async function runStory<F extends Fields, R>(
  { steps }: Story<StateOf<F>, R>,
  fields: F,
  run: (state: StateOf<F>) => Promise<R>,
): Promise<R[][]> {
  const results: R[][] = [];
  for (const { states } of steps) {
    const own: R[] = [];
    for (const state of states) own.push(await run({ ...initialOf(fields), ...state }));
    results.push(own);
  }
  return results;
}

/** Runs a page's story and records what comes out. */
export async function recordStory<F extends Fields, R>(
  page: string,
  story: Story<StateOf<F>, R>,
  fields: F,
  run: (state: StateOf<F>) => Promise<R>,
): Promise<void> {
  const results = await runStory(story, fields, run);
  const recorded: RecordedStory<R> = { ...provenanceOf(page), results };
  await writeRecorded(`${page}-story`, recorded);
}
