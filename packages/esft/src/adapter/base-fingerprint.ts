import { takeTurn } from "@deepgrain/support";
import { optionsOf, refuseUnknown } from "../errors";
import type { NamedModel } from "../routed-model";

const SAMPLES = 1024; // elements of each weight that enter the fingerprint

function append(bytes: Uint8Array, more: Uint8Array): Uint8Array {
  const joined = new Uint8Array(bytes.length + more.length);
  joined.set(bytes);
  joined.set(more, bytes.length);
  return joined;
}

const digest = async (bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
  new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes));

/** Up to 1024 evenly spaced elements, as little-endian bytes. */
function sampleBytes(data: Float32Array): Uint8Array {
  const count = Math.min(data.length, SAMPLES);
  const view = new DataView(new ArrayBuffer(4 * count));
  for (let i = 0; i < count; i++)
    view.setFloat32(4 * i, data[Math.floor((i * data.length) / count)]!, true);
  return new Uint8Array(view.buffer);
}

/**
 * Identifies a base model by the weights that an adapter does not change: SHA-256 over the names, shapes and up to 1024
 * evenly spaced elements of each weight that is not in `except`. It is the same before and after the adapter is trained
 * or applied.
 *
 * @param except names of the weights that the adapter holds
 * @returns 64 hexadecimal digits
 */
export async function baseFingerprint(
  model: Pick<NamedModel, "weightNames" | "readWeight">,
  except: ReadonlySet<string>,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<string> {
  const { signal, ...rest } = optionsOf("baseFingerprint", options);
  refuseUnknown("baseFingerprint", rest);
  const names = [...model.weightNames()].filter((name) => !except.has(name)).sort();
  let digests: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  for (const name of names) {
    await takeTurn();
    signal?.throwIfAborted();
    const { shape, data } = await model.readWeight(name);
    const label = new TextEncoder().encode(`${name} [${shape.join(",")}]\n`);
    const own = await digest(new Uint8Array(append(label, sampleBytes(data))));
    digests = new Uint8Array(append(digests, own));
  }
  const bytes = await digest(digests);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
