import { verify } from "@deepgrain/prm";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chosen, Way } from "../../src/verifier/choose";
import { heldOut, school, solver } from "../../src/verifier/school";
import { type Curve, createSession } from "../../src/verifier/session";
import { collect, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved {
  isRecorded: boolean;
  chosen: Record<Way, Chosen>;
  curve: Curve;
  changed: { scores: number[] } | null;
}

/** The package's own answer to a problem, with a verifier of a seed. */
async function verifiedInNode(seed: number, problem: number, n: number) {
  for await (const event of school(seed, signal))
    if (event.type === "trained") {
      const { scorer } = event;
      return verify(heldOut[problem - 1]!.problem, { completer: solver, scorer, n });
    }
  throw new Error("no verifier was trained");
}

describe.skipIf(withoutChromium)("the verifier's page in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  const isLive = (page: Page) => page.locator("#live .tag").waitFor({ state: "detached" });

  it("has the package's answer, and follows the number of solutions by the keyboard", async () => {
    const { page, complaints } = await visit(
      site.browser,
      site.url,
      "verifier.html#problem=45&n=32",
    );
    await page.getByText("45 of 60").waitFor();
    await expect
      .poll(async () => (await savedJson<Saved>(page)).isRecorded, { timeout: 120_000 })
      .toBe(false);
    const found = await verifiedInNode(1, 45, 32);
    expect(await page.textContent("#weighted")).toBe(found.answer);
    const { chosen } = await savedJson<Saved>(page);
    expect([chosen.weighted.share]).toBeAllclose([found.share], { rtol: 1e-9 });
    expect(await page.textContent("#majority")).not.toBe(found.answer);
    await page.locator("#n").focus();
    await page.keyboard.press("Home");
    await expect.poll(() => page.locator(".solution").count(), { timeout: 120_000 }).toBe(1);
    expect(new URL(page.url()).hash).toBe("#n=1&problem=45");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("scores a step again when it is changed, and says what is wrong with it", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "verifier.html");
    await page.locator(".solution", { hasText: "✓" }).first().press("Enter");
    const step = page.getByLabel("Step 2", { exact: true });
    const own = await step.inputValue();
    const scores = () => page.locator(".step .score").allTextContents();
    const before = await scores();
    await step.fill(own.replace(/= (-?\d+)/, "= 999"));
    await isLive(page);
    await expect.poll(scores, { timeout: 60_000 }).not.toEqual(before);
    const after = await scores();
    expect(after[0]).toBe(before[0]);
    expect(Number.parseInt(after[1]!, 10)).toBeLessThan(Number.parseInt(before[1]!, 10));
    await step.fill(" ");
    await page.getByText("A step needs some words; its scores stay as they were.").waitFor();
    await step.fill("x".repeat(201));
    await page.getByText("A step may have 200 characters.").waitFor();
    expect(await scores()).toEqual(after);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("makes another verifier from other problems, with Node's curve, and the same once more", async () => {
    const { page } = await visit(site.browser, site.url, "verifier.html");
    await page.getByRole("button", { name: "Other training problems" }).click();
    await isLive(page);
    const events = await collect(createSession().learn({ seed: 2 }, signal));
    const tried = events.flatMap((event) => (event.type === "tried" ? [event.curve] : []));
    const curve = async () => (await savedJson<Saved>(page)).curve;
    await expect.poll(curve, { interval: 1000, timeout: 120_000 }).toEqual(tried[0]);
    expect(new URL(page.url()).hash).toBe("#seed=2");
    await page.getByRole("button", { name: "Replay" }).click();
    await page.getByText(/Labelling/).waitFor();
    await expect.poll(curve, { interval: 1000, timeout: 120_000 }).toEqual(tried[0]);
    await page.close();
  });

  it("says what is wrong with its address", async () => {
    const { page } = await visit(site.browser, site.url, "verifier.html#n=33&problem=0&seed=x");
    expect(await page.locator("#live .problems p").allTextContents()).toEqual([
      "n in the address must be a whole number from 1 to 32, so it is ignored.",
      "problem in the address must be a whole number from 1 to 60, so it is ignored.",
      "seed in the address must be a whole number from 1 to 2147483647, so it is ignored.",
    ]);
    await page.close();
  });
});
