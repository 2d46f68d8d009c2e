/** A value in the head of a GGUF file. 64-bit integers are numbers where these are exact. */
export type GgufValue = string | number | boolean | bigint | readonly GgufValue[];

/** Thrown where the bytes that were read so far end before the head does. */
export const NEEDS_MORE = new Error("the head goes on");

type Fail = (problem: string, fields?: Record<string, unknown>) => never;

const decoder = new TextDecoder("utf-8");
const MOST_NESTED = 4;

/** Bytes of the simple types by number; 0 for texts and lists. */
const typeBytes = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];

/** Reads the head of a GGUF file value by value. */
export class GgufCursor {
  at = 0;
  private readonly view: DataView;

  /**
   * @param isAll whether the bytes are the whole file, so that a file that ends early is damaged
   * @param spendEntries counts the values of a list, whose bytes are there
   */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly isAll: boolean,
    private readonly fail: Fail,
    private readonly spendEntries: (count: number) => void,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A 64-bit count. */
  count(): number {
    const value = this.view.getBigUint64(this.take(8), true);
    if (value > Number.MAX_SAFE_INTEGER) this.fail(`holds the impossible number ${value}`);
    return Number(value);
  }

  text(): string {
    const length = this.count();
    const begin = this.take(length);
    return decoder.decode(this.bytes.subarray(begin, begin + length));
  }

  /** A value of the type with this number. */
  value(key: string, type: number, depth = 0): GgufValue {
    switch (type) {
      case 8:
        return this.text();
      case 9:
        return this.list(key, depth);
      default:
        return this.simple(key, type);
    }
  }

  private list(key: string, depth: number): GgufValue {
    if (depth >= MOST_NESTED) this.fail(`${key} must not be nested deeper than ${MOST_NESTED}`);
    const type = this.uint32();
    const count = this.count();
    const least = typeBytes[type] || 8;
    if (count * least > this.bytes.length - this.at) this.take(count * least);
    this.spendEntries(count);
    const values: GgufValue[] = [];
    for (let i = 0; i < count; i++) values.push(this.value(key, type, depth + 1));
    return values;
  }

  private simple(key: string, type: number): GgufValue {
    const size = typeBytes[type];
    if (!size) this.fail(`${key} must be of a known type, got type ${type}`, { key, type });
    const { view } = this;
    const at = this.take(size!);
    switch (type) {
      case 0:
        return view.getUint8(at);
      case 1:
        return view.getInt8(at);
      case 2:
        return view.getUint16(at, true);
      case 3:
        return view.getInt16(at, true);
      case 4:
        return view.getUint32(at, true);
      case 5:
        return view.getInt32(at, true);
      case 6:
        return view.getFloat32(at, true);
      case 7:
        return view.getUint8(at) !== 0;
      case 12:
        return view.getFloat64(at, true);
      default: {
        const value = type === 10 ? view.getBigUint64(at, true) : view.getBigInt64(at, true);
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : value;
      }
    }
  }

  /** Skips this many bytes. @returns their start offset @throws `NEEDS_MORE` */
  private take(length: number): number {
    const begin = this.at;
    if (begin + length > this.bytes.length) {
      if (this.isAll) this.fail(`ends inside its head, at byte ${this.bytes.length}`);
      throw NEEDS_MORE;
    }
    this.at = begin + length;
    return begin;
  }
}
