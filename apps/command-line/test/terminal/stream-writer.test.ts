import { expect, it } from "vitest";
import type { Content } from "../../src/commands/context";
import { streamWriter } from "../../src/terminal/stream-writer";

/** Everything that a stream is sent. */
function sent(isTerminal: boolean, contents: readonly Content[]): (string | Uint8Array)[] {
  const all: (string | Uint8Array)[] = [];
  const write = streamWriter(isTerminal, (content) => all.push(content));
  for (const content of contents) write(content);
  return all;
}

const clear = "\u001b[2J";
const bytes = (text: string) => new TextEncoder().encode(text);
const coloured: Content = (shown) => `\u001b[31m${shown(clear)}\u001b[39m`;

it("sends a pipe everything as it is", () => {
  const binary = Uint8Array.of(0x9b, 0, 0x1b);
  expect(sent(false, [clear, binary, coloured])).toEqual([
    clear,
    binary,
    `\u001b[31m${clear}\u001b[39m`,
  ]);
});

it("sends a terminal texts and bytes without control characters, and our own colours", () => {
  expect(sent(true, [clear, bytes(`\u009b31m é\t\n`), coloured])).toEqual([
    "\\u001b[2J",
    "\\u009b31m é\t\n",
    "\u001b[31m\\u001b[2J\u001b[39m",
  ]);
});

it("returns nothing: what a command returns is its exit code", () => {
  for (const isTerminal of [false, true])
    expect(streamWriter(isTerminal, () => true)("x")).toBeUndefined();
});

it("reads a character that arrives in two pieces, and gives up one that does not", () => {
  const [first, second] = [bytes("é").subarray(0, 1), bytes("é").subarray(1)];
  expect(sent(true, [first, second]).join("")).toBe("é");
  expect(sent(true, [first, "x"]).join("")).toBe("\ufffdx");
  expect(sent(true, [first, coloured]).join("")).toBe("\ufffd\u001b[31m\\u001b[2J\u001b[39m");
});

it("shows a control character whose two bytes arrive apart", () => {
  const [first, second] = [bytes("\u009b").subarray(0, 1), bytes("\u009b").subarray(1)];
  expect(sent(true, [first, second]).join("")).toBe("\\u009b");
});
