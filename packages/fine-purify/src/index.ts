export { PurifyError, type PurifyErrorCode, type PurifyErrorDetails } from "./errors";
