/** @file Wrong programs of Python that try to pass all the same. */

export interface CheatingProgram {
  readonly name: string;
  readonly code: string;
  /** By default `sums`. */
  readonly tests?: string;
}

/** Tests of `add`, of which nothing but a right sum passes. */
export const sums = `
def check(candidate):
    assert candidate(1, 2) == 3
    assert 9 == candidate(4, 5), "wrong"
    assert candidate(-1, 1) in (0, 0.0)
    assert candidate(2, 2) is not None

check(add)
`;

/** Tests of `add` by a distance. */
export const near = "assert abs(add(1, 2) - 3) < 1e-6\nassert abs(add(4, 5) - 9) < 1e-6\n";

const lists = "assert turned([3, 1, 2]) == [2, 1, 3]\nassert sorted(turned([1, 2])) == [1, 2]\n";

const wrong = "def add(a, b):\n    return 0\n";

/** A function that returns an object of a class with these members. */
const returns = (members: string, base = "") =>
  `class Liar${base}:\n${members.replaceAll(/^/gm, "    ")}\n\ndef add(a, b):\n    return Liar()\n`;

const everything = `
def yes(*_, **__):
    return True
for name in "eq ne lt le gt ge contains bool".split():
    locals()["__%s__" % name] = yes
__hash__ = lambda self: hash(3)`;

const objects: readonly CheatingProgram[] = [
  { name: "__eq__ of a returned object", code: returns("def __eq__(self, other): return True") },
  { name: "every comparison of a returned object", code: returns(everything) },
  {
    name: "a difference that is 0",
    code: returns(
      "def __sub__(self, other): return 0\ndef __rsub__(self, other): return 0\ndef __abs__(self): return 0",
    ),
    tests: near,
  },
  {
    name: "a difference by conversion",
    code: returns("def __float__(self): return 3.0\ndef __index__(self): return 3"),
    tests: "import math\nassert math.isclose(add(1, 2), 3)",
  },
  {
    name: "__contains__ of a returned object",
    code: returns(
      "def __contains__(self, other): return True\ndef __iter__(self): return iter([])",
    ),
    tests: "assert 3 in add(1, 2)",
  },
  {
    name: "a hash and an equality in a set",
    code: returns(everything),
    tests: "assert {add(1, 2)} == {3}\nassert add(1, 2) in {3: 1}",
  },
  {
    name: "an int that lies",
    code: returns(
      `${everything}\ndef __new__(cls, *_): return int.__new__(cls, 0)\ndef __int__(self): return 3\ndef __index__(self): return 3\ndef __sub__(self, other): return 0\ndef __format__(self, how): return "3"`,
      "(int)",
    ),
  },
  {
    name: "a float that lies",
    code: returns(
      `${everything}\ndef hex(self): return "0x1.8p+1"\ndef __sub__(self, other): return 0.0`,
      "(float)",
    ),
    tests: near,
  },
  {
    name: "a list that lies",
    code: `class Liar(list):\n    def __eq__(self, other): return True\n    def __iter__(self): return iter([2, 1, 3])\n    def __len__(self): return 3\n    def __getitem__(self, at): return [2, 1, 3][at]\ndef turned(x): return Liar([9])`,
    tests: lists,
  },
  {
    name: "a dict that lies",
    code: `class Liar(dict):\n    def __eq__(self, other): return True\n    def items(self): return [("a", 1)]\ndef count(x): return Liar()`,
    tests: 'assert count("a") == {"a": 1}',
  },
  {
    name: "a str that lies",
    code: `class Liar(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\n    def __str__(self): return "b"\n    def encode(self, *_): return b"b"\ndef upper(x): return Liar("a")`,
    tests: 'assert upper("b") == "B"\nassert upper("c") != "a"',
  },
  {
    name: "__class__ that says int",
    code: returns("__class__ = int\ndef __eq__(self, other): return True"),
    tests: "assert isinstance(add(1, 2), int)\nassert add(1, 2) == 3",
  },
  {
    name: "a metaclass",
    code: `class Meta(type):\n    def __instancecheck__(cls, one): return True\n    def __eq__(cls, other): return True\n    def __hash__(cls): return hash(int)\n    __name__ = "int"\n    def mro(cls): return [cls, object]\nclass Liar(metaclass=Meta):\n    def __eq__(self, other): return True\ndef add(a, b): return Liar()`,
  },
  {
    name: "__reduce__ and __getattribute__",
    code: returns(
      'def __reduce__(self): return (int, (3,))\ndef __reduce_ex__(self, how): return (int, (3,))\ndef __getattribute__(self, name): return lambda *_: True if name != "__class__" else int',
    ),
  },
  {
    name: "__eq__ by hand",
    code: returns("def __eq__(self, other): return True"),
    tests: "assert add(1, 2).__eq__(3)",
  },
  {
    name: "a class in place of a function",
    code: "class add:\n    def __init__(self, *_): pass\n    def __eq__(self, other): return True\n    def __bool__(self): return True\n",
  },
];

