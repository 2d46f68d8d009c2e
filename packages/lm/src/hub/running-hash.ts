import { runningSha256 } from "@deepgrain/support";
import { nodeCrypto } from "@deepgrain/support/files";
import type { RemoteFile } from "./list-repository";

/** A hash of bytes that come piece by piece. */
export interface RunningHash {
  update(bytes: Uint8Array): void;
  /** In hexadecimal. */
  digest(): Promise<string>;
}

const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Small files only: a page's own SHA-1 takes all bytes at once. */
function pageSha1(): RunningHash {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  return {
    update: (bytes) => parts.push(bytes.slice()),
    async digest() {
      const all = await new Blob(parts).arrayBuffer();
      return hex(new Uint8Array(await globalThis.crypto.subtle.digest("SHA-1", all)));
    },
  };
}

function pageSha256(): RunningHash {
  const { update, digest } = runningSha256();
  return { update, digest: async () => hex(digest()) };
}

function start(algorithm: RemoteFile["algorithm"]): RunningHash {
  let crypto: ReturnType<typeof nodeCrypto>;
  try {
    crypto = nodeCrypto();
  } catch {
    return algorithm === "sha256" ? pageSha256() : pageSha1();
  }
  const hash = crypto.createHash(algorithm === "sha256" ? "sha256" : "sha1");
  return { update: (bytes) => void hash.update(bytes), digest: async () => hash.digest("hex") };
}

/** The hash by which the hub names a file. Git hashes a header with the size before the content. */
export function runningHash({ algorithm, sizeBytes }: RemoteFile): RunningHash {
  const hash = start(algorithm);
  if (algorithm === "git-sha1") hash.update(new TextEncoder().encode(`blob ${sizeBytes}\0`));
  return hash;
}
