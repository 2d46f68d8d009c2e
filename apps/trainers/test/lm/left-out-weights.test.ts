import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { expect, it } from "vitest";
import { call } from "../call";

const model = fileURLToPath(
  new URL("../../../../packages/lm/test/fixtures/families/gemma3", import.meta.url),
);

it("names the keys and the weights of a vision tower once, and runs the text model", async () => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "ids.json"), JSON.stringify({ input_ids: [[5, 6, 7]] }));
  const { code, out, err } = await call(["logits", "--model", model, "--ids", "ids.json"], { cwd });
  expect(code, err).toBe(0);
  expect(JSON.parse(out).logits.shape).toEqual([1, 3, 48]);
  expect(err.match(/change nothing here: boi_token_index, .*vision_config\n/g)).toHaveLength(1);
  expect(err.match(/3 weights of other parts are left out: vision_tower\./g)).toHaveLength(1);
});
