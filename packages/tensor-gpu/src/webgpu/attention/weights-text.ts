import { type AttentionText, rowsAreKeys } from "./targets";

const FOUR = [0, 1, 2, 3] as const;

type Masks = Pick<AttentionText, "isCausal" | "hasMask" | "hasSegments">;

/** A function that tells whether a query sees a key. */
export function visibleText({ isCausal, hasMask, hasSegments }: Masks): string {
  const tests = [
    "query < a.queries && key < a.keys",
    ...(isCausal ? ["i32(key) <= i32(query) + i32(a.shift)"] : []),
    ...(hasMask ? ["mask_bits(b * a.keys + key) != 0u"] : []),
    ...(hasSegments
      ? ["segments_bits(b * a.keys + key) == segments_bits((b + 1u) * a.keys - a.queries + query)"]
      : []),
  ];
  return `fn visible(b: u32, query: u32, key: u32) -> bool { return ${tests.join(" && ")}; }`;
}

/** For each score of a thread: `one(row, column)` with i and c put in. */
const each = (one: (i: number, c: number) => string): string =>
  FOUR.flatMap((i) => FOUR.map((c) => one(i, c))).join("\n    ");

/** Softmax with running maxima. @see Milakov and Gimelshein 2018, "Online normalizer calculation for softmax" */
const ONLINE = `${FOUR.map((i) => `var seen${i} = vec4<bool>();`).join(" ")}
    ${each(
      (i, c) =>
        `seen${i}[${c}] = visible(b, row + ${i}u, column + ${c}u); s${i}[${c}] = select(-infinityOf(), s${i}[${c}] * a.scale, seen${i}[${c}]);`,
    )}
    rowPart[lane] = vec4f(${FOUR.map((i) => `maxOf(maxOf(s${i}.x, s${i}.y), maxOf(s${i}.z, s${i}.w))`).join(", ")});
    workgroupBarrier();
    let before = top;
    for (var j = 0u; j < 8u; j++) {
      let part = rowPart[down * 8u + j];
      top = vec4f(${FOUR.map((i) => `maxOf(top[${i}], part[${i}])`).join(", ")});
    }
    var fade = vec4f(1.0);
    for (var i = 0u; i < 4u; i++) { if (!isLowest(before[i])) { fade[i] = expOf(before[i] - top[i]); } }
    ${each(
      (i, c) =>
        `if (seen${i}[${c}] && !isLowest(top[${i}])) { t${i}[${c}] = expOf(s${i}[${c}] - top[${i}]); }`,
    )}
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
  const [query, key] = rowsAreKeys(target) ? ["column + C", "row + I"] : ["row + I", "column + C"];
  const at = (name: string, i: number, c: number) =>
    name.replace("I", `${i}u`).replace("C", `${c}u`);
  const one = (i: number, c: number) => {
    const line = `(b * a.heads + h) * a.queries + ${at(query, i, c)}`;
    const place = `(${line}) * a.keys + ${at(key, i, c)}`;
    const isGiven = hasProbs && target !== "probs";
    const weight = isGiven
      ? `let weight = probs_at(${place});`
      : `let logSum = lse_at(${line});
      var weight = 0.0;
      if (!isLowest(logSum)) { weight = expOf(s${i}[${c}] * a.scale - logSum); }`;
    const slope =
      target === "dq" || target === "dk" ? `weight * (t${i}[${c}] - delta_at(${line}))` : "weight";
    const inside = `if (visible(b, ${at(query, i, c)}, ${at(key, i, c)})) {
      ${weight}
      value = ${slope};
    }`;
    const result =
      target === "probs"
        ? `if (row + ${i}u < a.rows && column + ${c}u < a.columns) { result_put(${place}, value); }`
        : `s${i}[${c}] = value;`;
    return `{ var value = 0.0;
    ${inside}
    ${result} }`;
  };
  return target === "probs" ? each(one) : [each(one), store("s")].join("\n    ");
}
