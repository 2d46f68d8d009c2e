import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { learnSentence } from "../../src/landing/learn-sentence";
import { SENTENCE } from "../../src/landing/limits";
import { movedText } from "../../src/landing/moved";
import type { RecordedSentence } from "../../src/landing/recorded";
import { resultOf } from "../../src/landing/run-state";
import { fields, orderOf, type State, type Written } from "../../src/landing/state";
import { readRecorded } from "../../src/site/read-recorded";
import { initialOf } from "../../src/state/address-state";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

/** The result of a state in Node. */
function writtenInNode(part: Partial<State>): Promise<Written> {
  const state = { ...initialOf(fields), ...part };
  return resultOf(state, learnSentence(orderOf(state), new AbortController().signal));
}

/** The result of a sentence in Node. */
async function inNode(sentence: string, seed: number) {
  const { loss, texts } = await writtenInNode({ text: sentence, seed });
  return {
    loss,
    text: texts
      .flat()
      .map(({ text }) => text)
      .join(""),
  };
}

interface Saved extends Written {
  sentence: string;
  seed: number;
  letters: { text: string }[];
}

describe.skipIf(withoutChromium)("the landing page in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  const done = (page: Page) => page.locator("#written.done").waitFor();
  const problem = (page: Page) => page.locator("#sentence-problems p").first().waitFor();

  it.each([
    ["without isolation headers", () => site.url],
    ["with them", () => site.isolatedUrl],
  ])("one key leads to Node's continuation of the sentence, %s", async (_, address) => {
    const { page, complaints } = await visit(site.browser, address(), "index.html");
    expect(await page.textContent(".status")).toMatch(/^Recorded/);
    await page.locator("#sentence").press("End");
    await page.keyboard.press("!");
    await done(page);
    const { loss, text } = await inNode(`${SENTENCE}!`, 1);
    expect(await page.textContent("#written")).toBe(text);
    const saved = await savedJson<Saved>(page);
    expect(saved).toMatchObject({ sentence: `${SENTENCE}!`, seed: 1, loss });
    expect(saved.letters.map((letter) => letter.text).join("")).toBe(text);
    expect(new URL(page.url()).hash).toBe(`#${new URLSearchParams({ text: `${SENTENCE}!` })}`);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("repeats a run, and takes new weights", async () => {
    const { page } = await visit(site.browser, site.url, "index.html#text=hello+world&seed=5");
    await done(page);
    const first = await page.textContent("#written");
    expect(first).toBe((await inNode("hello world", 5)).text);
    await page.getByRole("button", { name: "Replay" }).click();
    await done(page);
    expect(await page.textContent("#written")).toBe(first);
    await page.getByRole("button", { name: "New weights" }).click();
    await done(page);
    expect(await page.textContent("#written")).toBe((await inNode("hello world", 6)).text);
    await page.close();
  });

  it("switches an expert off, begins elsewhere and learns a second sentence, with Node's numbers", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "index.html");
    let { written: before } = readRecorded<RecordedSentence>("landing");
    const moves: [() => Promise<unknown>, Partial<State>][] = [
      [() => page.getByRole("button", { name: /^Expert 6,/ }).click(), { off: ["6"] }],
      [() => page.fill("#begin", "fox"), { begin: "fox" }],
      [() => page.fill("#second", "0123456789"), { second: "0123456789" }],
    ];
    let state: Partial<State> = {};
    for (const [move, part] of moves) {
      await move();
      state = { ...state, ...part };
      const own = await writtenInNode(state);
      await page.locator(".moved", { hasText: movedText(before, own) }).waitFor();
      const saved = await savedJson<Saved>(page);
      expect(saved).toMatchObject({ losses: own.losses, texts: own.texts });
      expect(saved.texts.flat().some(({ expert }) => expert === 5)).toBe(false);
      before = own;
    }
    await page.locator("#written span").first().click();
    await page.getByText(/^“.+” is by expert [1-5], which had \d+ % of the weight\.$/).waitFor();
    for (const name of [1, 2, 3, 4])
      await page.getByRole("button", { name: new RegExp(`^Expert ${name},`) }).click();
    await page.getByText("The router chooses 2 experts, so 2 must stay on.").waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("is stopped at once, and its sentence goes back", async () => {
    const { page } = await visit(site.browser, site.url, "index.html");
    await page.locator("#sentence").press("!");
    await page.locator('.outcome[aria-busy="true"]').waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await page.locator(".outcome").getAttribute("aria-busy")).toBe("false");
    expect(await page.inputValue("#sentence")).toBe(SENTENCE);
    expect(new URL(page.url()).hash).toBe("");
    await page.close();
  });

  it("says what is wrong with a sentence and keeps what it wrote before", async () => {
    const { page } = await visit(site.browser, site.url, "index.html");
    const before = await page.textContent("#written");
    await page.fill("#sentence", "");
    expect(await page.textContent("#sentence-problems")).toBe(
      "Type at least one letter; what was learned before stays.",
    );
    expect(await page.inputValue("#sentence")).toBe("");
    await page.fill("#sentence", "x".repeat(281));
    expect(await page.textContent("#sentence-problems")).toBe(
      "A sentence may have 280 characters.",
    );
    expect(await page.textContent("#written")).toBe(before);
    await page.close();
  });

  it.each([
    "seed=-1",
    "seed=1e9",
    "seed=",
    "text=",
    "text=%20",
    `text=${"y".repeat(281)}`,
    "colour=red",
    "%E0%A4%A",
    "seed=2&__proto__=1",
    "=&&=",
  ])("is not confused by the address #%s", async (hash) => {
    const { page, complaints } = await visit(site.browser, site.url, `index.html#${hash}`);
    await problem(page);
    expect(await page.inputValue("#sentence")).toBe(SENTENCE);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
