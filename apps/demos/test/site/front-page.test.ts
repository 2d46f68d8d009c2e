import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pictureFile, pictureOf, withTable } from "../../src/site/front-page";
import { systems } from "../../src/site/systems";
import { findingsOf } from "../../src/site/verdicts";

const root = new URL("../../../../", import.meta.url);
const pathOf = (name: string) => new URL(name, root).pathname;

/** `npx vitest run test/site/front-page.test.ts -u` writes the table and the pictures anew. */
describe("the repository's front page", () => {
  it("has the table of systems that recorded runs give", async () => {
    const page = readFileSync(pathOf("README.md"), "utf8");
    expect(page).toContain("<!-- /systems -->");
    await expect(withTable(page)).toMatchFileSnapshot(pathOf("README.md"));
  });

  it.each(systems)("shows $name's first claim as it was measured", async (system) => {
    const picture = pictureFile(findingsOf(system.study).claims[0]!);
    await expect(picture).toMatchFileSnapshot(pathOf(pictureOf(system)));
  });
});
