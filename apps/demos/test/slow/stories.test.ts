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

describe.skipIf(withoutChromium)("stories in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  it.each(storyPages)(
    "a step of $id that was changed says so, and one that is not there opens the beginning",
    async ({ id, story, fields }) => {
      const other = "seed" in fields ? "seed=3" : "budget=12";
      const { page } = await visit(site.browser, site.url, `${id}.html#step=2&${other}`);
      await page.getByText("You have changed this step’s settings").waitFor();
      await page.goto("about:blank");
      await page.goto(`${site.url}${id}.html#step=99`);
      await page.getByText(`Step 1 of ${countSteps(story)}`).waitFor();
      await page.getByText("step in the address must be a whole number from 1 to").waitFor();
      await page.close();
    },
  );

  it.each(storyPages)(
    "$id is told from its first step to its last and back by the keyboard alone",
    async ({ id, story }) => {
      const { page } = await visit(site.browser, site.url, `${id}.html#step=1`);
      const count = countSteps(story);
      const turn = async (name: string, to: number) => {
        await page.keyboard.press("Enter");
        await page.getByText(`Step ${to} of ${count}`).waitFor();
        expect(await page.evaluate("document.activeElement.textContent")).toBe(name);
        expect(new URL(page.url()).hash).toBe(`#step=${to}`);
        const look = story.steps[to - 1]?.look ?? story.outcome!.look;
        await page.locator(`#${look}[data-looked]`).waitFor({ state: "attached" });
      };
      await page.getByRole("button", { name: "Next" }).focus();
      for (let to = 2; to <= count; to++) await turn("Next", to);
      await page.keyboard.press("Shift+Tab");
      for (let to = count - 1; to >= 1; to--) await turn("Back", to);
      const { control } = story.steps[0]!;
      await page.getByRole("button", { name: "Try it yourself" }).press("Enter");
      expect(await page.evaluate("document.activeElement.id")).toBe(control);
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
