export {
  type ContextStage,
  type ExtendContextEvent,
  type ExtendContextOptions,
  extendContext,
} from "./extend-context";
export { type ContextScaling, type ExtendModelOptions, extendModel } from "./extend-model";
export { type LongDocumentsOptions, longDocuments } from "./long-documents";
export { lossByPosition, type PositionLoss } from "./loss-by-position";
