export { extendContext } from "./extend-context";
export { extendModel } from "./extend-model";
export { longDocuments } from "./long-documents";
export { lossByPosition, type PositionLoss } from "./loss-by-position";
