import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Command, defineCommand, defineGroup } from "../../src/commands/define-command";
import { exitCodes } from "../../src/commands/exit-codes";
import { runCli } from "../../src/commands/run-cli";
import * as flags from "../../src/flags/flags";
import { createProgress } from "../../src/terminal/progress";

const write = defineCommand({
  description: "Writes tokens.",
  examples: ["write --model DIR --max-new-tokens 5"],
  flags: {
    model: flags.folder({
      required: true,
      isMade: true,
      official: "base_model_path",
      help: "Model folder",
    }),
    maxNewTokens: flags.whole({ min: 1, default: 128, help: "Maximum number of new tokens" }),
    topP: flags.real({ max: 1, help: "Share of the distribution to sample from" }),
    scheme: flags.choice(["kgw", "exp"], { default: "kgw", help: "Watermark scheme" }),
    tasks: flags.names(["Law", "Intent"], { help: "Tasks" }),
    greedy: flags.flag({ help: "Take the most likely token" }),
    capacityCheck: flags.toggle({
      default: true,
      help: "Refuse long payloads",
      negated: "Embed anyway",
    }),
    byLayer: flags.toggle({ help: "One layer at a time", negated: "All layers at once" }),
    lengths: flags.numbers({ min: 1, whole: true, default: [1, 2], help: "Lengths" }),
    worldSize: flags.idle({ because: "one process does all the work" }),
    runs: flags.folder({ default: "runs", isMade: true, help: "Folder of runs" }),
    json: flags.flag({ help: "Print JSON" }),
    prompt: flags.argument(flags.text({ help: "Text to continue" })),
  },
  async run(values, { write: print, progress }) {
    progress.note("under way");
    const typed: number = values.maxNewTokens;
    const absent: number | undefined = values.topP;
    print(JSON.stringify({ ...values, typed, absent }));
  },
});

const failing = defineCommand({
  description: "Fails.",
  examples: [],
  flags: {},
  run: () => Promise.reject(new Error("out of luck")),
});

const entry = (command: Command) => ({ summary: command.description, load: async () => command });
let loads = 0;
const root = defineGroup("A program for tests.", {
  write: entry(write),
  failing: entry(failing),
  group: {
    summary: "more commands",
    load: async () => defineGroup("More commands.", { write: entry(write) }),
  },
  rare: {
    summary: "seldom used",
    async load() {
      loads++;
      return failing;
    },
  },
});

async function call(line: string | readonly string[], columns?: number) {
  let [out, err, notes] = ["", "", ""];
  const stderr = new PassThrough();
  stderr.on("data", (chunk: Buffer) => {
    notes += chunk.toString();
  });
  const code = await runCli(root, typeof line === "string" ? line.split(" ") : line, {
    version: "1.2.3",
    resolve: (path) => `/from/${path}`,
    readInput: async () => new Uint8Array(),
    write(text) {
      out += text;
    },
    writeError(text) {
      err += text;
    },
    progress: createProgress(stderr),
    signal: new AbortController().signal,
    columns,
  });
  return { code, out, err, notes };
}

const values = async (line: string) => JSON.parse((await call(line)).out);

