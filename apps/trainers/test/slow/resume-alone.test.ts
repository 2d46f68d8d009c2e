/** @file Runs that are interrupted and go on, and calls that are wrong, as processes of their own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeTinyModel } from "@deepgrain/studies/shared/test/tiny-folder";
import { temporaryFolder } from "@deepgrain/vitest/temporary-folder";
import { beforeAll, describe, expect, it } from "vitest";
import { buildForTest } from "../build-for-test";
import { waitForText } from "../support/wait-for-text";

let main: string;
beforeAll(async () => {
  main = await buildForTest();
  return () => rm(dirname(main), { recursive: true, force: true });
});

/** Starts the command line. */
function start(cwd: string, line: string) {
  const child = spawn(process.execPath, [main, ...line.split(" ")], {
    env: { ...process.env, INIT_CWD: cwd },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text) => {
    out += text;
  });
  child.stderr.on("data", (text) => {
    err += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number, out, err }));
  return { child, ended };
}

const run = (cwd: string, line: string) => start(cwd, line).ended;

describe("pretrain", () => {
  it("stopped by Ctrl-C goes on by its folder alone to the weights of an undisturbed run", async () => {
    const cwd = await temporaryFolder();
    await writeTinyModel(join(cwd, "m"));
    const text = Array.from({ length: 400 }, (_, i) => `the number ${i} is not ${i + 1};`);
    await writeFile(join(cwd, "text.txt"), text.join(" "));
    const training =
      "pretrain --data text.txt --model-config m/config.json --vocab-size 300 --steps 20 --batch-size 2 --sequence-length 32";
    const none = await run(cwd, "pretrain --resume --out none");
    expect(none).toMatchObject({ code: 2, out: "" });
    expect(none.err).toContain(`there is no run in ${join(cwd, "none")}`);
    expect(existsSync(join(cwd, "none"))).toBe(false);
    const whole = await run(cwd, `${training} --out whole`);
    expect(whole.code, whole.err).toBe(0);
    const { child, ended } = start(cwd, `${training} --out s`);
    await waitForText(join(cwd, "s", "metrics.jsonl"), '"step":3,');
    child.kill("SIGINT");
    const stopped = await ended;
    expect(stopped).toMatchObject({ code: 130, out: "" });
    expect(stopped.err).toMatch(
      /^Stopped after step \d+ of 20, saved\. Go on with: deepgrain pretrain --out s --resume$/m,
    );
    const resumed = await run(cwd, "pretrain --resume --out s");
    expect(resumed.code, resumed.err).toBe(0);
    const weights = (out: string) => readFile(join(cwd, out, "model.safetensors"));
    expect((await weights("s")).equals(await weights("whole"))).toBe(true);
    const card = await readFile(join(cwd, "s", "README.md"), "utf8"); // as if it were made in one go
    expect(card).toMatch(/^deepgrain pretrain --data text\.txt .*--steps 20 .*--out s$/m);
  });
});

describe("a wrong call", () => {
  it.each([
    ["logits --model none --ids none.json", 2, "--model: there is no"],
    ["pretrain --data broken.jsonl --out o", 1, "line 1: not JSON (it ends too soon)"],
    ["watermark detect --profile kgw.json --text hi", 2, "--key-file is needed"],
    ["fed simulate --clients 4 --clients-per-round 9 --out o", 2, "at most --clients 4, got 9"],
  ])("`%s` ends with %i, says why and leaves nothing", async (line, code, said) => {
    const cwd = await temporaryFolder();
    await writeFile(join(cwd, "broken.jsonl"), '{"text": ');
    await writeFile(join(cwd, "kgw.json"), '{"scheme": "kgw", "vocab_size": 259}');
    const ended = await run(cwd, line);
    expect(ended).toMatchObject({ code, out: "", err: expect.stringContaining(said) });
    expect((await readdir(cwd)).sort()).toEqual(["broken.jsonl", "kgw.json"]);
  });
});
