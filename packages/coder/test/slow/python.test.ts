import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { shared, sharedIsMissing } from "@deepgrain/vitest/shared";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { evaluateTasks, readTasks, type Task } from "../../src";
import { createPythonSandbox, type PythonSandbox } from "../../src/python";
import { buildChild } from "../python/support/build-child";

let sandbox: PythonSandbox;
beforeAll(async () => {
  sandbox = await createPythonSandbox({ child: await buildChild() });
});
afterAll(() => sandbox?.dispose());

const python = (code: string) => ({ language: "Python", code });
const adds = [{ call: "add", arguments: [1, 2], equals: 3 }];
const isAlive = () => sandbox.test(python("def add(a, b):\n    return a + b\n"), adds);

describe("a sandbox for Python", () => {
  it("tells right programs from wrong ones", async () => {
    expect(await isAlive()).toMatchObject({ verdict: "passed", message: "" });
    expect(await sandbox.test(python("def add(a, b):\n    return a - b\n"), adds)).toMatchObject({
      verdict: "failed",
      message: "AssertionError: add is wrong",
    });
    expect(await sandbox.test(python("def add(a, b) return"), adds)).toMatchObject({
      verdict: "error",
    });
    expect(await sandbox.run(python("print('one', 2)"))).toMatchObject({
      verdict: "passed",
      output: "one 2\n",
    });
    expect(await sandbox.run({ language: "Go", code: "" })).toMatchObject({
      verdict: "unsupported",
    });
  });

  it("gives every program an interpreter of its own, and every task its tests", async () => {
    const changing = "import builtins\nbuiltins.len = lambda x: 0\ndef add(a, b):\n    return 3\n";
    expect(await sandbox.test(python(changing), adds)).toMatchObject({ verdict: "passed" });
    const counting = "def count(x):\n    return len(x)\ndef add(a, b):\n    return len([a, b])\n";
    expect(await sandbox.test(python(counting), adds)).toMatchObject({ verdict: "failed" });
    const counts = [{ call: "count", arguments: [[1, 2]], equals: 2 }];
    expect(await sandbox.test(python(counting), counts)).toMatchObject({ verdict: "passed" });
  });

  it("gives what the program printed, then what its tests did", async () => {
    const code = "print('loaded')\ndef f():\n    print('called')\n";
    expect(await sandbox.test(python(code), "print('tests')\nf()\n")).toEqual({
      verdict: "passed",
      message: "",
      output: "loaded\ncalled\ntests\n",
    });
  });

  it("takes limits of a call that are wider than its own", async () => {
    const printing = "print('\\x01' * 2**20)\n";
    const { verdict, output } = await sandbox.run(python(printing), {
      seconds: 300,
      outputLength: 2 ** 21,
    });
    expect([verdict, output.length]).toEqual(["passed", 2 ** 20 + 1]);
  });
});

describe("hostile programs of Python", () => {
  it.each([
    ["an endless loop", "while True: pass", ["budget"]],
    [
      "a loop that swallows interrupts",
      "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
      ["budget"],
    ],
    ["memory without end", "a = []\nwhile True: a.append(bytearray(10**7))", ["memory", "error"]],
    ["a flood of output", "while True: print('x' * 1000)", ["output"]],
    ["sys.exit", "import sys\ndef add(a, b): sys.exit(0)", ["failed"]],
    ["os._exit", "import os\nos._exit(0)", ["failed"]],
    ["the process of the host", "import js\njs.process.exit(0)", ["failed"]],
    ["code by run_js", "from pyodide.code import run_js\nrun_js('1 + 1')", ["error"]],
    [
      "code by ctypes",
      "import ctypes\nctypes.CDLL(None).emscripten_run_script_string(b'process.exit(0)')\n",
      ["error", "failed"],
    ],
    ["a signal to the parent", "import js\njs.process.kill(js.process.ppid, 'SIGTERM')", ["error"]],
    [
      "a signal by os.kill",
      "import os\nos.kill(os.getppid(), 15)\nraise SystemError('it was sent')",
      ["error", "failed"],
    ],
    [
      "a file of the host",
      "import js\njs.process.mainModule.require('fs').readFileSync('/etc/passwd')",
      ["error"],
    ],
    ["a module of Node", "import js\njs.process.getBuiltinModule('node:fs')", ["error"]],
    ["a binding of Node", "import js\njs.process.binding('fs')", ["error"]],
    ["deep recursion", "def add(a, b): return add(a, b)", ["failed", "error", "killed"]],
    [
      "another exec",
      "import builtins\nbuiltins.exec = lambda *a: None\nbuiltins.AssertionError = None\ndef add(a, b): return 0",
      ["failed"],
    ],
  ] as const)("do not pass: %s", async (_, code, verdicts) => {
    const { verdict } = await sandbox.test(python(code), adds, {
      seconds: 5,
      memoryBytes: 2 ** 29,
    });
    expect(verdicts).toContain(verdict);
  });

  it("leave a sandbox that still tells what is right", async () => {
    expect(await isAlive()).toMatchObject({ verdict: "passed" });
  });

  it("make no connection", async () => {
    let connections = 0;
    const server = createServer().on("connection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const programs = [
      `import js\njs.fetch('http://127.0.0.1:${port}')`,
      `import js\njs.XMLHttpRequest.new()`,
      `import urllib.request\nurllib.request.urlopen('http://127.0.0.1:${port}', timeout=2)`,
      `import socket\ns = socket.socket()\ns.settimeout(2)\ns.connect(('127.0.0.1', ${port}))`,
      `import js\njs.WebSocket.new('ws://127.0.0.1:${port}')`,
    ];
    for (const code of programs) {
      const { verdict } = await sandbox.run(python(code), { seconds: 10, killMs: 20_000 });
      expect(verdict).not.toBe("passed");
    }
    server.close();
    expect(connections).toBe(0);
  });
});

describe.skipIf(sharedIsMissing)("references of published tasks", () => {
  async function failing(tasks: readonly Task[]): Promise<string[]> {
    const complete = async (_: string, { task }: { task: Task }) => [task.reference!];
    const failed: string[] = [];
    for await (const event of evaluateTasks(tasks, complete, sandbox))
      if (event.type === "sample-end" && !event.row.passed)
        failed.push(`${event.row.task_id}: ${event.row.result}`);
    return failed;
  }
  const unzipped = (file: string) => gunzipSync(readFileSync(shared(file))).toString("utf8");

  it("pass a sample of each file", async () => {
    // Those whose tests use names of Python in their own way, and some others.
    const special = ["HumanEval/32", "HumanEval/44", "Mbpp/126", "Mbpp/596"];
    const every = (tasks: Task[], step: number) =>
      tasks.filter(({ id }, i) => i % step === 0 || special.includes(id));
    const files = [
      ...every(readTasks(unzipped("data/code/HumanEval.jsonl.gz")), 60),
      ...every(readTasks(unzipped("data/code/HumanEval-SingleLineInfilling.jsonl.gz")), 400),
      ...every(readTasks(unzipped("data/code/HumanEval-RandomSpanInfillingLight.jsonl.gz")), 80),
      ...every(readTasks(readFileSync(shared("data/code/sanitized-mbpp.json"), "utf8")), 150),
    ];
    expect(files.length).toBeGreaterThan(13);
    expect(await failing(files)).toEqual([]);
  });
});
