/** @file Kernel sources: one formula for element `e`, run for each element of a block. */

/** A kernel before it is compiled. */
export interface Program {
  /** Programs with the same key have the same source. */
  readonly key: string;
  /** Names of the arrays read, as `at(name, place)`. */
  readonly arrays: readonly string[];
  /** Names of the numbers passed with each run. */
  readonly numbers: readonly string[];
  /** Statements that set `value` from `e`, the element's index in its block. */
  readonly body: string;
}

/** A kernel that computes whole texels itself: only where a texel holds four elements. */
export interface TexelProgram extends Omit<Program, "body"> {
  /** Statements that return four elements from `t`, the number of the texel. */
  readonly texelBody: string;
}

/** Index of the bracket that closes the one just before `from`. */
function closing(source: string, from: number): number {
  let depth = 1;
  let end = from;
  for (; depth > 0; end++) {
    if (source[end] === "(") depth++;
    if (source[end] === ")") depth--;
  }
  return end - 1;
}

/** `at(x, place)` as an index into an array of single numbers. */
export function withIndices(source: string): string {
  const found = /\bat\(\s*(\w+)\s*,/.exec(source);
  if (!found) return source;
  const start = found.index + found[0].length;
  const end = closing(source, start);
  const place = withIndices(source.slice(start, end).trim());
  return `${source.slice(0, found.index)}${found[1]}[${place}]${withIndices(source.slice(end + 1))}`;
}

const parameters = ({ arrays, numbers }: Pick<Program, "arrays" | "numbers">) =>
  [...arrays, ...numbers].join(", ");

/** Four elements per thread, as textures hold them. */
function packedSource(program: Program): string {
  return `function (${parameters(program)}) {
  let r0 = 0;
  let r1 = 0;
  let r2 = 0;
  let r3 = 0;
  for (let quarter = 0; quarter < 4; quarter++) {
    const e = (this.thread.y * this.output.x + this.thread.x) * 4 + quarter;
    let value = 0;
${program.body}
    if (quarter == 0) { r0 = value; } else if (quarter == 1) { r1 = value; } else if (quarter == 2) { r2 = value; } else { r3 = value; }
  }
  return [r0, r1, r2, r3];
}`;
}

/** One element per thread, as buffers hold them. */
function scalarSource(program: Program): string {
  return `function (${parameters(program)}) {
  const e = this.thread.y * this.output.x + this.thread.x;
  let value = 0;
${withIndices(program.body)}
  return value;
}`;
}

/** The source that gpu.js compiles. @param isPacked whether a texel holds four elements */
export function sourceOf(program: Program | TexelProgram, isPacked: boolean): string {
  if (!("texelBody" in program)) return isPacked ? packedSource(program) : scalarSource(program);
  return `function (${parameters(program)}) {
  const t = this.thread.y * this.output.x + this.thread.x;
${program.texelBody}
}`;
}
