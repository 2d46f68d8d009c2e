import type {} from "@deepgrain/vitest/describe-chromium"; // declares what is injected
import { type Browser, chromium, type Page } from "playwright";
import { inject } from "vitest";

/** A busy machine must not fail a test. */
export const PATIENCE_MS = 240_000;

export const hasChromium = inject("chromium") !== undefined;

/** Opens a page whose whole text is given; returns what `use` returns. @throws what the page throws */
export async function withPage<T>(html: string, use: (page: Page) => Promise<T>): Promise<T> {
  let browser: Browser | undefined;
  try {
    browser = await chromium.launch({
      executablePath: inject("chromium")!,
      args: inject("softwareWebGl"),
      timeout: PATIENCE_MS,
    });
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const errors: Error[] = [];
    page.on("pageerror", (error) => errors.push(error));
    await page.setContent(html);
    const result = await use(page);
    if (errors[0]) throw errors[0];
    return result;
  } finally {
    await browser?.close();
  }
}
