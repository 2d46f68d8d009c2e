import type { OptionField } from "@deepgrain/support";
import { expect, it } from "vitest";
import { fields } from "../src/fields";
import { fim, nearDuplicates, packRepository, sentinels } from "../src/index";

/** The defaults of a group. */
const defaultsOf = (group: Readonly<Record<string, OptionField>>) =>
  Object.fromEntries(
    Object.entries(group).flatMap(([name, field]) =>
      "default" in field ? [[name, field.default]] : [],
    ),
  );

it("names every family of sentinels", () => {
  expect(fields.fim.family.words).toEqual(Object.keys(sentinels));
  expect(fields.evaluation.family.words).toEqual(Object.keys(sentinels));
});

it("has the functions' own defaults", () => {
  const text = "def area(r):\n    return 3.14 * r * r\n";
  const draws = [0.4, 0.2, 0.7];
  const random = () => {
    let i = 0;
    return () => draws[i++ % draws.length]!;
  };
  const moved = fim(text, { random: random() });
  expect(moved).not.toBe(text);
  expect(fim(text, { random: random(), ...defaultsOf(fields.fim) })).toBe(moved);

  const files = [
    { path: "main.py", text: "from util import area\n" },
    { path: "util.py", text },
  ];
  expect(packRepository(files, defaultsOf(fields.packing))).toEqual(packRepository(files));

  const words = Array.from({ length: 60 }, (_, i) => `w${i}`);
  const near = [words.join(" "), [...words.slice(0, -1), "other"].join(" "), "alone"];
  expect(nearDuplicates(near)).toEqual([[0, 1]]);
  expect(nearDuplicates(near, defaultsOf(fields.duplicates))).toEqual([[0, 1]]);
});
