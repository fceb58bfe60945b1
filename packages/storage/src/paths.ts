/**
 * Paths as the system resolves them, and folders that last, for storages and programs of other packages.
 * @module
 */

export { makeFolder, makeFolders, syncFolder, syncFolderSync } from './files/folders.ts';
export { absolutePath, plainPath, truePath } from './files/paths.ts';
