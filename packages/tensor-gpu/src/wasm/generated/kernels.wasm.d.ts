/** What runtimes that import `.wasm` files make of `kernels.wasm`: a `WebAssembly.Module`. */
declare const module: object;
export default module;
