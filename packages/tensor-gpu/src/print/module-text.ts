import { type Shape, showShape } from "../tensor/shape";

/** The parts of a module that its text shows. */
export interface ModuleFacts {
  readonly name: string;
  /** Number of elements of the parameters in its tree. */
  readonly parameters: number;
  /** Its own tensors. */
  readonly tensors: readonly (readonly [name: string, shape: Shape])[];
  /** Its children with their texts. */
  readonly children: readonly (readonly [name: string, text: string])[];
}

/** Merges neighbours in a list with the same text into one entry: `layers.0 to layers.3: 4 × Block …`. */
function* grouped(children: ModuleFacts["children"]): Generator<string> {
  for (let i = 0; i < children.length; ) {
    const [name, text] = children[i]!;
    let end = i + 1;
    while (end < children.length && children[end]![1] === text) end++;
    const count = end - i;
    yield count === 1
      ? `${name}: ${text}`
      : `${name} to ${children[end - 1]![0]}: ${count} × ${text}`;
    i = end;
  }
}

/** The tree of a module: each layer with the shapes of its tensors, each part with its number of parameters. */
export function moduleText({ name, parameters, tensors, children }: ModuleFacts): string {
  const own = tensors.map(([tensor, shape]) => `${tensor} ${showShape(shape)}`);
  if (children.length === 0) return own.length === 0 ? name : `${name} (${own.join(", ")})`;
  const lines = [...own, ...grouped(children)].map(
    (line) => `\n  ${line.replaceAll("\n", "\n  ")}`,
  );
  return `${name} (${parameters.toLocaleString("en")} parameters)${lines.join("")}`;
}
