import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readRecorded } from "../../src/site/read-recorded";
import { measurePoint } from "../../src/watermark/measure-frontier";
import { type Both, schemes } from "../../src/watermark/names";
import type { Reading, TextRun } from "../../src/watermark/read-text";
import type { RecordedWatermark } from "../../src/watermark/recorded";
import { collect, signal, watermarkInNode } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved {
  isRecorded: boolean;
  written: Both<string>;
  readings: Both<Reading>;
}

const recorded = readRecorded<RecordedWatermark>("watermark");
const session = watermarkInNode();

/** Both texts as they are read in Node. */
async function readInNode(texts: Both<string>, part: Partial<TextRun> = {}) {
  const { seed, strength, payload } = recorded;
  const usual = { strength, seed, payload, key: "own", attack: "delete", rate: 0 } as const;
  const runs = schemes.map((scheme) => ({ ...usual, ...part, scheme, text: texts[scheme] }));
  const found = await collect(session.readAll(runs, signal));
  return Object.fromEntries(found.map(({ run, reading }) => [run.scheme, reading]));
}

async function writeInNode(payload: string, seed: number) {
  const written = {} as Both<string>;
  for (const scheme of schemes) {
    const run = { scheme, payload, strength: recorded.strength, seed };
    written[scheme] = (await collect(session.write(run, signal))).at(-1)!;
  }
  return written;
}

const recordedTexts = {
  balanced: recorded.readings.balanced.text,
  plain: recorded.readings.plain.text,
};

describe("what the watermark's page shows at first", () => {
  it("is what the shipped model writes, and what is read from it", async () => {
    expect(await writeInNode(recorded.payload, recorded.seed)).toEqual(recordedTexts);
    expect(await readInNode(recordedTexts)).toEqual(recorded.readings);
    for (const scheme of schemes)
      expect(recorded.readings[scheme]).toMatchObject({ payload: "Hi", isFound: true });
  });

  it("has at its five strengths what is measured anew at one of them", async () => {
    const { payload, frontier } = recorded;
    const part = { scheme: "balanced", payload, strength: 2 } as const;
    expect(await measurePoint(session, part, signal)).toEqual(frontier.balanced[1]);
  });
});