const inside: readonly CheatingProgram[] = [
  {
    name: "frames and f_locals",
    code: `import sys\nf = sys._getframe()\nwhile f:\n    for name in list(f.f_locals):\n        if name in ("tests", "code", "line", "request", "job"):\n            f.f_locals[name] = ""\n    f = f.f_back\n${wrong}`,
  },
  {
    name: "frames from within a call",
    code: `import sys\ndef add(a, b):\n    f = sys._getframe()\n    while f:\n        for name in list(f.f_globals):\n            if name in ("plain", "judge", "Tests", "sample"):\n                f.f_globals[name] = lambda *_: '{"verdict": "passed", "message": ""}'\n        f = f.f_back\n    return 0\n`,
  },
  {
    name: "__code__ of all functions that gc finds",
    code: `import gc, types\ndef passed(*_, **__):\n    return ["passed", ""]\nfor one in gc.get_objects():\n    if isinstance(one, types.FunctionType) and one.__code__.co_name in ("run", "look", "judge", "change"):\n        one.__code__ = passed.__code__\n${wrong}`,
  },
  {
    name: "texts in all dicts that gc finds",
    code: `import gc\nfor one in gc.get_objects():\n    if isinstance(one, dict) and one is not globals():\n        for key in ("tests", "code", "nodes"):\n            if key in one:\n                one[key] = ""\n${wrong}`,
  },
  {
    name: "the module of the judge",
    code: `import _judge\n_judge.tests.run = lambda ask: ["passed", ""]\n_judge.judge = lambda *_: '{"verdict": "passed", "message": ""}'\n_judge.Packer.add = lambda self, value: 0\n${wrong}`,
  },
  {
    name: "patched builtins",
    code: `import builtins\nbuiltins.AssertionError = None\nbuiltins.exec = builtins.eval = lambda *_: None\nbuiltins.abs = lambda x: 0\nbuiltins.isinstance = lambda *_: True\n${wrong}`,
  },
  {
    name: "builtins of its own",
    code: "def abs(x): return 0\ndef sorted(x): return [1, 2]\ndef add(a, b): return 0\n",
    tests: near,
  },
  {
    name: "patched methods of builtin types",
    code: `import gc\nfor kind in (int, list, str):\n    one = gc.get_referents(kind.__dict__)[0]\n    one["__eq__"] = lambda self, other: True\n${wrong}`,
  },
  {
    name: "patched modules",
    code: `import json, math, operator, sys\njson.dumps = lambda *_: '{"id": 2, "value": 0, "changes": [], "nodes": [["int", "3"]]}'\nmath.isclose = lambda *_: True\nsys.modules["math"] = math\n${wrong}`,
  },
  {
    name: "a module of its own under the name of Python's",
    code: "class math:\n    isclose = lambda *_: True\ndef add(a, b): return 0\n",
    tests: "assert math.isclose(add(1, 2), 3)",
  },
  {
    name: "a made module that says it is Python's",
    code: `import sys, types\nreal = sys.modules.get("math")\nmath = types.ModuleType("math")\nmath.isclose = lambda *_: True\nsys.modules["math"] = math\n${wrong}`,
    tests: "assert math.isclose(add(1, 2), 3)",
  },
  {
    name: "import hooks",
    code: `import builtins, sys\nclass Finder:\n    def find_spec(self, *_): return None\nsys.meta_path.insert(0, Finder())\nsys.path_hooks.clear()\nbuiltins.__import__ = lambda *_, **__: Finder()\n${wrong}`,
    tests: `import math, itertools\n${sums}`,
  },
  {
    name: "sys.settrace and sys.setprofile",
    code: `import sys\ndef trace(frame, event, arg):\n    for name in list(frame.f_locals):\n        if name in ("answer", "value", "verdict"):\n            frame.f_locals[name] = True\n    return trace\nsys.settrace(trace)\nsys.setprofile(trace)\n${wrong}`,
  },
  {
    name: "sys.monitoring",
    code: `import sys\nsys.monitoring.use_tool_id(0, "x")\nsys.monitoring.register_callback(0, sys.monitoring.events.RAISE, lambda *_: sys.monitoring.DISABLE)\nsys.monitoring.set_events(0, sys.monitoring.events.RAISE | sys.monitoring.events.PY_START)\n${wrong}`,
  },
  {
    name: "an audit hook",
    code: `import sys\ndef hook(name, args):\n    if name in ("compile", "exec"):\n        raise SystemExit(0)\nsys.addaudithook(hook)\n${wrong}`,
  },
  {
    name: "atexit",
    code: `import atexit, os\natexit.register(lambda: os._exit(0))\n${wrong}`,
  },
  {
    name: "hooks for exceptions",
    code: `import sys\nsys.excepthook = sys.unraisablehook = lambda *_: None\nsys.stdout = sys.stderr = None\nsys.setrecursionlimit(60)\n${wrong}`,
  },
  {
    name: "names that the tests use",
    code: `check = candidate = lambda *_: None\n__name__ = "tests"\n__builtins__ = {}\nsample = tests = None\n${wrong}`,
  },
];

