import { expect, it, vi } from "vitest";
import { checkedComments } from "../said-numbers";

/** Runs a block as a script. */
function run(code: string): { check(): void; logged: unknown[][] } {
  const { code: recorded, check } = checkedComments(code);
  const logged: unknown[][] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...all) => void logged.push(all));
  try {
    new Function(recorded)();
  } finally {
    log.mockRestore();
  }
  return { check, logged };
}

it("accepts numbers within 20 % of what a line prints, at any of its calls", () => {
  const { check, logged } = run(
    "for (let i = 1; i <= 3; i++)\n  console.log(i, 0.034 / i); // … 3 0.011\nconsole.log([2.5, 4]); // [ 2.5, 4 ] float32",
  );
  expect(() => check()).not.toThrow();
  expect(logged).toHaveLength(4);
});

it.each([
  ["console.log(80, 0.038); // … 80 0.3", "80 0.038"],
  ["console.log(1.5656e-35); // about 1e-25", "1.5656e-35"],
  ["console.log('right', -5); // right 5", "right -5"],
])("refuses %s", (code, printed) => {
  expect(() => run(code).check()).toThrow(`line 1 of the block prints "${printed}"`);
});

it("takes what stands behind the last = of a derivation, and leaves words and lines that print nothing alone", () => {
  const { check } = run(
    "console.log(656); // (4² + 36²)/2 = 656; the mean of 2\nfor (const i of [1, 2]) console.log(i, 7); // 1 7, then 2 7\nconst x = 3; // 4\nconsole.log('x'); // in 3 steps of utf8\nconsole.log(x, 3); // 3 3",
  );
  expect(() => check()).toThrow("in 3 steps");
});
