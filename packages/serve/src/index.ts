export { createHandler, type Handler, type HandlerOptions } from "./create-handler";
export { ServeError, type ServeErrorCode } from "./errors";
export type { AdmissionOptions } from "./http/admission";
export { markBatcher, type Watermark } from "./mark-batcher";
export type { RequestRecord } from "./request-contexts";
export type { ServedModel } from "./served-model";
