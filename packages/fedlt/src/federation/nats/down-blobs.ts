import type { ObjectStore, Objm } from "@nats-io/obj";
import { untilDone } from "./retry";

/** Models sent to clients: equal blobs of a round are stored in the bucket once. */
export interface DownBlobs {
  /** @returns the object's name */
  put(round: number, blob: Uint8Array, signal?: AbortSignal): Promise<string>;
  /** Deletes the objects of rounds before this one. */
  forgetBefore(round: number): Promise<void>;
}

interface Entry {
  readonly round: number;
  readonly name: string;
  readonly blob: Uint8Array;
  readonly stored: Promise<unknown>;
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** A store in the given bucket, which must exist. `prefix` distinguishes the names of a restarted coordinator. */
export function createDownBlobs(buckets: Objm, bucketName: string, prefix: string): DownBlobs {
  let entries: Entry[] = [];
  let count = 0;
  let opened: Promise<ObjectStore> | undefined;
  const bucket = () => {
    opened ??= untilDone(() => buckets.open(bucketName));
    return opened;
  };
  return {
    put: async (round, blob, signal) => {
      let entry = entries.find((one) => one.round === round && isEqual(one.blob, blob));
      if (!entry) {
        const name = `${prefix}-${round}-${count++}`;
        const stored = untilDone(async () => (await bucket()).putBlob({ name }, blob), { signal });
        entry = { round, name, blob, stored };
        entries.push(entry);
      }
      await entry.stored;
      return entry.name;
    },
    forgetBefore: async (round) => {
      const old = entries.filter((entry) => entry.round < round);
      entries = entries.filter((entry) => entry.round >= round);
      for (const { name, stored } of old) {
        await stored.catch(() => undefined);
        await bucket()
          .then((store) => store.delete(name))
          .catch(() => undefined); // best effort: a failure only costs space
      }
    },
  };
}
