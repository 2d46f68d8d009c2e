/** @file Programs that try to pass a test without being right, to reach the host, or to never end. */
import type { Tests } from "../../../src";

export interface HostileProgram {
  readonly name: string;
  readonly code: string;
  /** By default `add(1, 2)` must be 3. */
  readonly tests?: Tests;
}

const script = `const assert = require('node:assert');
assert.strictEqual(add(1, 2), 3);
assert.deepStrictEqual([add(2, 2)], [4]);
console.assert(add(4, 5) === 9);`;

const list: Tests = [{ call: "sorted", arguments: [[3, 1, 2]], equals: [1, 2, 3] }];

export const endless: readonly HostileProgram[] = [
  { name: "an endless loop", code: "for (;;) {}" },
  { name: "an endless loop in the function", code: "function add() { while (true); }" },
  {
    name: "an endless loop in a handler",
    code: "function add() { try { for (;;) {} } catch (e) { for (;;) {} } finally { for (;;) {} } }",
  },
  {
    name: "endless jobs of promises",
    code: "const again = () => Promise.resolve().then(again); again();",
  },
  { name: "a loop in a job", code: "Promise.resolve().then(() => { for (;;) {} });" },
  {
    name: "a getter that never ends",
    code: "function add() { return { get a() { for (;;) {} } }; }",
    tests: [{ call: "add", arguments: [], equals: { a: 1 } }],
  },
  {
    name: "a proxy that never ends",
    code: "const add = () => new Proxy({}, { ownKeys() { for (;;) {} } });",
  },
  {
    name: "a generator that never ends",
    code: "function add() { return [...(function* () { for (;;) yield 1; })()].length; }",
  },
  {
    name: "an endless toString",
    code: "throw { get message() { for (;;) {} }, toString() { for (;;) {} } };",
  },
  {
    name: "a regular expression that backtracks",
    code: "function add() { return /^(a+)+$/.test('a'.repeat(40) + '!') ? 3 : 3.5; }",
  },
  { name: "a huge power", code: "function add() { return Number((3n ** 3000000n) % 10n); }" },
  { name: "a doubling string", code: "let s = 'x'; for (;;) s += s;" },
  { name: "a growing array", code: "const a = []; for (;;) a.push(a.length);" },
  {
    name: "typed arrays until memory ends",
    code: "const kept = []; for (;;) kept.push(new Uint8Array(1e6));",
  },
  { name: "one huge typed array", code: "new Float64Array(2 ** 31);" },
  { name: "a huge string at once", code: "'x'.repeat(2 ** 29).length;" },
  { name: "a flood of output", code: "for (;;) console.log('x'.repeat(1000));" },
  { name: "endless recursion", code: "function add(a, b) { return add(a, b) + 1; }" },
  {
    name: "recursion through a proxy",
    code: "const p = new Proxy({}, { get(t, k) { return p[k]; } }); p.x;",
  },
  {
    name: "recursion through JSON",
    code: "const o = { toJSON() { return [o]; } }; JSON.stringify(o);",
  },
  { name: "deep nesting of source", code: `${"[".repeat(100_000)}` },
  { name: "a sort that never ends", code: "[1, 2, 3].sort(() => { for (;;) {} });" },
];

const kept = (value: string) => `const kept = []; for (;;) kept.push(${value});`;

/** Programs that need more memory than any limit. */
export const flooding: readonly HostileProgram[] = [
  { name: "arrays", code: kept("new Array(1e5).fill(1)") },
  { name: "small arrays", code: kept("[1, 2, 3]") },
  { name: "Maps", code: kept("new Map([[1, 2]])") },
  { name: "one Map", code: "const map = new Map(); for (let i = 0; ; i++) map.set(i, i);" },
  { name: "ArrayBuffers", code: kept("new ArrayBuffer(1e6)") },
  { name: "an ArrayBuffer of 2 GiB", code: "new ArrayBuffer(2 ** 31 - 1);" },
  { name: "closures", code: kept("() => kept") },
  { name: "promises", code: kept("Promise.resolve(new Array(1000)).then((x) => x)") },
  { name: "texts", code: kept("'x'.repeat(1e5) + kept.length") },
  { name: "keys", code: "const all = {}; for (let i = 0; ; i++) all['key' + i] = i;" },
  { name: "generators", code: kept("(function* () { yield 1; })()") },
  {
    name: "arrays whose refusal is caught",
    code: `function add(a, b) { try { ${kept("new Array(1e5)")} } catch {} return a + b; }`,
  },
  {
    name: "arrays in an endless handler",
    code: "const kept = []; for (;;) try { kept.push(new Array(1e5).fill(1)); } catch {}",
  },
  { name: "arrays in a job", code: `Promise.resolve().then(() => { ${kept("[1, 2, 3]")} });` },
  { name: "arrays in a thrown getter", code: `throw { get message() { ${kept("[]")} } };` },
  {
    name: "arrays in a getter of the result",
    code: `function add() { return { get a() { ${kept("[]")} } }; }`,
  },
];

