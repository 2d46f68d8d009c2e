export { checkForm, FormatError, readJson } from "@deepgrain/studies/shared/read-json";
