import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pages } from "../../src/site/document";
import { openSite, type Site, visit, withoutChromium } from "./support/site";

/** Names that pages know and names that none knows, with any text. */
const pair = fc.tuple(
  fc.constantFrom("seed", "task", "p", "rho", "budget", "address", "__proto__", "constructor"),
  fc.string({ maxLength: 60 }),
);
const edited = fc
  .array(pair, { maxLength: 6 })
  .map((pairs) => new URLSearchParams([...pairs, ["noSuchName", "1"]]).toString());
const addresses = fc.sample(edited, { numRuns: pages.length, seed: 5 });

describe.skipIf(withoutChromium)("an edited address in Chromium", () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.close());

  it.each(pages.map(({ id }, i) => [id, addresses[i]!] as const))(
    "%s opens at %s, and says what it ignores",
    async (id, address) => {
      const { page, complaints } = await visit(site.browser, site.url, `${id}.html#${address}`);
      await page
        .getByText("The address has “noSuchName”, which this page does not know.")
        .waitFor();
      expect(complaints).toEqual([]);
      await page.close();
    },
  );
});
