import { describe, expect, it } from "vitest";
import { fileNameOf, folderOf, inFolder, withoutSlash } from "../../src/files/paths";

describe("paths", () => {
  it.each([
    ["a/b.txt", "a/", "b.txt"],
    ["b.txt", "./", "b.txt"],
    ["/b", "/", "b"],
    ["C:\\x\\b", "C:\\x\\", "b"],
  ])("splits %s", (path, folder, name) => {
    expect([folderOf(path), fileNameOf(path)]).toEqual([folder, name]);
  });

  it.each([
    ["a/", "a"],
    ["a//", "a"],
    ["/", "/"],
    ["C:\\", "C:\\"],
    ["a", "a"],
  ])("takes the separators off the end of %s", (path, expected) => {
    expect(withoutSlash(path)).toBe(expected);
  });

  it("joins a folder and a name", () => {
    expect([inFolder("a", "b"), inFolder("a/", "b"), inFolder("", "b")]).toEqual([
      "a/b",
      "a/b",
      "b",
    ]);
  });
});
