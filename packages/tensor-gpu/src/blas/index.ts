export { createBlasBackend } from "./create-blas-backend";
