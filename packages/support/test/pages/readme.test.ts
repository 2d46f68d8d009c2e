import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

it("runs the example of the page about pages, which escapes what is not markup", async () => {
  const folder = fileURLToPath(new URL("../..", import.meta.url));
  const [[[text]]] = (await runPage(folder, "docs/pages.md")) as [[[string]]];
  expect(text).toContain("<li>1 &lt; 2</li>");
});
