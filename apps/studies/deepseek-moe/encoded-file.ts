import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder, writeFileAtomic } from "@deepgrain/support/files";
import type { Domain } from "./corpus";

const pathOf = (artifacts: string): string => join(artifacts, "tokens.json");

/** Stores the encoded kinds of text where the runs of a study read them. */
export async function writeDomains(artifacts: string, domains: readonly Domain[]): Promise<void> {
  const plain = domains.map(({ name, train, validation }) => ({
    name,
    train: [...train],
    validation: [...validation],
  }));
  await makeFolder(artifacts);
  await writeFileAtomic(pathOf(artifacts), JSON.stringify(plain));
}

/** The kinds of text that `writeDomains` stored. */
export async function readDomains(artifacts: string): Promise<Domain[]> {
  const plain = JSON.parse(await readFile(pathOf(artifacts), "utf8")) as {
    name: string;
    train: number[];
    validation: number[];
  }[];
  return plain.map(({ name, train, validation }) => ({
    name,
    train: Int32Array.from(train),
    validation: Int32Array.from(validation),
  }));
}
