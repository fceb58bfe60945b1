/**
 * Paths as the system resolves them, folders that last, and codes of the system's errors, for other packages.
 * @module
 */

export { codeOf } from './files/codes.ts';
export { makeFolder, makeFolders, syncFolder, syncFolderSync } from './files/folders.ts';
export { absolutePath, plainPath, truePath } from './files/paths.ts';
