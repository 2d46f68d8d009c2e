export { type BlasBackend, type BlasOptions, createBlasBackend } from "./create-blas-backend";
