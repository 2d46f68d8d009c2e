import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("runs the code of the guide to watermarking text", async () => {
  const [capacity, marking] = await runPage(folder, "docs/watermarking-text.md");
  const [bits, tokensNeeded] = capacity!.flat() as [number, number];
  expect(bits).toBeGreaterThan(0);
  expect(tokensNeeded).toBeGreaterThan(32);
  expect(marking).toEqual([["found", true], ["not-found"]]);
});
