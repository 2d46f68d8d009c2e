import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { call } from "../call";
import { tinyMixture } from "./tiny-mixture-config";

/** Trains a tiny mixture for five steps, measured at steps 2, 4 and 5. @returns what was written to standard error */
export async function tinyTraining(cwd: string, out: string): Promise<string> {
  await writeFile(
    join(cwd, "text.txt"),
    `${"one two three four ".repeat(20)}<|endoftext|>`.repeat(20),
  );
  await writeFile(join(cwd, "config.json"), JSON.stringify(tinyMixture));
  const shape =
    "--steps 5 --evaluate-every 2 --batch-size 2 --sequence-length 16 --vocab-size 270".split(" ");
  const from = ["--data", "text.txt", "--model-config", "config.json", "--out", out];
  const { code, err } = await call(["pretrain", ...from, ...shape], { cwd });
  if (code !== 0) throw new Error(err);
  return err;
}
