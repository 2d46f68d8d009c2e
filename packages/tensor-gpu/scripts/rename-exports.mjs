const EXPORTS = 7;

/** An unsigned integer at `at`, in WebAssembly's coding, and where it ends. */
function readInteger(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

const encoded = (value) =>
  value < 128 ? [value] : [(value & 127) | 128, ...encoded(Math.floor(value / 128))];

/** The section of exports from `start` on, with other names. */
function renamedSection(bytes, start, names) {
  let [count, at] = readInteger(bytes, start);
  if (count !== names.length) throw new Error(`${count} exports, ${names.length} names`);
  const out = encoded(count);
  for (const name of names) {
    const [length, first] = readInteger(bytes, at);
    const afterKind = first + length + 1;
    const [, end] = readInteger(bytes, afterKind);
    const text = Buffer.from(name);
    out.push(...encoded(text.length), ...text, ...bytes.subarray(first + length, end));
    at = end;
  }
  return Buffer.from(out);
}

/**
 * The same module with other names of its exports.
 * @param names one per export, in order
 */
export function renameExports(bytes, names) {
  const parts = [bytes.subarray(0, 8)];
  for (let at = 8; at < bytes.length; ) {
    const kind = bytes[at];
    const [size, start] = readInteger(bytes, at + 1);
    at = start + size;
    const content =
      kind === EXPORTS ? renamedSection(bytes, start, names) : bytes.subarray(start, at);
    parts.push(Buffer.from([kind, ...encoded(content.length)]), content);
  }
  return Buffer.concat(parts);
}
