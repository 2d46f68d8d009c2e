import axe from "axe-core";
import type { Page } from "playwright";
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

/** Findings of axe-core that are serious or worse, targets below 24 pixels among them. */
async function problemsOf(page: Page): Promise<string[]> {
  await page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))");
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ impact: string; id: string; nodes: { html: string }[] }[]>(
    "axe.run({ rules: { 'target-size': { enabled: true } } }).then(({ violations }) => violations)",
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

const views = [
  { name: "390 pixels, dark", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  { name: "1280 pixels, light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
] as const;

const button = (page: Page, name: string) =>
  page.locator("#story .buttons").getByRole("button", { name, exact: true });

/** Presses a button of the story by the keyboard alone. */
async function press(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 300; presses++) {
    const isThere = await button(page, name).evaluate("(one) => one === document.activeElement");
    if (isThere) break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
}

const focused = (page: Page) => page.evaluate("document.activeElement.tagName");
const sentence = (page: Page) => page.locator("#story .sentence").textContent();

describe.skipIf(withoutChromium)("stories in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  describe.each(views)("at $name", ({ name: _, ...view }) => {
    it.each(storyPages)(
      "that of $id is read from first to last by the keyboard",
      async ({ id, folder, story }) => {
        const { results } = readStory(folder);
        const context = await site.browser.newContext(view);
        const { page, complaints } = await visit(context, site.url, `${id}.html`);
        for (let step = 1; step <= countSteps(story); step++) {
          await page.getByText(`Step ${step} of ${countSteps(story)}`).waitFor();
          await button(page, "Back").waitFor();
          if (await button(page, "Show me").count()) await press(page, "Show me");
          await page.locator("#story .told").waitFor();
          expect(await focused(page)).not.toBe("BODY");
          const own = story.steps[step - 1];
          if (own) {
            expect(await sentence(page)).toBe(own.sentence(results[step - 1]!));
            expect(await page.locator("[data-looked]").getAttribute("id")).toBe(own.look);
          }
          expect(await problemsOf(page)).toEqual([]);
          if (step === countSteps(story)) break;
          await press(page, "Next");
          expect(await focused(page)).not.toBe("BODY");
          expect(new URL(page.url()).hash).toBe(`#step=${step + 1}`);
        }
        await page.goBack();
        await page.getByText(`Step ${countSteps(story) - 1} of`).waitFor();
        await press(page, "Try it yourself");
        expect(await focused(page)).not.toBe("BODY");
        expect(new URL(page.url()).hash).not.toContain("step");
        expect(complaints).toEqual([]);
        await context.close();
      },
    );

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
            expect(top).toBeGreaterThanOrEqual(0);
            expect(bottom).toBeLessThanOrEqual(view.viewport.height);
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
