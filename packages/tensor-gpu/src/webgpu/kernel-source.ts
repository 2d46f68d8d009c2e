import { wgslFunctions } from "./wgsl/functions";

/** Abilities of a device that kernels may use. */
export interface ShaderFeatures {
  readonly subgroups: boolean;
  /** Whether tiles of products, in WGSL of type `tile4`, are staged in float16. */
  readonly f16: boolean;
}

const NO_FEATURES: ShaderFeatures = { subgroups: false, f16: false };

/** The parts of a kernel's WGSL. */
export interface KernelText {
  /** Names of operands, in order. For an operand `x` the source has the functions below. */
  readonly operands: readonly string[];
  /** Place of each operand's heap among the heaps that the kernel is bound to. */
  readonly slots: readonly number[];
  readonly heaps: number;
  /** Names of whole arguments: `a.name` is a u32, negative numbers wrapped. */
  readonly numbers: readonly string[];
  /** Names of arguments that are f32. */
  readonly floats: readonly string[];
  /** Whether `a.table` is an array of vec4u. */
  readonly hasTable: boolean;
  /** Whether heaps are arrays of four words: then x_at4(i) and x_put4(i, v) take places in fours. */
  readonly isWide: boolean;
  /** Functions and the entry point `main`. */
  readonly body: string;
}

export const TABLE_ROWS = 192;

/** Accessors of an operand; places count from its first element. */
const ACCESSORS: Record<string, (x: string, heap: string) => string> = {
  at: (x, heap) => `(i: u32) -> f32 { return bitcast<f32>(${heap}[a.at_${x} + i]); }`,
  int: (x, heap) => `(i: u32) -> i32 { return bitcast<i32>(${heap}[a.at_${x} + i]); }`,
  bits: (x, heap) => `(i: u32) -> u32 { return ${heap}[a.at_${x} + i]; }`,
  put: (x, heap) => `(i: u32, v: f32) { ${heap}[a.at_${x} + i] = bitcast<u32>(v); }`,
  put_int: (x, heap) => `(i: u32, v: i32) { ${heap}[a.at_${x} + i] = bitcast<u32>(v); }`,
  put_bits: (x, heap) => `(i: u32, v: u32) { ${heap}[a.at_${x} + i] = v; }`,
};

const element = (x: string, heap: string) => `${heap}[(a.at_${x} + i) >> 2u][(a.at_${x} + i) & 3u]`;

/** The same where heaps are arrays of four words. Single words are only read. */
const WIDE_ACCESSORS: Record<string, (x: string, heap: string) => string> = {
  at: (x, heap) => `(i: u32) -> f32 { return bitcast<f32>(${element(x, heap)}); }`,
  int: (x, heap) => `(i: u32) -> i32 { return bitcast<i32>(${element(x, heap)}); }`,
  bits: (x, heap) => `(i: u32) -> u32 { return ${element(x, heap)}; }`,
  at4: (x, heap) => `(i: u32) -> vec4f { return bitcast<vec4f>(${heap}[(a.at_${x} >> 2u) + i]); }`,
  put4: (x, heap) => `(i: u32, v: vec4f) { ${heap}[(a.at_${x} >> 2u) + i] = bitcast<vec4u>(v); }`,
};

/** The WGSL of a kernel. */
export function kernelSource(text: KernelText, features = NO_FEATURES): string {
  const { operands, slots, heaps, numbers, floats, hasTable, isWide, body } = text;
  const members = [
    ...operands.map((name) => `at_${name}: u32`),
    ...numbers.map((name) => `${name}: u32`),
    ...floats.map((name) => `${name}: f32`),
    ...(hasTable ? [`table: array<vec4u, ${TABLE_ROWS}>`] : []),
  ];
  const functions = wgslFunctions(body, features.subgroups);
  const hasTiles = body.includes("tile4");
  const lines = [
    ...(functions.includes("subgroup") ? ["enable subgroups;"] : []),
    ...(features.f16 && hasTiles ? ["enable f16;"] : []),
    ...(hasTiles ? [`alias tile4 = ${features.f16 ? "vec4h" : "vec4f"};`] : []),
    `struct Args { ${members.join(", ")} }`,
    "@group(0) @binding(0) var<uniform> a: Args;",
  ];
  for (let heap = 0; heap < heaps; heap++)
    lines.push(
      `@group(0) @binding(${heap + 1}) var<storage, read_write> h${heap}: array<${isWide ? "vec4u" : "u32"}>;`,
    );
  for (const [i, name] of operands.entries())
    for (const [kind, write] of Object.entries(isWide ? WIDE_ACCESSORS : ACCESSORS))
      if (body.includes(`${name}_${kind}(`))
        lines.push(`fn ${name}_${kind}${write(name, `h${slots[i]}`)}`);
  return [...lines, functions, body].join("\n");
}
