/**
 * No keystore files, where there is no Node.
 * @module
 */

import type * as Files from './file-storage.ts';

export const fileStorage: typeof Files.fileStorage = () => {
  throw new TypeError(
    'fileStorage needs the files of Node, Bun or Deno. Pass memoryStorage(), or a storage of your own.',
  );
};
