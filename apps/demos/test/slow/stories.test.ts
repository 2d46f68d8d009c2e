import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runStory } from "../../src/record/record-story";
import { readStory } from "../../src/site/stories";
import { countSteps, storyPages } from "../../src/site/told-stories";
import { seriousProblems } from "./support/serious-problems";
import { openSite, type Site, visit, withoutChromium } from "./support/site";
import { storyRuns } from "./support/story-runs";

/** Longer than any page takes to settle. */
const PATIENCE = { timeout: 240_000 };

const views = [
  { name: "390 px, dark", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  { name: "1280 px, light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
] as const;

const focused = (page: Page) => page.evaluate<string>("document.activeElement.textContent");

/** "on one" where a part and the control that moves it lie wholly on one screen, neither under the controls that stay; where they are, if not. */
const isOnOneScreen = (page: Page, look: string, control: string) =>
  page.evaluate<string>(`(() => {
    const box = (part) => part.getBoundingClientRect();
    const [look, control] = [${JSON.stringify(look)}, ${JSON.stringify(control)}].map((id) => document.getElementById(id));
    const isIn = (part) => box(part).top >= 0 && box(part).bottom <= innerHeight;
    const panel = [...document.querySelectorAll("#live .panel")].find((one) => getComputedStyle(one).position === "sticky");
    const isUnder = (part) =>
      panel && !panel.contains(part) && !part.contains(panel) && box(part).top < box(panel).bottom && box(part).bottom > box(panel).top;
    const isRight = [look, control].every((part) => isIn(part) && !isUnder(part));
    return isRight ? "on one" : JSON.stringify({ look: box(look), control: box(control), panel: panel && box(panel) });
  })()`);

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

  describe.each(views)("at $name", ({ name: _, ...view }) => {
    const isNarrow = view.viewport.width < 761;
    const open = async (path: string) => {
      const context = await site.browser.newContext({ ...view, reducedMotion: "reduce" });
      return { context, ...(await visit(context, site.url, path)) };
    };

    it.each(storyPages)(
      "$id is told from its first step to its last and back by the keyboard alone",
      async ({ id, story }) => {
        const { context, page, complaints } = await open(`${id}.html`);
        const count = countSteps(story);
        const turn = async (name: string, to: number) => {
          await page.keyboard.press("Enter");
          await page.getByText(`Step ${to} of ${count}`).waitFor();
          expect(await focused(page)).toBe(name);
          expect(new URL(page.url()).hash).toBe(`#step=${to}`);
          const look = story.steps[to - 1]?.look ?? story.outcome!.look;
          await page.locator(`#${look}[data-looked]`).waitFor({ state: "attached" });
        };
        const show = async ({ states, question, look, control }: (typeof story.steps)[number]) => {
          if (states.length === 1 && !question && !isNarrow) return;
          await page.keyboard.press("Tab");
          expect(await focused(page)).toBe(states.length === 2 || question ? "Show me" : "See it");
          await page.keyboard.press("Enter");
          await page.locator("#story .told").waitFor();
          expect(await focused(page)).toMatch(/^(Show me|See it|Move it back)$/);
          if (isNarrow)
            await expect.poll(() => isOnOneScreen(page, look, control), PATIENCE).toBe("on one");
          await page.keyboard.press("Shift+Tab");
        };
        await page.getByText(`Step 1 of ${count}`).waitFor();
        await page.locator("#story .buttons").waitFor();
        while ((await focused(page)) !== "Next") await page.keyboard.press("Tab");
        for (const [i, step] of story.steps.entries()) {
          await show(step);
          if (i + 2 <= count) await turn("Next", i + 2);
        }
        expect(await seriousProblems(page)).toEqual([]);
        await page.keyboard.press("Shift+Tab");
        for (let to = count - 1; to >= 1; to--) await turn("Back", to);
        const { look, control } = story.steps[0]!;
        while ((await focused(page)) !== "Try it yourself") await page.keyboard.press("Tab");
        await page.keyboard.press("Enter");
        expect(await page.evaluate("document.activeElement.id")).toBe(control);
        if (isNarrow)
          await expect.poll(() => isOnOneScreen(page, look, control), PATIENCE).toBe("on one");
        expect(complaints).toEqual([]);
        await context.close();
      },
    );

    it.each(storyPages)(
      "the third step of $id, opened by its address in a fresh profile, comes to Node’s numbers",
      async ({ id, folder, story }) => {
        const { context, page } = await open(`${id}.html#step=3`);
        const { states, question, sentence } = story.steps[2]!;
        if (states.length === 2 || question)
          await page.getByRole("button", { name: "Show me" }).click();
        await page.locator("#story .told").waitFor();
        const told = await page.textContent("#story .sentence");
        expect(told).toBe(sentence(readStory(folder).results[2]!));
        await context.close();
      },
    );
  });

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
