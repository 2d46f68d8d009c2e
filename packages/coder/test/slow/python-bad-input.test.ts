import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPythonSandbox, type PythonSandbox } from "../../src/python";
import { buildChild } from "../python/support/build-child";

let sandbox: PythonSandbox;
beforeAll(async () => {
  const limits = { seconds: 3, memoryBytes: 2 ** 29 };
  sandbox = await createPythonSandbox({ child: await buildChild(), limits });
});
afterAll(() => sandbox?.dispose());

const judge = (code: string, tests: string) => sandbox.test({ language: "Python", code }, tests);
const equal = "assert f() == 1\n";

describe("programs that answer badly", () => {
  it.each([
    ["never", "def f():\n    while True: pass\n", equal, ["budget"]],
    [
      "twice",
      `import js\ndef f():\n    js.process.stdout.write('{"id":3,"value":0,"changes":[],"nodes":[["int","1"]]}\\n')\n    return 1\n`,
      equal,
      ["failed"],
    ],
    [
      "with a flood of lines",
      "import js\ndef f():\n    while True: js.process.stdout.write('{}\\n' * 10000)\n",
      equal,
      ["failed", "memory", "budget"],
    ],
    [
      "with a flood that is no line",
      "import js\nx = 'x' * 10**6\ndef f():\n    while True: js.process.stdout.write(x)\n",
      equal,
      ["failed", "memory", "budget"],
    ],
    [
      "with a recursive value",
      "def f():\n    a = []\n    a.append({1: a})\n    return a\n",
      equal,
      ["failed"],
    ],
    [
      "with a deep value",
      "def f():\n    a = []\n    for i in range(10000): a = [a]\n    return a\n",
      equal,
      ["failed"],
    ],
    [
      "with a deep value of arguments",
      "def f(a):\n    b = a[0]\n    for x in a[1:]:\n        b.append(x)\n        b = x\n    return a[0]\n",
      "a = [[] for _ in range(10000)]\nassert f(a) == 1\nassert a[0] == a[1]\n",
      ["failed", "budget"],
    ],
    ["with 100 MB of text", "def f(): return 'x' * 10**8\n", equal, ["failed", "memory"]],
    ["with 100 MB of bytes", "def f(): return b'x' * 10**8\n", equal, ["failed", "memory"]],
    ["with a huge number", "def f(): return 1 << 10**8\n", equal, ["failed", "budget"]],
    ["with a huge list", "def f(): return [0] * 10**7\n", equal, ["failed", "memory", "budget"]],
    [
      "with a value that doubles",
      "def f():\n    a = []\n    for i in range(100): a = [a, a]\n    return a\n",
      "assert f() == f()\n",
      ["failed", "budget"],
    ],
    [
      "with keys of one hash",
      "def f(): return {i * (2**61 - 1): 0 for i in range(20000)}\n",
      equal,
      ["failed", "budget"],
    ],
    [
      "with a truth that never ends",
      "class C:\n    def __bool__(self):\n        while True: pass\ndef f(): return C()\n",
      "assert f()\n",
      ["budget"],
    ],
    [
      "with a truth that is none",
      "class C:\n    def __bool__(self): return 2\n    def __len__(self): return -1\n    def __str__(self): return 3\ndef f(): return C()\n",
      "assert f()\n",
      ["failed"],
    ],
    [
      "with an iteration that never ends",
      "import itertools\ndef f(): return itertools.count()\n",
      "for x in f():\n    assert x >= 0\n",
      ["budget"],
    ],
    [
      "with a list that never ends",
      "class C:\n    def __getitem__(self, at): return at\ndef f(): return C()\n",
      "assert -1 in f()\n",
      ["budget", "failed"],
    ],
    [
      "with attributes that never end",
      "class C:\n    def __getattr__(self, name): return self\n    def __call__(self, *_): return self\n    __iter__ = __next__ = __call__\ndef f(): return C()\n",
      "x = f().a.b(1)['c']\nassert x == 1\n",
      ["failed"],
    ],
    [
      "with what it reads",
      "import os\ndef f(): return (os.read(0, 99), input())\n",
      equal,
      ["failed"],
    ],
    ["with deep recursion", "def f(): return f()\n", equal, ["failed"]],
    [
      "with deep recursion in C",
      "class C:\n    def __repr__(self): return repr([self])\ndef f(): return repr(C())\n",
      equal,
      ["failed"],
    ],
    ["with a module", "import math\ndef f(): return math\n", equal, ["failed"]],
    [
      "with memory without end",
      "def f():\n    a = []\n    while True: a.append(bytearray(10**7))\n",
      equal,
      ["memory"],
    ],
    ["with output without end", "def f():\n    while True: print('x' * 1000)\n", equal, ["output"]],
  ] as const)("get a verdict: %s", async (_, code, tests, verdicts) => {
    expect(verdicts).toContain((await judge(code, tests)).verdict);
    expect((await judge("def f(): return 1\n", equal)).verdict).toBe("passed");
  });
});

describe("tests that ask for what is not there", () => {
  const code = "def f(*x): return 1\n";

  it.each([
    ["a name", "assert g() == 1\n", "failed"],
    ["a module", "import numpy\nassert f() == 1\n", "unsupported"],
    ["a module, later", "def work():\n    import numpy\nwork()\n", "failed"],
    ["a generator as an argument", "x = iter([1])\nf(x)\n", "unsupported"],
    ["a value that cannot cross", "kinds = {'a': object}\nf(kinds['a']())\n", "failed"],
    ["a recursive argument", "a = []\na.append(a)\nf(a)\n", "failed"],
    ["an endless loop", "while True: f()\n", "budget"],
    ["memory without end", "a = []\nwhile True: a.append(bytearray(10**7))\n", "memory"],
    ["output without end", "while True: print('x' * 1000)\n", "output"],
    ["its end", "import sys\nf()\nsys.exit(0)\n", "failed"],
    ["the end of its process", "import os\nf()\nos._exit(0)\n", "failed"],
  ] as const)("get a verdict: %s", async (_, tests, verdict) => {
    expect((await judge(code, tests)).verdict).toBe(verdict);
    expect((await judge(code, equal)).verdict).toBe("passed");
  });

  it("cannot hold functions or themselves in calls", async () => {
    const program = { language: "Python", code };
    const endless: unknown[] = [];
    endless.push(endless);
    for (const argument of [() => 1, endless, Symbol("x")])
      expect(
        await sandbox.test(program, [{ call: "f", arguments: [argument], equals: 1 }]),
      ).toMatchObject({ verdict: "unsupported", message: expect.stringMatching(/cannot hold/) });
    await expect(sandbox.test(program, 3 as never)).rejects.toMatchObject({ code: "ERR_ARGUMENT" });
    const calls = [{ call: "f(", arguments: [], equals: 1 }];
    expect((await sandbox.test(program, calls)).verdict).toBe("unsupported");
  });
});
