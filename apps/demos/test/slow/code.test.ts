import type { Sandbox } from "@deepgrain/coder/sandbox";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Filled, Hole } from "../../src/code/fill-middle";
import { INITIAL } from "../../src/code/initial";
import type { RecordedCode } from "../../src/code/recorded";
import type { Checked } from "../../src/code/run-program";
import { createSession } from "../../src/code/session";
import { taskOf } from "../../src/code/tasks";
import type { Order, Programs } from "../../src/code/write-programs";
import { readRecorded } from "../../src/site/read-recorded";
import { collect, readShipped, sandboxInNode, signal } from "./support/shipped";
import { openSite, type Site, savedJson, visit, withoutChromium } from "./support/site";

interface Saved {
  isRecorded: boolean;
  programs: Programs;
  checked: Checked;
  isFilledRecorded: boolean;
  filled: Filled;
}

const recorded = readRecorded<RecordedCode>("code");
const { task, policy, n, seed } = INITIAL;
const prompt = "const solve = (list) => ";

describe.skipIf(withoutChromium)("the code page in Chromium", () => {
  let site: Site;
  let sandbox: Sandbox;
  let session: ReturnType<typeof createSession>;
  beforeAll(async () => {
    site = await openSite();
    sandbox = await sandboxInNode();
    session = createSession(readShipped, sandbox);
  });
  afterAll(async () => {
    sandbox?.dispose();
    await site?.close();
  });

  async function programsInNode(part: Partial<Order>): Promise<Programs> {
    const order = { task, policy, n, seed, ...part };
    const events = await collect(session.write(order, signal));
    return events.flatMap((event) => (event.type === "programs" ? [event.programs] : []))[0]!;
  }

  /** Waits for programs that were written and for the tests of the first. */
  const isDone = async (page: Page) => {
    await page.locator("#live .tag").first().waitFor({ state: "attached" });
    await page.locator(".status").first().filter({ hasText: /^$/ }).waitFor({ state: "attached" });
  };
  const verdict = (page: Page) => page.locator("#verdict");

  it.each([
    ["without isolation headers", () => site.url],
    ["with them", () => site.isolatedUrl],
  ])(
    "writes Node's programs with the policy that is chosen by the keyboard, %s",
    async (_, url) => {
      const { page, complaints } = await visit(site.browser, url(), "code.html");
      expect(await page.textContent("#live")).toContain("Recorded at seed 1");
      expect(await page.textContent("#passed")).toContain(`${recorded.programs.passed} of 16`);
      await page.getByRole("radio", { name: "Before GRPO" }).focus();
      await page.keyboard.press("ArrowRight");
      const found = await programsInNode({ policy: "after" });
      await page.locator("#passed").getByText(`${found.passed} of 16`).waitFor();
      await isDone(page);
      const saved = await savedJson<Saved>(page);
      expect(saved.isRecorded).toBe(false);
      expect(saved.programs).toEqual(found);
      const { code } = found.written[0]!;
      expect(await collect(session.check({ task, code }, signal))).toEqual([saved.checked]);
      expect(await page.locator(".programs li").count()).toBe(found.written.length);
      expect(new URL(page.url()).hash).toBe("#policy=after");
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  it("takes another task, number and seed, and writes the same again", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "code.html");
    await page.locator("#task").selectOption("3");
    await page.locator("#n").focus();
    await page.keyboard.press("Home");
    await page.getByRole("button", { name: "Other samples" }).click();
    const found = await programsInNode({ task: 3, n: 1, seed: 2 });
    const programs = async () => (await savedJson<Saved>(page)).programs;
    await expect.poll(programs, { interval: 500, timeout: 60_000 }).toEqual(found);
    await isDone(page);
    expect(new URL(page.url()).hash).toBe("#task=3&n=1&seed=2");
    await page.getByRole("button", { name: "Replay" }).click();
    await isDone(page);
    expect(await programs()).toEqual(found);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("gives an edited program the package's verdict, and stops one that never ends", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "code.html");
    const { tests } = taskOf(task);
    for (const [code, said] of [
      [`${prompt}list.filter((x) => x % 2).map((x) => x + 6).sort((a, b) => b - a);`, "✓ passes"],
      [`${prompt}{ for (;;) {} };`, "✗ budget"],
      [`${prompt}{ for (;;) list.push(new Array(1e5).fill(1)); };`, "✗ budget"],
      [`${prompt}new ArrayBuffer(2 ** 27);`, "✗ memory"],
      [`${prompt}list.map(`, "✗ error"],
      [`print("seen"); ${prompt}[];`, "✗ fails"],
    ] as const) {
      await page.locator("#program").fill(code);
      await verdict(page).getByText(said).waitFor();
      await isDone(page);
      const { checked } = await savedJson<Saved>(page);
      const found = await sandbox.test({ language: "JavaScript", code }, tests);
      const { verdict: given, message, output } = checked;
      expect({ verdict: given, message, output }).toEqual(found);
      expect(checked.code).toBe(code);
    }
    expect(await page.locator(".printed pre").textContent()).toBe("seen\n");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("says what is wrong with a program beside it, and keeps the verdict", async () => {
    const { page } = await visit(site.browser, site.url, "code.html");
    const before = await verdict(page).textContent();
    for (const [code, message] of [
      ["", "A program needs a function solve"],
      ["x".repeat(100_000), "2,000 characters; this one has 100,000"],
    ] as const) {
      await page.locator("#program").fill(code);
      await page.locator("#program-problems").getByText(message).waitFor();
      expect(await verdict(page).textContent()).toBe(before);
    }
    await page.locator(".programs button").last().press("Enter");
    await verdict(page).getByText("✓ passes").waitFor();
    expect(await page.locator("#program-problems p").count()).toBe(0);
    await page.close();
  });

  it("fills in between two cursors what the package fills in in Node", async () => {
    const { page, complaints } = await visit(site.browser, site.url, "code.html");
    const filled = async () => (await savedJson<Saved>(page)).filled;
    const inNode = async (hole: Hole) =>
      (await collect(session.fill(hole, signal))).flatMap((event) =>
        event.type === "filled" ? [event.filled] : [],
      )[0];
    expect(await filled()).toEqual(recorded.filled);
    await page.locator("#hole").focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await page.locator("#fill").press("Enter");
    const from = INITIAL.text.indexOf("\n") + 1;
    const to = INITIAL.text.indexOf("\n", from) + 1;
    const found = await inNode({ text: INITIAL.text, from, to });
    await expect.poll(filled, { interval: 500, timeout: 60_000 }).toEqual(found);
    expect((await savedJson<Saved>(page)).isFilledRecorded).toBe(false);
    expect(await page.locator("#filled mark").textContent()).toBe(found!.middle);
    const own = "import { map } from ";
    await page.locator("#hole").fill(own);
    await page.locator("#fill").click();
    const other = await inNode({ text: own, from: own.length, to: own.length });
    await expect.poll(filled, { interval: 500, timeout: 60_000 }).toEqual(other);
    expect(new URL(page.url()).hash).toContain(`from=${own.length}&to=${own.length}`);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("says what is wrong with a text beside it, and keeps what was filled in", async () => {
    const { page } = await visit(site.browser, site.url, "code.html");
    const before = await page.locator("#filled").textContent();
    for (const [text, message] of [
      [" ", "Write some code first"],
      ["x".repeat(100_000), "1,000 characters; this one has 100,000"],
      ["a<｜fim▁end｜>b", "own mark"],
      ["﷽".repeat(1000), "Shorten the text"],
    ] as const) {
      await page.locator("#hole").fill(text);
      await page.locator("#fill").click();
      await page.locator("#fill-problems").getByText(message).waitFor();
      expect(await page.locator("#filled").textContent()).toBe(before);
    }
    await page.close();
  });

  it("ignores an address that is wrong, and says so", async () => {
    const address = "code.html#policy=between&task=121&n=0&seed=x&text=abc&from=3&to=9";
    const { page } = await visit(site.browser, site.url, address);
    expect(await page.locator("#live .problems p").allTextContents()).toEqual([
      "policy in the address must be one of before, after, so it is ignored.",
      "task in the address must be a whole number from 1 to 120, so it is ignored.",
      "n in the address must be a whole number from 1 to 32, so it is ignored.",
      "seed in the address must be a whole number from 1 to 2147483647, so it is ignored.",
      "The cursors must lie within the text, which has 3 characters, the first before the second.",
    ]);
    expect(await page.textContent("#filled")).toContain(recorded.filled.middle.trim());
    await page.goto("about:blank");
    await page.goto(`${site.url}code.html#policy=after&task=3&text=abc&from=1&to=2`);
    await page.locator("#live:not(:has(.tag))").waitFor();
    const { programs } = await savedJson<Saved>(page);
    expect(programs).toEqual(await programsInNode({ policy: "after", task: 3 }));
    await expect
      .poll(async () => (await savedJson<Saved>(page)).filled, { timeout: 120_000 })
      .toMatchObject({ text: "abc", from: 1, to: 2 });
    await page.close();
  });
});
