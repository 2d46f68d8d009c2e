import { crc32 } from "./crc32";

/** A file to put into an archive. */
interface ZipFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** 1 January 1980, the earliest date that there is: the same files give the same bytes at any time. */
const DATE = 0x21;
const VERSION = 20;

/** A record of a signature and fields of 2 or 4 bytes, in little-endian order. */
function record(
  signature: number,
  fields: readonly (readonly [value: number, width: 2 | 4])[],
): Uint8Array {
  const bytes = new Uint8Array(4 + fields.reduce((sum, [, width]) => sum + width, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, signature, true);
  let at = 4;
  for (const [value, width] of fields) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return bytes;
}

/** A zip archive of files that are stored as they are, together less than 4 GiB. */
export function zipArchive(files: readonly ZipFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of files) {
    const text = new TextEncoder().encode(name);
    // Version, flags, method, time, date, checksum, sizes, lengths of name and extra field.
    const shared = [
      ...([0, 0, 0, DATE] as const).map((value) => [value, 2] as const),
      ...[crc32(bytes), bytes.length, bytes.length].map((value) => [value, 4] as const),
      [text.length, 2] as const,
      [0, 2] as const,
    ];
    const local = record(0x04034b50, [[VERSION, 2], ...shared]);
    // Comment length, disk, attributes inside and outside, offset.
    const rest = [[0, 2] as const, [0, 2] as const, [0, 2] as const, [0, 4] as const];
    const entry = [[VERSION, 2] as const, [VERSION, 2] as const, ...shared, ...rest];
    directory.push(record(0x02014b50, [...entry, [at, 4]]), text);
    parts.push(local, text, bytes);
    at += local.length + text.length + bytes.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const count = files.length;
  const counts = [0, 0, count, count].map((value) => [value, 2] as const);
  const end = record(0x06054b50, [...counts, [size, 4], [at, 4], [0, 2]]);
  return joined([...parts, ...directory, end]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
