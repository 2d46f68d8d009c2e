import { type AttentionText, rowsAreKeys } from "./targets";

const FOUR = [0, 1, 2, 3] as const;

/**
 * A function that tells which of four keys a query sees, or which of four queries see a key. Without branches, here and below:
 * the kernel holds most of its numbers in registers, and some compilers take minutes where there are branches, too. What masks
 * it is told by arguments, so that all masks share a kernel.
 */
export function visibleText({ isMasked }: AttentionText): string {
  const tests = [
    "(query < a.queries) & (key < a.keys) & (i32(key) <= i32(query) + i32(a.shift))",
    ...(isMasked
      ? [
          "((a.has_mask == 0u) | (mask_bits(b * a.keys + key) != 0u))",
          "((a.has_segments == 0u) | (segments_bits(b * a.keys + key) == segments_bits((b + 1u) * a.keys - a.queries + query)))",
        ]
      : []),
  ];
  return `fn visible(b: u32, query: u32, key: u32) -> bool { return ${tests.join(" & ")}; }`;
}

/** WGSL for a vector of `one(0)` … `one(3)`. */
const four = (type: string, one: (c: number) => string): string =>
  `${type}(${FOUR.map(one).join(", ")})`;

/** For each row of a thread's scores: `one(row)`. */
const each = (one: (i: number) => string): string => FOUR.map(one).join("\n    ");

/** Softmax with running maxima. @see Milakov and Gimelshein 2018, "Online normalizer calculation for softmax" */
const ONLINE = `${each(
  (i) => `let seen${i} = ${four("vec4<bool>", (c) => `visible(b, row + ${i}u, column + ${c}u)`)};
    s${i} = select(vec4f(-infinityOf()), s${i} * a.scale, seen${i});`,
)}
    rowPart[lane] = vec4f(${FOUR.map((i) => `maxOf(maxOf(s${i}.x, s${i}.y), maxOf(s${i}.z, s${i}.w))`).join(", ")});
    workgroupBarrier();
    let before = top;
    for (var j = 0u; j < 8u; j++) {
      let part = rowPart[down * 8u + j];
      top = vec4f(${FOUR.map((i) => `maxOf(top[${i}], part[${i}])`).join(", ")});
    }
    let fade = select(expOfFour(before - top), vec4f(1.0), areLowest(before));
    let isEmpty = areLowest(top);
    ${each((i) => `t${i} = select(vec4f(), expOfFour(s${i} - top[${i}]), seen${i} & vec4<bool>(!isEmpty[${i}]));`)}
    total = total * fade + vec4f(${FOUR.map((i) => `t${i}.x + t${i}.y + t${i}.z + t${i}.w`).join(", ")});`;

const store = (name: string) =>
  FOUR.map(
    (c) =>
      `tileWeights[(4u * over + ${c}u) * 8u + down] = vec4f(${FOUR.map((i) => `${name}${i}[${c}]`).join(", ")});`,
  ).join("\n    ");

/** Code that makes the weights of a block from its scores s0 … s3 and their slopes t0 … t3, and stores or writes them. */
export function weightsText(text: AttentionText): string {
  const { target, chunks, hasProbs } = text;
  if (target === "out") {
    const fade = Array.from({ length: chunks }, (_, chunk) =>
      FOUR.map((i) => `o${chunk}_${i} *= fade[${i}];`),
    );
    return [ONLINE, ...fade.flat(), store("t")].join("\n    ");
  }
  const areKeys = rowsAreKeys(target);
  const query = (i: number, c: number) => (areKeys ? `column + ${c}u` : `row + ${i}u`);
  const key = (i: number, c: number) => (areKeys ? `row + ${i}u` : `column + ${c}u`);
  const line = (i: number, c: number) => `(b * a.heads + h) * a.queries + ${query(i, c)}`;
  const place = (i: number, c: number) => `(${line(i, c)}) * a.keys + ${key(i, c)}`;
  const one = (i: number) => {
    const isGiven = hasProbs && target !== "probs";
    const weights = isGiven
      ? `let weights = ${four("vec4f", (c) => `probs_at(${place(i, c)})`)};`
      : `let logSums = ${four("vec4f", (c) => `lse_at(${line(i, c)})`)};
      let weights = select(expOfFour(s${i} * a.scale - logSums), vec4f(), areLowest(logSums));`;
    const isSloped = target === "dq" || target === "dk";
    const deltas = four("vec4f", (c) => `delta_at(${line(i, c)})`);
    const values = isSloped ? `weights * (t${i} - ${deltas})` : "weights";
    const write = (c: number) =>
      `if (row + ${i}u < a.rows && column + ${c}u < a.columns) { result_put(${place(i, c)}, values[${c}]); }`;
    return `{ let seen = ${four("vec4<bool>", (c) => `visible(b, ${query(i, c)}, ${key(i, c)})`)};
      ${weights}
      let values = select(vec4f(), ${values}, seen);
      ${target === "probs" ? FOUR.map(write).join("\n      ") : `s${i} = values;`} }`;
  };
  return target === "probs" ? each(one) : [each(one), store("s")].join("\n    ");
}
