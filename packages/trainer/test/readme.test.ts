import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runBlock } from "@deepgrain/vitest/readme";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

it("shows code in the README that runs, block after block, and fits the curve", async () => {
  const text = readFileSync(join(folder, "README.md"), "utf8");
  const blocks = [...text.matchAll(/^```[jt]s\n([\s\S]*?)^```$/gm)].map(([, code]) => code!);
  expect(blocks).toHaveLength(3);
  const logged = await runBlock(
    folder,
    "readme-blocks",
    { language: "ts", code: blocks.join("\n") },
    {
      inspect() {
        const names = ["step-000200", "step-000300"];
        expect(readdirSync(join("run", "checkpoints")).sort()).toEqual(names);
        const kept = readdirSync(join("run", "with-teacher", "step-000300"));
        expect(kept).toEqual(expect.arrayContaining(["teacher", "rewards", "model.safetensors"]));
      },
    },
  );
  expect(logged).toHaveLength(300);
  const [step, loss] = logged.at(-1) as [number, number];
  expect(step).toBe(300);
  expect(loss).toBeLessThan(0.05);
});
