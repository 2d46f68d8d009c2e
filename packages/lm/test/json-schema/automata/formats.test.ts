import { atOnce } from "@deepgrain/support";
import { describe, expect, it } from "vitest";
import { budgetOf } from "../../../src/errors";
import { labelOf } from "../../../src/json-schema/automata/dfa";
import { formatPatterns } from "../../../src/json-schema/automata/formats";
import { formatLanguage } from "../../../src/json-schema/automata/languages";

const refuse = (what: string): never => {
  throw new Error(what);
};
const long = (count: number, text: string) => text.repeat(count);

/** Texts that have a format and texts that do not, after its RFC. */
const formats: [name: string, allowed: string[], forbidden: string[]][] = [
  [
    "date",
    ["2024-02-29", "2000-02-29", "1999-12-31", "0000-02-29"],
    ["2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-1-1", "24-01-01", "2024-00-10"],
  ],
  [
    "time",
    ["00:00:00Z", "23:59:59.125z", "12:30:15+05:30", "01:02:03-00:00"],
    ["24:00:00Z", "12:60:00Z", "12:30:15", "12:30Z", "12:30:15+24:00", "12:30:15.Z"],
  ],
  [
    "date-time",
    ["2024-02-29T12:00:00Z", "1985-04-12t23:20:50.52z"],
    ["2024-02-30T12:00:00Z", "2024-02-29 12:00:00Z", "2024-02-29", "2024-02-29T12:00:00"],
  ],
  [
    "duration",
    ["P4Y", "P1Y2M3DT4H5M6S", "PT36H", "P3W", "PT1M", "P1M"],
    ["P", "PT", "P1Y2W", "4D", "P1D2H", "PT1D", "P1S"],
  ],
  [
    "email",
    ["joe.bloggs@example.com", "te~st@example.com", "a@b", `${long(64, "a")}@b.c`],
    [
      "2962",
      "a@",
      "@b",
      "a..b@c.d",
      ".a@b.c",
      "a@b..c",
      "a@-b.c",
      "a b@c.d",
      `${long(65, "a")}@b.c`,
    ],
  ],
  [
    "hostname",
    ["www.example.com", "a", "1.2", "a-b.c", long(63, "a"), `${long(63, "a.")}b`],
    ["", "-a.b", "a-.b", "a..b", "a_b", "a.", long(64, "a"), `${long(127, "a.")}b`, "xn--x"],
  ],
  ["ipv4", ["192.168.0.1", "0.0.0.0"], ["256.0.0.1", "1.2.3", "01.2.3.4", "1.2.3.4.5", "1.2.3.4 "]],
  [
    "ipv6",
    [
      "::",
      "::1",
      "1::",
      "2001:db8::ff00:42:8329",
      "1:2:3:4:5:6:7:8",
      "::ffff:192.168.0.1",
      "1:2:3:4:5:6:1.2.3.4",
      "1::8",
      "1:2:3:4:5:6:7::",
    ],
    [
      "12345::",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      ":1",
      "1:",
      "::1.2.3",
      "1.2.3.4",
      "fe80::1%eth0",
    ],
  ],
  [
    "uri",
    [
      "https://ann@example.org:8080/a/b?c=d/?#e",
      "mailto:a@b.c",
      "urn:isbn:1",
      "file:///a%20b",
      "a:",
    ],
    ["//a/b", "/abc", "a b:c", "1a:b", "http://a b", "http://a/%zz", "http://a/[", "abc"],
  ],
  [
    "uuid",
    ["f81d4fae-7dec-11d0-A765-00a0c91e6bf6"],
    [
      "f81d4fae7dec11d0a76500a0c91e6bf6",
      "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
      "g81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    ],
  ],
  ["byte", ["", "YQ==", "YWI=", "YWJj", "+/8="], ["Y", "YQ", "YQ=", "YWJj=", "Y-I="]],
];

describe("a format", () => {
  it("is in the list of those that are tried", () => {
    expect(formats.map(([name]) => name).sort()).toEqual([...formatPatterns.keys()].sort());
  });

  it.each(formats)("has these texts and not those: %s", (name, allowed, forbidden) => {
    const budget = () => budgetOf("format", undefined, { steps: 2 ** 22 });
    const first = budget();
    const dfa = atOnce(formatLanguage(name, first, refuse));
    const regExp = new RegExp(formatPatterns.get(name)!, "u");
    for (const text of allowed) expect([text, labelOf(dfa, text) >= 0]).toEqual([text, true]);
    for (const text of forbidden) expect([text, labelOf(dfa, text) >= 0]).toEqual([text, false]);
    for (const text of [...allowed, ...forbidden])
      expect([text, regExp.test(text)]).toEqual([text, labelOf(dfa, text) >= 0]);
    const again = budget();
    expect(atOnce(formatLanguage(name, again, refuse))).toBe(dfa);
    expect(again.steps).toBe(first.steps); // it costs as much, whoever asked before
  });
});
