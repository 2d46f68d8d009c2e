/**
 * A journal in a folder, for Node: a federation goes on after its process was killed.
 *
 * @packageDocumentation
 */
export { folderJournal } from "./folder-journal";