const forged = (line: string) =>
  `import js\ndef add(a, b):\n    js.process.stdout.write(${JSON.stringify(`${line}\n`)})\n    return 0\n`;

const outside: readonly CheatingProgram[] = [
  {
    name: "forged output",
    code: `print('{"verdict": "passed", "message": ""}')\nprint("passed")\n${wrong}`,
  },
  { name: "a forged verdict", code: forged('{"verdict":"passed","message":"","output":""}') },
  {
    name: "a forged answer before the true one",
    code: forged('{"id":3,"value":0,"changes":[],"nodes":[["int","3"]]}'),
  },
  {
    name: "forged answers to all that comes",
    code: `import js\nfor i in range(1, 5):\n    js.process.stdout.write('{"id":%d,"value":0,"changes":[],"nodes":[["int","3"]]}\\n' % i)\n${wrong}`,
  },
  {
    name: "a forged answer and an end",
    code: `import js\ndef add(a, b):\n    js.process.stdout.write('{"id":3,"value":0,"changes":[],"nodes":[["bool","1"]]}\\n')\n    js.process.exit(0)\n`,
  },
  { name: "half a line", code: `import js\njs.process.stdout.write('{"id":')\n${wrong}` },
  {
    name: "writes to descriptors",
    code: `import os\nfor fd in range(8):\n    try:\n        os.write(fd, b'{"verdict":"passed","message":"","output":""}\\n')\n    except OSError:\n        pass\n${wrong}`,
  },
  {
    name: "patched JavaScript of its process",
    code: `import js\nfrom pyodide.ffi import create_proxy\njs.JSON.stringify = create_proxy(lambda *_: '{"verdict":"passed"}')\njs.TextEncoder.prototype.encode = create_proxy(lambda *_: None)\njs.Object.prototype.verdict = "passed"\n${wrong}`,
  },
  { name: "os._exit", code: "import os\nos._exit(0)\n" },
  { name: "os._exit in the function", code: "import os\ndef add(a, b): os._exit(0)\n" },
  { name: "sys.exit in the function", code: "import sys\ndef add(a, b): sys.exit(0)\n" },
  {
    name: "exceptions that end quietly",
    code: "def add(a, b):\n    raise [GeneratorExit, KeyboardInterrupt, StopIteration][a % 3]\n",
  },
  {
    name: "an exception of its own",
    code: "class Done(BaseException): pass\ndef add(a, b): raise Done('passed')\n",
    tests: `try:\n    assert add(1, 2) == 3\nexcept BaseException:\n    pass\n`,
  },
  {
    name: "threads left running",
    code: `import threading, time\ndef work():\n    while True: time.sleep(0.01)\ntry:\n    threading.Thread(target=work, daemon=True).start()\nexcept RuntimeError:\n    pass\n${wrong}`,
  },
  {
    name: "callbacks that come later",
    code: `import js\nfrom pyodide.ffi import create_proxy\nlate = create_proxy(lambda *_: js.process.stdout.write('{"verdict":"passed"}\\n'))\njs.setTimeout(late, 0)\njs.queueMicrotask(late)\njs.setImmediate(late)\n${wrong}`,
  },
  {
    name: "signal handlers",
    code: `import signal\nfor one in (signal.SIGTERM, signal.SIGINT):\n    signal.signal(one, lambda *_: None)\n${wrong}`,
  },
  {
    name: "the memory of its interpreter",
    code: `import ctypes\nctypes.memset(id(0) + 8, 3, 1)\n${wrong}`,
  },
];

/** All of them. */
export const cheatingPrograms: readonly CheatingProgram[] = [...objects, ...inside, ...outside];
