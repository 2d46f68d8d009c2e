export { createJsBackend } from "./create-js-backend";
