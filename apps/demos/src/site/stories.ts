import { readFileSync } from "node:fs";
import type { RecordedStory, Story } from "../story/step";

// biome-ignore lint/suspicious/noExplicitAny: stories over any page's state and result
export type AnyStory = Story<any, any>;

/** The recorded results of a page's story. @param page its folder of `src` */
export const readStory = (page: string): RecordedStory<unknown> =>
  JSON.parse(readFileSync(new URL(`../../recorded/${page}-story.json`, import.meta.url), "utf8"));

/**
 * Complains of a story that its recorded runs do not bear out, so that a site is not built with it.
 * @throws {Error} naming the page and the step
 */
export function checkStory(
  page: string,
  { steps }: AnyStory,
  { results }: Pick<RecordedStory<unknown>, "results">,
): void {
  for (const [i, step] of steps.entries()) {
    const own = results[i];
    const place = `the story of ${page}, step ${i + 1} (“${step.title}”)`;
    if (own?.length !== step.states.length)
      throw new Error(`${place}: its states have not been run; record the page’s story anew`);
    if (!step.holds(own))
      throw new Error(`${place}: its runs do not show it: ${step.sentence(own)}`);
  }
}
