import { describeGradients } from "./describe-gradients";

for (const name of ["js", "wasm"]) describeGradients(name, name);
