/** @file Helpers for kernel sources: in GLSL for the WebGL modes, in gpu.js's JavaScript for WebGPU. */
import { ANGLE_FUNCTIONS, ANGLE_NATIVES, ANGLE_SOURCE } from "./angle-functions";
import type { GpuInstance, NativeFunction } from "./gpu-js";
import { MATH_FUNCTIONS } from "./math-functions";

const NUMBER = "Number";

/** Element `i` of numbers packed four per texel. */
const AT_WEBGL2 = `float at(sampler2D tex, ivec2 size, ivec3 dims, float i) {
  int j = int(i); int t = j >> 2;
  return texelFetch(tex, ivec2(t % size.x, t / size.x), 0)[j & 3];
}`;

/** The same in the older GLSL, which has neither texelFetch nor dynamic indices. */
const AT_WEBGL1 = `float at(sampler2D tex, ivec2 size, ivec3 dims, float i) {
  int j = int(i); int t = j / 4; int c = j - t * 4; int row = t / size.x; int column = t - row * size.x;
  vec4 v = texture2D(tex, (vec2(float(column), float(row)) + 0.5) / vec2(size));
  return c == 0 ? v.x : c == 1 ? v.y : c == 2 ? v.z : v.w;
}`;

const native = (name: string, source: string, ...names: string[]): NativeFunction => ({
  name,
  source,
  returnType: NUMBER,
  argumentTypes: Object.fromEntries(names.map((argument) => [argument, NUMBER])),
});

function nativeFunctions(mode: "webgl2" | "headlessgl"): NativeFunction[] {
  const isNew = mode === "webgl2";
  return [
    {
      name: "at",
      source: isNew ? AT_WEBGL2 : AT_WEBGL1,
      returnType: NUMBER,
      argumentTypes: { tex: "ArrayTexture(4)", i: NUMBER },
    },
    native(
      "isNan",
      isNew
        ? "float isNan(float x) { return isnan(x) ? 1.0 : 0.0; }"
        : // Two tests, since compilers may optimise either away: x != x, or one comparison as the negation of the other.
          "float isNan(float x) { return x != x || !(x < 0.0 || x >= 0.0) ? 1.0 : 0.0; }",
      "x",
    ),
    ...(isNew
      ? Object.entries(ANGLE_NATIVES).map(([name, source]) => native(name, source, "x"))
      : []),
    native(
      "nanOf",
      isNew
        ? "float nanOf(float x) { return uintBitsToFloat(0x7fc00000u); }"
        : "float nanOf(float x) { float zero = x - x; return zero / zero; }",
      "x",
    ),
    native(
      "infinityOf",
      isNew
        ? "float infinityOf(float x) { return uintBitsToFloat(0x7f800000u); }"
        : "float infinityOf(float x) { return 1.0 / (x - x); }",
      "x",
    ),
    native(
      "quotient",
      "float quotient(float a, float b) { return float(int(a) / int(b)); }",
      "a",
      "b",
    ),
  ];
}

/** Integers only; the correction fixes the floor where the division is inexact. */
const SCALAR_FUNCTIONS = [
  "function nanOf(x) { const zero = x - x; return zero / zero; }",
  "function infinityOf(x) { const zero = x - x; return 1 / zero; }",
  "function isNan(x) { let result = 1; if (x < 0) { result = 0; } if (x >= 0) { result = 0; } return result; }",
  `function quotient(a, b) {
    let q = Math.floor(a / b);
    const rest = a - q * b;
    if (rest < 0) { q = q - 1; }
    if (rest >= b) { q = q + 1; }
    return q;
  }`,
];

function signatureOf(source: string): { name: string; names: string[] } {
  const [, name = "", list = ""] = /function (\w+)\((.*?)\)/.exec(source)!;
  return { name, names: list.split(", ") };
}

/** The declaration in GLSL of a function in gpu.js's JavaScript. */
function headOf(source: string): string {
  const { name, names } = signatureOf(source);
  return `float ${name}(${names.map(() => "float").join(", ")});`;
}

function addScalarFunction(gpu: GpuInstance, source: string): void {
  const argumentTypes = Object.fromEntries(
    signatureOf(source).names.map((argument) => [argument, NUMBER]),
  );
  gpu.addFunction(source, { returnType: NUMBER, argumentTypes });
}

/** Registers the helpers for every kernel that `gpu` creates. To be called before its first kernel. */
export function addFunctions(gpu: GpuInstance, mode: "webgl2" | "headlessgl" | "webgpu"): void {
  const hasNatives = mode !== "webgpu";
  if (hasNatives) {
    const natives = nativeFunctions(mode);
    // gpu.js may define a function after one that calls it.
    const heads = natives.map(({ source }) => `${source.slice(0, source.indexOf("{")).trim()};`);
    const angles = mode === "webgl2" ? [ANGLE_SOURCE] : ANGLE_FUNCTIONS.map(headOf);
    gpu.injectNative([...angles, ...heads].join("\n"));
    for (const { name, source, ...settings } of natives)
      gpu.addNativeFunction(name, source, settings);
  }
  const others = [
    ...(hasNatives ? [] : SCALAR_FUNCTIONS),
    ...(mode === "webgl2" ? [] : ANGLE_FUNCTIONS),
    ...MATH_FUNCTIONS,
  ];
  for (const source of others) addScalarFunction(gpu, source);
}
