export { saveJson, saveText as saveFile } from "@deepgrain/files";
