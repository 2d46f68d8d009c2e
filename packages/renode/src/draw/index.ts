export { conflictDrawing } from "./conflict-drawing";
export { drawingPage } from "./drawing-page";
