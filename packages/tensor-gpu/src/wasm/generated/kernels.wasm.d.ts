/** The module that runtimes which import `.wasm` files make of `kernels.wasm`: a `WebAssembly.Module`. */
declare const module: object;
export default module;
