import { fileURLToPath } from "node:url";
import { runPage } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("shows code on the repository's front page that runs and prints what the comments say", async () => {
  const [lines] = await runPage(folder, "../../README.md");
  expect(lines?.filter(([first]) => typeof first === "number")).toHaveLength(80);
  const letters = lines!.map(([first]) => first).filter((first) => typeof first === "string");
  expect(letters.join("")).toBe("brown fox");
});
