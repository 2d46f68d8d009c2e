export { folderJournal } from "./folder-journal";
