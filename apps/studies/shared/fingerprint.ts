import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { ioError } from "@deepgrain/support/files";
import { ggufParts } from "@deepgrain/tensor-gpu";
import { z } from "zod";

const fingerprintSchema = z.strictObject({
  sha256: z.string(),
  /** Texts or files. */
  parts: z.int(),
  /** Bytes of all of them. */
  bytes: z.int(),
});

/** A short summary of the data that were read: enough to detect that they have changed. */
export type Fingerprint = z.infer<typeof fingerprintSchema>;

/** Several fingerprints, by the names of the data. */
export const fingerprintsSchema = z.record(z.string(), fingerprintSchema);

/** Fingerprint of texts in their order. */
export function fingerprintTexts(texts: Iterable<string | Uint8Array>): Fingerprint {
  const hash = createHash("sha256");
  let [parts, bytes] = [0, 0];
  for (const text of texts) {
    const data = typeof text === "string" ? Buffer.from(text) : text;
    hash.update(`${data.length}\n`).update(data); // with the length, so that texts do not run together
    parts++;
    bytes += data.length;
  }
  return { sha256: hash.digest("hex"), parts, bytes };
}

/** Fingerprint of items to train on and items that are held out. */
export const fingerprintSplit = ({ train, validation }: Record<"train" | "validation", unknown>) =>
  fingerprintTexts([JSON.stringify(train), JSON.stringify(validation)]);

/** Fingerprint of files: their names and contents. @throws {FilesError} `ERR_IO` */
export async function fingerprintFiles(paths: readonly string[]): Promise<Fingerprint> {
  const hash = createHash("sha256");
  let bytes = 0;
  for (const path of paths) {
    hash.update(`\n${basename(path)}\n`);
    try {
      for await (const chunk of createReadStream(path)) {
        hash.update(chunk);
        bytes += chunk.length;
      }
    } catch (error) {
      throw ioError("read", path, error);
    }
  }
  return { sha256: hash.digest("hex"), parts: paths.length, bytes };
}

/** Fingerprint of a model: of its folder's configuration, tokenizer and weights, or of its GGUF file. @throws {FilesError} `ERR_IO` */
export async function fingerprintModel(place: string): Promise<Fingerprint> {
  if (/\.gguf$/i.test(place)) return fingerprintFiles(ggufParts(place) ?? [place]);
  const names = await readdir(place).catch((error) => {
    throw ioError("read", place, error);
  });
  const counts = (name: string) => /^(config|tokenizer)\.json$|\.safetensors$/.test(name);
  return fingerprintFiles(
    names
      .filter(counts)
      .sort()
      .map((name) => join(place, name)),
  );
}
