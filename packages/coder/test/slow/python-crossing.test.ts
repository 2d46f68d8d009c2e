import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPythonSandbox, type PythonSandbox } from "../../src/python";
import { buildChild } from "../python/support/build-child";

let sandbox: PythonSandbox;
beforeAll(async () => {
  sandbox = await createPythonSandbox({ child: await buildChild(), limits: { seconds: 10 } });
});
afterAll(() => sandbox?.dispose());

const judge = (code: string, tests: string) => sandbox.test({ language: "Python", code }, tests);
const passes = async (code: string, tests: string) =>
  expect(await judge(code, tests)).toMatchObject({ verdict: "passed", message: "" });

const imports =
  "import datetime as d\nfrom decimal import Decimal\nfrom fractions import Fraction\n";
const plain = `${imports}
zone = d.timezone(d.timedelta(hours=2, microseconds=5))
VALUES = [
    None, True, False, 0, -1, 10**5000, -(2**64), 1.5, -0.0, float("inf"), float("-inf"), float("nan"), 1e-320,
    complex(-0.0, float("nan")), "", "a\\n\\0", "\\ud800", "\\ud83d\\ude00", "\\U0001f600", b"", b"\\x00\\xff",
    [], [1, [2.0]], (), (1, ("a",)), {}, {1: [2], None: {}, (1, "b"): set()}, {1, "a"}, frozenset([frozenset()]),
    Decimal("1.50"), Decimal("-0"), Decimal("sNaN12"), Fraction(-3, 6),
    d.date(2020, 2, 29), d.time(1, 2, 3, 4, fold=1), d.datetime(2020, 1, 2, 3, tzinfo=zone), d.datetime(1, 1, 1),
    d.timedelta(-1, 2, 3), zone, d.timezone.utc,
]

def shape(value):
    if type(value) in (list, tuple, set, frozenset):
        parts = [shape(part) for part in value]
        return (type(value).__name__, sorted(parts) if type(value) in (set, frozenset) else parts)
    if type(value) is dict:
        return [(shape(key), shape(part)) for key, part in value.items()]
    return (type(value).__name__, ascii(value) if type(value) is not int else "%x" % value)

SHAPES = [shape(value) for value in VALUES]
`;

describe("values", () => {
  it("cross from the program to its tests", () =>
    passes(
      `${plain}\ndef values(): return VALUES\n`,
      `${plain}\nassert [shape(value) for value in values()] == SHAPES\n`,
    ));

  it("cross from the tests to the program", () =>
    passes(
      `${plain}\ndef check(values): return [shape(value) for value in values] == SHAPES\n`,
      `${plain}\nassert check(VALUES) is True\nassert all(check([value] * len(VALUES)) is False for value in VALUES)\n`,
    ));

  it("cross as the plain type that they derive from", () =>
    passes(
      `from collections import *\nimport enum\nPoint = namedtuple("Point", "x y")\nclass E(enum.IntEnum):\n    A = 3\n` +
        `class S(str): pass\nlast = OrderedDict(a=1, b=2)\nlast.move_to_end("a")\n` +
        `def values(): return [Counter("aab"), Point(1, 2), E.A, S("s"), last, defaultdict(list, a=[1])]\n`,
      `found = values()\nassert [type(one) for one in found] == [dict, tuple, int, str, dict, dict]\n` +
        `assert found == [{"a": 2, "b": 1}, (1, 2), 3, "s", {"a": 1, "b": 2}, {"a": [1]}]\nassert list(found[4]) == ["b", "a"]\n`,
    ));

  it("share parts as they did, and come back changed in place", () =>
    passes(
      `def work(rows, table, names, same):\n    rows[0].append(9)\n    rows.append(rows[0])\n    table["k"] = rows\n    names.discard("a")\n    return [rows, same is rows, rows[0], [names] * 2]\n` +
        "def fail(rows):\n    rows.clear()\n    raise ValueError\n",
      `inner = [1]\nrows, table, names = [inner], {"j": 0}, {"a", "b"}\nfound = work(rows, table, names, same=rows)\n` +
        `assert inner == [1, 9] and rows == [inner, inner] and rows[1] is inner\nassert list(table) == ["j", "k"] and table["k"] is rows\n` +
        `assert names == {"b"} and found[0] is rows and found[1] is True and found[2] is inner and found[3][0] is names\n` +
        "try:\n    fail(rows)\nexcept ValueError:\n    assert rows == []\nelse:\n    assert False\n",
    ));
});

