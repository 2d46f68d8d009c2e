/** A safetensors file from any header, well-formed or not: an object is written as JSON, text as it is. */
export function craftFile(
  header: object | string,
  dataBytes = 0,
  { headerLength }: { headerLength?: bigint } = {},
): Uint8Array {
  const json = new TextEncoder().encode(
    typeof header === "string" ? header : JSON.stringify(header),
  );
  const file = new Uint8Array(8 + json.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, headerLength ?? BigInt(json.length), true);
  file.set(json, 8);
  for (let i = 0; i < dataBytes; i++) file[8 + json.length + i] = i;
  return file;
}

/** One header entry. */
export const entry = (dtype: string, shape: unknown, data_offsets: unknown) => ({
  dtype,
  shape,
  data_offsets,
});
