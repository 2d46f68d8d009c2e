import { verify } from "@deepgrain/prm";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { percentText } from "../../src/drawing/numbers";
import { type Chosen, choose, type Way } from "../../src/verifier/choose";
import { heldOut, school, solverOf } from "../../src/verifier/school";
import { type Curve, createSession } from "../../src/verifier/session";
import { collect, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved {
  isRecorded: boolean;
  chosen: Record<Way, Chosen>;
  curve: Curve;
  own: number[];
}

/** The package's own answer to a problem, with a verifier of a seed. */
async function verifiedInNode(seed: number, problem: number, n: number) {
  for await (const event of school(seed, signal))
    if (event.type === "trained") {
      const { scorer } = event;
      return verify(heldOut[problem - 1]!.problem, { completer: solverOf(heldOut), scorer, n });
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

  it("scores the lines of a solution that is taken and spoiled, and says what is wrong with them", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "verifier.html");
    await page.locator(".solution", { hasText: "✓" }).last().press("Enter");
    const field = page.getByRole("textbox", { name: "A solution of your own" });
    const scores = () => page.locator(".own .score").allTextContents();
    const before = await scores();
    const lines = (await field.inputValue()).split("\n");
    expect(before).toHaveLength(lines.length);
    const spoiled = lines.with(1, lines[1]!.replace(/= .*/, "= 999"));
    await field.fill(spoiled.join("\n"));
    await isLive(page);
    await page.locator('.outcome[aria-busy="false"]').waitFor();
    const after = await scores();
    expect(after[0]).toBe(before[0]);
    expect(Number.parseInt(after[1]!, 10)).toBeLessThan(Number.parseInt(before[1]!, 10));
    expect(await page.textContent(".moved")).toBe(
      `Line 2: ${before[1]} → ${after[1]}; the last line: ${before.at(-1)} → ${after.at(-1)}.`,
    );
    const { own } = await savedJson<Saved>(page);
    expect(own.map((score) => `${Math.round(100 * score)}\u00a0%`)).toEqual(after);
    expect(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("solution")).toBe(
      spoiled.join(";").replaceAll(" ", ""),
    );
    await field.fill("1 + two = 3");
    await page.getByText("Line 1 has “two”, which is not a number").waitFor();
    await field.fill(spoiled.join("\n"));
    await page.getByText("Line 1 has").waitFor({ state: "detached" });
    expect(await scores()).toEqual(after);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("solves a problem that is made by menus as Node does, and its link opens it", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "verifier.html");
    await page.getByRole("button", { name: "Make a problem" }).press("Enter");
    const idle = page.locator('.outcome[aria-busy="false"]:not([data-old])');
    await page.getByLabel("Step 2").selectOption("s");
    await page.locator("#by-2").selectOption("12");
    await page.getByRole("button", { name: "Add a step" }).press("Enter");
    await isLive(page);
    await idle.waitFor();
    const made = "20.a10.s12.s4.a5";
    expect(new URL(page.url()).hash).toBe(`#made=${made}`);
    const asked = { seed: 1, problem: 24, made, solution: "" };
    const [found] = await collect(createSession().look(asked, signal));
    const shares = async () => {
      const { chosen } = await savedJson<Saved>(page);
      return [chosen.majority.share, chosen.weighted.share];
    };
    const expected = (["majority", "weighted"] as const).map(
      (way) => choose(found!.exercise.solutions, 20, way).share,
    );
    expect(await shares()).toEqual(expected);
    expect(await page.textContent(".exercise")).toBe(found!.exercise.problem);
    const said = (await page.textContent(".moved"))!;
    for (const share of expected) expect(said).toContain(percentText(share));
    await page.getByLabel("Step 2").selectOption("d");
    await page.locator("#by-2").selectOption("4");
    await page.getByText("Step 2: 30 / 4 is no whole number. The problem before stays.").waitFor();
    const link = page.url();
    await page.goto("about:blank");
    await page.goto(link);
    await isLive(page);
    await idle.waitFor();
    expect(await page.getByLabel("Ann’s marbles").inputValue()).toBe("20");
    await page.getByRole("button", { name: "Back to the other problems" }).press("Enter");
    await idle.waitFor();
    expect(new URL(page.url()).hash).toBe("");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("stops a run within one event, and keeps what it shows", async () => {
    const { page } = await visit(site.browser, site.url, "verifier.html");
    const before = await page.textContent(".exercise");
    await page.getByRole("button", { name: "Other training problems" }).click();
    await page.locator('.outcome[aria-busy="true"]').waitFor();
    await page.evaluate(
      "[...document.querySelectorAll('button')].find((one) => one.textContent === 'Stop').click()",
    );
    await page.locator('.outcome[aria-busy="false"]').waitFor();
    expect(new URL(page.url()).hash).toBe("");
    expect(await page.textContent(".exercise")).toBe(before);
    await page.getByText("Recorded").waitFor();
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
    const { page } = await visit(
      site.browser,
      site.url,
      "verifier.html#n=33&problem=0&made=7&solution=2^3&seed=x",
    );
    expect(await page.locator("#live .problems p").allTextContents()).toEqual([
      "n in the address must be a whole number from 1 to 32, so it is ignored.",
      "problem in the address must be a whole number from 1 to 60, so it is ignored.",
      "made in the address must be a number and changes of it, such as 20.a10.d3, so it is ignored.",
      "solution in the address must be at most 10 calculations of 40 characters such as 12+5=17;17*2=34, so it is ignored.",
      "seed in the address must be a whole number from 1 to 2147483647, so it is ignored.",
    ]);
    await page.close();
  });
});