describe.skipIf(withoutChromium)("the watermark's page in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  /** Waits until something was run here and nothing is being done. */
  const isDone = async (page: Page) => {
    await page.locator("#live:not(:has(.tag))").waitFor();
    await page.locator('.outcome[aria-busy="false"]').waitFor();
  };
  const payloads = (page: Page) =>
    Promise.all(schemes.map((scheme) => page.textContent(`#${scheme}-payload`)));

  it.each([
    ["Ok", "without isolation headers", () => site.url],
    ["Ok", "with them", () => site.isolatedUrl],
    ["Moin", "in texts of twice the length", () => site.url],
  ])("reads “%s”, as it was typed, as Node does, %s", async (payload, _, address) => {
    const { page, complaints } = await visit(site.browser, address(), "watermark.html");
    expect(await page.textContent("#live")).toContain("Recorded");
    await page.fill("#payload", payload);
    await isDone(page);
    expect(await payloads(page)).toEqual([payload, payload]);
    const saved = await savedJson<Saved>(page);
    const written = await writeInNode(payload, recorded.seed);
    expect(saved.isRecorded).toBe(false);
    expect(saved.written).toEqual(written);
    expect(saved.readings).toEqual(await readInNode(written, { payload }));
    expect(new URL(page.url()).hash).toBe(`#payload=${payload}`);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("finds no mark with a wrong key", async () => {
    const { page } = await visit(site.browser, site.url, "watermark.html");
    await page.selectOption("#key", "wrong");
    await isDone(page);
    for (const scheme of schemes)
      expect(await page.textContent(`#${scheme}-verdict`)).toBe("no mark found");
    const { readings } = await savedJson<Saved>(page);
    expect(readings).toEqual(await readInNode(recordedTexts, { key: "wrong" }));
    expect(new URL(page.url()).hash).toBe("#key=wrong");
    await page.close();
  });

  it("loses the message as an attack grows, by the keyboard, to Node's numbers, and takes it back", async () => {
    const { page } = await visit(site.browser, site.url, "watermark.html");
    await page.locator("#rate").focus();
    for (let i = 0; i < 30; i++) await page.keyboard.press("ArrowRight");
    await isDone(page);
    await page.waitForURL(/#rate=0.6$/);
    const { readings } = await savedJson<Saved>(page);
    expect(readings).toEqual(await readInNode(recordedTexts, { rate: 0.6 }));
    for (const scheme of schemes) expect(readings[scheme].payload).not.toBe("Hi");
    await page.getByRole("button", { name: "Undo attack and edits" }).click();
    await isDone(page);
    await expect.poll(() => payloads(page), { timeout: 120_000 }).toEqual(["Hi", "Hi"]);
    await page.close();
  });

  it("takes out words by a click or the Delete key, keeps them in the address, and reads what is typed", async () => {
    const { page } = await visit(site.browser, site.url, "watermark.html");
    const { tokens } = recorded.readings.balanced;
    const without = (...places: number[]) =>
      tokens
        .filter((_, i) => !places.includes(i))
        .map(([text]) => text)
        .join("");
    const text = page.locator("#balanced-text");
    await page.locator(".marked").first().locator("[data-at='5']").click();
    expect(await text.inputValue()).toBe(without(5));
    await isDone(page);
    await page.locator(".marked").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Delete");
    await isDone(page);
    const edited = await text.inputValue();
    expect(edited.length).toBeLessThan(without(5).length);
    await page.reload();
    await isDone(page);
    expect(await text.inputValue()).toBe(edited);
    await page.locator("summary", { hasText: "Edit this text" }).first().click();
    await text.fill(
      "This text was typed by hand, and nobody has put a mark into any of its words.",
    );
    await expect
      .poll(() => page.textContent("#balanced-verdict"), { timeout: 120_000 })
      .toBe("no mark found");
    await page.close();
  });

  it("repeats a run, and takes new texts", async () => {
    const { page } = await visit(site.browser, site.url, "watermark.html");
    await page.getByRole("button", { name: "Replay" }).click();
    await isDone(page);
    expect((await savedJson<Saved>(page)).readings).toEqual(recorded.readings);
    await page.getByRole("button", { name: "New texts" }).click();
    await page.waitForURL(/#seed=2$/);
    const next = await writeInNode("Hi", 2);
    const written = async () => (await savedJson<Saved>(page)).written;
    await expect.poll(written, { interval: 1000, timeout: 120_000 }).toEqual(next);
    await page.close();
  });

  it("says what is wrong beside the field, and keeps what it showed", async () => {
    const { page } = await visit(
      site.browser,
      site.url,
      "watermark.html#payload=%C3%A9&strength=9&x=1",
    );
    expect(await page.locator(".problems p").allTextContents()).toEqual([
      "payload in the address must be one to four plain letters, so it is ignored.",
      "strength in the address must be a number from 0 to 8 with at most two decimals, so it is ignored.",
      "The address has “x”, which this page does not know.",
    ]);
    await page.fill("#payload", "hello");
    expect(await page.textContent("#payload-problems")).toBe(
      "A message has at most 4 letters: each costs eight bits.",
    );
    await page.locator("summary", { hasText: "Edit this text" }).first().click();
    const text = page.locator("#balanced-text");
    for (const [content, problem] of [
      ["", "There is no text left to read; what was read before stays."],
      ["a".repeat(1501), "The text has 1,501 letters; at most 1,500 are read."],
      ["a", "Too little is left to read a message from; what was read before stays."],
    ] as const) {
      await text.fill(content);
      await page.getByText(problem).waitFor();
      expect(await text.inputValue()).toBe(content);
      expect(await payloads(page)).toEqual(["Hi", "Hi"]);
    }
    await page.close();
  });

  it("ships the notice of the model's licence", async () => {
    const notice = await readFile(`${site.folder}/stories260k-licence.txt`, "utf8");
    expect(notice).toContain("Permission is hereby granted, free of charge");
  });
});
