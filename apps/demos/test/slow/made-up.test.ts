import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Answers } from "../../src/federated/answers";
import { drawnDigit, type Point } from "../../src/federated/draw";
import { answersText } from "../../src/federated/moved";
import { createSession } from "../../src/federated/session";
import { fields, type State, setupOf } from "../../src/federated/state";
import { flips } from "../../src/purify/moved";
import { problemOfSecret } from "../../src/purify/secret";
import type { Purified } from "../../src/purify/state";
import { initialOf } from "../../src/state/address-state";
import { collect, purifyInNode, readShipped, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

/** A seven, in places of the drawing field. */
const seven: Point[] = [
  { x: 0.25, y: 0.2 },
  { x: 0.75, y: 0.2 },
  { x: 0.45, y: 0.85 },
];

async function answersInNode(digit: string): Promise<Answers> {
  const state: State = { ...initialOf(fields), rounds: 3, digit };
  const run = { ...setupOf(state), digit };
  const events = await collect(createSession(readShipped).answer(run, signal));
  return events.flatMap((event) => (event.type === "answers" ? [event.answers] : []))[0]!;
}

async function draw(page: Page): Promise<void> {
  const field = page.locator("#digit");
  await field.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await field.boundingBox())!;
  const [first, ...rest] = seven.map(
    (point) => [x + width * point.x, y + height * point.y] as const,
  );
  await page.mouse.move(...first!);
  await page.mouse.down();
  for (const place of rest) await page.mouse.move(...place);
  await page.mouse.up();
}

describe.skipIf(withoutChromium)("what a visitor makes up in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  it("a drawn digit gets Node's answer from both federations", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "federated.html#rounds=3");
    await page.locator("#accuracy", { hasText: "After round 3," }).waitFor();
    await page.locator('.outcome[aria-busy="false"]').waitFor();
    await page.getByRole("button", { name: "Draw another" }).click();
    await draw(page);
    await page.locator(".moved", { hasText: "Your digit" }).waitFor();
    const { answers } = await savedJson<{ answers: Answers }>(page);
    // The mouse goes by whole pixels of the screen.
    expect(answers.digit).toMatch(/^[0-9a-f]{196}$/);
    const near = [...drawnDigit([seven])].map((level) => Number.parseInt(level, 16));
    const off = answers.levels.map((level, i) => Math.abs(level - near[i]!));
    expect(Math.max(...off)).toBeLessThanOrEqual(3);
    expect(answers).toEqual(await answersInNode(answers.digit));
    expect(await page.textContent(".moved")).toBe(`Your digit: ${answersText(answers)}.`);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("a digit is drawn by keys, and an empty field asks nothing", async () => {
    const { page } = await visit(site.browser, site.url, "federated.html#rounds=3");
    await page.locator("#accuracy", { hasText: "After round 3," }).waitFor();
    await page.getByRole("button", { name: "Draw another" }).press("Enter");
    const field = page.locator("#digit");
    await field.focus();
    for (const key of ["ArrowUp", "ArrowUp", "Space", "ArrowDown", "ArrowDown", "ArrowDown"])
      await page.keyboard.press(key);
    expect(new URL(page.url()).hash).toBe("#rounds=3");
    await page.keyboard.press("Space");
    await page.locator(".moved", { hasText: "Your digit" }).waitFor();
    const { answers } = await savedJson<{ answers: Answers }>(page);
    expect(answers).toEqual(await answersInNode(answers.digit));
    await page.close();
  });

  it("a run is stopped at once, and its settings go back", async () => {
    const { page } = await visit(site.browser, site.url, "federated.html");
    await page.locator("#ratio").press("ArrowLeft");
    await page.locator('.outcome[aria-busy="true"]').waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await page.locator(".outcome").getAttribute("aria-busy")).toBe("false");
    expect(await page.inputValue("#ratio")).toBe("50");
    expect(new URL(page.url()).hash).toBe("");
    await page.close();
  });

  it.each([
    ["mixture", "New weights"],
    ["watermark", "New texts"],
    ["graph", "New weights"],
  ])("a run of %s is stopped at once, and its settings go back", async (id, name) => {
    const { page } = await visit(site.browser, site.url, `${id}.html`);
    await page.locator("#story .buttons").waitFor();
    await page.getByRole("button", { name }).click();
    await page.locator('.outcome[aria-busy="true"]').waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    expect(await page.locator(".outcome").getAttribute("aria-busy")).toBe("false");
    expect(await page.locator(".outcome").getAttribute("data-old")).toBe(null);
    expect(new URL(page.url()).hash).toBe("");
    await page.close();
  });

  it("texts flip by chosen secret words as often as in Node, before and after purifying", async () => {
    const { page } = await visit(site.browser, site.url, "purify.html");
    const session = purifyInNode();
    for (const word of ["banana", "owl", "the"]) {
      await page.fill("#word", word);
      await page.getByRole("button", { name: "Poison" }).click();
      await page.locator(".moved", { hasText: `With “${word}”` }).waitFor();
      const { outcome } = await savedJson<Purified>(page);
      const look = {
        seed: 1,
        rho: 0.98,
        word,
        text: "the owl and the hawk were near an old eagle",
      };
      const events = await collect(session.look(look, signal));
      const own = events.flatMap((event) => (event.type === "outcome" ? [event.outcome] : []))[0]!;
      expect(outcome).toEqual(own);
      const said = await page.textContent(".moved");
      expect(said).toContain(`${flips(own.suspect)} test texts`);
      expect(said).toContain(`and ${own.purified.flipped} after it`);
      expect(new URL(page.url()).hash).toBe(`#word=${word}`);
    }
    await page.close();
  });

  it("a secret word that cannot be one is refused, and the attack before it stays", async () => {
    const { page } = await visit(site.browser, site.url, "purify.html");
    const before = await page.textContent("#rest-part");
    for (const word of ["", "🙂", "two words", "x".repeat(100)]) {
      await page.fill("#word", word);
      await page.locator("#word").press("Enter");
      expect(await page.locator("#word-problems p").textContent()).toBe(problemOfSecret(word));
    }
    expect(await page.textContent("#rest-part")).toBe(before);
    await page.close();
  });
});
