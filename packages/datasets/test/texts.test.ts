import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { collect, licenceTexts, mobyDick, pronunciations, sotu } from "../src/index";

const folder = mkdtempSync(join(tmpdir(), "datasets-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A package folder with the given files under `data`. */
function fakePackage(name: string, files: Record<string, unknown>): string {
  mkdirSync(join(folder, name, "data"), { recursive: true });
  for (const [file, value] of Object.entries(files))
    writeFileSync(join(folder, name, "data", file), JSON.stringify(value));
  return join(folder, name);
}

describe("sotu", () => {
  it("yields all 233 addresses by year", async () => {
    const addresses = await collect(sotu());
    expect(addresses).toHaveLength(233);
    expect(addresses[0]).toMatchObject({ year: 1790, name: "George Washington", party: "none" });
    expect(addresses.at(-1)).toMatchObject({ year: 2021, party: "Democratic" });
    const years = addresses.map(({ year }) => year);
    expect(years).toEqual([...years].sort((a, b) => a - b));
    const characters = addresses.reduce((sum, { text }) => sum + text.length, 0);
    expect(characters).toBeGreaterThan(10_700_000);
  });

  it("refuses a file that holds no address", async () => {
    const from = fakePackage("sotu", { "1800_a.json": { year: "1800" } });
    await expect(collect(sotu({ from }))).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });

  it("refuses a folder without data", async () => {
    await expect(collect(sotu({ from: folder }))).rejects.toMatchObject({
      code: "ERR_MISSING_FILE",
    });
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    const addresses = sotu({ signal: controller.signal });
    await addresses.next();
    controller.abort(new Error("enough"));
    await expect(addresses.next()).rejects.toThrow("enough");
  });
});

describe("mobyDick", () => {
  it("yields the 139 parts in the order of the book", async () => {
    const parts = await collect(mobyDick());
    const numbers = Array.from({ length: 135 }, (_, i) => String(i + 1));
    expect(parts.map(({ chapter }) => chapter)).toEqual([
      "Contents",
      "Etymology",
      "Extracts",
      ...numbers,
      "Epilogue",
    ]);
    expect(parts[3]).toMatchObject({ title: "Loomings." });
    expect(parts[3]!.text).toMatch(/^Call me Ishmael\./);
  });

  it("refuses a list that is none, and a chapter without text", async () => {
    const listless = fakePackage("listless", { "file_list.json": { a: 1 } });
    await expect(collect(mobyDick({ from: listless }))).rejects.toMatchObject({
      code: "ERR_FORMAT",
    });
    const textless = fakePackage("textless", {
      "file_list.json": ["chapter_1.txt"],
      "chapter_1.json": { chapter: "1", title: "" },
    });
    await expect(collect(mobyDick({ from: textless }))).rejects.toMatchObject({
      code: "ERR_FORMAT",
    });
  });
});

describe("licenceTexts", () => {
  it("yields 727 full texts", async () => {
    const licences = await collect(licenceTexts());
    expect(licences).toHaveLength(727);
    const mit = licences.find(({ id }) => id === "MIT");
    expect(mit).toMatchObject({ name: "MIT License", osiApproved: true });
    expect(mit!.text).toContain("Permission is hereby granted, free of charge");
    expect(licences.every(({ text }) => text.length > 0)).toBe(true);
  });

  it("takes the loaded module", async () => {
    const from = { X: { name: "X", url: "u", osiApproved: false, licenseText: "t" } };
    expect(await collect(licenceTexts({ from }))).toEqual([
      { id: "X", name: "X", url: "u", osiApproved: false, text: "t" },
    ]);
  });

  it("refuses entries without text, as the short list has them", async () => {
    const from = { X: { name: "X", url: "u", osiApproved: false } } as never;
    await expect(collect(licenceTexts({ from }))).rejects.toMatchObject({ code: "ERR_FORMAT" });
  });
});

describe("pronunciations", () => {
  it("yields 135,155 pronunciations of 126,046 words", async () => {
    const entries = await collect(pronunciations());
    expect(entries).toHaveLength(135_155);
    expect(new Set(entries.map(({ word }) => word)).size).toBe(126_046);
    const isPhone = /^[A-Z]{1,2}[012]?$/;
    expect(entries.filter(({ phones }) => !phones.every((phone) => isPhone.test(phone)))).toEqual(
      [],
    );
  });

  it("takes variant and remark off word and phones", async () => {
    const dictionary = { a: "AH0", "a(2)": "EY1", "dail(2)": "D OY1 L # org, irish" };
    expect(await collect(pronunciations({ from: { dictionary } }))).toEqual([
      { word: "a", variant: 1, phones: ["AH0"] },
      { word: "a", variant: 2, phones: ["EY1"] },
      { word: "dail", variant: 2, phones: ["D", "OY1", "L"], note: "org, irish" },
    ]);
  });

  it("refuses a module without dictionary, and a folder without module", async () => {
    await expect(collect(pronunciations({ from: {} as never }))).rejects.toMatchObject({
      code: "ERR_FORMAT",
    });
    await expect(collect(pronunciations({ from: folder }))).rejects.toMatchObject({
      code: "ERR_MISSING_FILE",
    });
  });
});
