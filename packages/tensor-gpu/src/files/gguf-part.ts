import type { Budget } from "@deepgrain/support";
import type { ByteSource } from "./byte-source";
import { type GgufHeader, readGgufHeader } from "./gguf-header";
import { openSource, type Source, type SourceOptions } from "./open-source";

/** A GGUF file, or a part of one, whose head was read. */
export interface GgufPart {
  readonly source: ByteSource;
  readonly header: GgufHeader;
}

/** How parts are opened; the budget is that of all heads together. */
export type GgufReading = SourceOptions & { budget: Budget };

/** Opens a file and reads its head; it is closed where that fails. @throws {TensorError} as `openSource`, `readGgufHeader` */
export async function openPart(
  place: Source,
  { budget, ...options }: GgufReading,
): Promise<GgufPart> {
  const source = await openSource(place, options);
  try {
    return { source, header: await readGgufHeader(source, { signal: options.signal, budget }) };
  } catch (error) {
    await source.close?.();
    throw error;
  }
}
