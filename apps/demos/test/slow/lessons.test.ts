import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import type { Frame, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LessonStep } from "../../src/lesson/lesson";
import { builtLessons } from "../../src/site/lesson-body";
import { storyPages } from "../../src/site/told-stories";
import { openSite, type Site, visit, withoutChromium } from "./support/site";

const PATIENCE = { timeout: 240_000 };
const { lessons } = builtLessons();

const views = [
  { viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
] as const;
const walks = Object.keys(lessons).flatMap((name) => views.map((view) => ({ name, view })));

/** The question that a step asks. */
const questionOf = ({ page, step }: LessonStep) =>
  storyPages.find(({ id }) => id === page)?.story.steps[step - 1]?.question;

async function seriousProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ impact: string; id: string; nodes: { html: string }[] }[]>(
    "axe.run({ exclude: ['deepgrain-figure'] }).then(({ violations }) => violations)",
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** The frame of the open step, once its page is there; there is no other. */
async function frameOf(page: Page, { page: id, step }: LessonStep): Promise<Frame> {
  const ofStep = `/${id}.html?embed`;
  await expect
    .poll(() => page.frames().map((frame) => frame.url().includes(ofStep)), PATIENCE)
    .toEqual([false, true]);
  const frame = page.frames()[1]!;
  await frame.locator("#live").waitFor();
  expect(new URL(frame.url()).hash).toBe(step === 0 ? "" : `#step=${step}`);
  return frame;
}

const focused = (where: Page | Frame, selector: string) =>
  where.evaluate((own) => document.activeElement?.matches(own) ?? false, selector);

/** Presses a key until what a selector finds has the focus. */
async function reach(page: Page, key: string, where: Page | Frame, selector: string) {
  for (let presses = 0; presses < 20 && !(await focused(where, selector)); presses++) {
    await page.keyboard.press(key);
    expect(await page.evaluate("document.activeElement !== document.body")).toBe(true);
  }
  expect(await focused(where, selector)).toBe(true);
}

describe.skipIf(withoutChromium)("lessons in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  it.each(walks)(
    "$name is walked from its first step to its last by the keyboard at $view.viewport.width pixels, with its answers at the end",
    async ({ name, view }) => {
      const context = await site.browser.newContext(view);
      const { page, complaints } = await visit(context, site.url, `lesson.html#lesson=${name}`);
      const { steps } = lessons[name]!;
      const asked: string[] = [];
      for (const [i, step] of steps.entries()) {
        await page.getByText(`Step ${i + 1} of ${steps.length}`).waitFor();
        const frame = await frameOf(page, step);
        const question = questionOf(step);
        if (question) {
          await frame.locator(".question").waitFor();
          await expect
            .poll(() => page.locator("deepgrain-figure button:visible").count(), PATIENCE)
            .toBe(0);
          expect(await frame.locator(".turn:visible").count()).toBe(0);
          await reach(page, "Tab", frame, ".question button");
          await page.keyboard.press("Enter");
          await frame.locator(".told").waitFor();
          asked.push(question.asks);
          await reach(page, "Shift+Tab", page, "#next");
        }
        if (i === 0) expect(await seriousProblems(page)).toEqual([]);
        expect(await focused(page, "#next")).toBe(true);
        await page.keyboard.press("Enter");
      }
      await page.locator("#answers").waitFor();
      expect(page.frames()).toHaveLength(1);
      expect(asked.length).toBeGreaterThanOrEqual(4);
      expect(await page.locator("#answers .asked").allTextContents()).toEqual(asked);
      const told = await page.locator("#answers li").allTextContents();
      for (const one of told) expect(one).toMatch(/You expected: .*(✓|✗; it was: )/);
      expect(await seriousProblems(page)).toEqual([]);
      const over = "document.documentElement.scrollWidth - innerWidth";
      expect(await page.evaluate(over)).toBeLessThanOrEqual(0);
      expect(await focused(page, "#next")).toBe(true);
      await page.reload();
      await page.locator("#answers li").first().waitFor();
      expect(await page.locator("#answers li").allTextContents()).toEqual(told);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it("go a step back by the browser's own button, and the focus stays in the page", async () => {
    const { page, complaints } = await visit(
      site.browser,
      site.url,
      "lesson.html#steps=graph.1,model",
    );
    await page.locator("#next").press("Enter");
    const frame = await frameOf(page, { page: "model", step: 0, text: "" });
    await frame.locator("button:visible").first().focus();
    await page.goBack();
    await page.getByText("Step 1 of 2").waitFor();
    await frameOf(page, { page: "graph", step: 1, text: "" });
    expect(await page.evaluate("document.activeElement !== document.body")).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("heed an answer of the open frame alone, in its one form", async () => {
    const { page } = await visit(site.browser, site.url, "lesson.html#steps=graph.1");
    const frame = await frameOf(page, { page: "graph", step: 1, text: "" });
    const answer = {
      type: "deepgrain-answer",
      step: 1,
      asks: "?",
      answer: "x",
      right: "",
      cameOut: "",
    };
    await page.evaluate((message) => {
      window.postMessage(message, "*");
      document.body.appendChild(document.createElement("iframe")).srcdoc = "<p>another</p>";
    }, answer);
    await expect.poll(() => page.frames().length, PATIENCE).toBe(3);
    const another = page.frames()[2]!;
    await another.getByText("another").waitFor(); // Until then its document is replaced.
    await another.evaluate((message) => parent.postMessage(message, "*"), answer);
    await frame.evaluate((message) => {
      parent.postMessage({ ...message, more: 1 }, "*");
      parent.postMessage({ ...message, step: 99 }, "*");
    }, answer);
    await page.locator("#next").press("Enter");
    await page.getByText("You have answered no question.").waitFor();
    await page.close();
  });

  it.each([
    ["steps=mixture.1,nope", "Step 2 names “nope”"],
    ["steps=mixture.1,graph.77", "Step 2: the page graph has the steps"],
    ["lesson=trust-a-model&steps=graph", "leave one of them out"],
    ["steps=graph&text1=%5Bx%5D(javascript:alert(1))", "Step 1: a link must begin with https://"],
  ])("#%s is refused in words, and the page opens at its beginning", async (hash, said) => {
    const { page, complaints } = await visit(site.browser, site.url, `lesson.html#${hash}`);
    await page.getByText(said).waitFor();
    expect(await page.locator(".lessons a").count()).toBe(2);
    expect(page.frames()).toHaveLength(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("show markup as text", async () => {
    const text = "<img src=x onerror=alert(1)> **b**";
    const hash = `#steps=graph&title=%3Cb%3Ex&text1=${encodeURIComponent(text)}`;
    const { page, complaints } = await visit(site.browser, site.url, `lesson.html${hash}`);
    await page.getByText("<img src=x onerror=alert(1)> b").waitFor();
    expect(await page.locator("h1").textContent()).toBe("<b>x");
    expect(await page.locator(".lesson-text strong").textContent()).toBe("b");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("are made by the form and by a file", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "lesson.html");
    const add = page.getByRole("button", { name: "Add a step" });
    await page.getByLabel("Title").fill("Mine");
    await add.press("Enter");
    await add.press("Enter");
    const pagesOf = page.getByRole("combobox", { name: "Page" });
    await pagesOf.nth(0).selectOption("graph");
    await page.getByLabel("Shows").nth(0).selectOption("2");
    await pagesOf.nth(1).selectOption("anchors");
    const words = page.getByLabel("Your words before it");
    await words.nth(1).fill("[x](ftp://a.example)");
    await page.getByText("Step 2: a link must begin with https://").waitFor();
    await words.nth(1).fill("Look.");
    await page.getByRole("button", { name: "Move up" }).nth(1).press("Enter");
    await expect.poll(() => pagesOf.nth(0).inputValue(), PATIENCE).toBe("anchors");
    await expect
      .poll(() => page.evaluate("document.activeElement.textContent"), PATIENCE)
      .toBe("Move up");
    expect(await page.getByLabel("Its address").inputValue()).toBe(
      `${site.url}lesson.html#steps=anchors,graph.2&title=Mine&text1=Look.`,
    );
    expect(await seriousProblems(page)).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as JSON" }).click(),
    ]);
    const file = readFileSync(await download.path());
    await page.getByRole("button", { name: "Remove" }).first().press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("add-step");
    const input = page.locator("input[type=file]");
    const json = (name: string, buffer: Buffer) => ({ name, mimeType: "application/json", buffer });
    await input.setInputFiles(json("a.json", Buffer.from('{"steps":[{"page":"x"}]}')));
    await page.getByText("a.json: Step 1 names “x”").waitFor();
    await input.setInputFiles(json("b.json", Buffer.alloc(100_001)));
    await page.getByText("b.json: It has 100001 bytes").waitFor();
    await page.evaluate((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], "c.json"));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true }));
    }, file.toString());
    await page.getByText("Step 1 of 2").waitFor();
    expect(await page.locator("h1").textContent()).toBe("Mine");
    await frameOf(page, { page: "anchors", step: 0, text: "" });
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("begin with little script, and are found from the first page", async () => {
    const html = readFileSync(join(site.folder, "lesson.html"), "utf8");
    const scripts = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)];
    const bytes = scripts.map(
      ([, file]) => gzipSync(readFileSync(join(site.folder, file!))).length,
    );
    expect(bytes.reduce((a, b) => a + b)).toBeLessThanOrEqual(60_000);
    const { page } = await visit(site.browser, site.url, "index.html");
    await page.locator(".cards a[href='./lesson.html']").click();
    await page.locator(".lessons a").first().click();
    await page.getByText("Step 1 of 10").waitFor();
    await page.close();
  });
});