describe("objects of a program", () => {
  it("stay where they are, and are used from there", () =>
    passes(
      `import re\nclass Stack:\n    kind = "stack"\n    def __init__(self): self.items = []\n    def push(self, x, twice=False):\n        self.items.extend([x, x] if twice else [x])\n        return self\n` +
        `    def __len__(self): return len(self.items)\n    def __getitem__(self, at): return self.items[at]\n    def __setitem__(self, at, x): self.items[at] = x\n    def __delitem__(self, at): del self.items[at]\n` +
        `    def __iter__(self): return iter(self.items)\n    def __str__(self): return "stack"\n    def __enter__(self): return self\n    def __exit__(self, *_): self.items.clear()\n` +
        "def numbers(n):\n    for i in range(n): yield i\ndef match(x): return re.match('a+', x)\nONE = Stack()\n",
      `s = Stack()\nassert s.kind == "stack" and not s and s.push(1) is s and s.push(2, twice=True)\nassert len(s) == 3 and s[1] == 2 and list(s) == [1, 2, 2]\n` +
        `s[0] = 5\ndel s[1]\ns.items.append(7)\nassert s.items == [5, 2] and 5 in s and 1 not in s and max(s) == 5\ns.items = [4]\nassert str(s) == f"{s}" == "stack" and s[0] == 4\n` +
        `with s as t:\n    assert t is s\nassert len(s) == 0 and not hasattr(s, "none") and s is not Stack() and ONE is ONE\n` +
        `assert list(numbers(3)) == [0, 1, 2] and sum(numbers(4)) == 6 and next(numbers(1)) == 0 and [*numbers(0)] == []\n` +
        `assert match("aab").group(0) == "aa" and match("b") is None and match.__name__ == "match"\ntry:\n    s[3]\nexcept IndexError as error:\n    assert "range" in str(error)\nelse:\n    assert False\n`,
    ));

  it.each([
    "one() == 1",
    "1 != one()",
    "one() < 1",
    "one() + 1",
    "1 - one()",
    "abs(one())",
    "int(one())",
    "round(one())",
    "{one()}",
    "{one(): 1}",
    "hash(one())",
    "one() in [1]",
    "sorted([one(), one()])",
    "one().__eq__(1)",
    "[1, 2][one()]",
    "one(one.__class__)",
    "one(object)",
  ])("may not judge themselves: %s", async (use) => {
    const code = "class One:\n    pass\ndef one(*_): return One()\n";
    // What refuses cannot be caught away.
    const tests = `kinds = [BaseException]\ndef use():\n    return ${use.replace("object", "kinds[0]")}\ntry:\n    use()\nexcept kinds[0]:\n    pass\n`;
    expect(await judge(code, tests)).toMatchObject({
      verdict: "failed",
      message: expect.stringMatching(/class One has no __|cannot cross to the program/),
    });
  });
});

describe("exceptions of a program", () => {
  it("cross as the nearest builtin class with their text", () =>
    passes(
      `class Mine(KeyError): pass\nclass Odd(UnicodeDecodeError):\n    def __init__(self): pass\n    def __str__(self): return "odd"\ndef fail(kind): raise [Mine("text"), Odd(), OSError("gone"), StopIteration(), Exception()][kind]\n`,
      `def caught(kind):\n    try:\n        fail(kind)\n    except Exception as error:\n        return type(error), error.args\n` +
        `assert [caught(i) for i in range(5)] == [(KeyError, ("text",)), (UnicodeError, ("odd",)), (OSError, ("gone",)), (StopIteration, ()), (Exception, ())]\n`,
    ));

  it.each(["SystemExit", "KeyboardInterrupt", "GeneratorExit", "BaseException"])(
    "fail where tests may not go on: %s",
    async (kind) => {
      const tests = "try:\n    f()\nexcept BaseException:\n    pass\n";
      expect(await judge(`def f(): raise ${kind}\n`, tests)).toMatchObject({
        verdict: "failed",
        message: kind,
      });
    },
  );
});

