export { extendContext } from "./extend-context";
export { extendModel } from "./extend-model";
export { lossByPosition, type PositionLoss } from "./loss-by-position";
