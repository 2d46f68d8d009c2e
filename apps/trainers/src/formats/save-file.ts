export { saveJson, saveText as saveFile } from "@deepgrain/support/files";