describe("names", () => {
  it("that tests define, and Python's own, are theirs; others are read from the program as they are then", () =>
    passes(
      "import math, collections as c\ncount = 0\ndef helper(): return 1\ndef f():\n    global count\n    count += 1\ndef len(x): return 99\ndef callers(): return 3\n",
      `def callers(): return 4\nassert count == 0\nf()\nf()\nassert count == 2 and helper() == 1 and len([1]) == 1 and callers() == 4\nassert math.sqrt(4) == 2.0 and c.Counter("aa")["a"] == 2\n` +
        `try:\n    nothing\nexcept NameError as error:\n    assert "nothing" in str(error)\n`,
    ));

  it("of Python that are the only one that tests call are the program's, as are those of calls", async () => {
    await passes("def sum(a, b): return a + b\n", "assert sum(1, 2) == 3\n");
    const calls = [{ call: "list", arguments: [[1]], equals: [[1], 1] }];
    const program = { language: "Python", code: "def list(x): return (x, 1)\n" };
    expect(await sandbox.test(program, calls)).toMatchObject({ verdict: "passed" });
  });
});

describe("tests", () => {
  it("that need more of a program than can cross are unsupported, whatever the program is", async () => {
    const own = "class Node:\n    pass\nnode = Node()\ndef own(x): return x\n";
    const needing = [
      "class A(Base): pass",
      "class A(metaclass=Meta): pass",
      "@wrap\ndef f(): pass",
      "@wrap(1)\nclass A: pass",
      "isinstance(f(1), Point)",
      "issubclass(Point, tuple)",
      "isinstance(f(1), (int, Point))",
      "try:\n    f(1)\nexcept Broken:\n    pass",
      "try:\n    f(1)\nexcept (ValueError, Broken):\n    pass",
      "match f(1):\n    case Point(x=1): pass",
      "f(lambda x: x)",
      "f(key=lambda x: x)",
      "f([1, lambda x: x])",
      "f(own)",
      "f(Node())",
      "f([node])",
      "f(len)",
      "f(str.lower)",
      "f(range(3))",
      "f(x for x in [1])",
      "import math\nf(math.sqrt)",
      "from collections import deque\nf(deque())",
      "def check(candidate):\n    candidate(lambda x: x)\ncheck(f)",
      "g = f\ng(own)",
      "f(1).each(own)",
      "import numpy",
      "from . import x",
      "f(",
      "def f(:",
      `${"(".repeat(500)}1${")".repeat(500)}`,
      "f('\\0\0')",
    ];
    const programs = ["", "def f(", "while True: pass"];
    const others: string[] = [];
    for (const [i, tests] of needing.entries()) {
      const { verdict } = await judge(programs[i % 3]!, `${own}${tests}\n`);
      if (verdict !== "unsupported") others.push(`${verdict}: ${tests}`);
    }
    expect(others).toEqual([]);
  });

  it("that only look so are run", () =>
    passes(
      "import math\nclass Box:\n    def sort(self, key): return 7\ndef f(*x): return sorted(x)\ndef box(): return Box()\n",
      `import functools, operator\nresult = f(3, 1)\nresult.sort(key=lambda x: -x)\nassert result == [3, 1]\nassert sorted(f(1, 2), key=lambda x: -x) == [2, 1]\n` +
        `assert f(*map(int, ["2", "1"])) == [1, 2] and f(functools.reduce(operator.add, [1, 2])) == [3]\nassert isinstance(f(1), list)\nimport math\nassert f(math.pi) == [math.pi]\n` +
        `for x in range(3):\n    assert f(x) == [x]\n`,
    ));

  it("have a namespace for each program", async () => {
    const tests = "assert 'seen' not in globals()\nseen = f()\nassert seen == 1\n";
    for (const [code, verdict] of [
      ["def f(): return 1\n", "passed"],
      ["def f(): return 2\n", "failed"],
      ["def f(): return 1\n", "passed"],
    ] as const)
      expect((await judge(code, tests)).verdict).toBe(verdict);
  });
});
