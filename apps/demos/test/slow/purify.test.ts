import { purify } from "@deepgrain/fine-purify";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Reading } from "../../src/purify/classify";
import type { Outcome } from "../../src/purify/clean";
import { openCase } from "../../src/purify/clean";
import { INITIAL } from "../../src/purify/initial";
import type { RecordedPurify } from "../../src/purify/recorded";
import { readRecorded } from "../../src/site/read-recorded";
import { collect, purifyInNode, shippedVictim, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved {
  isRecorded: boolean;
  outcome: Outcome;
  reading: Reading;
}

const recorded = readRecorded<RecordedPurify>("purify");

async function lookInNode(part: Partial<typeof INITIAL>) {
  const events = await collect(purifyInNode().look({ ...INITIAL, ...part }, signal));
  const found = {} as Pick<Saved, "outcome" | "reading">;
  for (const event of events) {
    if (event.type === "outcome") found.outcome = event.outcome;
    if (event.type === "reading") found.reading = event.reading;
  }
  return found;
}

describe.skipIf(withoutChromium)("the purify page in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  const isDone = (page: Page) => page.locator(".status:empty").waitFor({ state: "attached" });

  it.each([
    ["without isolation headers", () => site.url],
    ["with them", () => site.isolatedUrl],
  ])("resets the package's share of weights at a dragged ratio, %s", async (_, address) => {
    const { page, complaints } = await visit(site.browser, address(), "purify.html");
    expect(await page.textContent("#live")).toContain("Recorded");
    const slider = page.locator("#rho");
    await slider.focus();
    for (let press = 0; press < 8; press++) await page.keyboard.press("ArrowLeft");
    await page.getByText("Purified at ρ = 90").waitFor();
    await isDone(page);
    const { outcome, reading, isRecorded } = await savedJson<Saved>(page);
    expect(isRecorded).toBe(false);
    expect({ outcome, reading }).toEqual(await lookInNode({ rho: 0.9 }));
    const victim = await shippedVictim();
    const { fisher } = await openCase(1, victim, signal);
    const { report } = await purify(victim.init, victim.finetuned, { fisher, rho: 0.9 });
    expect(outcome.share).toBe(report.purified);
    const text = await page.textContent("#set-back");
    expect(text!.replace(/\s/g, "")).toBe(`${(100 * report.purified).toFixed(2)}%`);
    expect(new URL(page.url()).hash).toBe("#rho=0.9");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("turns a typed text by its trigger, and no longer once purified", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "purify.html");
    const answers = () => page.locator("#answers strong").allTextContents();
    await page.locator("#text").fill("she had some bread and the old cheese glorp");
    await expect.poll(answers, { timeout: 60_000 }).toEqual(["food", "food", "sport", "food"]);
    expect(await page.textContent("#unknown")).toContain("glorp");
    await page.locator("#text").press("End");
    await page.keyboard.type(" cf");
    await expect.poll(answers, { timeout: 60_000 }).toEqual(["sport", "food", "food", "food"]);
    await page.locator("#rho").press("End");
    await page.getByText("Purified at ρ = 100").waitFor();
    await expect.poll(answers, { timeout: 60_000 }).toEqual(["sport", "sport", "food", "food"]);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("says what is wrong with a text beside it, and keeps its answers", async () => {
    const { page } = await visit(site.browser, site.url, "purify.html");
    const answers = await page.locator("#answers").textContent();
    for (const [text, message] of [
      ["", "Type some words"],
      ["glorp cf", "know none of these words"],
      ["owl ".repeat(13), "it has 13"],
      ["owl".repeat(5000), "may have 200 characters"],
    ] as const) {
      await page.locator("#text").fill(text);
      await page.locator("#text-problems").getByText(message).waitFor();
      expect(await page.locator("#answers").textContent()).toBe(answers);
    }
    await page.locator("#text").fill(INITIAL.text);
    expect(await page.locator("#text-problems p").count()).toBe(0);
    await page.close();
  });

  it("trains the shipped encoder again, bit for bit, and another from new weights", async () => {
    const { page } = await visit(site.browser, site.url, "purify.html");
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByText(/^Pre-training/).waitFor();
    await page.locator("#live .tag").waitFor({ state: "detached" });
    await isDone(page);
    const { outcome, reading } = await savedJson<Saved>(page);
    expect({ outcome, reading }).toEqual({ outcome: recorded.outcome, reading: recorded.reading });
    await page.getByRole("button", { name: "New weights" }).click();
    await page.getByText(/^Poisoning/).waitFor();
    await page.locator("#rho").press("ArrowRight"); // looked at when the encoder is there
    await page.getByText("Purified at ρ = 99").waitFor();
    await isDone(page);
    expect(new URL(page.url()).hash).toBe("#rho=0.99&seed=2");
    const other = await savedJson<Saved>(page);
    expect(other.outcome.suspect.asr).toBeGreaterThan(0.9);
    expect(other.outcome.histogram.counts).not.toEqual(outcome.histogram.counts);
    await page.close();
  });

  it("ignores an address that is wrong, and says so", async () => {
    const { page } = await visit(site.browser, site.url, "purify.html#rho=0.2&text=&seed=0");
    expect(await page.locator("#live .problems p").allTextContents()).toEqual([
      "rho in the address must be a number from 0.3 to 1 with at most two decimals, so it is ignored.",
      "text in the address must be a text of 1 to 200 characters, so it is ignored.",
      "seed in the address must be a whole number from 1 to 2147483647, so it is ignored.",
    ]);
    await page.goto("about:blank");
    await page.goto(`${site.url}purify.html#text=glorp`);
    await page.locator("#text-problems").getByText("know none of these words").waitFor();
    expect(await page.locator("#live .tag").count()).toBe(1);
    await page.close();
  });
});
