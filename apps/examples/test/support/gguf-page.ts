import { cpSync, rmSync, writeFileSync } from "node:fs";
import type { Page } from "playwright";
import { expect } from "vitest";
import { answerOf } from "./gguf-model";

const PATIENCE = { timeout: 240_000 };

const statusOf = (page: Page) => page.textContent("output");

/** Asks in the page. @returns the last answer, once it is complete */
async function ask(page: Page, question: string): Promise<string> {
  const answers = page.locator("li.assistant");
  const before = await answers.count();
  await page.fill("input[name=question]", question);
  await page.click("button[type=submit]");
  await expect.poll(() => answers.count(), PATIENCE).toBe(before + 1);
  await expect.poll(() => statusOf(page), PATIENCE).toBe("Ready");
  return (await answers.last().textContent())!;
}

async function open(page: Page, file: string): Promise<void> {
  await page.setInputFiles("input[type=file]", file);
  await expect.poll(() => statusOf(page), PATIENCE).toBe("Ready");
}

/** Opens a GGUF file in the page of `gguf-chat` and talks to it: the answers are Node's. */
export async function checkGgufPage(page: Page, file: string): Promise<void> {
  expect(await page.isDisabled("button[type=submit]")).toBe(true);
  await open(page, file);
  const question = { role: "user", content: "Name a river in Europe." };
  const answer = await ask(page, question.content);
  expect(answer.length).toBeGreaterThan(0);
  expect(answer).toBe(await answerOf(file, [question]));
}

/** After {@link checkGgufPage}: a stop leaves what was written; what fails is said, and can be tried again. */
export async function checkGgufPageFailures(page: Page, file: string): Promise<void> {
  const copies = [1, 2].map((i) => `${file}.${i}.gguf`);
  for (const copy of copies) cpSync(file, copy);
  await open(page, copies[0]!); // a new conversation each
  const whole = await ask(page, "a");
  await open(page, copies[1]!);
  expect(await page.locator("li").count()).toBe(0);
  await page.fill("input[name=question]", "a");
  await page.evaluate(`document.querySelector("button[type=submit]").click();
    document.querySelector("button[type=button]").click()`);
  await expect.poll(() => statusOf(page), PATIENCE).toBe("Ready");
  const stopped = (await page.textContent("li.assistant"))!;
  expect(stopped.length).toBeLessThan(whole.length);
  expect(whole.startsWith(stopped)).toBe(true);

  const long = "a river ".repeat(512); // more than the tiny model's context;
  await page.fill("input[name=question]", long);
  await page.click("button[type=submit]");
  await expect.poll(() => page.inputValue("input[name=question]"), PATIENCE).toBe(long);
  expect(await statusOf(page)).toMatch(/context|positions|tokens/);
  expect(await page.locator("li").count()).toBe(2);
  expect((await ask(page, "a")).length).toBeGreaterThan(0);

  const broken = `${file}.broken.gguf`;
  writeFileSync(broken, "no model");
  await page.setInputFiles("input[type=file]", broken);
  await expect.poll(() => statusOf(page), PATIENCE).toMatch(/GGUF/);
  expect(await page.isDisabled("button[type=submit]")).toBe(true);
  for (const each of [...copies, broken]) rmSync(each);
}