describe("flags", () => {
  it("reads every kind of value and fills in the defaults", async () => {
    expect(await values("write --model m --top-p .5 --tasks intent,LAW --greedy hello")).toEqual({
      model: "/from/m",
      maxNewTokens: 128,
      typed: 128,
      topP: 0.5,
      absent: 0.5,
      scheme: "kgw",
      tasks: ["Law", "Intent"],
      greedy: true,
      capacityCheck: true,
      lengths: [1, 2],
      runs: "/from/runs",
      json: false,
      prompt: "hello",
    });
  });

  it("accepts underscores, official names and = alike", async () => {
    const lines = [
      "write --model m --max-new-tokens 7",
      "write --model=m --max_new_tokens=7",
      "write --base_model_path m --max_new_tokens 7",
      "write --base-model-path=m --max-new-tokens=7 --world_size 8",
    ];
    for (const line of lines)
      expect(await values(line), line).toMatchObject({ model: "/from/m", maxNewTokens: 7 });
  });

  it("takes the short forms of --model and --max-new-tokens, with the value apart or attached", async () => {
    for (const line of ["write -m m -n 7", "write -mm -n7"])
      expect(await values(line), line).toMatchObject({ model: "/from/m", maxNewTokens: 7 });
    expect((await call("write --model -n")).err).toContain("--model needs a value");
  });

  it("notes nothing with --quiet, but reports errors", async () => {
    expect((await call("write -m m")).notes).toContain("under way");
    const { code, out, notes } = await call("write -m m --quiet");
    expect({ code, notes }).toEqual({ code: 0, notes: "" });
    expect(JSON.parse(out)).not.toHaveProperty("quiet");
    expect((await call("failing --quiet")).err).toContain("out of luck");
  });

  it("keeps underscores in values", async () => {
    expect(await values("write --model --x_y=1")).toMatchObject({ model: "/from/--x_y=1" });
    expect(await values("write --model a_b")).toMatchObject({ model: "/from/a_b" });
  });

  it("turns a switch on and off, and tells both from neither", async () => {
    expect(await values("write --model m --no-capacity-check --by-layer")).toMatchObject({
      capacityCheck: false,
      byLayer: true,
    });
    expect(await values("write --model m --no-by-layer")).toMatchObject({ byLayer: false });
    expect(await values("write --model m")).not.toHaveProperty("byLayer");
  });

  it.each([
    ["write", "--model <dir> is required"],
    ["write --model", "option '-m, --model <dir>' argument missing"],
    ["write --model --greedy", "--model needs a value"],
    ["write --model a --base_model_path b", "give either --model or --base-model-path"],
    ["write --model m --max-new-tokens 0", "--max-new-tokens must be a whole number of at least 1"],
    ["write --model m --max-new-tokens 1.5", 'must be a whole number of at least 1, got "1.5"'],
    ["write --model m --top-p 2", '--top-p must be a finite number from 0 to 1, got "2"'],
    ["write --model m --top-p -1", '--top-p must be a finite number from 0 to 1, got "-1"'],
    ["write --model m --lengths 3,0", '--lengths must be a whole number of at least 1, got "0"'],
    ["write --model m --scheme exq", '--scheme must be one of kgw, exp, got "exq"'],
    ["write --model m --tasks law,poems", '--tasks may name Law, Intent, got "poems"'],
    ["write --model m --max-new-token 5", "unknown option '--max-new-token' (Did you mean"],
    ["write --model m a b", "too many arguments"],
    ["wriet", "unknown command 'wriet' (Did you mean write?)"],
  ])("refuses %s", async (line, message) => {
    const { code, out, err } = await call(line);
    expect({ code, out }).toEqual({ code: exitCodes.usage, out: "" });
    expect(err).toContain(message);
  });

  it("accepts exactly the whole numbers of a range", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.integer(), fc.double(), fc.string()), async (given) => {
        const { code, out } = await call(["write", `--max-new-tokens=${given}`, "--model", "m"]);
        const number = String(given).trim() === "" ? Number.NaN : Number(given);
        const isValid = Number.isInteger(number) && number >= 1 && number <= 2 ** 53 - 1;
        expect(code).toBe(isValid ? exitCodes.success : exitCodes.usage);
        if (isValid) expect(JSON.parse(out).maxNewTokens).toBe(number);
      }),
    );
  });
});

describe("errors", () => {
  it("name the command and say where help is", async () => {
    const { err } = await call("group write");
    expect(err).toBe(
      "deepgrain group write: --model <dir> is required\nTry `deepgrain group write --help`.\n",
    );
    expect(await call("failing")).toMatchObject({
      code: exitCodes.failure,
      out: "",
      err: "deepgrain failing: out of luck\n",
    });
  });

  it("are JSON with --json", async () => {
    const { err } = await call("write --json");
    expect(JSON.parse(err).error).toEqual({
      code: "ERR_USAGE",
      message: "--model <dir> is required",
    });
  });
});

describe("help", () => {
  it("fits the width of the terminal", async () => {
    for (const columns of [60, 100])
      for (const line of ["--help", "write --help"]) {
        const { code, out } = await call(line, columns);
        expect(code).toBe(exitCodes.success);
        const widest = Math.max(...out.split("\n").map((row) => row.length));
        expect(widest, `${line} at ${columns}`).toBeLessThanOrEqual(columns);
      }
  });

  it("has no colour and lists official names under their own heading", async () => {
    const { out } = await call("help write");
    expect(out).not.toContain("\u001b");
    const [own, official] = out.split("Flags of the official scripts:");
    expect(own).toContain("--max-new-tokens <n>");
    expect(own).toContain("(default: 128)");
    expect(official).toContain("--base-model-path <dir>");
    expect(official).toContain("no effect: one process does all the work");
    expect((await call("write --help")).out).toBe(out);
  });

  it("is what a group alone prints, without loading the commands of the list", async () => {
    expect((await call("group")).out).toBe((await call("group --help")).out);
    expect((await call([])).out).toContain("seldom used");
    expect(loads).toBe(0);
  });

  it("knows the version", async () => {
    expect(await call("--version")).toMatchObject({
      code: exitCodes.success,
      out: "1.2.3\n",
      err: "",
    });
  });
});
