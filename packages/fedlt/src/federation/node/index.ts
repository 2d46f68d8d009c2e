/**
 * A journal and personal models in folders, for Node: a federation goes on after its processes were killed.
 *
 * @packageDocumentation
 */
export { folderJournal } from "./folder-journal";
export { personalFolder } from "./personal-folder";
