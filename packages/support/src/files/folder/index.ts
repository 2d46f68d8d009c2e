export {
  assertFolder,
  assertWritable,
  type DirectoryHandle,
  type FileHandle,
  type Folder,
  isAddress,
  nameInFolder,
  nameOfFolder,
} from "./folder";
export { fileIn, filesIn, namesIn, subfolder, textIn } from "./read-folder";
export {
  type Content,
  fillSubfolder,
  isUnfinished,
  removeSubfolder,
  removeUnfinished,
  saveFiles,
  saveSubfolder,
} from "./write-folder";
