import { fileURLToPath } from "node:url";
import { runReadmeExample } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

it("runs the README's example, which escapes what is not markup", async () => {
  const [[text]] = (await runReadmeExample(fileURLToPath(new URL("..", import.meta.url)))) as [
    [string],
  ];
  expect(text).toContain("<li>1 &lt; 2</li>");
});
