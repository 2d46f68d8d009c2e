/**
 * @file Makes the build without fused multiply-add out of the one with it, so that only one is stored. Each relaxed
 * instruction gives way to those that `assembly/math.as` has in its place, on three more local variables per function.
 * `scripts/build-wasm.mjs` checks that the bytes of relaxed instructions occur nowhere else.
 */

const TYPES = 1;
const FUNCTIONS = 3;
const CODE = 10;
const V128 = 0x7b;

/** `f32x4.relaxed_madd`, `f32x4.relaxed_nmadd` and `i32x4.relaxed_laneselect` are 0xfd, one of these, 2. */
const MADD = 0x85;
const NMADD = 0x86;
const SELECT = 0x8b;
const MUL = [0xfd, 0xe6, 1];
const ADD = [0xfd, 0xe4, 1];
const SUB = [0xfd, 0xe5, 1];
const BITSELECT = [0xfd, 0x52];
const LOCAL_GET = 0x20;
const LOCAL_SET = 0x21;

/** An unsigned integer in WebAssembly's coding, LEB128. */
function encoded(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...encoded(value >>> 7)];
}

/** Reads such integers from `at` on. */
class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  integer(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  }
}

/** Collects bytes. */
class Writer {
  private readonly all: Uint8Array;
  private end = 0;

  /** @param limit bytes that there will be at most */
  constructor(limit: number) {
    this.all = new Uint8Array(limit);
  }

  add(bytes: ArrayLike<number>): void {
    this.all.set(bytes, this.end);
    this.end += bytes.length;
  }

  /** Returns the collected bytes, which makes room for more. */
  take(): Uint8Array {
    const { end } = this;
    this.end = 0;
    return this.all.subarray(0, end);
  }
}

/** The number of parameters of each type. */
function parameterCounts(reader: Reader): number[] {
  return Array.from({ length: reader.integer() }, () => {
    reader.at++; // The mark of a function's type.
    const count = reader.integer();
    reader.at += count;
    const results = reader.integer();
    reader.at += results;
    return count;
  });
}

/** Instructions in place of relaxed ones, by the second byte of these, on three free variables. */
export type Replacements = Readonly<
  Record<number, (a: number[], b: number[], c: number[]) => number[]>
>;

/** a · b is on the stack, and what was behind it in a variable. */
const product = (c: number[]) => [LOCAL_SET, ...c, ...MUL];

const UNFUSED: Replacements = {
  [MADD]: (c) => [...product(c), LOCAL_GET, ...c, ...ADD],
  [NMADD]: (c, b) => [...product(c), LOCAL_SET, ...b, LOCAL_GET, ...c, LOCAL_GET, ...b, ...SUB],
  [SELECT]: () => BITSELECT,
};

/** Writes the body of a function with `parameters` that lies before `end`. */
function writeBody(
  body: Writer,
  reader: Reader,
  end: number,
  parameters: number,
  replacements: Replacements,
): void {
  const { bytes } = reader;
  const groups = reader.integer();
  const first = reader.at;
  let variables = parameters;
  for (let group = 0; group < groups; group++) {
    variables += reader.integer();
    reader.at++; // Their type.
  }
  body.add(encoded(groups + 1));
  body.add(bytes.subarray(first, reader.at));
  body.add([3, V128]);
  let copied = reader.at;
  for (let at = copied; at < end; at++) {
    const replacement = replacements[bytes[at + 1]!];
    if (bytes[at] !== 0xfd || bytes[at + 2] !== 2 || !replacement) continue;
    body.add(bytes.subarray(copied, at));
    body.add(replacement(encoded(variables), encoded(variables + 1), encoded(variables + 2)));
    copied = at + 3;
  }
  body.add(bytes.subarray(copied, end));
  reader.at = end;
}

function writeCode(
  code: Writer,
  reader: Reader,
  parameters: readonly number[],
  replacements: Replacements,
): void {
  const body = new Writer(2 * reader.bytes.length);
  code.add(encoded(reader.integer()));
  for (const count of parameters) {
    const size = reader.integer();
    writeBody(body, reader, reader.at + size, count, replacements);
    const written = body.take();
    code.add(encoded(written.length));
    code.add(written);
  }
}

/**
 * The same module without relaxed instructions: products are rounded before they are added.
 *
 * @param bytes a module that imports no function
 * @param replacements of the instructions that give way
 */
export function unfused(bytes: Uint8Array, replacements = UNFUSED): Uint8Array {
  const [out, code] = [new Writer(2 * bytes.length), new Writer(2 * bytes.length)];
  out.add(bytes.subarray(0, 8));
  let counts: number[] = [];
  let parameters: number[] = [];
  const reader = new Reader(bytes, 8);
  while (reader.at < bytes.length) {
    const kind = bytes[reader.at++]!;
    const size = reader.integer();
    const start = reader.at;
    reader.at += size;
    const inside = new Reader(bytes, start);
    if (kind === TYPES) counts = parameterCounts(inside);
    if (kind === FUNCTIONS)
      parameters = Array.from({ length: inside.integer() }, () => counts[inside.integer()]!);
    if (kind === CODE) writeCode(code, inside, parameters, replacements);
    const content = kind === CODE ? code.take() : bytes.subarray(start, reader.at);
    out.add([kind, ...encoded(content.length)]);
    out.add(content);
  }
  return out.take();
}
