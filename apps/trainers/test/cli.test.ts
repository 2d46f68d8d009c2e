import { PassThrough } from "node:stream";
import { canRedraw } from "@deepgrain/command-line/terminal/can-redraw";
import { createProgress } from "@deepgrain/command-line/terminal/progress";
import { describe, expect, it } from "vitest";
import { call } from "./call";

const commands = ["start", "pretrain", "generate", "bench", "convert", "logits"];

describe("the command line", () => {
  it("lists its commands", async () => {
    const { code, out } = await call(["--help"]);
    expect(code).toBe(0);
    for (const name of [...commands, "esft", "renode"])
      expect(out).toMatch(new RegExp(`^  ${name} `, "m"));
    expect((await call([])).out).toBe(out);
  });

  it.each(commands.map((name) => [name]))("explains %s with examples", async (name) => {
    const { code, out, err } = await call([name, "--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain("Examples:");
    expect(out).toContain(`deepgrain ${name}`);
  });

  it.each(["score", "select", "train", "apply", "evaluate"].map((name) => [name]))(
    "explains esft %s with examples",
    async (name) => {
      const { code, out } = await call(["esft", name, "--help"]);
      expect(code).toBe(0);
      expect(out).toContain(`deepgrain esft ${name}`);
    },
  );

  it.each(["score", "weights", "train", "draw"].map((name) => [name]))(
    "explains renode %s with examples",
    async (name) => {
      const { code, out } = await call(["renode", name, "--help"]);
      expect(code).toBe(0);
      expect(out).toContain(`deepgrain renode ${name}`);
    },
  );

  it.each([
    [["nothing"], "unknown command"],
    [["esft", "nothing"], "unknown command 'nothing'"],
    [["--nothing"], "unknown option '--nothing'"],
    [["logits", "--ids", "a.json"], "--model <dir|gguf|hf:owner/name[:type]> is required"],
    [["logits", "--model", "a", "--ids", "b", "--nothing"], "unknown option '--nothing'"],
    [["logits", "--model", "--ids", "b"], "--model needs a value"],
    [["convert", "a", "b", "--out", "c"], "too many arguments"],
    [["convert", "--out", "c"], "missing required argument 'source'"],
    [["convert", "a", "--out", "c", "--dtype", "f8"], "--dtype"],
    [["generate", "--model", "/"], "give either --prompt or --ids"],
    [
      ["generate", "--model", "a", "--prompt", "b", "--max-new-tokens", "0"],
      "--max-new-tokens must be",
    ],
    [["generate", "--model", "a", "--prompt", "b", "--top-p", "2"], "--top-p must be"],
    [["start", "--seed", "x"], "--seed must be a whole number"],
    [["start", "--resume", "--quick"], "--quick cannot be changed"],
    [["start", "--task", "xx"], "--task must be one of"],
    [["start", "--name", "../x"], "--name may have"],
  ])("answers %j with exit code 2 and says why", async (args, message) => {
    const { code, out, err } = await call(args, { cwd: "/nonexistent" });
    expect(out).toBe("");
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  it("answers a missing model with exit code 2", async () => {
    const { code, err } = await call(["logits", "--model", "/nonexistent", "--ids", "x"]);
    expect(code).toBe(2);
    expect(err).toContain("--model: there is no /nonexistent");
  });

  it("gives errors as JSON where it is asked to", async () => {
    const { err } = await call(["logits", "--model", "/nonexistent", "--ids", "x", "--json"]);
    expect(JSON.parse(err)).toMatchObject({ error: { code: "ERR_USAGE" } });
  });
});

describe("createProgress", () => {
  function capture(isTTY: boolean, now: () => number) {
    const stream = Object.assign(new PassThrough(), { isTTY, columns: 60 });
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    return { progress: createProgress(stream, now), text: () => text };
  }

  it("writes a line every ten seconds where there is no terminal", () => {
    let time = 0;
    const { progress, text } = capture(false, () => time);
    const task = progress.task("Work");
    for (; time < 25_000; time += 1000) task.update(time / 25_000, `at ${time}`);
    task.end("all of it");
    expect(text()).toBe(
      "Work 0 % · at 0\nWork 40 % · at 10000\nWork 80 % · at 20000\nWork done · all of it\n",
    );
  });

  it("redraws on a terminal alone, and not where plain text is asked for", () => {
    expect(canRedraw({ isTTY: true }, { TERM: "xterm" })).toBe(true);
    expect(canRedraw({ isTTY: true }, { TERM: "xterm", NO_COLOR: "" })).toBe(true);
    expect(canRedraw({ isTTY: true }, { TERM: "xterm", NO_COLOR: "1" })).toBe(false);
    expect(canRedraw({ isTTY: true }, { TERM: "dumb" })).toBe(false);
    expect(canRedraw({}, { TERM: "xterm" })).toBe(false);
  });

  it("shows control characters as escapes on a terminal, and gives them to a pipe as they are", () => {
    const texts = (isTTY: boolean) => {
      const { progress, text } = capture(isTTY, () => 0);
      const hostile = "\u001b]0;x\u0007";
      progress.title(`title ${hostile}`);
      progress.note(`note ${hostile}`);
      const task = progress.task(hostile);
      task.update(0.5, hostile);
      task.end(hostile);
      progress.finish(hostile);
      return text();
    };
    expect(texts(false).split("\u001b]0;x\u0007")).toHaveLength(8);
    const shown = texts(true);
    expect(shown.split("\\u001b]0;x\\u0007")).toHaveLength(7); // the bar's line is cut
    for (const sign of ["\u001b]", "\u0007"]) expect(shown).not.toContain(sign);
    expect(shown).toContain("\r\u001b[2K"); // our own
  });

  it("redraws one line on a terminal, never wider than it", () => {
    const { progress, text } = capture(true, () => 0);
    progress.task("Work").update(0.5, "x".repeat(100));
    const line = text().replace("\r\u001b[2K", "");
    expect(line).not.toContain("\n");
    expect(Array.from(line).length).toBeLessThan(60);
  });
});