export const cheating: readonly HostileProgram[] = [
  { name: "another JSON.stringify", code: "JSON.stringify = () => '3'; function add() {}" },
  { name: "an object with toJSON", code: "const add = () => ({ toJSON: () => 3 });" },
  {
    name: "an object with valueOf",
    code: "const add = () => ({ valueOf: () => 3, toString: () => '3' });",
  },
  { name: "a boxed number", code: "const add = () => new Number(3);" },
  { name: "a text", code: "const add = () => '3';" },
  {
    name: "an array-like object",
    code: "const sorted = () => ({ 0: 1, 1: 2, 2: 3, length: 3 });",
    tests: list,
  },
  {
    name: "another Array.isArray",
    code: "Array.isArray = () => true; const sorted = () => ({ 0: 1, 1: 2, 2: 3, length: 3 });",
    tests: list,
  },
  {
    name: "another Object.keys",
    code: "Object.keys = () => []; const sorted = () => [];",
    tests: list,
  },
  { name: "an exception that is thrown as a result", code: "function add() { throw 3; }" },
  {
    name: "its own console.assert",
    code: "console.assert = () => {}; function add() { return 0; }",
    tests: script,
  },
  {
    name: "a frozen console of its own",
    code: "globalThis.console = Object.freeze({ assert() {} }); function add() { return 0; }",
    tests: script,
  },
  {
    name: "its own assert",
    code: "globalThis.assert = { strictEqual() {}, deepStrictEqual() {} }; globalThis.require = () => assert; function add() { return 0; }",
    tests: script,
  },
  {
    name: "another Object.is",
    code: "Object.is = () => true; Reflect.apply = () => true; function add() { return 0; }",
    tests: script,
  },
  {
    name: "another Reflect.ownKeys",
    code: "Reflect.ownKeys = () => []; Object.getPrototypeOf = () => null; function add() { return 0; }",
    tests: script,
  },
  {
    name: "another Function.prototype.call",
    code: "Function.prototype.call = Function.prototype.apply = () => true; function add() { return 0; }",
    tests: script,
  },
  {
    name: "setters on Array.prototype",
    code: "for (let i = 0; i < 8; i++) Object.defineProperty(Array.prototype, i, { set() {}, get() { return 3; } }); const sorted = (a) => a;",
    tests: list,
  },
  {
    name: "a setter on Object.prototype",
    code: "Object.defineProperty(Object.prototype, 'value', { set() {}, get() { return 3; } }); function add() {}",
  },
  {
    name: "Symbol.hasInstance",
    code: "Object.defineProperty(Error, Symbol.hasInstance, { value: () => true }); function add() { return 0; }",
    tests: script,
  },
  {
    name: "a getter for the function's name",
    code: "Object.defineProperty(globalThis, 'add', { get() { return 3; } });",
  },
  {
    name: "a test that is caught away",
    code: "function add() { return 0; }",
    tests: "try { require('assert').equal(add(1, 2), 3); } catch (e) {}",
  },
  { name: "throwing out of the tests", code: "function add() { throw undefined; }", tests: script },
  {
    name: "ending the program early",
    code: "function add() { return 0; } throw new Error('done');",
    tests: script,
  },
  { name: "an unclosed comment", code: "function add() { return 0; } /*", tests: script },
  { name: "an unclosed template", code: "function add() { return 0; } `", tests: script },
  { name: "an early return", code: "return 3;" },
  {
    name: "another Promise",
    code: "Promise.prototype.then = () => 3; async function add() { return 0; }",
  },
  { name: "a thenable", code: "const add = () => ({ then(f) { f(3); } });" },
  { name: "a promise of a wrong value", code: "const add = () => Promise.resolve(4);" },
];

export const reaching: readonly HostileProgram[] = [
  { name: "process", code: "process.exit(0);" },
  { name: "require", code: "require('fs').readFileSync('/etc/passwd');" },
  { name: "an import", code: "import('node:fs').then(() => { globalThis.add = () => 3; });" },
  { name: "a static import", code: "import fs from 'node:fs'; const add = () => 3;" },
  {
    name: "the constructor of a function of the host",
    code: "print.constructor.constructor('return process')().exit(0);",
  },
  { name: "fetch", code: "fetch('http://127.0.0.1');" },
  { name: "a worker", code: "new Worker('data:text/javascript,1');" },
  { name: "WebAssembly", code: "new WebAssembly.Memory({ initial: 1 });" },
  { name: "timers", code: "setTimeout(() => {}, 0);" },
  { name: "the std module of QuickJS", code: "std.exit(0);" },
  { name: "the os module of QuickJS", code: "os.exec(['true']);" },
  { name: "import.meta", code: "import.meta.url;" },
];

/** Right programs that change prototypes. */
export const unusual: readonly HostileProgram[] = [
  {
    name: "a method on Array.prototype",
    code: "Array.prototype.sum = function () { return this.reduce((a, b) => a + b, 0); }; const add = (a, b) => [a, b].sum();",
  },
  {
    name: "a method on Number.prototype",
    code: "Number.prototype.plus = function (b) { return Number(this) + b; }; const add = (a, b) => a.plus(b);",
  },
  {
    name: "a getter on Object.prototype",
    code: "Object.defineProperty(Object.prototype, 'twice', { get() { return 2 * this; } }); const add = (a, b) => (a.twice + b.twice) / 2;",
  },
  {
    name: "a method on Array.prototype before a script of tests",
    code: "Array.prototype.last = function () { return this[this.length - 1]; }; function add(a, b) { return [a + b].last(); }",
    tests: script,
  },
];
