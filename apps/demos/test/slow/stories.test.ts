import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runStory } from "../../src/record/record-story";
import { readStory } from "../../src/site/stories";
import { countSteps, storyPages } from "../../src/site/told-stories";
import { openSite, type Site, visit, withoutChromium } from "./support/site";
import { storyRuns } from "./support/story-runs";

describe.each(storyPages)("the story of $id, run anew in Node", ({ id, folder, story, fields }) => {
  it("comes to what was recorded, so that what it says holds", async () => {
    const results = await runStory(story, fields, storyRuns[id]!);
    expect(JSON.parse(JSON.stringify(results))).toEqual(readStory(folder).results);
    for (const [i, step] of story.steps.entries()) expect(step.holds(results[i]!)).toBe(true);
  });
});

const views = [
  { name: "390 pixels, dark", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  { name: "1280 pixels, light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
] as const;

describe.skipIf(withoutChromium)("stories in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  describe.each(views)("at $name", ({ name: _, ...view }) => {
    it.each(storyPages)(
      "each step of $id shows its control and what it speaks of in one screen",
      async ({ id, story }) => {
        const context = await site.browser.newContext({ ...view, reducedMotion: "reduce" });
        for (const [i, { look, control }] of story.steps.entries()) {
          const { page } = await visit(context, site.url, `${id}.html#step=${i + 1}`);
          await page.locator("#story .buttons").waitFor();
          await page.evaluate(
            `document.getElementById("${look}").scrollIntoView({ block: "nearest" })`,
          );
          const boxes = await page.evaluate<{ top: number; bottom: number }[]>(`
            ["${look}", "${control}"].map((id) => {
              const { top, bottom } = document.getElementById(id).getBoundingClientRect();
              return { top, bottom };
            })`);
          for (const { top, bottom } of boxes) {
            // Scrolling stops at a whole pixel.
            expect(top).toBeGreaterThan(-1);
            expect(bottom).toBeLessThan(view.viewport.height + 1);
          }
          await page.close();
        }
        await context.close();
      },
    );
  });

  it.each(storyPages)(
    "a step of $id that was changed says so, and one that is not there opens the beginning",
    async ({ id, story }) => {
      const { page } = await visit(site.browser, site.url, `${id}.html#step=2&seed=3`);
      await page.getByText("You have changed this step’s settings").waitFor();
      await page.goto("about:blank");
      await page.goto(`${site.url}${id}.html#step=99`);
      await page.getByText(`Step 1 of ${countSteps(story)}`).waitFor();
      await page.getByText("step in the address must be a whole number from 1 to").waitFor();
      await page.close();
    },
  );

  it.each(storyPages)(
    "$id tells its steps without a script, too",
    async ({ id, folder, story }) => {
      const context = await site.browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(`${site.url}${id}.html`);
      const { results } = readStory(folder);
      const shown = await page.locator("#story").textContent();
      for (const [i, step] of story.steps.entries()) {
        expect(shown).toContain(step.title);
        expect(shown).toContain(step.sentence(results[i]!));
      }
      await context.close();
    },
  );
});
