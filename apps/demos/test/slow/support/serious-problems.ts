import axe from "axe-core";
import type { Page } from "playwright";

/** Its rule on targets of at least 24 pixels, which it leaves out unless asked. */
const rules = { "target-size": { enabled: true } };

/** Findings of axe-core that are serious or worse, once nothing on a page fades any more. */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))");
  await page.evaluate(axe.source);
  const found = await page.evaluate<{ impact: string; id: string; nodes: { html: string }[] }[]>(
    `axe.run({ rules: ${JSON.stringify(rules)} }).then(({ violations }) => violations)`,
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}
