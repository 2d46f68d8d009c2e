import { DatasetsError } from "../errors";
import { crc32 } from "./crc32";

/** A file in a zip archive, not yet unpacked. */
export interface ZipEntry {
  readonly name: string;
  /** Stored as it is (0) or deflated (8). */
  readonly method: 0 | 8;
  readonly crc: number;
  readonly size: number;
  /** A view of the archive. */
  readonly packed: Uint8Array;
}

const END = 0x06054b50;
const DIRECTORY = 0x02014b50;
const LOCAL = 0x04034b50;
const ENCRYPTED = 1;
/** The end record may be followed by a comment of this many bytes. */
const LONGEST_COMMENT = 0xffff;

const fail = (message: string, fields: Record<string, unknown> = {}): never => {
  throw new DatasetsError("ERR_FORMAT", `datasets/parseNpzGraph: ${message}`, { fields });
};

/** The offset of the record at the archive's end. */
function endOf(view: DataView): number {
  const { byteLength: length } = view;
  for (let at = length - 22; at >= Math.max(0, length - 22 - LONGEST_COMMENT); at--)
    if (view.getUint32(at, true) === END) return at;
  return fail("no zip archive, or its end is missing");
}

/**
 * The files of a zip archive, by its directory; nothing is unpacked.
 * @throws {DatasetsError} `ERR_FORMAT` for what is no archive, is cut off, encrypted, of another method, or larger than 4 GiB, and
 *   where files share their bytes, since a small archive would take long to unpack then
 */
export function zipEntries(bytes: Uint8Array): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY)
      fail(`the directory of the archive is damaged at file ${i + 1} of ${count}`);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      view.getUint16(at + field, true),
    ) as [number, number, number];
    if (at + 46 + nameLength > end)
      fail(`the directory of the archive is damaged at file ${i + 1} of ${count}`);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    entries.push(entryAt(bytes, view, { at, name, end }));
    at += 46 + nameLength + extraLength + commentLength;
  }
  const packed = entries.reduce((sum, entry) => sum + entry.packed.length, 0);
  if (packed > end)
    fail(`its files take ${packed} bytes packed, of ${end} before its directory's end`);
  return entries;
}

/** One file of the archive's directory. */
function entryAt(
  bytes: Uint8Array,
  view: DataView,
  { at, name, end }: { at: number; name: string; end: number },
): ZipEntry {
  const method = view.getUint16(at + 10, true);
  const [crc, packedSize, size] = [16, 20, 24].map((field) => view.getUint32(at + field, true)) as [
    number,
    number,
    number,
  ];
  if (view.getUint16(at + 8, true) & ENCRYPTED) fail(`${name} is encrypted`, { name });
  if (method !== 0 && method !== 8)
    return fail(`${name} is packed by method ${method}; stored and deflated files are read`, {
      name,
      method,
    });
  if (packedSize === 0xffffffff || size === 0xffffffff)
    fail(`${name} is larger than 4 GiB`, { name });
  const local = view.getUint32(at + 42, true);
  if (local + 30 > end || view.getUint32(local, true) !== LOCAL)
    fail(`${name} is not where the directory says`, { name });
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packedSize > end) fail(`${name} is cut off`, { name });
  return { name, method, crc, size, packed: bytes.subarray(start, start + packedSize) };
}

/** Inflates exactly as many bytes as the directory says: no more are ever held. */
async function inflate({ name, size, packed }: ZipEntry): Promise<Uint8Array> {
  const unpacked = new Uint8Array(size);
  let filled = 0;
  const stream = new Blob([packed as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream("deflate-raw"));
  try {
    for await (const part of stream as unknown as AsyncIterable<Uint8Array>) {
      if (filled + part.length > size) fail(`${name} unpacks to more than its ${size} bytes`);
      unpacked.set(part, filled);
      filled += part.length;
    }
  } catch (cause) {
    if (DatasetsError.isInstance(cause)) throw cause;
    const message = `datasets/parseNpzGraph: ${name} is damaged: it does not unpack`;
    throw new DatasetsError("ERR_FORMAT", message, { fields: { name }, cause });
  }
  if (filled !== size) fail(`${name} unpacks to ${filled} bytes, expected ${size}`);
  return unpacked;
}

/** The bytes of a file. @throws {DatasetsError} `ERR_FORMAT` for damaged ones */
export async function unpack(entry: ZipEntry): Promise<Uint8Array> {
  const { name, method, crc, size, packed } = entry;
  if (method === 0 && packed.length !== size)
    fail(`${name} has ${packed.length} bytes, expected ${size}`);
  const bytes = method === 0 ? packed : await inflate(entry);
  if (crc32(bytes) !== crc) fail(`${name} is damaged: its checksum does not match`);
  return bytes;
}
