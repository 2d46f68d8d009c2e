import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("runs the code of the guide to choosing experts: more of them for a larger p", async () => {
  const [rows] = (await runPage(folder, "docs/choosing-experts.md")) as [
    number,
    number,
    number,
  ][][];
  expect(rows?.map(([topP]) => topP)).toEqual([0.1, 0.2, 0.3]);
  const bytes = rows!.map(([, , stored]) => stored);
  expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
  expect(bytes[0]).toBeGreaterThan(0);
});
