/** @file The kernels of attention, experts, graphs, losses and optimisers. */
export * from "./attention";
export * from "./attention-grad";
export * from "./cross-entropy";
export * from "./experts";
export * from "./optimisers";
export * from "./optimisers-norms";
export * from "./largest";
export { attendPages, checkPages, storePages } from "./pages";
export * from "./peak";
export * from "./rope";
export * from "./segments";
export * from "./segments-softmax";
export * from "./swiglu";
