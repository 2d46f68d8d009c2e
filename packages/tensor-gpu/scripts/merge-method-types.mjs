// Methods of tensors are declared by augmenting the module "./tensor/tensor" (src/methods.ts). The bundled declarations
// have no such module: there the interface is merged with the class beside it.
// Usage: node scripts/merge-method-types.mjs [folder of index.d.ts, default dist]
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const path = join(process.argv[2] ?? "dist", "index.d.ts");
const AUGMENTATION =
  /^declare module "\.\/tensor\/tensor" \{\s*(interface Tensor extends TensorMethods \{\s*\})\s*\}$/gm;

// A build for running only has no declarations.
if (existsSync(path) || process.env.DEEPGRAIN_BUILD !== "run") {
  const text = readFileSync(path, "utf8");
  const found = text.match(AUGMENTATION)?.length ?? 0;
  if (found !== 1 || text.match(/^declare module/gm)?.length !== 1)
    throw new Error(`${path}: expected one augmentation of "./tensor/tensor", found ${found}`);
  writeFileSync(path, text.replace(AUGMENTATION, "$1"));
}
